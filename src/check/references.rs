//! Ids: each names one thing, and what is referred to is there.

use std::collections::{BTreeMap, BTreeSet};

use crate::diagnostic::{Diagnostic, codes};
use crate::model::audit::Audit;
use crate::model::framework::{Framework, Standard};
use crate::model::ids::{PromptId, ThemeId};
use crate::model::inspection::Inspection;
use crate::model::narrative::{Evidence, Finding, Narrative, Paper, Show};
use crate::model::template::{OF_DIFFERENCES, TemplateSet};
use crate::model::{Quarter, ServiceData};
use crate::source::{SourceId, Span, Spanned};

pub(super) fn check(
    service: &ServiceData,
    templates: &TemplateSet,
    broken: &BTreeSet<Option<SourceId>>,
    found: &mut Vec<Diagnostic>,
) {
    unique("action", service.actions.iter().map(|action| named(&action.id)), found);
    unique("ask", asks(service), found);
    for inspection in &service.inspections {
        unique("recommendation", inspection.recommendations.iter().map(|one| named(&one.id)), found);
    }
    style(service, templates, found);
    let is_broken = |source: SourceId| broken.contains(&Some(source));
    let narratives_are_whole = !service.quarters.iter().filter_map(|quarter| quarter.narrative_source).any(is_broken);
    // Of the shared files it is not known here which is which: one that is broken may hold what is referred to.
    let shared_are_whole = !service.shared.iter().copied().any(is_broken);
    if narratives_are_whole && shared_are_whole {
        sources_of_actions(service, found);
    }
    if narratives_are_whole {
        decisions(service, found);
    }
    for framework in &service.frameworks {
        maps(service, framework, found);
    }
    for quarter in &service.quarters {
        themes(service, quarter, found);
        if let Some(narrative) = &quarter.narrative {
            let audit = !quarter.audit_sources.iter().copied().any(is_broken);
            of_narrative(service, quarter, narrative, Whole { shared: shared_are_whole, audit }, found);
        }
    }
}

/// The asks of narratives, and those of papers with a text of their own.
fn asks(service: &ServiceData) -> impl Iterator<Item = (String, Span)> {
    let narratives = service.quarters.iter().filter_map(|quarter| quarter.narrative.as_ref());
    narratives.flat_map(|narrative| {
        let texts = narrative.texts().filter_map(|(_, text)| Some((text.source?, text.narrative.as_deref()?)));
        // Papers may share a text.
        let texts: BTreeMap<SourceId, &Narrative> = texts.collect();
        let own = texts
            .into_iter()
            .flat_map(|(source, text)| text.asks.board.iter().filter(move |ask| ask.id.span.source == source));
        narrative.asks.board.iter().chain(own).map(|ask| named(&ask.id)).collect::<Vec<_>>()
    })
}

fn named<T: ToString>(id: &Spanned<T>) -> (String, Span) {
    (id.value.to_string(), id.span)
}

fn unique(what: &str, ids: impl Iterator<Item = (String, Span)>, found: &mut Vec<Diagnostic>) {
    once(what, ids, "give one of the two an id of its own", found);
}

fn once(what: &str, ids: impl Iterator<Item = (String, Span)>, hint: &str, found: &mut Vec<Diagnostic>) {
    let mut seen: BTreeMap<String, Span> = BTreeMap::new();
    for (id, span) in ids {
        if let Some(first) = seen.get(&id) {
            found.push(
                Diagnostic::new(codes::DUPLICATE_ID, format!("the {what} `{id}` stands twice"))
                    .at(span, "again here")
                    .at(*first, "first here")
                    .hint(hint),
            );
        } else {
            seen.insert(id, span);
        }
    }
}

fn style(service: &ServiceData, templates: &TemplateSet, found: &mut Vec<Diagnostic>) {
    let Some(style) = &service.service.look.style else { return };
    if !templates.styles.contains_key(&format!("styles/{}.typ", style.value)) {
        let known = templates.styles.keys().filter_map(|path| path.strip_prefix("styles/")?.strip_suffix(".typ"));
        found.push(Diagnostic::unknown_id("style", style.value.as_str(), style.span, known).field("look.style"));
    }
}

