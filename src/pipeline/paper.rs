//! One paper through its stages: rendered, checked, written as Markdown, typeset, put in its place.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};
use std::time::Instant;

use crate::check::{self, Printed};
use crate::diagnostic::{Diagnostic, Label, Severity, closest, codes};
use crate::document::{BlockKind, Document, walk_blocks, write};
use crate::load::{self, Loaded, Project};
use crate::model::Quarter;
use crate::model::audit::{Audit, Scoring};
use crate::model::catalogue::{Catalogue, Catalogues, MissingString};
use crate::model::difference::Difference;
use crate::model::fonts::Fonts;
use crate::model::narrative::{Appendix, AppendixContent, Audience, Narrative, Paper, VersionState};
use crate::model::service::Language;
use crate::model::template::{OF_DIFFERENCES, Template, TemplateSet};
use crate::output::{self, Output, Written};
use crate::render::{self, Engine, Inputs, Recipient, Rendered};
use crate::source::{SourceId, Sources, Span, resolved};
use crate::typeset::{self, Content, Job, Logo, Setting, StyleFile, Styles, Typesetter, Words};

use super::documents::{documents, has_answers};
use super::service::{ServiceRun, audit_sources, changes_shown, is_broken, sources_of, sources_shown};
use super::stale::{self, Stale};
use super::{Effect, Outcome, Request, Stage, Timings, joined, place};

/// What all papers of a run are set with.
pub(super) struct Shared<'a> {
    fonts: &'a Fonts,
    styles: Styles,
    /// The templates of each language.
    engines: BTreeMap<String, OnceLock<Engine>>,
    /// Of what every paper is made of: the hashes of styles and fonts.
    made_of: Output,
    typesetter: OnceLock<Typesetter>,
}

