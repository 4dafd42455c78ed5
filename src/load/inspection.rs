//! `inspections/<id>.yaml` → [`Inspection`].

use crate::model::inspection::{Inspection, Recommendation, StandardRating};
use crate::source::Spanned;

use super::audit::period;
use super::decode::Decoder;
use super::narrative::prose;
use super::stem;
use super::yaml::Node;

pub(super) fn read(decoder: &mut Decoder<'_>, node: &Node, path: &str) -> Option<Inspection> {
    let id = decoder.id_of_name(stem(path), "inspection", node);
    let mut fields = decoder.fields(node, "")?;
    let title = fields.required(decoder, "title", Decoder::string);
    let framework = fields.optional(decoder, "framework", Decoder::id);
    let fieldwork = fields.optional(decoder, "fieldwork", period);
    let published = fields.optional(decoder, "published", Decoder::date);
    let overall = fields.optional(decoder, "overall", Decoder::string).filter(is_rated);
    let ratings = match fields.node("ratings") {
        Some(node) => decoder.entries(node, "ratings").unwrap_or_default(),
        None => Vec::new(),
    };
    let ratings = ratings
        .into_iter()
        .filter_map(|(key, value)| {
            let path = format!("ratings.{}", key.name);
            let rating = decoder.string(value, &path)?;
            let id = decoder.key_id(key, &path)?;
            let rating = Some(rating).filter(is_rated);
            Some((id.value, StandardRating { span: id.span, rating }))
        })
        .collect();
    let recommendations = fields.list(decoder, "recommendations", |decoder, node, path| {
        let mut fields = decoder.fields(node, path)?;
        let id = fields.required(decoder, "id", Decoder::id);
        let domain = fields.optional(decoder, "domain", Decoder::id);
        let text = fields.required(decoder, "text", prose);
        fields.finish(decoder);
        Some(Recommendation { id: id?, domain, text: text? })
    });
    fields.finish(decoder);
    Some(Inspection {
        id: id?.value,
        span: node.span,
        title: title?.value,
        framework,
        fieldwork,
        published,
        overall,
        ratings,
        recommendations,
    })
}

fn is_rated(rating: &Spanned<String>) -> bool {
    rating.value != "not rated"
}
