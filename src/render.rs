//! A paper's data → [`Document`]: templates filled, slots replaced, headings numbered.
//!
//! Templates are Markdown with minijinja. What they get of narrative, charts and badges are slots:
//! tokens that are replaced by AST after the template's own Markdown has been parsed, so that text cannot become markup.
//! **Invariant:** pure: reads no file, and a narrative value is never evaluated as a template.

mod charts;
mod context;
mod environment;
mod figures;
mod slots;
pub mod words;

use std::collections::BTreeMap;

use crate::diagnostic::{Diagnostic, codes, listed};
use crate::document::parse::{self, Remark, RemarkKind};
use crate::document::{Block, BlockKind, Document, HeaderLine, Inline, InlineKind, Numbering, Page, Section, number};
use crate::model::catalogue::{Catalogue, MissingString};
use crate::model::comparison::Comparison;
use crate::model::difference::Difference;
use crate::model::ids::{InspectionId, QuarterId};
use crate::model::inspection::CompositeRating;
use crate::model::narrative::{Appendix, FreeSection, Narrative, Paper};
use crate::model::results::Results;
use crate::model::template::{SectionTemplate, Template, TemplateSet};
use crate::model::{Quarter, ServiceData};
use crate::source::{SourceId, Sources, Span, Text};

use slots::Slots;

pub use environment::Engine;

/// Everything that one paper is made of.
#[derive(Clone, Copy)]
pub struct Inputs<'a> {
    pub sources: &'a Sources,
    pub templates: &'a TemplateSet,
    pub catalogue: &'a Catalogue,
    pub service: &'a ServiceData,
    pub quarter: &'a Quarter,
    pub narrative: &'a Narrative,
    pub paper: &'a Paper,
    /// The results of every quarter of the service that could be assessed.
    pub results: &'a BTreeMap<QuarterId, Results>,
    /// What the ratings of each inspection add up to, where its framework says how.
    pub composites: &'a BTreeMap<InspectionId, CompositeRating>,
    /// What changed between the last two audits of each theme that the paper shows, in the order of
    /// [`ServiceData::shown`]; `None` where there is nothing to compare.
    pub changes: &'a [Option<Comparison>],
    /// What changed since another quarter, for a paper about that.
    pub difference: Option<&'a Difference>,
    /// The appendix whose own file is wanted; `None`: the paper without such appendices.
    pub part: Option<&'a Appendix>,
    /// Whose document is wanted, of a paper that is one a practitioner.
    pub recipient: Option<Recipient<'a>>,
    /// Whether a gap is marked instead of being an error.
    pub draft: bool,
    /// Of a draft: the fields of the narrative that are still to be written, `learning[0]`.
    pub to_write: &'a [&'a str],
}

/// The practitioner whose document it is.
#[derive(Clone, Copy, Debug)]
pub struct Recipient<'a> {
    /// The code, as the audit has it first.
    pub practitioner: &'a str,
    /// What the document's files are called, without their endings.
    pub file: &'a str,
}

impl<'a> Inputs<'a> {
    /// What the files of the document are called, without their endings.
    fn stem(&self) -> &'a str {
        self.recipient.map_or(self.paper.stem(), |recipient| recipient.file)
    }

    fn own_results(&self) -> Option<&'a Results> {
        self.results.get(&self.quarter.id)
    }

    /// The results of the quarter's audit; `None` where it has none, or one with errors.
    fn audit_results(&self) -> Option<&'a Results> {
        self.own_results().filter(|results| results.theme.is_some())
    }

    /// The results of the last audit of the same theme.
    fn previous_results(&self) -> Option<&'a Results> {
        self.service.earlier_of_theme(self.quarter).find_map(|quarter| self.results.get(&quarter.id))
    }
}

/// A paper ready to be written.
pub struct Rendered {
    pub document: Document,
    /// The pictures of the author's: the name in the document, and the file that it is.
    pub images: BTreeMap<String, String>,
    /// The date of the meeting in words.
    pub date: String,
    pub warnings: Vec<Diagnostic>,
}