impl<'a> Shared<'a> {
    pub fn of(project: &'a Project) -> Shared<'a> {
        Shared::new(&project.templates, &project.catalogues, &project.fonts, project.sources())
    }

    pub fn of_loaded(loaded: &'a Loaded) -> Shared<'a> {
        Shared::new(&loaded.templates, &loaded.catalogues, &loaded.fonts, &loaded.sources)
    }

    fn new(templates: &TemplateSet, catalogues: &Catalogues, fonts: &'a Fonts, sources: &Sources) -> Shared<'a> {
        let styles = styles(&templates.styles, sources);
        let made_of = Output {
            style: hash_of(styles.files().iter().map(|style| (style.path.as_str(), style.text.as_bytes()))),
            fonts: hash_of(fonts.user_faces()),
            ..Output::default()
        };
        let engines = catalogues.keys().map(|language| (language.clone(), OnceLock::new())).collect();
        Shared { fonts, styles, engines, made_of, typesetter: OnceLock::new() }
    }

    /// The templates in the language of a paper, made when the first is rendered, and once.
    fn engine(&self, inputs: Inputs<'_>) -> &Engine {
        let language = inputs.service.service.language.to_string();
        let engine = self.engines.get(&language).expect("each catalogue has one");
        engine.get_or_init(|| Engine::new(inputs.templates, inputs.sources, inputs.catalogue))
    }

    /// The kinds of paper that have a place for a key of the narrative, such as `asks.board`, in a language that papers
    /// were rendered in.
    pub fn kinds_with(&self, loaded: &Loaded, language: &Language, key: &str) -> Vec<String> {
        let engine = self.engines.get(&language.to_string()).and_then(OnceLock::get);
        let name = match key {
            "next_steps" => "actions",
            // It is in the sections that such a paper has.
            _ if key.starts_with("notes.") => return Vec::new(),
            key => key,
        };
        // Nobody can ask for a paper of the first kind, and the second has words of its own.
        let is_asked_for = |template: &Template| template.id.as_str() != OF_DIFFERENCES && !template.each_practitioner;
        let has_place = |template: &&Template| {
            is_asked_for(template) && engine.is_some_and(|engine| engine.reads(&loaded.templates, &template.id, name))
        };
        loaded.templates.templates.values().filter(has_place).map(|template| template.id.to_string()).collect()
    }

    /// Typst with its fonts and the styles, made when something must be typeset, and once.
    pub fn typesetter(&self) -> &Typesetter {
        self.typesetter.get_or_init(|| Typesetter::new(self.fonts))
    }
}

/// The files of styles, each by its path.
pub(super) fn styles(files: &BTreeMap<String, SourceId>, sources: &Sources) -> Styles {
    let style = |(path, &source): (&String, &SourceId)| StyleFile {
        path: path.clone(),
        text: sources.source(source).text.clone(),
        source,
    };
    Styles::new(files.iter().map(style).collect())
}

/// A paper that is to be made.
pub(super) struct Plan<'a> {
    /// `[service/]quarter/paper`
    pub name: String,
    /// What its files are called: the same, with the name that the author asks for.
    pub stem: String,
    pub run: &'a ServiceRun<'a>,
    quarter: &'a Quarter,
    narrative: Cow<'a, Narrative>,
    paper: &'a Paper,
    difference: Option<&'a Difference>,
    /// The appendix whose own file this is.
    pub part: Option<&'a Appendix>,
    /// Whose document this is, of a paper that is one a practitioner.
    pub practitioner: Option<&'a str>,
    /// Whether something that it rests on has errors.
    pub blocked: bool,
}

impl<'a> Plan<'a> {
    /// The paper about what changed since another quarter.
    pub fn of_difference(
        name: String,
        run: &'a ServiceRun<'a>,
        quarter: &'a Quarter,
        narrative: &'a Narrative,
        paper: &'a Paper,
        difference: &'a Difference,
    ) -> Plan<'a> {
        Plan {
            stem: name.clone(),
            name,
            run,
            quarter,
            narrative: Cow::Borrowed(narrative),
            paper,
            difference: Some(difference),
            part: None,
            practitioner: None,
            blocked: false,
        }
    }

    pub fn folder(&self) -> &str {
        self.run.folder()
    }

    pub fn is_of(&self, run: &ServiceRun<'_>, quarter: &Quarter) -> bool {
        self.folder() == run.folder() && self.quarter.id == quarter.id
    }

    pub fn path(&self, ending: &str) -> String {
        format!("{}.{ending}", self.stem)
    }

    /// Its files of an earlier run; where it is not known whose documents there are to be, those of all.
    fn old(&self, request: &Request) -> Vec<String> {
        let of_all = self.run.earlier.outputs.keys().filter(|path| {
            let ends = path.ends_with(".md") || path.ends_with(".pdf");
            ends && path.strip_prefix(&self.stem).is_some_and(|rest| rest.starts_with('/'))
        });
        let own = ["md", "pdf"].map(|ending| self.path(ending));
        own.into_iter().chain(of_all.cloned()).filter(|path| place(request, path).exists()).collect()
    }

    /// Whether it may take two or three times the memory of others: slides are measured in several sizes, and a report for
    /// those who manage the work has every prompt in it.
    pub fn is_large(&self, loaded: &Loaded) -> bool {
        let template = loaded.templates.templates.get(&self.paper.template.value);
        template.is_some_and(|template| template.style.is_some() || template.audience == Some(Audience::Management))
    }

    /// The path of a file that the Markdown names, from the folder that it stands in itself.
    fn beside(&self, file: &str) -> String {
        joined(self.stem.rsplit_once('/').map_or("", |(folder, _)| folder), file)
    }

    /// The name of the document's files in their folder, without the endings.
    fn file(&self) -> &str {
        self.stem.rsplit('/').next().unwrap_or(&self.stem)
    }

    /// Whether it is one of several documents that are filled with the same: what is wrong with that is said once.
    pub fn is_one_of_several(&self) -> bool {
        self.part.is_some() || self.practitioner.is_some()
    }
}

/// Lists the papers of a service that are asked for.
pub(super) fn plans<'a>(loaded: &'a Loaded, run: &'a ServiceRun<'a>) -> Vec<Plan<'a>> {
    let mut plans = Vec::new();
    for quarter in run.service.quarters.iter().filter(|quarter| run.wanted.quarter(quarter)) {
        let Some(narrative) = &quarter.narrative else { continue };
        for paper in &narrative.papers {
            let mut rests_on = sources_of(run.service, quarter);
            rests_on.extend(sources_shown(run.service, quarter, paper));
            let text = paper.text.as_ref();
            let blocked = run.broken.contains(&None)
                || rests_on.iter().any(|&source| run.broken.contains(&Some(source)))
                || text.is_some_and(|text| text.source.is_none() || run.broken.contains(&text.source))
                || broken_templates(loaded, run, paper);
            let words = || match paper.narrative(narrative) {
                words if paper.each_practitioner => Cow::Owned(words.for_one(text.and_then(|text| text.source))),
                words => Cow::Borrowed(words),
            };
            let plan = |name: &str, stem: &str| Plan {
                name: joined(run.folder(), &format!("{}/{name}", quarter.id)),
                stem: joined(run.folder(), &format!("{}/{stem}", quarter.id)),
                run,
                quarter,
                narrative: words(),
                paper,
                difference: None,
                part: None,
                practitioner: None,
                blocked,
            };
            let id = paper.id.value.as_str();
            for document in documents(quarter, paper) {
                if run.wanted.document(quarter, &document.name) {
                    let practitioner = document.practitioner;
                    plans.push(Plan { practitioner, ..plan(&document.name, &document.stem) });
                }
            }
            if paper.each_practitioner || !run.wanted.document(quarter, id) {
                continue;
            }
            let parts = paper.own_appendices(narrative).filter(|appendix| appendix.section().is_some());
            plans.extend(parts.map(|appendix| {
                let name = format!("{id}-{}", appendix.id.value);
                Plan { part: Some(appendix), ..plan(&name, &paper.stem_of(appendix)) }
            }));
        }
    }
    plans
}

/// Whether a template, partial or string that the paper uses has errors.
fn broken_templates(loaded: &Loaded, run: &ServiceRun<'_>, paper: &Paper) -> bool {
    let folder = format!("/{}/", paper.template.value);
    let language = format!("/strings/{}.yaml", run.service.service.language);
    run.broken.iter().flatten().map(|&source| loaded.sources.path(source)).any(|path| {
        let template = path.starts_with("report-templates/") || path.starts_with('<');
        template && (path.contains(&folder) || path.contains("/partials/") || path.ends_with(&language))
    })
}

