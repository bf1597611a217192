//! Days and instants that a record can hold: years 1 to 9999, which both stores, the wire and every screen
//! can write and read.

use std::str::FromStr;

use chrono::{DateTime, Datelike, NaiveDate, SubsecRound, Utc};

use super::Value;
use crate::standards::Fault;

const YEARS: std::ops::RangeInclusive<i32> = 1..=9999;

pub(super) fn read_date(text: &str) -> Result<Value, Fault> {
    match NaiveDate::from_str(text) {
        Ok(date) => {
            let date = Value::Date(date);
            within(&date).map(|()| date)
        }
        Err(_) => Err(Fault {
            rule: "not_a_date",
            message: "must be a date such as 2026-03-31".to_owned(),
        }),
    }
}

/// An instant, to the microsecond that is stored.
pub(super) fn read_instant(text: &str) -> Result<Value, Fault> {
    match DateTime::parse_from_rfc3339(text) {
        Ok(instant) => {
            let instant = Value::Instant(instant.with_timezone(&Utc).trunc_subsecs(6));
            within(&instant).map(|()| instant)
        }
        Err(_) => Err(Fault {
            rule: "not_an_instant",
            message: "must be a time such as 2026-03-31T12:00:00Z".to_owned(),
        }),
    }
}

/// Refuses a date or an instant beyond the years that are kept.
///
/// # Errors
/// `out_of_range`.
pub(super) fn within(value: &Value) -> Result<(), Fault> {
    let year = match value {
        Value::Date(date) => date.year(),
        Value::Instant(instant) => instant.year(), // of UTC, as it is stored
        _ => return Ok(()),
    };
    if YEARS.contains(&year) {
        return Ok(());
    }
    let (first, last) = (YEARS.start(), YEARS.end());
    let message = format!("must lie in the years {first} to {last}");
    Err(Fault { rule: "out_of_range", message })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_lies_in_the_years_one_to_9999() {
        for kept in ["0001-01-01", "2026-03-31", "9999-12-31"] {
            assert!(read_date(kept).is_ok(), "{kept}");
        }
        for wrong in ["0000-01-01", "-5000-01-01", "+12026-02-01"] {
            assert_eq!(read_date(wrong).unwrap_err().rule, "out_of_range", "{wrong}");
        }
        assert_eq!(read_date("2026-02-30").unwrap_err().rule, "not_a_date");
    }

    #[test]
    fn an_instant_lies_in_them_by_utc() {
        for wrong in ["0000-01-01T00:00:00+23:59", "0001-01-01T00:00:00+00:01"] {
            let fault = read_instant(wrong).unwrap_err();
            assert_eq!(fault.rule, "out_of_range", "{wrong}");
            assert_eq!(fault.message, "must lie in the years 1 to 9999");
        }
        assert_eq!(read_instant("9999-12-31T23:59:59-00:01").unwrap_err().rule, "out_of_range");
        assert!(read_instant("0001-01-01T00:00:00Z").is_ok());
    }
}
