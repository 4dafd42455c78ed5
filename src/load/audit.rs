//! `audit.yaml` and its answers → [`Audit`].
//!
//! Read in two steps: what the file says, and what it means in its framework.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::diagnostic::{Diagnostic, closest, codes, listed};
use crate::model::audit::{
    Answer, Audit, Case, Period, Sample, Scoring, Selection, Shortfall, Stated, StatedScore, Total,
};
use crate::model::framework::{Domain, Framework, KeyQuestion, RatingMethod, Scale};
use crate::model::ids::{CaseCode, DomainId, FrameworkId, PromptId, StandardId, ThemeId};
use crate::model::points::HalfPoints;
use crate::source::{Span, Spanned};

use super::decode::{Decoder, shortened};
use super::framework::{folded, is_not_applicable};
use super::narrative;
use super::yaml::{Node, NodeKind};

/// What an audit's cases may be asked, as its framework and its domain have it.
struct Questions<'a> {
    /// In the order of the framework.
    known: Vec<PromptId>,
    /// Those of `known` that are key questions: the ratings go by them.
    key: BTreeMap<PromptId, &'a KeyQuestion>,
}

impl<'a> Questions<'a> {
    fn of(framework: &'a Framework, domain: &'a Domain) -> Questions<'a> {
        let known = domain.standards.iter().flat_map(|standard| framework.answerable_of(standard)).collect();
        let key = domain.standards.iter().flat_map(|standard| &standard.key_questions);
        let key = match framework.rating_method {
            RatingMethod::Points => BTreeMap::new(),
            RatingMethod::LowestKeyQuestion => key.map(|question| (question.as_prompt(), question)).collect(),
        };
        Questions { known, key }
    }

    /// Those that every case has to answer. Where the ratings go by key questions, prompts are the auditor's help: one
    /// that no case answers was not asked.
    fn asked(&self, cases: &[RawCase], not_asked: &BTreeSet<&PromptId>) -> BTreeSet<PromptId> {
        let answers = cases.iter().flat_map(|case| &case.answers).filter(|answer| !answer.answer.value.is_empty());
        let answered: BTreeSet<&str> = answers.map(|answer| answer.prompt.value.as_str()).collect();
        let is_asked = |id: &&PromptId| {
            !not_asked.contains(id)
                && (self.key.is_empty() || self.key.contains_key(*id) || answered.contains(id.as_str()))
        };
        self.known.iter().filter(is_asked).cloned().collect()
    }
}

/// An audit as written: ids not yet looked up, answers not yet understood.
pub(super) struct RawAudit {
    /// Without it there is no audit; the other mistakes of the file are told all the same.
    theme: Option<Spanned<ThemeId>>,
    framework: Option<Spanned<FrameworkId>>,
    domain: Option<Spanned<DomainId>>,
    commenced: Option<Period>,
    audited: Option<Period>,
    sample: Option<Sample>,
    not_asked: Vec<Spanned<PromptId>>,
    pub cases: Vec<RawCase>,
    /// Whether cases were to be read and could not: what follows from them is not complained of.
    pub cases_broken: bool,
    pub answers_file: Option<Spanned<String>>,
    totals: Option<Vec<Total>>,
    /// How many there are, those that could not be read too.
    totals_count: usize,
    stated: Option<Stated>,
    span: Span,
}

pub(super) struct RawCase {
    pub code: Spanned<CaseCode>,
    pub auditor: Option<String>,
    pub practitioner: Option<String>,
    pub answers: Vec<RawAnswer>,
    /// Whether its answers are still to be written, which is said.
    pub to_come: bool,
}

impl RawCase {
    /// A case of a table, before its rows are read.
    pub fn new(code: Spanned<CaseCode>) -> RawCase {
        RawCase { code, auditor: None, practitioner: None, answers: Vec::new(), to_come: false }
    }
}

pub(super) struct RawAnswer {
    pub prompt: Spanned<String>,
    /// Empty where nothing was answered.
    pub answer: Spanned<String>,
    /// What the auditor wrote beside it.
    pub comment: Option<Spanned<String>>,
    /// Its row and its column in a table, as a spreadsheet counts.
    pub place: Option<(usize, usize)>,
}