/// What came of a paper.
pub(super) struct Made {
    pub outcome: Outcome,
    pub diagnostics: Vec<Diagnostic>,
    pub failures: Vec<anyhow::Error>,
    pub outputs: Outputs,
    pub stale: Vec<Stale>,
    /// What it prints; `None` where it was not rendered.
    pub printed: Option<Printed>,
    pub written: usize,
    pub unchanged: usize,
    pub timings: Timings,
}

/// The files of a paper, by their path below the output folder.
#[derive(Default)]
pub(super) struct Outputs {
    pub files: BTreeMap<String, Output>,
}

impl Made {
    pub fn skipped() -> Made {
        Made {
            outcome: Outcome::Skipped,
            diagnostics: Vec::new(),
            failures: Vec::new(),
            outputs: Outputs::default(),
            stale: Vec::new(),
            printed: None,
            written: 0,
            unchanged: 0,
            timings: Timings::default(),
        }
    }
}

/// A file in memory, with what it was made of.
struct Artifact {
    path: String,
    bytes: Bytes,
    output: Output,
}

enum Bytes {
    New(Vec<u8>),
    /// The file is there from an earlier run and would come out the same.
    AsBefore,
    /// Typst would have to make it, which was not asked for.
    NotMade(Option<Stale>),
}

/// Makes one paper and, if asked to, writes its files.
pub(super) fn make(request: &Request, loaded: &Loaded, shared: &Shared<'_>, plan: &Plan<'_>) -> Made {
    let mut made = Made::skipped();
    let mut making = Making::new(request, loaded, shared, plan);
    let artifacts = if plan.blocked {
        made.diagnostics = making.unknown_figures();
        None
    } else {
        let artifacts = making.artifacts();
        made.diagnostics = making.diagnostics;
        made.printed = making.printed;
        made.timings = making.timings;
        // A warning may have been raised to an error for this run.
        let weighed = made.diagnostics.iter().filter_map(|one| request.weigh(one.clone()));
        let wrong = weighed.into_iter().any(|diagnostic| diagnostic.severity == Severity::Error);
        artifacts.filter(|_| !wrong)
    };
    let Some((artifacts, pages)) = artifacts else {
        made.outcome = Outcome::Blocked { old: plan.old(request) };
        return made;
    };
    made.outcome = Outcome::Made { pages };
    if request.effect == Effect::Check {
        return made;
    }
    let started = Instant::now();
    for artifact in artifacts {
        let bytes = match artifact.bytes {
            Bytes::New(bytes) if request.effect == Effect::Compare => {
                let for_one_reader = plan.practitioner.is_some();
                let stale = stale::of_bytes(request, &plan.run.earlier, &artifact.path, &bytes, for_one_reader);
                made.stale.extend(stale);
                made.outputs.files.insert(artifact.path, artifact.output);
                continue;
            }
            Bytes::New(bytes) => bytes,
            Bytes::AsBefore => {
                made.unchanged += 1;
                made.outputs.files.insert(artifact.path, artifact.output);
                continue;
            }
            Bytes::NotMade(stale) => {
                made.stale.extend(stale);
                made.outputs.files.insert(artifact.path, artifact.output);
                continue;
            }
        };
        match output::write(&place(request, &artifact.path), &bytes) {
            Ok(written) => {
                match written {
                    Written::Made => made.written += 1,
                    Written::Unchanged => made.unchanged += 1,
                }
                made.outputs.files.insert(artifact.path, artifact.output);
            }
            Err(error) => made.failures.push(error),
        }
    }
    if !made.failures.is_empty() {
        let is_new = |file: &String| made.outputs.files.contains_key(file);
        made.outcome = Outcome::Blocked { old: plan.old(request).into_iter().filter(|file| !is_new(file)).collect() };
    }
    made.timings.add(Stage::Output, started.elapsed());
    made
}

/// Renders a paper that no narrative lists; `None` where something is wrong, which is said.
pub(super) fn document(
    request: &Request,
    loaded: &Loaded,
    shared: &Shared<'_>,
    plan: &Plan<'_>,
) -> (Vec<Diagnostic>, Option<Document>) {
    let mut making = Making::new(request, loaded, shared, plan);
    let set = making.set();
    (making.diagnostics, set.map(|set| set.rendered.document))
}

/// Finds the id that a paper's PDF would carry now; `None` where something is wrong with it.
pub(super) fn id(request: &Request, loaded: &Loaded, shared: &Shared<'_>, plan: &Plan<'_>) -> Option<String> {
    let mut making = Making::new(request, loaded, shared, plan);
    making.set().map(|set| set.id)
}

/// Makes the PDF of a paper in memory, with its number of pages.
pub(super) fn pdf(
    request: &Request,
    loaded: &Loaded,
    shared: &Shared<'_>,
    plan: &Plan<'_>,
) -> (Vec<Diagnostic>, Option<(Vec<u8>, usize)>) {
    let mut making = Making::new(request, loaded, shared, plan);
    let Some(set) = making.set() else { return (making.diagnostics, None) };
    let wanted = typeset::Wanted { pdf: true, ..typeset::Wanted::default() };
    match typeset::typeset(shared.typesetter(), &set.job(), wanted) {
        Ok(made) => {
            making.diagnostics.extend(made.warnings);
            (making.diagnostics, made.pdf.map(|pdf| (pdf, made.pages)))
        }
        Err(found) => {
            making.diagnostics.extend(found);
            (making.diagnostics, None)
        }
    }
}

