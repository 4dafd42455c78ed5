//! `explain`: the manual page of a code, or the list of all.

use std::io::Write;

use crate::diagnostic::codes;

use super::Exit;
use super::arguments::Explain;

pub(super) fn explain(explain: &Explain) -> Exit {
    let mut out = anstream::stdout().lock();
    // A reader that has gone away, as `head` does, is no failure.
    let _ = match explain.code {
        Some(code) => writeln!(out, "{} ({})\n\n{}", code.name(), code.severity().word(), set_in(&code.page())),
        None => {
            let width = codes::ALL.iter().map(|code| code.name().len()).max().unwrap_or(0);
            codes::ALL.iter().try_for_each(|code| {
                writeln!(out, "{:width$}  {:7}  {}", code.name(), code.severity().word(), code.summary())
            })
        }
    };
    Exit::Done
}

/// A page for a terminal: its examples are set in, without the fences around them.
fn set_in(page: &str) -> String {
    let mut fence: Option<&str> = None;
    let mut lines = Vec::new();
    for line in page.lines() {
        match fence {
            Some(open) if line == open => fence = None,
            Some(_) => lines.push(format!("    {line}").trim_end().to_owned()),
            None if line.starts_with("```") => fence = Some(line.trim_end_matches(|c: char| c != '`')),
            None => lines.push(line.to_owned()),
        }
    }
    lines.join("\n")
}
