//! Many papers at once: services over lanes, papers over threads, and one report of it all.
//!
//! **Invariant:** what is made does not depend on the number of threads, and what is kept in memory not on the number of
//! services.

use std::collections::{BTreeMap, HashSet, VecDeque};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard};

use crate::check::{self, Printed};
use crate::diagnostic::{Diagnostic, Severity};
use crate::load::{self, Loaded, Project};
use crate::source::{SourceId, Sources};
use crate::typeset;

use super::paper::{self, Made, Plan, Shared};
use super::service::ServiceRun;
use super::threads::{self, Pool};
use super::{
    Effect, Event, Outcome, PaperReport, Prepared, Report, Request, RunError, Stage, Timings, joined, name_fields,
    prepare, service,
};

/// What all lanes and threads of a run have in common.
struct Batch<'a> {
    request: &'a Request,
    project: &'a Project,
    shared: Shared<'a>,
    /// How many papers are made at the same time.
    threads: usize,
    turns: Turns,
    /// How many papers were begun.
    begun: AtomicUsize,
    /// Set where one paper failed and no other is to be made.
    stop: AtomicBool,
    /// How many papers were found in how many narratives, and how many narratives there are.
    found: Mutex<(usize, usize)>,
    narratives: usize,
    tell: &'a (dyn Fn(Event<'_>) + Sync),
}

