//! `explain`: the manual page of a code, or the list of all.

use std::io::Write;

use crate::diagnostic::codes;

use super::Exit;
use super::arguments::Explain;

pub(super) fn explain(explain: &Explain) -> Exit {
    let mut out = anstream::stdout().lock();
    // A reader that has gone away, as `head` does, is no failure.
    let _ = match explain.code {
        Some(code) => writeln!(out, "{} ({})\n\n{}", code.name(), code.severity().word(), code.page().trim_end()),
        None => {
            let width = codes::ALL.iter().map(|code| code.name().len()).max().unwrap_or(0);
            codes::ALL.iter().try_for_each(|code| {
                writeln!(out, "{:width$}  {:7}  {}", code.name(), code.severity().word(), code.summary())
            })
        }
    };
    Exit::Done
}
