//! The records a new tenant starts with: currencies, units, its company with a chart of accounts, and with the chart
//! taxes, terms, years, series and journals. They are entered
//! as the ops of a device that lives on the hub, and judged like anybody's.

mod books;
mod chart;
mod journals;
mod names;
mod payments;
mod reference;
mod taxes;
mod years;

use chrono::{DateTime, Utc};
use domain::masters::COMPANY;
use domain::record::{Record, Value};
use domain::standards;
use sync_protocol::device::draft;
use uuid::Uuid;

pub use chart::Chart;

use super::lay_down::Choices;
use super::typist::{Typist, TypistError};
use crate::store::{Connection, StoreError};

/// Why a tenant has not got its first records.
#[derive(Debug, thiserror::Error)]
pub enum FirstRecordsError {
    #[error("the data that every tenant starts with cannot be read: {0}")]
    Data(String),
    #[error(transparent)]
    Typist(#[from] TypistError),
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Enters the first records of a tenant called `name`, unless they were entered before: all of them, or none
/// where one is refused.
///
/// # Errors
/// See [`FirstRecordsError`].
pub async fn enter(
    connection: &mut Connection,
    name: &str,
    choices: &Choices,
    now: DateTime<Utc>,
) -> Result<(), FirstRecordsError> {
    let mut typist = Typist::at(connection, now).await?;
    if typist.has_typed() {
        return Ok(());
    }
    let currency = reference::currencies(&mut typist, &choices.currency)?;
    reference::units(&mut typist, &choices.language)?;
    let company = company(&mut typist, name, choices, currency)?;
    let today = standards::time_zone::day(&choices.time_zone, now);
    let books = chart::accounts(&mut typist, choices, company, today)?;
    payments::enter(&mut typist, &books)?;
    taxes::enter(&mut typist, &books)?;
    years::enter(&mut typist, &books)?;
    journals::enter(&mut typist, &books)?;
    Ok(typist.send(connection).await?)
}

fn company(
    typist: &mut Typist,
    name: &str,
    choices: &Choices,
    currency: Uuid,
) -> Result<Record, FirstRecordsError> {
    let mut company = typist.begin(&COMPANY);
    let text = |text: &str| Value::Text(text.to_owned());
    for (field, value) in [
        ("name", text(name)),
        ("legal_name", text(name)),
        ("base_currency", Value::Id(currency)),
        ("locale", text(&choices.language)),
        ("time_zone", text(&choices.time_zone)),
        ("country", text(&choices.country)),
    ] {
        company.values.set(field, value);
    }
    typist.enter(draft::create(&company))?;
    Ok(company)
}