/// Renders a paper with the templates in its language.
///
/// # Errors
/// Everything that is wrong with its templates, its figures and its slots.
pub fn render(inputs: Inputs<'_>, engine: &Engine) -> Result<Rendered, Vec<Diagnostic>> {
    let Some(template) = inputs.templates.templates.get(&inputs.paper.template.value) else {
        let known = inputs.templates.templates.keys().map(super::model::ids::TemplateId::as_str);
        let id = &inputs.paper.template;
        return Err(vec![
            Diagnostic::unknown_id("template", id.value.as_str(), id.span, known).field("papers.template"),
        ]);
    };
    let mut slots = Slots::default();
    let context = context::context(inputs, &mut slots);
    let mut diagnostics = std::mem::take(&mut slots.diagnostics);
    let (context, date) = match context {
        Ok(context) => {
            let date = context.paper.meeting.clone();
            (minijinja::Value::from(minijinja::value::Serde(context)), date)
        }
        Err(missing) => {
            diagnostics.push(missing_string(&missing, inputs.catalogue));
            return Err(diagnostics);
        }
    };
    if let Err(diagnostic) = engine.compile(inputs) {
        diagnostics.push(*diagnostic);
        return Err(diagnostics);
    }
    let places = placed(inputs, template, &mut diagnostics);
    let images = slots::Images::new(quarter_folder(inputs));
    let mut filling = Filling { inputs, template, engine, context, slots, diagnostics, images, places };
    let mut sections = Vec::new();
    if let Some(part) = inputs.part {
        return filling.part(part, date);
    }
    let header = filling.header();
    filling.free_sections(FIRST, 2, Numbering::None, &mut sections);
    for section in &template.sections {
        filling.section(section, 2, &mut sections);
    }
    filling.free_sections(LAST, 2, Numbering::None, &mut sections);
    // A paper about what changed has the narrative's words, and none of its appendices.
    if inputs.difference.is_none() {
        filling.appendices(&mut sections);
        filling.notes(&mut sections);
    }
    filling.finished(
        Document { title: typographic(&inputs.paper.title.value, inputs.paper.title.span), header, sections },
        date,
    )
}

/// Finds what is wrong with the figures of a paper that cannot be rendered, since something else is wrong: figures that
/// nothing has the name of.
pub fn unknown_figures(inputs: Inputs<'_>) -> Vec<Diagnostic> {
    figures::unknown_in(inputs.narrative, inputs)
}

/// What is said of a string that the catalogue does not hold.
pub fn missing_string(missing: &MissingString, catalogue: &Catalogue) -> Diagnostic {
    Diagnostic::new(codes::TEMPLATE_ERROR, missing.0.clone())
        .at(Span::new(catalogue.source, 0..0), "in this file")
        .hint("a file of strings replaces the program's whole; the repository's `en-GB.yaml` holds every key")
}

/// Where a free section stands that `after: title` puts first, and one that nothing puts anywhere: no ids, since these
/// hold no spaces.
const FIRST: &str = "first of all";
const LAST: &str = "last of all";

