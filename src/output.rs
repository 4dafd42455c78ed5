//! Turns artifacts into files: whole or not at all, and only where something changed.
//!
//! **Invariant:** the only module that writes files; knows nothing of what it writes.

mod manifest;

use std::fs::{self, File};
use std::io::{self, ErrorKind, Write};
use std::path::Path;
use std::time::Duration;

use anyhow::anyhow;
use tempfile::NamedTempFile;

pub use manifest::{Manifest, Output, Remark, RemarkLabel, sha256};

/// What [`write()`] found to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Written {
    /// The file is new or has new bytes.
    Made,
    /// The file had these bytes already and was left alone.
    Unchanged,
}

/// Writes a file so that whoever looks sees the old bytes or the new ones, never a part; makes the folders it needs.
///
/// Fails in plain words, with the path; nothing half-written is left then.
pub fn write(path: &Path, bytes: &[u8]) -> anyhow::Result<Written> {
    if holds(path, bytes) {
        return Ok(Written::Unchanged);
    }
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    fs::create_dir_all(folder).map_err(|error| folder_trouble(folder, error))?;
    // Dropped, and so removed, wherever this function is left early.
    let mut file = temporary_file(folder).map_err(|error| folder_trouble(folder, error))?;
    file.write_all(bytes).map_err(|error| write_trouble(path, error))?;
    file.persist(path).map_err(|error| replace_trouble(path, error.error))?;
    Ok(Written::Made)
}

/// Writes a file that is not there yet, whole or not at all; makes the folders it needs.
///
/// Fails in plain words, with the path, also where the file is there: it is left as it is.
pub fn write_new(path: &Path, bytes: &[u8]) -> anyhow::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    fs::create_dir_all(folder).map_err(|error| folder_trouble(folder, error))?;
    let mut file = temporary_file(folder).map_err(|error| folder_trouble(folder, error))?;
    file.write_all(bytes).map_err(|error| write_trouble(path, error))?;
    file.persist_noclobber(path).map(drop).map_err(|error| match error.error.kind() {
        ErrorKind::AlreadyExists => anyhow!("`{}` is there already, and was left as it is", shown(path)),
        _ => write_trouble(path, error.error),
    })
}

/// Whether the file is there and has exactly these bytes: what [`write()`] would leave alone.
pub fn holds(path: &Path, bytes: &[u8]) -> bool {
    let length = u64::try_from(bytes.len()).ok();
    fs::metadata(path).is_ok_and(|file| file.is_file() && Some(file.len()) == length)
        && fs::read(path).is_ok_and(|old| old == bytes)
}

/// Whether the file is there and its bytes have this hash.
pub fn has_hash(path: &Path, hash: &str) -> bool {
    fs::read(path).is_ok_and(|bytes| sha256(&bytes) == hash)
}

/// How a temporary file's name begins.
const TEMPORARY: &str = ".boardpaper-";

/// A temporary file that is older than this belongs to a process that was killed: writing takes seconds.
const LEFT_BEHIND: Duration = Duration::from_secs(60 * 60);

/// Removes the temporary files that processes left in a folder when they were killed. What cannot be removed stays: it
/// does no harm.
pub fn sweep(folder: &Path) {
    let is_ours = |entry: &fs::DirEntry| entry.file_name().to_string_lossy().starts_with(TEMPORARY);
    for entry in fs::read_dir(folder).into_iter().flatten().flatten().filter(is_ours) {
        let age = entry.metadata().and_then(|file| file.modified()).ok().and_then(|time| time.elapsed().ok());
        if age.is_some_and(|age| age > LEFT_BEHIND) {
            let _ = fs::remove_file(entry.path());
        }
    }
}

/// Makes a temporary file with the permissions of any other file: tempfile's own are for secrets.
fn temporary_file(folder: &Path) -> io::Result<NamedTempFile> {
    tempfile::Builder::new()
        .prefix(TEMPORARY)
        .make_in(folder, |path| File::options().write(true).create_new(true).open(path))
}

/// Windows' error for a file that another program has open.
const SHARING_VIOLATION: i32 = 32;

fn replace_trouble(path: &Path, error: io::Error) -> anyhow::Error {
    let held = error.kind() == ErrorKind::PermissionDenied
        || (cfg!(windows) && error.raw_os_error() == Some(SHARING_VIOLATION));
    let file = shown(path);
    if path.is_dir() {
        anyhow!("`{file}` could not be replaced: it is a folder")
    } else if held {
        // The folder has just taken our temporary file, so it is this file that nobody may touch.
        anyhow!(
            "`{file}` could not be replaced: another program, perhaps a PDF reader, has it open; close it and run again"
        )
    } else {
        anyhow::Error::new(error).context(format!("`{file}` could not be replaced"))
    }
}

fn folder_trouble(folder: &Path, error: io::Error) -> anyhow::Error {
    let folder = shown(folder);
    match error.kind() {
        ErrorKind::PermissionDenied => anyhow!("the folder `{folder}` cannot be written to (permission denied)"),
        ErrorKind::ReadOnlyFilesystem => anyhow!("the folder `{folder}` cannot be written to (the disk is read-only)"),
        ErrorKind::AlreadyExists | ErrorKind::NotADirectory => {
            anyhow!("the folder `{folder}` cannot be made: a file stands in its place")
        }
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => {
            anyhow!("nothing fits into the folder `{folder}`: the disk is full")
        }
        _ => anyhow::Error::new(error).context(format!("the folder `{folder}` cannot be written to")),
    }
}

