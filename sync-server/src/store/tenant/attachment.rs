//! Tables `attachment` and `attachment_part`: the content of attached files, in parts as they came. Who may see
//! or send one is decided elsewhere.

use chrono::{DateTime, Utc};
use domain::record::{EntityDef, FieldDef, Kind};
use sqlx::AssertSqlSafe;
use uuid::Uuid;

use crate::store::{Connection, StoreError};

/// Which file of which record.
#[derive(Debug, Clone, Copy)]
pub struct Place<'a> {
    pub entity: &'static EntityDef,
    pub row_id: Uuid,
    pub hash: &'a [u8; 32],
}

#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Content {
    pub id: Uuid,
    /// Bytes, once all of it is here.
    pub size: i64,
    pub received: i64,
}

/// The file, if all of it is here: of the record, or of one that was merged into it and whose files it took over.
///
/// # Errors
/// See [`StoreError`].
pub async fn arrived(
    connection: &mut Connection,
    place: &Place<'_>,
) -> Result<Option<Content>, StoreError> {
    let table = place.entity.name;
    let took_over = match place.entity.position("merged_into") {
        // Without ALL: a circle ends.
        Some(_) => {
            format!("UNION SELECT row.id FROM {table} AS row JOIN one ON row.merged_into = one.id")
        }
        None => String::new(),
    };
    let sql = format!(
        "WITH RECURSIVE one AS (SELECT $2::uuid AS id {took_over})
         SELECT file.id, size, received FROM attachment AS file JOIN one ON one.id = file.row_id
         WHERE entity = $1 AND hash = $3 AND arrived_at IS NOT NULL LIMIT 1"
    );
    Ok(sqlx::query_as(AssertSqlSafe(sql))
        .bind(table)
        .bind(place.row_id)
        .bind(place.hash)
        .fetch_optional(connection)
        .await?)
}

/// What this device has sent of the file so far, locked until the transaction ends; begun where it has sent
/// nothing. What it began with another size is forgotten.
///
/// # Errors
/// See [`StoreError`].
pub async fn on_its_way(
    connection: &mut Connection,
    place: &Place<'_>,
    size: i64,
    device: Uuid,
    id: Uuid,
    now: DateTime<Utc>,
) -> Result<Content, StoreError> {
    sqlx::query(
        "DELETE FROM attachment WHERE entity = $1 AND row_id = $2 AND hash = $3 AND device_id = $4
         AND arrived_at IS NULL AND size <> $5",
    )
    .bind(place.entity.name)
    .bind(place.row_id)
    .bind(place.hash)
    .bind(device)
    .bind(size)
    .execute(&mut *connection)
    .await?;
    Ok(sqlx::query_as(
        "INSERT INTO attachment (id, entity, row_id, hash, size, device_id, touched_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7)
         ON CONFLICT (entity, row_id, hash, device_id) WHERE arrived_at IS NULL
         DO UPDATE SET touched_at = excluded.touched_at
         RETURNING id, size, received",
    )
    .bind(id)
    .bind(place.entity.name)
    .bind(place.row_id)
    .bind(place.hash)
    .bind(size)
    .bind(device)
    .bind(now)
    .fetch_one(connection)
    .await?)
}

/// Adds bytes to the end of what has come.
///
/// # Errors
/// See [`StoreError`].
pub async fn append(
    connection: &mut Connection,
    content: &Content,
    bytes: &[u8],
) -> Result<i64, StoreError> {
    sqlx::query("INSERT INTO attachment_part (attachment_id, at, bytes) VALUES ($1, $2, $3)")
        .bind(content.id)
        .bind(content.received)
        .bind(bytes)
        .execute(&mut *connection)
        .await?;
    Ok(sqlx::query_scalar(
        "UPDATE attachment SET received = received + $2 WHERE id = $1 RETURNING received",
    )
    .bind(content.id)
    .bind(i64::try_from(bytes.len()).unwrap_or(i64::MAX))
    .fetch_one(connection)
    .await?)
}

