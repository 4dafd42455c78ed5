//! Every code of the register: its page in the manual, a project that shows it, and the nearest one that does not.
//!
//! `tests/codes/base` is a small project without a single problem. `tests/codes/<code>/fires` holds what must be changed
//! in it for the code to be given, and `silent` the same thing written right; there may be more, as `fires-<where>`. A
//! file `remove` beside the changes lists what the base has and the case has not; `expected.txt` is what `check` says.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use boardpaper::diagnostic::Code;
use boardpaper::diagnostic::codes::ALL;

use crate::project::{Project, assert_snapshot, files, repository};

#[test]
fn names_are_lower_case_words_and_stand_once() {
    let mut seen = BTreeSet::new();
    for code in ALL {
        let name = code.name();
        let is_word =
            |word: &str| !word.is_empty() && word.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit());
        assert!(name.split('-').all(is_word), "{name}");
        assert!(seen.insert(name), "{name} stands twice");
        assert_eq!(Code::find(name), Some(*code));
    }
}

#[test]
fn every_code_has_a_page() {
    for code in ALL {
        let (name, page) = (code.name(), code.page());
        let lines: Vec<&str> = page.lines().collect();
        assert!((8..=24).contains(&lines.len()), "{name}: {} lines", lines.len());
        let is_sentence = code.summary().ends_with('.') && code.summary().starts_with(char::is_uppercase);
        assert!(is_sentence && lines[1].is_empty(), "{name}: the first line says what it finds, in a sentence");
        for line in &lines {
            assert!(line.chars().count() <= 90, "{name}: too wide for a terminal: {line}");
        }
        let at = |start: &str| lines.iter().position(|line| line.starts_with(start));
        let (example, mending) = (at("Example:"), at("How to mend it: "));
        let (Some(example), Some(mending)) = (example, mending) else {
            panic!("{name}: a part of the page is missing")
        };
        assert!(2 < example && example < mending, "{name}: why it matters, an example, how to mend it: in this order");
        let fences = lines[example..mending].iter().filter(|line| line.starts_with("```")).count();
        assert!(fences >= 2, "{name}: the example stands in a fence");
    }
}

#[test]
fn every_code_has_its_cases_and_no_others_have() {
    let expected: BTreeSet<String> = ALL.iter().map(|code| code.name().to_owned()).chain(["base".to_owned()]).collect();
    assert_eq!(expected, folders(&folder()).into_iter().collect());
    for code in ALL {
        let names: Vec<String> = folders(&folder().join(code.name()));
        for kind in ["fires", "silent"] {
            assert!(names.iter().any(|name| name == kind), "tests/codes/{}/{kind} is missing", code.name());
        }
        let is_kind = |name: &String| matches!(name.split('-').next(), Some("fires" | "silent"));
        assert!(names.iter().all(is_kind), "tests/codes/{}: {names:?}", code.name());
    }
}

#[test]
fn the_base_has_no_problems() {
    let project = Project::empty();
    put(&project, files(&folder().join("base")));
    let run = project.check().exits(0);
    assert_eq!(run.problems(), [""; 0]);
}

#[test]
fn each_code_is_given_at_its_place() {
    for (code, case, problems) in checked("fires") {
        let own = format!("[{}]: ", code.name());
        assert!(problems.contains(&own), "{} does not give its code:\n{problems}", case.display());
        assert_snapshot(&case.join("expected.txt"), &problems);
    }
}

#[test]
fn what_is_written_right_is_left_alone() {
    for (_, case, problems) in checked("silent") {
        assert_eq!(problems, "", "{}", case.display());
    }
}

fn folder() -> PathBuf {
    repository().join("tests/codes")
}

/// The names of the folders in a folder, sorted.
fn folders(folder: &Path) -> Vec<String> {
    let names = files(folder).into_keys().filter_map(|path| Some(path.split_once('/')?.0.to_owned()));
    names.collect::<BTreeSet<_>>().into_iter().collect()
}

/// The cases of one kind, `fires` or `silent`, of every code.
fn cases(kind: &str) -> Vec<(Code, PathBuf)> {
    let of_code = |&code: &Code| {
        let folder = folder().join(code.name());
        let names = folders(&folder).into_iter().filter(|name| name.split('-').next() == Some(kind));
        names.map(|name| (code, folder.join(name))).collect::<Vec<_>>()
    };
    ALL.iter().flat_map(of_code).collect()
}

fn put(project: &Project, files: BTreeMap<String, Vec<u8>>) {
    for (path, bytes) in files {
        project.put(&path, bytes);
    }
}

/// Checks the cases of one kind, several at a time, and returns the problems of each, a line a problem.
fn checked(kind: &str) -> Vec<(Code, PathBuf, String)> {
    let cases = cases(kind);
    let next = AtomicUsize::new(0);
    let found: Mutex<BTreeMap<usize, String>> = Mutex::new(BTreeMap::new());
    std::thread::scope(|scope| {
        for _ in 0..std::thread::available_parallelism().map_or(1, std::num::NonZero::get) {
            scope.spawn(|| {
                loop {
                    let at = next.fetch_add(1, Ordering::Relaxed);
                    let Some((_, case)) = cases.get(at) else { break };
                    let problems = problems(case);
                    found.lock().expect("no thread panics while it holds the lock").insert(at, problems);
                }
            });
        }
    });
    let found = found.into_inner().expect("no thread panicked");
    cases.into_iter().zip(found.into_values()).map(|((code, case), problems)| (code, case, problems)).collect()
}

/// The problems of a case: the base, less what is removed, with the changes over it.
fn problems(case: &Path) -> String {
    let mut changes = files(case);
    changes.remove("expected.txt");
    let removed = String::from_utf8(changes.remove("remove").unwrap_or_default()).expect("names of files");
    let is_removed = |path: &String| removed.lines().any(|name| path == name || path.starts_with(&format!("{name}/")));
    let project = Project::empty();
    let base = files(&folder().join("base")).into_iter().filter(|(path, _)| !is_removed(path));
    put(&project, base.collect());
    put(&project, changes);
    project.check().problems().iter().map(|line| format!("{line}\n")).collect()
}