fn write_trouble(path: &Path, error: io::Error) -> anyhow::Error {
    let path = shown(path);
    match error.kind() {
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => anyhow!("`{path}` could not be written: the disk is full"),
        _ => anyhow::Error::new(error).context(format!("`{path}` could not be written")),
    }
}

/// Returns a path as we print paths on every system: with `/`.
fn shown(path: &Path) -> String {
    path.display().to_string().replace(std::path::MAIN_SEPARATOR, "/")
}

/// Removes a file of an earlier run that no paper makes any more; one that was edited since is left alone.
pub fn remove(path: &Path, sha256_of_then: &str) -> anyhow::Result<()> {
    match fs::read(path) {
        Ok(bytes) if sha256(&bytes) == sha256_of_then => {
            fs::remove_file(path).map_err(|error| anyhow!("`{}` could not be removed: {error}", path.display()))
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a folder holds, by name.
    fn names(folder: &Path) -> Vec<String> {
        let mut names: Vec<String> =
            fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    #[test]
    fn makes_the_folders_and_the_file_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("2020-21-q2/charts/scores.svg");
        assert_eq!(write(&path, b"new").unwrap(), Written::Made);
        assert_eq!(fs::read(&path).unwrap(), b"new");
        assert_eq!(names(path.parent().unwrap()), ["scores.svg"]);
    }

    #[test]
    fn replaces_what_differs_and_leaves_what_does_not() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("paper.md");
        write(&path, b"old").unwrap();
        assert_eq!(write(&path, b"new").unwrap(), Written::Made);
        let made = fs::metadata(&path).unwrap().modified().unwrap();
        assert_eq!(write(&path, b"new").unwrap(), Written::Unchanged);
        assert_eq!(fs::metadata(&path).unwrap().modified().unwrap(), made);
    }

    #[test]
    fn what_a_killed_process_left_is_swept() {
        let folder = tempfile::tempdir().unwrap();
        for name in [".boardpaper-old", ".boardpaper-new", ".somebody-elses", "paper.md"] {
            let file = File::create(folder.path().join(name)).unwrap();
            if name != ".boardpaper-new" {
                file.set_modified(std::time::SystemTime::now() - 2 * LEFT_BEHIND).unwrap();
            }
        }
        sweep(folder.path());
        assert_eq!(names(folder.path()), [".boardpaper-new", ".somebody-elses", "paper.md"]);
    }

    #[test]
    fn a_new_file_replaces_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("data/service.yaml");
        write_new(&path, b"ours").unwrap();
        let message = format!("{:#}", write_new(&path, b"other").unwrap_err());
        assert_eq!(message, format!("`{}` is there already, and was left as it is", shown(&path)));
        assert_eq!(fs::read(&path).unwrap(), b"ours");
        assert_eq!(names(path.parent().unwrap()), ["service.yaml"]);
    }

    #[test]
    fn a_folder_in_the_files_place_is_named_and_nothing_is_left() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("paper.pdf");
        fs::create_dir(&path).unwrap();
        let message = format!("{:#}", write(&path, b"new").unwrap_err());
        assert_eq!(message, format!("`{}` could not be replaced: it is a folder", shown(&path)));
        assert_eq!(names(folder.path()), ["paper.pdf"]);
    }

    #[test]
    fn a_file_in_the_folders_place_is_named() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("out"), "").unwrap();
        for below in ["out/paper.md", "out/2020-21-q2/paper.md"] {
            let message = format!("{:#}", write(&folder.path().join(below), b"new").unwrap_err());
            assert!(message.ends_with("cannot be made: a file stands in its place"), "{message}");
        }
        assert_eq!(names(folder.path()), ["out"]);
    }

    #[test]
    fn trouble_is_told_in_plain_words() {
        let path = Path::new("out").join("board-paper.pdf");
        let denied = || io::Error::from(ErrorKind::PermissionDenied);
        let full = || io::Error::from(ErrorKind::StorageFull);
        for (error, expected) in [
            (
                replace_trouble(&path, denied()),
                "`out/board-paper.pdf` could not be replaced: another program, perhaps a PDF reader, has it open; close it and run again",
            ),
            (folder_trouble(Path::new("out"), denied()), "the folder `out` cannot be written to (permission denied)"),
            (folder_trouble(Path::new("out"), full()), "nothing fits into the folder `out`: the disk is full"),
            (write_trouble(&path, full()), "`out/board-paper.pdf` could not be written: the disk is full"),
        ] {
            assert_eq!(format!("{error:#}"), expected);
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_new_file_has_the_permissions_of_any_other() {
        use std::os::unix::fs::PermissionsExt;

        let folder = tempfile::tempdir().unwrap();
        write(&folder.path().join("ours"), b"new").unwrap();
        fs::write(folder.path().join("plain"), b"new").unwrap();
        let mode = |name: &str| fs::metadata(folder.path().join(name)).unwrap().permissions().mode();
        assert_eq!(mode("ours"), mode("plain"));
    }
}
