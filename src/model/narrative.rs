//! What a person wrote for a quarter: papers, prose, findings, asks.

use crate::document::parse::{self, Remark};
use crate::document::{Block, Inline};
use crate::source::{SourceId, Span, Spanned, Text};

use super::date::Date;
use super::ids::{
    ActionId, AppendixId, AskId, CaseCode, FigureId, FileName, FindingId, InspectionId, PaperId, PromptId, QuarterId,
    SectionId, StandardId, TemplateId,
};
use super::service::Contact;

/// `narrative.yaml`.
#[derive(Clone, Debug)]
pub struct Narrative {
    pub span: Span,
    /// The day on which overdue is decided; the earliest meeting where nothing is given.
    pub as_of: Option<Date>,
    pub papers: Vec<Paper>,
    /// Whether `papers` holds one that could not be read.
    pub papers_broken: bool,
    /// The files with the texts of those: they are looked at for mistakes of their own.
    pub unread_texts: Vec<String>,
    pub why: Option<Prose>,
    pub context: Option<Prose>,
    pub method: Option<Prose>,
    pub summary: Option<Prose>,
    pub findings: Vec<Finding>,
    pub learning: Vec<Prose>,
    pub conclusion: Option<Prose>,
    pub recommendations: Vec<Prose>,
    /// Actions of the register, in the order of the paper.
    pub next_steps: Vec<Spanned<ActionId>>,
    pub outcomes: Outcomes,
    pub implications: Vec<(Implication, Prose)>,
    pub asks: Asks,
    /// What the board decided on earlier asks.
    pub decisions: Vec<Decision>,
    pub background_papers: Vec<BackgroundPaper>,
    pub appendices: Vec<Appendix>,
    /// Sections that the template does not have.
    pub sections: Vec<FreeSection>,
    /// What the speaker says, by the section that is shown meanwhile; for kinds of paper that are presented.
    pub notes: Vec<(Spanned<SectionId>, Prose)>,
    pub to: Option<String>,
    pub from: Vec<String>,
    /// Who can be asked; where nobody is named, the service's own.
    pub contacts: Vec<Contact>,
    pub circulated_to: Vec<Line>,
    pub figures: Vec<Figure>,
}

impl Narrative {
    /// A narrative that says nothing.
    pub fn empty(span: Span) -> Narrative {
        Narrative {
            span,
            as_of: None,
            papers: Vec::new(),
            papers_broken: false,
            unread_texts: Vec::new(),
            why: None,
            context: None,
            method: None,
            summary: None,
            findings: Vec::new(),
            learning: Vec::new(),
            conclusion: None,
            recommendations: Vec::new(),
            next_steps: Vec::new(),
            outcomes: Outcomes::default(),
            implications: Vec::new(),
            asks: Asks::default(),
            decisions: Vec::new(),
            background_papers: Vec::new(),
            appendices: Vec::new(),
            sections: Vec::new(),
            notes: Vec::new(),
            to: None,
            from: Vec::new(),
            contacts: Vec::new(),
            circulated_to: Vec::new(),
            figures: Vec::new(),
        }
    }

    /// The day on which overdue is decided: `as_of`, or the earliest meeting. Practitioners may have their documents
    /// before any board meets.
    pub fn as_of(&self) -> Option<Date> {
        let earliest = |papers: &mut dyn Iterator<Item = &Paper>| papers.map(|paper| paper.meeting.value).min();
        self.as_of.or_else(|| earliest(&mut self.papers_of_all())).or_else(|| earliest(&mut self.papers.iter()))
    }

    /// The papers that are one document, and no single practitioner's.
    pub fn papers_of_all(&self) -> impl Iterator<Item = &Paper> {
        self.papers.iter().filter(|paper| !paper.each_practitioner)
    }

    /// What a document for one practitioner may say of a narrative, where `source` is the file of the paper's own text:
    /// what stands in that file, and who can be asked. Everything else was written for others to read.
    pub fn for_one(&self, source: Option<SourceId>) -> Narrative {
        let is_own = |span: Span| source == Some(span.source);
        let own = |prose: &Option<Prose>| prose.clone().filter(|prose| is_own(prose.span));
        let all_own = |all: &[Prose]| all.iter().filter(|prose| is_own(prose.span)).cloned().collect();
        Narrative {
            as_of: self.as_of(),
            why: own(&self.why),
            context: own(&self.context),
            method: own(&self.method),
            summary: own(&self.summary),
            conclusion: own(&self.conclusion),
            learning: all_own(&self.learning),
            recommendations: all_own(&self.recommendations),
            sections: self.sections.iter().filter(|section| is_own(section.id.span)).cloned().collect(),
            contacts: self.contacts.clone(),
            figures: self.figures.clone(),
            ..Narrative::empty(self.span)
        }
    }

