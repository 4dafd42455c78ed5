//! A youth justice service: its name, its look, its words for RAG.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::document::Tone;
use crate::source::Spanned;

use super::ids::{StyleId, ThemeId};
use super::register::Standing;

/// `service.yaml`.
#[derive(Clone, Debug)]
pub struct Service {
    pub name: Spanned<String>,
    /// The partnership board that the papers are for.
    pub board: Option<String>,
    /// The language of the papers, as a tag: `en-GB`.
    pub language: Language,
    /// Printed in capitals at the top and the foot of each page: `OFFICIAL`.
    pub marking: Option<String>,
    /// The order in which themes are audited, a quarter each.
    pub rotation: Vec<Spanned<ThemeId>>,
    /// How a theme is called in print; its id, with spaces, where nothing is given.
    pub themes: BTreeMap<ThemeId, String>,
    pub contacts: Vec<Contact>,
    /// What the words of the RAG scale mean, as the service uses them.
    pub rag: Vec<RagWord>,
    pub look: Look,
    /// Counts of children below this are not for the public.
    pub disclosure_threshold: u32,
    /// What no paper may print, where the service names a file of it.
    pub private_list: Option<PrivateList>,
}

/// Names and codes that are never printed. What it holds stands in no message, no source and no output.
#[derive(Clone, Debug)]
pub struct PrivateList {
    /// As the service names it, relative to its folder.
    pub file: Spanned<String>,
    /// Below the project, with `/`.
    pub path: String,
    /// `None` where the file is not there.
    pub content: Option<PrivateContent>,
}

#[derive(Clone)]
pub struct PrivateContent {
    pub bytes: Arc<[u8]>,
    pub text: String,
}

impl std::fmt::Debug for PrivateContent {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PrivateContent { .. }")
    }
}

impl Service {
    /// How a theme is called in print: `Out-of-court disposals`.
    pub fn theme_title(&self, theme: &ThemeId) -> String {
        self.themes.get(theme).cloned().unwrap_or_else(|| {
            let words = theme.as_str().replace(['-', '_'], " ");
            let mut letters = words.chars();
            letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
        })
    }
}

/// A language and, where given, a region: `en`, `GB`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Language {
    pub language: String,
    pub region: Option<String>,
}

impl Language {
    pub fn british_english() -> Language {
        Language { language: "en".to_owned(), region: Some("GB".to_owned()) }
    }
}

impl std::fmt::Display for Language {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.language)?;
        self.region.iter().try_for_each(|region| write!(f, "-{region}"))
    }
}

impl std::str::FromStr for Language {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Language, &'static str> {
        let (language, region) =
            text.split_once('-').map_or((text, None), |(language, region)| (language, Some(region)));
        let small = |part: &str| (2..=3).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_lowercase());
        let large = |part: &str| part.len() == 2 && part.bytes().all(|b| b.is_ascii_uppercase());
        if !small(language) || !region.is_none_or(large) {
            return Err("a language is written `en-GB` or `cy`");
        }
        Ok(Language { language: language.to_owned(), region: region.map(str::to_owned) })
    }
}

#[derive(Clone, Debug)]
pub struct Contact {
    pub role: String,
    pub email: Option<String>,
    pub telephone: Option<String>,
}

#[derive(Clone, Debug)]
pub struct RagWord {
    pub word: String,
    pub means: String,
    pub tone: Tone,
    /// The actions that have this word; no two words claim one status.
    pub statuses: Vec<Standing>,
}

/// What a service changes of the look without touching a template.
#[derive(Clone, Debug, Default)]
pub struct Look {
    pub style: Option<Spanned<StyleId>>,
    /// By name; a style has a default for each that it knows. Written `#1d3d5c`.
    pub colours: BTreeMap<String, Spanned<String>>,
    pub logo: Option<Logo>,
    /// Whether the id that each PDF carries in its metadata also stands at the foot of its pages.
    pub footer_id: bool,
}

#[derive(Clone, Debug)]
pub struct Logo {
    /// Relative to the service's folder.
    pub file: Spanned<String>,
    pub alt: String,
}
