//! Table `sync_move`: the ownership columns that rows had before they were changed, so that a row's leaving is
//! told to whoever saw it, and to nobody else.

use domain::permissions::RowFacts;
use sync_protocol::message::Position;
use uuid::Uuid;

use super::commit::stored;
use crate::store::{Connection, StoreError};

type Columns = (Uuid, Option<Uuid>, Option<Uuid>, Option<Uuid>, Option<Uuid>, Option<Uuid>);

/// What the ownership columns of these rows were before each change of them after `since`.
///
/// # Errors
/// See [`StoreError`].
pub async fn facts_since(
    connection: &mut Connection,
    entity: &str,
    ids: &[Uuid],
    since: Position,
) -> Result<Vec<(Uuid, RowFacts)>, StoreError> {
    let found: Vec<Columns> = sqlx::query_as(
        "SELECT m.row_id, m.company_id, m.branch_id, m.department_id, m.warehouse_id, m.owner_id
         FROM sync_move m JOIN sync_commit c ON c.change_id = m.change_id
         WHERE m.entity = $1 AND m.row_id = ANY ($2) AND c.position > $3",
    )
    .bind(entity)
    .bind(ids)
    .bind(stored(since))
    .fetch_all(connection)
    .await?;
    let facts = |(id, company_id, branch_id, department_id, warehouse_id, owner_id)| {
        (id, RowFacts { company_id, branch_id, department_id, warehouse_id, owner_id })
    };
    Ok(found.into_iter().map(facts).collect())
}
