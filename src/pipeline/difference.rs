//! Two quarters → what changed between them: as data, as the paper `changes`, as a PDF.

use std::collections::BTreeMap;

use crate::assess;
use crate::compare;
use crate::diagnostic::{Diagnostic, Severity};
use crate::document::{self, BlockKind, write};
use crate::load::{self, Loaded};
use crate::model::catalogue::Catalogue;
use crate::model::difference::{ActionChanges, AskChange, Difference, FieldChange, FindingChange, Side};
use crate::model::ids::ActionId;
use crate::model::narrative::{Narrative, Paper};
use crate::model::register::Action;
use crate::model::results::{FindingResult, FindingState};
use crate::model::template::OF_DIFFERENCES;
use crate::model::{Quarter, ServiceData};
use crate::output;
use crate::render::{self, Inputs};
use crate::source::{Sources, Span, Spanned};

use super::paper::{self, Plan, Shared};
use super::service::{ServiceRun, sources_of};
use super::{Request, RunError, Timings, UnknownSelection, joined, place, selection};

/// What of a difference is wanted beside the data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    Data,
    Markdown,
    /// Written to the output folder.
    Pdf,
}

/// What came of comparing two quarters.
#[derive(Debug)]
pub struct Compared {
    pub sources: Sources,
    pub diagnostics: Vec<Diagnostic>,
    /// `None` where the two rest on files with errors.
    pub difference: Option<Difference>,
    /// The paper as Markdown, where it was asked for and something changed.
    pub markdown: Option<String>,
    /// Where the PDF was written, below the output folder, and its number of pages.
    pub pdf: Option<(String, usize)>,
}

impl Compared {
    pub fn has_errors(&self) -> bool {
        self.diagnostics.iter().any(|diagnostic| diagnostic.severity == Severity::Error)
    }
}

/// Compares two quarters of a service.
///
/// # Errors
/// A name that no quarter has, or a file that the machine refuses to read or to write.
pub fn difference(request: &Request, old: &str, new: &str, form: Form) -> Result<Compared, RunError> {
    let mut timings = Timings::default();
    let loaded = load::load(&request.project)?;
    let (service, old, new) = sides(&loaded, old, new)?;
    let super::Prepared { services, mut diagnostics, .. } = super::prepare(request, &loaded, &mut timings)?;
    let run = services.into_iter().find(|run| std::ptr::eq(run.service, service)).expect("every service is prepared");
    let mut relevant = sources_of(service, old);
    relevant.extend(sources_of(service, new));
    diagnostics.retain(|diagnostic| diagnostic.span().is_none_or(|span| relevant.contains(&span.source)));
    let mut compared =
        Compared { sources: Sources::default(), diagnostics, difference: None, markdown: None, pdf: None };
    if !compared.has_errors() {
        let catalogue = loaded.catalogues.get(&service.service.language.to_string());
        if let Some(catalogue) = catalogue {
            let mut comparing = Comparing { request, loaded: &loaded, run, old, new, catalogue };
            match comparing.difference() {
                Ok(difference) => {
                    if !difference.is_empty() && form != Form::Data {
                        comparing.paper(&difference, form, &mut compared)?;
                    }
                    compared.difference = Some(difference);
                }
                Err(found) => compared.diagnostics.extend(found),
            }
        }
    }
    crate::diagnostic::sort(&mut compared.diagnostics, &loaded.sources);
    super::name_fields(&mut load::Fields::of(&loaded.sources), &mut compared.diagnostics);
    compared.sources = loaded.sources;
    Ok(compared)
}

/// Finds two quarters of one service by their names.
fn sides<'a>(
    loaded: &'a Loaded,
    old: &str,
    new: &str,
) -> Result<(&'a ServiceData, &'a Quarter, &'a Quarter), RunError> {
    let found = selection::quarters(&loaded.dataset, old)?;
    let others = selection::quarters(&loaded.dataset, new)?;
    let pairs = found.iter().flat_map(|&(service, old)| {
        let others = others.iter().filter(move |(other, _)| std::ptr::eq(*other, service));
        others.map(move |&(_, new)| (service, old, new))
    });
    let pairs: Vec<(&ServiceData, &Quarter, &Quarter)> = pairs.collect();
    match pairs.as_slice() {
        [pair] => Ok(*pair),
        [] => Err(RunError::Usage(UnknownSelection::of_other_services(old, new))),
        _ => Err(RunError::Usage(UnknownSelection::several(old, joined_names(&found)))),
    }
}

fn joined_names(found: &[(&ServiceData, &Quarter)]) -> Vec<String> {
    found.iter().map(|(service, quarter)| joined(&service.folder, quarter.id.as_str())).collect()
}

struct Comparing<'a> {
    request: &'a Request,
    loaded: &'a Loaded,
    run: ServiceRun<'a>,
    old: &'a Quarter,
    new: &'a Quarter,
    catalogue: &'a Catalogue,
}