/// Every file that the stock `typst` command needs to make the same paper, by name.
///
/// # Errors
/// What is wrong with the paper.
pub fn ejected(request: &Request) -> Result<Ejected, super::RunError> {
    let mut timings = Timings::default();
    let loaded = load::load(&request.project)?;
    let super::Prepared { services, mut diagnostics, .. } = super::prepare(request, &loaded, &mut timings)?;
    let plans: Vec<Plan<'_>> = services.iter().flat_map(|service| plans(&loaded, service)).collect();
    let mut files = None;
    let mut appendices = Vec::new();
    let whole: Vec<&Plan<'_>> = plans.iter().filter(|plan| plan.part.is_none()).collect();
    if let [plan] = whole.as_slice()
        && !plan.blocked
    {
        let shared = Shared::of_loaded(&loaded);
        let mut worlds = BTreeMap::new();
        let mut is_whole = true;
        // The one paper's appendices that are files of their own are the only other plans.
        for plan in &plans {
            let mut making = Making::new(request, &loaded, &shared, plan);
            let world = making.set().map(|set| typeset::world_files(&set.job(), &loaded.fonts));
            diagnostics.extend(making.diagnostics);
            let folder = plan.part.map(|part| format!("appendix-{}", part.id.value));
            let Some(world) = world else {
                is_whole = false;
                continue;
            };
            let inside = |name: String| folder.as_ref().map_or(name.clone(), |folder| format!("{folder}/{name}"));
            worlds.extend(world.into_iter().map(|(name, bytes)| (inside(name), bytes)));
            appendices.extend(folder);
        }
        files = is_whole.then_some(worlds);
    }
    let papers = whole.iter().map(|plan| plan.name.clone()).collect();
    crate::diagnostic::sort(&mut diagnostics, &loaded.sources);
    // What is wrong in the data is found in the paper and in its appendices.
    diagnostics.dedup();
    super::name_fields(&mut load::Fields::of(&loaded.sources), &mut diagnostics);
    drop(plans);
    drop(services);
    Ok(Ejected { papers, files, appendices, diagnostics, sources: loaded.sources })
}

/// What came of [`ejected`].
pub struct Ejected {
    /// The papers that the selection names: one, or nothing was ejected.
    pub papers: Vec<String>,
    /// `None` where there was not one paper, or it has errors.
    pub files: Option<BTreeMap<String, Vec<u8>>>,
    /// The folders among them that hold an appendix each, which is a paper of its own.
    pub appendices: Vec<String>,
    pub diagnostics: Vec<Diagnostic>,
    pub sources: Sources,
}

/// A paper with everything that typesetting needs.
struct Set<'a> {
    rendered: Rendered,
    markdown: String,
    content: Vec<u8>,
    /// A short name of what the paper is made of.
    id: String,
    /// The hashes of what it is made of.
    made_of: Output,
    styles: &'a Styles,
    images: Vec<(String, Arc<[u8]>)>,
    ident: String,
    date: jiff::civil::Date,
    charts: Vec<ChartFile>,
}

impl Set<'_> {
    fn job(&self) -> Job<'_> {
        Job {
            content: &self.content,
            styles: self.styles,
            images: &self.images,
            ident: &self.ident,
            date: Some(self.date),
        }
    }
}

struct Making<'a> {
    request: &'a Request,
    shared: &'a Shared<'a>,
    loaded: &'a Loaded,
    plan: &'a Plan<'a>,
    diagnostics: Vec<Diagnostic>,
    printed: Option<Printed>,
    timings: Timings,
}