pub(super) fn read(decoder: &mut Decoder<'_>, node: &Node) -> Option<RawAudit> {
    let mut fields = decoder.fields(node, "")?;
    let theme = fields.required(decoder, "theme", Decoder::id);
    let framework = fields.optional(decoder, "framework", Decoder::id);
    let domain = match framework {
        Some(_) if fields.to_write("domain").is_none() => fields.required(decoder, "domain", Decoder::id),
        _ => fields.optional(decoder, "domain", Decoder::id),
    };
    let commenced = fields.optional(decoder, "commenced", period);
    let audited = fields.optional(decoder, "audited", period);
    let sample = fields.optional(decoder, "sample", sample);
    let not_asked = fields.list(decoder, "not_asked", Decoder::id);
    let cases_count = fields.node("cases").map_or(0, Node::len);
    let cases = fields.list(decoder, "cases", case);
    let had_answers = fields.node("answers").is_some();
    let answers_to_come = ["cases", "answers", "totals"].iter().any(|key| fields.to_write(key).is_some());
    let answers_file = fields.optional(decoder, "answers", Decoder::file);
    let totals_count = fields.node("totals").map_or(0, Node::len);
    let totals = fields.node("totals").map(|node| decoder.list(node, "totals", total).unwrap_or_default());
    let stated = fields.optional(decoder, "stated", stated);
    let given = [("cases", cases_count > 0), ("answers", had_answers), ("totals", totals.is_some())];
    let given: Vec<&str> = given.iter().filter(|(_, is)| *is).map(|(name, _)| *name).collect();
    if given.len() > 1 {
        let span = fields.key_span(given[1]).expect("the key was read");
        decoder.report(
            Diagnostic::new(codes::BAD_VALUE, format!("{} cannot stand together", listed(given.iter().copied())))
                .at(span, "one of them is enough")
                .hint("scores are computed from one of `cases`, `answers` (a CSV file) or `totals`"),
        );
    } else if given.is_empty() && framework.is_some() && !answers_to_come {
        decoder.report(
            Diagnostic::new(codes::MISSING_KEY, "the audit has a framework and no answers")
                .at(framework.as_ref().map_or(node.span, |id: &Spanned<FrameworkId>| id.span), "")
                .hint("add one of `cases`, `answers` (a CSV file) or `totals`; leave `framework` out for an audit by themes"),
        );
    }
    fields.finish(decoder);
    let cases_broken = cases.len() < cases_count || answers_to_come;
    Some(RawAudit {
        theme,
        framework,
        domain,
        commenced,
        audited,
        sample,
        not_asked,
        cases,
        cases_broken,
        answers_file,
        totals,
        totals_count,
        stated,
        span: node.span,
    })
}

pub(super) fn period(decoder: &mut Decoder<'_>, node: &Node, path: &str) -> Option<Period> {
    let mut fields = decoder.fields(node, path)?;
    let from = fields.optional(decoder, "from", Decoder::date);
    let to = fields.optional(decoder, "to", Decoder::date);
    fields.finish(decoder);
    Some(Period { from, to })
}

fn sample(decoder: &mut Decoder<'_>, node: &Node, path: &str) -> Option<Sample> {
    let mut fields = decoder.fields(node, path)?;
    let mut sample = Sample {
        span: node.span,
        eligible: fields.optional(decoder, "eligible", Decoder::count),
        selection: fields.optional(decoder, "selection", |decoder, node, path| {
            let choices = [("random", Selection::Random), ("chosen", Selection::Chosen), ("all", Selection::All)];
            decoder.choice(node, path, &choices)
        }),
        selected: fields.optional(decoder, "selected", Decoder::count),
        completed: fields.optional(decoder, "completed", Decoder::count),
        shortfall: fields.list(decoder, "shortfall", |decoder, node, path| {
            let mut fields = decoder.fields(node, path)?;
            let cases = fields.required(decoder, "cases", Decoder::count);
            let reason = fields.required(decoder, "reason", narrative::line);
            fields.finish(decoder);
            Some(Shortfall { cases: cases?, reason: reason? })
        }),
    };
    if fields.node("shortfall").is_some_and(|node| node.len() > sample.shortfall.len()) {
        // The sum of those that could be read says nothing.
        sample.shortfall.clear();
    }
    fields.finish(decoder);
    Some(sample)
}

