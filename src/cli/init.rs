//! `init`: a small project that works, to be changed line by line into one's own.

use std::collections::BTreeMap;
use std::path::Path;

use crate::output;

use super::arguments::{Global, Init};
use super::{Exit, tell};

macro_rules! scaffold {
    ($($path:literal),+ $(,)?) => {
        /// The files of a new project, by path: what stands in `src/cli/init`.
        const SCAFFOLD: &[(&str, &str)] = &[$(($path, include_str!(concat!("init/", $path)))),+];
    };
}

scaffold![
    "data/.gitignore",
    "data/2024-25-q1/answers.csv",
    "data/2024-25-q1/audit.yaml",
    "data/2024-25-q1/narrative.yaml",
    "data/actions.yaml",
    "data/frameworks/our-standards.yaml",
    "data/service.yaml",
    "out/.gitignore",
];

pub(super) fn init(global: &Global, init: &Init) -> Exit {
    // Told as it was typed, without a `./` of ours.
    let folder = global.directory.join(&init.folder);
    let place = shown(&folder);
    let data = shown(&folder.join("data"));
    // A folder may hold other things, such as a repository's own files, but no project and nothing that looks like one.
    if folder.join("data").exists() {
        tell!("error: `{data}` is there already, and `init` overwrites nothing");
        tell!("help: name a folder that has no `data`; for the next quarter of a project there is `boardpaper new`");
        return Exit::Usage;
    }
    // Papers may lie here already, with what git is told of them.
    let is_new = |path: &str| !path.starts_with("out/") || !folder.join(path).exists();
    let files = SCAFFOLD.iter().filter(|(path, _)| is_new(path));
    let files: BTreeMap<String, String> = files.map(|(path, text)| ((*path).to_owned(), (*text).to_owned())).collect();
    if let Some(exit) = write_new(&folder, &files) {
        return exit;
    }
    if !global.quiet {
        let count = files.keys().filter(|path| path.starts_with("data/")).count();
        tell!("wrote {count} files to `{data}`, with notes on what each line is for");
        match place.as_str() {
            "" => tell!("next: boardpaper build"),
            place => tell!("next: boardpaper -C {place} build"),
        }
    }
    Exit::Done
}

/// Writes files that are not there yet; returns what to end with where one is, or the machine refuses.
pub(super) fn write_new(folder: &Path, files: &BTreeMap<String, String>) -> Option<Exit> {
    for (path, text) in files {
        if let Err(error) = output::write_new(&folder.join(path), text.as_bytes()) {
            tell!("error: {error:#}");
            return Some(Exit::Machine);
        }
    }
    None
}

/// A path as it is printed on every system: with `/`.
pub(super) fn shown(path: &Path) -> String {
    let parts = path.components().filter(|part| !matches!(part, std::path::Component::CurDir));
    parts.collect::<std::path::PathBuf>().to_string_lossy().replace(std::path::MAIN_SEPARATOR, "/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_scaffold_is_the_folder() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/cli/init");
        let entries = walkdir::WalkDir::new(&root).sort_by_file_name().into_iter().map(Result::unwrap);
        let files = entries.filter(|entry| entry.file_type().is_file());
        let mut on_disk: Vec<String> = files.map(|file| shown(file.path().strip_prefix(&root).unwrap())).collect();
        on_disk.sort();
        let own: Vec<&str> = SCAFFOLD.iter().map(|(path, _)| *path).collect();
        assert_eq!(own, on_disk);
    }
}