/// The bytes from a place on, to the end of the part that they stand in; empty at the end of the file.
///
/// # Errors
/// See [`StoreError`].
pub async fn part(connection: &mut Connection, id: Uuid, from: i64) -> Result<Vec<u8>, StoreError> {
    let found: Option<(i64, Vec<u8>)> = sqlx::query_as(
        "SELECT at, bytes FROM attachment_part WHERE attachment_id = $1 AND at <= $2
         ORDER BY at DESC LIMIT 1",
    )
    .bind(id)
    .bind(from)
    .fetch_optional(connection)
    .await?;
    let Some((at, mut bytes)) = found else { return Ok(Vec::new()) };
    let before = usize::try_from(from - at).unwrap_or(usize::MAX).min(bytes.len());
    Ok(bytes.split_off(before))
}

/// Marks the file as arrived. Where another device was faster, its file stands and this one goes.
///
/// # Errors
/// See [`StoreError`].
pub async fn arrive(
    connection: &mut Connection,
    place: &Place<'_>,
    id: Uuid,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    // Two that end at one moment come one after the other.
    sqlx::query("SELECT pg_advisory_xact_lock(hashtextextended('attachment ' || $1::text, 0))")
        .bind(place.row_id)
        .execute(&mut *connection)
        .await?;
    if arrived(connection, place).await?.is_some() {
        return forget(connection, id).await;
    }
    sqlx::query("UPDATE attachment SET arrived_at = $2, device_id = NULL WHERE id = $1")
        .bind(id)
        .bind(now)
        .execute(connection)
        .await?;
    Ok(())
}

/// Forgets a file with all its parts.
///
/// # Errors
/// See [`StoreError`].
pub async fn forget(connection: &mut Connection, id: Uuid) -> Result<(), StoreError> {
    sqlx::query("DELETE FROM attachment WHERE id = $1").bind(id).execute(connection).await?;
    Ok(())
}

/// Bytes of all files of the tenant, as far as they have come.
///
/// # Errors
/// See [`StoreError`].
pub async fn stored(connection: &mut Connection) -> Result<i64, StoreError> {
    Ok(sqlx::query_scalar("SELECT coalesce(sum(received), 0)::bigint FROM attachment")
        .fetch_one(connection)
        .await?)
}

/// Notes since when the files of an entity's records are named by none, and takes that back for those that
/// are named again.
///
/// # Errors
/// See [`StoreError`].
pub async fn note_unused(
    connection: &mut Connection,
    entity: &EntityDef,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let Some(named) = named(entity) else { return Ok(()) };
    // Only what is to be changed is written.
    let sql = format!(
        "UPDATE attachment AS file SET unused_since = CASE WHEN {named} THEN NULL ELSE $2 END
         WHERE file.entity = $1 AND (file.unused_since IS NULL) <> {named}"
    );
    sqlx::query(AssertSqlSafe(sql)).bind(entity.name).bind(now).execute(connection).await?;
    Ok(())
}

/// Deletes what no record has named since before this instant, and what nobody has gone on sending; answers
/// how many files.
///
/// # Errors
/// See [`StoreError`].
pub async fn sweep(connection: &mut Connection, before: DateTime<Utc>) -> Result<u64, StoreError> {
    let swept = sqlx::query(
        "DELETE FROM attachment WHERE unused_since < $1 OR (arrived_at IS NULL AND touched_at < $1)",
    )
    .bind(before)
    .execute(connection)
    .await?;
    Ok(swept.rows_affected())
}

/// The condition under which the record of `file`, or a row of it, names it; `None` where nothing of the entity
/// can name files.
fn named(entity: &EntityDef) -> Option<String> {
    let tables = std::iter::once((entity, "id"))
        .chain(entity.children.iter().map(|child| (*child, "parent_id")));
    let mut conditions = Vec::new();
    for (table, key) in tables {
        let names_files = |field: &&'static FieldDef| field.kind == Kind::Attachments;
        for field in table.all_fields().filter(names_files) {
            conditions.push(format!(
                "EXISTS (SELECT FROM {} AS row, jsonb_array_elements_text(row.{}) AS entry
                 WHERE row.{key} = file.row_id AND starts_with(entry, encode(file.hash, 'hex')))",
                table.name, field.name
            ));
        }
    }
    (!conditions.is_empty()).then(|| format!("({})", conditions.join(" OR ")))
}
