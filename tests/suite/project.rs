//! A project folder in a temporary place, and what the program makes of it.
//!
//! How the program is called is written here and nowhere else in the suite.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;
use snapbox::data::DataFormat;
use tempfile::TempDir;

/// The program under test.
pub(crate) const PROGRAM: &str = env!("CARGO_BIN_EXE_boardpaper");

/// The repository.
pub(crate) fn repository() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The folder of a case, with what should come out of it below `expected`.
pub(crate) fn case(name: &str) -> PathBuf {
    repository().join("tests/projects").join(name)
}

/// A project in a folder of its own, which goes when this does.
pub(crate) struct Project {
    folder: TempDir,
}

impl Project {
    pub fn empty() -> Project {
        Project { folder: tempfile::tempdir().expect("a temporary folder") }
    }

    /// Copies `tests/projects/<name>`, without what is expected of it.
    pub fn of_case(name: &str) -> Project {
        let project = Project::empty();
        project.put_case(name);
        project
    }

    /// Copies another case over this one: a folder that holds only what is different.
    pub fn put_case(&self, name: &str) -> &Project {
        let inputs = files(&case(name)).into_iter().filter(|(path, _)| !path.starts_with("expected/"));
        inputs.for_each(|(path, bytes)| {
            self.put(&path, bytes);
        });
        self
    }

    /// Copies the repository's own example, without its papers.
    pub fn of_example() -> Project {
        let project = Project::empty();
        for folder in ["data", "report-templates"] {
            for (path, bytes) in files(&repository().join(folder)) {
                project.put(&format!("{folder}/{path}"), bytes);
            }
        }
        project
    }

    /// Writes a file, and the folders that it needs.
    pub fn put(&self, path: &str, bytes: impl AsRef<[u8]>) -> &Project {
        let path = self.path(path);
        fs::create_dir_all(path.parent().expect("below the project")).expect("a folder of ours");
        fs::write(&path, bytes).expect("a file of ours");
        self
    }

    /// Replaces a piece of a file, which must be there once.
    pub fn edit(&self, path: &str, from: &str, to: &str) -> &Project {
        let text = self.read(path);
        assert_eq!(text.matches(from).count(), 1, "{from:?} in {path}");
        self.put(path, text.replace(from, to))
    }

    pub fn root(&self) -> &Path {
        self.folder.path()
    }

    pub fn path(&self, path: &str) -> PathBuf {
        self.root().join(path)
    }

    pub fn exists(&self, path: &str) -> bool {
        self.path(path).exists()
    }

    pub fn bytes(&self, path: &str) -> Vec<u8> {
        fs::read(self.path(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
    }

    pub fn read(&self, path: &str) -> String {
        String::from_utf8(self.bytes(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
    }

    pub fn json(&self, path: &str) -> Value {
        serde_json::from_str(&self.read(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
    }

    /// Every file below a folder of the project, by its path from there.
    pub fn files(&self, folder: &str) -> BTreeMap<String, Vec<u8>> {
        files(&self.path(folder))
    }

    /// The program, to be started in the project's folder, in an environment that is the same everywhere.
    pub fn command<I: IntoIterator<Item: AsRef<OsStr>>>(&self, arguments: I) -> Command {
        let mut command = Command::new(PROGRAM);
        command
            .current_dir(self.root())
            .env_remove("NO_COLOR")
            .env_remove("CLICOLOR_FORCE")
            .env_remove("COLUMNS")
            .args(arguments);
        command
    }

    /// Runs the program in the project's folder.
    pub fn run(&self, arguments: &[&str]) -> Run {
        Run::of(&mut self.command(arguments))
    }

    /// Runs `build` with a line a problem; `arguments` come behind.
    pub fn build(&self, arguments: &[&str]) -> Run {
        self.run(&[&["build", "--message-format", "short"], arguments].concat())
    }

    /// Runs `check` with a line a problem.
    pub fn check(&self) -> Run {
        self.run(&["check", "--message-format", "short"])
    }
}

/// What a run ended with.
#[derive(Debug)]
pub(crate) struct Run {
    pub code: i32,
    pub stdout: String,
    pub stderr: String,
}

impl Run {
    pub fn of(command: &mut Command) -> Run {
        let Output { status, stdout, stderr } = command.output().expect("the program starts");
        let text = |bytes| String::from_utf8(bytes).expect("the program prints UTF-8");
        let (stdout, stderr) = (text(stdout), text(stderr));
        let code = status.code().unwrap_or_else(|| panic!("killed by a signal: {status}\n{stderr}"));
        // 101: a bug of ours.
        assert_ne!(code, 101, "{stderr}");
        Run { code, stdout, stderr }
    }

    /// Demands an exit code.
    #[track_caller]
    pub fn exits(self, code: i32) -> Run {
        assert_eq!(self.code, code, "exit code\n{}{}", self.stdout, self.stderr);
        self
    }

    /// The problems that a run with `--message-format short` printed.
    pub fn problems(&self) -> Vec<&str> {
        let is_problem = |line: &&str| ["error[", "warning[", "note["].iter().any(|word| line.contains(word));
        self.stderr.lines().filter(is_problem).collect()
    }

    /// The last line without how long it took.
    pub fn last_line(&self) -> String {
        without_times(self.stderr.lines().last().unwrap_or_default())
    }
}

/// Replaces `in 0.6 s` and `12.3 ms`, which are never the same twice.
pub(crate) fn without_times(text: &str) -> String {
    let words: Vec<&str> = text.split(' ').collect();
    let is_time = |n: usize| {
        let unit = words.get(n + 1).map(|unit| unit.trim_end_matches([':', '\n']));
        words[n].parse::<f64>().is_ok() && matches!(unit, Some("s" | "ms"))
    };
    let shown: Vec<&str> = (0..words.len()).map(|n| if is_time(n) { "[TIME]" } else { words[n] }).collect();
    shown.join(" ")
}

/// Every file below a folder, by its path from there with `/`; not what the program remembers for itself.
pub(crate) fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    for entry in walkdir::WalkDir::new(folder).into_iter().filter_entry(|entry| entry.file_name() != ".private") {
        let entry = entry.expect("a folder that can be read");
        if entry.file_type().is_file() {
            let path = entry.path().strip_prefix(folder).expect("below the folder");
            let parts: Vec<_> = path.components().map(|part| part.as_os_str().to_string_lossy()).collect();
            found.insert(parts.join("/"), fs::read(entry.path()).expect("a file that can be read"));
        }
    }
    found
}

/// Demands that two folders hold the same files with the same bytes, and names those that differ.
#[track_caller]
pub(crate) fn assert_same(what: &str, expected: &BTreeMap<String, Vec<u8>>, found: &BTreeMap<String, Vec<u8>>) {
    let differs = |path: &&String| expected.get(*path) != found.get(*path);
    let all: std::collections::BTreeSet<&String> = expected.keys().chain(found.keys()).collect();
    let different: Vec<&String> = all.into_iter().filter(differs).collect();
    assert!(different.is_empty(), "{what}: {different:?} differ");
}

/// Demands a text that stands in a file; `SNAPSHOTS=overwrite` puts it there.
#[track_caller]
pub(crate) fn assert_snapshot(path: &Path, text: &str) {
    let expected = snapbox::Data::read_from(path, Some(DataFormat::Text)).raw();
    snapbox::Assert::new().action_env("SNAPSHOTS").eq(text, expected);
}