/// An action comes from a finding, an inspection's recommendation, or something that the board was asked.
fn sources_of_actions(service: &ServiceData, found: &mut Vec<Diagnostic>) {
    let mut known: Vec<String> = Vec::new();
    for narrative in service.quarters.iter().filter_map(|quarter| quarter.narrative.as_ref()) {
        known.extend(narrative.findings.iter().map(|finding| finding.id.value.to_string()));
        known.extend(narrative.asks.board.iter().map(|ask| ask.id.value.to_string()));
    }
    for inspection in &service.inspections {
        known.extend(inspection.recommendations.iter().map(|one| format!("{}/{}", inspection.id, one.id.value)));
    }
    known.sort();
    known.dedup();
    for source in service.actions.iter().flat_map(|action| &action.source) {
        if known.binary_search(&source.value).is_err() {
            let known = known.iter().map(String::as_str);
            let what = "finding, ask or recommendation";
            let unknown = Diagnostic::unknown_id(what, &source.value, source.span, known).field("source");
            let silent = service.quarters.iter().find(|quarter| quarter.narrative_source.is_none());
            let unknown = silent.into_iter().fold(unknown, |unknown, quarter| {
                unknown
                    .hint(format!("`{}` has no `narrative.yaml`, where its findings and asks would stand", quarter.id))
            });
            found.push(unknown.hint("change this `source`, or list again what the action came from"));
        }
    }
}

/// A decision is on something that an earlier paper asked.
fn decisions(service: &ServiceData, found: &mut Vec<Diagnostic>) {
    let all = service.quarters.iter().filter_map(|quarter| quarter.narrative.as_ref());
    let decided = all.flat_map(|narrative| &narrative.decisions).map(|one| named(&one.ask));
    once("decision on", decided, "an ask is decided once: keep the one that holds, and take out the other", found);
    for quarter in &service.quarters {
        let earlier = service.quarters.iter().filter(|other| other.id < quarter.id);
        let asks = earlier.filter_map(|other| other.narrative.as_ref()).flat_map(|narrative| &narrative.asks.board);
        let asks: Vec<&str> = asks.map(|ask| ask.id.value.as_str()).collect();
        for decision in quarter.narrative.iter().flat_map(|narrative| &narrative.decisions) {
            let ask = &decision.ask;
            if !asks.contains(&ask.value.as_str()) {
                let asks = asks.iter().copied();
                let unknown = Diagnostic::unknown_id("ask of an earlier paper", ask.value.as_str(), ask.span, asks);
                found.push(unknown.field("decisions.ask"));
            }
        }
    }
}

/// A map names standards of this edition and of the older one.
fn maps(service: &ServiceData, framework: &Framework, found: &mut Vec<Diagnostic>) {
    for map in &framework.maps {
        let older = service.framework(&map.framework.value);
        if older.is_none() {
            let known = service.frameworks.iter().map(|framework| framework.id.value.as_str());
            let id = &map.framework;
            found.push(Diagnostic::unknown_id("framework", id.value.as_str(), id.span, known).field("maps"));
        }
        for (own, theirs) in &map.standards {
            for (id, framework) in [(own, Some(framework)), (theirs, older)] {
                let Some(framework) = framework.filter(|framework| framework.standard(&id.value).is_none()) else {
                    continue;
                };
                let known = framework.standards().map(|standard| standard.id.value.as_str());
                found.push(Diagnostic::unknown_id("standard", id.value.as_str(), id.span, known).field("maps"));
            }
        }
    }
}

fn themes(service: &ServiceData, quarter: &Quarter, found: &mut Vec<Diagnostic>) {
    let Some(theme) = quarter.audit.as_ref().map(|audit| &audit.theme) else { return };
    let (rotation, titles) = (&service.service.rotation, &service.service.themes);
    // A theme with a title may be audited out of turn.
    let is_known = rotation.iter().any(|known| known.value == theme.value) || titles.contains_key(&theme.value);
    if !rotation.is_empty() && !is_known {
        let out_of_turn = titles.keys().filter(|title| rotation.iter().all(|known| known.value != **title));
        let known = rotation.iter().map(|known| &known.value).chain(out_of_turn).map(ThemeId::as_str);
        found.push(Diagnostic::unknown_id("theme", theme.value.as_str(), theme.span, known).field("theme"));
    }
}

