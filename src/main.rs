//! Calls [`boardpaper::cli::run`], nothing else.

use std::process::ExitCode;

/// Typst makes and drops millions of small values: this allocator takes a tenth off the time of a paper.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    boardpaper::cli::run(std::env::args_os())
}
