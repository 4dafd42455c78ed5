//! The order of the stages, for one paper and for a batch over threads.
//!
//! load → assess → check → render → check → write → typeset → output. `check` is `build` without writing.
//! **Invariant:** the only place that knows the order; what a stage does is the stage's own business.

mod difference;
mod paper;
mod register;
mod selection;
mod service;
mod share;
mod stale;
mod unchanged;
mod verify;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use crate::check;
use crate::diagnostic::{Code, Diagnostic, Severity, codes};
use crate::load::{self, Loaded};
use crate::output::Manifest;
use crate::source::Sources;
use crate::typeset;

use paper::{Made, Plan, Shared};
use service::ServiceRun;

pub use difference::{Compared, Form, difference};
pub use paper::ejected;
pub use register::{OpenAction, OpenFinding, Register, ServiceRegister, register};
pub use selection::UnknownSelection;
pub use share::{PlannedService, Share, plan};
pub use stale::{Cause, Stale, Why};
pub use verify::{Verdict, Verified, verify};

/// What is asked for.
#[derive(Clone, Debug)]
pub struct Request {
    pub project: PathBuf,
    /// Where papers go; relative to the project.
    pub out: PathBuf,
    /// `[SERVICE/]QUARTER` or `[SERVICE/]QUARTER/PAPER`; empty: everything.
    pub selection: Vec<String>,
    /// This machine's part of the services; `None`: all of them.
    pub share: Option<Share>,
    pub formats: Formats,
    /// Papers made at the same time; `None`: as many as the machine has cores.
    pub threads: Option<usize>,
    pub levels: Levels,
    pub draft: bool,
    pub fail_fast: bool,
    /// Whether papers are made again that are as they were.
    pub force: bool,
    pub effect: Effect,
}

impl Request {
    /// Everything of a project, in both forms, and nothing written.
    pub fn of(project: impl Into<PathBuf>) -> Request {
        Request {
            project: project.into(),
            out: "out".into(),
            selection: Vec::new(),
            share: None,
            formats: Formats { markdown: true, pdf: true },
            threads: None,
            levels: Levels::default(),
            draft: false,
            fail_fast: false,
            force: false,
            effect: Effect::Check,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Formats {
    pub markdown: bool,
    pub pdf: bool,
}

/// Whether files are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// `build --check`: say what a build would change, and write nothing.
    Compare,
    Write,
    /// Everything is made and nothing is written.
    Check,
}

/// How much each code weighs in this run.
#[derive(Clone, Debug, Default)]
pub struct Levels {
    pub deny_warnings: bool,
    pub deny: Vec<Code>,
    pub warn: Vec<Code>,
    pub allow: Vec<Code>,
}

impl Levels {
    /// Gives a diagnostic its weight; `None` where its code is allowed.
    ///
    /// What is an error by itself stays one: the paper would be wrong.
    fn weigh(&self, mut diagnostic: Diagnostic) -> Option<Diagnostic> {
        let code = diagnostic.code;
        if code.severity() == Severity::Error {
            return Some(diagnostic);
        }
        if self.deny.contains(&code) {
            diagnostic.severity = Severity::Error;
        } else if self.allow.contains(&code) {
            return None;
        } else if self.warn.contains(&code) {
            diagnostic.severity = Severity::Warning;
        } else if self.deny_warnings && diagnostic.severity == Severity::Warning {
            diagnostic.severity = Severity::Error;
        }
        Some(diagnostic)
    }
}

/// What came of a run.
#[derive(Debug)]
pub struct Report {
    pub sources: Sources,
    /// Sorted by place.
    pub diagnostics: Vec<Diagnostic>,
    /// In the order of services, quarters and narratives.
    pub papers: Vec<PaperReport>,
    /// Files with new bytes, and files that had theirs already.
    pub files_written: usize,
    pub files_unchanged: usize,
    /// What the machine refused to do.
    pub failures: Vec<anyhow::Error>,
    /// Outputs that a build would change, and why: only of [`Effect::Compare`].
    pub stale: Vec<Stale>,
    pub causes: Vec<Cause>,
    pub timings: Timings,
}

impl Report {
    pub fn count(&self, severity: Severity) -> usize {
        self.diagnostics.iter().filter(|diagnostic| diagnostic.severity == severity).count()
    }
}

#[derive(Debug)]
pub struct PaperReport {
    /// `[service/]quarter/paper`
    pub name: String,
    pub outcome: Outcome,
}

#[derive(Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Made; the number of pages where there is a PDF.
    Made { pages: Option<usize> },
    /// Not made: there are errors. `old`: files of an earlier run that were left alone.
    Blocked { old: Vec<String> },
    /// Not looked at, since another paper failed first.
    Skipped,
}

/// How long each stage took, in the order of the stages, summed over papers.
#[derive(Clone, Debug, Default)]
pub struct Timings {
    pub stages: BTreeMap<Stage, Duration>,
    pub total: Duration,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stage {
    Load,
    Assess,
    Check,
    Render,
    Write,
    Fonts,
    Layout,
    Pdf,
    Charts,
    Output,
}

impl Stage {
    pub fn name(self) -> &'static str {
        match self {
            Stage::Load => "load",
            Stage::Assess => "assess",
            Stage::Check => "check",
            Stage::Render => "render",
            Stage::Write => "write",
            Stage::Fonts => "fonts",
            Stage::Layout => "layout",
            Stage::Pdf => "pdf",
            Stage::Charts => "charts",
            Stage::Output => "output",
        }
    }
}

impl Timings {
    fn add(&mut self, stage: Stage, took: Duration) {
        *self.stages.entry(stage).or_default() += took;
    }

