//! Table `sync_bucket`: which rows are visible together. A bucket is made by the first row that belongs into it,
//! and stays.

use domain::permissions::RowFacts;
use sync_protocol::message::{Bucket, Position};
use uuid::Uuid;

use super::commit::stored;
use crate::store::{Connection, StoreError};

/// The ownership columns as one text, as `sync_bucket_key` in the database writes it.
pub fn key(facts: &RowFacts) -> String {
    let RowFacts { company_id, branch_id, department_id, warehouse_id, owner_id } = facts;
    let text = |id: &Option<Uuid>| id.map_or_else(String::new, |id| id.to_string());
    [company_id, branch_id, department_id, warehouse_id, owner_id].map(text).join("/")
}

#[derive(sqlx::FromRow)]
struct Row {
    bucket: i32,
    company_id: Option<Uuid>,
    branch_id: Option<Uuid>,
    department_id: Option<Uuid>,
    warehouse_id: Option<Uuid>,
    owner_id: Option<Uuid>,
}

impl Row {
    fn read(self) -> (Bucket, RowFacts) {
        let Self { bucket, company_id, branch_id, department_id, warehouse_id, owner_id } = self;
        let facts = RowFacts { company_id, branch_id, department_id, warehouse_id, owner_id };
        (number(bucket), facts)
    }
}

const COLUMNS: &str = "bucket, company_id, branch_id, department_id, warehouse_id, owner_id";

/// Every bucket that there is, with what its rows hold in their ownership columns.
///
/// # Errors
/// See [`StoreError`].
pub async fn all(connection: &mut Connection) -> Result<Vec<(Bucket, RowFacts)>, StoreError> {
    let sql = format!("SELECT {COLUMNS} FROM sync_bucket ORDER BY bucket");
    let rows: Vec<Row> = sqlx::query_as(sqlx::AssertSqlSafe(sql)).fetch_all(connection).await?;
    Ok(rows.into_iter().map(Row::read).collect())
}

/// A part of the order: what took a place after the first and up to the second.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Range {
    pub since: Position,
    pub upto: Position,
    /// No change of the range has an id below this one.
    pub first_change: i64,
}

/// The buckets in which something happened between two places in the order, and where to look for it.
///
/// # Errors
/// See [`StoreError`].
pub async fn touched(
    connection: &mut Connection,
    since: Position,
    upto: Position,
) -> Result<(Range, Vec<(Bucket, RowFacts)>), StoreError> {
    #[derive(sqlx::FromRow)]
    struct Touched {
        first_change: i64,
        #[sqlx(flatten)]
        row: Row,
    }
    let sql = format!(
        "WITH change AS MATERIALIZED (
             SELECT change_id, buckets FROM sync_commit WHERE position > $1 AND position <= $2)
         SELECT (SELECT min(change_id) FROM change) AS first_change, {COLUMNS} FROM sync_bucket
         WHERE bucket IN (SELECT unnest(buckets) FROM change) ORDER BY bucket"
    );
    let found: Vec<Touched> = sqlx::query_as(sqlx::AssertSqlSafe(sql))
        .bind(stored(since))
        .bind(stored(upto))
        .fetch_all(connection)
        .await?;
    let first_change = found.first().map_or(i64::MAX, |touched| touched.first_change);
    let buckets = found.into_iter().map(|touched| touched.row.read()).collect();
    Ok((Range { since, upto, first_change }, buckets))
}

/// A bucket's number from Postgres, which counts them from 1.
pub(super) fn number(stored: i32) -> Bucket {
    Bucket::try_from(stored).unwrap_or_default()
}

/// A bucket's number as Postgres keeps it. None was given beyond its `integer`.
pub(super) fn stored_number(bucket: Bucket) -> i32 {
    i32::try_from(bucket).unwrap_or(i32::MAX)
}
