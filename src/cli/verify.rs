//! `verify`: whether a PDF is what these data make.

use crate::pipeline::{self, Cause, Request, Verdict};

use super::arguments::{Global, Verify};
use super::{Exit, message, print, refuse, tell};

pub(super) fn verify(global: &Global, verify: &Verify) -> Exit {
    let request = Request { out: verify.out.clone(), force: true, ..Request::of(&global.directory) };
    let verified = match pipeline::verify(&request, &verify.file) {
        Ok(verified) => verified,
        Err(error) => return refuse(&error),
    };
    if let Some(exit) = message::print(verified.diagnostics.iter(), &verified.sources, global.message_format) {
        return exit;
    }
    let mut lines = vec![match &verified.paper {
        Some(paper) => format!("`{}` is the paper {paper}", verify.file.display()),
        None => format!("`{}` is no paper of this project", verify.file.display()),
    }];
    if let Some(id) = &verified.id {
        lines.push(format!("  id:      {id}"));
    }
    lines.push(format!("  sha256:  {}", verified.sha256));
    if let Some(program) = &verified.program {
        lines.push(format!("  program: {program}"));
    }
    let exit = match &verified.verdict {
        Verdict::Same => {
            lines.push("made again it has the same bytes".to_owned());
            Exit::Done
        }
        Verdict::Outdated(cause) => {
            lines
                .push(format!("made again it has other bytes: it was made as the manifest says, and {}", since(cause)));
            Exit::Problems
        }
        Verdict::Other { at, of_these_data } => {
            let why = if *of_these_data {
                "it was made of these data, and has been changed"
            } else {
                "it was made of other data or by another program"
            };
            lines.push(format!("made again it has other bytes, from byte {at} on: {why}"));
            Exit::Problems
        }
        Verdict::CameAlong(file) => {
            lines.push(format!("it came along with a paper, and is the file `{file}` as that is now"));
            Exit::Done
        }
        Verdict::Unknown => {
            let why = if verified.id.is_some() {
                "what it was made of is not what is here now"
            } else {
                "it carries no id of boardpaper"
            };
            lines.push(format!(
                "it cannot be made again: no manifest lists these bytes (what `diff` makes stands in none), and {why}"
            ));
            Exit::Problems
        }
        Verdict::Blocked => {
            lines.push("it cannot be made again, because of the errors above".to_owned());
            Exit::Problems
        }
    };
    if matches!(verified.verdict, Verdict::Blocked) && verified.diagnostics.is_empty() {
        tell!("run `boardpaper check` to see what is wrong");
    }
    print(&format!("{}\n", lines.join("\n"))).unwrap_or(exit)
}

fn since(cause: &Cause) -> String {
    match (&cause.program, cause.inputs.is_empty()) {
        (Some(program), true) => format!("that was {program}, another version or of other sources"),
        (_, true) if cause.partly => {
            "a part of the papers was made since: what this one was made of is not known".to_owned()
        }
        (_, true) => "nothing that it is made of has changed: please tell us, it is a bug".to_owned(),
        (_, false) => {
            let names = crate::diagnostic::listed(cause.inputs.iter().map(String::as_str));
            format!("since then changed: {names}")
        }
    }
}