    /// The narratives that single papers have instead of this one, with those papers.
    pub fn texts(&self) -> impl Iterator<Item = (&Paper, &PaperText)> {
        self.papers.iter().filter_map(|paper| Some((paper, paper.text.as_ref()?)))
    }

    /// Every free section, those inside others too, in the order of the file.
    pub fn all_sections(&self) -> Vec<&FreeSection> {
        fn gather<'a>(sections: &'a [FreeSection], all: &mut Vec<&'a FreeSection>) {
            for section in sections {
                all.push(section);
                gather(&section.sections, all);
            }
        }
        let mut all = Vec::new();
        gather(&self.sections, &mut all);
        all
    }

    /// All prose with the path of its field, in the order of the file's format.
    pub fn prose(&self) -> Vec<&Prose> {
        let mut all: Vec<&Prose> = Vec::new();
        all.extend(&self.why);
        all.extend(&self.context);
        all.extend(&self.method);
        all.extend(&self.summary);
        all.extend(self.findings.iter().map(|finding| &finding.text));
        all.extend(self.findings.iter().filter_map(|finding| finding.withdrawn.as_ref()));
        all.extend(&self.learning);
        all.extend(&self.conclusion);
        all.extend(&self.recommendations);
        all.extend(&self.outcomes.expected);
        all.extend(&self.outcomes.monitoring);
        all.extend(self.implications.iter().map(|(_, text)| text));
        all.extend(self.all_sections().into_iter().filter_map(|section| section.text.as_ref()));
        all.extend(self.notes.iter().map(|(_, text)| text));
        all
    }

    /// All texts that take one line, as [`Narrative::prose`].
    pub fn lines(&self) -> Vec<&Line> {
        let mut all: Vec<&Line> = Vec::new();
        for paper in &self.papers {
            all.extend(paper.header.iter().flat_map(|header| &header.value));
            all.extend(&paper.late);
            all.extend(paper.version.iter().flat_map(|version| &version.history).map(|step| &step.note));
        }
        all.extend(self.asks.board.iter().map(|ask| &ask.text));
        all.extend(self.asks.partners.iter().flatten().map(|ask| &ask.text));
        all.extend(self.decisions.iter().map(|decision| &decision.decided));
        all.extend(self.background_papers.iter().map(|paper| &paper.title));
        all.extend(self.appendices.iter().map(|appendix| &appendix.title));
        all.extend(self.appendices.iter().filter_map(|appendix| appendix.reason.as_ref()));
        all.extend(self.all_sections().into_iter().map(|section| &section.title));
        all.extend(&self.circulated_to);
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
    /// Who signed it off, in the order of the file.
    pub cleared: Vec<Clearance>,
    /// What its files are called; its id where nothing is asked for.
    pub filename: Option<Spanned<FileName>>,
    /// Why it comes after the day on which it was due.
    pub late: Option<Line>,
    /// The narrative with what a file of this paper's own says instead.
    pub text: Option<PaperText>,
    /// What of other quarters and of an inspection stands in it.
    pub show: Show,
    /// Further lines that a board asks for, under the template's own.
    pub header: Vec<HeaderField>,
    pub page_numbers: bool,
    pub audience: Option<Audience>,
    /// Whether it is one document a practitioner, as its template says.
    pub each_practitioner: bool,
    /// Whether the names of these documents say whose they are.
    pub codes_in_filenames: Option<Spanned<bool>>,
}

impl Paper {
    /// The name of the paper's files, without their endings.
    pub fn stem(&self) -> &str {
        self.filename.as_ref().map_or(self.id.value.as_str(), |name| name.value.as_str())
    }

    /// The name of an appendix's own files, without their endings.
    pub fn stem_of(&self, appendix: &Appendix) -> String {
        format!("{}-{}", self.stem(), appendix.id.value)
    }

    /// What the paper says: its own text, or else the quarter's.
    pub fn narrative<'a>(&'a self, narrative: &'a Narrative) -> &'a Narrative {
        self.text.as_ref().and_then(|text| text.narrative.as_deref()).unwrap_or(narrative)
    }

