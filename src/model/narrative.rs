//! What a person wrote for a quarter: papers, prose, findings, asks.

use crate::document::parse::{self, Remark};
use crate::document::{Block, Inline};
use crate::source::{Span, Spanned, Text};

use super::date::Date;
use super::ids::{
    ActionId, AppendixId, AskId, CaseCode, FigureId, FindingId, PaperId, PromptId, SectionId, StandardId, TemplateId,
};

/// `narrative.yaml`.
#[derive(Clone, Debug)]
pub struct Narrative {
    pub span: Span,
    /// The day on which overdue is decided; the earliest meeting where nothing is given.
    pub as_of: Option<Date>,
    pub papers: Vec<Paper>,
    /// Whether `papers` holds one that could not be read.
    pub papers_broken: bool,
    pub why: Option<Prose>,
    pub context: Option<Prose>,
    pub method: Option<Prose>,
    pub findings: Vec<Finding>,
    pub learning: Vec<Prose>,
    /// Actions of the register, in the order of the paper.
    pub next_steps: Vec<Spanned<ActionId>>,
    pub outcomes: Outcomes,
    pub asks: Asks,
    /// What the board decided on earlier asks.
    pub decisions: Vec<Decision>,
    pub background_papers: Vec<BackgroundPaper>,
    pub appendices: Vec<Appendix>,
    pub figures: Vec<Figure>,
}

impl Narrative {
    /// The day on which overdue is decided: `as_of`, or the earliest meeting.
    pub fn as_of(&self) -> Option<Date> {
        self.as_of.or_else(|| self.papers.iter().map(|paper| paper.meeting.value).min())
    }

    /// All prose with the path of its field, in the order of the file's format.
    pub fn prose(&self) -> Vec<&Prose> {
        let mut all: Vec<&Prose> = Vec::new();
        all.extend(&self.why);
        all.extend(&self.context);
        all.extend(&self.method);
        all.extend(self.findings.iter().map(|finding| &finding.text));
        all.extend(self.findings.iter().filter_map(|finding| finding.withdrawn.as_ref()));
        all.extend(&self.learning);
        all.extend(&self.outcomes.expected);
        all.extend(&self.outcomes.monitoring);
        all
    }

    /// All texts that take one line, as [`Narrative::prose`].
    pub fn lines(&self) -> Vec<&Line> {
        let mut all: Vec<&Line> = Vec::new();
        all.extend(self.papers.iter().flat_map(|paper| &paper.header).flat_map(|header| &header.value));
        all.extend(self.asks.board.iter().map(|ask| &ask.text));
        all.extend(self.asks.partners.iter().flatten().map(|ask| &ask.text));
        all.extend(self.decisions.iter().map(|decision| &decision.decided));
        all.extend(self.background_papers.iter().map(|paper| &paper.title));
        all.extend(self.appendices.iter().map(|appendix| &appendix.title));
        all
    }
}