/// Makes the papers of services, each item of `parts` read at once, and reports in their order.
///
/// # Errors
/// A selection that names nothing; where there is one part only, a file that cannot be read.
pub(super) fn run(
    request: &Request,
    project: &Project,
    parts: Vec<Vec<String>>,
    tell: &(dyn Fn(Event<'_>) + Sync),
) -> Result<Report, RunError> {
    let threads = request.threads_count();
    let batch = Batch {
        request,
        project,
        shared: Shared::of(project),
        threads,
        turns: Turns::new(threads),
        begun: AtomicUsize::new(0),
        stop: AtomicBool::new(false),
        found: Mutex::default(),
        narratives: parts.iter().flatten().map(|service| project.narratives_count(service)).sum(),
        tell,
    };
    if let [part] = parts.as_slice() {
        return batch.part(part, threads);
    }
    let next = AtomicUsize::new(0);
    let done: Mutex<BTreeMap<usize, Result<Report, RunError>>> = Mutex::default();
    threads::share(threads.min(parts.len()), || {
        loop {
            let at = next.fetch_add(1, Ordering::Relaxed);
            let Some(part) = parts.get(at) else { break };
            // The texts of a service go with it, but for those that something is said of.
            let report = batch.part(part, 1).map(|report| Whole::of([report]));
            done.lock().expect("no thread panics while it holds the lock").insert(at, report);
        }
    });
    let mut failures = Vec::new();
    let mut parts = Vec::new();
    for report in done.into_inner().expect("no thread panicked").into_values() {
        match report {
            Ok(report) => parts.push(report),
            // The others were made; that this one was not is a failure among theirs.
            Err(RunError::Machine(error)) => failures.push(error),
            Err(error) => return Err(error),
        }
    }
    let mut report = Whole::of(parts);
    report.failures.extend(failures);
    Ok(report)
}

impl Batch<'_> {
    /// Takes services through all stages, read on as many threads.
    fn part(&self, folders: &[String], readers: usize) -> Result<Report, RunError> {
        let request = self.request;
        let mut timings = Timings::default();
        let loaded = timings.time(Stage::Load, || self.project.read(folders, readers))?;
        let Prepared { mut services, mut diagnostics, mut raw } = prepare(request, &loaded, &mut timings)?;
        let mut report = Report::empty();
        for run in &mut services {
            if let Err(error) = service::recall(request, run) {
                report.failures.push(error);
            }
        }
        let plans: Vec<Plan<'_>> = services.iter().flat_map(|service| paper::plans(&loaded, service)).collect();
        self.tell_found(folders, plans.len());
        let made = self.make(&loaded, &plans, readers > 1 && plans.len() == 1);
        let mut outputs: Vec<paper::Outputs> = Vec::new();
        let mut printed: Vec<Option<Printed>> = Vec::new();
        for (plan, mut made) in plans.iter().zip(made) {
            timings.merge(&made.timings);
            // What is wrong with that which several documents are filled with was said once.
            if plan.is_one_of_several() {
                made.diagnostics.retain(|one| !raw.contains(one));
            }
            raw.extend(made.diagnostics.iter().cloned());
            diagnostics.extend(made.diagnostics.into_iter().filter_map(|diagnostic| request.weigh(diagnostic)));
            report.failures.extend(made.failures);
            report.files_written += made.written;
            report.files_unchanged += made.unchanged;
            report.papers.push(PaperReport { name: plan.name.clone(), stem: plan.stem.clone(), outcome: made.outcome });
            report.stale.extend(made.stale);
            outputs.push(made.outputs);
            printed.push(made.printed);
        }
        let unused = self.unused(&loaded, &services, &plans, printed);
        raw.extend(unused.iter().cloned());
        diagnostics.extend(unused.into_iter().filter_map(|diagnostic| request.weigh(diagnostic)));
        report.papers.extend(services.iter().flat_map(|run| service::unread(request, run)));
        crate::diagnostic::sort(&mut raw, &loaded.sources);
        let mut fields = load::Fields::of(&loaded.sources);
        name_fields(&mut fields, &mut raw);
        let is_right = report.failures.is_empty()
            && diagnostics.iter().all(|one| one.severity < Severity::Error)
            && !request.draft;
        if request.effect != Effect::Check {
            let finished = timings.time(Stage::Output, || {
                let mut finished = service::Finished::default();
                for run in services.iter().filter(|run| run.wanted.any()) {
                    let own = plans.iter().zip(&report.papers).zip(&outputs);
                    let own = own.filter(|((plan, _), _)| plan.folder() == run.folder());
                    let own = own.map(|((plan, report), outputs)| (plan, report, outputs));
                    let folder = joined(run.folder(), "");
                    let has_stale = report.stale.iter().any(|stale| stale.path.starts_with(&folder));
                    let said = is_right.then_some(raw.as_slice());
                    finished.add(service::finish(request, &loaded, run, own, has_stale, said));
                }
                finished
            });
            report.files_written += finished.written;
            report.files_unchanged += finished.unchanged;
            report.failures.extend(finished.failures);
            report.stale.extend(finished.stale);
            report.causes.extend(finished.causes);
        }
        report.stale.sort_by(|a, b| a.path.cmp(&b.path));
        crate::diagnostic::sort(&mut diagnostics, &loaded.sources);
        name_fields(&mut fields, &mut diagnostics);
        drop(fields);
        drop(plans);
        drop(services);
        Ok(Report { sources: loaded.sources, diagnostics, timings, ..report })
    }

    /// Finds what quarters say and none of their papers prints; a quarter is looked at where each of them was rendered.
    fn unused(
        &self,
        loaded: &Loaded,
        services: &[ServiceRun<'_>],
        plans: &[Plan<'_>],
        mut printed: Vec<Option<Printed>>,
    ) -> Vec<Diagnostic> {
        let mut found = Vec::new();
        for run in services {
            let language = &run.service.service.language;
            let kinds = |key: &str| self.shared.kinds_with(loaded, language, key);
            for quarter in run.service.quarters.iter().filter(|quarter| run.wanted.whole(quarter)) {
                let own = plans.iter().zip(&mut printed).filter(|(plan, _)| plan.is_of(run, quarter));
                let own: Option<Vec<Printed>> = own.map(|(_, printed)| printed.take()).collect();
                let Some(own) = own.filter(|own| !own.is_empty()) else { continue };
                let all = own.into_iter().reduce(Printed::and).unwrap_or_default();
                found.extend(check::unused(run.service, quarter, &all, kinds));
            }
        }
        found
    }

    /// Tells how many papers there are: as many to each narrative that was not read yet as to those that were.
    fn tell_found(&self, folders: &[String], papers: usize) {
        let narratives: usize = folders.iter().map(|folder| self.project.narratives_count(folder)).sum();
        let mut found = self.found.lock().expect("no thread panics while it holds the lock");
        found.0 += papers;
        found.1 += narratives;
        let all = if self.request.selection.is_empty() && found.1 > 0 {
            (found.0 * self.narratives).div_ceil(found.1)
        } else {
            found.0
        };
        (self.tell)(Event::Papers(all));
    }

    /// Makes papers, as many at a time as there are pools, and returns what came of each, in the order of the plans;
    /// `is_alone` where there is one and nothing is made beside it.
    fn make(&self, loaded: &Loaded, plans: &[Plan<'_>], is_alone: bool) -> Vec<Made> {
        let left = Mutex::new(Left::of(plans.len(), |at| plans[at].is_large(loaded)));
        let made: Mutex<BTreeMap<usize, Made>> = Mutex::default();
        let work = || {
            while let Some((turn, at)) = self.turns.next(&left) {
                let plan = &plans[at];
                let one = turn.run(is_alone, || self.one(loaded, plan, turn.is_large));
                drop(turn);
                (self.tell)(Event::Done(&plan.name));
                made.lock().expect("no thread panics while it holds the lock").insert(at, one);
            }
        };
        threads::share(self.threads.min(plans.len()), work);
        made.into_inner().expect("no thread panicked").into_values().collect()
    }

    fn one(&self, loaded: &Loaded, plan: &Plan<'_>, is_large: bool) -> Made {
        if self.stop.load(Ordering::Relaxed) {
            return Made::skipped();
        }
        if self.begun.fetch_add(1, Ordering::Relaxed) >= self.threads {
            // A large paper has the memory for itself, and other papers are begun while it goes through its passes.
            let kept = match self.threads {
                threads if threads == 1 || is_large => 0,
                threads => threads - 1 + usize::from(self.turns.free().large == 0),
            };
            typeset::forget(kept);
        }
        let made = paper::make(self.request, loaded, &self.shared, plan);
        if self.request.fail_fast && matches!(made.outcome, Outcome::Blocked { .. }) {
            self.stop.store(true, Ordering::Relaxed);
        }
        made
    }
}

/// Whose turn it is: as many papers are made at the same time as there are threads.
struct Turns {
    /// Of one thread each. They last as long as the run: what a thread has allocated is its own to use again.
    pools: Vec<Pool>,
    free: Mutex<Free>,
    /// Told whenever a turn ends.
    ended: Condvar,
}

/// What no turn has at present.
struct Free {
    /// Places in `pools`.
    pools: Vec<usize>,
    /// How many more large papers may be begun.
    large: usize,
}

/// The papers that nobody has begun, by their places in the plans.
struct Left {
    large: VecDeque<usize>,
    others: VecDeque<usize>,
}

impl Left {
    fn of(count: usize, is_large: impl Fn(usize) -> bool) -> Left {
        let (large, others) = (0..count).partition(|&at| is_large(at));
        Left { large, others }
    }
}

/// The right to make one paper, until it is dropped.
struct Turn<'a> {
    turns: &'a Turns,
    pool: usize,
    is_large: bool,
}

impl Turns {
    fn new(threads: usize) -> Turns {
        Turns {
            pools: (0..threads).map(|_| Pool::default()).collect(),
            free: Mutex::new(Free { pools: (0..threads).collect(), large: threads.div_ceil(2) }),
            ended: Condvar::new(),
        }
    }

    fn free(&self) -> MutexGuard<'_, Free> {
        self.free.lock().expect("no thread panics while it holds the lock")
    }

    /// Waits for a turn, and takes the next paper out of those that are left; `None` where none is.
    ///
    /// Large ones come first, and no more than half of the threads make one at the same time: so a run needs less memory,
    /// and none of them is what all others wait for at the end.
    fn next(&self, left: &Mutex<Left>) -> Option<(Turn<'_>, usize)> {
        let mut free = self.free();
        loop {
            let mut left = left.lock().expect("no thread panics while it holds the lock");
            if left.large.is_empty() && left.others.is_empty() {
                return None;
            }
            let is_large = free.large > 0 && !left.large.is_empty();
            let queue = if is_large { &mut left.large } else { &mut left.others };
            if !free.pools.is_empty()
                && let Some(at) = queue.pop_front()
            {
                let pool = free.pools.pop().expect("looked at");
                free.large -= usize::from(is_large);
                return Some((Turn { turns: self, pool, is_large }, at));
            }
            drop(left);
            free = self.ended.wait(free).expect("no thread panics while it waits");
        }
    }
}

impl Turn<'_> {
    fn run<T: Send>(&self, is_alone: bool, task: impl FnOnce() -> T + Send) -> T {
        self.turns.pools[self.pool].run(is_alone, task)
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        let mut free = self.turns.free();
        free.pools.push(self.pool);
        free.large += usize::from(self.is_large);
        self.turns.ended.notify_all();
    }
}

/// The reports of parts as one, which keeps only the texts that something is said of.
struct Whole {
    report: Report,
    /// The sources of the report by their paths.
    sources: BTreeMap<String, SourceId>,
    /// What was said: of a file that services share, each of them says the same.
    said: HashSet<String>,
}

impl Whole {
    fn of(parts: impl IntoIterator<Item = Report>) -> Report {
        let mut whole = Whole { report: Report::empty(), sources: BTreeMap::new(), said: HashSet::new() };
        parts.into_iter().for_each(|part| whole.add(part));
        whole.report.stale.sort_by(|a, b| a.path.cmp(&b.path));
        crate::diagnostic::sort(&mut whole.report.diagnostics, &whole.report.sources);
        whole.report
    }

    fn add(&mut self, part: Report) {
        let Report { sources, diagnostics, papers, failures, stale, causes, timings, .. } = part;
        for mut diagnostic in diagnostics {
            for label in &mut diagnostic.labels {
                label.span.source = self.source(&sources, label.span.source);
            }
            if self.said.insert(format!("{diagnostic:?}")) {
                self.report.diagnostics.push(diagnostic);
            }
        }
        self.report.papers.extend(papers);
        self.report.files_written += part.files_written;
        self.report.files_unchanged += part.files_unchanged;
        self.report.failures.extend(failures);
        self.report.stale.extend(stale);
        self.report.causes.extend(causes);
        self.report.timings.merge(&timings);
    }

    fn source(&mut self, of: &Sources, id: SourceId) -> SourceId {
        let sources = &mut self.report.sources;
        *self.sources.entry(of.path(id).to_owned()).or_insert_with(|| sources.add_of(of, id))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn large_papers_come_first_and_only_one_for_two_threads() {
        let turns = Turns::new(2);
        let left = Mutex::new(Left::of(5, |at| at == 2 || at == 4));
        let next = || turns.next(&left).expect("one is left");
        let (large, at) = next();
        assert_eq!((at, large.is_large), (2, true));
        let (small, at) = next();
        assert_eq!((at, small.is_large), (0, false));
        drop(small);
        let (small, at) = next();
        assert_eq!(at, 1);
        drop(large);
        let (large, at) = next();
        assert_eq!((at, large.is_large), (4, true));
        drop(small);
        drop(large);
        let (last, at) = next();
        assert_eq!((at, last.is_large), (3, false));
        assert!(turns.next(&left).is_none());
    }

    #[test]
    fn the_last_large_paper_waits_for_the_one_before() {
        let turns = Turns::new(2);
        let left = Mutex::new(Left::of(2, |_| true));
        let (first, _) = turns.next(&left).expect("two are left");
        std::thread::scope(|scope| {
            let second = scope.spawn(|| turns.next(&left).map(|(_, at)| at));
            assert!(!second.is_finished());
            drop(first);
            assert_eq!(second.join().expect("it got its turn"), Some(1));
        });
    }
}
