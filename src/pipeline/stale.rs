//! `build --check`: what a build would change, found without writing and without typesetting.

use std::collections::BTreeMap;

use similar::{Algorithm, DiffOp, capture_diff_slices};

use crate::load;
use crate::output::{self, Manifest};

use super::service::ServiceRun;
use super::{Request, place};

/// An output that is not what a build would make now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stale {
    /// Below the output folder.
    pub path: String,
    pub why: Why,
    /// The lines of a text that would change, each after its sign; at most [`LINES_MAX`].
    pub lines: Vec<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// A build would make it, and it is not there.
    Missing,
    /// It was made of something else.
    Changed,
    /// It is not as the build left it.
    Edited,
    /// No paper makes it any more.
    Orphan,
}

/// Why a service's outputs are stale: what is not as it was when they were made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cause {
    /// The service's folder below the output folder; empty for the only one.
    pub folder: String,
    /// Inputs that have changed, come or gone since, by path.
    pub inputs: Vec<String>,
    /// The program that made them, where it was another version, or the same of other sources.
    pub program: Option<String>,
    /// Whether there is no manifest that says what they were made of.
    pub unknown: bool,
    /// Whether the manifest says it of a part only, which was made after the others.
    pub partly: bool,
}

/// How many lines of a text are shown.
const LINES_MAX: usize = 12;

/// Finds whether a file would be written; `None`: it is there as it should be. What is `for_one_reader` is kept out of
/// logs, and best out of git: no line of it is shown, and one that is listed and not there is not stale.
pub(super) fn of_bytes(
    request: &Request,
    earlier: &Manifest,
    path: &str,
    bytes: &[u8],
    for_one_reader: bool,
) -> Option<Stale> {
    let file = place(request, path);
    let was_made = earlier.outputs.get(path);
    let is_listed = || was_made.is_some_and(|output| output.sha256 == output::sha256(bytes));
    if output::holds(&file, bytes) || (for_one_reader && !file.exists() && is_listed()) {
        return None;
    }
    let why = match was_made {
        _ if !file.exists() => Why::Missing,
        // Nothing that it is made of changed, and yet it is another.
        Some(_) if is_listed() => Why::Edited,
        Some(output) if !output::has_hash(&file, &output.sha256) => Why::Edited,
        _ => Why::Changed,
    };
    let is_text = path.ends_with(".md") && !for_one_reader;
    let old = is_text.then(|| load::earlier(&file).ok().flatten()).flatten();
    let lines = old.map_or_else(Vec::new, |old| changed_lines(&old, &String::from_utf8_lossy(bytes)));
    Some(Stale { path: path.to_owned(), why, lines })
}

/// Finds whether a file that Typst makes would be another; one that is not there is not stale if it `may_be_absent`.
pub(super) fn of_made(
    request: &Request,
    run: &ServiceRun<'_>,
    path: &str,
    made_of: &output::Output,
    may_be_absent: bool,
) -> Option<Stale> {
    let file = place(request, path);
    let stale = |why| Some(Stale { path: path.to_owned(), why, lines: Vec::new() });
    match run.earlier.outputs.get(path) {
        None if !file.exists() => stale(Why::Missing),
        None => stale(Why::Changed),
        Some(output) if !output.is_made_of_the_same_as(made_of) => stale(Why::Changed),
        Some(_) if !file.exists() => {
            if may_be_absent {
                None
            } else {
                stale(Why::Missing)
            }
        }
        Some(output) if !output::has_hash(&file, &output.sha256) => stale(Why::Edited),
        Some(_) if is_of_another_program(run) => stale(Why::Changed),
        Some(_) => None,
    }
}

/// Whether another program made a service's outputs, of another version or, where that is remembered, of other sources.
fn is_of_another_program(run: &ServiceRun<'_>) -> bool {
    run.earlier.program != Manifest::empty().program || run.standing.is_ours == Some(false)
}

/// What is not as it was when a service's outputs were made.
pub(super) fn cause(run: &ServiceRun<'_>, inputs: &BTreeMap<String, String>) -> Cause {
    let earlier = &run.earlier;
    let changed = inputs.iter().filter(|(path, hash)| earlier.inputs.get(*path) != Some(hash)).map(|(path, _)| path);
    let gone = earlier.inputs.keys().filter(|path| !inputs.contains_key(*path));
    let mut names: Vec<String> = changed.chain(gone).cloned().collect();
    names.sort();
    Cause {
        folder: run.folder().to_owned(),
        inputs: names,
        program: is_of_another_program(run).then(|| earlier.program.clone()),
        unknown: earlier.outputs.is_empty(),
        partly: !earlier.whole,
    }
}

/// The lines that a text loses and gains, in its order.
fn changed_lines(old: &str, new: &str) -> Vec<String> {
    let (old, new): (Vec<&str>, Vec<&str>) = (old.lines().collect(), new.lines().collect());
    let mut lines = Vec::new();
    // A wider cell moves every row of its table, which is no change.
    let bare = |lines: &[&str]| -> Vec<String> {
        let words =
            |line: &&str| line.split_whitespace().map(|word| word.trim_matches('-')).collect::<Vec<_>>().join(" ");
        lines.iter().map(words).collect()
    };
    for step in capture_diff_slices(Algorithm::Myers, &bare(&old), &bare(&new)) {
        if !matches!(step, DiffOp::Equal { .. }) {
            lines.extend(old[step.old_range()].iter().map(|line| format!("- {line}")));
            lines.extend(new[step.new_range()].iter().map(|line| format!("+ {line}")));
        }
    }
    if lines.len() > LINES_MAX {
        let more = lines.len() - LINES_MAX;
        lines.truncate(LINES_MAX);
        lines.push(format!("… and {more} more lines"));
    }
    lines
}