/// What could be read whole, so that whatever is not in it is nowhere.
#[derive(Clone, Copy)]
struct Whole {
    /// What the quarters of a service share.
    shared: bool,
    /// The quarter's audit and its answers.
    audit: bool,
}

fn of_narrative(
    service: &ServiceData,
    quarter: &Quarter,
    narrative: &Narrative,
    whole: Whole,
    found: &mut Vec<Diagnostic>,
) {
    for paper in narrative.papers.iter().filter(|paper| paper.template.value.as_str() == OF_DIFFERENCES) {
        found.push(
            Diagnostic::new(codes::BAD_VALUE, "only `boardpaper diff` makes a paper of the template `changes`")
                .at(paper.template.span, "")
                .field("papers.template")
                .hint("take this paper out, and run `boardpaper diff OLD NEW -f pdf`"),
        );
    }
    unique("paper", narrative.papers.iter().map(|paper| named(&paper.id)), found);
    files(narrative, found);
    for paper in &narrative.papers {
        shown(service, quarter, paper, whole.shared, found);
    }
    words(service, quarter, narrative, whole, found);
    for (_, text) in narrative.texts() {
        let (Some(source), Some(own)) = (text.source, &text.narrative) else { continue };
        let mut all = Vec::new();
        words(service, quarter, own, whole, &mut all);
        // What the paper has of the quarter's narrative was looked at there.
        found.extend(all.into_iter().filter(|one| one.span().is_some_and(|span| span.source == source)));
        findings_of_text(narrative, own, source, found);
    }
}

/// A paper shows the scores of audits that are there and of an inspection, neither later than itself.
fn shown(service: &ServiceData, quarter: &Quarter, paper: &Paper, shared_are_whole: bool, found: &mut Vec<Diagnostic>) {
    let Show { scores, inspection } = &paper.show;
    for id in scores {
        let Some(other) = service.quarter(&id.value) else {
            let audits = service.quarters.iter().filter(|other| other.audit.is_some() && other.id <= quarter.id);
            let known = audits.map(|other| other.id.as_str());
            found
                .push(Diagnostic::unknown_id("quarter", id.value.as_str(), id.span, known).field("papers.show.scores"));
            continue;
        };
        if other.id > quarter.id {
            found.push(
                Diagnostic::new(codes::SHOWS_LATER, format!("`{}` is later than this paper's quarter", id.value))
                    .at(id.span, format!("the paper is of `{}`", quarter.id))
                    .field("papers.show.scores")
                    .hint("take it out, or make the paper in that quarter"),
            );
        } else if other.audit.as_ref().map_or(other.audit_sources.is_empty(), |audit| audit.framework.is_none()) {
            found.push(
                Diagnostic::new(codes::BAD_VALUE, format!("nothing was scored in `{}`", id.value))
                    .at(id.span, "")
                    .field("papers.show.scores")
                    .hint("name a quarter that has an audit with a framework"),
            );
        }
    }
    let Some(id) = inspection.as_ref().filter(|_| shared_are_whole) else { return };
    match service.inspections.iter().find(|one| one.id == id.value) {
        None => {
            let known = service.inspections.iter().map(|one| one.id.as_str());
            let unknown = Diagnostic::unknown_id("inspection", id.value.as_str(), id.span, known);
            found.push(unknown.field("papers.show.inspection"));
        }
        Some(inspection) => found.extend(later(quarter, inspection, id.value.as_str(), id.span)),
    }
}

/// Complains of an inspection that was published after the day of the quarter's papers.
fn later(quarter: &Quarter, inspection: &Inspection, name: &str, place: Span) -> Option<Diagnostic> {
    let day = quarter.as_of().filter(|day| !inspection.is_known_on(*day))?;
    let told = Diagnostic::new(codes::SHOWS_LATER, format!("`{name}` was not known on {day}, the day of this paper"));
    let told = told.at(place, "");
    let out = inspection.published.or_else(|| inspection.fieldwork.and_then(|period| period.to));
    let told = out.into_iter().fold(told, |told, out| told.at(out.span, "known from here on"));
    Some(told.hint("take it out, or correct the date that is wrong; `as_of` in the narrative is the paper's day"))
}

