//! Attention: what needs a decision of this person, and the decision.

use std::collections::BTreeMap;

use contract::{AttentionField, AttentionItem, Decision, Failure, Problem};
use domain::attention::{ATTENTION, FIELD_ROWS, MINE, THEIRS};
use domain::permissions::Action;
use domain::record::{Problems, Record, Value, row_facts};
use domain::synced;
use local_store::{ListQuery, Order, Start, View};
use sync_protocol::device::draft;
use sync_protocol::op::{Intent, Verb};
use uuid::Uuid;

use super::{Done, fault, rules, save, shown, write};
use crate::session::{Held, Session};

/// Items are read so many at a time.
const PAGE: usize = 500;

pub fn list(view: &View, held: &Held) -> Result<Vec<AttentionItem>, Failure> {
    held.check(Action::View, &ATTENTION, None, &[])?;
    let query = ListQuery {
        order: Order { field: Some("created_at".to_owned()), descending: false },
        ..ListQuery::default()
    };
    let mut items = Vec::new();
    let mut start = Start::Offset(0);
    loop {
        let page = view.list(&ATTENTION, &query, &start, PAGE).map_err(fault)?;
        for row in page.rows {
            // A list brings no child rows, and they are what it is about.
            let whole = view.get(&ATTENTION, row.record.id()).map_err(fault)?;
            items.extend(
                whole.filter(|row| shown::may_see(held, &row.record)).map(|row| item(&row.record)),
            );
        }
        match page.next {
            Some(next) => start = Start::After(next),
            None => return Ok(items),
        }
    }
}

fn item(record: &Record) -> AttentionItem {
    let text = |name: &str| record.get(name).text().unwrap_or_default().to_owned();
    let id = |name: &str| record.get(name).id();
    let rows = record.collection(FIELD_ROWS).into_iter().map(|row| {
        let value = |name: &str| match row.values.get(name) {
            Value::Text(json) => serde_json::from_str(json).unwrap_or(serde_json::Value::Null),
            _ => serde_json::Value::Null,
        };
        let path = row.values.get("path").text().unwrap_or_default().to_owned();
        let field =
            AttentionField { mine: value("mine"), theirs: value("theirs"), base: value("base") };
        (path, field)
    });
    AttentionItem {
        id: record.id(),
        entity: text("entity"),
        row_id: id("row_id").unwrap_or_default(),
        title: text("title"),
        kind: text("kind"),
        fields: rows.collect::<BTreeMap<_, _>>(),
        message: text("message"),
        by_user: id("by_user"),
        since: record.head.created_at,
    }
}

/// Decides every field of an item; what the person keeps of their own becomes an edit.
pub fn resolve(
    session: &Session,
    held: &Held,
    id: Uuid,
    decisions: &[Decision],
) -> Result<Done<Vec<AttentionItem>>, Failure> {
    let intents = super::read(session, |view| {
        let found = view.get(&ATTENTION, id).map_err(fault)?;
        let found =
            found.filter(|row| shown::may_see(held, &row.record) && !row.record.is_retired());
        let item = found.ok_or_else(super::not_found)?.record;
        held.check(Action::Edit, &ATTENTION, Some(&row_facts(&item)), &[])?;
        let decisions = decided(&item, decisions)?;
        let target = target(view, held, &item)?;
        let intents = draft::resolve(&item, target.as_ref(), &decisions);
        if let Some(target) = &target {
            intents.iter().try_for_each(|intent| allowed(view, held, target, intent))?;
        }
        Ok(intents)
    })?;
    let touched = write::write(session, held, intents)?;
    let answer = super::read(session, |view| list(view, held))?;
    Ok(Done { answer, touched: Some(touched) })
}

/// A decision for each path of the item, and for no other.
fn decided(item: &Record, decisions: &[Decision]) -> Result<Vec<draft::Decision>, Failure> {
    let rows = item.collection(FIELD_ROWS);
    let paths: Vec<&str> = rows.iter().filter_map(|row| row.values.get("path").text()).collect();
    let mut problems = Vec::new();
    for decision in decisions {
        if !paths.contains(&decision.path.as_str()) {
            let message = "is not in question here";
            problems.push(Problem::new(&decision.path, "unknown_field", message));
        }
        if ![MINE, THEIRS].contains(&decision.keep.as_str()) {
            let message = format!("must be {MINE} or {THEIRS}");
            problems.push(Problem::new(&decision.path, "unknown_choice", message));
        }
    }
    for path in paths {
        if !decisions.iter().any(|decision| decision.path == path) {
            let message = "needs a decision: what you wrote, or what stands";
            problems.push(Problem::new(path, "required", message));
        }
    }
    if !problems.is_empty() {
        return Err(super::refused(problems));
    }
    let plain = |decision: &Decision| draft::Decision {
        path: decision.path.clone(),
        keep: decision.keep.clone(),
    };
    Ok(decisions.iter().map(plain).collect())
}

/// The record that the item is about, if it is here and the person may know of it.
fn target(view: &View, held: &Held, item: &Record) -> Result<Option<Record>, Failure> {
    let entity = item.get("entity").text().and_then(synced::find);
    let (Some(entity), Some(id)) = (entity, item.get("row_id").id()) else { return Ok(None) };
    let found = view.get(entity, id).map_err(fault)?;
    Ok(found.map(|row| row.record).filter(|record| shown::may_see(held, record)))
}

/// Whether the person may make this edit, and whether it leaves a record that keeps the rules.
fn allowed(view: &View, held: &Held, target: &Record, intent: &Intent) -> Result<(), Failure> {
    let entity = target.entity();
    match intent.verb {
        Verb::Update => {
            save::permitted(held, Action::Edit, entity, Some(target), &intent.changes)?;
            let mut left = target.clone();
            intent
                .changes
                .apply(&mut left)
                .map_err(|Problems(problems)| super::refused(problems))?;
            rules::judge(view, held, &left, Problems::default()).map(|_| ())
        }
        Verb::Retire => held.check(Action::Retire, entity, Some(&row_facts(target)), &[]),
        Verb::Create | Verb::Resolve => Ok(()),
    }
}
