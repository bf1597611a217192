//! The hub's Postgres: the only folder where SQL is written. `control/` for the platform, `tenant/` for one
//! tenant's database, one file for each table. It decides no right and no rule.

pub mod cluster;
pub mod control;
mod error;
pub mod migrations;
pub mod pool;
pub mod postgres;
pub mod tenant;

pub use control::Control;
pub use error::StoreError;

/// A connection to one database.
pub type Connection = sqlx::PgConnection;

/// A transaction on one connection; rolled back if it is dropped.
pub type Tx<'c> = sqlx::Transaction<'c, sqlx::Postgres>;

/// Begins a transaction.
///
/// # Errors
/// See [`StoreError`].
pub async fn begin(connection: &mut Connection) -> Result<Tx<'_>, StoreError> {
    Ok(sqlx::Connection::begin(connection).await?)
}

/// Commits a transaction.
///
/// # Errors
/// See [`StoreError`]; a constraint that is checked at the end may refuse it here.
pub async fn commit(tx: Tx<'_>) -> Result<(), StoreError> {
    Ok(tx.commit().await?)
}

/// Takes back what a transaction, or a savepoint within one, has done.
///
/// # Errors
/// See [`StoreError`].
pub async fn roll_back(tx: Tx<'_>) -> Result<(), StoreError> {
    Ok(tx.rollback().await?)
}
