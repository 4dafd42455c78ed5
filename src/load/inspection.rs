//! `inspections/<id>.yaml` → [`Inspection`].

use crate::model::inspection::{Inspection, Recommendation};

use super::audit::period;
use super::decode::Decoder;
use super::narrative::prose;
use super::stem;
use super::yaml::Node;

pub(super) fn read(decoder: &mut Decoder<'_>, node: &Node, path: &str) -> Option<Inspection> {
    let id = decoder.id_of_name(stem(path), "inspection", node);
    let mut fields = decoder.fields(node, "")?;
    let title = fields.required(decoder, "title", Decoder::string);
    let fieldwork = fields.optional(decoder, "fieldwork", period);
    let published = fields.optional(decoder, "published", Decoder::date);
    let overall = fields.optional(decoder, "overall", Decoder::string).map(|rating| rating.value);
    let ratings = match fields.node("ratings") {
        Some(node) => decoder.entries(node, "ratings").unwrap_or_default(),
        None => Vec::new(),
    };
    let ratings = ratings
        .into_iter()
        .filter_map(|(key, value)| {
            let path = format!("ratings.{}", key.name);
            let rating = decoder.string(value, &path)?.value;
            let id = decoder.key_id(key, &path)?;
            Some((id.value, Some(rating).filter(|rating| rating != "not rated")))
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
        fieldwork,
        published,
        overall,
        ratings,
        recommendations,
    })
}
