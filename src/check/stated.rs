//! What an earlier paper printed, held against what is computed.

use std::collections::BTreeMap;

use crate::diagnostic::{Diagnostic, codes};
use crate::model::audit::{Stated, StatedScore};
use crate::model::framework::RatingMethod;
use crate::model::ids::QuarterId;
use crate::model::points::Score;
use crate::model::results::{Assessment, Results};
use crate::model::{Quarter, ServiceData};
use crate::source::Span;

pub(super) fn check(
    service: &ServiceData,
    quarter: &Quarter,
    all: &BTreeMap<QuarterId, Results>,
    found: &mut Vec<Diagnostic>,
) {
    let stated = quarter.audit.as_ref().and_then(|audit| audit.stated.as_ref());
    let (Some(stated), Some(results)) = (stated, all.get(&quarter.id)) else { return };
    let elsewhere = Elsewhere { service, quarter, all };
    if results.rating_method == Some(RatingMethod::LowestKeyQuestion) {
        without_points(stated, found);
    }
    for (id, score) in &stated.standards {
        if let Some(computed) = results.standard(id.value.as_str()) {
            compare(score, computed, None, &elsewhere, found);
        }
    }
    if let (Some(score), Some(overall)) = (&stated.overall, &results.overall) {
        compare(score, overall, Some(results.standards.len()), &elsewhere, found);
    }
}

/// Where ratings go by key questions there are no points and there is no overall score that could be stated.
fn without_points(stated: &Stated, found: &mut Vec<Diagnostic>) {
    for (id, score) in &stated.standards {
        if let Some(points) = score.points.or(score.of) {
            let message = format!("standard {} is rated by its lowest key question, and has no points", id.value);
            found.push(
                Diagnostic::new(codes::BAD_VALUE, message)
                    .at(points.span, "")
                    .field("stated")
                    .hint("state its `percent` and its `rating`"),
            );
        }
    }
    if let Some(overall) = &stated.overall {
        found.push(
            Diagnostic::new(
                codes::BAD_VALUE,
                "each standard is rated by its lowest key question: there is no overall score",
            )
            .at(overall.span, "")
            .field("stated")
            .hint("take `overall` out"),
        );
    }
}

/// Where else in the service a score may have come from.
struct Elsewhere<'a> {
    service: &'a ServiceData,
    quarter: &'a Quarter,
    all: &'a BTreeMap<QuarterId, Results>,
}

impl Elsewhere<'_> {
    /// Names the audit whose score this is.
    fn owner(&self, score: Score) -> Option<String> {
        let others = self.service.quarters.iter().filter(|other| other.id != self.quarter.id);
        others.filter_map(|other| self.all.get(&other.id)).find_map(|results| {
            let own = |assessment: &&Assessment| assessment.key_questions.is_none() && assessment.score == score;
            if results.overall.as_ref().filter(own).is_some() {
                return Some(format!("the overall score of `{}`", results.quarter));
            }
            let standard = results.standards.iter().find(own)?;
            Some(format!("the score of standard {} of `{}`", standard.standard.as_ref()?, results.quarter))
        })
    }
}

/// Compares one stated score; `summed` is the number of standards where it is the overall one.
fn compare(
    stated: &StatedScore,
    computed: &Assessment,
    summed: Option<usize>,
    elsewhere: &Elsewhere<'_>,
    found: &mut Vec<Diagnostic>,
) {
    // Of points that cannot be is told where they stand.
    if computed.score.points > computed.score.of {
        return;
    }
    let name = match &computed.standard {
        Some(id) => format!("standard {id}"),
        None => "the overall score".to_owned(),
    };
    let score = computed.score;
    let counts_points = computed.key_questions.is_none();
    let wrong_points = counts_points && stated.points.is_some_and(|points| points.value != score.points);
    let wrong_of = counts_points && stated.of.is_some_and(|of| of.value != score.of);
    if wrong_points || wrong_of {
        let points = stated.points.map_or(score.points, |points| points.value);
        let of = stated.of.map_or(score.of, |of| of.value);
        let message = match summed {
            Some(_) => "the overall score is not the sum of its standards".to_owned(),
            None => format!("the score of {name} is stated as {points}/{of} and computed as {score}"),
        };
        let span = match (stated.points, stated.of) {
            (Some(points), Some(of)) => points.span.to(of.span),
            (Some(points), None) => points.span,
            (None, Some(of)) => of.span,
            (None, None) => stated.span,
        };
        let mut diagnostic =
            Diagnostic::new(codes::TOTAL_DISAGREES, message).at(span, format!("stated: {points}/{of}")).field("stated");
        if let Some(count) = summed {
            diagnostic = diagnostic.note(format!("the {count} standards sum to {score}"));
        }
        if let Some(owner) = elsewhere.owner(Score::new(points, of)) {
            diagnostic = diagnostic.hint(format!("{points}/{of} is {owner}; was it pasted from there?"));
        }
        found.push(also(diagnostic, stated, computed));
        return;
    }
    let percent = stated.percent.filter(|percent| Some(percent.value) != score.percent());
    let rating = stated.rating.as_ref().filter(|rating| Some(&rating.value) != rating_of(computed));
    if let Some(span) = percent.map(|percent| percent.span).or(rating.map(|rating| rating.span)) {
        found.push(disagreement(&name, stated, computed, span));
    }
}

fn rating_of(assessment: &Assessment) -> Option<&String> {
    assessment.rating.as_ref().map(|rating| &rating.word)
}

fn disagreement(name: &str, stated: &StatedScore, computed: &Assessment, span: Span) -> Diagnostic {
    let percent = computed.score.percent().map_or_else(|| "no score".to_owned(), |percent| format!("{percent}%"));
    let rating = rating_of(computed).map_or("no rating", String::as_str);
    let mut said = Vec::new();
    let mut found = Vec::new();
    if let Some(stated) = stated.percent.map(|stated| format!("{}%", stated.value)).filter(|stated| *stated != percent)
    {
        said.push(stated);
        found.push(percent.clone());
    }
    if let Some(stated) = stated.rating.as_ref().filter(|stated| stated.value != rating) {
        said.push(stated.value.clone());
        found.push(rating.to_owned());
    }
    let (said, found) = (said.join(", "), found.join(", "));
    Diagnostic::new(codes::STATED_DISAGREES, format!("{name} is stated as {said} and computed as {found}"))
        .at(span, format!("stated: {said}"))
        .field("stated")
        .note(match computed.key_questions {
            None => format!("computed: {} = {percent}, {rating}", computed.score),
            Some(_) => format!("computed on its lowest key question: {percent}, {rating}"),
        })
        .hint("if the earlier paper was wrong, correct it here and tell the board")
}

/// Adds what else of the same statement is wrong.
fn also(diagnostic: Diagnostic, stated: &StatedScore, computed: &Assessment) -> Diagnostic {
    let mut diagnostic = diagnostic;
    if let Some(percent) = stated.percent.filter(|percent| Some(percent.value) != computed.score.percent()) {
        let right = computed.score.percent().map_or_else(String::new, |percent| format!(", computed: {percent}%"));
        diagnostic = diagnostic.note(format!("stated: {}%{right}", percent.value));
    }
    if let Some(rating) = stated.rating.as_ref().filter(|rating| Some(&rating.value) != rating_of(computed)) {
        let right = rating_of(computed).map_or_else(String::new, |rating| format!(", computed: {rating}"));
        diagnostic = diagnostic.note(format!("stated: {}{right}", rating.value));
    }
    diagnostic
}