/// The free sections of a paper by the section that they stand behind, each with its place in the narrative's list.
fn placed<'a>(
    inputs: Inputs<'a>,
    template: &Template,
    diagnostics: &mut Vec<Diagnostic>,
) -> BTreeMap<String, Vec<(usize, &'a FreeSection)>> {
    let mut places: BTreeMap<String, Vec<(usize, &FreeSection)>> = BTreeMap::new();
    // A paper about what changed has the words of the narrative, each in its own place.
    if inputs.difference.is_some() {
        return places;
    }
    let known: Vec<&str> = template.all_sections().into_iter().map(|section| section.id.value.as_str()).collect();
    let mut place = template.free.after.as_ref().map_or(LAST, |after| after.value.as_str());
    for (n, section) in inputs.narrative.sections.iter().enumerate() {
        if let Some(after) = &section.after {
            let earlier = inputs.narrative.sections[..n].iter().find(|other| other.id.value == after.value);
            place = match after.value.as_str() {
                "title" => FIRST,
                id if known.contains(&id) => id,
                // Behind another free section is where that one stands.
                _ if earlier.is_some() => {
                    let at =
                        |all: &[(usize, &FreeSection)]| all.iter().position(|(_, one)| one.id.value == after.value);
                    // One that has no place itself is told of already.
                    if let Some((list, at)) = places.values_mut().find_map(|all| at(all).map(|at| (all, at))) {
                        list.insert(at + 1, (n, section));
                    }
                    continue;
                }
                id => {
                    let known: Vec<&str> = known.iter().copied().chain(["title"]).collect();
                    let unknown = Diagnostic::unknown_id("section", id, after.span, known.iter().copied());
                    diagnostics.push(unknown.note(format!("papers of the kind `{}` have {}", template.id, listed(known))).hint(
                        "where it is right for another paper of this quarter, give this one a file of its own (`text:`), with \
                         `sections:` in it",
                    ));
                    continue;
                }
            };
        }
        places.entry(place.to_owned()).or_default().push((n, section));
    }
    places
}

struct Filling<'a> {
    inputs: Inputs<'a>,
    template: &'a Template,
    engine: &'a Engine,
    context: minijinja::Value,
    slots: Slots,
    diagnostics: Vec<Diagnostic>,
    images: slots::Images,
    /// The free sections that are still to be put behind a section.
    places: BTreeMap<String, Vec<(usize, &'a FreeSection)>>,
}