    /// Its appendices with files of their own, where `narrative` is the quarter's.
    pub fn own_appendices<'a>(&'a self, narrative: &'a Narrative) -> impl Iterator<Item = &'a Appendix> {
        self.narrative(narrative).appendices.iter().filter(|appendix| appendix.own_file)
    }
}

/// What a paper shows of other audits and of an inspection: named, and never typed again.
#[derive(Clone, Debug, Default)]
pub struct Show {
    /// The quarters whose scores are shown; empty: the paper's own.
    pub scores: Vec<Spanned<QuarterId>>,
    /// Whose ratings stand beside them.
    pub inspection: Option<Spanned<InspectionId>>,
}

/// What a paper says in place of the quarter's narrative.
#[derive(Clone, Debug)]
pub struct PaperText {
    /// The file, as `text` names it.
    pub file: Spanned<String>,
    /// `None` where it is not there.
    pub source: Option<SourceId>,
    /// The quarter's narrative, with each key that the file has in its place; the quarter's own until it is read.
    /// It lists no papers.
    pub narrative: Option<Box<Narrative>>,
}

/// A sign-off.
#[derive(Clone, Debug)]
pub struct Clearance {
    pub by: String,
    pub on: Option<Spanned<Date>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Audience {
    Board,
    Management,
    Practitioner,
    Public,
}

impl Audience {
    /// As it is typed, and as a template sees it.
    pub fn word(self) -> &'static str {
        match self {
            Audience::Board => "board",
            Audience::Management => "management",
            Audience::Practitioner => "practitioner",
            Audience::Public => "public",
        }
    }
}

#[derive(Clone, Debug)]
pub struct Version {
    pub number: String,
    pub state: VersionState,
    /// The versions before and this one, in the order of the file.
    pub history: Vec<VersionStep>,
}

/// What became of a paper in one of its versions.
#[derive(Clone, Debug)]
pub struct VersionStep {
    pub number: String,
    pub date: Option<Spanned<Date>>,
    pub note: Line,
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
    /// The free section that it belongs to, in papers that are ordered by themes.
    pub section: Option<Spanned<SectionId>>,
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
    pub content: AppendixContent,
    /// Whether it is a file of its own, and nothing of it stands in the paper.
    pub own_file: bool,
    /// On its own pages in place of the service's.
    pub marking: Option<String>,
    /// Why it is not for everybody who reads the paper.
    pub reason: Option<Line>,
}

/// What an appendix holds.
#[derive(Clone, Debug)]
pub enum AppendixContent {
    /// A section of the template.
    Section(Spanned<SectionId>),
    /// A PDF that comes along as it is: its path below the project, once it is found.
    Attachment { name: Spanned<String>, path: Option<String> },
}

impl Appendix {
    pub fn section(&self) -> Option<&Spanned<SectionId>> {
        match &self.content {
            AppendixContent::Section(section) => Some(section),
            AppendixContent::Attachment { .. } => None,
        }
    }
}

/// A section of the author's own.
#[derive(Clone, Debug)]
pub struct FreeSection {
    pub id: Spanned<SectionId>,
    pub title: Line,
    /// The section that it stands behind; `None`: the one before it in the list, or where the template puts such sections.
    pub after: Option<Spanned<SectionId>>,
    /// The recommendations of inspections that it is about, `2018-06/R1`, as the source of an action is written.
    pub quotes: Vec<Spanned<String>>,
    pub text: Option<Prose>,
    pub sections: Vec<FreeSection>,
}

/// What a decision would mean; the author's words stand under it, and nobody else's ever do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Implication {
    Financial,
    Legal,
    Equality,
    DataProtection,
    Workforce,
    Risk,
    Environment,
}

impl Implication {
    /// As they are typed in the narrative and named in the catalogue of strings, in the order of print.
    pub const ALL: [(&'static str, Implication); 7] = [
        ("financial", Implication::Financial),
        ("legal", Implication::Legal),
        ("equality", Implication::Equality),
        ("data_protection", Implication::DataProtection),
        ("workforce", Implication::Workforce),
        ("risk", Implication::Risk),
        ("environment", Implication::Environment),
    ];
}

/// Two numbers from elsewhere, so that no change in percent is worked out by hand.
#[derive(Clone, Debug)]
pub struct Figure {
    pub id: Spanned<FigureId>,
    pub from: Spanned<i64>,
    pub to: Spanned<i64>,
    pub source: Option<String>,
}
