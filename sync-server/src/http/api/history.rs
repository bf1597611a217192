//! What became of one record: who changed what and when, as far as the reader sees the record and its fields. It
//! comes from the audit, and what is masked in the record is masked here.

use std::collections::{BTreeMap, HashMap};

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use domain::record::{Cell, ColumnKind, EntityDef, Kind, Value};
use serde::Deserialize;
use sync_protocol::history::{Change, Entry, History, Named as Party};
use sync_protocol::merge::path::FieldPath;
use sync_protocol::op::SealedOp;
use sync_protocol::projection::Projection;
use uuid::Uuid;

use super::cursor::List;
use super::query::Read;
use super::read::{Named, find, seen};
use crate::http::{App, Problem, SignedIn};
use crate::store::tenant::audit::{self, Told};
use crate::store::tenant::sync::op;
use crate::store::tenant::user;

/// Entries of a page.
const LIMIT: usize = 100;

#[derive(Deserialize)]
struct Values {
    before: Cell,
    after: Cell,
}

/// `GET /api/v1/<entity>/{id}/history`
pub(super) async fn history(
    entity: &'static EntityDef,
    State(app): State<App>,
    who: SignedIn,
    named: Result<Named, Problem>,
    read: Read,
) -> Result<Response, Problem> {
    let (named, seen, cursor) = (named?, seen(&who, entity)?, cursor(read)?);
    let mut connection = who.connection(&app).await?;
    let record = find(&mut connection, &who, entity, &named).await?;
    let id = record.ok_or_else(Problem::not_found)?.id();
    let words = ["history".to_owned(), entity.name.to_owned(), id.to_string()];
    let list = List::of(who.tenant_id(), who.user_id(), &words);
    let before = match cursor {
        None => None,
        Some(cursor) => {
            let (values, id) = list.place(&app.keys, &cursor, &[ColumnKind::Instant])?;
            let [Value::Instant(at)] = values.as_slice() else {
                return Err(Problem::field("cursor", "unknown", "is none of this history"));
            };
            Some((*at, id))
        }
    };
    let mut told = audit::of_row(&mut connection, entity.name, id, before, LIMIT + 1).await?;
    let goes_on = told.len() > LIMIT;
    told.truncate(LIMIT);
    let next = match told.last().filter(|_| goes_on) {
        Some(last) => Some(list.after(&app.keys, &[Value::Instant(last.at)], last.id)?),
        None => None,
    };
    let ops: Vec<Uuid> = told.iter().filter_map(|entry| entry.op_id).collect();
    let mut ops = op::payloads(&mut connection, &ops).await?;
    let authors = ops.values().map(|(_, author)| *author);
    let users: Vec<Uuid> = told.iter().filter_map(|entry| entry.user_id).chain(authors).collect();
    let users = user::names(&mut connection, &users).await?;
    let devices: Vec<Uuid> = told.iter().filter_map(|entry| entry.device_id).collect();
    let devices = app.control.device_names(who.tenant_id(), &devices).await?;
    let entries = told.into_iter().map(|told| {
        let (payload, author) = told.op_id.and_then(|id| ops.remove(&id)).unzip();
        let author = author.filter(|author| told.user_id.is_some_and(|user| user != *author));
        let written_by = author.map(|id| Party { id, name: users.get(&id).cloned() });
        // What is stored was read before it was; a claim that cannot be read any more is none.
        let claimed = payload.and_then(|bytes| SealedOp::open(bytes).ok());
        let occurred_at = told.device_id.and(claimed).map(|sealed| sealed.op().occurred_at);
        let entry = shown(entity, &seen.projection, &users, &devices, told)?;
        Ok::<_, Problem>(Entry { occurred_at, written_by, ..entry })
    });
    let entries = entries.collect::<Result<_, _>>()?;
    Ok(Json(History { entries, next }).into_response())
}

fn cursor(read: Read) -> Result<Option<String>, Problem> {
    let pairs = read.map(|pairs| pairs.0).unwrap_or_default();
    let mut cursor = None;
    for (name, text) in pairs {
        if name != "cursor" {
            let message = "is no parameter; there is only cursor";
            return Err(Problem::field(&name, "unknown_parameter", message));
        }
        cursor = Some(text);
    }
    Ok(cursor)
}

fn shown(
    entity: &'static EntityDef,
    projection: &Projection,
    users: &HashMap<Uuid, String>,
    devices: &HashMap<Uuid, String>,
    told: Told,
) -> Result<Entry, Problem> {
    let values: BTreeMap<String, Values> = match &told.changes {
        Some(changes) => {
            serde_json::from_str(changes).map_err(|error| Problem::internal(&error))?
        }
        // Erased by law, or nothing but the deed itself.
        None => BTreeMap::new(),
    };
    let changes = values
        .into_iter()
        .filter(|(path, _)| is_shown(entity, projection, path))
        .map(|(field, Values { before, after })| Change { field, before, after });
    let party = |id: Option<Uuid>, names: &HashMap<Uuid, String>| {
        let id = id?;
        Some(Party { id, name: names.get(&id).cloned() })
    };
    Ok(Entry {
        received_at: told.at,
        occurred_at: None,
        user: party(told.user_id, users),
        written_by: None,
        device: party(told.device_id, devices),
        action: told.action.rsplit('.').next().unwrap_or_default().to_owned(),
        op_id: told.op_id,
        changes: changes.collect(),
    })
}

/// Whether the reader sees what stands at the path; what is not declared any more, nobody does.
fn is_shown(entity: &'static EntityDef, projection: &Projection, path: &str) -> bool {
    let field_is_shown = |row: &EntityDef, name: &str| {
        let declared = row.field(name).is_some_and(|field| field.kind != Kind::Own)
            || row.place(name).is_some();
        declared && !projection.hides(row.name, name)
    };
    match FieldPath::parse(path) {
        Some(FieldPath::Field(name)) => name == "retired_at" || field_is_shown(entity, &name),
        Some(FieldPath::ChildField { entity: child, field, .. }) => {
            entity.child(&child).is_some_and(|child| {
                // Whoever decides reads a proposal while it waits; what became of it, under the record's masks.
                let stands = child.proposals && entity.field(&field).is_some();
                field_is_shown(child, &field) && (!stands || field_is_shown(entity, &field))
            })
        }
        Some(FieldPath::Record | FieldPath::Row { .. }) | None => false,
    }
}
