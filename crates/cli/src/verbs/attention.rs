//! `attention list`, `show`, `resolve`.

use contract::{AttentionItem, Command, Decision, Failure, FailureCode, RecordChanges, Reply};
use engine::Engine;
use uuid::Uuid;

use super::unexpected;
use crate::arguments::Attention;
use crate::fields;
use crate::output::{self, Output};

pub async fn run(engine: &Engine, verb: Option<Attention>, output: Output) -> Result<(), Failure> {
    match verb.unwrap_or(Attention::List) {
        Attention::List => {
            let items = open(engine, Command::AttentionList).await?;
            for item in &items {
                output.answer(item, || output::attention(item))?;
            }
            if items.is_empty() && !output.json {
                output.say("nothing needs attention");
            }
            Ok(())
        }
        Attention::Show { id } => {
            let item = one(engine, &id).await?;
            output.answer(&item, || output::attention(&item))
        }
        Attention::Resolve { id, keep, decisions, mended } => {
            let item = one(engine, &id).await?;
            let mended = match mended.as_slice() {
                [] => RecordChanges::default(),
                words => fields::changes(&super::described(engine, &item.entity).await?, words)?,
            };
            let decisions = decided(&item, keep.as_deref(), &decisions, &mended)?;
            let resolve = Command::AttentionResolve { id: item.id, decisions, mended };
            let left = open(engine, resolve).await?;
            let answer = serde_json::json!({ "resolved": item.id, "attention": left.len() });
            output.answer(&answer, || format!("Decided. {} still need attention.", left.len()))
        }
    }
}

/// A decision for each field of the item.
fn decided(
    item: &AttentionItem,
    keep: Option<&str>,
    words: &[String],
    mended: &RecordChanges,
) -> Result<Vec<Decision>, Failure> {
    let usage = |message: String| Failure::new(FailureCode::Usage, message);
    let mut named = Vec::new();
    for word in words {
        // A path of a child row holds no sign of its own, so the last one separates.
        let (path, keep) = word.rsplit_once('=').map_or_else(|| fields::split(word), Ok)?;
        if !matches!(keep, "mine" | "theirs") {
            return Err(usage(format!("{word}: write {path}=mine or {path}=theirs")));
        }
        if !item.fields.contains_key(path) {
            let known: Vec<_> = item.fields.keys().map(String::as_str).collect();
            return Err(usage(format!(
                "{path} is not in question; these are: {}",
                known.join(", ")
            )));
        }
        named.push(Decision { path: path.to_owned(), keep: keep.to_owned() });
    }
    for path in item.fields.keys() {
        let is_mended = mended.fields.iter().any(|change| change.field == *path);
        if is_mended || named.iter().any(|decision| decision.path == *path) {
            continue;
        }
        let Some(keep) = keep else {
            return Err(usage(format!(
                "{path} is not decided; add {path}=mine, {path}=theirs or --set {path}=VALUE, or --keep for all"
            )));
        };
        named.push(Decision { path: path.clone(), keep: keep.to_owned() });
    }
    Ok(named)
}

async fn one(engine: &Engine, id: &str) -> Result<AttentionItem, Failure> {
    let wanted = id.parse::<Uuid>().map_err(|_| {
        Failure::new(FailureCode::Usage, format!("\"{id}\" is not the id of an item"))
    })?;
    let items = open(engine, Command::AttentionList).await?;
    items.into_iter().find(|item| item.id == wanted).ok_or_else(|| {
        Failure::new(FailureCode::NotFound, "no such item needs attention; see attention list")
    })
}

async fn open(engine: &Engine, command: Command) -> Result<Vec<AttentionItem>, Failure> {
    match engine.call(command).await? {
        Reply::Attention(items) => Ok(items),
        _ => Err(unexpected()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use contract::AttentionField;
    use serde_json::json;

    fn item() -> AttentionItem {
        let field = || AttentionField { mine: json!("a"), theirs: json!("b"), base: json!("c") };
        let path = "customer_contact[018f0000-0000-7000-8000-000000000001].phone";
        let fields = [("email", field()), (path, field())];
        serde_json::from_value(json!({
            "id": Uuid::nil(), "entity": "customer", "row_id": Uuid::nil(), "title": "Acme",
            "kind": "conflict", "message": "", "reasons": [], "by_user": null, "since": "2026-11-21T00:00:00Z",
            "fields": fields.into_iter().collect::<std::collections::BTreeMap<_, _>>(),
        }))
        .unwrap()
    }

    #[test]
    fn every_field_needs_a_decision() {
        let words = ["email=mine".to_owned()];
        assert_eq!(
            decided(&item(), None, &words, &RecordChanges::default()).unwrap_err().code,
            FailureCode::Usage
        );
        let all = decided(&item(), Some("theirs"), &words, &RecordChanges::default()).unwrap();
        let kept: Vec<_> = all.iter().map(|decision| decision.keep.as_str()).collect();
        assert_eq!(kept, ["mine", "theirs"]);
    }

    #[test]
    fn a_decision_about_something_else_is_refused() {
        for word in ["phone=mine", "email=both", "email"] {
            let refused =
                decided(&item(), Some("mine"), &[word.to_owned()], &RecordChanges::default())
                    .unwrap_err();
            assert_eq!(refused.code, FailureCode::Usage, "{word}");
        }
    }
}