fn case(decoder: &mut Decoder<'_>, node: &Node, path: &str) -> Option<RawCase> {
    let mut fields = decoder.fields(node, path)?;
    let code = fields.required(decoder, "case", Decoder::id);
    let auditor = fields.optional(decoder, "auditor", Decoder::string);
    let practitioner = fields.optional(decoder, "practitioner", Decoder::string);
    let comments_path = fields.path("comments");
    let comments = fields.node("comments").and_then(|node| decoder.entries(node, &comments_path)).unwrap_or_default();
    let mut comments: BTreeMap<String, (Span, Option<Spanned<String>>)> = comments
        .into_iter()
        .map(|(key, value)| {
            let path = format!("{comments_path}.{}", key.name);
            (key.name.clone(), (key.span, decoder.string(value, &path)))
        })
        .collect();
    let answers_path = fields.path("answers");
    let to_come = fields.to_write("answers").is_some();
    let answers = match fields.node("answers") {
        Some(node) => decoder
            .entries(node, &answers_path)
            .unwrap_or_default()
            .into_iter()
            .map(|(key, value)| {
                let answer = match &value.kind {
                    NodeKind::Null => Some(Spanned::new(String::new(), key.span)),
                    NodeKind::Scalar(scalar) if scalar.text.value.trim().is_empty() => {
                        Some(Spanned::new(String::new(), value.span))
                    }
                    _ => decoder.string(value, &format!("{answers_path}.{}", key.name)),
                };
                let comment = comments.remove(&key.name).and_then(|(_, comment)| comment);
                let prompt = Spanned::new(key.name.clone(), key.span);
                answer.map(|answer| RawAnswer { prompt, answer, comment, place: None })
            })
            .collect::<Vec<_>>(),
        None => Vec::new(),
    };
    let answered: Vec<&str> = answers.iter().flatten().map(|answer| answer.prompt.value.as_str()).collect();
    for (id, (span, _)) in &comments {
        let unknown = Diagnostic::unknown_id("answer", id, *span, answered.iter().copied());
        decoder.report(unknown.hint("a comment stands beside an answer to the same prompt on this case"));
    }
    fields.finish(decoder);
    Some(RawCase {
        code: code?,
        auditor: auditor.map(|name| name.value),
        practitioner: practitioner.map(|name| name.value),
        answers: answers.into_iter().flatten().collect(),
        to_come,
    })
}

fn total(decoder: &mut Decoder<'_>, node: &Node, path: &str) -> Option<Total> {
    let mut fields = decoder.fields(node, path)?;
    let standard = fields.required(decoder, "standard", Decoder::id);
    let points = fields.required(decoder, "points", Decoder::value);
    let of = fields.required(decoder, "of", Decoder::value);
    fields.finish(decoder);
    Some(Total { standard: standard?, points: points?, of: of? })
}

fn stated(decoder: &mut Decoder<'_>, node: &Node, path: &str) -> Option<Stated> {
    let mut fields = decoder.fields(node, path)?;
    let standards = fields.list(decoder, "standards", |decoder, node, path| {
        let mut fields = decoder.fields(node, path)?;
        let standard = fields.required(decoder, "standard", Decoder::id);
        let score = stated_score(decoder, &mut fields);
        fields.finish(decoder);
        Some((standard?, score))
    });
    let overall = fields.optional(decoder, "overall", |decoder, node, path| {
        let mut fields = decoder.fields(node, path)?;
        let score = stated_score(decoder, &mut fields);
        fields.finish(decoder);
        Some(score)
    });
    fields.finish(decoder);
    Some(Stated { span: node.span, standards, overall })
}

fn stated_score(decoder: &mut Decoder<'_>, fields: &mut super::decode::Fields<'_>) -> StatedScore {
    StatedScore {
        span: fields.span,
        points: fields.optional(decoder, "points", Decoder::value),
        of: fields.optional(decoder, "of", Decoder::value),
        percent: fields.optional(decoder, "percent", Decoder::count),
        rating: fields.optional(decoder, "rating", Decoder::string),
    }
}

