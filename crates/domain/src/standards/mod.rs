//! Checks on values that a standard defines: a country, an IBAN, a tax id, a unit of measure.
//! Each function reads what a person typed and returns the canonical text, or says what is wrong.
//! No rule that needs another row or another field of the record lives here, and nothing is looked up.

pub mod bic;
pub mod country;
pub mod currency;
pub mod email;
pub mod gtin;
pub mod hs_code;
pub mod iban;
pub mod language;
pub mod phone;
pub mod postal_code;
pub mod routing_number;
pub mod tax_id;
pub mod time_zone;
pub mod unit;
pub mod url;

mod check_digit;
#[cfg(test)]
mod laws;
mod typed;

/// Why a typed value was refused. `rule` is stable for programs; `message` says to a person what is
/// wrong and what to do, without the name of the field.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct Fault {
    pub rule: &'static str,
    pub message: String,
}

impl Fault {
    fn new(rule: &'static str, message: impl Into<String>) -> Self {
        Self { rule, message: message.into() }
    }
}
