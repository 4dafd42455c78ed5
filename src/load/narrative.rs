//! `narrative.yaml` → [`Narrative`]: prose parsed once, with the way back to its lines.

use crate::diagnostic::{Diagnostic, codes};
use crate::model::ids::{SectionId, TemplateId};
use crate::model::narrative::{
    Appendix, AppendixContent, Ask, Asks, Audience, BackgroundPaper, Clearance, Decision, Evidence, Figure, Finding,
    FindingKind, FreeSection, HeaderField, Implication, Line, Narrative, Outcomes, Paper, PaperText, PartnerAsk, Prose,
    Show, Version, VersionState, VersionStep,
};
use crate::source::Spanned;

use super::decode::{Decoder, Fields, Read};
use super::yaml::{Node, NodeKind};

pub(super) fn read(decoder: &mut Decoder<'_>, node: &Node) -> Option<Narrative> {
    let mut fields = decoder.fields(node, "")?;
    let papers_count = fields.node("papers").map_or(0, Node::len);
    let texts = fields.node("papers").map(texts_of).unwrap_or_default();
    let papers = fields.list(decoder, "papers", paper);
    let is_read =
        |file: &String| papers.iter().filter_map(|paper| paper.text.as_ref()).any(|text| text.file.value == *file);
    let mut narrative = Narrative {
        as_of: fields.optional(decoder, "as_of", Decoder::date).map(|date| date.value),
        papers_broken: papers.len() < papers_count,
        unread_texts: texts.into_iter().filter(|file| !is_read(file)).collect(),
        papers,
        decisions: fields.list(decoder, "decisions", decision),
        ..Narrative::empty(node.span)
    };
    words(decoder, &mut fields, &mut narrative);
    fields.finish(decoder);
    Some(narrative)
}

/// The files that papers name under `text`, whatever else is wrong with them.
fn texts_of(papers: &Node) -> Vec<String> {
    let NodeKind::Sequence(papers) = &papers.kind else { return Vec::new() };
    let text = |paper: &Node| match &paper.kind {
        NodeKind::Mapping(entries) => {
            let (_, file) = entries.iter().find(|(key, _)| key.name == "text")?;
            match &file.kind {
                NodeKind::Scalar(scalar) => Some(scalar.text.value.trim().to_owned()),
                _ => None,
            }
        }
        _ => None,
    };
    papers.iter().filter_map(text).collect()
}

/// Reads the file of a paper's own: the narrative, with each key of the file in its place. Figures are added to.
pub(super) fn read_text(decoder: &mut Decoder<'_>, node: &Node, narrative: &Narrative) -> Option<Narrative> {
    let mut fields = decoder.fields(node, "")?;
    let mut own = Narrative {
        span: node.span,
        as_of: narrative.as_of(),
        papers: Vec::new(),
        papers_broken: false,
        unread_texts: Vec::new(),
        ..narrative.clone()
    };
    words(decoder, &mut fields, &mut own);
    // What other words for a finding do not say of it is as the narrative says.
    for finding in &mut own.findings {
        let Some(same) = narrative.findings.iter().find(|other| other.id.value == finding.id.value) else { continue };
        finding.standard = finding.standard.take().or_else(|| same.standard.clone());
        finding.section = finding.section.take().or_else(|| same.section.clone());
        finding.withdrawn = finding.withdrawn.take().or_else(|| same.withdrawn.clone());
    }
    let ids: Vec<_> = own.figures.iter().map(|figure| figure.id.value.clone()).collect();
    own.figures.extend(narrative.figures.iter().filter(|figure| !ids.contains(&figure.id.value)).cloned());
    fields.finish(decoder);
    Some(own)
}

