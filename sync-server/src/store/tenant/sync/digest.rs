//! Table `sync_digest`: what the rows of an entity in a bucket (and in all of them) sum up to, as a sum over its
//! rows. Differences are added; folding replaces many by their sum.

use std::collections::BTreeMap;

use domain::permissions::{RowFacts, RowFilter};
use sqlx::{Postgres, QueryBuilder};
use sync_protocol::digest::FieldDigests;
use sync_protocol::message::Bucket;
use sync_protocol::wire;

use super::bucket;
use crate::store::tenant::record::filter;
use crate::store::{Connection, StoreError};

/// Where the sums over all buckets stand; no bucket has this number.
const ALL: Bucket = 0;

/// A sum or a difference: how many rows, and the digests of their fields.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sum {
    pub rows: i64,
    pub fields: FieldDigests,
}

impl Sum {
    pub fn add(&mut self, other: &Self) {
        self.rows += other.rows;
        self.fields.add(&other.fields);
    }
}

/// What is stored of one entity in one bucket, or in all.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Stored {
    pub sum: Sum,
    /// Something was written that nobody summed up: the sum is not to be trusted.
    pub doubtful: bool,
    /// Of how many stored rows it is made.
    pub parts: usize,
}

/// By entity and bucket.
pub type Sums = BTreeMap<(String, Bucket), Stored>;

/// The sums of these entities over the rows that a filter lets through, bucket by bucket; with
/// [`RowFilter::Everything`] one for all buckets, unless they are asked for one by one. What is not there has no rows.
///
/// # Errors
/// See [`StoreError`].
pub async fn read(
    connection: &mut Connection,
    entities: &[&str],
    rows: &RowFilter,
    one_by_one: bool,
) -> Result<Sums, StoreError> {
    let mut sql = QueryBuilder::<Postgres>::new(
        "SELECT d.entity, d.bucket, d.row_count, d.fields FROM sync_digest AS d",
    );
    if *rows == RowFilter::Everything {
        sql.push(" WHERE d.bucket ").push(if one_by_one { "<>" } else { "=" }).push(" 0");
    } else {
        sql.push(" JOIN sync_bucket AS b USING (bucket) WHERE (");
        filter::push_columns(&mut sql, "b", rows);
        sql.push(")");
    }
    sql.push(" AND d.entity = ANY (").push_bind(entities).push(")");
    let parts: Vec<Part> = sql.build_query_as().fetch_all(connection).await?;
    let mut sums = Sums::new();
    for part in parts {
        let stored = sums.entry((part.entity, bucket::number(part.bucket))).or_default();
        stored.parts += 1;
        match (part.row_count, part.fields) {
            (Some(rows), Some(fields)) => stored.sum.add(&Sum { rows, fields: decode(&fields)? }),
            _ => stored.doubtful = true,
        }
    }
    Ok(sums)
}

