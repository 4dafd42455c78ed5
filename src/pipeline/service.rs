//! One service: which sources are broken, what its papers rest on, and what is written once for all of them.

use std::collections::{BTreeMap, BTreeSet};

use crate::assess;
use crate::check::Withheld;
use crate::compare;
use crate::diagnostic::{Diagnostic, Severity};
use crate::load::{self, Loaded};
use crate::model::comparison::Comparison;
use crate::model::ids::{FrameworkId, InspectionId, QuarterId};
use crate::model::inspection::CompositeRating;
use crate::model::narrative::{Narrative, Paper};
use crate::model::results::Results;
use crate::model::{Quarter, ServiceData};
use crate::output::{self, Manifest, Output, Remark, Written};
use crate::source::SourceId;

use super::documents::documents;
use super::paper::{Outputs, Plan};
use super::selection::WantedOfService;
use super::stale::{self, Cause, Stale, Why};
use super::unchanged::{self, Standing};
use super::{Effect, Outcome, PaperReport, Request, joined, place};

/// A service with what was computed of it.
pub(super) struct ServiceRun<'a> {
    pub service: &'a ServiceData,
    /// Of every quarter whose audit has no errors.
    pub results: BTreeMap<QuarterId, Results>,
    /// What the ratings of each inspection add up to, where its framework says how.
    pub composites: BTreeMap<InspectionId, CompositeRating>,
    /// What its papers may not print.
    pub withheld: Withheld,
    pub wanted: WantedOfService,
    /// Sources with errors, of this and of other services.
    pub broken: BTreeSet<Option<SourceId>>,
    /// What the run before made; empty where there was none.
    pub earlier: Manifest,
    /// What is known of that, beside what its manifest says.
    pub standing: Standing,
}

impl ServiceRun<'_> {
    pub fn folder(&self) -> &str {
        &self.service.folder
    }
}

/// The sources that an error points to; `None` stands for an error with no place, which stops everything.
pub(super) fn broken_sources<'a>(diagnostics: impl IntoIterator<Item = &'a Diagnostic>) -> BTreeSet<Option<SourceId>> {
    let errors = diagnostics.into_iter().filter(|diagnostic| diagnostic.severity == Severity::Error);
    errors.map(|diagnostic| diagnostic.span().map(|span| span.source)).collect()
}

/// What a quarter's results rest on: its audit, its answers, its framework.
pub(super) fn audit_sources<'a>(service: &'a ServiceData, quarter: &'a Quarter) -> impl Iterator<Item = SourceId> + 'a {
    let framework = service.framework_of(quarter).map(|framework| framework.source);
    quarter.audit_sources.iter().copied().chain(framework)
}

pub(super) fn is_broken(service: &ServiceData, quarter: &Quarter, broken: &BTreeSet<Option<SourceId>>) -> bool {
    audit_sources(service, quarter).any(|source| broken.contains(&Some(source)))
}

/// Computes the results of every quarter whose audit has no errors, and holds those that are wanted against the audit before.
pub(super) fn results(
    service: &ServiceData,
    broken: &BTreeSet<Option<SourceId>>,
    wanted: &WantedOfService,
) -> BTreeMap<QuarterId, Results> {
    let sound = service.quarters.iter().filter(|quarter| !is_broken(service, quarter, broken));
    let mut results: BTreeMap<QuarterId, Results> =
        sound.map(|quarter| (quarter.id.clone(), assess::assess(service, quarter))).collect();
    let compared = service.quarters.iter().filter(|quarter| wanted.quarter(quarter)).filter_map(|quarter| {
        let own = results.get(&quarter.id)?;
        let (earlier, theirs) =
            service.earlier_of_theme(quarter).find_map(|earlier| Some((earlier, results.get(&earlier.id)?)))?;
        Some((quarter.id.clone(), compare::audits(service, (earlier, theirs), (quarter, own))?))
    });
    for (id, comparison) in compared.collect::<Vec<_>>() {
        results.entry(id).and_modify(|results| results.comparison = Some(comparison));
    }
    results
}

