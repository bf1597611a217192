//! Tables `sync_member` and `sync_left`: which rows stand in which bucket, and which have left one. A row that
//! changed often is there once, at its last change.

use sync_protocol::message::Bucket;
use uuid::Uuid;

use super::bucket::{Range, number, stored_number};
use super::commit::stored;
use crate::store::{Connection, StoreError};

/// A row by the change that it is found at: what a reading goes on after.
pub type At = (i64, String, Uuid);

/// At most `limit` rows that stand in the bucket and last changed in the range, in the order of [`At`].
///
/// # Errors
/// See [`StoreError`].
pub async fn changed(
    connection: &mut Connection,
    bucket: Bucket,
    range: &Range,
    after: Option<&At>,
    limit: usize,
) -> Result<Vec<At>, StoreError> {
    let (change, entity, row) = go_on(range, after);
    Ok(sqlx::query_as(
        "SELECT m.change_id, m.entity, m.row_id
         FROM sync_member AS m JOIN sync_commit AS c USING (change_id)
         WHERE m.bucket = $1 AND (m.change_id, m.entity, m.row_id) > ($2, $3, $4) AND m.present
             AND c.position > $5 AND c.position <= $6
         ORDER BY m.change_id, m.entity, m.row_id LIMIT $7",
    )
    .bind(stored_number(bucket))
    .bind(change)
    .bind(entity)
    .bind(row)
    .bind(stored(range.since))
    .bind(stored(range.upto))
    .bind(rows(limit))
    .fetch_all(connection)
    .await?)
}

/// A row that left a bucket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Left {
    pub at: At,
    /// Those of the asked buckets that it left with this change.
    pub from: Vec<Bucket>,
    /// Where it stands now; `None` if it is gone.
    pub now: Option<Bucket>,
}

#[derive(sqlx::FromRow)]
struct LeftRow {
    change_id: i64,
    entity: String,
    row_id: Uuid,
    buckets: Vec<i32>,
    bucket: Option<i32>,
}

impl LeftRow {
    fn read(self) -> Left {
        let Self { change_id, entity, row_id, buckets, bucket } = self;
        let from = buckets.into_iter().map(number).collect();
        Left { at: (change_id, entity, row_id), from, now: bucket.map(number) }
    }
}

/// At most `limit` rows that left one of the buckets in the range, in the order of [`At`].
///
/// # Errors
/// See [`StoreError`].
pub async fn left(
    connection: &mut Connection,
    buckets: &[Bucket],
    range: &Range,
    after: Option<&At>,
    limit: usize,
) -> Result<Vec<Left>, StoreError> {
    let buckets: Vec<i32> = buckets.iter().map(|bucket| stored_number(*bucket)).collect();
    let (change, entity, row) = go_on(range, after);
    let found: Vec<LeftRow> = sqlx::query_as(
        "SELECT l.change_id, l.entity, l.row_id, array_agg(l.bucket) AS buckets, m.bucket
         FROM sync_left AS l JOIN sync_commit AS c USING (change_id)
         LEFT JOIN sync_member AS m ON m.entity = l.entity AND m.row_id = l.row_id AND m.present
         WHERE l.bucket = ANY ($1) AND (l.change_id, l.entity, l.row_id) > ($2, $3, $4)
             AND c.position > $5 AND c.position <= $6
         GROUP BY l.change_id, l.entity, l.row_id, m.bucket
         ORDER BY l.change_id, l.entity, l.row_id LIMIT $7",
    )
    .bind(buckets)
    .bind(change)
    .bind(entity)
    .bind(row)
    .bind(stored(range.since))
    .bind(stored(range.upto))
    .bind(rows(limit))
    .fetch_all(connection)
    .await?;
    Ok(found.into_iter().map(LeftRow::read).collect())
}

