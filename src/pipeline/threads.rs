//! What runs on which thread.
//!
//! Typst uses rayon inside. Were papers handed to one pool, its workers would steal whole papers and nest them, which takes
//! many times the memory and no less time: so of several papers each is set in a pool of one. A paper alone is set on the
//! thread that read it, and a second one takes off it what it can.

use std::sync::OnceLock;
use std::thread::{self, Builder};

use rayon::{ThreadPool, ThreadPoolBuilder};

use crate::load;
use crate::typeset;

use super::paper;

/// Typst's layout goes as deep as the document: this holds what the limit on nesting lets through.
const STACK: usize = 16 * 1024 * 1024;

/// Runs a task on a thread of its own with room for every paper; with a second one beside it, unless `threads` is 1.
///
/// To hand a whole paper to another thread takes up to 4 ms where that has to wait for a core, and what is at hand for one
/// is not for the other: a run of one paper is quicker without.
pub fn on_own_thread<T: Send>(threads: Option<usize>, task: impl FnOnce() -> T + Send) -> T {
    let threads = threads.unwrap_or_else(load::cores).clamp(1, 2);
    let own = || {
        // Where there can be no pool, papers are set in those of the run.
        let _pool = ThreadPoolBuilder::new().num_threads(threads).use_current_thread().stack_size(STACK).build();
        task()
    };
    thread::scope(|scope| {
        let thread = Builder::new().name("main".to_owned()).stack_size(STACK).spawn_scoped(scope, own);
        match thread.expect("a machine that starts the program gives it a thread").join() {
            Ok(done) => done,
            Err(panic) => std::panic::resume_unwind(panic),
        }
    })
}

/// How many threads the pool has that the asking thread is one of; 0 where that is in none.
fn own_pool() -> usize {
    rayon::current_thread_index().map_or(0, |_| rayon::current_num_threads())
}

/// Makes ready, beside whatever comes next, what papers are set with; nobody waits for it, and without it everything is
/// made as well, a little later.
pub(super) fn warm_up() {
    if own_pool() < 2 {
        return;
    }
    rayon::spawn(|| {
        if let Some(strings) = load::own_strings("en-GB") {
            strings.get();
        }
        let (sources, styles) = load::own_styles();
        typeset::warm_up(&paper::styles(&styles, &sources));
    });
}

/// A pool of one thread, which is made when something is to run in it.
#[derive(Default)]
pub(super) struct Pool(OnceLock<ThreadPool>);

impl Pool {
    /// Runs a task; on the thread that asks for it, where that is a pool of one already, or where nothing else is done
    /// (`is_alone`), so that all threads of its pool may help.
    pub fn run<T: Send>(&self, is_alone: bool, task: impl FnOnce() -> T + Send) -> T {
        let own_pool = own_pool();
        if own_pool == 1 || own_pool > 1 && is_alone {
            return task();
        }
        let one = || ThreadPoolBuilder::new().num_threads(1).stack_size(STACK).build().expect("a pool of one thread");
        self.0.get_or_init(one).install(task)
    }
}

/// Does a piece of work on so many threads at the same time: the one that asks for it, and others.
pub(super) fn share(count: usize, work: impl Fn() + Sync) {
    thread::scope(|scope| {
        for _ in 1..count {
            scope.spawn(&work);
        }
        work();
    });
}