impl Filling<'_> {
    /// Fills one file of the template's folder; `None` where that failed, which is said.
    fn fill(&mut self, file: &str) -> Option<(SourceId, String)> {
        self.fill_with(file, None)
    }

    /// Fills a file, with `section` in its context where it is one of the author's own.
    fn fill_with(&mut self, file: &str, section: Option<minijinja::Value>) -> Option<(SourceId, String)> {
        let path = format!("{}/{file}", self.template.id);
        let &id = self.inputs.templates.files.get(&path)?;
        let context = match section {
            Some(section) => minijinja::context! { section, ..self.context.clone() },
            None => self.context.clone(),
        };
        match self.engine.fill(&path, &context) {
            Ok(text) => Some((id, text)),
            Err(error) => {
                self.diagnostics.push(environment::diagnostic(&error, self.inputs, id));
                None
            }
        }
    }

    /// Numbers a document, if nothing was wrong with it.
    fn finished(self, mut document: Document, date: String) -> Result<Rendered, Vec<Diagnostic>> {
        let mut diagnostics = self.diagnostics;
        crate::diagnostic::sort(&mut diagnostics, self.inputs.sources);
        if diagnostics.iter().any(|diagnostic| diagnostic.severity == crate::diagnostic::Severity::Error) {
            return Err(diagnostics);
        }
        number::number(&mut document);
        number::label_lists(&mut document, &self.template.list_labels);
        Ok(Rendered { document, images: self.images.into_files(), date, warnings: diagnostics })
    }

    /// An appendix as a document of its own, which says to which paper it belongs and why it is apart.
    fn part(mut self, appendix: &Appendix, date: String) -> Result<Rendered, Vec<Diagnostic>> {
        let mut document = Document { title: String::new(), header: Vec::new(), sections: Vec::new() };
        if let Some(mut section) = self.appendix(appendix) {
            document.title = crate::document::plain(&section.title);
            // A document without a heading has no bookmark.
            section.title = figures::fill_inlines(&appendix.title.inlines, self.inputs, &mut Vec::new());
            // Its pictures lie beside it under its own name.
            let (stem, own) = (self.inputs.paper.stem(), self.inputs.paper.stem_of(appendix));
            rename_charts(&mut section.blocks, &format!("charts/{stem}-"), &format!("charts/{own}-"));
            document.sections.push(section);
        }
        let span = appendix.title.span;
        let to = vec![text(&typographic(&self.inputs.paper.title.value, span), span)];
        let meeting = vec![text(&date, span)];
        let reason =
            appendix.reason.as_ref().map(|reason| figures::fill_inlines(&reason.inlines, self.inputs, &mut Vec::new()));
        let marking = appendix.marking.as_ref().map(|marking| vec![text(marking, span)]);
        for (key, value) in [
            ("appendix.to", Some(to)),
            ("header.date", Some(meeting)),
            ("header.classification", marking),
            ("appendix.reason", reason),
        ] {
            let Some(value) = value else { continue };
            match self.inputs.catalogue.say(key, &[]) {
                Ok(label) => document.header.push(HeaderLine { label, value }),
                Err(missing) => self.diagnostics.push(missing_string(&missing, self.inputs.catalogue)),
            }
        }
        self.finished(document, date)
    }

    /// The lines under the title: `Label: value`, one a line.
    fn header(&mut self) -> Vec<HeaderLine> {
        let Some((id, text)) = self.fill(&self.template.header.value) else { return Vec::new() };
        let span = Span::new(id, 0..0);
        let mut lines = Vec::new();
        for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
            let Some((label, value)) = split_label(line) else {
                self.diagnostics.push(
                    Diagnostic::new(codes::TEMPLATE_ERROR, format!("the header line `{line}` has no `:`")).at(span, ""),
                );
                continue;
            };
            let (label, _) = parse::inlines(&Text::opaque(label, span));
            let (value, remarks) = parse::inlines(&Text::opaque(value.trim(), span));
            self.complain_of(&remarks);
            let (label, value) = (self.filled_inlines(label), self.filled_inlines(value));
            lines.push(HeaderLine { label: crate::document::plain(&label), value });
        }
        lines
    }

    /// Adds a section and those below it; one that prints nothing is left out.
    fn section(&mut self, template: &SectionTemplate, level: u8, sections: &mut Vec<Section>) {
        let at = sections.len();
        let blocks = template.file.as_ref().and_then(|file| self.fill(&file.value));
        let failed = template.file.is_some() && blocks.is_none();
        let mut blocks = blocks.map_or_else(Vec::new, |(id, text)| self.blocks(id, &text, level));
        let is_open = template.file.is_some() && self.is_to_write(&key_of(template));
        if is_open || self.inputs.draft && template.required && blocks.is_empty() {
            blocks.extend(self.gap());
        }
        let span = Span::new(template.id.span.source, 0..0);
        let words = template.title.as_ref().and_then(|title| self.said(title.words(self.inputs.catalogue)));
        let title = words.iter().map(|title| text(title, span)).collect();
        sections.push(Section {
            id: template.id.value.to_string(),
            number: None,
            numbering: template.numbering,
            title,
            level,
            page: template.page,
            new_page: template.new_page,
            blocks,
            notes: Vec::new(),
        });
        for below in &template.sections {
            self.section(below, level + 1, sections);
        }
        if sections.len() == at + 1 && sections[at].blocks.is_empty() {
            sections.pop();
            if template.required && !failed {
                self.diagnostics.push(self.missing_section(template));
            }
        }
        self.free_sections(template.id.value.as_str(), level, template.numbering, sections);
    }

    /// Adds the author's own sections that stand behind one of the template's, numbered as that one is.
    fn free_sections(&mut self, place: &str, level: u8, numbering: Numbering, sections: &mut Vec<Section>) {
        // A free section at the end goes on with the numbers of the last one before it that has any.
        let last = sections.iter().rev().find(|section| section.level == 2).map(|section| section.numbering);
        let numbering = if place == LAST { last.unwrap_or(numbering) } else { numbering };
        for (n, section) in self.places.remove(place).unwrap_or_default() {
            let view = self.context.get_attr("sections").and_then(|all| all.get_item_by_index(n));
            let view = view.expect("the context has every free section");
            self.free_section(section, view, level, numbering, sections);
        }
    }

    fn free_section(
        &mut self,
        section: &FreeSection,
        view: minijinja::Value,
        level: u8,
        numbering: Numbering,
        sections: &mut Vec<Section>,
    ) {
        let file = self.template.free.file.as_ref().map(|file| file.value.clone());
        let mut blocks = match file {
            Some(file) => {
                let filled = self.fill_with(&file, Some(view.clone()));
                filled.map_or_else(Vec::new, |(id, text)| self.blocks(id, &text, level))
            }
            None => match view.get_attr("text") {
                Ok(slot) if !slot.is_none() => {
                    let span = self.template.span.before();
                    self.blocks(span.source, &slot.to_string(), level)
                }
                _ => Vec::new(),
            },
        };
        let is_empty = blocks.is_empty() && section.sections.is_empty();
        if is_empty && self.inputs.draft {
            blocks.extend(self.gap());
        } else if is_empty {
            let title = crate::document::plain(&section.title.inlines);
            self.diagnostics.push(
                Diagnostic::new(codes::MISSING_SECTION, format!("the section \"{title}\" has no text"))
                    .at(section.id.span, "")
                    .hint("write it under `text:`, or take the section out"),
            );
        }
        if level > 6 {
            self.diagnostics.push(
                Diagnostic::new(codes::HEADING_LEVEL, "this section is too deep")
                    .at(section.id.span, format!("its heading would be of level {level}, and 6 is the deepest"))
                    .hint("use fewer sections inside each other"),
            );
            return;
        }
        sections.push(Section {
            id: section.id.value.to_string(),
            number: None,
            numbering,
            // What is wrong with figures in it was said when the context was made.
            title: figures::fill_inlines(&section.title.inlines, self.inputs, &mut Vec::new()),
            level,
            page: Page::Portrait,
            new_page: false,
            blocks,
            notes: Vec::new(),
        });
        for (n, below) in section.sections.iter().enumerate() {
            let view = view.get_attr("sections").and_then(|all| all.get_item_by_index(n));
            self.free_section(below, view.expect("as above"), level + 1, numbering, sections);
        }
    }

    /// Puts what the speaker says under its sections, in a kind of paper that is presented.
    fn notes(&mut self, sections: &mut [Section]) {
        if !self.template.notes {
            return;
        }
        for (id, text) in &self.inputs.narrative.notes {
            let Some(section) = sections.iter_mut().find(|section| section.id == id.value.as_str()) else {
                let known: Vec<&str> = sections.iter().map(|section| section.id.as_str()).collect();
                let unknown = Diagnostic::unknown_id("section of this paper", id.value.as_str(), id.span, known);
                self.diagnostics.push(unknown.field("notes").hint("notes belong to a section that is printed"));
                continue;
            };
            let slot = self.context.get_attr("notes").and_then(|notes| notes.get_attr(id.value.as_str()));
            let slot = slot.expect("the context has every note").to_string();
            let span = text.span;
            let Some(label) = self.said(self.inputs.catalogue.say("notes", &[])) else { continue };
            let label = vec![Inline { span, kind: InlineKind::Strong(vec![self::text(&label, span)]) }];
            section.notes.push(Block { span, kind: BlockKind::Paragraph { number: None, text: label } });
            section.notes.extend(self.blocks(span.source, &slot, section.level));
        }
    }

    /// Whether something under a key of the narrative is still to be written.
    fn is_to_write(&self, key: &str) -> bool {
        let below =
            |field: &&str| field.strip_prefix(key).is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']));
        self.inputs.to_write.iter().any(below)
    }

    /// What a draft prints where a section is still to be written.
    fn gap(&mut self) -> Option<Block> {
        let span = self.inputs.paper.span.before();
        let words = self.said(self.inputs.catalogue.say("gap", &[]))?;
        let text = vec![Inline { span, kind: InlineKind::Strong(vec![text(&words, span)]) }];
        Some(Block { span, kind: BlockKind::Paragraph { number: None, text } })
    }

    /// A string of the catalogue; `None` where it has none, which is said.
    fn said(&mut self, words: Result<String, MissingString>) -> Option<String> {
        match words {
            Ok(words) => Some(words),
            Err(missing) => {
                self.diagnostics.push(missing_string(&missing, self.inputs.catalogue));
                None
            }
        }
    }

    fn missing_section(&self, template: &SectionTemplate) -> Diagnostic {
        let words = template.title.as_ref().and_then(|title| title.words(self.inputs.catalogue).ok());
        let title = words.as_deref().unwrap_or(template.id.value.as_str());
        let key = key_of(template);
        Diagnostic::new(codes::MISSING_SECTION, format!("the section \"{title}\" has no text"))
            .at(self.inputs.paper.span.before(), format!("`{}` must have it", self.template.id))
            .hint(format!("write it under the key `{key}:` of this file"))
    }

    /// The sections behind the paper's end, in the order of the narrative; those with files of their own stand there.
    fn appendices(&mut self, sections: &mut Vec<Section>) {
        for appendix in &self.inputs.narrative.appendices {
            if appendix.own_file {
                self.appendix_template(appendix);
            } else {
                sections.extend(self.appendix(appendix));
            }
        }
    }

    /// The template's section that an appendix holds; `None` where it has none of that name, which is said.
    fn appendix_template(&mut self, appendix: &Appendix) -> Option<&'_ SectionTemplate> {
        let id = appendix.section()?;
        let template = self.template;
        let section = template.appendices.iter().find(|section| section.id.value == id.value);
        if section.is_none() {
            let known = template.appendices.iter().map(|section| section.id.value.as_str());
            let what = format!("section for an appendix in papers of the kind `{}`:", template.id);
            self.diagnostics.push(Diagnostic::unknown_id(&what, id.value.as_str(), id.span, known).hint(
                "where it is right for another paper of this quarter, give this one a file of its own (`text:`), with \
                 `appendices: []` in it",
            ));
        }
        section
    }

    fn appendix(&mut self, appendix: &Appendix) -> Option<Section> {
        let template = self.appendix_template(appendix)?.clone();
        let (id, filled) = self.fill(&template.file.as_ref()?.value)?;
        let mut blocks = self.blocks(id, &filled, 2);
        let title = crate::document::plain(&appendix.title.inlines);
        if blocks.is_empty() && self.inputs.draft {
            blocks.extend(self.gap());
        } else if blocks.is_empty() {
            self.diagnostics.push(
                Diagnostic::new(codes::MISSING_SECTION, format!("the appendix \"{title}\" has no text"))
                    .at(appendix.id.span, format!("there is nothing that `{}` could print", template.id.value))
                    .hint("take the appendix out"),
            );
        }
        let values = [("id", appendix.id.value.as_str()), ("title", title.as_str())];
        let title = self.said(self.inputs.catalogue.say("appendix.title", &values))?;
        Some(Section {
            id: format!("appendix-{}", appendix.id.value),
            number: None,
            numbering: Numbering::None,
            title: vec![text(&title, appendix.title.span)],
            level: 2,
            page: template.page,
            new_page: template.new_page || template.page == Page::Landscape,
            blocks,
            notes: Vec::new(),
        })
    }

    /// Parses a filled template and puts the slots' values in their places.
    fn blocks(&mut self, id: SourceId, text: &str, level: u8) -> Vec<Block> {
        let (blocks, remarks) = parse::blocks(&Text::opaque(text, Span::new(id, 0..0)));
        self.complain_of(&remarks);
        let mut place =
            slots::Place { slots: &self.slots, level, images: &mut self.images, diagnostics: &mut self.diagnostics };
        place.blocks(blocks)
    }

    fn filled_inlines(&mut self, inlines: Vec<Inline>) -> Vec<Inline> {
        let mut place =
            slots::Place { slots: &self.slots, level: 2, images: &mut self.images, diagnostics: &mut self.diagnostics };
        place.inlines(inlines)
    }

    /// What the parser finds odd in a template's own Markdown is a mistake of the template.
    fn complain_of(&mut self, remarks: &[Remark]) {
        for remark in remarks {
            self.diagnostics.push(
                Diagnostic::new(
                    codes::TEMPLATE_ERROR,
                    format!("the template's Markdown is not what it seems: {}", in_words(&remark.kind)),
                )
                .at(remark.span, ""),
            );
        }
    }
}

