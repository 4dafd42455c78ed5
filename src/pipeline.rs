//! The order of the stages, for one paper and for a batch over threads.
//!
//! load → assess → check → render → check → write → typeset → output. `check` is `build` without writing.
//! **Invariant:** the only place that knows the order; what a stage does is the stage's own business.

mod batch;
mod difference;
mod documents;
mod paper;
mod register;
mod selection;
mod service;
mod share;
mod stale;
mod start;
mod threads;
mod unchanged;
mod verify;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use crate::check;
use crate::diagnostic::{Code, Diagnostic, Severity, codes};
use crate::load::{self, Loaded};
use crate::output::Manifest;
use crate::source::Sources;

use service::ServiceRun;

pub use difference::{Compared, Form, difference};
pub use paper::ejected;
pub use register::{OpenAction, OpenFinding, Register, ServiceRegister, register};
pub use selection::UnknownSelection;
pub use share::{PlannedService, Share, plan};
pub use stale::{Cause, Stale, Why};
pub use start::{Started, started};
pub use threads::on_own_thread;
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

    fn threads_count(&self) -> usize {
        self.threads.unwrap_or_else(load::cores).max(1)
    }

    /// Whether it is about something of an audit that is still to be written in a draft, and that no figure rests on.
    fn is_harmless(&self, diagnostic: &Diagnostic) -> bool {
        let (field, root) = (diagnostic.field.as_deref().unwrap_or_default(), diagnostic.field_root());
        // How certain a score is goes by how the cases were picked.
        let is_harmless = ["commenced", "audited", "stated"].contains(&root)
            || field.starts_with("sample.") && field != "sample.selection";
        self.draft && diagnostic.code == codes::TO_WRITE && is_harmless
    }

    /// Gives a diagnostic its weight in this run; `None` where its code is allowed.
    fn weigh(&self, diagnostic: Diagnostic) -> Option<Diagnostic> {
        if self.draft && diagnostic.code == codes::TO_WRITE {
            // The draft says so in its place.
            return Some(Diagnostic { severity: Severity::Warning, ..diagnostic });
        }
        self.levels.weigh(diagnostic)
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
    /// Of a run that has done nothing yet.
    fn empty() -> Report {
        Report {
            sources: Sources::default(),
            diagnostics: Vec::new(),
            papers: Vec::new(),
            files_written: 0,
            files_unchanged: 0,
            failures: Vec::new(),
            stale: Vec::new(),
            causes: Vec::new(),
            timings: Timings::default(),
        }
    }

    pub fn count(&self, severity: Severity) -> usize {
        self.diagnostics.iter().filter(|diagnostic| diagnostic.severity == severity).count()
    }
}

#[derive(Debug)]
pub struct PaperReport {
    /// `[service/]quarter/paper`
    pub name: String,
    /// Its files below the output folder, without `.md` and `.pdf`.
    pub stem: String,
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
    Content,
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
            Stage::Content => "content",
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
    /// How many there are to make, as far as that is known: told again where more services were read.
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
/// Services are read one after the other, as threads become free, and forgotten when their papers are made: a nation
/// takes no more memory than a county. Only a selection is first held against all that it may mean.
///
/// # Errors
/// A file that cannot be read, or a selection that names nothing. All else is in the report.
pub fn run(request: &Request, tell: &(dyn Fn(Event<'_>) + Sync)) -> Result<Report, RunError> {
    if let Some(report) = unchanged::report(request)? {
        return Ok(report);
    }
    let started = Instant::now();
    if request.effect != Effect::Compare {
        threads::warm_up();
    }
    let mut timings = Timings::default();
    let project = timings.time(Stage::Load, || load::open(&request.project, request.threads_count()))?;
    let mut report = if request.selection.is_empty() && !project.services().is_empty() {
        let folders = match request.share {
            Some(share) => share::folders(share, &project)?,
            None => project.services().to_vec(),
        };
        let request = Request { share: None, ..request.clone() };
        batch::run(&request, &project, folders.into_iter().map(|folder| vec![folder]).collect(), tell)?
    } else {
        let folders = match request.share {
            Some(_) => None,
            None => selection::services(&request.selection, &project),
        };
        batch::run(request, &project, vec![folders.unwrap_or_else(|| project.services().to_vec())], tell)?
    };
    report.timings.merge(&timings);
    report.timings.total = started.elapsed();
    Ok(report)
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
    let mut diagnostics: Vec<Diagnostic> = loaded.diagnostics.clone();
    let wanted = match selection::resolve(&request.selection, request.share, &loaded.dataset) {
        Ok(wanted) => wanted,
        // A service whose own file cannot be read has no quarter that could be found.
        Err(_) if has_broken_service(loaded) => {
            let raw = diagnostics.clone();
            diagnostics = diagnostics.into_iter().filter_map(|diagnostic| request.weigh(diagnostic)).collect();
            return Ok(Prepared { services: Vec::new(), diagnostics, raw });
        }
        Err(unknown) => return Err(RunError::Usage(unknown)),
    };
    let mut services = Vec::new();
    for service in &loaded.dataset.services {
        // A figure of an audit that has errors is not computed: it would be wrong.
        let broken = service::broken_sources(diagnostics.iter().filter(|one| !request.is_harmless(one)));
        let wanted = wanted.of(service);
        let results = timings.time(Stage::Assess, || service::results(service, &broken, &wanted));
        let composites = timings.time(Stage::Assess, || service::composites(service, &broken));
        let found =
            timings.time(Stage::Check, || check::data(service, &results, &composites, &loaded.templates, &broken));
        diagnostics.extend(found);
        services.push(ServiceRun {
            service,
            results,
            composites,
            withheld: check::Withheld::of(service),
            wanted,
            broken: BTreeSet::new(),
            earlier: Manifest::empty(),
            standing: unchanged::Standing::default(),
        });
    }
    let raw = diagnostics.clone();
    let mut diagnostics: Vec<Diagnostic> =
        diagnostics.into_iter().filter_map(|diagnostic| request.weigh(diagnostic)).collect();
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

fn has_broken_service(loaded: &Loaded) -> bool {
    let broken = service::broken_sources(&loaded.diagnostics);
    broken.iter().flatten().any(|&source| loaded.sources.path(source).ends_with("/service.yaml"))
}

/// Joins a folder and a path with `/`, whatever the machine writes.
fn joined(folder: &str, path: &str) -> String {
    if folder.is_empty() { path.to_owned() } else { format!("{folder}/{path}") }
}

/// A path from the project's folder; without `-C` it is told as it was typed, not as `./out`.
fn below(request: &Request, path: &Path) -> PathBuf {
    let from = if request.project == Path::new(".") { Path::new("") } else { &request.project };
    from.join(path)
}

/// Where an output goes on this machine.
fn place(request: &Request, relative: &str) -> PathBuf {
    below(request, &request.out).join(relative)
}