impl<'a> Making<'a> {
    fn new(request: &'a Request, loaded: &'a Loaded, shared: &'a Shared<'a>, plan: &'a Plan<'a>) -> Making<'a> {
        let (diagnostics, timings) = (Vec::new(), Timings::default());
        Making { request, shared, loaded, plan, diagnostics, printed: None, timings }
    }

    /// Makes every file of the paper; `None` where something is wrong, which is in the diagnostics.
    fn artifacts(&mut self) -> Option<(Vec<Artifact>, Option<usize>)> {
        let set = self.set()?;
        let job = set.job();
        let mut artifacts = Vec::new();
        let mut pages = None;
        let made_of = |bytes: &[u8]| Output { sha256: output::sha256(bytes), ..set.made_of.clone() };
        let charts = if self.request.formats.markdown { set.charts.as_slice() } else { &[] };
        let names: Vec<String> = charts.iter().map(|chart| chart.name.clone()).collect();
        let mut typeset = None;
        let as_before = if self.request.effect == Effect::Compare {
            Some(self.compared(charts, &set.made_of))
        } else {
            self.as_before(charts, &set.made_of)
        };
        if as_before.is_none() && (self.request.formats.pdf || !names.is_empty()) {
            let shared = self.shared;
            let typesetter = self.timings.time(Stage::Fonts, || shared.typesetter());
            let wanted = typeset::Wanted { pdf: self.request.formats.pdf, charts: &names };
            match typeset::typeset(typesetter, &job, wanted) {
                Ok(made) => typeset = Some(made),
                Err(found) => {
                    let broken = typeset::unreadable(typesetter, &job);
                    let broken: Vec<_> =
                        broken.into_iter().flat_map(|name| self.unreadable(&set, name, &found)).collect();
                    if broken.is_empty() {
                        let found: Vec<_> = found.into_iter().map(|one| self.with_colour(one)).collect();
                        self.diagnostics.extend(found);
                    }
                    self.diagnostics.extend(broken);
                    return None;
                }
            }
        }
        let (mut pdf, mut drawn, mut warned) = (None, Vec::new(), false);
        if let Some(made) = typeset {
            self.timings.add(Stage::Layout, made.layout);
            self.timings.add(Stage::Pdf, made.export);
            self.timings.add(Stage::Charts, made.drawing);
            warned = !made.warnings.is_empty();
            self.diagnostics.extend(made.warnings);
            pages = made.pdf.as_ref().map(|_| made.pages);
            (pdf, drawn) = (made.pdf, made.charts);
        }
        if self.request.formats.markdown {
            let bytes = set.markdown.clone().into_bytes();
            let output = Output { sha256: output::sha256(&bytes), ..Output::default() };
            artifacts.push(Artifact { path: self.plan.path("md"), bytes: Bytes::New(bytes), output });
            for (chart, svg) in charts.iter().zip(drawn) {
                let bytes = svg.into_bytes();
                let output = Output { warned, ..made_of(&bytes) };
                artifacts.push(Artifact { path: self.plan.beside(&chart.file), bytes: Bytes::New(bytes), output });
            }
            for (name, file) in &set.rendered.images {
                let bytes = self.loaded.inputs.get(file).map(|bytes| bytes.to_vec()).unwrap_or_default();
                let output = Output { sha256: output::sha256(&bytes), ..Output::default() };
                artifacts.push(Artifact { path: self.plan.beside(name), bytes: Bytes::New(bytes), output });
            }
        }
        if self.request.formats.pdf && self.plan.part.is_none() && self.plan.difference.is_none() {
            artifacts.extend(self.attachments());
        }
        if let Some(bytes) = pdf {
            let output = Output { warned, ..made_of(&bytes) };
            artifacts.push(Artifact { path: self.plan.path("pdf"), bytes: Bytes::New(bytes), output });
        }
        artifacts.extend(as_before.into_iter().flatten());
        Some((artifacts, pages))
    }

    /// The PDFs that come along, byte by byte.
    fn attachments(&self) -> Vec<Artifact> {
        let plan = self.plan;
        let artifact = |appendix: &Appendix| {
            let AppendixContent::Attachment { path: Some(file), .. } = &appendix.content else { return None };
            let bytes = self.loaded.inputs.get(file)?.to_vec();
            let path = plan.beside(&format!("{}.pdf", plan.paper.stem_of(appendix)));
            let output = Output { sha256: output::sha256(&bytes), ..Output::default() };
            // Whether a PDF is kept at all is not asked.
            let is_absent = self.request.effect == Effect::Compare && !place(self.request, &path).exists();
            let bytes = if is_absent { Bytes::NotMade(None) } else { Bytes::New(bytes) };
            Some(Artifact { path, bytes, output })
        };
        plan.narrative.appendices.iter().filter_map(artifact).collect()
    }

    /// The PDF and the charts of an earlier run, where they were made of the same by the same program and stand as they
    /// were left: Typst would only make them again.
    fn as_before(&self, charts: &[ChartFile], made_of: &Output) -> Option<Vec<Artifact>> {
        let earlier = &self.plan.run.earlier;
        if self.request.force || self.plan.run.standing.is_ours != Some(true) {
            return None;
        }
        let pdf = self.request.formats.pdf.then(|| self.plan.path("pdf"));
        let paths = charts.iter().map(|chart| self.plan.beside(&chart.file)).chain(pdf);
        let artifact = |path: String| {
            let output = earlier.outputs.get(&path).filter(|output| output.is_made_of_the_same_as(made_of))?;
            let stands = output::has_hash(&place(self.request, &path), &output.sha256);
            stands.then(|| Artifact { path, bytes: Bytes::AsBefore, output: output.clone() })
        };
        paths.map(artifact).collect()
    }

    /// The PDF and the charts with what a build would change of them; whether a PDF is kept at all is not asked.
    fn compared(&self, charts: &[ChartFile], made_of: &Output) -> Vec<Artifact> {
        let earlier = &self.plan.run.earlier;
        let artifact = |path: String, may_be_absent: bool| {
            let stale = stale::of_made(self.request, self.plan.run, &path, made_of, may_be_absent);
            let output = earlier.outputs.get(&path).cloned().unwrap_or_default();
            Artifact { path, bytes: Bytes::NotMade(stale), output }
        };
        let pdf = self.request.formats.pdf.then(|| artifact(self.plan.path("pdf"), true));
        let may_be_absent = self.plan.practitioner.is_some();
        charts.iter().map(|chart| artifact(self.plan.beside(&chart.file), may_be_absent)).chain(pdf).collect()
    }

    /// Says of each place that shows a picture that it cannot be read, and what Typst said.
    fn unreadable(&self, set: &Set<'_>, name: &str, said: &[Diagnostic]) -> Vec<Diagnostic> {
        let service = &self.plan.run.service.service;
        let mut shown = Vec::new();
        for section in &set.rendered.document.sections {
            walk_blocks(&section.blocks, &mut |block| match &block.kind {
                BlockKind::Image { file, .. } if file == name => shown.push(block.span),
                _ => {}
            });
        }
        let (spans, file) = match (set.rendered.images.get(name), &service.look.logo) {
            (Some(file), _) => (shown, file.as_str()),
            (None, Some(logo)) => (vec![logo.file.span], logo.file.value.as_str()),
            (None, None) => (Vec::new(), name),
        };
        let diagnostic = |span| {
            let diagnostic =
                Diagnostic::new(codes::IMAGE_FILE, format!("the picture `{file}` cannot be read")).at(span, "");
            let diagnostic = said.iter().take(1).fold(diagnostic, |one, said| one.note(said.message.clone()));
            diagnostic.hint("open it in a program for pictures and save it again")
        };
        spans.into_iter().map(diagnostic).collect()
    }

    /// Adds the place in `service.yaml` where a style's mistake is about one of the service's colours.
    fn with_colour(&self, mut diagnostic: Diagnostic) -> Diagnostic {
        let colours = &self.plan.run.service.service.look.colours;
        let named = colours.iter().find(|(name, _)| diagnostic.message.contains(&format!("`{name}`")));
        if let Some((name, colour)) = named {
            diagnostic.labels.insert(0, Label { span: colour.span, text: format!("the colour `{name}` is set here") });
        }
        diagnostic
    }

    /// Renders, checks and writes the paper as Markdown and as content for Typst.
    fn set(&mut self) -> Option<Set<'a>> {
        let plan = self.plan;
        let language = &plan.run.service.service.language;
        if plan.paper.each_practitioner && (plan.practitioner.is_none() || !has_answers(plan.quarter.audit.as_ref())) {
            self.diagnostics.push(self.no_feedback());
            return None;
        }
        // `load` has said that there are no strings for this language.
        let catalogue = self.loaded.catalogues.get(&language.to_string())?;
        let changes = changes_shown(plan.run, plan.quarter, plan.paper);
        let to_write = self.to_write();
        let inputs = Inputs { changes: &changes, to_write: &to_write, ..self.inputs(catalogue) };
        let rendered = match self.timings.time(Stage::Render, || render::render(inputs, self.shared.engine(inputs))) {
            Ok(mut rendered) => {
                self.diagnostics.append(&mut rendered.warnings);
                rendered
            }
            Err(found) => {
                self.diagnostics.extend(found);
                return None;
            }
        };
        let title = plan.paper.title.span;
        let service = &plan.run.service.service;
        let beside = [self.marking(), Some(&service.name.value)].map(|text| text.cloned().unwrap_or_default());
        let beside: Vec<&str> = beside.iter().map(String::as_str).collect();
        let (fonts, sources) = (&self.loaded.fonts, &self.loaded.sources);
        let words = match check::CodeWords::of(catalogue) {
            Ok(words) => words,
            Err(missing) => {
                self.diagnostics.push(render::missing_string(&missing, catalogue));
                return None;
            }
        };
        let (document, named) = (&rendered.document, self.named());
        let named: Vec<(&str, Span)> = named.iter().map(|(text, span)| (text.as_str(), *span)).collect();
        let beside_it = check::Beside { texts: &named, folder: plan.quarter.id.as_str() };
        let own = self.own_codes();
        let reader = check::Reader { audience: self.audience(), own: own.as_deref() };
        let withheld = &plan.run.withheld;
        let found = self.timings.time(Stage::Check, || {
            let mut found = check::paper(document, &beside, fonts, sources, title);
            found.extend(check::privacy(document, beside_it, withheld, reader, &words, sources, title));
            found
        });
        self.printed = Some(self.timings.time(Stage::Check, || Printed::of(document)));
        let wrong = !found.is_empty();
        self.diagnostics.extend(found);
        if wrong {
            return None;
        }
        self.diagnostics.extend(typeset::wide_tables(document).into_iter().map(|(place, columns)| {
            Diagnostic::new(codes::WIDE_TABLE, format!("a page has no room for this table's {columns} columns"))
                .at(place, "words would run into each other")
                .hint("make two tables of it, or turn it round, with a row for each of its columns")
        }));
        let started = Instant::now();
        let mut images: Vec<(String, Arc<[u8]>)> = Vec::new();
        let bytes_of = |file: &str| self.loaded.inputs.get(file).cloned();
        images.extend(rendered.images.iter().filter_map(|(name, file)| Some((name.clone(), bytes_of(file)?))));
        let setting = match self.setting(catalogue, &rendered, &mut images) {
            Ok(setting) => setting,
            Err(missing) => {
                self.diagnostics.push(render::missing_string(&missing, catalogue));
                return None;
            }
        };
        self.timings.add(Stage::Content, started.elapsed());
        let moved = &setting.words.moved;
        let markdown = self.timings.time(Stage::Write, || write::markdown(&rendered.document, moved));
        let started = Instant::now();
        let names: BTreeMap<String, String> = rendered.images.keys().map(|name| (name.clone(), name.clone())).collect();
        // The id stands in what it is the id of, so it is taken before it is put there.
        let body = Content::new(&rendered.document, &names);
        let unnamed = Output {
            content: Some(output::sha256(&body.json(&setting))),
            images: hash_of(images.iter().map(|(name, bytes)| (name.as_str(), bytes.as_ref()))),
            ..self.shared.made_of.clone()
        };
        let id = id_of(&unnamed);
        let printed = plan.run.service.service.look.footer_id.then(|| id.clone());
        let content = body.json(&Setting { keywords: vec![format!("{ID}{id}")], id: printed, ..setting });
        let made_of = Output { content: Some(output::sha256(&content)), ..unnamed };
        self.timings.add(Stage::Content, started.elapsed());
        Some(Set {
            charts: chart_files(&rendered.document),
            markdown,
            content,
            id,
            made_of,
            styles: &self.shared.styles,
            images,
            ident: plan.name.clone(),
            date: plan.paper.meeting.value.civil(),
            rendered,
        })
    }

    /// What the paper is rendered from, without what changed and what is still to be written.
    fn inputs(&self, catalogue: &'a Catalogue) -> Inputs<'a> {
        let plan = self.plan;
        Inputs {
            sources: &self.loaded.sources,
            templates: &self.loaded.templates,
            catalogue,
            service: plan.run.service,
            quarter: plan.quarter,
            narrative: &plan.narrative,
            paper: plan.paper,
            results: &plan.run.results,
            composites: &plan.run.composites,
            changes: &[],
            difference: plan.difference,
            part: plan.part,
            recipient: plan.practitioner.map(|practitioner| Recipient { practitioner, file: plan.file() }),
            draft: self.request.draft,
            to_write: &[],
        }
    }

    /// Finds what can be told of a paper's figures while something that it rests on has errors: so one run tells of all
    /// mistakes. Where the scores or the author's own figures may be what is wrong, nothing is.
    fn unknown_figures(&self) -> Vec<Diagnostic> {
        let plan = self.plan;
        let service = plan.run.service;
        let catalogue = self.loaded.catalogues.get(&service.service.language.to_string());
        let own_figures = |one: &Diagnostic| {
            one.span().is_some_and(|span| self.is_narrative(span.source))
                && closest(one.field_root(), ["figures"]).is_some()
        };
        let is_sound = !is_broken(service, plan.quarter, &plan.run.broken)
            && !plan.run.broken.contains(&None)
            && !self.loaded.diagnostics.iter().any(own_figures);
        match catalogue.filter(|_| is_sound) {
            Some(catalogue) => render::unknown_figures(self.inputs(catalogue)),
            None => Vec::new(),
        }
    }

    /// Whether a file holds the quarter's narrative, or the paper's own text.
    fn is_narrative(&self, source: SourceId) -> bool {
        let text = self.plan.paper.text.as_ref().and_then(|text| text.source);
        [self.plan.quarter.narrative_source, text].contains(&Some(source))
    }

    /// Of a draft the fields of its narrative that are still to be written, and what is computed where answers are.
    fn to_write(&self) -> Vec<&'a str> {
        let told = self.loaded.diagnostics.iter().filter(|one| self.request.draft && one.code == codes::TO_WRITE);
        let mut fields = Vec::new();
        for one in told {
            let (Some(span), Some(field)) = (one.span(), one.field.as_deref()) else { continue };
            if self.is_narrative(span.source) {
                fields.push(field);
            } else if audit_sources(self.plan.run.service, self.plan.quarter).any(|source| source == span.source)
                && !self.request.is_harmless(one)
            {
                fields.extend(["scores", "findings"]);
            }
        }
        fields
    }

    /// Who reads the paper: as it says, or else as its template does.
    fn audience(&self) -> Option<Audience> {
        let template = self.loaded.templates.templates.get(&self.plan.paper.template.value);
        self.plan.paper.audience.or(template.and_then(|template| template.audience))
    }

    /// The codes that a practitioner's document may hold: the own one, and those of the own cases in this audit.
    fn own_codes(&self) -> Option<Vec<&'a str>> {
        let practitioner = self.plan.practitioner?;
        let cases = self.plan.quarter.audit.iter().flat_map(|audit| audit.cases_of(practitioner));
        Some(cases.map(|case| case.code.value.as_str()).chain([practitioner]).collect())
    }

    /// Why a paper that is one document a practitioner cannot be made at all.
    fn no_feedback(&self) -> Diagnostic {
        let audit = self.plan.quarter.audit.as_ref();
        let why = match audit {
            None => "this quarter has no audit",
            Some(Audit { scoring: Scoring::Totals(_), .. }) => "of this audit only totals were kept",
            Some(audit) if audit.cases().is_empty() => "the answers of this audit are not there yet",
            Some(_) if !has_answers(audit) => "the cases of this audit have no answers",
            Some(_) => "no case of this audit says whose it is",
        };
        Diagnostic::new(codes::NO_FEEDBACK, format!("there is nobody to give feedback to: {why}"))
            .at(self.plan.paper.template.span, "one document a practitioner")
            .hint("it needs the answers on each case, and a `practitioner` with it")
    }

    /// How the paper looks: as its template says, or else its service.
    fn style(&self) -> String {
        let template = self.loaded.templates.templates.get(&self.plan.paper.template.value);
        let own = template.and_then(|template| template.style.as_ref());
        let style = own.or(self.plan.run.service.service.look.style.as_ref());
        style.map_or_else(|| "board".to_owned(), |style| style.value.to_string())
    }

    /// What stands on the pages, in a file's metadata and in the names of files, with its place.
    fn named(&self) -> Vec<(String, Span)> {
        let (plan, paper) = (self.plan, self.plan.paper);
        let service = &plan.run.service.service;
        let logo = service.look.logo.as_ref();
        let of_service = self.marking().into_iter().chain(service.board.as_ref()).chain([&service.name.value]);
        let mut named: Vec<(String, Span)> = of_service.map(|text| (text.clone(), service.name.span)).collect();
        named.extend(logo.map(|logo| (logo.alt.clone(), logo.file.span)));
        named.extend(paper.authors.iter().map(|author| (author.clone(), paper.span)));
        let stem = paper.filename.as_ref().map_or(paper.id.span, |name| name.span);
        let folder = joined(plan.folder(), &format!("{}/", plan.quarter.id));
        let name = plan.stem.strip_prefix(&folder).unwrap_or(&plan.stem);
        named.push((name.to_owned(), plan.part.map_or(stem, |part| part.id.span)));
        // `results.json`, which goes with the papers, says what was decided.
        if plan.practitioner.is_none() {
            let asks = plan.run.results.get(&plan.quarter.id).into_iter().flat_map(|results| &results.asks);
            let decided = asks.filter_map(|ask| ask.decision.as_ref());
            named.extend(decided.map(|decision| (decision.text.clone(), paper.span)));
        }
        if plan.part.is_none() && plan.difference.is_none() {
            let appendices = plan.narrative.appendices.iter().filter(|appendix| appendix.own_file);
            named.extend(appendices.map(|appendix| (paper.stem_of(appendix), appendix.id.span)));
        }
        named
    }

    /// What stands in capitals on each page: of an appendix its own, or else the service's.
    fn marking(&self) -> Option<&String> {
        let own = self.plan.part.and_then(|part| part.marking.as_ref());
        own.or(self.plan.run.service.service.marking.as_ref())
    }

    fn setting(
        &self,
        catalogue: &Catalogue,
        rendered: &Rendered,
        images: &mut Vec<(String, Arc<[u8]>)>,
    ) -> Result<Setting, MissingString> {
        let service = &self.plan.run.service.service;
        let paper = self.plan.paper;
        let folder = joined(load::DATA, self.plan.run.folder());
        let logo = service.look.logo.as_ref().and_then(|logo| {
            let ending = logo.file.value.rsplit('.').next().unwrap_or("svg").to_lowercase();
            let bytes = self.loaded.inputs.get(&resolved(&folder, &logo.file.value)?)?.clone();
            let file = format!("look/logo.{ending}");
            images.push((file.clone(), bytes));
            Some(Logo { file, alt: logo.alt.clone() })
        });
        // No board reads what one practitioner does.
        let typographic = |text: &String| render::typographic(text, service.name.span);
        let board = service.board.as_ref().filter(|_| self.plan.practitioner.is_none()).map(typographic);
        let organisation = typographic(&service.name.value);
        let is_draft = paper.version.as_ref().is_some_and(|version| version.state == VersionState::Draft);
        Ok(Setting {
            style: self.style(),
            title: rendered.document.title.clone(),
            date: rendered.date.clone(),
            authors: paper.authors.iter().map(typographic).collect(),
            description: match &board {
                Some(board) => format!("{organisation}: {board}, {}", rendered.date),
                None => format!("{organisation}, {}", rendered.date),
            },
            organisation,
            board,
            keywords: Vec::new(),
            id: None,
            language: service.language.language.clone(),
            region: service.language.region.clone(),
            marking: self.marking().cloned(),
            draft: self.request.draft || is_draft,
            page_numbers: paper.page_numbers,
            words: Words {
                page: catalogue.say("page.page", &[])?,
                of: catalogue.say("page.of", &[])?,
                draft: catalogue.say("page.draft", &[])?,
                moved: catalogue.say("changes.moved", &[])?,
                continued: catalogue.say("page.continued", &[])?,
            },
            colours: service.look.colours.iter().map(|(name, colour)| (name.clone(), colour.value.clone())).collect(),
            logo,
        })
    }
}