/// Reads what any paper can say; what the file does not have stays as it is.
fn words(decoder: &mut Decoder<'_>, fields: &mut Fields<'_>, narrative: &mut Narrative) {
    for (name, place) in [
        ("why", &mut narrative.why),
        ("context", &mut narrative.context),
        ("method", &mut narrative.method),
        ("summary", &mut narrative.summary),
        ("conclusion", &mut narrative.conclusion),
    ] {
        if fields.node(name).is_some() {
            *place = fields.optional(decoder, name, prose);
        }
    }
    list(decoder, fields, "findings", finding, &mut narrative.findings);
    list(decoder, fields, "learning", prose, &mut narrative.learning);
    list(decoder, fields, "recommendations", prose, &mut narrative.recommendations);
    list(decoder, fields, "next_steps", Decoder::id, &mut narrative.next_steps);
    if let Some(read) = fields.optional(decoder, "outcomes", outcomes) {
        narrative.outcomes = read;
    }
    if let Some(read) = fields.optional(decoder, "implications", implications) {
        narrative.implications = read;
    }
    if let Some(read) = fields.optional(decoder, "asks", asks) {
        narrative.asks = read;
    }
    list(decoder, fields, "background_papers", background_paper, &mut narrative.background_papers);
    list(decoder, fields, "appendices", appendix, &mut narrative.appendices);
    list(decoder, fields, "sections", free_section, &mut narrative.sections);
    if let Some(read) = fields.optional(decoder, "notes", notes) {
        narrative.notes = read;
    }
    if let Some(read) = fields.optional(decoder, "to", Decoder::string) {
        narrative.to = Some(read.value);
    }
    if fields.node("from").is_some() {
        let from = fields.one_or_list(decoder, "from", Decoder::string);
        narrative.from = from.into_iter().map(|name| name.value).collect();
    }
    list(decoder, fields, "contacts", super::service::contact, &mut narrative.contacts);
    list(decoder, fields, "circulated_to", line, &mut narrative.circulated_to);
    list(decoder, fields, "figures", figure, &mut narrative.figures);
}

/// Reads a list in place of what is there, where the file has one.
fn list<'a, T>(
    decoder: &mut Decoder<'a>,
    fields: &mut Fields<'_>,
    name: &'static str,
    read: Read<'a, T>,
    place: &mut Vec<T>,
) {
    if fields.node(name).is_some() {
        *place = fields.list(decoder, name, read);
    }
}

/// Reads Markdown in any length.
pub(super) fn prose(decoder: &mut Decoder<'_>, node: &Node, path: &str) -> Option<Prose> {
    decoder.prose(node, path).map(|text| Prose::new(&text, path))
}

/// Reads Markdown that takes one line.
pub(super) fn line(decoder: &mut Decoder<'_>, node: &Node, path: &str) -> Option<Line> {
    decoder.prose(node, path).map(|text| Line::new(&text, path))
}

fn paper(decoder: &mut Decoder<'_>, node: &Node, path: &str) -> Option<Paper> {
    let mut fields = decoder.fields(node, path)?;
    let template: Option<Spanned<TemplateId>> = fields.required(decoder, "template", Decoder::id);
    let id = match fields.node("id") {
        Some(node) => decoder.id(node, &fields.path("id")),
        None => template.as_ref().map(|template| {
            let id = template.value.as_str().parse().expect("a template's id follows the grammar of ids");
            Spanned::new(id, template.span)
        }),
    };
    let title = fields.required(decoder, "title", Decoder::string);
    let meeting = fields.required(decoder, "meeting", Decoder::date);
    let authors = fields.one_or_list(decoder, "authors", Decoder::string);
    let version = fields.optional(decoder, "version", version);
    let cleared = fields.list(decoder, "cleared", clearance);
    let filename = fields.optional(decoder, "filename", Decoder::value);
    let late = fields.optional(decoder, "late", line);
    let text = fields.optional(decoder, "text", Decoder::file);
    let show = fields.optional(decoder, "show", show).unwrap_or_default();
    let header = fields.list(decoder, "header", header_field);
    let page_numbers = fields.optional(decoder, "page_numbers", Decoder::flag).unwrap_or(true);
    let audience = fields.optional(decoder, "audience", audience);
    let codes_in_filenames = fields.optional(decoder, "codes_in_filenames", flag_with_place);
    fields.finish(decoder);
    Some(Paper {
        span: node.span,
        id: id?,
        template: template?,
        title: title?,
        meeting: meeting?,
        authors: authors.into_iter().map(|author| author.value).collect(),
        version,
        cleared,
        filename,
        late,
        text: text.map(|file| PaperText { file, source: None, narrative: None }),
        show,
        header,
        page_numbers,
        audience,
        each_practitioner: false,
        codes_in_filenames,
    })
}

