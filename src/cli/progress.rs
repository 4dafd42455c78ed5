//! A bar on a terminal while papers are made; nothing elsewhere.

use std::io::IsTerminal;
use std::sync::OnceLock;

use indicatif::{ProgressBar, ProgressStyle};

use crate::pipeline::Event;

pub(super) struct Progress {
    shown: bool,
    bar: OnceLock<ProgressBar>,
}

impl Progress {
    pub fn new(quiet: bool) -> Progress {
        Progress { shown: !quiet && std::io::stderr().is_terminal(), bar: OnceLock::new() }
    }

    pub fn tell(&self, event: &Event<'_>) {
        if !self.shown {
            return;
        }
        match event {
            // One paper is made before a bar could be read.
            Event::Papers(0 | 1) => {}
            Event::Papers(count) => {
                let style = ProgressStyle::with_template("{bar:32} {pos}/{len} papers, {eta} left  {msg}");
                let bar = ProgressBar::new(*count as u64);
                bar.set_style(style.expect("a template without mistakes"));
                let _ = self.bar.set(bar);
            }
            Event::Done(paper) => {
                if let Some(bar) = self.bar.get() {
                    bar.set_message((*paper).to_owned());
                    bar.inc(1);
                }
            }
        }
    }

    pub fn finish(&self) {
        if let Some(bar) = self.bar.get() {
            bar.finish_and_clear();
        }
    }
}
