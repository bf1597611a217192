//! What a new tenant starts with. Each part leaves alone what is there already, so that it can be laid down
//! again after an interruption.

use chrono::{DateTime, Utc};
use domain::permissions::StandardRole;

use crate::store::tenant::{role, settings};
use crate::store::{self, Connection, StoreError};

/// What the person who makes a tenant chooses for it.
#[derive(Debug, Clone)]
pub struct Choices {
    pub language: String,
    pub time_zone: String,
    pub currency: String,
}

/// Lays down settings and standard roles, in one transaction.
///
/// # Errors
/// See [`StoreError`].
pub async fn lay_down(
    connection: &mut Connection,
    choices: &Choices,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let mut tx = store::begin(connection).await?;
    settings::lay_down(&mut tx, &choices.language, &choices.time_zone, &choices.currency).await?;
    for standard in StandardRole::ALL {
        role::lay_down(&mut tx, &standard.role(), now).await?;
    }
    store::commit(tx).await
}