/// Whether a row of the entity left one of the buckets in the range.
///
/// # Errors
/// See [`StoreError`].
pub async fn any_left(
    connection: &mut Connection,
    entity: &str,
    buckets: &[Bucket],
    range: &Range,
) -> Result<bool, StoreError> {
    let buckets: Vec<i32> = buckets.iter().map(|bucket| stored_number(*bucket)).collect();
    Ok(sqlx::query_scalar(
        "SELECT EXISTS (SELECT 1 FROM sync_left AS l JOIN sync_commit AS c USING (change_id)
         WHERE l.bucket = ANY ($1) AND l.change_id >= $2 AND l.entity = $3
             AND c.position > $4 AND c.position <= $5)",
    )
    .bind(buckets)
    .bind(range.first_change)
    .bind(entity)
    .bind(stored(range.since))
    .bind(stored(range.upto))
    .fetch_one(connection)
    .await?)
}

/// At most `limit` rows of an entity that stand in one of the buckets, after an id, each with its bucket.
///
/// # Errors
/// See [`StoreError`].
pub async fn standing(
    connection: &mut Connection,
    entity: &str,
    buckets: &[Bucket],
    after: Option<Uuid>,
    limit: usize,
) -> Result<Vec<(Uuid, Bucket)>, StoreError> {
    let buckets: Vec<i32> = buckets.iter().map(|bucket| stored_number(*bucket)).collect();
    let found: Vec<(Uuid, i32)> = sqlx::query_as(
        "SELECT row_id, bucket FROM sync_member
         WHERE entity = $1 AND row_id > $2 AND bucket = ANY ($3) AND present
         ORDER BY row_id LIMIT $4",
    )
    .bind(entity)
    .bind(after.unwrap_or(Uuid::nil()))
    .bind(buckets)
    .bind(rows(limit))
    .fetch_all(connection)
    .await?;
    Ok(found.into_iter().map(|(id, bucket)| (id, number(bucket))).collect())
}

/// How many rows of these entities stand in one of the buckets and last changed in the range.
///
/// # Errors
/// See [`StoreError`].
pub async fn count_changed(
    connection: &mut Connection,
    entities: &[&str],
    buckets: &[Bucket],
    range: &Range,
) -> Result<u64, StoreError> {
    let buckets: Vec<i32> = buckets.iter().map(|bucket| stored_number(*bucket)).collect();
    let counted: i64 = sqlx::query_scalar(
        "SELECT count(*) FROM sync_member AS m JOIN sync_commit AS c USING (change_id)
         WHERE m.bucket = ANY ($1) AND m.change_id >= $2 AND m.entity = ANY ($3) AND m.present
             AND c.position > $4 AND c.position <= $5",
    )
    .bind(buckets)
    .bind(range.first_change)
    .bind(entities)
    .bind(stored(range.since))
    .bind(stored(range.upto))
    .fetch_one(connection)
    .await?;
    Ok(u64::try_from(counted).unwrap_or_default())
}

/// How many rows of an entity stand in one of the buckets.
///
/// # Errors
/// See [`StoreError`].
pub async fn count_standing(
    connection: &mut Connection,
    entity: &str,
    buckets: &[Bucket],
) -> Result<u64, StoreError> {
    let buckets: Vec<i32> = buckets.iter().map(|bucket| stored_number(*bucket)).collect();
    let counted: i64 = sqlx::query_scalar(
        "SELECT count(*) FROM sync_member WHERE entity = $1 AND bucket = ANY ($2) AND present",
    )
    .bind(entity)
    .bind(buckets)
    .fetch_one(connection)
    .await?;
    Ok(u64::try_from(counted).unwrap_or_default())
}

/// Nothing stands before the first: change ids begin with 1, and no entity is without a name.
fn go_on<'a>(range: &Range, after: Option<&'a At>) -> (i64, &'a str, Uuid) {
    match after {
        Some((change, entity, row)) => (*change, entity, *row),
        None => (range.first_change, "", Uuid::nil()),
    }
}

fn rows(limit: usize) -> i64 {
    i64::try_from(limit).unwrap_or(i64::MAX)
}
