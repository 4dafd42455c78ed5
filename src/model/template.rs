//! A kind of paper: which sections it has, in which order, and the files that fill them.

use std::collections::BTreeMap;

use crate::document::number::LabelStyle;
use crate::document::{Numbering, Page};
use crate::source::{SourceId, Span, Spanned};

use super::catalogue::{Catalogue, MissingString};
use super::ids::{SectionId, StyleId, TemplateId};
use super::narrative::Audience;

/// The kind of the papers that `diff` makes, and that no narrative can ask for.
pub const OF_DIFFERENCES: &str = "changes";

/// `report-templates/<id>/template.yaml`, with the texts that it names.
#[derive(Clone, Debug)]
pub struct Template {
    pub id: TemplateId,
    pub span: Span,
    /// The file of the lines under the title, `Label: value` each.
    pub header: Spanned<String>,
    pub sections: Vec<SectionTemplate>,
    /// Where the author's own sections stand, and what fills them.
    pub free: FreeTemplate,
    /// Whether it is one document a practitioner, of the cases of that one alone.
    pub each_practitioner: bool,
    /// Who reads such papers, where the paper does not say.
    pub audience: Option<Audience>,
    /// The look of such papers, whatever look the service has for its others; `None`: the service's.
    pub style: Option<Spanned<StyleId>>,
    /// Whether the author's `notes` are printed: in the Markdown, under their sections.
    pub notes: bool,
    /// The labels of numbered lists, by how deep they are nested; empty: 1, 2, 3 at each depth.
    pub list_labels: Vec<LabelStyle>,
    /// Sections that a paper may print as an appendix.
    pub appendices: Vec<SectionTemplate>,
}

/// What a template says of sections that are none of its own.
#[derive(Clone, Debug, Default)]
pub struct FreeTemplate {
    /// The section that they stand behind where the author does not say; `None`: at the end.
    pub after: Option<Spanned<SectionId>>,
    /// The file that fills each of them; `None`: their text alone.
    pub file: Option<Spanned<String>>,
}

#[derive(Clone, Debug)]
pub struct SectionTemplate {
    pub id: Spanned<SectionId>,
    /// Printed as the heading; `None`: no heading.
    pub title: Option<SectionTitle>,
    /// The template's file in its folder; `None`: a heading that only holds other sections.
    pub file: Option<Spanned<String>>,
    pub numbering: Numbering,
    pub page: Page,
    pub new_page: bool,
    /// The key of the narrative that it is written under, where that is not its id: for messages, and for the gaps of a draft.
    pub key: Option<String>,
    /// Whether an empty section is an error; an empty one that is not required is left out.
    pub required: bool,
    pub sections: Vec<SectionTemplate>,
}

/// The heading of a section.
#[derive(Clone, Debug)]
pub enum SectionTitle {
    /// These words, whatever the language of the paper.
    Words(String),
    /// The string of the catalogue that has this key.
    Say(String),
}

impl SectionTitle {
    /// # Errors
    /// The catalogue does not hold the string.
    pub fn words(&self, catalogue: &Catalogue) -> Result<String, MissingString> {
        match self {
            SectionTitle::Words(words) => Ok(words.clone()),
            SectionTitle::Say(key) => catalogue.say(key, &[]),
        }
    }
}

/// Everything that a user's folder or the program itself gives for making papers.
#[derive(Debug, Default)]
pub struct TemplateSet {
    pub templates: BTreeMap<TemplateId, Template>,
    /// All Jinja files by their path below the template folder: `board-paper/why.md.j2`.
    pub files: BTreeMap<String, SourceId>,
    /// Styles by their path: `styles/board.typ`.
    pub styles: BTreeMap<String, SourceId>,
}

impl Template {
    /// Every section, those inside others too, in the order of print; appendices are left out.
    pub fn all_sections(&self) -> Vec<&SectionTemplate> {
        fn gather<'a>(sections: &'a [SectionTemplate], all: &mut Vec<&'a SectionTemplate>) {
            for section in sections {
                all.push(section);
                gather(&section.sections, all);
            }
        }
        let mut all = Vec::new();
        gather(&self.sections, &mut all);
        all
    }
}