/// The folder of the paper's quarter, below the project.
fn quarter_folder(inputs: Inputs<'_>) -> String {
    let file = inputs.quarter.narrative_source.map_or("", |source| inputs.sources.path(source));
    file.rsplit_once('/').map_or("", |(folder, _)| folder).to_owned()
}

/// The key of the narrative that a section prints: as the template says, or else its id.
fn key_of(template: &SectionTemplate) -> String {
    template.key.clone().unwrap_or_else(|| template.id.value.as_str().replace('-', "_"))
}

/// Gives the pictures of charts other names.
fn rename_charts(blocks: &mut [Block], from: &str, to: &str) {
    for block in blocks {
        match &mut block.kind {
            BlockKind::Chart(chart) => {
                if let Some(rest) = chart.file.strip_prefix(from) {
                    chart.file = format!("{to}{rest}");
                }
            }
            BlockKind::Quote(body) => rename_charts(body, from, to),
            BlockKind::List(list) => list.items.iter_mut().for_each(|item| rename_charts(item, from, to)),
            _ => {}
        }
    }
}

fn in_words(remark: &RemarkKind) -> &'static str {
    match remark {
        RemarkKind::Html => "HTML is printed as it is written",
        RemarkKind::UnclosedFence => "a code block is never closed",
        RemarkKind::UnknownFootnote(_) | RemarkKind::UnusedFootnote(_) => "a footnote is half there",
        RemarkKind::RepeatedFootnote(_) | RemarkKind::FootnoteInFootnote(_) => "a footnote is used where it cannot be",
        RemarkKind::UnusedDefinition => "no link uses a definition of one",
        RemarkKind::NestedTooDeep => "lists or quotes are nested too deep",
        RemarkKind::ImageInText => "a picture stands inside a line of text",
        RemarkKind::BlockInInline => "a line of the header takes one line of text",
        RemarkKind::LeadingHash => "a line starts with `#`; headings start with `##`",
        RemarkKind::PastedBullet => "a line starts with a bullet; list items start with `- `",
        RemarkKind::ExtraCells(_) => "a row has more cells than its table has columns",
        RemarkKind::NoPlace => "the title of a link has no place on paper",
    }
}

/// Splits a header line at its first `:` that is not part of a name, where it is escaped.
fn split_label(line: &str) -> Option<(&str, &str)> {
    let is_escaped = |at: usize| (at - line[..at].trim_end_matches('\\').len()) % 2 == 1;
    let (at, _) = line.match_indices(':').find(|&(at, _)| !is_escaped(at))?;
    Some((&line[..at], &line[at + 1..]))
}

/// A plain value with the quotation marks and apostrophes that it would have in a sentence.
pub fn typographic(written: &str, span: Span) -> String {
    if !written.contains(['"', '\'']) {
        return written.to_owned();
    }
    let (inlines, _) = parse::inlines(&Text::opaque(environment::escaped(written), span));
    // A name has no figures; the mark of an escaped one has done its work.
    crate::document::plain(&inlines).replace(parse::ESCAPED_FIGURE, "")
}

fn text(value: &str, span: Span) -> Inline {
    Inline { span, kind: InlineKind::Text(value.to_owned()) }
}

/// Makes the first letter a capital.
fn capitalised(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}
