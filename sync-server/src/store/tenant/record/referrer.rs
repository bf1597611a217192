//! Which records refer to one, in whatever table: asked when it is merged into another.

use std::collections::{BTreeMap, BTreeSet};

use domain::record::{EntityDef, referring};
use sqlx::AssertSqlSafe;
use uuid::Uuid;

use crate::store::{Connection, StoreError};

/// The masters that refer to a record of `target`, themselves or in one of their rows, retired ones included.
///
/// # Errors
/// See [`StoreError`].
pub async fn referrers(
    connection: &mut Connection,
    target: &'static EntityDef,
    id: Uuid,
) -> Result<Vec<(&'static EntityDef, Vec<Uuid>)>, StoreError> {
    let mut found: BTreeMap<&str, (&'static EntityDef, BTreeSet<Uuid>)> = BTreeMap::new();
    for column in referring(target) {
        let record = if column.table.is_master() { "id" } else { "parent_id" };
        let sql = format!(
            "SELECT DISTINCT {record} FROM {} WHERE {} = $1",
            column.table.name, column.field.name
        );
        let ids: Vec<Uuid> =
            sqlx::query_scalar(AssertSqlSafe(sql)).bind(id).fetch_all(&mut *connection).await?;
        let of = found.entry(column.master.name).or_insert((column.master, BTreeSet::new()));
        of.1.extend(ids);
    }
    Ok(found.into_values().map(|(entity, ids)| (entity, ids.into_iter().collect())).collect())
}