impl<'a> Comparing<'a> {
    fn difference(&mut self) -> Result<Difference, Vec<Diagnostic>> {
        let (service, old, new) = (self.run.service, self.old, self.new);
        let is_comparable = service.is_comparable(new, old);
        let mut difference = Difference {
            old: self.side(old)?,
            new: self.side(new)?,
            is_comparable,
            comparison: None,
            published: self.run.results.get(&new.id).cloned(),
            findings: Vec::new(),
            actions: Vec::new(),
            asks: Vec::new(),
            words: Vec::new(),
        };
        if old.id == new.id {
            return Ok(difference);
        }
        let mut results = self.run.results.get(&new.id).cloned().unwrap_or_else(|| assess::assess(service, new));
        if is_comparable {
            // What was before both, then the old one as the audit before the new one.
            let first = (&old.id).min(&new.id);
            let before =
                service.quarters.iter().filter(|quarter| quarter.id < *first && service.is_comparable(new, quarter));
            let past: Vec<&Quarter> = before.chain([old]).collect();
            results.findings = assess::findings(service, &past, new);
            for finding in &mut results.findings {
                self.reckon(finding);
            }
            // What neither of the two says is no difference between them.
            results.findings.retain(|finding| [old, new].iter().any(|quarter| quarter.finding(&finding.id).is_some()));
            let pair = self.run.results.get(&old.id).zip(self.run.results.get(&new.id));
            results.comparison = pair.and_then(|(theirs, own)| compare::audits(service, (old, theirs), (new, own)));
        } else {
            results.findings = Vec::new();
            results.comparison = None;
        }
        if let Some(day) = new.day() {
            results.actions = assess::actions(service, old.day(), day);
        }
        // What was asked between two papers is the same whichever is read first.
        let (first, last) = if old.id < new.id { (old, new) } else { (new, old) };
        results.asks = assess::asks(service, Some(first), last);
        results.last_quarter = Some(old.id.clone());
        difference.comparison.clone_from(&results.comparison);
        difference.findings = results.findings.iter().map(|result| self.finding(result)).collect();
        let actions: BTreeMap<&ActionId, &Action> =
            service.actions.iter().map(|action| (&action.id.value, action)).collect();
        difference.actions = results
            .actions
            .iter()
            .filter(|action| action.has_happened() || action.overdue.is_some())
            .map(|result| {
                let text = actions.get(&result.id).map(|action| action.words()).unwrap_or_default();
                ActionChanges { result: result.clone(), text }
            })
            .collect();
        difference.asks = results
            .asks
            .iter()
            .map(|result| {
                let asks = service.quarter(&result.asked).and_then(|quarter| quarter.narrative.as_ref());
                let ask = asks.iter().flat_map(|narrative| &narrative.asks.board).find(|ask| ask.id.value == result.id);
                let text = ask.map(|ask| document::plain(&ask.text.inlines)).unwrap_or_default();
                AskChange { result: result.clone(), text }
            })
            .collect();
        difference.words = self.words()?;
        // The paper is rendered with the results as they are reckoned here.
        self.run.results.insert(new.id.clone(), results);
        Ok(difference)
    }

    /// What lies between the two counts only where it says more than the two: a finding that came after the old one is
    /// new since then, and one that was withdrawn has not been looked for.
    fn reckon(&self, finding: &mut FindingResult) {
        let (service, old, new) = (self.run.service, self.old, self.new);
        let first = (&old.id).min(&new.id);
        let is_before = |quarter: &&Quarter| quarter.id < *first || quarter.id == old.id;
        let was_raised =
            service.quarters.iter().filter(is_before).any(|quarter| quarter.finding(&finding.id).is_some());
        if finding.state == FindingState::Recurring && !was_raised {
            finding.state = FindingState::New;
        }
        let between = service.quarters.iter().rev().filter(|quarter| quarter.id > old.id && quarter.id < new.id);
        let last = between.filter_map(|quarter| quarter.finding(&finding.id)).next();
        if !finding.state.is_seen() && last.is_some_and(|last| last.withdrawn.is_some()) {
            finding.state = FindingState::Withdrawn;
        }
    }

    fn side(&self, quarter: &Quarter) -> Result<Side, Vec<Diagnostic>> {
        let missing = |missing| vec![render::missing_string(&missing, self.catalogue)];
        let title = match quarter.id.as_str().parse() {
            Ok(financial) => self.catalogue.quarter(financial).map_err(missing)?,
            Err(_) => quarter.id.to_string(),
        };
        let theme = quarter.audit.as_ref().map(|audit| audit.theme.value.clone());
        let theme_title = theme.as_ref().map(|theme| self.run.service.service.theme_title(theme));
        Ok(Side { quarter: quarter.id.clone(), title, theme, theme_title })
    }

    fn finding(&self, result: &FindingResult) -> FindingChange {
        let last = result.last_seen.as_ref().and_then(|id| self.run.service.quarter(id));
        let finding = self.new.finding(&result.id).or_else(|| last?.finding(&result.id));
        let text = finding.map(|finding| document::words(&finding.text.blocks)).unwrap_or_default();
        FindingChange { result: result.clone(), text }
    }

