//! What a practitioner's own document holds: the own cases, with every answer and comment on them, and nobody else's.
//!
//! There is no score here, and no count: one to four cases say nothing of how well somebody works, and a percentage would
//! look as if they did.

use serde::Serialize;

use crate::document::{Inline, InlineKind};
use crate::model::audit::{Answer, Case};
use crate::model::framework::{Framework, KeyQuestion, Scale, Standard};
use crate::model::ids::PromptId;
use crate::render::slots::{LineSlot, Slot};
use crate::source::{Span, Spanned};

use super::Making;

/// The practitioner.
///
/// Whose document it is, in a template with `each: practitioner`. The author's words come from the paper's own `text`
/// alone; of the narrative such a template sees the contacts.
#[derive(Serialize)]
pub(super) struct PractitionerView {
    /// As the audit has it.
    code: LineSlot,
    /// The codes of the own cases, in the order of the audit.
    cases: Vec<LineSlot>,
    /// The best answer of the framework's scale: `Yes`.
    best: String,
    /// The prompts with the best answer on one of the cases, in the order of the framework; a standard without any is
    /// left out.
    strengths: Vec<FeedbackStandardView>,
    /// Those with any other answer; what did not apply is left out.
    to_develop: Vec<FeedbackStandardView>,
}

/// A feedback standard.
#[derive(Serialize)]
struct FeedbackStandardView {
    /// `3.1`
    id: String,
    /// `Assessment`
    title: String,
    /// Its key questions, as far as they have something to say.
    questions: Vec<FeedbackQuestionView>,
}

/// A feedback key question.
#[derive(Serialize)]
struct FeedbackQuestionView {
    /// `3.1.1`
    id: String,
    /// `Desistance`
    title: String,
    /// Its prompts; where ratings go by key questions also the key question itself, with its own `id` and `title`.
    prompts: Vec<FeedbackPromptView>,
}

/// A feedback prompt.
#[derive(Serialize)]
struct FeedbackPromptView {
    /// `3.1.1.a`
    id: String,
    /// What was asked.
    text: String,
    /// One a case, only those that belong here.
    answers: Vec<FeedbackAnswerView>,
}

/// A feedback answer.
#[derive(Serialize)]
struct FeedbackAnswerView {
    /// The code of the case.
    case: LineSlot,
    /// The word of the framework's scale.
    answer: String,
    /// What the auditor wrote beside it, as it was typed, never markup.
    comment: Option<LineSlot>,
}

impl<'a> Making<'a, '_> {
    /// The view of the practitioner whose document it is; `None` in every other paper.
    pub(super) fn practitioner(&mut self) -> Option<PractitionerView> {
        let recipient = self.inputs.recipient?;
        let audit = self.inputs.quarter.audit.as_ref()?;
        let framework = self.inputs.service.framework_of(self.inputs.quarter)?;
        let cases: Vec<&'a Case> = audit.cases_of(recipient.practitioner).collect();
        let domain = audit.domain.as_ref().and_then(|id| framework.domain(&id.value));
        let standards = domain.map_or(&[][..], |domain| &domain.standards);
        let best = framework.scale.maximum();
        let views = |making: &mut Self, is_strength: bool| {
            let is_wanted = |answer: Answer| match answer {
                Answer::Scored(points) => (points == best) == is_strength,
                Answer::NotApplicable => false,
            };
            let standard = |standard: &'a Standard| making.feedback(framework, standard, &cases, &is_wanted);
            standards.iter().filter_map(standard).collect()
        };
        Some(PractitionerView {
            code: self.data(recipient.practitioner, cases.first()?.code.span),
            cases: cases.iter().map(|case| self.data(case.code.value.as_str(), case.code.span)).collect(),
            best: framework.scale.answers.iter().find(|word| word.points == best)?.word.clone(),
            strengths: views(self, true),
            to_develop: views(self, false),
        })
    }

    /// The prompts of a standard that had a wanted answer on one of the cases; `None` where none had.
    fn feedback(
        &mut self,
        framework: &'a Framework,
        standard: &'a Standard,
        cases: &[&'a Case],
        is_wanted: &dyn Fn(Answer) -> bool,
    ) -> Option<FeedbackStandardView> {
        let mut questions = Vec::new();
        for question in &standard.key_questions {
            let own = (question.as_prompt(), question.title.as_str());
            let prompts = question.prompts.iter().map(|prompt| (prompt.id.value.clone(), prompt.text.as_str()));
            let all: Vec<(PromptId, &str)> = [own].into_iter().chain(prompts).collect();
            let prompts: Vec<FeedbackPromptView> = all
                .into_iter()
                .filter_map(|(id, text)| {
                    let answers = self.answers(&framework.scale, &id, cases, is_wanted);
                    let is_given = !answers.is_empty();
                    is_given.then(|| FeedbackPromptView { id: id.to_string(), text: text.to_owned(), answers })
                })
                .collect();
            if !prompts.is_empty() {
                let KeyQuestion { id, title, .. } = question;
                questions.push(FeedbackQuestionView { id: id.value.to_string(), title: title.clone(), prompts });
            }
        }
        let view = FeedbackStandardView { id: standard.id.value.to_string(), title: standard.title.clone(), questions };
        (!view.questions.is_empty()).then_some(view)
    }

    fn answers(
        &mut self,
        scale: &Scale,
        id: &PromptId,
        cases: &[&'a Case],
        is_wanted: &dyn Fn(Answer) -> bool,
    ) -> Vec<FeedbackAnswerView> {
        let mut answers = Vec::new();
        for case in cases {
            let Some(answer) = case.answers.get(id).map(|answer| answer.value).filter(|&answer| is_wanted(answer))
            else {
                continue;
            };
            let Answer::Scored(points) = answer else { continue };
            let word = scale.answers.iter().find(|word| word.points == points);
            answers.push(FeedbackAnswerView {
                case: self.data(case.code.value.as_str(), case.code.span),
                answer: word.map_or_else(String::new, |word| word.word.clone()),
                comment: case.comments.get(id).map(|Spanned { value, span }| self.data(unquoted(value), *span)),
            });
        }
        answers
    }

    /// A text of the answers as it was typed: neither markup nor figures. Its lines stay lines.
    fn data(&mut self, text: &str, span: Span) -> Slot {
        let mut inlines = Vec::new();
        for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
            if !inlines.is_empty() {
                inlines.push(Inline { span, kind: InlineKind::Break });
            }
            inlines.push(Inline { span, kind: InlineKind::Text(line.to_owned()) });
        }
        self.slots.inlines(inlines)
    }
}

/// A comment without the quotation marks that its auditor put round it: the paper has its own.
fn unquoted(comment: &str) -> &str {
    let marks = ['“', '”', '"'];
    let inner = comment.trim().strip_prefix(marks).and_then(|rest| rest.strip_suffix(marks));
    inner.filter(|inner| !inner.contains(marks)).unwrap_or(comment)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_comment_is_quoted_once() {
        assert_eq!(["“good”", "\"good\"", "good"].map(unquoted), ["good"; 3]);
        assert_eq!(["“a” and “b”", "say “a”"].map(unquoted), ["“a” and “b”", "say “a”"]);
    }
}
