//! L4: edits as one batch, on the cluster that the hub uses and with its settings, in a database of their own.

use std::time::Instant;

use sqlx::{Connection as _, PgConnection};

use crate::Outcome;
use crate::customer::{customer, id, phone};
use crate::figure::rate;
use crate::office::Office;

const DATABASE: &str = "bench_limit";
/// Rows of one statement that lays the table.
const CHUNK: u32 = 10_000;

/// Connects to a database of the cluster under test.
///
/// # Errors
/// Where there is none.
pub async fn connect(database: &str) -> Outcome<PgConnection> {
    let url = std::env::var("DAYBOOK_TEST_POSTGRES_URL")?;
    let server = url.rsplit_once('/').map_or(url.as_str(), |(server, _)| server);
    Ok(PgConnection::connect(&format!("{server}/{database}")).await?)
}

/// L4, in edits a second; one value for each repetition.
///
/// # Errors
/// Where Postgres fails.
pub async fn batch(office: &Office, edited: &[u32], times: u32) -> Outcome<Vec<f64>> {
    office.hub.sql("postgres", &format!("CREATE DATABASE {DATABASE}"));
    let mut connection = connect(DATABASE).await?;
    sqlx::raw_sql(
        "CREATE TABLE customer (id uuid PRIMARY KEY, code text, name text, email text, phone text, \
         city text, tax_id text, credit_limit numeric, currency uuid, terms text, active boolean, \
         updated_at timestamptz)",
    )
    .execute(&mut connection)
    .await?;
    for first in (0..office.rows).step_by(CHUNK as usize) {
        lay(&mut connection, office, first..office.rows.min(first + CHUNK)).await?;
    }
    sqlx::raw_sql("VACUUM ANALYZE customer").execute(&mut connection).await?;
    sqlx::raw_sql("CHECKPOINT").execute(&mut connection).await?;
    let ids: Vec<_> = edited.iter().map(|number| id(*number)).collect();
    let mut rates = Vec::new();
    for time in 1..=times {
        let phones: Vec<String> = edited.iter().map(|number| phone(*number, time)).collect();
        let start = Instant::now();
        let done = sqlx::query(
            "UPDATE customer SET phone = edit.phone, updated_at = now() \
             FROM unnest($1::uuid[], $2::text[]) AS edit (id, phone) WHERE customer.id = edit.id",
        )
        .bind(&ids)
        .bind(&phones)
        .execute(&mut connection)
        .await?;
        let time = start.elapsed();
        if done.rows_affected() != ids.len() as u64 {
            return Err("the batch did not edit every row".into());
        }
        rates.push(rate(u32::try_from(ids.len())?, time));
    }
    connection.close().await?;
    office.hub.sql("postgres", &format!("DROP DATABASE {DATABASE}"));
    Ok(rates)
}

async fn lay(
    connection: &mut PgConnection,
    office: &Office,
    numbers: std::ops::Range<u32>,
) -> Outcome<()> {
    let rows: Vec<_> = numbers.map(|number| customer(number, 0)).collect();
    let texts = |of: fn(&crate::customer::Customer) -> &str| -> Vec<String> {
        rows.iter().map(|row| of(row).to_owned()).collect()
    };
    sqlx::query(
        "INSERT INTO customer SELECT id, code, name, email, phone, city, tax_id, credit / 100.0, $9, \
         terms, true, now() FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], \
         $6::text[], $7::text[], $8::bigint[], $10::text[]) \
         AS row (id, code, name, email, phone, city, tax_id, credit, terms)",
    )
    .bind(rows.iter().map(|row| row.id).collect::<Vec<_>>())
    .bind(texts(|row| &row.code))
    .bind(texts(|row| &row.name))
    .bind(texts(|row| &row.email))
    .bind(texts(|row| &row.phone))
    .bind(texts(|row| row.city))
    .bind(texts(|row| &row.tax_id))
    .bind(rows.iter().map(|row| row.credit_limit).collect::<Vec<_>>())
    .bind(office.currency)
    .bind(texts(|row| row.terms))
    .execute(connection)
    .await?;
    Ok(())
}

/// The settings of the cluster that matter for what was measured.
///
/// # Errors
/// Where Postgres cannot be asked.
pub async fn settings(office: &Office) -> Outcome<String> {
    let show = |name: &str| office.hub.sql("postgres", &format!("SHOW {name}"));
    let words = ["fsync", "synchronous_commit", "full_page_writes", "shared_buffers"]
        .map(|name| format!("{name} {}", show(name)));
    Ok(format!("PostgreSQL {}, {}", show("server_version"), words.join(", ")))
}
