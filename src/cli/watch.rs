//! `watch`: makes papers again whenever a file of the project changes.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::time::{Duration, Instant};

use notify::{Event, EventKind, RecursiveMode, Watcher};

use crate::pipeline::{self, Effect, Outcome, Report, Request};

use super::arguments::{Global, Watch};
use super::{Exit, build, refuse, tell};

/// An editor writes a file in several steps; this long nothing may happen before papers are made. What is caught half-written
/// is made again with the next step.
const QUIET: Duration = Duration::from_millis(5);

pub(super) fn watch(global: &Global, watch: &Watch) -> Exit {
    let request = Request {
        out: watch.out.clone(),
        selection: watch.selection.names.clone(),
        draft: watch.draft,
        effect: Effect::Write,
        ..Request::of(&global.directory)
    };
    let (sender, changes) = mpsc::channel();
    // From before the first build on, so that nothing that happens meanwhile is missed.
    let watcher = notify::recommended_watcher(move |event| {
        // Nobody listens any more when the program ends.
        let _ = sender.send(event);
    });
    let watched = watcher.and_then(|mut watcher| {
        watcher.watch(&global.directory, RecursiveMode::Recursive)?;
        Ok(watcher)
    });
    let _watcher = match watched {
        Ok(watcher) => watcher,
        Err(error) => {
            tell!("error: the folder `{}` cannot be watched: {error}", global.directory.display());
            return Exit::Machine;
        }
    };
    let root = std::path::absolute(&global.directory).unwrap_or_else(|_| global.directory.clone());
    let mut opened = !watch.open;
    loop {
        clear();
        match pipeline::run(&request, &|_| {}) {
            Ok(report) => {
                // It goes on: what is printed next may be taken.
                let _ = build::print(global, &request, &report);
                if !opened && let Some(pdf) = last_pdf(&request, &report) {
                    opened = true;
                    open(&pdf);
                }
            }
            Err(error) => _ = refuse(&error),
        }
        if !global.quiet {
            tell!("waiting for changes; Ctrl-C ends");
        }
        if !wait(&changes, &root) {
            return Exit::Machine;
        }
    }
}

/// Waits until an input has changed and nothing has happened for a while; `false` where nothing will be heard any more.
fn wait(changes: &Receiver<notify::Result<Event>>, root: &Path) -> bool {
    loop {
        match changes.recv() {
            Ok(Ok(event)) if is_input(&event, root) => break,
            Ok(_) => {}
            Err(_) => return false,
        }
    }
    // Others may read and write beside the inputs all the time: a viewer, a backup.
    let mut last = Instant::now();
    loop {
        match changes.recv_timeout(QUIET.saturating_sub(last.elapsed())) {
            Ok(Ok(event)) if is_input(&event, root) => last = Instant::now(),
            Ok(_) if last.elapsed() < QUIET => {}
            Ok(_) | Err(RecvTimeoutError::Timeout) => return true,
            Err(RecvTimeoutError::Disconnected) => return false,
        }
    }
}

/// Whether an event is about a file that papers are made of: no output, and no editor's own file.
fn is_input(event: &Event, root: &Path) -> bool {
    let is_input = |path: &PathBuf| {
        let path = path.strip_prefix(root).unwrap_or(path);
        let mut names = path.components().filter_map(|part| part.as_os_str().to_str()).filter(|name| *name != ".");
        let is_below = matches!(names.next(), Some("data" | "report-templates"));
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        is_below && !name.starts_with('.') && !name.ends_with('~') && !name.ends_with(".swp")
    };
    !matches!(event.kind, EventKind::Access(_)) && event.paths.iter().any(is_input)
}

/// Empties a terminal, so that problems stand where they stood and those that are mended are gone.
fn clear() {
    use std::io::{IsTerminal as _, Write as _};

    if std::io::stderr().is_terminal() {
        let mut out = anstream::stderr().lock();
        // A terminal that has gone away is no reason to fail.
        let _ = write!(out, "\x1b[2J\x1b[H");
    }
}

/// The PDF of the last paper that could be made: where papers stand in the order of time, the one that is worked on.
fn last_pdf(request: &Request, report: &Report) -> Option<PathBuf> {
    let made = report.papers.iter().rev().find(|paper| matches!(paper.outcome, Outcome::Made { .. }))?;
    Some(request.project.join(&request.out).join(format!("{}.pdf", made.stem)))
}

/// Opens a file with the program that the system has for it.
fn open(file: &Path) {
    let mut command = if cfg!(target_os = "macos") {
        Command::new("open")
    } else if cfg!(windows) {
        Command::new("explorer")
    } else {
        Command::new("xdg-open")
    };
    if let Err(error) = command.arg(file).stdout(Stdio::null()).stderr(Stdio::null()).spawn() {
        tell!("`{}` could not be opened: {error}", file.display());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_inputs_wake_it() {
        let event = |path: &str| Event::new(EventKind::Any).add_path(Path::new("/project").join(path));
        let wakes = |path: &str| is_input(&event(path), Path::new("/project"));
        for path in ["data/2020-21-q2/audit.yaml", "report-templates/styles/board.typ", "data/north/service.yaml"] {
            assert!(wakes(path), "{path}");
        }
        for path in ["out/2020-21-q2/board-paper.pdf", "data/.audit.yaml.swp", "data/audit.yaml~", "README.md"] {
            assert!(!wakes(path), "{path}");
        }
    }
}
