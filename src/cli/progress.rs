//! How far a run is: a bar on a terminal, a plain line every few seconds elsewhere.

use std::io::IsTerminal;
use std::sync::{Mutex, OnceLock};
use std::time::{Duration, Instant};

use indicatif::{HumanDuration, ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::pipeline::Event;

use super::tell;

/// How long a run is silent where nobody watches a bar: a log of CI should be short, and show that something happens.
const EVERY: Duration = Duration::from_secs(5);

pub(super) struct Progress {
    quiet: bool,
    bar: OnceLock<ProgressBar>,
    /// When a line was last printed; `None`: the bar shows it all.
    told: Option<Mutex<Instant>>,
}

impl Progress {
    pub fn new(quiet: bool) -> Progress {
        let told = (!std::io::stderr().is_terminal()).then(|| Mutex::new(Instant::now()));
        Progress { quiet, bar: OnceLock::new(), told }
    }

    pub fn tell(&self, event: &Event<'_>) {
        if self.quiet {
            return;
        }
        match event {
            // One paper is made before a bar could be read.
            Event::Papers(0 | 1) if self.bar.get().is_none() => {}
            Event::Papers(count) => {
                if let Some(bar) = self.bar.get() {
                    bar.set_length(*count as u64);
                    return;
                }
                let template = "{bar:32} {pos}/{len} papers, {per_sec}, {eta} left  {msg}";
                let bar = ProgressBar::new(*count as u64);
                bar.set_style(ProgressStyle::with_template(template).expect("a template without mistakes"));
                if self.told.is_some() {
                    bar.set_draw_target(ProgressDrawTarget::hidden());
                }
                let _ = self.bar.set(bar);
            }
            Event::Done(paper) => {
                if let Some(bar) = self.bar.get() {
                    bar.set_message((*paper).to_owned());
                    bar.inc(1);
                    self.line(bar);
                }
            }
        }
    }

    /// Prints a line, if the last one was a while ago and papers are left.
    fn line(&self, bar: &ProgressBar) {
        let Some(told) = &self.told else { return };
        let mut told = told.lock().expect("no thread panics while it holds the lock");
        let (made, all) = (bar.position(), bar.length().unwrap_or_default());
        if told.elapsed() >= EVERY && made < all {
            *told = Instant::now();
            let rate = made as f64 / bar.elapsed().as_secs_f64();
            let left = Duration::from_secs_f64((all - made) as f64 / rate);
            tell!("{made} of {all} papers, {rate:.0} a second, about {:#} left", HumanDuration(left));
        }
    }

    pub fn finish(&self) {
        if let Some(bar) = self.bar.get() {
            bar.finish_and_clear();
        }
    }
}