/// Looks up what an audit names in its framework, and understands its answers.
///
/// What names a framework in `broken` is left as it is: its mistakes are told, and what follows from them is not.
pub(super) fn resolve(
    decoder: &mut Decoder<'_>,
    raw: RawAudit,
    frameworks: &[Arc<Framework>],
    broken: &BTreeSet<String>,
) -> Option<Audit> {
    let framework = raw.framework.as_ref().filter(|id| !broken.contains(id.value.as_str())).and_then(|id| {
        let found = frameworks.iter().map(Arc::as_ref).find(|framework| framework.id.value == id.value);
        if found.is_none() {
            let known = frameworks.iter().map(|framework| framework.id.value.as_str());
            unknown(decoder, "framework", id.value.as_str(), id.span, known);
        }
        found
    });
    let domain = framework.zip(raw.domain.as_ref()).and_then(|(framework, id)| {
        let found = framework.domain(&id.value);
        if found.is_none() {
            let known = framework.domains.iter().map(|domain| domain.id.value.as_str());
            unknown(decoder, "domain", id.value.as_str(), id.span, known);
        }
        found
    });
    let questions = framework.zip(domain).map(|(framework, domain)| Questions::of(framework, domain));
    if let Some(questions) = &questions {
        for id in raw.not_asked.iter().filter(|id| !questions.known.contains(&id.value)) {
            let known = questions.known.iter().map(PromptId::as_str);
            unknown(decoder, "prompt", id.value.as_str(), id.span, known);
        }
    }
    let not_asked: BTreeSet<&PromptId> = raw.not_asked.iter().map(|id| &id.value).collect();
    let scoring = match (&raw.totals, framework, &questions) {
        (Some(_), Some(framework), _) if framework.rating_method == RatingMethod::LowestKeyQuestion => {
            complain_of_totals(decoder, framework, &raw);
            Scoring::None
        }
        (Some(totals), Some(framework), _) => {
            let known = known_totals(decoder, totals, framework, domain);
            // One that could not be read is not absent.
            if known.len() == raw.totals_count {
                complain_of_absent_totals(decoder, &known, domain, &not_asked);
            }
            Scoring::Totals(known)
        }
        (Some(totals), None, _) => Scoring::Totals(totals.clone()),
        (None, Some(framework), Some(questions)) if !raw.cases.is_empty() => {
            let asked = questions.asked(&raw.cases, &not_asked);
            Scoring::Cases(cases(decoder, &raw.cases, framework, questions, &asked, &not_asked))
        }
        (None, None, _) if !raw.cases.is_empty() => {
            let case = |case: &RawCase| Case {
                code: case.code.clone(),
                auditor: case.auditor.clone(),
                practitioner: case.practitioner.clone(),
                answers: BTreeMap::new(),
                comments: BTreeMap::new(),
            };
            Scoring::Cases(raw.cases.iter().map(case).collect())
        }
        _ => Scoring::None,
    };
    complain_without_framework(decoder, &raw);
    repeated_cases(decoder, &raw.cases);
    if let (Some(stated), Some(framework)) = (&raw.stated, framework) {
        for (id, _) in stated.standards.iter().filter(|(id, _)| framework.standard(&id.value).is_none()) {
            let known = framework.standards().map(|standard| standard.id.value.as_str());
            unknown(decoder, "standard", id.value.as_str(), id.span, known);
        }
    }
    Some(Audit {
        theme: raw.theme?,
        framework: raw.framework,
        domain: raw.domain,
        commenced: raw.commenced,
        audited: raw.audited,
        // Held against cases that could not be read, it would disagree for nothing.
        sample: raw.sample.filter(|_| !raw.cases_broken),
        not_asked: raw.not_asked,
        scoring,
        stated: raw.stated,
    })
}

