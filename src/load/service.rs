//! `service.yaml` → [`Service`].

use std::collections::BTreeMap;

use crate::diagnostic::{Diagnostic, codes};
use crate::document::Tone;
use crate::model::ids::ThemeId;
use crate::model::register::Standing;
use crate::model::service::{Contact, Language, Logo, Look, PrivateList, RagWord, Service};
use crate::source::{Span, Spanned};

use super::decode::{Decoder, to_write};
use super::yaml::Node;

/// Counts below this are not for the public unless the service says otherwise (usual in published official statistics).
const DISCLOSURE_THRESHOLD: u32 = 5;

pub(super) fn read(decoder: &mut Decoder<'_>, node: &Node) -> Option<Service> {
    let mut fields = decoder.fields(node, "")?;
    // Without a name no paper is made, but its quarters are still there to be asked for and checked.
    let name = fields.required(decoder, "name", Decoder::string).unwrap_or(Spanned::new(String::new(), node.span));
    let board = fields.optional(decoder, "board", Decoder::string).map(|board| board.value);
    let language = fields.optional(decoder, "language", Decoder::value).map(|language| language.value);
    let marking = fields.optional(decoder, "marking", Decoder::marking);
    let mut rotation = fields.list(decoder, "rotation", Decoder::id);
    if fields.node("rotation").is_some_and(|node| node.len() > rotation.len()) {
        // A theme that could not be read is not one that an audit lacks.
        rotation.clear();
    }
    let themes = match fields.node("themes") {
        Some(node) => decoder.entries(node, "themes").unwrap_or_default(),
        None => Vec::new(),
    };
    let themes: BTreeMap<ThemeId, String> = themes
        .into_iter()
        .filter_map(|(key, value)| {
            let path = format!("themes.{}", key.name);
            if let Some(place) = value.to_write() {
                decoder.report(to_write(codes::TO_WRITE, place, &path));
                return None;
            }
            let title = decoder.string(value, &path)?.value;
            match key.name.parse() {
                Ok(id) => Some((id, title)),
                Err(error) => {
                    decoder.report(Diagnostic::new(codes::BAD_ID, error).at(key.span, "").field(path));
                    None
                }
            }
        })
        .collect();
    let contacts = fields.list(decoder, "contacts", contact);
    let rag: Vec<(RagWord, Vec<Span>)> = fields.list(decoder, "rag", |decoder, node, path| {
        let mut fields = decoder.fields(node, path)?;
        let word = fields.required(decoder, "word", Decoder::string);
        let means = fields.required(decoder, "means", Decoder::string);
        let tone = fields.optional(decoder, "tone", super::framework::tone).unwrap_or(Tone::Grey);
        let statuses = fields.one_or_list(decoder, "statuses", |decoder, node, path| {
            let choices: Vec<(&str, Standing)> = Standing::all().map(|standing| (standing.word(), standing)).collect();
            decoder.choice(node, path, &choices).map(|standing| (standing, node.span))
        });
        fields.finish(decoder);
        let (statuses, places) = statuses.into_iter().unzip();
        Some((RagWord { word: word?.value, means: means?.value, tone, statuses }, places))
    });
    claimed_once(decoder, &rag);
    let rag = rag.into_iter().map(|(rag, _)| rag).collect();
    let look = fields.optional(decoder, "look", look).unwrap_or_default();
    let privacy = fields.optional(decoder, "privacy", |decoder, node, path| {
        let mut fields = decoder.fields(node, path)?;
        let threshold = fields.optional(decoder, "threshold", Decoder::count).map(|threshold| threshold.value);
        let never_print = fields.optional(decoder, "never_print", Decoder::file);
        fields.finish(decoder);
        Some((threshold, never_print))
    });
    let (disclosure_threshold, never_print) = privacy.unwrap_or_default();
    fields.finish(decoder);
    Some(Service {
        name,
        board,
        language: language.unwrap_or_else(Language::british_english),
        marking,
        rotation,
        themes,
        contacts,
        rag,
        look,
        disclosure_threshold: disclosure_threshold.unwrap_or(DISCLOSURE_THRESHOLD),
        // Where it lies and what it holds is found by who knows the folder.
        private_list: never_print.map(|file| PrivateList { path: file.value.clone(), file, content: None }),
    })
}

/// Complains of a status that two RAG words claim, or one word twice; `rag` has the place of each status.
fn claimed_once(decoder: &mut Decoder<'_>, rag: &[(RagWord, Vec<Span>)]) {
    let mut seen: Vec<(Standing, &str, Span)> = Vec::new();
    for (rag, places) in rag {
        for (&standing, &place) in rag.statuses.iter().zip(places) {
            match seen.iter().find(|(other, ..)| *other == standing) {
                Some((_, word, first)) => decoder.report(
                    Diagnostic::new(codes::RAG_TWICE, format!("two words claim the status `{}`", standing.word()))
                        .at(place, format!("`{}` here", rag.word))
                        .at(*first, format!("`{word}` here"))
                        .field("rag.statuses")
                        .hint("leave it with the one word that such actions are to have"),
                ),
                None => seen.push((standing, &rag.word, place)),
            }
        }
    }
}

/// Reads somebody who can be asked.
pub(super) fn contact(decoder: &mut Decoder<'_>, node: &Node, path: &str) -> Option<Contact> {
    let mut fields = decoder.fields(node, path)?;
    let role = fields.required(decoder, "role", Decoder::string);
    let email = fields.optional(decoder, "email", Decoder::string).map(|email| email.value);
    let telephone = fields.optional(decoder, "telephone", Decoder::string).map(|telephone| telephone.value);
    fields.finish(decoder);
    Some(Contact { role: role?.value, email, telephone })
}

fn look(decoder: &mut Decoder<'_>, node: &Node, path: &str) -> Option<Look> {
    let mut fields = decoder.fields(node, path)?;
    let style = fields.optional(decoder, "style", Decoder::id);
    let colours_path = fields.path("colours");
    let colours = match fields.node("colours") {
        Some(node) => decoder.entries(node, &colours_path).unwrap_or_default(),
        None => Vec::new(),
    };
    let colours: BTreeMap<String, Spanned<String>> = colours
        .into_iter()
        .filter_map(|(key, value)| {
            let path = format!("{colours_path}.{}", key.name);
            let colour = decoder.value::<Colour>(value, &path)?;
            Some((key.name.clone(), colour.map(|colour| colour.0)))
        })
        .collect();
    let logo = fields.optional(decoder, "logo", |decoder, node, path| {
        let mut fields = decoder.fields(node, path)?;
        let file = fields.required(decoder, "file", Decoder::file);
        let alt = fields.required(decoder, "alt", Decoder::string);
        fields.finish(decoder);
        Some(Logo { file: file?, alt: alt?.value })
    });
    let footer_id = fields.optional(decoder, "footer_id", Decoder::flag).unwrap_or(false);
    fields.finish(decoder);
    Some(Look { style, colours, logo, footer_id })
}

/// `#` and six hexadecimal digits.
struct Colour(String);

impl std::str::FromStr for Colour {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Colour, &'static str> {
        match text.strip_prefix('#') {
            Some(digits) if digits.len() == 6 && digits.bytes().all(|b| b.is_ascii_hexdigit()) => {
                Ok(Colour(text.to_ascii_lowercase()))
            }
            _ => Err("a colour is written \"#1d3d5c\", in quotes"),
        }
    }
}
