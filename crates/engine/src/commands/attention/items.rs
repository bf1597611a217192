//! The items of Attention as a screen gets them: what the person wrote and, beside it, what stands now in the record
//! as this device holds it. What an item itself says of that was true when it was made.

use std::collections::BTreeMap;

use chrono::{DateTime, SecondsFormat, Utc};
use contract::{AttentionField, AttentionItem, AttentionProposal, Cell, Failure, Problem};
use domain::attention::{ATTENTION, DECIDED, FIELD_ROWS, REASON_ROWS, RETIRED_EDIT};
use domain::permissions::Action;
use domain::record::{ChildRow, Record, Value, approval};
use domain::synced;
use local_store::{ListQuery, Order, Start, View};
use serde_json::Value as Json;
use sync_protocol::merge::path::FieldPath;
use sync_protocol::op::Verb;
use sync_protocol::projection::Projection;

use crate::commands::{fault, shown};
use crate::session::Held;

/// Items are read so many at a time.
const PAGE: usize = 500;

pub fn list(view: &View, held: &Held) -> Result<Vec<AttentionItem>, Failure> {
    held.check(Action::View, &ATTENTION, None, &[])?;
    let query = ListQuery {
        order: vec![Order { field: "created_at".to_owned(), descending: false }],
        ..ListQuery::default()
    };
    let mut items = Vec::new();
    let mut start = Start::Offset(0);
    loop {
        let page = view.list(&ATTENTION, &query, &start, PAGE).map_err(fault)?;
        for row in page.rows {
            // A list brings no child rows, and they are what it is about.
            let whole = view.get(&ATTENTION, row.record.id()).map_err(fault)?;
            if let Some(row) = whole.filter(|row| shown::may_see(held, &row.record)) {
                items.push(item(view, held, &row.record)?);
            }
        }
        match page.next {
            Some(next) => start = Start::After(next),
            None => return Ok(items),
        }
    }
}

/// The record that an item is about, if it is here and the person may know of it.
///
/// # Errors
/// A damaged file.
pub fn target(view: &View, held: &Held, item: &Record) -> Result<Option<Record>, Failure> {
    let entity = item.get("entity").text().and_then(synced::find);
    let (Some(entity), Some(id)) = (entity, item.get("row_id").id()) else { return Ok(None) };
    let found = view.get(entity, id).map_err(fault)?;
    Ok(found.map(|row| row.record).filter(|record| shown::may_see(held, record)))
}

fn item(view: &View, held: &Held, record: &Record) -> Result<AttentionItem, Failure> {
    let text = |name: &str| record.get(name).text().unwrap_or_default().to_owned();
    let id = |name: &str| record.get(name).id();
    let target = target(view, held, record)?;
    let stands = Stands::of(view, held, record, target.as_ref())?;
    let rows = record.collection(FIELD_ROWS).into_iter();
    let fields: BTreeMap<String, Shown> = rows
        .map(|row| {
            let path = row.values.get("path").text().unwrap_or_default();
            (path.to_owned(), stands.field(row, path))
        })
        .collect();
    // Who wrote what stood then did not write what stands now.
    let moved = fields.values().any(|shown| shown.moved);
    let by = id("by_user").filter(|_| !moved);
    let proposal = match &target {
        Some(target) => proposal(view, held, record, target)?,
        None => None,
    };
    Ok(AttentionItem {
        id: record.id(),
        entity: text("entity"),
        row_id: id("row_id").unwrap_or_default(),
        title: text("title"),
        kind: text("kind"),
        fields: fields.into_iter().map(|(path, shown)| (path, shown.field)).collect(),
        message: text("message"),
        reasons: reasons(record),
        by_user: by,
        by_name: shown::name_of(view, held, by)?,
        record_version: target.map(|target| target.head.version),
        proposal,
        since: record.head.created_at,
    })
}

/// Why there is an item, in the order in which it was said.
fn reasons(record: &Record) -> Vec<Problem> {
    let reason = |row: &ChildRow| {
        let text = |name: &str| row.values.get(name).text().unwrap_or_default();
        let params = serde_json::from_str(text("params")).unwrap_or_default();
        Problem { params, ..Problem::new(text("path"), text("rule"), text("message")) }
    };
    record.collection(REASON_ROWS).into_iter().map(reason).collect()
}

/// One field of an item, and whether something else stands there by now than when the item was made.
struct Shown {
    field: AttentionField,
    moved: bool,
}

/// What an item's record holds now, as far as the person may read it.
struct Stands<'a> {
    target: Option<(&'a Record, Projection)>,
    /// Whether the person deleted the record: they wrote no field of it.
    deleted: bool,
    /// What it held when they deleted it at this device.
    before: Vec<(FieldPath, Cell)>,
}

impl<'a> Stands<'a> {
    fn of(
        view: &View,
        held: &Held,
        item: &Record,
        target: Option<&'a Record>,
    ) -> Result<Self, Failure> {
        let deleted = item.get("kind").text() == Some(RETIRED_EDIT);
        let before = match target.filter(|_| deleted) {
            Some(target) => before_deletion(view, target)?,
            None => Vec::new(),
        };
        let target = target.map(|it| (it, Projection::of(held.grants(), it.entity())));
        Ok(Self { target, deleted, before })
    }

