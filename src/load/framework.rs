//! `frameworks/<id>.yaml` → [`Framework`].

use std::collections::BTreeMap;

use crate::diagnostic::{Diagnostic, codes};
use crate::document::Tone;
use crate::model::framework::{
    Band, BandOn, Composite, Domain, EditionMap, Framework, KeyQuestion, Prompt, RatingMethod, Scale, ScaleAnswer,
    Standard,
};
use crate::model::ids::StandardId;
use crate::model::points::HalfPoints;
use crate::source::{Span, Spanned};

use super::audit::period;
use super::decode::Decoder;
use super::stem;
use super::yaml::Node;

pub(super) fn read(decoder: &mut Decoder<'_>, node: &Node, path: &str) -> Option<Framework> {
    let id = decoder.id_of_name(stem(path), "framework", node);
    let mut fields = decoder.fields(node, "")?;
    let title = fields.required(decoder, "title", Decoder::string);
    let in_force = fields.optional(decoder, "in_force", period);
    let scale = fields.required(decoder, "scale", scale);
    let rating_method = fields.optional(decoder, "rating_method", |decoder, node, path| {
        decoder.choice(node, path, &RatingMethod::ALL).map(|method| (method, node.span))
    });
    let band_on = fields.optional(decoder, "band_on", |decoder, node, path| {
        decoder.choice(node, path, &[("rounded", BandOn::Rounded), ("exact", BandOn::Exact)])
    });
    let bands_span = fields.key_span("bands");
    let bands = fields.required(decoder, "bands", |decoder, node, path| decoder.list(node, path, band));
    let composite = fields.optional(decoder, "composite", composite);
    let domains = fields.list(decoder, "domains", domain);
    let maps = fields.optional(decoder, "maps", maps).unwrap_or_default();
    fields.finish(decoder);
    if let (Some((RatingMethod::LowestKeyQuestion, span)), Some(scale)) = (rating_method, &scale)
        && scale.answers.iter().all(|answer| answer.points != HalfPoints(0))
    {
        decoder.report(
            Diagnostic::new(
                codes::BAD_VALUE,
                "a key question is sufficient or not, and no answer of the scale earns 0",
            )
            .at(span, "ratings go by key questions")
            .field("rating_method")
            .hint("add the answer for what is not sufficient to `scale`: `No: 0`"),
        );
    }
    let bands = bands.map(|bands| toned(decoder, bands, 100, ("bands", bands_span.unwrap_or(node.span))));
    complain_of_repeats(decoder, &domains);
    let framework = Framework {
        id: id?,
        source: node.span.source,
        title: title?.value,
        in_force,
        scale: scale?,
        rating_method: rating_method.map_or(RatingMethod::Points, |(method, _)| method),
        band_on: band_on.unwrap_or(BandOn::Rounded),
        bands: bands?,
        composite: None,
        domains,
        maps,
    };
    let composite = composite.map(|raw| of_framework(decoder, raw, &framework));
    Some(Framework { composite, ..framework })
}

/// A composite as written: its bands not yet held against what the standards can earn.
struct RawComposite {
    span: Span,
    standards: Vec<Spanned<StandardId>>,
    points: Vec<(Spanned<String>, u32)>,
    bands: Vec<RawBand>,
}

fn composite(decoder: &mut Decoder<'_>, node: &Node, path: &str) -> Option<RawComposite> {
    let mut fields = decoder.fields(node, path)?;
    let standards = fields.list(decoder, "standards", Decoder::id);
    let points = fields.required(decoder, "points", |decoder, node, path| {
        let entries = decoder.entries(node, path)?;
        let points = entries.into_iter().filter_map(|(key, value)| {
            let points = decoder.count(value, &format!("{path}.{}", key.name))?;
            Some((Spanned::new(key.name.clone(), key.span), points.value))
        });
        Some(points.collect())
    });
    let bands = fields.required(decoder, "bands", |decoder, node, path| decoder.list(node, path, band));
    fields.finish(decoder);
    Some(RawComposite { span: node.span, standards, points: points?, bands: bands? })
}