fn flag_with_place(decoder: &mut Decoder<'_>, node: &Node, path: &str) -> Option<Spanned<bool>> {
    decoder.flag(node, path).map(|flag| Spanned::new(flag, node.span))
}

fn show(decoder: &mut Decoder<'_>, node: &Node, path: &str) -> Option<Show> {
    let mut fields = decoder.fields(node, path)?;
    let scores = fields.one_or_list(decoder, "scores", Decoder::id);
    let inspection = fields.optional(decoder, "inspection", Decoder::id);
    fields.finish(decoder);
    Some(Show { scores, inspection })
}

/// Reads who a paper is for.
pub(super) fn audience(decoder: &mut Decoder<'_>, node: &Node, path: &str) -> Option<Audience> {
    let all = [Audience::Board, Audience::Management, Audience::Practitioner, Audience::Public];
    decoder.choice(node, path, &all.map(|audience| (audience.word(), audience)))
}

fn clearance(decoder: &mut Decoder<'_>, node: &Node, path: &str) -> Option<Clearance> {
    let mut fields = decoder.fields(node, path)?;
    let by = fields.required(decoder, "by", Decoder::string);
    let on = fields.optional(decoder, "on", Decoder::date);
    fields.finish(decoder);
    Some(Clearance { by: by?.value, on })
}

fn version(decoder: &mut Decoder<'_>, node: &Node, path: &str) -> Option<Version> {
    let mut fields = decoder.fields(node, path)?;
    let number = fields.required(decoder, "number", Decoder::string);
    let state = fields.optional(decoder, "state", |decoder, node, path| {
        decoder.choice(node, path, &[("draft", VersionState::Draft), ("final", VersionState::Final)])
    });
    let history = fields.list(decoder, "history", |decoder, node, path| {
        let mut fields = decoder.fields(node, path)?;
        let number = fields.required(decoder, "number", Decoder::string);
        let date = fields.optional(decoder, "date", Decoder::date);
        let note = fields.required(decoder, "note", line);
        fields.finish(decoder);
        Some(VersionStep { number: number?.value, date, note: note? })
    });
    fields.finish(decoder);
    Some(Version { number: number?.value, state: state.unwrap_or(VersionState::Final), history })
}

fn header_field(decoder: &mut Decoder<'_>, node: &Node, path: &str) -> Option<HeaderField> {
    let mut fields = decoder.fields(node, path)?;
    let label = fields.required(decoder, "label", Decoder::string);
    let value = fields.one_or_list(decoder, "value", line);
    fields.finish(decoder);
    Some(HeaderField { label: label?.value, value })
}

fn finding(decoder: &mut Decoder<'_>, node: &Node, path: &str) -> Option<Finding> {
    let mut fields = decoder.fields(node, path)?;
    let id = fields.required(decoder, "id", Decoder::id);
    let standard = fields.optional(decoder, "standard", Decoder::id);
    let kind = fields.required(decoder, "kind", |decoder, node, path| {
        let choices = [("strength", FindingKind::Strength), ("improvement", FindingKind::Improvement)];
        decoder.choice(node, path, &choices)
    });
    let section = fields.optional(decoder, "section", Decoder::id);
    let text = fields.required(decoder, "text", prose);
    let evidence = evidence(decoder, &mut fields);
    let withdrawn = fields.optional(decoder, "withdrawn", prose);
    fields.finish(decoder);
    Some(Finding { id: id?, standard, kind: kind?, section, text: text?, evidence, withdrawn })
}

