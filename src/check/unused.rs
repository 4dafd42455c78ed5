//! What the narrative of a quarter says and none of its papers prints.

use std::collections::{BTreeMap, BTreeSet};

use crate::diagnostic::{Diagnostic, codes, either};
use crate::document::{Document, Inline, walk_blocks, walk_inlines};
use crate::model::narrative::Narrative;
use crate::model::{Quarter, ServiceData};
use crate::source::{SourceId, Span};

/// Where the words stand that documents print: the starts of their blocks and lines.
#[derive(Debug, Default)]
pub struct Printed(BTreeSet<(SourceId, usize)>);

impl Printed {
    pub fn of(document: &Document) -> Printed {
        let mut printed = Printed::default();
        let inlines = |inlines: &[Inline], places: &mut BTreeSet<(SourceId, usize)>| {
            walk_inlines(inlines, &mut |inline| {
                places.insert((inline.span.source, inline.span.start));
            });
        };
        document.header.iter().for_each(|line| inlines(&line.value, &mut printed.0));
        for section in &document.sections {
            inlines(&section.title, &mut printed.0);
            for blocks in [&section.blocks, &section.notes] {
                walk_blocks(blocks, &mut |block| {
                    printed.0.insert((block.span.source, block.span.start));
                    block.inlines().into_iter().for_each(|text| inlines(text, &mut printed.0));
                });
            }
        }
        printed
    }

    /// What is printed here or there.
    pub fn and(mut self, other: Printed) -> Printed {
        self.0.extend(other.0);
        self
    }

    fn holds(&self, text: Span) -> bool {
        self.0.range((text.source, text.start)..=(text.source, text.end)).next().is_some()
    }
}

/// A text that somebody wrote to be read.
struct Written<'a> {
    /// `findings[2].text`
    field: &'a str,
    place: Span,
    /// Whether a paper prints it.
    is_printed: bool,
}

/// Finds the texts of a quarter's narrative that none of its papers prints, where `printed` is what all of them print.
///
/// A key of which nothing is printed is told once. Decisions, and findings that an action comes from, are there to be
/// counted with: no paper needs to print them.
/// Where there is no paper but for single practitioners, the narrative, but for what such a paper has of its own, is written
/// for one that is still to come. `kinds` finds the kinds of paper that have a place for a key.
pub fn unused(
    service: &ServiceData,
    quarter: &Quarter,
    printed: &Printed,
    kinds: impl Fn(&str) -> Vec<String>,
) -> Vec<Diagnostic> {
    let Some(narrative) = &quarter.narrative else { return Vec::new() };
    let mut all: Vec<Written<'_>> = Vec::new();
    if narrative.papers_of_all().next().is_some() {
        all.extend(written(service, narrative, printed));
    }
    for (_, text) in narrative.texts() {
        let (Some(source), Some(own)) = (text.source, text.narrative.as_deref()) else { continue };
        all.extend(written(service, own, printed).into_iter().filter(|text| text.place.source == source));
    }
    for paper in &narrative.papers {
        let steps = paper.version.iter().flat_map(|version| &version.history).map(|step| &step.note);
        for line in steps.chain(&paper.late) {
            all.push(Written { field: &line.field, place: line.span, is_printed: printed.holds(line.span) });
        }
    }
    let mut by_key: BTreeMap<&str, BTreeMap<Span, Written<'_>>> = BTreeMap::new();
    for text in all {
        // Of the field of a paper, `papers[0].late`, what stands behind the place in the list.
        let behind = text.field.strip_prefix("papers[").and_then(|rest| rest.split_once("].")).map(|(_, rest)| rest);
        let key = behind.unwrap_or(text.field).split('[').next().unwrap_or_default();
        by_key.entry(key).or_default().insert(text.place, text);
    }
    let mut found = Vec::new();
    for (key, texts) in by_key {
        let lost: Vec<&Written<'_>> = texts.values().filter(|text| !text.is_printed).collect();
        if lost.is_empty() {
            continue;
        }
        let is_whole = lost.len() == texts.len();
        let message = match is_whole {
            true => format!("no paper of this quarter prints `{key}`"),
            false => format!("no paper of this quarter prints this text of `{key}`"),
        };
        let told = if is_whole { 1 } else { lost.len() };
        let hint = way_out(narrative, kinds(key));
        found.extend(lost.into_iter().take(told).map(|text| {
            Diagnostic::new(codes::UNUSED_TEXT, message.clone()).at(text.place, "").field(text.field).hint(&hint)
        }));
    }
    found
}

/// What can be done about a text, where papers of these kinds have a place for it.
fn way_out(narrative: &Narrative, kinds: Vec<String>) -> String {
    let is_there = |kind: &String| narrative.papers.iter().any(|paper| paper.template.value.as_str() == kind);
    let others: Vec<&str> = kinds.iter().filter(|kind| !is_there(kind)).map(String::as_str).collect();
    match others.as_slice() {
        [] => "write it under a key that one of the papers prints, or take it out".to_owned(),
        others => {
            let others = either(others.iter().copied());
            format!("ask for a paper of a kind that has a place for it, {others}, or take it out")
        }
    }
}

/// Everything in a narrative that is there to be printed by some section of a paper.
fn written<'a>(service: &ServiceData, narrative: &'a Narrative, printed: &Printed) -> Vec<Written<'a>> {
    let mut all: Vec<Written<'_>> = Vec::new();
    let mut add = |field: &'a str, place: Span, shown: &[Span]| {
        let is_printed = shown.iter().any(|&span| printed.holds(span));
        all.push(Written { field, place, is_printed });
    };
    let sources: BTreeSet<&str> =
        service.actions.iter().flat_map(|action| &action.source).map(|source| source.value.as_str()).collect();
    for finding in narrative.findings.iter().filter(|finding| !sources.contains(finding.id.value.as_str())) {
        // Of one that was withdrawn the reason may be all that is printed.
        let reason = finding.withdrawn.as_ref().map_or(finding.text.span, |reason| reason.span);
        add(&finding.text.field, finding.text.span, &[finding.text.span, reason]);
    }
    let findings = |field: &str| field.starts_with("findings[");
    for prose in narrative.prose().into_iter().filter(|prose| !findings(&prose.field)) {
        add(&prose.field, prose.span, &[prose.span]);
    }
    let asks = narrative.asks.board.iter().map(|ask| &ask.text);
    let partners = narrative.asks.partners.iter().flatten().map(|ask| &ask.text);
    let background = narrative.background_papers.iter().map(|paper| &paper.title);
    for line in asks.chain(partners).chain(background).chain(&narrative.circulated_to) {
        add(&line.field, line.span, &[line.span]);
    }
    for step in &narrative.next_steps {
        let action = service.action(&step.value);
        let words: Vec<Span> = action.into_iter().flat_map(|action| &action.what).map(|line| line.span).collect();
        add("next_steps", step.span, &words);
    }
    all
}