/// Holds a composite against its framework: it knows each rating, each standard that it names, and no band out of reach.
fn of_framework(decoder: &mut Decoder<'_>, raw: RawComposite, framework: &Framework) -> Composite {
    let ratings = || framework.bands.iter().map(|band| band.rating.as_str());
    for (word, _) in raw.points.iter().filter(|(word, _)| !ratings().any(|rating| rating == word.value)) {
        decoder.report(
            Diagnostic::new(codes::BAD_VALUE, format!("`{}` is no rating of this framework", word.value))
                .at(word.span, "")
                .field("composite.points")
                .did_you_mean(&word.value, ratings()),
        );
    }
    for rating in ratings().filter(|rating| !raw.points.iter().any(|(word, _)| word.value == *rating)) {
        decoder.report(
            Diagnostic::new(codes::MISSING_KEY, format!("what `{rating}` earns is missing"))
                .at(raw.span, "")
                .field("composite.points")
                .hint("each rating of `bands` earns a number of points here, 0 for the lowest"),
        );
    }
    for id in raw.standards.iter().filter(|id| framework.standard(&id.value).is_none()) {
        let known = framework.standards().map(|standard| standard.id.value.as_str());
        decoder.report(Diagnostic::unknown_id("standard", id.value.as_str(), id.span, known));
    }
    let points = raw.points.into_iter().map(|(word, points)| (word.value, points)).collect();
    let composite = Composite { standards: raw.standards, points, bands: Vec::new() };
    let count = u32::try_from(framework.standards_of(&composite).count()).unwrap_or(u32::MAX);
    let highest = count.saturating_mul(composite.maximum());
    Composite { bands: toned(decoder, raw.bands, highest, ("composite.bands", raw.span)), ..composite }
}

/// `maps: {hmip-2018: {"3.1": "3.1"}}`: an older edition, and what it calls each of our standards.
fn maps(decoder: &mut Decoder<'_>, node: &Node, path: &str) -> Option<Vec<EditionMap>> {
    let mut maps = Vec::new();
    for (key, value) in decoder.entries(node, path)? {
        let path = format!("{path}.{}", key.name);
        let framework = decoder.key_id(key, &path);
        let Some(entries) = decoder.entries(value, &path) else { continue };
        let standards = entries.into_iter().filter_map(|(own, theirs)| {
            let path = format!("{path}.{}", own.name);
            Some((decoder.key_id(own, &path)?, decoder.id(theirs, &path)?))
        });
        let standards = standards.collect();
        maps.extend(framework.map(|framework| EditionMap { framework, standards }));
    }
    Some(maps)
}

fn scale(decoder: &mut Decoder<'_>, node: &Node, path: &str) -> Option<Scale> {
    let mut answers: Vec<ScaleAnswer> = Vec::new();
    for (key, value) in decoder.entries(node, path)? {
        let field = format!("{path}.{}", key.name);
        let word = folded(&key.name);
        if is_not_applicable(&word) {
            decoder.report(
                Diagnostic::new(
                    codes::BAD_VALUE,
                    format!("`{}` is worth nothing: what does not apply is left out", key.name),
                )
                .at(key.span, "")
                .field(field)
                .hint("take it out of the scale; N/A is always understood"),
            );
            continue;
        }
        if let Some(other) = answers.iter().find(|answer| folded(&answer.word) == word) {
            decoder.report(
                Diagnostic::new(codes::BAD_VALUE, format!("`{}` and `{}` are one answer", other.word, key.name))
                    .at(key.span, "")
                    .field(field)
                    .hint("capitals, spaces and full stops do not tell answers apart: remove one of the two"),
            );
            continue;
        }
        let Some(points) = decoder.value::<HalfPoints>(value, &field) else { continue };
        let worth = |answer: &&ScaleAnswer| answer.points == points.value;
        match answers.iter().find(worth) {
            // Answers are counted by what they are worth.
            Some(other) => decoder.report(
                Diagnostic::new(
                    codes::BAD_VALUE,
                    format!("`{}` and `{}` are worth the same, and no paper could tell them apart", other.word, key.name),
                )
                .at(key.span, "")
                .field(field)
                .hint("give answers of the same worth one word; a form with words of its own needs a framework of its own"),
            ),
            None => answers.push(ScaleAnswer { word: key.name.clone(), points: points.value }),
        }
    }
    answers.sort_by_key(|answer| std::cmp::Reverse(answer.points));
    if answers.first().is_none_or(|best| best.points == HalfPoints(0)) {
        decoder.report(
            Diagnostic::new(codes::BAD_VALUE, "a scale needs an answer that earns points")
                .at(node.span, "")
                .field(path),
        );
        return None;
    }
    Some(Scale { answers })
}

/// An answer as people type it, without what does not tell it from others.
pub(super) fn folded(answer: &str) -> String {
    answer.to_lowercase().replace([' ', '.', '/', '-', '_'], "")
}

/// Whether an answer, folded, says that a prompt does not apply.
pub(super) fn is_not_applicable(folded: &str) -> bool {
    matches!(folded, "na" | "notapplicable")
}

/// A band as written: its colour may be left to its place.
type RawBand = (Spanned<String>, Spanned<u32>, Option<Tone>);

