//! Calls [`boardpaper::cli::run`], nothing else.

use std::process::ExitCode;

fn main() -> ExitCode {
    boardpaper::cli::run(std::env::args_os())
}
