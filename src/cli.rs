//! The command line: what was typed → a request; a report → words on the terminal and an exit code.
//!
//! Results go to stdout, everything else to stderr. **Invariant:** decides nothing about papers.

mod arguments;
mod build;
mod diff;
mod eject;
mod explain;
mod init;
mod message;
mod new;
mod plan;
mod progress;
mod status;
mod table;
mod verify;
mod watch;

use std::ffi::OsString;
use std::process::ExitCode;

use clap::Parser;

use crate::pipeline::{self, RunError};

use arguments::{Arguments, Command};

/// What a run ends with, as `sysexits.h` and the manual have it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
enum Exit {
    Done = 0,
    /// The content has problems.
    Problems = 1,
    Usage = 2,
    /// `build --check` found outputs that a build would change.
    Stale = 3,
    /// Two quarters cannot be compared, since the content has problems.
    Unusable = 65,
    /// A file could not be read or written.
    Machine = 74,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> ExitCode {
        ExitCode::from(exit as u8)
    }
}

/// Runs the program with its arguments, the first being its own name.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let arguments = match Arguments::try_parse_from(arguments) {
        Ok(arguments) => arguments,
        Err(error) => {
            // A reader that has gone away needs no message.
            let _ = error.print();
            return if error.use_stderr() { Exit::Usage.into() } else { Exit::Done.into() };
        }
    };
    arguments.global.color.set();
    let threads = match &arguments.command {
        Command::Build(build) => build.jobs.map(usize::from),
        _ => None,
    };
    let exit = pipeline::on_own_thread(threads, || match &arguments.command {
        Command::Build(build) => build::build(&arguments.global, build),
        Command::Check(check) => build::check(&arguments.global, check),
        Command::Diff(diff) => diff::diff(&arguments.global, diff),
        Command::Status(status) => status::status(&arguments.global, status),
        Command::Plan(plan) => plan::plan(&arguments.global, plan),
        Command::Watch(watch) => watch::watch(&arguments.global, watch),
        Command::Verify(verify) => verify::verify(&arguments.global, verify),
        Command::Eject(eject) => eject::eject(&arguments.global, eject),
        Command::Explain(explain) => explain::explain(explain),
        Command::Init(init) => init::init(&arguments.global, init),
        Command::New(new) => new::new(&arguments.global, new),
    });
    exit.into()
}

/// Prints a line to stderr; a terminal that has gone away is no reason to fail.
macro_rules! tell {
    ($($text:tt)*) => {{
        use std::io::Write as _;
        let _ = writeln!(anstream::stderr().lock(), $($text)*);
    }};
}
use tell;

/// Prints a result to stdout; returns what to end with where the machine refuses it.
///
/// A reader that has gone away, as `head` does, is no failure.
fn print(text: &str) -> Option<Exit> {
    use std::io::{ErrorKind, Write as _};

    let mut out = anstream::stdout().lock();
    let written = out.write_all(text.as_bytes()).and_then(|()| out.flush());
    match written {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => {
            tell!("error: the result could not be printed: {error}");
            Some(Exit::Machine)
        }
        _ => None,
    }
}

/// Prints why a run could not begin, and returns what it ends with.
fn refuse(error: &RunError) -> Exit {
    match error {
        RunError::Usage(unknown) => {
            if let Some(trouble) = &unknown.trouble {
                tell!("error: {trouble}");
                return Exit::Usage;
            }
            let meant = unknown.meant.as_ref().map_or_else(String::new, |name| format!("; did you mean `{name}`?"));
            tell!("error: there is no {} `{}`{meant}", unknown.what, unknown.written);
            Exit::Usage
        }
        RunError::Machine(error) => {
            tell!("error: {error:#}");
            Exit::Machine
        }
    }
}