/// Answers, sums and what was stated of them mean nothing without the framework that they are of.
fn complain_without_framework(decoder: &mut Decoder<'_>, raw: &RawAudit) {
    if raw.framework.is_some() {
        return; // if it is unknown or broken, that was said
    }
    let answer = raw.cases.iter().flat_map(|case| &case.answers).next().map(|answer| answer.prompt.span);
    let total = raw.totals.iter().flatten().next().map(|total| total.standard.span);
    let stated = raw.stated.as_ref().map(|stated| stated.span);
    let found = [
        ("answers need a `framework` that has their prompts", answer, "the first answer"),
        ("totals need a `framework` that has their standards", total, "the first of them"),
        ("what was `stated` needs a `framework` that it is held against", stated, ""),
        ("a `domain` needs the `framework` that it is of", raw.domain.as_ref().map(|id| id.span), ""),
        ("`not_asked` needs the `framework` that has these prompts", raw.not_asked.first().map(|id| id.span), ""),
    ];
    // One complaint is enough: they all want the same.
    if let Some((message, span, label)) =
        found.into_iter().find_map(|(message, span, label)| Some((message, span?, label)))
    {
        decoder.report(
            Diagnostic::new(codes::MISSING_KEY, message)
                .at(span, label)
                .at(raw.span.before(), "in this file")
                .hint("add `framework: …` and `domain: …` to the audit"),
        );
    }
}

fn complain_of_totals(decoder: &mut Decoder<'_>, framework: &Framework, raw: &RawAudit) {
    let total = raw.totals.iter().flatten().next().map_or(raw.span, |total| total.standard.span);
    decoder.report(
        Diagnostic::new(
            codes::BAD_VALUE,
            format!("`{}` rates by the lowest key question, and totals do not say which that is", framework.id.value),
        )
        .at(total, "")
        .field("totals")
        .hint("give what was answered to the key questions on each case: `cases` or `answers`"),
    );
}

fn known_totals(
    decoder: &mut Decoder<'_>,
    totals: &[Total],
    framework: &Framework,
    domain: Option<&Domain>,
) -> Vec<Total> {
    let mut seen: BTreeMap<&StandardId, Span> = BTreeMap::new();
    let mut known = Vec::new();
    for total in totals {
        if framework.standard(&total.standard.value).is_none() {
            let ids = framework.standards().map(|standard| standard.id.value.as_str());
            unknown(decoder, "standard", total.standard.value.as_str(), total.standard.span, ids);
            continue;
        }
        let is_other =
            |domain: &&Domain| domain.standards.iter().all(|standard| standard.id.value != total.standard.value);
        if let Some(domain) = domain.filter(is_other) {
            let ids = domain.standards.iter().map(|standard| standard.id.value.as_str());
            let written = total.standard.value.as_str();
            let message = format!("there is no standard `{written}` in the domain `{}`", domain.id.value);
            decoder.report(
                Diagnostic::new(codes::UNKNOWN_ID, message).at(total.standard.span, "").did_you_mean(written, ids),
            );
            continue;
        }
        if let Some(first) = seen.insert(&total.standard.value, total.standard.span) {
            duplicate(decoder, "standard", total.standard.value.as_str(), total.standard.span, first);
            continue;
        }
        known.push(total.clone());
    }
    known
}

/// Without the total of a standard the overall score would be that of the others.
fn complain_of_absent_totals(
    decoder: &mut Decoder<'_>,
    totals: &[Total],
    domain: Option<&Domain>,
    not_asked: &BTreeSet<&PromptId>,
) {
    let (Some(domain), Some(last)) = (domain, totals.last()) else { return };
    for standard in &domain.standards {
        let mut prompts = standard.key_questions.iter().flat_map(|question| &question.prompts);
        let is_there = totals.iter().any(|total| total.standard.value == standard.id.value);
        if !is_there && prompts.any(|prompt| !not_asked.contains(&prompt.id.value)) {
            let message = format!("the totals have none of the standard `{}`, {}", standard.id.value, standard.title);
            decoder.report(
                Diagnostic::new(codes::MISSING_ANSWER, message)
                    .at(last.standard.span, "the last of them")
                    .hint("add its points; where nobody looked at it, list its prompts under `not_asked:`"),
            );
        }
    }
}

fn repeated_cases(decoder: &mut Decoder<'_>, cases: &[RawCase]) {
    let mut seen: BTreeMap<&CaseCode, Span> = BTreeMap::new();
    for case in cases {
        if let Some(first) = seen.insert(&case.code.value, case.code.span) {
            duplicate(decoder, "case", case.code.value.as_str(), case.code.span, first);
        }
    }
}