/// Adds up the ratings of every inspection whose framework has no errors.
pub(super) fn composites(
    service: &ServiceData,
    broken: &BTreeSet<Option<SourceId>>,
) -> BTreeMap<InspectionId, CompositeRating> {
    let inspections = service.inspections.iter().filter_map(|inspection| {
        let framework = service.framework(&inspection.framework.as_ref()?.value)?;
        let is_sound = !broken.contains(&Some(framework.source));
        let composite = is_sound.then(|| assess::composite(inspection, framework))??;
        Some((inspection.id.clone(), composite))
    });
    inspections.collect()
}

/// Everything that a paper of a quarter rests on, earlier audits of its theme too.
pub(super) fn sources_of(service: &ServiceData, quarter: &Quarter) -> BTreeSet<SourceId> {
    // A framework that neither this quarter nor an inspection uses cannot make its paper wrong.
    let inspected = |id: &FrameworkId| {
        service.inspections.iter().filter_map(|one| one.framework.as_ref()).any(|framework| framework.value == *id)
    };
    let other_frameworks: BTreeSet<SourceId> = service
        .frameworks
        .iter()
        .filter(|framework| service.framework_of(quarter).is_none_or(|own| own.source != framework.source))
        .filter(|framework| !inspected(&framework.id.value))
        .map(|framework| framework.source)
        .collect();
    let mut sources: BTreeSet<SourceId> =
        service.shared.iter().copied().filter(|source| !other_frameworks.contains(source)).collect();
    sources.extend(audit_sources(service, quarter));
    sources.extend(quarter.narrative_source);
    for earlier in service.earlier_of_theme(quarter) {
        sources.extend(audit_sources(service, earlier));
        sources.extend(earlier.narrative_source);
    }
    // What could not be read may be the audit before, or the paper that made the last promises.
    for earlier in service.quarters.iter().filter(|other| other.id < quarter.id) {
        if earlier.audit.is_none() {
            sources.extend(&earlier.audit_sources);
        }
        if earlier.narrative.is_none() {
            sources.extend(earlier.narrative_source);
        }
    }
    sources
}

/// What the scores rest on that a paper shows of other quarters.
pub(super) fn sources_shown(service: &ServiceData, quarter: &Quarter, paper: &Paper) -> BTreeSet<SourceId> {
    let shown = service.shown(quarter, paper).into_iter().flatten();
    shown.flat_map(|other| audit_sources(service, other)).collect()
}

/// What changed between the last two audits of each theme that a paper shows.
pub(super) fn changes_shown(run: &ServiceRun<'_>, quarter: &Quarter, paper: &Paper) -> Vec<Option<Comparison>> {
    let change = |group: Vec<&Quarter>| {
        let [.., earlier, later] = group.as_slice() else { return None };
        let of = |quarter: &Quarter| run.results.get(&quarter.id);
        compare::audits(run.service, (earlier, of(earlier)?), (later, of(later)?))
    };
    run.service.shown(quarter, paper).into_iter().map(change).collect()
}

