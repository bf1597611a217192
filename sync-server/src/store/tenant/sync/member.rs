//! Table `sync_member`: which rows of a scope changed after a place in the order. A row that changed often is
//! there once, at its last change.

use sync_protocol::message::Position;
use uuid::Uuid;

use super::commit::{position, stored};
use crate::store::{Connection, StoreError};

/// A row of a scope at its last change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    pub position: Position,
    pub entity: String,
    pub row_id: Uuid,
    /// False where the row left the scope, or is gone.
    pub present: bool,
}

/// Where a reading of changes stands: after this row of the transaction that took this position.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    pub position: Position,
    /// `None`: after the whole transaction.
    pub row: Option<(String, Uuid)>,
}

/// At most `limit` rows of the scope that changed after `place` and up to `head`, in the order of the changes.
///
/// # Errors
/// See [`StoreError`].
pub async fn changed(
    connection: &mut Connection,
    scope: &str,
    place: &Place,
    head: Position,
    limit: usize,
) -> Result<Vec<Member>, StoreError> {
    let mut members = Vec::new();
    if let Some((entity, row_id)) = &place.row {
        let rest: Vec<(String, Uuid, bool)> = sqlx::query_as(
            "SELECT entity, row_id, present FROM sync_member
             WHERE scope = $1 AND change_id = (SELECT change_id FROM sync_commit WHERE position = $2)
                 AND (entity, row_id) > ($3, $4)
             ORDER BY entity, row_id LIMIT $5",
        )
        .bind(scope)
        .bind(stored(place.position))
        .bind(entity)
        .bind(row_id)
        .bind(rows(limit))
        .fetch_all(&mut *connection)
        .await?;
        members.extend(rest.into_iter().map(|(entity, row_id, present)| Member {
            position: place.position,
            entity,
            row_id,
            present,
        }));
    }
    if members.len() == limit {
        return Ok(members);
    }
    // The inner part is sorted, so that Postgres goes from commit to commit along both indexes and stops at
    // the limit.
    let rest: Vec<(i64, String, Uuid, bool)> = sqlx::query_as(
        "SELECT c.position, m.entity, m.row_id, m.present
         FROM sync_commit c CROSS JOIN LATERAL (
             SELECT entity, row_id, present FROM sync_member
             WHERE scope = $1 AND change_id = c.change_id ORDER BY entity, row_id
         ) AS m
         WHERE c.position > $2 AND c.position <= $3
         ORDER BY c.position, m.entity, m.row_id LIMIT $4",
    )
    .bind(scope)
    .bind(stored(place.position))
    .bind(stored(head))
    .bind(rows(limit - members.len()))
    .fetch_all(connection)
    .await?;
    members.extend(rest.into_iter().map(|(at, entity, row_id, present)| Member {
        position: position(at),
        entity,
        row_id,
        present,
    }));
    Ok(members)
}

fn rows(limit: usize) -> i64 {
    i64::try_from(limit).unwrap_or(i64::MAX)
}
