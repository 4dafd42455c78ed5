//! `actions.yaml` → the register of [`Action`]s.

use crate::model::register::{Action, ActionStatus, Update};

use super::decode::Decoder;
use super::narrative::line;
use super::yaml::{Node, NodeKind};

pub(super) fn read(decoder: &mut Decoder<'_>, node: &Node) -> Option<Vec<Action>> {
    match node.kind {
        NodeKind::Null => Some(Vec::new()),
        _ => decoder.list(node, "", action),
    }
}

fn action(decoder: &mut Decoder<'_>, node: &Node, path: &str) -> Option<Action> {
    let mut fields = decoder.fields(node, path)?;
    let id = fields.required(decoder, "id", Decoder::id);
    let opened = fields.required(decoder, "opened", Decoder::date);
    let source = fields.one_or_list(decoder, "source", Decoder::string);
    let what = match fields.node("what") {
        Some(_) => Some(fields.one_or_list(decoder, "what", line)),
        None => fields.required(decoder, "what", |_, _, _| None),
    };
    let how = fields.one_or_list(decoder, "how", line);
    let owners = fields.one_or_list(decoder, "owners", Decoder::string);
    let due = fields.optional(decoder, "due", Decoder::date);
    let review = fields.optional(decoder, "review", Decoder::date);
    let measure = fields.optional(decoder, "measure", line);
    let mut updates = fields.list(decoder, "updates", update);
    // How the action stood on a day is what was said last by then, wherever that stands in the file.
    updates.sort_by_key(|update| update.on.value);
    fields.finish(decoder);
    Some(Action {
        span: node.span,
        id: id?,
        opened: opened?,
        source,
        what: what?,
        how,
        owners: owners.into_iter().map(|owner| owner.value).collect(),
        due,
        review,
        measure,
        updates,
    })
}

fn update(decoder: &mut Decoder<'_>, node: &Node, path: &str) -> Option<Update> {
    let mut fields = decoder.fields(node, path)?;
    let on = fields.required(decoder, "on", Decoder::date);
    let status =
        fields.optional(decoder, "status", |decoder, node, path| decoder.choice(node, path, &ActionStatus::ALL));
    let due = fields.optional(decoder, "due", Decoder::date);
    let progress = fields.optional(decoder, "progress", line);
    let evidence = fields.optional(decoder, "evidence", line);
    fields.finish(decoder);
    Some(Update { on: on?, status, due, progress, evidence })
}