/// The sources that only papers which were not asked for rest on.
pub(super) fn irrelevant_sources(services: &[ServiceRun<'_>]) -> BTreeSet<SourceId> {
    let mut relevant = BTreeSet::new();
    let mut irrelevant = BTreeSet::new();
    for run in services {
        for quarter in &run.service.quarters {
            let mut sources = sources_of(run.service, quarter);
            let papers = quarter.narrative.iter().flat_map(|narrative| &narrative.papers);
            papers.for_each(|paper| sources.extend(sources_shown(run.service, quarter, paper)));
            if run.wanted.quarter(quarter) {
                relevant.extend(sources);
            } else {
                irrelevant.extend(sources);
                let texts = quarter.narrative.iter().flat_map(Narrative::texts);
                irrelevant.extend(texts.filter_map(|(_, text)| text.source));
            }
        }
    }
    irrelevant.difference(&relevant).copied().collect()
}

/// What came of the files that a service has once.
#[derive(Default)]
pub(super) struct Finished {
    pub written: usize,
    pub unchanged: usize,
    pub failures: Vec<anyhow::Error>,
    pub stale: Vec<Stale>,
    pub causes: Vec<Cause>,
}

impl Finished {
    pub fn add(&mut self, other: Finished) {
        self.written += other.written;
        self.unchanged += other.unchanged;
        self.failures.extend(other.failures);
        self.stale.extend(other.stale);
        self.causes.extend(other.causes);
    }

    /// Writes a file, or finds whether it would be written; `false` where that failed.
    fn put(&mut self, request: &Request, run: &ServiceRun<'_>, path: &str, bytes: &[u8]) -> bool {
        if request.effect == Effect::Compare {
            self.stale.extend(stale::of_bytes(request, &run.earlier, path, bytes, false));
            return true;
        }
        self.count(output::write(&place(request, path), bytes))
    }

    fn count(&mut self, written: anyhow::Result<Written>) -> bool {
        match written {
            Ok(Written::Made) => self.written += 1,
            Ok(Written::Unchanged) => self.unchanged += 1,
            Err(error) => {
                self.failures.push(error);
                return false;
            }
        }
        true
    }
}

/// Writes `results.json` of each quarter and the service's manifest; `said` is what a run without errors had to say.
pub(super) fn finish<'a>(
    request: &Request,
    loaded: &Loaded,
    run: &ServiceRun<'_>,
    papers: impl Iterator<Item = (&'a Plan<'a>, &'a PaperReport, &'a Outputs)>,
    has_stale: bool,
    said: Option<&[Diagnostic]>,
) -> Finished {
    // Whether something is listed that this run did not look at.
    let mut is_carried = false;
    let mut finished = Finished::default();
    let mut manifest = Manifest::empty();
    manifest.inputs = inputs(run.service, loaded);
    manifest.private_list = run.service.service.private_list.is_some();
    let mut kept: Vec<String> = Vec::new();
    for (plan, report, outputs) in papers {
        match report.outcome {
            Outcome::Made { .. } => {
                manifest.outputs.extend(outputs.files.clone());
                // What was not asked for this time, the PDF of a run for Markdown alone, is still there.
                if !(request.formats.markdown && request.formats.pdf) {
                    kept.push(plan.stem.clone());
                }
            }
            Outcome::Blocked { .. } | Outcome::Skipped => {
                // What could be written of it before the machine refused.
                manifest.outputs.extend(outputs.files.clone());
                kept.push(plan.stem.clone());
            }
        }
    }
    for (quarter, results) in run.results.iter().filter(|(_, results)| results.theme.is_some()) {
        let wanted = run.service.quarter(quarter).is_some_and(|quarter| run.wanted.quarter(quarter));
        if !wanted {
            continue;
        }
        // It has findings and actions beside scores, and what became of them since the audits before: where anything that
        // it rests on has errors, an older file is left alone.
        let is_left_alone = run.service.quarter(quarter).is_some_and(|quarter| {
            // The own audit was sound enough for results.
            let own: BTreeSet<SourceId> = audit_sources(run.service, quarter).collect();
            let sources = sources_of(run.service, quarter);
            sources.difference(&own).any(|&source| run.broken.contains(&Some(source)))
        });
        let path = joined(run.folder(), &format!("{quarter}/results.json"));
        let json = results.to_json();
        if !is_left_alone && finished.put(request, run, &path, json.as_bytes()) {
            manifest.outputs.insert(path, Output { sha256: output::sha256(json.as_bytes()), ..Output::default() });
        } else if let Some(output) = run.earlier.outputs.get(&path) {
            manifest.outputs.insert(path, output.clone());
            is_carried = true;
        }
    }
    // What a file that cannot be read would have made is not known, so nothing of it is removed; where it has no place, nothing
    // at all.
    let is_broken = |quarter: &&Quarter| {
        let mut sources = audit_sources(run.service, quarter).chain(quarter.narrative_source);
        sources.any(|source| run.broken.contains(&Some(source)))
    };
    let broken_quarters = run.service.quarters.iter().filter(is_broken);
    let broken_quarters: Vec<String> =
        broken_quarters.map(|quarter| joined(run.folder(), &format!("{}/", quarter.id))).collect();
    for (path, output) in &run.earlier.outputs {
        if manifest.outputs.contains_key(path) {
            continue;
        }
        let of_kept_paper = kept.iter().any(|stem| belongs(path, stem));
        let of_broken_quarter = broken_quarters.iter().any(|folder| path.starts_with(folder));
        if !run.wanted.all() || of_kept_paper || of_broken_quarter || run.broken.contains(&None) {
            manifest.outputs.insert(path.clone(), output.clone());
            is_carried = true;
        } else if request.effect == Effect::Compare {
            if place(request, path).exists() {
                finished.stale.push(Stale { path: path.clone(), why: Why::Orphan, lines: Vec::new() });
            }
        } else if let Err(error) = output::remove(&place(request, path), &output.sha256) {
            finished.failures.push(error);
        }
    }
    // What this run did not look at is as it was; that may have been made of other inputs, or by another program.
    let is_of_the_same = run.earlier.inputs == manifest.inputs;
    // After a draft, or a run with errors, that is not what a run without makes, and what that would say is not known.
    let standing = Standing {
        is_ours: if is_carried { run.standing.is_ours } else { Some(true) },
        is_settled: said.is_some() && (!is_carried || (run.standing.is_settled && is_of_the_same)),
    };
    // The parts of a run add up: what was said of the others stands as long as nothing has changed.
    if let Some(own) = said.and_then(|said| unchanged::remarks(said, loaded, &manifest.inputs)) {
        let earlier = if is_of_the_same { run.earlier.remarks.as_slice() } else { &[] };
        let all: BTreeSet<Remark> = earlier.iter().cloned().chain(own).collect();
        manifest.remarks = all.into_iter().collect();
        let was_whole = run.earlier.whole && is_of_the_same && run.earlier.program == manifest.program;
        manifest.whole = (standing.is_settled || was_whole) && finished.failures.is_empty() && is_whole(run, &manifest);
    }
    if request.effect == Effect::Compare {
        // They tell the next run what it need not do again, and whoever compares has no need of that.
        manifest.whole = run.earlier.whole;
        manifest.remarks.clone_from(&run.earlier.remarks);
    }
    if request.effect == Effect::Write && run.wanted.all() {
        let list = run.service.service.private_list.as_ref().filter(|_| manifest.whole);
        finished.failures.extend(unchanged::remember(request, run.folder(), list).err());
    }
    if request.effect == Effect::Write {
        finished.failures.extend(unchanged::remember_made(request, run.folder(), &manifest, standing).err());
    }
    // The manifest of what is stale cannot be known without making it.
    if !(has_stale && request.effect == Effect::Compare) && finished.stale.is_empty() {
        finished.put(request, run, &manifest_path(run), manifest.json().as_bytes());
    }
    if request.effect == Effect::Write {
        let folders: BTreeSet<&str> =
            manifest.outputs.keys().filter_map(|path| Some(path.rsplit_once('/')?.0)).chain([run.folder()]).collect();
        folders.into_iter().for_each(|folder| output::sweep(&place(request, folder)));
    }
    if has_stale || !finished.stale.is_empty() {
        finished.causes.push(stale::cause(run, &manifest.inputs));
    }
    finished
}

