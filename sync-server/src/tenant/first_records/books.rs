//! The company whose first records are entered, with the accounts that its chart gave it.

use std::collections::HashMap;

use chrono::NaiveDate;
use domain::record::{EntityDef, Record, Value};
use serde::de::DeserializeOwned;
use uuid::Uuid;

use super::FirstRecordsError;
use crate::tenant::lay_down::Choices;
use crate::tenant::typist::Typist;

/// What the later records refer to.
pub(super) struct Books<'a> {
    pub choices: &'a Choices,
    pub company: Uuid,
    /// The month with which its fiscal years begin.
    pub first_month: u32,
    /// The day at the company's place.
    pub today: NaiveDate,
    /// By number.
    pub accounts: HashMap<String, Uuid>,
    /// The first account of a type, and those with a role, by its name.
    pub roles: HashMap<String, Uuid>,
}

impl Books<'_> {
    /// A record of the company.
    pub fn begin(&self, typist: &Typist, entity: &'static EntityDef) -> Record {
        let mut record = typist.begin(entity);
        record.values.set("company_id", Value::Id(self.company));
        record
    }

    /// # Errors
    /// The data names an account that the chart has not.
    pub fn account(&self, number: &str) -> Result<Value, FirstRecordsError> {
        found(&self.accounts, number)
    }

    /// # Errors
    /// The chart has no account of this type or role.
    pub fn account_for(&self, role: &str) -> Result<Value, FirstRecordsError> {
        found(&self.roles, role)
    }
}

fn found(ids: &HashMap<String, Uuid>, name: &str) -> Result<Value, FirstRecordsError> {
    let missing = || FirstRecordsError::Data(format!("the chart has no account {name}"));
    ids.get(name).map(|id| Value::Id(*id)).ok_or_else(missing)
}

/// Lines of a file beside the code.
///
/// # Errors
/// They cannot be read.
pub(super) fn lines<T: DeserializeOwned>(text: &str) -> Result<Vec<T>, FirstRecordsError> {
    serde_json::from_str(text).map_err(|error| FirstRecordsError::Data(error.to_string()))
}

/// Writes a text as the kind of its field reads it.
///
/// # Errors
/// The field is unknown or refuses the text.
pub(super) fn set(
    values: &mut domain::record::Values,
    field: &str,
    text: &str,
) -> Result<(), FirstRecordsError> {
    let entity = values.entity();
    let refused = |told: &str| {
        FirstRecordsError::Data(format!("{}.{field} does not take {text}: {told}", entity.name))
    };
    let declared = entity.field(field).ok_or_else(|| refused("no such field"))?;
    let value = declared.kind.read(&text.into()).map_err(|fault| refused(&fault.message))?;
    values.set(field, value);
    Ok(())
}