fn band(decoder: &mut Decoder<'_>, node: &Node, path: &str) -> Option<RawBand> {
    let mut fields = decoder.fields(node, path)?;
    let rating = fields.required(decoder, "rating", Decoder::string);
    let from = fields.required(decoder, "from", Decoder::count);
    let tone = fields.optional(decoder, "tone", tone);
    fields.finish(decoder);
    Some((rating?, from?, tone))
}

/// Reads the colour of a word.
pub(super) fn tone(decoder: &mut Decoder<'_>, node: &Node, path: &str) -> Option<Tone> {
    let tones = [
        ("red", Tone::Red),
        ("amber", Tone::Amber),
        ("green", Tone::Green),
        ("blue", Tone::Blue),
        ("grey", Tone::Grey),
    ];
    decoder.choice(node, path, &tones)
}

/// Checks that the bands rise from 0 and gives each its colour: red at the bottom, then amber, green, blue.
fn toned(decoder: &mut Decoder<'_>, bands: Vec<RawBand>, highest: u32, (field, span): (&str, Span)) -> Vec<Band> {
    let rising = bands.windows(2).all(|pair| pair[0].1.value < pair[1].1.value);
    if bands.first().is_none_or(|(_, from, _)| from.value != 0)
        || !rising
        || bands.iter().any(|(_, from, _)| from.value > highest)
    {
        let unit = if field == "bands" { "percentage" } else { "points" };
        let message = format!("the bands must start at 0 and rise, up to {highest} at most");
        decoder.report(Diagnostic::new(codes::BAD_VALUE, message).at(span, "these bands").field(field).hint(format!(
            "write them from the lowest rating to the highest, each with the {unit} `from` which it is given"
        )));
    }
    let tones = [Tone::Red, Tone::Amber, Tone::Green, Tone::Blue];
    let last = bands.len().saturating_sub(1).max(1);
    let by_place = |place: usize| tones[place * (tones.len() - 1) / last];
    bands
        .into_iter()
        .enumerate()
        .map(|(place, (rating, from, tone))| Band {
            rating: rating.value,
            from: from.value,
            tone: tone.unwrap_or_else(|| by_place(place)),
            span: rating.span,
        })
        .collect()
}

fn domain(decoder: &mut Decoder<'_>, node: &Node, path: &str) -> Option<Domain> {
    let mut fields = decoder.fields(node, path)?;
    let id = fields.required(decoder, "id", Decoder::id);
    let title = fields.required(decoder, "title", Decoder::string);
    let standards = fields.list(decoder, "standards", standard);
    fields.finish(decoder);
    Some(Domain { id: id?, title: title?.value, standards })
}

fn standard(decoder: &mut Decoder<'_>, node: &Node, path: &str) -> Option<Standard> {
    let mut fields = decoder.fields(node, path)?;
    let id = fields.required(decoder, "id", Decoder::id);
    let title = fields.required(decoder, "title", Decoder::string);
    let key_questions = fields.list(decoder, "key_questions", |decoder, node, path| {
        let mut fields = decoder.fields(node, path)?;
        let id = fields.required(decoder, "id", Decoder::id);
        let title = fields.required(decoder, "title", Decoder::string);
        let prompts = fields.list(decoder, "prompts", |decoder, node, path| {
            let mut fields = decoder.fields(node, path)?;
            let id = fields.required(decoder, "id", Decoder::id);
            let text = fields.required(decoder, "text", Decoder::string);
            fields.finish(decoder);
            Some(Prompt { id: id?, text: text?.value })
        });
        fields.finish(decoder);
        Some(KeyQuestion { id: id?, title: title?.value, prompts })
    });
    fields.finish(decoder);
    Some(Standard { id: id?, title: title?.value, key_questions })
}

/// Domains, standards, key questions and prompts share one space of ids.
fn complain_of_repeats(decoder: &mut Decoder<'_>, domains: &[Domain]) {
    let mut ids: Vec<(String, Span)> = Vec::new();
    for domain in domains {
        ids.push((domain.id.value.to_string(), domain.id.span));
        for standard in &domain.standards {
            ids.push((standard.id.value.to_string(), standard.id.span));
            for question in &standard.key_questions {
                ids.push((question.id.value.to_string(), question.id.span));
                ids.extend(question.prompts.iter().map(|prompt| (prompt.id.value.to_string(), prompt.id.span)));
            }
        }
    }
    let mut seen: BTreeMap<&str, Span> = BTreeMap::new();
    for (id, span) in &ids {
        if let Some(first) = seen.insert(id, *span) {
            decoder.report(
                Diagnostic::new(codes::DUPLICATE_ID, format!("the id `{id}` stands twice in the framework"))
                    .at(*span, "again here")
                    .at(first, "first here")
                    .hint("domains, standards, key questions and prompts each need an id of their own"),
            );
        }
    }
}
