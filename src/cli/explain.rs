//! `explain`: the manual page of a code, or the list of all.

use crate::diagnostic::{Code, codes};

use super::arguments::Explain;
use super::{Exit, print};

pub(super) fn explain(explain: &Explain) -> Exit {
    let text = match explain.code {
        Some(code) => format!("{} ({})\n\n{}\n", code.name(), code.severity().word(), set_in(&code.page())),
        None => {
            let width = codes::ALL.iter().map(|code| code.name().len()).max().unwrap_or(0);
            let line =
                |code: &Code| format!("{:width$}  {:7}  {}\n", code.name(), code.severity().word(), code.summary());
            codes::ALL.iter().map(line).collect()
        }
    };
    print(&text).unwrap_or(Exit::Done)
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