/// Adds differences, each of one entity in one bucket, as part of the change that wrote the rows.
///
/// # Errors
/// See [`StoreError`].
pub async fn add(
    connection: &mut Connection,
    differences: &BTreeMap<(&'static str, String), Sum>,
) -> Result<(), StoreError> {
    let mut totals: BTreeMap<&'static str, Sum> = BTreeMap::new();
    for ((entity, _), sum) in differences {
        totals.entry(entity).or_default().add(sum);
    }
    let total = totals.iter().map(|(entity, sum)| (*entity, None, sum));
    let each = differences.iter().map(|((entity, key), sum)| (*entity, Some(key.as_str()), sum));
    let all: Vec<(&str, Option<&str>, &Sum)> = total.chain(each).collect();
    let entities: Vec<&str> = all.iter().map(|(entity, ..)| *entity).collect();
    let keys: Vec<Option<&str>> = all.iter().map(|(_, key, _)| *key).collect();
    let rows: Vec<i64> = all.iter().map(|(.., sum)| sum.rows).collect();
    let fields = all.iter().map(|(.., sum)| encode(sum)).collect::<Result<Vec<_>, _>>()?;
    sqlx::query(
        "INSERT INTO sync_digest (entity, bucket, change_id, row_count, fields)
         SELECT d.entity, coalesce(b.bucket, 0), sync_change_id(), d.row_count, d.fields
         FROM unnest($1::text[], $2::text[], $3::bigint[], $4::bytea[]) AS d (entity, key, row_count, fields)
         LEFT JOIN sync_bucket AS b ON b.key = d.key",
    )
    .bind(entities)
    .bind(keys)
    .bind(rows)
    .bind(fields)
    .execute(connection)
    .await?;
    Ok(())
}

/// Replaces all that is stored of an entity, as this transaction sees it. What others add meanwhile stays.
///
/// # Errors
/// See [`StoreError`]; contention where another replaced it at the same time.
pub async fn replace(
    connection: &mut Connection,
    entity: &str,
    sums: &BTreeMap<RowFacts, Sum>,
) -> Result<(), StoreError> {
    sqlx::query("DELETE FROM sync_digest WHERE entity = $1")
        .bind(entity)
        .execute(&mut *connection)
        .await?;
    let known = bucket::all(connection).await?;
    let mut total = Sum::default();
    for (number, facts) in known {
        if let Some(sum) = sums.get(&facts) {
            total.add(sum);
            insert_sum(connection, entity, number, sum).await?;
        }
    }
    insert_sum(connection, entity, ALL, &total).await
}

/// Folds what is stored of an entity into one row for each bucket, but for what is doubtful. Rows that another
/// transaction folds at the same time are left to it.
///
/// # Errors
/// See [`StoreError`].
pub async fn fold(connection: &mut Connection, entity: &str) -> Result<(), StoreError> {
    let parts: Vec<Part> = sqlx::query_as(
        "DELETE FROM sync_digest WHERE id IN (
             SELECT id FROM sync_digest
             WHERE entity = $1 AND fields IS NOT NULL AND bucket IN (
                 SELECT bucket FROM sync_digest WHERE entity = $1 GROUP BY bucket HAVING count(*) > 1)
             ORDER BY id FOR UPDATE SKIP LOCKED)
         RETURNING entity, bucket, row_count, fields",
    )
    .bind(entity)
    .fetch_all(&mut *connection)
    .await?;
    let mut sums: BTreeMap<Bucket, Sum> = BTreeMap::new();
    for part in parts {
        let (rows, fields) = part.row_count.zip(part.fields).unwrap_or_default(); // all have both
        let sum = sums.entry(bucket::number(part.bucket)).or_default();
        sum.add(&Sum { rows, fields: decode(&fields)? });
    }
    for (bucket, sum) in &sums {
        insert_sum(connection, entity, *bucket, sum).await?;
    }
    Ok(())
}

async fn insert_sum(
    connection: &mut Connection,
    entity: &str,
    bucket: Bucket,
    sum: &Sum,
) -> Result<(), StoreError> {
    // A sum belongs to no change: 0 is before all of them.
    sqlx::query(
        "INSERT INTO sync_digest (entity, bucket, change_id, row_count, fields) VALUES ($1, $2, 0, $3, $4)",
    )
    .bind(entity)
    .bind(bucket::stored_number(bucket))
    .bind(sum.rows)
    .bind(encode(sum)?)
    .execute(connection)
    .await?;
    Ok(())
}

#[derive(sqlx::FromRow)]
struct Part {
    entity: String,
    bucket: i32,
    row_count: Option<i64>,
    fields: Option<Vec<u8>>,
}

fn decode(fields: &[u8]) -> Result<FieldDigests, StoreError> {
    wire::decode(fields).map_err(|error| StoreError::Damaged(error.to_string()))
}

fn encode(sum: &Sum) -> Result<Vec<u8>, StoreError> {
    wire::encode(&sum.fields).map_err(|error| StoreError::Damaged(error.to_string()))
}
