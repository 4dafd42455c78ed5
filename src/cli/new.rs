//! `new`: the next quarter, with what is known filled in.

use crate::pipeline::{self, Request};

use super::arguments::{Global, New};
use super::init::write_new;
use super::{Exit, refuse, tell};

pub(super) fn new(global: &Global, new: &New) -> Exit {
    let request = Request::of(&global.directory);
    let started = match pipeline::started(&request, &new.quarter) {
        Ok(started) => started,
        Err(error) => return refuse(&error),
    };
    if let Some(exit) = write_new(&global.directory, &started.files) {
        return exit;
    }
    if started.is_partial {
        tell!("warning: what could not be read was not carried forward: `boardpaper check` lists the errors");
    }
    if !global.quiet {
        started.files.keys().for_each(|path| tell!("wrote `{path}`"));
        tell!("next: boardpaper check {} lists what is still to be written", started.name);
    }
    Exit::Done
}