fn cases(
    decoder: &mut Decoder<'_>,
    raw: &[RawCase],
    framework: &Framework,
    questions: &Questions<'_>,
    asked: &BTreeSet<PromptId>,
    not_asked: &BTreeSet<&PromptId>,
) -> Vec<Case> {
    let known = questions.known.iter().enumerate().map(|(at, id)| Prompt {
        id,
        at,
        is_asked: asked.contains(id),
        is_not_asked: not_asked.contains(id),
        is_key_question: questions.key.contains_key(id),
    });
    let prompts: BTreeMap<&str, Prompt<'_>> = known.map(|prompt| (prompt.id.as_str(), prompt)).collect();
    let asking = Asking { framework, prompts: &prompts };
    let mut words = Words::default();
    let cases = raw
        .iter()
        .map(|case| {
            let found: Vec<Option<&Prompt<'_>>> =
                case.answers.iter().map(|answer| prompts.get(answer.prompt.value.as_str())).collect();
            let mut given = vec![false; questions.known.len()];
            found.iter().flatten().for_each(|prompt| given[prompt.at] = true);
            let absent = questions.known.iter().zip(given).filter(|(id, is_given)| !is_given && asked.contains(id));
            let absent: Vec<&str> = absent.map(|(id, _)| id.as_str()).collect();
            let answers = answers(decoder, case, &found, &asking, &absent, &mut words);
            // A prompt that is there under a wrong name is told as that.
            let misspelt = case.answers.iter().zip(&found).filter(|(_, found)| found.is_none());
            let misspelt = misspelt.map(|(answer, _)| answer.prompt.value.as_str());
            let meant: BTreeSet<&str> = misspelt.filter_map(|id| closest(id, absent.iter().copied())).collect();
            let absent: Vec<&str> = absent.into_iter().filter(|id| !meant.contains(id)).collect();
            if !absent.is_empty() && !case.to_come {
                let shown = match absent.len() {
                    0..=6 => listed(absent.iter().copied()),
                    many => format!("`{}` and {} more", absent[..5].join("`, `"), many - 5),
                };
                decoder.report(
                    Diagnostic::new(codes::MISSING_ANSWER, format!("case `{}` has no answer to {shown}", case.code.value))
                        .at(case.code.span, "this case")
                        .hint("answer each prompt, with `N/A` where it does not apply; a prompt that no case was asked belongs under `not_asked:`"),
                );
            }
            let comments = case.answers.iter().zip(&found).filter_map(|(answer, prompt)| {
                let (comment, id) = (answer.comment.as_ref()?, prompt.as_ref()?.id);
                answers.contains_key(id).then(|| (id.clone(), comment.clone()))
            });
            Case {
                code: case.code.clone(),
                auditor: case.auditor.clone(),
                practitioner: case.practitioner.clone(),
                comments: comments.collect(),
                answers,
            }
        })
        .collect();
    words.complain(decoder, framework);
    cases
}

/// A mistake that is made more often is told once, with how often.
const TOLD_MAX: usize = 5;

/// What the words of an audit's answers were taken for.
#[derive(Default)]
struct Words<'a> {
    understood: BTreeMap<&'a str, Option<Answer>>,
    /// Where those stand that are no answers, by what they are in small letters: as written, the case and the prompt in
    /// words, and the place.
    unknown: BTreeMap<String, Vec<(&'a str, String, Span)>>,
}

impl Words<'_> {
    fn complain(self, decoder: &mut Decoder<'_>, framework: &Framework) {
        let answers = listed(words(&framework.scale));
        for mut places in self.unknown.into_values() {
            let count = places.len();
            let is_often = count > TOLD_MAX;
            if is_often {
                places.truncate(1);
            }
            for (word, place, span) in places {
                let shown = shortened(word);
                let message = match is_often {
                    true => format!("`{shown}` is no answer, and stands in {count} places, the first of them {place}"),
                    false => format!("`{shown}` is no answer: {place}"),
                };
                let hint = match (word.contains('\n'), is_often) {
                    (true, _) => "a quotation mark before it is never closed".to_owned(),
                    (_, true) => format!(
                        "the answers are {answers}; if your auditors have other words, copy the framework `{}` under a \
                         name of its own, and write them in the place of these under its `scale:`",
                        framework.id.value
                    ),
                    (_, false) => format!("the answers are {answers}"),
                };
                decoder.report(Diagnostic::new(codes::UNKNOWN_ANSWER, message).at(span, "").hint(hint));
            }
        }
    }
}