    /// Runs a stage and counts its time.
    fn time<T>(&mut self, stage: Stage, run: impl FnOnce() -> T) -> T {
        let started = Instant::now();
        let result = run();
        self.add(stage, started.elapsed());
        result
    }

    fn merge(&mut self, other: &Timings) {
        other.stages.iter().for_each(|(stage, took)| self.add(*stage, *took));
    }
}

/// What is told while papers are made.
pub enum Event<'a> {
    Papers(usize),
    Done(&'a str),
}

/// Why a run could not begin.
#[derive(Debug)]
pub enum RunError {
    /// What was asked for is not there.
    Usage(UnknownSelection),
    Machine(anyhow::Error),
}

impl From<anyhow::Error> for RunError {
    fn from(error: anyhow::Error) -> RunError {
        RunError::Machine(error)
    }
}

/// Reads everything, makes every paper that is asked for and can be made, and reports.
///
/// # Errors
/// A file that cannot be read, or a selection that names nothing. All else is in the report.
pub fn run(request: &Request, tell: &(dyn Fn(Event<'_>) + Sync)) -> Result<Report, RunError> {
    if let Some(report) = unchanged::report(request)? {
        return Ok(report);
    }
    let started = Instant::now();
    let mut timings = Timings::default();
    let loaded = timings.time(Stage::Load, || load::load(&request.project))?;
    let Prepared { mut services, mut diagnostics, mut raw } = prepare(request, &loaded, &mut timings)?;
    let mut failures = Vec::new();
    for run in &mut services {
        match service::earlier_manifest(request, run) {
            Ok(earlier) => run.earlier = earlier,
            Err(error) => failures.push(error),
        }
    }
    let plans: Vec<Plan<'_>> = services.iter().flat_map(|service| paper::plans(&loaded, service)).collect();
    tell(Event::Papers(plans.len()));

    let made = make(request, &loaded, &plans, tell);
    let mut papers = Vec::new();
    let (mut files_written, mut files_unchanged) = (0, 0);
    let mut outputs: Vec<paper::Outputs> = Vec::new();
    let (mut stale, mut causes) = (Vec::new(), Vec::new());
    for (plan, made) in plans.iter().zip(made) {
        timings.merge(&made.timings);
        raw.extend(made.diagnostics.iter().cloned());
        diagnostics.extend(made.diagnostics.into_iter().filter_map(|diagnostic| request.levels.weigh(diagnostic)));
        failures.extend(made.failures);
        files_written += made.written;
        files_unchanged += made.unchanged;
        papers.push(PaperReport { name: plan.name.clone(), outcome: made.outcome });
        stale.extend(made.stale);
        outputs.push(made.outputs);
    }
    papers.extend(services.iter().flat_map(|run| service::unread(request, run)));
    crate::diagnostic::sort(&mut raw, &loaded.sources);
    let mut fields = load::Fields::of(&loaded.sources);
    name_fields(&mut fields, &mut raw);
    let is_right =
        failures.is_empty() && diagnostics.iter().all(|one| one.severity < Severity::Error) && !request.draft;
    if request.effect != Effect::Check {
        let per_service = timings.time(Stage::Output, || {
            let mut finished = service::Finished::default();
            for run in services.iter().filter(|run| run.wanted.any()) {
                let own =
                    plans.iter().zip(&papers).zip(&outputs).filter(|((plan, _), _)| plan.folder() == run.folder());
                let own = own.map(|((plan, report), outputs)| (plan, report, outputs));
                let folder = joined(run.folder(), "");
                let has_stale = stale.iter().any(|stale| stale.path.starts_with(&folder));
                finished.add(service::finish(
                    request,
                    &loaded,
                    run,
                    own,
                    has_stale,
                    is_right.then_some(raw.as_slice()),
                ));
            }
            finished
        });
        files_written += per_service.written;
        files_unchanged += per_service.unchanged;
        failures.extend(per_service.failures);
        stale.extend(per_service.stale);
        causes.extend(per_service.causes);
    }
    stale.sort_by(|a, b| a.path.cmp(&b.path));
    crate::diagnostic::sort(&mut diagnostics, &loaded.sources);
    name_fields(&mut fields, &mut diagnostics);
    timings.total = started.elapsed();
    Ok(Report {
        sources: loaded.sources,
        diagnostics,
        papers,
        files_written,
        files_unchanged,
        failures,
        stale,
        causes,
        timings,
    })
}

/// Names the field of each diagnostic that points into a YAML file and does not say which it is.
fn name_fields(fields: &mut load::Fields<'_>, diagnostics: &mut [Diagnostic]) {
    for diagnostic in diagnostics.iter_mut().filter(|diagnostic| diagnostic.field.is_none()) {
        diagnostic.field = diagnostic.span().and_then(|span| fields.at(span));
    }
}

/// What is known before the first paper is made.
struct Prepared<'a> {
    services: Vec<ServiceRun<'a>>,
    /// Weighed, and only those that the selection has to do with.
    diagnostics: Vec<Diagnostic>,
    /// All of them, unweighed.
    raw: Vec<Diagnostic>,
}

fn prepare<'a>(request: &Request, loaded: &'a Loaded, timings: &mut Timings) -> Result<Prepared<'a>, RunError> {
    let wanted = selection::resolve(&request.selection, request.share, &loaded.dataset).map_err(RunError::Usage)?;
    let mut diagnostics: Vec<Diagnostic> = loaded.diagnostics.clone();
    let mut services = Vec::new();
    for service in &loaded.dataset.services {
        // A figure of an audit that has errors is not computed: it would be wrong.
        let broken = service::broken_sources(&diagnostics);
        let results = timings.time(Stage::Assess, || service::results(service, &broken));
        let found = timings.time(Stage::Check, || check::data(service, &results, &loaded.templates, &broken));
        diagnostics.extend(found);
        services.push(ServiceRun {
            service,
            results,
            wanted: wanted.of(service),
            broken: BTreeSet::new(),
            earlier: Manifest::empty(),
        });
    }
    let raw = diagnostics.clone();
    let mut diagnostics: Vec<Diagnostic> =
        diagnostics.into_iter().filter_map(|diagnostic| request.levels.weigh(diagnostic)).collect();
    let broken = service::broken_sources(&diagnostics);
    // What an earlier paper stated is no part of the figures: they stand though the statement is wrong.
    let stated = [codes::TOTAL_DISAGREES, codes::STATED_DISAGREES];
    let wrong = service::broken_sources(diagnostics.iter().filter(|one| !stated.contains(&one.code)));
    for run in &mut services {
        // A rule over the data may have found what makes a figure wrong.
        run.results.retain(|quarter, _| {
            run.service.quarter(quarter).is_some_and(|quarter| !service::is_broken(run.service, quarter, &wrong))
        });
        run.broken.clone_from(&broken);
    }
    if !request.selection.is_empty() || request.share.is_some() {
        let irrelevant = service::irrelevant_sources(&services);
        diagnostics.retain(|diagnostic| diagnostic.span().is_none_or(|span| !irrelevant.contains(&span.source)));
    }
    Ok(Prepared { services, diagnostics, raw })
}