/// No two papers of a quarter write the same file, on systems that take `A` for `a` too.
fn files(narrative: &Narrative, found: &mut Vec<Diagnostic>) {
    let mut seen: BTreeMap<String, (&Paper, Span)> = BTreeMap::new();
    for paper in &narrative.papers {
        let place = paper.filename.as_ref().map_or(paper.id.span, |name| name.span);
        let parts = paper.own_appendices(narrative).map(|appendix| (paper.stem_of(appendix), appendix.id.span));
        for (stem, place) in [(paper.stem().to_owned(), place)].into_iter().chain(parts) {
            match seen.get(&stem.to_lowercase()) {
                // Two papers of one id are told of already, and so are two appendices.
                Some((first, _)) if first.id.value == paper.id.value => {}
                Some((_, first)) => found.push(
                    Diagnostic::new(codes::SAME_FILE, format!("two papers would be written to `{stem}`"))
                        .at(place, "this one")
                        .at(*first, "and this one")
                        .hint("give one of them another `filename`"),
                ),
                None => {
                    seen.insert(stem.to_lowercase(), (paper, place));
                }
            }
        }
    }
}

/// A paper's own text may say findings in other words. They are counted and followed by what the narrative says of them.
fn findings_of_text(narrative: &Narrative, text: &Narrative, source: SourceId, found: &mut Vec<Diagnostic>) {
    for finding in text.findings.iter().filter(|finding| finding.id.span.source == source) {
        let id = &finding.id;
        match narrative.findings.iter().find(|own| own.id.value == id.value) {
            None => {
                let known = narrative.findings.iter().map(|own| own.id.value.as_str());
                let unknown = Diagnostic::unknown_id("finding of this quarter", id.value.as_str(), id.span, known);
                found.push(unknown.hint("write it into `narrative.yaml` too: it is counted and followed from there"));
            }
            Some(own) if own.kind != finding.kind || !matches!(finding.evidence, Evidence::None) => found.push(
                Diagnostic::new(codes::BAD_VALUE, format!("`{}` has its kind and its evidence elsewhere", id.value))
                    .at(id.span, "here stand other words for it alone")
                    .at(own.id.span, "its kind and its evidence")
                    .hint("leave `prompts`, `cases` and `evidence` out here, and write the same `kind`"),
            ),
            Some(_) => {}
        }
    }
}

/// What a narrative says, or a paper's own text.
fn words(service: &ServiceData, quarter: &Quarter, narrative: &Narrative, whole: Whole, found: &mut Vec<Diagnostic>) {
    unique("section", narrative.all_sections().into_iter().map(|section| named(&section.id)), found);
    for section in narrative.findings.iter().filter_map(|finding| finding.section.as_ref()) {
        let known: Vec<&str> = narrative.all_sections().iter().map(|known| known.id.value.as_str()).collect();
        if !known.contains(&section.value.as_str()) {
            let unknown = Diagnostic::unknown_id("section", section.value.as_str(), section.span, known);
            found.push(unknown.field("findings.section").hint("it is one of those under `sections:`"));
        }
    }
    unique("finding", narrative.findings.iter().map(|finding| named(&finding.id)), found);
    unique("appendix", narrative.appendices.iter().map(|appendix| named(&appendix.id)), found);
    unique("figure", narrative.figures.iter().map(|figure| named(&figure.id)), found);
    if !whole.shared {
        return;
    }
    for quote in narrative.all_sections().iter().flat_map(|section| &section.quotes) {
        match service.recommendation(&quote.value) {
            Some((inspection, _)) => found.extend(later(quarter, inspection, &quote.value, quote.span)),
            None => {
                let all = service.inspections.iter();
                let known: Vec<String> = all
                    .flat_map(|one| one.recommendations.iter().map(|its| format!("{}/{}", one.id, its.id.value)))
                    .collect();
                let known = known.iter().map(String::as_str);
                let unknown = Diagnostic::unknown_id("recommendation", &quote.value, quote.span, known);
                found.push(unknown.field("sections.quotes"));
            }
        }
    }
    let framework = service.framework_of(quarter);
    for finding in &narrative.findings {
        of_finding(finding, framework, quarter.audit.as_ref(), whole.audit, found);
    }
    once("action", narrative.next_steps.iter().map(named), "name it once: it would be printed twice", found);
    for step in &narrative.next_steps {
        if !service.actions.iter().any(|action| action.id.value == step.value) {
            let known = service.actions.iter().map(|action| action.id.value.as_str());
            found.push(Diagnostic::unknown_id("action", step.value.as_str(), step.span, known).field("next_steps"));
        }
    }
}

