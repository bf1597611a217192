//! The code that a series gives to a record which is made by request without one.

use chrono::{DateTime, Utc};
use domain::record::{Cell, Change, Record};
use domain::synced;
use sync_protocol::op::{Intent, Verb};

use crate::http::{Problem, SignedIn};
use crate::store::Connection;
use crate::sync::numbers::draw;

/// The intent with its code; as it was where none is given. It belongs within what is taken back with a refusal: then
/// the number was not given.
pub(super) async fn numbered(
    tx: &mut Connection,
    who: &SignedIn,
    mut intent: Intent,
    now: DateTime<Utc>,
) -> Result<Intent, Problem> {
    let Some(entity) = synced::find(&intent.entity) else { return Ok(intent) };
    if intent.verb != Verb::Create || !who.grants().field_right(entity, entity.key).write {
        return Ok(intent);
    }
    let mut record = Record::new(entity, intent.id, who.user_id(), now);
    // What cannot be read is refused by the judge, and is given no number.
    if intent.changes.apply(&mut record).is_ok()
        && let Some(code) = draw(tx, &record, now).await?
    {
        let (field, to) = (entity.key.to_owned(), Cell::Text(code));
        intent.changes.fields.retain(|change| change.field != field);
        intent.changes.fields.push(Change { field, from: Some(Cell::Null), to });
    }
    Ok(intent)
}
