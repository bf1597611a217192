//! `attention list`, `show`, `resolve`, `review`.

mod looked;
mod words;

use contract::{
    AttentionItem, Command, Decision, Failure, FailureCode, HistoryState, RecordChanges, Reply,
};
use engine::Engine;
use uuid::Uuid;

use self::words::Writers;
use super::unexpected;
use crate::arguments::Attention;
use crate::fields;
use crate::output::Output;

pub async fn run(engine: &Engine, verb: Option<Attention>, output: Output) -> Result<(), Failure> {
    match verb.unwrap_or(Attention::List) {
        Attention::List => {
            let items = open(engine, Command::AttentionList).await?;
            for item in &items {
                output.answer(item, || words::item(item, &Writers::new()))?;
            }
            if items.is_empty() && !output.json {
                output.say("nothing needs attention");
            }
            looked::note(engine, &items).await
        }
        Attention::Show { id } => {
            let item = one(engine, &id).await?;
            let writers = if output.json { Writers::new() } else { writers(engine, &item).await };
            output.answer(&item, || words::item(&item, &writers))?;
            looked::note(engine, std::slice::from_ref(&item)).await
        }
        Attention::Resolve { id, keep, decisions, mended } => {
            let item = one(engine, &id).await?;
            let mended = match mended.as_slice() {
                [] => RecordChanges::default(),
                words => fields::changes(&super::described(engine, &item.entity).await?, words)?,
            };
            let decisions = decided(&item, keep.as_deref(), &decisions, &mended)?;
            let mends = !mended.is_empty();
            let shown = looked::version(engine, &item).await?;
            let resolve = Command::AttentionResolve {
                id: item.id,
                shown,
                decisions: decisions.clone(),
                mended,
            };
            let left = open(engine, resolve).await?.len();
            let stands = words::stands(&item, &decisions);
            let answer =
                serde_json::json!({ "resolved": item.id, "stands": stands, "attention": left });
            output.answer(&answer, || words::done(&item, &decisions, mends, left))
        }
        Attention::Review { id, apply, returns: _, reason } => {
            let item = one(engine, &id).await?;
            let shown = looked::version(engine, &item).await?;
            let review = Command::AttentionReview { id: item.id, shown, apply, reason };
            let left = open(engine, review).await?.len();
            let answer =
                serde_json::json!({ "reviewed": item.id, "applied": apply, "attention": left });
            output.answer(&answer, || words::reviewed(apply, left))
        }
    }
}

/// Who wrote what stands, as the sync server's history tells it; without it nobody is named.
async fn writers(engine: &Engine, item: &AttentionItem) -> Writers {
    let (entity, id) = (item.entity.clone(), item.row_id.to_string());
    let asked = Command::History { entity, id, cursor: None };
    let Ok(Reply::History(page)) = engine.call(asked).await else { return Writers::new() };
    let by = |path: &String, stands: &serde_json::Value| {
        // Newest first: what stands is what was written last.
        let written = page.entries.iter().find(|entry| {
            let writes = |after| serde_json::to_value(after).is_ok_and(|after| after == *stands);
            let mut changes = entry.changes.iter();
            entry.state == HistoryState::Recorded
                && changes.any(|change| change.field == *path && writes(&change.after))
        })?;
        let at = written.occurred_at.or(written.received_at);
        let at = at.map(|at| at.format("%Y-%m-%d %H:%M:%SZ").to_string());
        let known = [written.user.clone(), at, written.device.clone()];
        Some(known.into_iter().flatten().collect::<Vec<_>>().join(", "))
    };
    let told = item.fields.iter().filter(|(_, field)| field.untold.is_empty());
    told.filter_map(|(path, field)| Some((path.clone(), by(path, &field.theirs)?))).collect()
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
        let (name, keep) = word.rsplit_once('=').map_or_else(|| fields::split(word), Ok)?;
        if !matches!(keep, "mine" | "theirs") {
            return Err(usage(format!("{word}: write {name}=mine or {name}=theirs")));
        }
        let path = if item.fields.contains_key(name) { name } else { words::path(name) };
        if !item.fields.contains_key(path) {
            let known: Vec<_> = item.fields.keys().map(|path| words::name(path)).collect();
            return Err(usage(format!(
                "{name} is not in question; these are: {}",
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
            let path = words::name(path);
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
        let field = || AttentionField {
            mine: json!("a"),
            theirs: json!("b"),
            base: json!("c"),
            untold: Vec::new(),
        };
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
