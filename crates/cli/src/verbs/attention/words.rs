//! An item of Attention, and what came of it, as a person at a terminal reads it.

use std::collections::BTreeMap;

use contract::{AttentionField, AttentionItem, AttentionProposal, Decision};
use serde_json::Value;

use crate::output;

/// The path of the record itself, and what it is called here.
const RECORD: &str = "*";
const RECORD_WORD: &str = "record";

/// Who wrote what stands, and when, by path, as far as the history tells.
pub type Writers = BTreeMap<String, String>;

/// How a path is written at a terminal.
pub fn name(path: &str) -> &str {
    if path == RECORD { RECORD_WORD } else { path }
}

/// The path that was written so.
pub fn path(name: &str) -> &str {
    if name == RECORD_WORD { RECORD } else { name }
}

pub fn is_record(path: &str) -> bool {
    path == RECORD
}

pub fn item(item: &AttentionItem, writers: &Writers) -> String {
    let mut lines = vec![format!("{} {} {} ({})", item.id, item.entity, item.title, item.message)];
    if let Some(name) = &item.by_name {
        lines.push(format!("  the other person: {name}"));
    }
    for (path, field) in &item.fields {
        lines.push(format!("  {}", told(item, path, field, writers.get(path))));
    }
    if let Some(proposal) = &item.proposal {
        lines.push(format!("  {}", decided(proposal)));
    }
    lines.join("\n")
}

/// One field: what was written, what stands and what it was before, as far as each says something.
fn told(item: &AttentionItem, path: &str, field: &AttentionField, by: Option<&String>) -> String {
    let is_told = |name: &str| !field.untold.iter().any(|untold| untold == name);
    if is_record(path) && item.kind == "review" {
        return format!("what was done: {}", text(&field.mine));
    }
    if is_record(path) {
        return "the whole record: you deleted it (mine), it stays (theirs)".to_owned();
    }
    let mut parts = Vec::new();
    // Who deleted the record wrote no field of it.
    if item.kind != "retired_edit" {
        let whose = if item.kind == "review" { "meant" } else { "mine" };
        parts.push(format!("{whose} {}", text(&field.mine)));
    }
    if item.record_version.is_some() || item.kind == "conflict" {
        let by = by.map(|by| format!(", written by {by}")).unwrap_or_default();
        parts.push(match is_told("theirs") {
            true => format!("now {}{by}", text(&field.theirs)),
            false => "what stands now may not be shown to you".to_owned(),
        });
        parts.push(match (is_told("base"), is_told("theirs")) {
            (true, _) => format!("before {}", text(&field.base)),
            (false, true) => "what it was before is in the history".to_owned(),
            (false, false) => "nor what it was before".to_owned(),
        });
    }
    format!("{path}: {}", parts.join("; "))
}

fn text(value: &Value) -> String {
    match value {
        Value::Null => "empty".to_owned(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

fn decided(proposal: &AttentionProposal) -> String {
    let titles = BTreeMap::new();
    let values = proposal.proposed.iter();
    let values = values.map(|(field, cell)| format!("{field} {}", output::shown(cell, &titles)));
    let proposed = match values.collect::<Vec<_>>() {
        values if values.is_empty() => "what was proposed may not be shown to you".to_owned(),
        values => values.join(", "),
    };
    let by =
        |word: &str, name: &Option<String>| name.as_ref().map(|name| format!("{word} by {name}"));
    let state = proposal.state.as_str();
    let mut said = vec![format!("proposed: {proposed}")];
    said.extend(by("proposed", &proposal.proposed_by_name));
    said.push(by(state, &proposal.decided_by_name).unwrap_or_else(|| state.to_owned()));
    said.extend(proposal.reason.iter().map(|reason| format!("reason: {reason}")));
    said.join("; ")
}

/// What stands in each field once an item is decided so, as far as the person is told.
pub fn stands(item: &AttentionItem, decisions: &[Decision]) -> BTreeMap<String, Value> {
    let one = |decision: &Decision| {
        let field = item.fields.get(&decision.path)?;
        let mine = decision.keep == "mine" && item.kind != "retired_edit";
        let is_told = mine || !field.untold.iter().any(|untold| untold == "theirs");
        let value = if mine { &field.mine } else { &field.theirs };
        let is_field = !is_record(&decision.path) && item.record_version.is_some();
        (is_told && is_field).then(|| (decision.path.clone(), value.clone()))
    };
    decisions.iter().filter_map(one).collect()
}

/// What a decision did.
pub fn done(item: &AttentionItem, decisions: &[Decision], mends: bool, open: usize) -> String {
    let keeps = |decision: &&Decision| decision.keep == "mine";
    let mut lines = Vec::new();
    if decisions.is_empty() && !mends {
        lines.push("Noted; there was nothing to choose, and nothing was changed.".to_owned());
        lines.extend(item.proposal.as_ref().map(|proposal| format!("  {}", decided(proposal))));
    } else if matches!(item.kind.as_str(), "rejected" | "waiting") {
        lines.push(match mends || decisions.iter().any(|decision| keeps(&decision)) {
            true => "Done anew; it is sent with the next sync.".to_owned(),
            false => "Put aside; nothing of it is sent.".to_owned(),
        });
    } else {
        lines.push("Decided.".to_owned());
        for decision in decisions {
            lines.extend(chosen(item, decision));
        }
    }
    lines.push(format!("{open} still need attention."));
    lines.join("\n")
}

/// What a decision about somebody else's work will do.
pub fn reviewed(applies: bool, open: usize) -> String {
    let said = match applies {
        true => "It is applied with the next sync, by what stands then.",
        false => "It goes back to its author with the next sync.",
    };
    format!("{said}\n{open} still need attention.")
}

fn chosen(item: &AttentionItem, decision: &Decision) -> Option<String> {
    let field = item.fields.get(&decision.path)?;
    let mine = decision.keep == "mine";
    if is_record(&decision.path) {
        let said = if mine { "  the record is deleted" } else { "  the record stays, in use" };
        return Some(said.to_owned());
    }
    let path = &decision.path;
    let is_told = !field.untold.iter().any(|untold| untold == "theirs");
    match mine && item.kind != "retired_edit" {
        true if is_told => {
            Some(format!("  {path}: {} instead of {}", text(&field.mine), text(&field.theirs)))
        }
        true => Some(format!("  {path}: {}", text(&field.mine))),
        false if is_told => Some(format!("  {path}: {} stands", text(&field.theirs))),
        false => Some(format!("  {path}: what stands, which may not be shown to you")),
    }
}