fn evidence(decoder: &mut Decoder<'_>, fields: &mut Fields<'_>) -> Evidence {
    let prompts = fields.list(decoder, "prompts", Decoder::id);
    let cases = fields.list(decoder, "cases", Decoder::id);
    let counts = fields.optional(decoder, "evidence", |decoder, node, path| {
        let mut fields = decoder.fields(node, path)?;
        let n = fields.required(decoder, "n", Decoder::count);
        let of = fields.required(decoder, "of", Decoder::count);
        fields.finish(decoder);
        Some((n?, of?))
    });
    let given: Vec<&str> =
        [("prompts", !prompts.is_empty()), ("cases", !cases.is_empty()), ("evidence", counts.is_some())]
            .into_iter()
            .filter_map(|(name, is)| is.then_some(name))
            .collect();
    // Typed counts may have prompts beside them: a later audit looks for the finding with these.
    if let [_, second, ..] = given.as_slice()
        && !cases.is_empty()
    {
        let span = fields.key_span(second).expect("the key was read");
        decoder.report(
            Diagnostic::new(
                codes::BAD_VALUE,
                format!("{} cannot stand together", crate::diagnostic::listed(given.iter().copied())),
            )
            .at(span, "one of them is enough")
            .field(fields.path(second))
            .hint("keep `prompts` where answers were kept: the cases are counted from them"),
        );
    }
    match (prompts.is_empty(), cases.is_empty(), counts) {
        (_, true, Some((n, of))) => Evidence::Counts { n, of, prompts },
        (false, _, _) => Evidence::Prompts(prompts),
        (true, false, _) => Evidence::Cases(cases),
        (true, true, None) => Evidence::None,
    }
}

fn outcomes(decoder: &mut Decoder<'_>, node: &Node, path: &str) -> Option<Outcomes> {
    let mut fields = decoder.fields(node, path)?;
    let outcomes = Outcomes {
        expected: fields.optional(decoder, "expected", prose),
        monitoring: fields.optional(decoder, "monitoring", prose),
    };
    fields.finish(decoder);
    Some(outcomes)
}

fn implications(decoder: &mut Decoder<'_>, node: &Node, path: &str) -> Option<Vec<(Implication, Prose)>> {
    let mut fields = decoder.fields(node, path)?;
    let read = Implication::ALL.map(|(name, kind)| (kind, fields.optional(decoder, name, prose)));
    fields.finish(decoder);
    Some(read.into_iter().filter_map(|(kind, text)| Some((kind, text?))).collect())
}

/// Reads what the speaker says: a text by the id of its section.
fn notes(decoder: &mut Decoder<'_>, node: &Node, path: &str) -> Option<Vec<(Spanned<SectionId>, Prose)>> {
    decoder.by_id(node, path, prose)
}

fn free_section(decoder: &mut Decoder<'_>, node: &Node, path: &str) -> Option<FreeSection> {
    let mut fields = decoder.fields(node, path)?;
    let after = fields.optional(decoder, "after", Decoder::id);
    part(decoder, fields, after)
}

/// Reads a section inside another: it stands where it is listed.
fn free_subsection(decoder: &mut Decoder<'_>, node: &Node, path: &str) -> Option<FreeSection> {
    let fields = decoder.fields(node, path)?;
    part(decoder, fields, None)
}

fn part(decoder: &mut Decoder<'_>, mut fields: Fields<'_>, after: Option<Spanned<SectionId>>) -> Option<FreeSection> {
    let id = fields.required(decoder, "id", Decoder::id);
    let title = fields.required(decoder, "title", line);
    let quotes = fields.one_or_list(decoder, "quotes", Decoder::string);
    let text = fields.optional(decoder, "text", prose);
    let sections = fields.list(decoder, "sections", free_subsection);
    fields.finish(decoder);
    Some(FreeSection { id: id?, title: title?, after, quotes, text, sections })
}

fn asks(decoder: &mut Decoder<'_>, node: &Node, path: &str) -> Option<Asks> {
    let mut fields = decoder.fields(node, path)?;
    let board = fields.list(decoder, "board", |decoder, node, path| {
        let mut fields = decoder.fields(node, path)?;
        let id = fields.required(decoder, "id", Decoder::id);
        let text = fields.required(decoder, "text", line);
        fields.finish(decoder);
        Some(Ask { id: id?, text: text? })
    });
    let partners_path = fields.path("partners");
    let partners = fields.node("partners").and_then(|node| match &node.kind {
        NodeKind::Scalar(scalar) if scalar.text.value.trim().eq_ignore_ascii_case("none") => Some(Vec::new()),
        _ => decoder.list(node, &partners_path, |decoder, node, path| {
            let mut fields = decoder.fields(node, path)?;
            let partner = fields.required(decoder, "partner", Decoder::string);
            let text = fields.required(decoder, "text", line);
            fields.finish(decoder);
            Some(PartnerAsk { partner: partner?.value, text: text? })
        }),
    });
    fields.finish(decoder);
    Some(Asks { board, partners })
}

