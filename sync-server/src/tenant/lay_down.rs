//! What a new tenant starts with. It is laid down whole or not at all, and what is there already is left alone, so
//! that it can be done again after an interruption or a refusal.

use chrono::{DateTime, Utc};
use domain::permissions::StandardRole;

use super::first_records::{self, Chart, FirstRecordsError};
use crate::store::tenant::{role, settings};
use crate::store::{self, Connection};

/// What the person who makes a tenant chooses for it.
#[derive(Debug, Clone)]
pub struct Choices {
    pub language: String,
    pub time_zone: String,
    pub currency: String,
    /// Where its first company sits: ISO 3166-1 alpha-2.
    pub country: String,
    pub chart: Chart,
}

/// Lays down settings, standard roles and the first records of the tenant called `name`, in one transaction.
///
/// # Errors
/// See [`FirstRecordsError`].
pub async fn lay_down(
    connection: &mut Connection,
    name: &str,
    choices: &Choices,
    now: DateTime<Utc>,
) -> Result<(), FirstRecordsError> {
    let mut tx = store::begin(connection).await?;
    match write(&mut tx, name, choices, now).await {
        Ok(()) => Ok(store::commit(tx).await?),
        Err(refused) => {
            // At once, so that the next run waits for no lock of this one.
            store::roll_back(tx).await?;
            Err(refused)
        }
    }
}

async fn write(
    connection: &mut Connection,
    name: &str,
    choices: &Choices,
    now: DateTime<Utc>,
) -> Result<(), FirstRecordsError> {
    let Choices { language, time_zone, currency, .. } = choices;
    settings::lay_down(connection, language, time_zone, currency).await?;
    for standard in StandardRole::ALL {
        role::lay_down(connection, &standard.role(), now).await?;
    }
    first_records::enter(connection, name, choices, now).await
}
