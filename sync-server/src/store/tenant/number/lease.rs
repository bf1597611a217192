//! Tables `number_lease` and `number_device`.

use chrono::{DateTime, NaiveDate, Utc};
use domain::numbering::readings;
use uuid::Uuid;

use crate::store::{Connection, StoreError};

/// Numbers that one device alone gives.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Lease {
    pub id: Uuid,
    pub series_id: Uuid,
    pub period: String,
    pub device_id: Uuid,
    pub request_id: Uuid,
    /// The device counts for itself.
    pub own: bool,
    pub entity: String,
    pub company_id: Uuid,
    pub branch_id: Option<Uuid>,
    pub stem: String,
    pub folded_stem: String,
    pub width: i32,
    pub first_number: i64,
    pub last_number: i64,
    pub next_number: i64,
    pub from_day: Option<NaiveDate>,
    pub to_day: Option<NaiveDate>,
}

impl Lease {
    pub fn left(&self) -> i64 {
        self.last_number - self.next_number + 1
    }
}

/// How a lease ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LeaseState {
    Spent,
    Returned,
    Void,
}

impl LeaseState {
    const fn name(self) -> &'static str {
        match self {
            Self::Spent => "spent",
            Self::Returned => "returned",
            Self::Void => "void",
        }
    }
}

const COLUMNS: &str = "id, series_id, period, device_id, request_id, own, entity, company_id, branch_id, stem, \
     folded_stem, width, first_number, last_number, next_number, from_day, to_day";

/// What a device holds, in the order in which it is used.
///
/// # Errors
/// See [`StoreError`].
pub async fn held_by(connection: &mut Connection, device: Uuid) -> Result<Vec<Lease>, StoreError> {
    let sql = format!(
        "SELECT {COLUMNS} FROM number_lease WHERE device_id = $1 AND state = 'held'
         ORDER BY series_id, period, first_number"
    );
    Ok(sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(device).fetch_all(connection).await?)
}

/// Whether somebody else holds numbers of a series in a period.
///
/// # Errors
/// See [`StoreError`].
pub async fn held_by_others(
    connection: &mut Connection,
    series: Uuid,
    period: &str,
    device: Uuid,
) -> Result<bool, StoreError> {
    let found = sqlx::query_scalar(
        "SELECT EXISTS (SELECT FROM number_lease WHERE series_id = $1 AND period = $2
                        AND device_id <> $3 AND state = 'held')",
    );
    Ok(found.bind(series).bind(period).bind(device).fetch_one(connection).await?)
}

/// Notes how far a device has used what it holds.
///
/// # Errors
/// See [`StoreError`].
pub async fn told(
    connection: &mut Connection,
    device: Uuid,
    lease: Uuid,
    next: i64,
) -> Result<(), StoreError> {
    sqlx::query(
        "UPDATE number_lease SET next_number = greatest(next_number, least($3, last_number + 1))
         WHERE id = $2 AND device_id = $1 AND state = 'held'",
    )
    .bind(device)
    .bind(lease)
    .bind(next)
    .execute(connection)
    .await?;
    Ok(())
}

/// Notes how far the numbers of these leases were given to records: the first that was not.
///
/// # Errors
/// See [`StoreError`].
pub async fn used(
    connection: &mut Connection,
    device: Uuid,
    used: &[(Uuid, i64)],
) -> Result<(), StoreError> {
    for (lease, next) in used {
        told(connection, device, *lease, *next).await?;
    }
    Ok(())
}

/// Ends a lease of a device.
///
/// # Errors
/// See [`StoreError`].
pub async fn end(
    connection: &mut Connection,
    lease: Uuid,
    state: LeaseState,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    sqlx::query(
        "UPDATE number_lease SET state = $2, ended_at = $3 WHERE id = $1 AND state = 'held'",
    )
    .bind(lease)
    .bind(state.name())
    .bind(now)
    .execute(connection)
    .await?;
    Ok(())
}

/// The oldest lease of a series and period that was given back with numbers left.
///
/// # Errors
/// See [`StoreError`].
pub async fn returned(
    connection: &mut Connection,
    series: Uuid,
    period: &str,
    stem: &str,
) -> Result<Option<Lease>, StoreError> {
    let sql = format!(
        "SELECT {COLUMNS} FROM number_lease
         WHERE series_id = $1 AND period = $2 AND stem = $3 AND state = 'returned'
               AND next_number <= last_number
         ORDER BY next_number LIMIT 1"
    );
    let found = sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(series).bind(period).bind(stem);
    Ok(found.fetch_optional(connection).await?)
}

/// Notes that what was left of a lease is leased again.
///
/// # Errors
/// See [`StoreError`].
pub async fn reissue(connection: &mut Connection, lease: Uuid) -> Result<(), StoreError> {
    sqlx::query("UPDATE number_lease SET state = 'reissued' WHERE id = $1 AND state = 'returned'")
        .bind(lease)
        .execute(connection)
        .await?;
    Ok(())
}

