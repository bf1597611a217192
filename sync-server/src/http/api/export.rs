//! All records of an entity that the reader may see, as JSON lines: it takes the right to export, and each export
//! is in the audit.

use std::sync::Arc;

use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse as _, Response};
use domain::record::{EntityDef, Value};
use futures_util::stream;
use serde_json::json;
use uuid::Uuid;

use super::document::document;
use super::query::{LIMIT_MAX, Query, Read};
use super::read::seen;
use crate::audit::{self, Entry, Outcome};
use crate::auth::rights::Rights;
use crate::http::{App, Code, Problem, SignedIn};
use crate::store;
use crate::store::pool::TenantConnection;
use crate::store::tenant::record::{self, ListQuery};

pub(super) const MEDIA_TYPE: &str = "application/x-ndjson";

/// `GET /api/v1/<entity>/export`
pub(super) async fn export(
    entity: &'static EntityDef,
    State(app): State<App>,
    who: SignedIn,
    read: Read,
) -> Result<Response, Problem> {
    seen(&who, entity)?;
    let mut connection = who.connection(&app).await?;
    let query = Query::read(entity, &who, &mut connection, read).await?;
    if query.cursor.is_some() {
        let message = "is for lists; an export gives everything at once";
        return Err(Problem::field("cursor", "unknown_parameter", message));
    }
    let mut export = Export { rights: who.rights.clone(), entity, query, after: None };
    // The first records come before the answer begins: what goes wrong at once is said.
    let first = export.next(&mut connection).await?;
    let total = record::count(&mut connection, entity, &export.asked()?).await?;
    let fields: Vec<&str> = visible_sensitive(&export);
    let entry = Entry::new(who.actor(), &format!("{}.export", entity.name), Outcome::Done);
    let told = json!({ "rows": total, "fields": fields, "query": export.query.words });
    let mut entry = entry.with(&told).map_err(|error| Problem::internal(&error))?;
    entry.entity = Some(entity.name.to_owned());
    let mut tx = store::begin(&mut connection).await?;
    audit::append(&mut tx, vec![entry], app.clock.now()).await?;
    store::commit(tx).await?;
    let rest = stream::unfold(Some((export, connection)), |state| async {
        let (mut export, mut connection) = state?;
        match export.next(&mut connection).await {
            Ok(Some(lines)) => Some((Ok(lines), Some((export, connection)))),
            Ok(None) => None,
            // The answer breaks off, and whoever reads it sees that.
            Err(_) => Some((Err(std::io::Error::other("the export broke off")), None)),
        }
    });
    let first = stream::iter(first.map(Ok));
    let body = Body::from_stream(futures_util::StreamExt::chain(first, rest));
    let kind = (header::CONTENT_TYPE, HeaderValue::from_static(MEDIA_TYPE));
    Ok(([kind], body).into_response())
}

/// An export under way, by the rights with which it began.
struct Export {
    rights: Arc<Rights>,
    entity: &'static EntityDef,
    query: Query,
    after: Option<(Vec<Value>, Uuid)>,
}

impl Export {
    fn asked(&self) -> Result<ListQuery<'_>, Problem> {
        let seen = self.rights.sight().find(self.entity.name).ok_or_else(Problem::not_found)?;
        let (rows, tests) = (&seen.rows, self.query.tests.as_slice());
        let (order, after) = (self.query.order.as_slice(), self.after.clone());
        let limit = i64::from(LIMIT_MAX);
        Ok(ListQuery { rows, tests, retired: self.query.retired, order, after, limit })
    }

    /// The next lines; nothing at the end.
    async fn next(&mut self, connection: &mut TenantConnection) -> Result<Option<Bytes>, Problem> {
        let asked = self.asked()?;
        let records = record::list(connection, self.entity, &asked).await?;
        let Some(last) = records.last() else { return Ok(None) };
        let after = (self.query.place_of(last), last.id());
        let seen = self.rights.sight().find(self.entity.name).ok_or_else(Problem::not_found)?;
        let mut lines = Vec::new();
        for record in &records {
            let line = serde_json::to_writer(&mut lines, &document(record, &seen.projection));
            line.map_err(|error| Problem::new(Code::Internal, error.to_string()))?;
            lines.push(b'\n');
        }
        self.after = Some(after);
        Ok(Some(lines.into()))
    }
}

/// The sensitive fields that the reader sees, whether or not a record holds something there.
fn visible_sensitive(export: &Export) -> Vec<&'static str> {
    let Some(seen) = export.rights.sight().find(export.entity.name) else { return Vec::new() };
    let fields = export.entity.all_fields().filter(|field| field.sensitivity.is_sensitive());
    let shown = fields.filter(|field| !seen.projection.hides(export.entity.name, field.name));
    shown.map(|field| field.name).collect()
}