/// Complains of a standard that none of the finding's prompts belongs to: the paper would print the finding under a title
/// that it has nothing to do with.
fn misplaced(finding: &Finding, place: Span, standard: &Standard, framework: &Framework) -> Option<Diagnostic> {
    let (Evidence::Prompts(prompts) | Evidence::Counts { prompts, .. }) = &finding.evidence else { return None };
    let own = framework.answerable_of(standard);
    let answerable = framework.answerable();
    let is_elsewhere = |prompt: &Spanned<PromptId>| answerable.contains(&prompt.value) && !own.contains(&prompt.value);
    (!prompts.is_empty() && prompts.iter().all(is_elsewhere)).then(|| {
        Diagnostic::new(codes::BAD_VALUE, format!("none of its prompts belongs to standard {}", standard.id.value))
            .at(place, "the finding stands under this title")
            .at(prompts[0].span, "its prompts")
            .hint("correct the one or the other")
    })
}

fn of_finding(
    finding: &Finding,
    framework: Option<&Framework>,
    audit: Option<&Audit>,
    audit_is_whole: bool,
    found: &mut Vec<Diagnostic>,
) {
    if let (Some(id), None, Some(audit)) = (&finding.standard, framework, audit)
        && audit.framework.is_none()
    {
        found.push(
            Diagnostic::new(codes::BAD_VALUE, "a standard needs a framework, and this audit has none")
                .at(id.span, "")
                .hint("take `standard` out and write the theme into the text, or give the audit its `framework:`"),
        );
    }
    if let (Some(id), Some(framework)) = (&finding.standard, framework) {
        match framework.standard(&id.value) {
            Some(standard) => found.extend(misplaced(finding, id.span, standard, framework)),
            None => {
                let known = framework.standards().map(|standard| standard.id.value.as_str());
                found.push(Diagnostic::unknown_id("standard", id.value.as_str(), id.span, known));
            }
        }
    }
    match (&finding.evidence, framework, audit) {
        (Evidence::Prompts(prompts) | Evidence::Counts { prompts, .. }, Some(framework), _) => {
            let answerable = framework.answerable();
            for id in prompts.iter().filter(|id| !answerable.contains(&id.value)) {
                let known = answerable.iter().map(PromptId::as_str);
                found.push(Diagnostic::unknown_id("prompt", id.value.as_str(), id.span, known));
            }
        }
        (Evidence::Prompts(prompts), None, Some(audit)) if audit.framework.is_none() => {
            if let Some(first) = prompts.first() {
                found.push(
                    Diagnostic::new(codes::BAD_VALUE, "prompts need a framework, and this audit has none")
                        .at(first.span, "")
                        .hint("name the `cases:` that show the finding, or give the audit its `framework:`"),
                );
            }
        }
        (Evidence::Cases(cases), _, Some(audit)) if audit_is_whole => {
            once(
                "case",
                cases.iter().map(named),
                "name each case that shows the finding once: they are counted",
                found,
            );
            for code in cases.iter().filter(|code| !audit.cases().iter().any(|case| case.code.value == code.value)) {
                let known = audit.cases().iter().map(|case| case.code.value.as_str());
                let unknown = Diagnostic::unknown_id("case", code.value.as_str(), code.span, known);
                found.push(match audit.cases().is_empty() {
                    true => unknown.hint("where no cases are listed, type how many it was: `evidence: {n: 4, of: 5}`"),
                    false => unknown,
                });
            }
        }
        _ => {}
    }
}