    /// The fields of the two narratives whose printed words differ.
    fn words(&self) -> Result<Vec<FieldChange>, Vec<Diagnostic>> {
        let old = self.fields(self.old)?;
        let mut old: BTreeMap<String, render::words::Field> =
            old.into_iter().map(|field| (field.path.clone(), field)).collect();
        let mut words = Vec::new();
        for field in self.fields(self.new)? {
            let before = old.remove(&field.path).map(|field| field.blocks).unwrap_or_default();
            if write::prose(&before) != write::prose(&field.blocks) {
                words.push(FieldChange { field: field.path, title: field.title, old: before, new: field.blocks });
            }
        }
        // What is not there any more follows, by its path.
        words.extend(old.into_values().map(|field| FieldChange {
            field: field.path,
            title: field.title,
            old: field.blocks,
            new: Vec::new(),
        }));
        Ok(words)
    }

    fn fields(&self, quarter: &'a Quarter) -> Result<Vec<render::words::Field>, Vec<Diagnostic>> {
        let Some(narrative) = &quarter.narrative else { return Ok(Vec::new()) };
        // Words are words where a quarter has no paper yet; which paper they are read for matters to none of them.
        let other = if quarter.id == self.old.id { self.new } else { self.old };
        let own = narrative.papers_of_all().next().or(narrative.papers.first());
        let Some(paper) = own.or_else(|| other.narrative.as_ref()?.papers.first()) else { return Ok(Vec::new()) };
        render::words::narrative(self.inputs(quarter, narrative, paper, None))
    }

    fn inputs<'i>(
        &'i self,
        quarter: &'i Quarter,
        narrative: &'i Narrative,
        paper: &'i Paper,
        difference: Option<&'i Difference>,
    ) -> Inputs<'i> {
        Inputs {
            sources: &self.loaded.sources,
            templates: &self.loaded.templates,
            catalogue: self.catalogue,
            service: self.run.service,
            quarter,
            narrative,
            paper,
            results: &self.run.results,
            composites: &self.run.composites,
            changes: &[],
            difference,
            part: None,
            recipient: None,
            draft: false,
            to_write: &[],
        }
    }

    /// Makes the paper `changes`, with the new quarter's paper as the occasion.
    fn paper(&self, difference: &Difference, form: Form, compared: &mut Compared) -> Result<(), RunError> {
        let narrative = self.new.narrative.as_ref();
        let own = narrative.and_then(|narrative| Some((narrative, narrative.papers_of_all().next()?)));
        let Some((narrative, own)) = own else {
            return Err(RunError::Usage(UnknownSelection::without_paper(self.new.id.as_str())));
        };
        let title = match self.catalogue.say("changes.title", &[]) {
            Ok(title) => title,
            Err(missing) => {
                compared.diagnostics.push(render::missing_string(&missing, self.catalogue));
                return Ok(());
            }
        };
        let at: Span = own.span;
        let id = format!("changes-since-{}", self.old.id);
        let paper = Paper {
            // Behind the word, a quarter's id may be too long for one.
            id: Spanned::new(id.parse().or_else(|_| OF_DIFFERENCES.parse()).expect("a constant id"), at),
            template: Spanned::new(OF_DIFFERENCES.parse().expect("a constant id"), at),
            title: Spanned::new(title, at),
            header: Vec::new(),
            version: None,
            cleared: Vec::new(),
            filename: None,
            late: None,
            text: None,
            audience: None,
            ..own.clone()
        };
        let name = joined(self.run.folder(), &format!("{}/{id}", self.new.id));
        let plan = Plan::of_difference(name, &self.run, self.new, narrative, &paper, difference);
        match form {
            Form::Data => {}
            Form::Markdown => {
                let (found, document) =
                    paper::document(self.request, self.loaded, &Shared::of_loaded(self.loaded), &plan);
                compared.diagnostics.extend(found);
                let moved = self.catalogue.say("changes.moved", &[]).unwrap_or_default();
                compared.markdown = document.map(|document| write::markdown(&without_charts(document), &moved));
            }
            Form::Pdf => {
                let (found, pdf) = paper::pdf(self.request, self.loaded, &Shared::of_loaded(self.loaded), &plan);
                compared.diagnostics.extend(found);
                if let Some((bytes, pages)) = pdf {
                    let path = format!("{}.pdf", plan.name);
                    output::write(&place(self.request, &path), &bytes)?;
                    compared.pdf = Some((path, pages));
                }
            }
        }
        Ok(())
    }
}

/// A comment has no pictures beside it; each chart's numbers stand in a table.
fn without_charts(mut document: document::Document) -> document::Document {
    for section in &mut document.sections {
        section.blocks.retain(|block| !matches!(block.kind, BlockKind::Chart(_)));
    }
    document
}