/// Whether a manifest has every paper of the service, in both forms, and nothing that a whole run would take away.
fn is_whole(run: &ServiceRun<'_>, manifest: &Manifest) -> bool {
    let mut files: Vec<String> = Vec::new();
    for quarter in &run.service.quarters {
        for ending in ["md", "pdf"] {
            let stems = stems(quarter, ending).into_iter();
            files.extend(stems.map(|stem| joined(run.folder(), &format!("{}/{stem}.{ending}", quarter.id))));
        }
    }
    let results = run.results.iter().filter(|(_, results)| results.theme.is_some());
    let results: Vec<String> =
        results.map(|(quarter, _)| joined(run.folder(), &format!("{quarter}/results.json"))).collect();
    let is_known = |path: &String| {
        let mut stems = files.iter().filter_map(|file| file.strip_suffix(".pdf"));
        results.contains(path) || stems.any(|stem| belongs(path, stem))
    };
    files.iter().chain(&results).all(|path| manifest.outputs.contains_key(path))
        && manifest.outputs.keys().all(is_known)
}

/// The names of all files of a quarter's papers with an ending: `md` or `pdf`.
fn stems(quarter: &Quarter, ending: &str) -> Vec<String> {
    let mut stems = Vec::new();
    let Some(narrative) = &quarter.narrative else { return stems };
    for paper in &narrative.papers {
        stems.extend(documents(quarter, paper).into_iter().map(|document| document.stem));
        if paper.each_practitioner {
            continue;
        }
        // What comes along as it is has no Markdown.
        let parts = paper.own_appendices(narrative).filter(|one| ending == "pdf" || one.section().is_some());
        stems.extend(parts.map(|appendix| paper.stem_of(appendix)));
    }
    stems
}