/// What is known of the questions when the answers of a case are read.
struct Asking<'a> {
    framework: &'a Framework,
    prompts: &'a BTreeMap<&'a str, Prompt<'a>>,
}

/// A prompt that a case may answer.
struct Prompt<'a> {
    id: &'a PromptId,
    /// Its place among all of them.
    at: usize,
    is_asked: bool,
    /// Whether the audit says that nobody was asked it; that a prompt was not answered by anybody makes it neither.
    is_not_asked: bool,
    is_key_question: bool,
}

/// Understands a case's answers; `found` are the prompts that they answer.
fn answers<'a>(
    decoder: &mut Decoder<'_>,
    case: &'a RawCase,
    found: &[Option<&Prompt<'_>>],
    asking: &Asking<'_>,
    absent: &[&str],
    words: &mut Words<'a>,
) -> BTreeMap<PromptId, Spanned<Answer>> {
    let Asking { framework, prompts } = *asking;
    let mut answers: BTreeMap<PromptId, Spanned<Answer>> = BTreeMap::new();
    let mut blank: Vec<(&PromptId, String, Span)> = Vec::new();
    for (raw, found) in case.answers.iter().zip(found) {
        let place = || raw.place.map_or_else(String::new, |(row, column)| format!(" (row {row}, column {column})"));
        let Some(&Prompt { id: prompt, is_asked, is_not_asked, is_key_question, .. }) = *found else {
            if is_key_question(framework, &raw.prompt.value) {
                decoder.report(key_question_not_asked(framework, raw));
                continue;
            }
            // In a wide table the same prompt is unknown once for each case: the place is the same, so it is said once.
            match closest(&raw.prompt.value, absent.iter().copied()) {
                Some(meant) => unknown(decoder, "prompt", &raw.prompt.value, raw.prompt.span, [meant]),
                None => unknown(decoder, "prompt", &raw.prompt.value, raw.prompt.span, prompts.keys().copied()),
            }
            continue;
        };
        if raw.answer.value.is_empty() {
            if is_asked {
                blank.push((prompt, place(), raw.answer.span));
            }
            continue;
        }
        if is_not_asked {
            decoder.report(
                Diagnostic::new(
                    codes::NOT_ASKED,
                    format!("case `{}` answers `{prompt}`, which was not asked{}", case.code.value, place()),
                )
                .at(raw.answer.span, "an answer")
                .hint("take the prompt out of `not_asked:`, or the answer out of the data"),
            );
            continue;
        }
        let understand = || understand(&framework.scale, &raw.answer.value);
        let word = raw.answer.value.as_str();
        let Some(answer) = *words.understood.entry(word).or_insert_with(understand) else {
            let written = format!("case `{}`, prompt `{prompt}`{}", case.code.value, place());
            words.unknown.entry(word.to_lowercase()).or_default().push((word, written, raw.answer.span));
            continue;
        };
        if is_key_question && !is_verdict(answer, &framework.scale) {
            decoder.report(
                Diagnostic::new(
                    codes::UNKNOWN_ANSWER,
                    format!(
                        "`{}` is no answer to a key question: case `{}`, `{prompt}`{}",
                        shortened(&raw.answer.value),
                        case.code.value,
                        place()
                    ),
                )
                .at(raw.answer.span, "")
                .hint(format!(
                    "on each case the work was sufficient or not: the answers are {}",
                    listed(verdicts(&framework.scale))
                )),
            );
            continue;
        }
        match answers.entry(prompt.clone()) {
            Entry::Occupied(earlier) => decoder.report(
                Diagnostic::new(
                    codes::DUPLICATE_ID,
                    format!("case `{}` answers `{prompt}` twice{}", case.code.value, place()),
                )
                .at(raw.answer.span, "again here")
                .at(earlier.get().span, "first here")
                .hint("keep one of the two"),
            ),
            Entry::Vacant(free) => _ = free.insert(Spanned::new(answer, raw.answer.span)),
        }
    }
    let others = if blank.len() > TOLD_MAX { blank.drain(1..).count() } else { 0 };
    for (prompt, place, span) in blank {
        let more = if others > 0 { format!(" and to {others} more") } else { String::new() };
        let message = format!("case `{}` has no answer to `{prompt}`{place}{more}", case.code.value);
        let hint = "a blank is missing data, not N/A: ask the auditor, or write `N/A` if the prompt does not apply";
        decoder.report(Diagnostic::new(codes::MISSING_ANSWER, message).at(span, "blank").hint(hint));
    }
    answers
}