fn decision(decoder: &mut Decoder<'_>, node: &Node, path: &str) -> Option<Decision> {
    let mut fields = decoder.fields(node, path)?;
    let ask = fields.required(decoder, "ask", Decoder::id);
    let decided = fields.required(decoder, "decided", line);
    let date = fields.optional(decoder, "date", Decoder::date);
    fields.finish(decoder);
    Some(Decision { ask: ask?, decided: decided?, date })
}

fn background_paper(decoder: &mut Decoder<'_>, node: &Node, path: &str) -> Option<BackgroundPaper> {
    let mut fields = decoder.fields(node, path)?;
    let title = fields.required(decoder, "title", line);
    let date = fields.optional(decoder, "date", Decoder::date);
    fields.finish(decoder);
    Some(BackgroundPaper { title: title?, date })
}

fn appendix(decoder: &mut Decoder<'_>, node: &Node, path: &str) -> Option<Appendix> {
    let mut fields = decoder.fields(node, path)?;
    let id = fields.required(decoder, "id", Decoder::id);
    let title = fields.required(decoder, "title", line);
    let file = fields.optional(decoder, "file", Decoder::file);
    let section = match &file {
        None => fields.required(decoder, "section", Decoder::id),
        Some(_) => fields.optional(decoder, "section", Decoder::id),
    };
    let own_file = fields.optional(decoder, "own_file", Decoder::flag);
    let marking = fields.optional(decoder, "marking", Decoder::marking);
    let reason = fields.optional(decoder, "reason", line);
    let mut refuse = |key: &str, message: &str, hint: &str| {
        let place = fields.key_span(key).expect("the key was read");
        let told = Diagnostic::new(codes::BAD_VALUE, message).at(place, "").field(fields.path(key)).hint(hint);
        decoder.report(told);
    };
    if file.is_some() && section.is_some() {
        refuse("section", "an appendix is a section or a file", "keep one of the two, or make two appendices");
    }
    if file.is_some() && own_file == Some(false) {
        refuse("own_file", "a PDF cannot be put into the paper", "leave `own_file` out: it is a file of its own");
    }
    if file.is_none() && own_file != Some(true) {
        for key in ["marking", "reason"] {
            if (key == "marking" && marking.is_some()) || (key == "reason" && reason.is_some()) {
                let message = format!("an appendix with a `{key}` of its own is a file of its own");
                refuse(key, &message, "write `own_file: true`, so that nothing of it stands in the paper");
            }
        }
    }
    fields.finish(decoder);
    let content = match file {
        Some(name) => AppendixContent::Attachment { name, path: None },
        None => AppendixContent::Section(section?),
    };
    let own_file = own_file.unwrap_or(false) || matches!(content, AppendixContent::Attachment { .. });
    Some(Appendix { id: id?, title: title?, content, own_file, marking, reason })
}

fn figure(decoder: &mut Decoder<'_>, node: &Node, path: &str) -> Option<Figure> {
    let mut fields = decoder.fields(node, path)?;
    let id = fields.required(decoder, "id", Decoder::id);
    let from = fields.required(decoder, "from", whole_number);
    let to = fields.required(decoder, "to", whole_number);
    let source = fields.optional(decoder, "source", Decoder::string).map(|source| source.value);
    fields.finish(decoder);
    Some(Figure { id: id?, from: from?, to: to?, source })
}

fn whole_number(decoder: &mut Decoder<'_>, node: &Node, path: &str) -> Option<Spanned<i64>> {
    decoder.value::<WholeNumber>(node, path).map(|number| number.map(|number| number.0))
}

struct WholeNumber(i64);

impl std::str::FromStr for WholeNumber {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<WholeNumber, &'static str> {
        text.parse().map(WholeNumber).map_err(|_| "a figure is a whole number, in digits alone")
    }
}