/// Makes papers on threads of their own, in the order of the plans, and returns what came of each.
///
/// Typst uses rayon inside. Were papers handed to one pool, its workers would steal whole papers and nest them, which
/// takes many times the memory and no less time: so each thread has a pool of one. A single paper gains nothing from more.
fn make(request: &Request, loaded: &Loaded, plans: &[Plan<'_>], tell: &(dyn Fn(Event<'_>) + Sync)) -> Vec<Made> {
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let threads = request.threads.unwrap_or(cores).clamp(1, plans.len().max(1));
    let next = AtomicUsize::new(0);
    let stop = AtomicBool::new(false);
    let shared = Shared::of(loaded);
    let made: Mutex<BTreeMap<usize, Made>> = Mutex::new(BTreeMap::new());
    let work = || {
        loop {
            let at = next.fetch_add(1, Ordering::Relaxed);
            let Some(plan) = plans.get(at) else { break };
            let one = if stop.load(Ordering::Relaxed) {
                Made::skipped()
            } else {
                if at >= threads {
                    typeset::forget();
                }
                paper::make(request, &shared, plan)
            };
            if request.fail_fast && matches!(one.outcome, Outcome::Blocked { .. }) {
                stop.store(true, Ordering::Relaxed);
            }
            tell(Event::Done(&plan.name));
            made.lock().expect("no thread panics while it holds the lock").insert(at, one);
        }
    };
    std::thread::scope(|scope| {
        // Fonts are read while the first papers are rendered; whoever needs them first waits for them. Where every
        // paper was made before, perhaps none has to be set again.
        if plans.iter().any(|plan| request.force || !plan.was_made()) {
            scope.spawn(|| shared.typesetter());
        }
        for _ in 0..threads {
            scope.spawn(|| {
                let pool = rayon::ThreadPoolBuilder::new().num_threads(1).stack_size(STACK).build();
                pool.expect("a pool of one thread").install(work);
            });
        }
    });
    made.into_inner().expect("no thread panicked").into_values().collect()
}

/// Typst's layout goes as deep as the document: this holds what the limit on nesting lets through.
const STACK: usize = 16 * 1024 * 1024;

/// Joins a folder and a path with `/`, whatever the machine writes.
fn joined(folder: &str, path: &str) -> String {
    if folder.is_empty() { path.to_owned() } else { format!("{folder}/{path}") }
}

/// Where an output goes on this machine.
fn place(request: &Request, relative: &str) -> PathBuf {
    let out: &Path = &request.out;
    // Without `-C` a path is told as it was typed, not as `./out`.
    let from = if request.project == Path::new(".") { Path::new("") } else { &request.project };
    from.join(out).join(relative)
}