/// Whether an answer says that the work on a case was sufficient or that it was not, and nothing between.
fn is_verdict(answer: Answer, scale: &Scale) -> bool {
    match answer {
        Answer::NotApplicable => true,
        Answer::Scored(points) => points == scale.maximum() || points == HalfPoints(0),
    }
}

fn verdicts(scale: &Scale) -> impl Iterator<Item = &str> {
    let answers = scale.answers.iter().filter(|answer| is_verdict(Answer::Scored(answer.points), scale));
    answers.map(|answer| answer.word.as_str()).chain(["N/A"])
}

fn is_key_question(framework: &Framework, id: &str) -> bool {
    let mut questions = framework.standards().flat_map(|standard| &standard.key_questions);
    framework.rating_method == RatingMethod::Points && questions.any(|question| question.id.value.as_str() == id)
}

fn key_question_not_asked(framework: &Framework, raw: &RawAnswer) -> Diagnostic {
    let (id, framework) = (&raw.prompt.value, &framework.id.value);
    Diagnostic::new(codes::UNKNOWN_ID, format!("`{id}` is a key question, and `{framework}` rates by points"))
        .at(raw.prompt.span, "")
        .hint("answer its prompts; key questions are answered where the framework says `rating_method: lowest_key_question`")
}

fn words(scale: &Scale) -> impl Iterator<Item = &str> {
    scale.answers.iter().map(|answer| answer.word.as_str()).chain(["N/A"])
}

/// Understands an answer as people type it: any case, spaces around it, a word's first letter, `n.a.` for N/A.
fn understand(scale: &Scale, written: &str) -> Option<Answer> {
    let written = folded(written);
    if is_not_applicable(&written) {
        return Some(Answer::NotApplicable);
    }
    let exact = scale.answers.iter().find(|answer| folded(&answer.word) == written);
    let initial = || {
        let mut matches = scale.answers.iter().filter(|answer| folded(&answer.word).starts_with(&written));
        matches.next().filter(|_| written.chars().count() == 1 && matches.next().is_none())
    };
    exact.or_else(initial).map(|answer| Answer::Scored(answer.points))
}

fn unknown<'a>(
    decoder: &mut Decoder<'_>,
    what: &str,
    written: &str,
    span: Span,
    known: impl IntoIterator<Item = &'a str>,
) {
    decoder.report(Diagnostic::unknown_id(what, &shortened(written), span, known));
}

fn duplicate(decoder: &mut Decoder<'_>, what: &str, id: &str, span: Span, first: Span) {
    decoder.report(
        Diagnostic::new(codes::DUPLICATE_ID, format!("the {what} `{id}` stands twice"))
            .at(span, "again here")
            .at(first, "first here")
            .hint(format!("each {what} stands once: change or remove one of the two")),
    );
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::framework::ScaleAnswer;
    use crate::model::points::HalfPoints;

    #[test]
    fn answers_are_understood_as_people_type_them() {
        let answer = |word: &str, points| ScaleAnswer { word: word.to_owned(), points: HalfPoints(points) };
        let scale = Scale { answers: vec![answer("Yes", 2), answer("Partly", 1), answer("No", 0)] };
        for (written, points) in [("Y", 2), ("yes", 2), ("YES", 2), ("Partly", 1), ("P", 1), ("no ", 0), ("N", 0)] {
            assert_eq!(understand(&scale, written), Some(Answer::Scored(HalfPoints(points))), "{written}");
        }
        for written in ["N/A", "NA", "n.a.", "n/a", "not applicable"] {
            assert_eq!(understand(&scale, written), Some(Answer::NotApplicable), "{written}");
        }
        for written in ["Mostly", "Ye", "1", "?"] {
            assert_eq!(understand(&scale, written), None, "{written}");
        }
    }
}
