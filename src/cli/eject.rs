//! `eject`: one paper as a folder that the stock `typst` command can compile.

use crate::diagnostic::Severity;
use crate::output;
use crate::pipeline::{self, Request};

use super::arguments::{Eject, Global};
use super::{Exit, message, refuse, tell};

pub(super) fn eject(global: &Global, eject: &Eject) -> Exit {
    let request = Request { selection: vec![eject.paper.clone()], ..Request::of(&global.directory) };
    let ejected = match pipeline::ejected(&request) {
        Ok(ejected) => ejected,
        Err(error) => return refuse(&error),
    };
    if ejected.papers.len() > 1 {
        tell!("error: `{}` names {} papers, and one is ejected at a time:", eject.paper, ejected.papers.len());
        ejected.papers.iter().for_each(|paper| tell!("  {paper}"));
        return Exit::Usage;
    }
    let least = if global.quiet { Severity::Error } else { Severity::Note };
    let shown = ejected.diagnostics.iter().filter(|diagnostic| diagnostic.severity >= least);
    if let Some(exit) = message::print(shown, &ejected.sources, global.message_format) {
        return exit;
    }
    if ejected.papers.is_empty() && ejected.diagnostics.iter().all(|one| one.severity < Severity::Error) {
        tell!("error: `{}` has no paper", eject.paper);
        return Exit::Usage;
    }
    let Some(files) = ejected.files else { return Exit::Problems };
    let folder = global.directory.join(&eject.folder);
    for (name, bytes) in &files {
        if let Err(error) = output::write(&folder.join(name), bytes) {
            tell!("error: {error:#}");
            return Exit::Machine;
        }
    }
    if !global.quiet {
        let folder = eject.folder.display();
        tell!("ejected {} into {folder} ({} files)", ejected.papers[0], files.len());
        tell!("to make it: cd {folder} && typst compile --features a11y-extras --font-path fonts \\");
        tell!("    --ignore-system-fonts --ignore-embedded-fonts --pdf-standard ua-1,a-2a main.typ");
        for appendix in &ejected.appendices {
            tell!("and in the same way in {folder}/{appendix}, which holds an appendix in a file of its own");
        }
    }
    Exit::Done
}
