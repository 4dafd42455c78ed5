//! `report-templates/` → templates, styles, strings and fonts: the user's file of a name, or else the program's own.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::{LazyLock, OnceLock};

use crate::diagnostic::{Diagnostic, codes};
use crate::document::number::LabelStyle;
use crate::document::{Numbering, Page};
use crate::model::catalogue::{Catalogue, Catalogues, Strings};
use crate::model::fonts::Fonts;
use crate::model::service::Language;
use crate::model::template::{FreeTemplate, SectionTemplate, SectionTitle, Template, TemplateSet};
use crate::source::{SourceId, Sources};

use super::decode::Decoder;
use super::yaml::{Node, NodeKind};
use super::{Reader, files_below, walked};

/// The folder, below the project, whose files replace the program's own.
pub(super) const FOLDER: &str = "report-templates";

/// Where the program's own files are said to stand.
const BUILT_IN: &str = "<built in>";

macro_rules! built_in {
    ($($path:literal),+ $(,)?) => {
        /// The program's own templates, styles and strings: the repository's `report-templates`, by path.
        const OWN: &[(&str, &str)] =
            &[$(($path, include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/report-templates/", $path)))),+];
    };
}

built_in![
    "audit-report/background-papers.md.j2",
    "audit-report/background.md.j2",
    "audit-report/cases.md.j2",
    "audit-report/conclusion.md.j2",
    "audit-report/contacts.md.j2",
    "audit-report/header.md.j2",
    "audit-report/history.md.j2",
    "audit-report/improvements.md.j2",
    "audit-report/learning.md.j2",
    "audit-report/promises.md.j2",
    "audit-report/prompts.md.j2",
    "audit-report/recommendations.md.j2",
    "audit-report/silent.md.j2",
    "audit-report/standards.md.j2",
    "audit-report/statistics.md.j2",
    "audit-report/strengths.md.j2",
    "audit-report/summary.md.j2",
    "audit-report/template.yaml",
    "audit-report/theme.md.j2",
    "audit-report/versions.md.j2",
    "board-paper/asks.md.j2",
    "board-paper/background-papers.md.j2",
    "board-paper/context.md.j2",
    "board-paper/findings.md.j2",
    "board-paper/header.md.j2",
    "board-paper/history.md.j2",
    "board-paper/key-findings.md.j2",
    "board-paper/learning.md.j2",
    "board-paper/method.md.j2",
    "board-paper/next-steps.md.j2",
    "board-paper/outcomes.md.j2",
    "board-paper/partners.md.j2",
    "board-paper/template.yaml",
    "board-paper/versions.md.j2",
    "board-paper/why.md.j2",
    "cabinet-paper/appendices.md.j2",
    "cabinet-paper/background-papers.md.j2",
    "cabinet-paper/background.md.j2",
    "cabinet-paper/circulation.md.j2",
    "cabinet-paper/conclusion.md.j2",
    "cabinet-paper/contacts.md.j2",
    "cabinet-paper/domain.md.j2",
    "cabinet-paper/header.md.j2",
    "cabinet-paper/implications.md.j2",
    "cabinet-paper/improvement-plan.md.j2",
    "cabinet-paper/inspection.md.j2",
    "cabinet-paper/plan.md.j2",
    "cabinet-paper/recommendations.md.j2",
    "cabinet-paper/template.yaml",
    "cabinet-paper/versions.md.j2",
    "changes/decisions.md.j2",
    "changes/findings.md.j2",
    "changes/found.md.j2",
    "changes/header.md.j2",
    "changes/history.md.j2",
    "changes/promised.md.j2",
    "changes/promises.md.j2",
    "changes/score.md.j2",
    "changes/scores.md.j2",
    "changes/template.yaml",
    "changes/words.md.j2",
    "partials/actions-table.md.j2",
    "partials/background-papers.md.j2",
    "partials/contacts.md.j2",
    "partials/earlier-promises.md.j2",
    "partials/findings-table.md.j2",
    "partials/header-lines.md.j2",
    "partials/history.md.j2",
    "partials/paper-lines.md.j2",
    "partials/promises-table.md.j2",
    "partials/sample.md.j2",
    "partials/score-notes.md.j2",
    "partials/score-table.md.j2",
    "partials/since.md.j2",
    "partials/versions.md.j2",
    "practitioner-feedback/cases.md.j2",
    "practitioner-feedback/header.md.j2",
    "practitioner-feedback/next.md.j2",
    "practitioner-feedback/strengths.md.j2",
    "practitioner-feedback/template.yaml",
    "practitioner-feedback/to-develop.md.j2",
    "practitioner-feedback/versions.md.j2",
    "progress-slides/area.md.j2",
    "progress-slides/asks.md.j2",
    "progress-slides/conclusion.md.j2",
    "progress-slides/criteria.md.j2",
    "progress-slides/header.md.j2",
    "progress-slides/inspection.md.j2",
    "progress-slides/introduction.md.j2",
    "progress-slides/scores.md.j2",
    "progress-slides/template.yaml",
    "progress-slides/theme.md.j2",
    "scrutiny-paper/actions-taken.md.j2",
    "scrutiny-paper/background-papers.md.j2",
    "scrutiny-paper/conclusions.md.j2",
    "scrutiny-paper/contacts.md.j2",
    "scrutiny-paper/context.md.j2",
    "scrutiny-paper/findings.md.j2",
    "scrutiny-paper/header.md.j2",
    "scrutiny-paper/introduction.md.j2",
    "scrutiny-paper/methods.md.j2",
    "scrutiny-paper/plan.md.j2",
    "scrutiny-paper/recommendations.md.j2",
    "scrutiny-paper/summary.md.j2",
    "scrutiny-paper/template.yaml",
    "scrutiny-paper/versions.md.j2",
    "strings/cy.yaml",
    "strings/en-GB.yaml",
    "styles/board.typ",
    "styles/charts.typ",
    "styles/colours.typ",
    "styles/nodes.typ",
    "styles/scale.typ",
    "styles/slides.typ",
];

/// The catalogue of a language, below the template folder.
pub(super) fn catalogue_path(language: &Language) -> String {
    format!("strings/{language}.yaml")
}

/// The styles that the program brings along, by their paths below the template folder.
pub fn own_styles() -> (Sources, BTreeMap<String, SourceId>) {
    let mut sources = Sources::default();
    let styles = OWN.iter().filter(|(name, _)| is_style(name));
    let styles = styles.map(|(name, text)| ((*name).to_owned(), sources.add(format!("{BUILT_IN}/{name}"), *text)));
    let styles = styles.collect();
    (sources, styles)
}

fn is_style(name: &str) -> bool {
    name.starts_with("styles/") && name.ends_with(".typ")
}

impl Reader {
    /// Adds every file of the template folder as a source: `(path below the folder, source)`, sorted.
    fn template_sources(&mut self) -> anyhow::Result<BTreeMap<String, SourceId>> {
        let mut sources = BTreeMap::new();
        let users = walked(&self.project, FOLDER, &mut self.diagnostics)?;
        for path in &users {
            let name = path.strip_prefix(FOLDER).and_then(|name| name.strip_prefix('/')).expect("below the folder");
            if name.ends_with(".j2") || name.ends_with(".yaml") || name.ends_with(".typ") {
                sources.insert(name.to_owned(), self.text(path)?);
            }
        }
        for (name, text) in OWN {
            if !sources.contains_key(*name) {
                sources.insert((*name).to_owned(), self.sources.add(format!("{BUILT_IN}/{name}"), *text));
            }
        }
        Ok(sources)
    }

    pub(super) fn templates(&mut self) -> anyhow::Result<(TemplateSet, Catalogues)> {
        let sources = self.template_sources()?;
        let is_own = |name: &str, id| OWN.contains(&(name, self.sources.source(id).text.as_str()));
        let is_read = |name: &str, id| match language_of(name) {
            // The program's own strings have no mistakes to tell.
            Some(_) => !is_own(name, id),
            None => name.ends_with("/template.yaml"),
        };
        let read = sources.iter().filter(|&(name, &id)| is_read(name, id));
        let mut parsed = self.parse(read.map(|(_, &id)| id).collect());
        let mut set = TemplateSet::default();
        let mut catalogues = Catalogues::new();
        for (name, &id) in &sources {
            if let Some(language) = language_of(name).filter(|_| !parsed.contains_key(&id)) {
                let own = own_strings(language).expect("it was found to be the program's own");
                let read = move || Catalogue::new(id, Cow::Borrowed(own.get()));
                catalogues.insert(language.to_owned(), LazyLock::new(Box::new(read)));
            } else if let Some(node) = parsed.remove(&id) {
                let node = match node {
                    Ok(node) => node,
                    Err(diagnostic) => {
                        self.diagnostics.push(*diagnostic);
                        continue;
                    }
                };
                let mut decoder = self.decoder();
                if let Some(language) = language_of(name) {
                    let read = strings(&mut decoder, &node).map(|read| Catalogue::new(id, Cow::Owned(read)));
                    catalogues.extend(read.map(|read| (language.to_owned(), LazyLock::new(Box::new(|| read) as _))));
                } else if let Some(folder) = name.strip_suffix("/template.yaml") {
                    let template = template(&mut decoder, &node, folder);
                    set.templates.extend(template.map(|template| (template.id.clone(), template)));
                }
            } else if name.ends_with(".j2") {
                set.files.insert(name.clone(), id);
            } else if is_style(name) {
                set.styles.insert(name.clone(), id);
            }
        }
        self.complain_of_absent_files(&set);
        Ok((set, catalogues))
    }

    /// A section names its file: it must be there.
    fn complain_of_absent_files(&mut self, set: &TemplateSet) {
        for template in set.templates.values() {
            if let Some(style) = &template.style
                && !set.styles.contains_key(&format!("styles/{}.typ", style.value))
            {
                let known = set.styles.keys().filter_map(|path| path.strip_prefix("styles/")?.strip_suffix(".typ"));
                let unknown = Diagnostic::unknown_id("style", style.value.as_str(), style.span, known);
                self.diagnostics.push(unknown.field("style"));
            }
            let mut named = vec![&template.header];
            named.extend(&template.free.file);
            let mut open: Vec<&SectionTemplate> = template.sections.iter().chain(&template.appendices).collect();
            while let Some(section) = open.pop() {
                named.extend(&section.file);
                open.extend(&section.sections);
            }
            for file in named {
                let folder = format!("{}/", template.id);
                let path = format!("{folder}{}", file.value);
                if !set.files.contains_key(&path) {
                    let siblings = set.files.keys().filter_map(|known| known.strip_prefix(&folder));
                    self.diagnostics.push(
                        Diagnostic::new(
                            codes::MISSING_FILE,
                            format!("the template file `{FOLDER}/{path}` is not there"),
                        )
                        .at(file.span, "named here")
                        .did_you_mean(&file.value, siblings),
                    );
                }
            }
        }
    }

    /// The program's fonts and those of `report-templates/styles/fonts`.
    pub(super) fn fonts(&mut self) -> anyhow::Result<Fonts> {
        let mut users = Vec::new();
        for path in files_below(&self.project, &format!("{FOLDER}/styles/fonts"))? {
            let ending = path.rsplit_once('.').map(|(_, ending)| ending.to_lowercase()).unwrap_or_default();
            if matches!(ending.as_str(), "ttf" | "otf") {
                let name = path.rsplit('/').next().unwrap_or(&path).to_owned();
                users.push((name, self.bytes(&path)?));
            }
        }
        Ok(Fonts::embedded().with_user(users).unwrap_or_else(|broken| {
            self.diagnostics.extend(broken.iter().map(|name| {
                Diagnostic::new(
                    codes::STYLE_ERROR,
                    format!("`{FOLDER}/styles/fonts/{name}` is no font that can be read"),
                )
                .hint("take it away, or put a whole `.ttf` or `.otf` file in its place")
            }));
            Fonts::embedded()
        }))
    }
}

/// The language whose strings a file holds.
fn language_of(name: &str) -> Option<&str> {
    name.strip_prefix("strings/")?.strip_suffix(".yaml")
}

fn template(decoder: &mut Decoder<'_>, node: &Node, folder: &str) -> Option<Template> {
    let id = decoder.id_of_name(folder, "template", node);
    let mut fields = decoder.fields(node, "")?;
    let header = fields.required(decoder, "header", Decoder::file);
    let sections = fields.required(decoder, "sections", |decoder, node, path| decoder.list(node, path, section));
    let free = fields.optional(decoder, "free", |decoder, node, path| {
        let mut fields = decoder.fields(node, path)?;
        let after = fields.optional(decoder, "after", Decoder::id);
        let file = fields.optional(decoder, "file", Decoder::file);
        fields.finish(decoder);
        Some(FreeTemplate { after, file })
    });
    let each =
        fields.optional(decoder, "each", |decoder, node, path| decoder.choice(node, path, &[("practitioner", ())]));
    let audience = fields.optional(decoder, "audience", super::narrative::audience);
    let style = fields.optional(decoder, "style", Decoder::id);
    let notes = fields.optional(decoder, "notes", Decoder::flag).unwrap_or(false);
    let list_labels = fields.list(decoder, "list_labels", |decoder, node, path| {
        let choices = [("number", LabelStyle::Number), ("letter", LabelStyle::Letter), ("roman", LabelStyle::Roman)];
        decoder.choice(node, path, &choices)
    });
    let appendices = fields.list(decoder, "appendices", section);
    fields.finish(decoder);
    let template = Template {
        id: id?.value,
        span: node.span,
        header: header?,
        sections: sections?,
        free: free.unwrap_or_default(),
        each_practitioner: each.is_some(),
        audience,
        style,
        notes,
        list_labels,
        appendices,
    };
    if let Some(after) = &template.free.after {
        let known: Vec<&str> = template.all_sections().into_iter().map(|section| section.id.value.as_str()).collect();
        if !known.contains(&after.value.as_str()) {
            let unknown = Diagnostic::unknown_id("section", after.value.as_str(), after.span, known);
            decoder.report(unknown.field("free.after"));
        }
    }
    Some(template)
}

fn section(decoder: &mut Decoder<'_>, node: &Node, path: &str) -> Option<SectionTemplate> {
    let mut fields = decoder.fields(node, path)?;
    let id = fields.required(decoder, "id", Decoder::id);
    let title = fields.optional(decoder, "title", title);
    let file = fields.optional(decoder, "file", Decoder::file);
    let numbering = fields.optional(decoder, "numbering", |decoder, node, path| {
        let choices =
            [("none", Numbering::None), ("heading", Numbering::Heading), ("paragraphs", Numbering::Paragraphs)];
        decoder.choice(node, path, &choices)
    });
    let page = fields.optional(decoder, "page", |decoder, node, path| {
        decoder.choice(node, path, &[("portrait", Page::Portrait), ("landscape", Page::Landscape)])
    });
    let key = fields.optional(decoder, "key", Decoder::string).map(|key| key.value);
    let new_page = fields.optional(decoder, "new_page", Decoder::flag).unwrap_or(false);
    let required = fields.optional(decoder, "required", Decoder::flag).unwrap_or(false);
    let sections = fields.list(decoder, "sections", section);
    fields.finish(decoder);
    Some(SectionTemplate {
        id: id?,
        title,
        file,
        numbering: numbering.unwrap_or(Numbering::None),
        page: page.unwrap_or(Page::Portrait),
        new_page,
        key,
        required,
        sections,
    })
}

/// `title: Words`, or `title: {say: key}` for a string of the catalogue.
fn title(decoder: &mut Decoder<'_>, node: &Node, path: &str) -> Option<SectionTitle> {
    if !matches!(node.kind, NodeKind::Mapping(_)) {
        return decoder.string(node, path).map(|title| SectionTitle::Words(title.value));
    }
    let mut fields = decoder.fields(node, path)?;
    let key = fields.required(decoder, "say", Decoder::string);
    fields.finish(decoder);
    Some(SectionTitle::Say(key?.value))
}

/// A catalogue is a tree of keys; `month: {1: January}` is the string `month.1`.
fn strings(decoder: &mut Decoder<'_>, node: &Node) -> Option<Strings> {
    let mut strings = Strings::new();
    strings_of(decoder, node, "", &mut strings)?;
    Some(strings)
}

/// The strings of a language that the program brought along, read when they are first asked for.
pub struct OwnStrings {
    text: &'static str,
    read: OnceLock<Strings>,
}

impl OwnStrings {
    pub fn get(&self) -> &Strings {
        self.read.get_or_init(|| {
            let mut sources = Sources::default();
            let id = sources.add(BUILT_IN, self.text);
            let node = super::yaml::read(&sources, id).ok();
            let decoder = &mut Decoder { sources: &sources, diagnostics: &mut Vec::new() };
            node.and_then(|node| strings(decoder, &node)).expect("a test reads the program's own catalogues")
        })
    }
}

/// The program's own strings of a language, where it has them.
pub fn own_strings(language: &str) -> Option<&'static OwnStrings> {
    static OWN_STRINGS: LazyLock<BTreeMap<&str, OwnStrings>> = LazyLock::new(|| {
        let own = |&(name, text): &(&'static str, &'static str)| {
            Some((language_of(name)?, OwnStrings { text, read: OnceLock::new() }))
        };
        OWN.iter().filter_map(own).collect()
    });
    OWN_STRINGS.get(language)
}

fn strings_of(decoder: &mut Decoder<'_>, node: &Node, path: &str, strings: &mut Strings) -> Option<()> {
    for (key, value) in decoder.entries(node, path)? {
        let path = if path.is_empty() { key.name.clone() } else { format!("{path}.{}", key.name) };
        match &value.kind {
            NodeKind::Mapping(_) => {
                strings_of(decoder, value, &path, strings);
            }
            _ => {
                if let Some(text) = decoder.string(value, &path) {
                    strings.insert(path, text.value);
                }
            }
        }
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    #[test]
    fn the_programs_own_catalogues_have_no_mistakes() {
        let own = OWN.iter().filter(|(name, _)| language_of(name).is_some());
        let mut sources = Sources::default();
        let ids: Vec<SourceId> = own.map(|(name, text)| sources.add(*name, *text)).collect();
        assert_eq!(ids.len(), 2);
        for id in ids {
            let mut diagnostics = Vec::new();
            let node = super::super::yaml::read(&sources, id).expect("YAML");
            let read = strings(&mut Decoder { sources: &sources, diagnostics: &mut diagnostics }, &node);
            assert!(read.is_some_and(|read| read.len() > 300));
            assert!(diagnostics.is_empty(), "{diagnostics:?}");
        }
    }

    #[test]
    fn the_built_in_set_is_the_repositorys_folder() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let files = files_below(root, FOLDER).unwrap();
        let on_disk: Vec<&str> = files
            .iter()
            .filter_map(|path| path.strip_prefix("report-templates/"))
            .filter(|path| !path.ends_with(".md"))
            .collect();
        let own: Vec<&str> = OWN.iter().map(|(path, _)| *path).collect();
        assert_eq!(own, on_disk);
    }
}