/// What stands before the id in a PDF's keywords.
pub(super) const ID: &str = "boardpaper:";

/// A short name of everything that a paper is made of: its content, styles, fonts, pictures and the program.
fn id_of(made_of: &Output) -> String {
    let Output { content, style, fonts, images, .. } = made_of.clone();
    let parts = [content, style, fonts, images, Some(output::Manifest::empty().program)];
    let parts: Vec<String> = parts.into_iter().map(Option::unwrap_or_default).collect();
    output::sha256(parts.join("\n").as_bytes()).chars().take(ID_LENGTH).collect()
}

/// How many hexadecimal digits an id has: of a million papers two hardly ever share one.
pub(super) const ID_LENGTH: usize = 12;

/// A chart of a document: its name, and where the Markdown finds it.
struct ChartFile {
    name: String,
    file: String,
}

/// The charts of a document, in its order.
fn chart_files(document: &Document) -> Vec<ChartFile> {
    let mut files = Vec::new();
    for section in &document.sections {
        walk_blocks(&section.blocks, &mut |block| {
            if let BlockKind::Chart(chart) = &block.kind {
                files.push(ChartFile { name: chart.name.clone(), file: chart.file.clone() });
            }
        });
    }
    files
}

/// One hash over several files, of their names and hashes as `sha256sum` would list them; `None` where there are none.
fn hash_of<'a>(files: impl Iterator<Item = (&'a str, &'a [u8])>) -> Option<String> {
    let lines: String = files.map(|(name, bytes)| format!("{}  {name}\n", output::sha256(bytes))).collect();
    (!lines.is_empty()).then(|| output::sha256(lines.as_bytes()))
}