/// One paper that is to be made.
#[derive(Clone, Debug)]
pub struct Paper {
    pub span: Span,
    pub id: Spanned<PaperId>,
    pub template: Spanned<TemplateId>,
    pub title: Spanned<String>,
    pub meeting: Spanned<Date>,
    pub authors: Vec<String>,
    pub version: Option<Version>,
    /// Further lines that a board asks for, under the template's own.
    pub header: Vec<HeaderField>,
    pub page_numbers: bool,
    pub audience: Option<Audience>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Audience {
    Board,
    Management,
    Practitioner,
    Public,
}

#[derive(Clone, Debug)]
pub struct Version {
    pub number: String,
    pub state: VersionState,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VersionState {
    Draft,
    Final,
}

#[derive(Clone, Debug)]
pub struct HeaderField {
    pub label: String,
    pub value: Vec<Line>,
}

/// Markdown in any length, parsed once, with the way back to its YAML.
#[derive(Clone, Debug)]
pub struct Prose {
    /// The path of the field: `findings[2].text`.
    pub field: String,
    pub span: Span,
    pub blocks: Vec<Block>,
    pub remarks: Vec<Remark>,
}

impl Prose {
    pub fn new(text: &Text, field: &str) -> Prose {
        let (blocks, remarks) = parse::blocks(text);
        Prose { field: field.to_owned(), span: text.span, blocks, remarks }
    }
}

/// Markdown that takes one line: a table's cell, a title, an ask.
#[derive(Clone, Debug)]
pub struct Line {
    pub field: String,
    pub span: Span,
    pub inlines: Vec<Inline>,
    pub remarks: Vec<Remark>,
}

impl Line {
    pub fn new(text: &Text, field: &str) -> Line {
        let (inlines, remarks) = parse::inlines(text);
        Line { field: field.to_owned(), span: text.span, inlines, remarks }
    }
}

/// Something that the audit found, the same thing for as long as its id is used.
#[derive(Clone, Debug)]
pub struct Finding {
    pub id: Spanned<FindingId>,
    pub standard: Option<Spanned<StandardId>>,
    pub kind: FindingKind,
    pub text: Prose,
    pub evidence: Evidence,
    /// Why the finding does not stand any more.
    pub withdrawn: Option<Prose>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FindingKind {
    Strength,
    Improvement,
}

impl FindingKind {
    /// As it is typed in the narrative and written in `results.json`.
    pub fn word(self) -> &'static str {
        match self {
            FindingKind::Strength => "strength",
            FindingKind::Improvement => "improvement",
        }
    }
}

/// What a finding rests on.
#[derive(Clone, Debug)]
pub enum Evidence {
    /// Counted from the answers to these prompts.
    Prompts(Vec<Spanned<PromptId>>),
    /// These cases showed it.
    Cases(Vec<Spanned<CaseCode>>),
    /// Typed, where only totals were kept. The prompts, if given, are those that a later audit looks for it with.
    Counts {
        n: Spanned<u32>,
        of: Spanned<u32>,
        prompts: Vec<Spanned<PromptId>>,
    },
    None,
}

impl Evidence {
    /// The prompts whose answers show the finding, here or at a later audit.
    pub fn prompts(&self) -> &[Spanned<PromptId>] {
        match self {
            Evidence::Prompts(prompts) | Evidence::Counts { prompts, .. } => prompts,
            Evidence::Cases(_) | Evidence::None => &[],
        }
    }
}

#[derive(Clone, Debug, Default)]
pub struct Outcomes {
    pub expected: Option<Prose>,
    pub monitoring: Option<Prose>,
}

#[derive(Clone, Debug, Default)]
pub struct Asks {
    pub board: Vec<Ask>,
    /// `Some` and empty: it was said that nothing is required of partners. `None`: nothing was said.
    pub partners: Option<Vec<PartnerAsk>>,
}

#[derive(Clone, Debug)]
pub struct Ask {
    pub id: Spanned<AskId>,
    pub text: Line,
}

/// What the board decided on an ask of an earlier paper.
#[derive(Clone, Debug)]
pub struct Decision {
    pub ask: Spanned<AskId>,
    pub decided: Line,
    pub date: Option<Spanned<Date>>,
}

#[derive(Clone, Debug)]
pub struct PartnerAsk {
    pub partner: String,
    pub text: Line,
}

#[derive(Clone, Debug)]
pub struct BackgroundPaper {
    pub title: Line,
    pub date: Option<Spanned<Date>>,
}

/// A part of the paper behind its end, under a name of its own.
#[derive(Clone, Debug)]
pub struct Appendix {
    pub id: Spanned<AppendixId>,
    pub title: Line,
    /// The section of the template that it holds.
    pub section: Spanned<SectionId>,
}

/// Two numbers from elsewhere, so that no change in percent is worked out by hand.
#[derive(Clone, Debug)]
pub struct Figure {
    pub id: Spanned<FigureId>,
    pub from: Spanned<i64>,
    pub to: Spanned<i64>,
    pub source: Option<String>,
}