    fn field(&self, row: &ChildRow, path: &str) -> Shown {
        // Absent where the hub could not tell whether the person may read it; what was empty is JSON's null.
        let kept = |name: &str| match row.values.get(name) {
            Value::Text(json) => serde_json::from_str::<Json>(json).ok(),
            _ => None,
        };
        let (mine, noted, base) = (kept("mine"), kept("theirs"), kept("base"));
        let plain =
            |theirs: Option<Json>, base: Option<Json>, untold: Vec<String>| AttentionField {
                mine: mine.clone().unwrap_or_default(),
                theirs: theirs.unwrap_or_default(),
                base: base.unwrap_or_default(),
                untold,
            };
        let at = FieldPath::parse(path);
        let place = at
            .as_ref()
            .filter(|at| matches!(at, FieldPath::Field(_) | FieldPath::ChildField { .. }));
        let (Some(place), Some((target, projection))) = (place, &self.target) else {
            return Shown { field: plain(noted, base, Vec::new()), moved: false };
        };
        if is_hidden(target, projection, place) {
            let untold = ["theirs", "base"].map(str::to_owned).to_vec();
            return Shown { field: plain(None, None, untold), moved: false };
        }
        let now = standing(target, place).map(|cell| json(&cell));
        let moved = noted.is_some() && now.is_some() && noted != now;
        let base = base
            .or_else(|| self.before.iter().find(|(at, _)| at == place).map(|(_, cell)| json(cell)));
        let unknown = self.deleted && base.is_none();
        let untold = if unknown { vec!["base".to_owned()] } else { Vec::new() };
        Shown { field: plain(now.or(noted), base, untold), moved }
    }
}

fn json(cell: &Cell) -> Json {
    serde_json::to_value(cell).unwrap_or_default()
}

fn is_hidden(target: &Record, projection: &Projection, place: &FieldPath) -> bool {
    match place {
        FieldPath::Field(name) => projection.hides(target.entity().name, name),
        FieldPath::ChildField { entity, field, .. } => projection.hides(entity, field),
        FieldPath::Record | FieldPath::Row { .. } => false,
    }
}

/// What a field holds; nothing of a row that is gone.
fn standing(target: &Record, place: &FieldPath) -> Option<Cell> {
    match place {
        FieldPath::Field(name) => target.values.cell(name),
        FieldPath::ChildField { entity, id, field } => match target.child(entity, *id) {
            Some(row) => row.values.cell(field),
            None => Some(Cell::Null),
        },
        FieldPath::Record | FieldPath::Row { .. } => None,
    }
}

/// What the record held when the person deleted it here: the deletion says all that they saw.
fn before_deletion(view: &View, target: &Record) -> Result<Vec<(FieldPath, Cell)>, Failure> {
    let ops = view.ops_of(target.entity(), target.id()).map_err(fault)?;
    let Some(retire) = ops.into_iter().find(|op| op.op.intent.verb == Verb::Retire) else {
        return Ok(Vec::new());
    };
    let seen = retire.op.intent.changes;
    let own = seen.fields.into_iter().map(|seen| (FieldPath::Field(seen.field), seen.to));
    let rows = seen.children.into_iter().flat_map(|row| {
        let at = move |field: &str| FieldPath::child(&row.entity, row.id, field);
        row.fields.into_iter().map(move |seen| (at(&seen.field), seen.to)).collect::<Vec<_>>()
    });
    Ok(own.chain(rows).collect())
}

/// The proposal that the person decided about too late, or that somebody refused them.
fn proposal(
    view: &View,
    held: &Held,
    item: &Record,
    target: &Record,
) -> Result<Option<AttentionProposal>, Failure> {
    let Some(approval) = target.entity().approval else { return Ok(None) };
    let rows = target.collection(approval.proposals);
    // What the person saw of it when they decided.
    let mut seen = Vec::new();
    let row = if item.get("kind").text() == Some(DECIDED) {
        let owner = item.get("owner_id");
        let told = item.head.created_at.timestamp_micros();
        rows.into_iter().find(|row| {
            let own = row.values.get(approval::PROPOSED_BY) == owner;
            own && decided_at(row).is_some_and(|at| at.timestamp_micros() == told)
        })
    } else {
        let op = match item.get("op_id").id() {
            Some(op) => view.made(op).map_err(fault)?,
            None => None,
        };
        let decides = |verb: Verb| matches!(verb, Verb::Approve | Verb::Refuse);
        let op = op.filter(|op| decides(op.intent.verb));
        let named = op.and_then(|op| op.intent.changes.children.into_iter().next());
        named.and_then(|named| {
            seen = named.fields;
            rows.into_iter().find(|row| row.id == named.id)
        })
    };
    let Some(row) = row else { return Ok(None) };
    let entity = target.entity();
    let projection = Projection::of(held.grants(), entity);
    let proposed = |name: &str| {
        let kept = row.values.get(name);
        let is_kept = !kept.is_null() && !projection.hides(row.values.entity().name, name);
        // What is in force stands in the record alone, under its masks.
        let in_force = || {
            let seen = seen.iter().find(|seen| seen.field == name);
            seen.filter(|_| !projection.hides(entity.name, name)).map(|seen| seen.to.clone())
        };
        let cell = if is_kept { Some(kept.to_cell()) } else { in_force() };
        Some((name.to_owned(), cell.filter(|cell| *cell != Cell::Null)?))
    };
    let name = |field: &str| shown::name_of(view, held, row.values.get(field).id());
    let text = |field: &str| row.values.get(field).text().map(str::to_owned);
    Ok(Some(AttentionProposal {
        proposed: approval.fields.iter().filter_map(|name| proposed(name)).collect(),
        state: text(approval::STATE).unwrap_or_default(),
        proposed_by_name: name(approval::PROPOSED_BY)?,
        decided_by_name: name(approval::DECIDED_BY)?,
        decided_at: decided_at(row).map(|at| at.to_rfc3339_opts(SecondsFormat::Micros, true)),
        reason: text(approval::REASON),
    }))
}

fn decided_at(row: &ChildRow) -> Option<DateTime<Utc>> {
    match row.values.get(approval::DECIDED_AT) {
        Value::Instant(at) => Some(*at),
        _ => None,
    }
}
