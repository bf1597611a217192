//! One record, and a list of them. Both through the reader's projection and row rules; what was shown of
//! sensitive fields is audited.

use std::collections::BTreeSet;

use axum::Json;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse as _, Response};
use domain::record::{EntityDef, Record};
use serde_json::json;
use sync_protocol::projection::is_visible;
use uuid::Uuid;

use super::cursor::List;
use super::document::{document, sensitive_fields};
use super::query::{Query, Read};
use super::reference::{Name, called};
use crate::audit::{self, Entry, Outcome};
use crate::http::{App, Problem, SignedIn};
use crate::store::tenant::record::{self, Hold, ListQuery};
use crate::store::tenant::sync::commit;
use crate::store::{self, Connection};
use crate::sync::sight::Seen;

/// Which record a path means.
pub(super) enum Named {
    /// An id, or a name.
    Text(String),
    External {
        system: String,
        id: String,
    },
}

/// A path of one word.
pub(super) type OnePath = Result<Path<String>, PathRejection>;
/// A path of a system and of the id there.
pub(super) type ExternalPath = Result<Path<(String, String)>, PathRejection>;

impl Named {
    pub fn one(path: OnePath) -> Result<Self, Problem> {
        let Path(text) = path.map_err(|_| Problem::not_found())?;
        Ok(Self::Text(text))
    }

    pub fn external(path: ExternalPath) -> Result<Self, Problem> {
        let Path((system, id)) = path.map_err(|_| Problem::not_found())?;
        Ok(Self::External { system, id })
    }
}

/// What the person sees of the entity.
pub(super) fn seen<'a>(who: &'a SignedIn, entity: &EntityDef) -> Result<&'a Seen, Problem> {
    // Whoever may not view it was turned away by the guard; for them there is nothing here.
    who.rights.sight().find(entity.name).ok_or_else(Problem::not_found)
}

/// The record that is meant, if the person sees it.
pub(super) async fn find(
    connection: &mut Connection,
    who: &SignedIn,
    entity: &'static EntityDef,
    named: &Named,
) -> Result<Option<Record>, Problem> {
    let name = match named {
        Named::Text(text) => match text.parse::<Uuid>() {
            Ok(id) => {
                let found = record::by_ids(connection, entity, &[id], Hold::No).await?.pop();
                return Ok(found.filter(|record| is_visible(who.grants(), record)));
            }
            Err(_) => match Name::read(text) {
                Some(name) => name,
                None => return Ok(None),
            },
        },
        Named::External { system, id } => Name::External { system: system.clone(), id: id.clone() },
    };
    let mut found = called(connection, who, entity, &BTreeSet::from([name.clone()])).await?;
    let mut records = found.remove(&name).unwrap_or_default();
    if records.len() > 1 {
        let message = "means more than one record; name it by its id";
        return Err(Problem::field("id", "ambiguous_reference", message));
    }
    Ok(records.pop())
}

/// `GET /api/v1/<entity>/{id}` and `GET /api/v1/<entity>/external/{system}/{external_id}`
pub(super) async fn get(
    entity: &'static EntityDef,
    State(app): State<App>,
    who: SignedIn,
    named: Result<Named, Problem>,
) -> Result<Response, Problem> {
    let (named, seen) = (named?, seen(&who, entity)?);
    let mut connection = who.connection(&app).await?;
    let record = find(&mut connection, &who, entity, &named).await?;
    let record = record.ok_or_else(Problem::not_found)?;
    let shown = std::slice::from_ref(&record);
    note_read(&app, &who, &mut connection, seen, shown, Some(record.id())).await?;
    let mut response = Json(document(&record, &seen.projection)).into_response();
    response.headers_mut().insert(header::ETAG, etag(record.head.version));
    Ok(response)
}

/// The tag of a record in this version.
pub(super) fn etag(version: i64) -> HeaderValue {
    // Digits between quotes are a header's text.
    HeaderValue::try_from(format!("\"{version}\"")).unwrap_or(HeaderValue::from_static("\"0\""))
}

/// `GET /api/v1/<entity>`
pub(super) async fn list(
    entity: &'static EntityDef,
    State(app): State<App>,
    who: SignedIn,
    read: Read,
) -> Result<Response, Problem> {
    let seen = seen(&who, entity)?;
    let mut connection = who.connection(&app).await?;
    let query = Query::read(entity, &who, &mut connection, read).await?;
    let list = List::of(who.tenant_id(), who.user_id(), &query.words);
    let after = match &query.cursor {
        Some(cursor) => Some(list.place(&app.keys, cursor, &query.order_kinds())?),
        None => None,
    };
    let limit = usize::from(query.limit);
    let mut asked = ListQuery {
        rows: &seen.rows,
        tests: &query.tests,
        retired: query.retired,
        order: &query.order,
        after,
        // One more tells whether the list goes on.
        limit: i64::from(query.limit) + 1,
    };
    let mut view = commit::begin_view(&mut connection).await?;
    let mut records = record::list(&mut view, entity, &asked).await?;
    asked.after = None;
    let total = match query.total {
        true => Some(record::count(&mut view, entity, &asked).await?),
        false => None,
    };
    store::roll_back(view).await?;
    let next = match records.get(limit.saturating_sub(1)) {
        Some(last) if records.len() > limit => {
            Some(list.after(&app.keys, &query.place_of(last), last.id())?)
        }
        _ => None,
    };
    records.truncate(limit);
    note_read(&app, &who, &mut connection, seen, &records, None).await?;
    let items: Vec<_> = records.iter().map(|record| document(record, &seen.projection)).collect();
    let mut page = json!({ "items": items, "next": next });
    if let (Some(total), Some(page)) = (total, page.as_object_mut()) {
        page.insert("total".to_owned(), total.into());
    }
    Ok(Json(page).into_response())
}

/// Notes which sensitive fields somebody was shown.
pub(super) async fn note_read(
    app: &App,
    who: &SignedIn,
    connection: &mut Connection,
    seen: &Seen,
    records: &[Record],
    row: Option<Uuid>,
) -> Result<(), Problem> {
    let fields = sensitive_fields(records, &seen.projection);
    if fields.is_empty() {
        return Ok(());
    }
    let entity = seen.entity.name;
    let mut entry = Entry::new(who.actor(), &format!("{entity}.read"), Outcome::Done);
    entry.entity = Some(entity.to_owned());
    entry.row_id = row;
    let told = json!({ "fields": fields, "rows": records.len() });
    let entry = entry.with(&told).map_err(|error| Problem::internal(&error))?;
    let mut tx = store::begin(connection).await?;
    audit::append(&mut tx, vec![entry], app.clock.now()).await?;
    Ok(store::commit(tx).await?)
}