/// The first number behind all that a device ever held of a series of its own, as far as it is known to be used;
/// nothing where it never held one.
///
/// # Errors
/// See [`StoreError`].
pub async fn used_up_to(
    connection: &mut Connection,
    series: Uuid,
    period: &str,
    device: Uuid,
) -> Result<Option<i64>, StoreError> {
    let found = sqlx::query_scalar(
        "SELECT max(next_number) FROM number_lease
         WHERE series_id = $1 AND period = $2 AND device_id = $3",
    );
    Ok(found.bind(series).bind(period).bind(device).fetch_one(connection).await?)
}

/// # Errors
/// See [`StoreError`].
pub async fn insert(
    connection: &mut Connection,
    lease: &Lease,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let sql = format!(
        "INSERT INTO number_lease ({COLUMNS}, state, granted_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, 'held', $18)"
    );
    sqlx::query(sqlx::AssertSqlSafe(sql))
        .bind(lease.id)
        .bind(lease.series_id)
        .bind(&lease.period)
        .bind(lease.device_id)
        .bind(lease.request_id)
        .bind(lease.own)
        .bind(&lease.entity)
        .bind(lease.company_id)
        .bind(lease.branch_id)
        .bind(&lease.stem)
        .bind(&lease.folded_stem)
        .bind(lease.width)
        .bind(lease.first_number)
        .bind(lease.last_number)
        .bind(lease.next_number)
        .bind(lease.from_day)
        .bind(lease.to_day)
        .bind(now)
        .execute(connection)
        .await?;
    Ok(())
}

/// What a device is called in codes; the shortest of these names that no other device has.
///
/// # Errors
/// See [`StoreError`].
pub async fn short_name(
    connection: &mut Connection,
    device: Uuid,
    names: &[String],
) -> Result<Option<String>, StoreError> {
    sqlx::query(
        "INSERT INTO number_device (device_id, short_name)
         SELECT $1::uuid, name FROM unnest($2::text[]) WITH ORDINALITY AS names (name, place)
         WHERE NOT EXISTS (SELECT FROM number_device WHERE short_name = name OR device_id = $1)
         ORDER BY place LIMIT 1",
    )
    .bind(device)
    .bind(names)
    .execute(&mut *connection)
    .await?;
    let found = sqlx::query_scalar("SELECT short_name FROM number_device WHERE device_id = $1");
    Ok(found.bind(device).fetch_optional(connection).await?)
}

/// A code that is a number of a lease.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Holding {
    pub code: String,
    pub lease: Uuid,
    pub device: Uuid,
    pub number: i64,
    /// The first of its lease that is not known to be used.
    pub next: i64,
}

/// Who holds these codes of an entity, folded, as numbers.
///
/// # Errors
/// See [`StoreError`].
pub async fn holding(
    connection: &mut Connection,
    entity: &str,
    codes: &[&str],
) -> Result<Vec<Holding>, StoreError> {
    let (mut asked, mut stems) = (Vec::new(), Vec::new());
    let (mut widths, mut numbers): (Vec<i32>, Vec<i64>) = (Vec::new(), Vec::new());
    for code in codes {
        for reading in readings(code) {
            asked.push(*code);
            stems.push(reading.stem);
            widths.push(i32::try_from(reading.width).unwrap_or(i32::MAX));
            numbers.push(reading.number);
        }
    }
    if asked.is_empty() {
        return Ok(Vec::new());
    }
    Ok(sqlx::query_as(
        "SELECT a.code, l.id AS lease, l.device_id AS device, a.number, l.next_number AS next
         FROM unnest($2::text[], $3::text[], $4::int[], $5::bigint[]) AS a (code, stem, width, number)
         JOIN number_lease l ON l.entity = $1 AND l.folded_stem = a.stem AND l.width = a.width
              AND l.state = 'held' AND a.number BETWEEN l.first_number AND l.last_number",
    )
    .bind(entity)
    .bind(asked)
    .bind(stems)
    .bind(widths)
    .bind(numbers)
    .fetch_all(connection)
    .await?)
}

/// What became void with a device.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, sqlx::FromRow)]
pub struct Voided {
    pub series_id: Uuid,
    pub period: String,
    pub stem: String,
    pub first: i64,
    pub last: i64,
}

/// Makes void whatever a device holds, and notes what was left in the register, with the reason.
///
/// # Errors
/// See [`StoreError`].
pub async fn void_all(
    connection: &mut Connection,
    device: Uuid,
    reason: &str,
    now: DateTime<Utc>,
) -> Result<Vec<Voided>, StoreError> {
    Ok(sqlx::query_as(
        "WITH ended AS (
             UPDATE number_lease SET state = 'void', ended_at = $3
             WHERE device_id = $1 AND state = 'held'
             RETURNING id, series_id, period, own, stem, next_number, last_number
         ), noted AS (
             INSERT INTO number_void
                 (series_id, period, first_number, last_number, reason, device_id, lease_id, noted_at)
             SELECT series_id, period, next_number, last_number, $2, $1, id, $3
             FROM ended WHERE next_number <= last_number AND NOT own
         )
         SELECT series_id, period, stem, next_number AS first, last_number AS last FROM ended
         WHERE next_number <= last_number AND NOT own ORDER BY series_id, period, first",
    )
    .bind(device)
    .bind(reason)
    .bind(now)
    .fetch_all(connection)
    .await?)
}