/// Says of every quarter with a paper that could not be read that it was not made.
pub(super) fn unread(request: &Request, run: &ServiceRun<'_>) -> Vec<PaperReport> {
    let broken = run.service.quarters.iter().filter(|quarter| quarter.has_unread_papers());
    let wanted: Vec<&Quarter> = broken.filter(|quarter| run.wanted.quarter(quarter)).collect();
    if wanted.is_empty() {
        return Vec::new();
    }
    let report = |quarter: &Quarter| {
        let name = joined(run.folder(), quarter.id.as_str());
        let outputs = run.earlier.outputs.keys();
        // Those that have a name are reported by it.
        let is_known = |path: &str| {
            let mut stems = stems(quarter, "pdf").into_iter();
            stems.any(|stem| belongs(path, &format!("{name}/{stem}")))
        };
        let papers = outputs.filter(|path| path.starts_with(&format!("{name}/")) && !is_known(path.as_str()));
        let old = papers.filter(|path| path.ends_with(".md") || path.ends_with(".pdf"));
        let old = old.filter(|path| place(request, path).exists()).cloned().collect();
        PaperReport { stem: name.clone(), name, outcome: Outcome::Blocked { old } }
    };
    wanted.into_iter().map(report).collect()
}

/// Whether an output belongs to the paper whose files begin with `stem`: `2020-21-q2/board-paper`. Where that is no
/// document itself, to any of its documents.
fn belongs(path: &str, stem: &str) -> bool {
    let Some((folder, name)) = stem.rsplit_once('/') else { return false };
    let Some(rest) = path.strip_prefix(folder).and_then(|rest| rest.strip_prefix('/')) else { return false };
    let chart =
        rest.strip_prefix("charts/").and_then(|rest| rest.strip_prefix(name)).is_some_and(|rest| rest.starts_with('-'));
    let of_all = rest.strip_prefix(name).is_some_and(|rest| rest.starts_with('/'));
    chart || of_all || rest == format!("{name}.md") || rest == format!("{name}.pdf") || rest.starts_with("images/")
}

/// Its manifest, in the service's folder of the output.
fn manifest_path(run: &ServiceRun<'_>) -> String {
    joined(run.folder(), "manifest.json")
}

/// Reads what the run before made: its manifest, an empty one where there is none, and what is known of the outputs.
pub(super) fn recall(request: &Request, run: &mut ServiceRun<'_>) -> anyhow::Result<()> {
    let text = load::earlier(&place(request, &manifest_path(run)))?;
    // A manifest that cannot be understood lists nothing that is ours to keep or to remove.
    run.earlier = text.and_then(|text| Manifest::read(&text).ok()).unwrap_or_else(Manifest::empty);
    run.standing = unchanged::standing(request, run.folder(), &run.earlier)?;
    Ok(())
}

/// The hashes of the files that the service's papers are made of.
pub(super) fn inputs(service: &ServiceData, loaded: &Loaded) -> BTreeMap<String, String> {
    let folder = format!("{}/", joined(load::DATA, &service.folder).trim_end_matches('/'));
    let shared: BTreeSet<&str> = service.shared.iter().map(|&source| loaded.sources.path(source)).collect();
    let belongs = |path: &str| path.starts_with(&folder) || shared.contains(path) || !path.starts_with("data/");
    let inputs = loaded.inputs.iter().filter(|(path, _)| belongs(path));
    inputs.map(|(path, bytes)| (path.clone(), output::sha256(bytes))).collect()
}
