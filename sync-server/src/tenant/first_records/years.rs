//! The fiscal year of the day on which the tenant is made, open, and the one after it, each in months.

use chrono::{Datelike, Months, NaiveDate};
use domain::masters::FISCAL_YEAR;
use domain::record::{ChildRow, Value};
use sync_protocol::device::draft;

use super::FirstRecordsError;
use super::books::Books;
use crate::tenant::typist::Typist;

/// Enters this year and the next.
pub(super) fn enter(typist: &mut Typist, books: &Books) -> Result<(), FirstRecordsError> {
    let first = start(books.today, books.first_month).ok_or_else(beyond)?;
    for (first, status) in [(Some(first), "open"), (months_on(first, 12), "future")] {
        year(typist, books, first.ok_or_else(beyond)?, status)?;
    }
    Ok(())
}

fn beyond() -> FirstRecordsError {
    FirstRecordsError::Data("the fiscal year lies beyond the calendar".to_owned())
}

/// The first day of the fiscal year that a day is in.
fn start(day: NaiveDate, first_month: u32) -> Option<NaiveDate> {
    let year = if day.month() < first_month { day.year() - 1 } else { day.year() };
    NaiveDate::from_ymd_opt(year, first_month, 1)
}

fn months_on(day: NaiveDate, months: u32) -> Option<NaiveDate> {
    day.checked_add_months(Months::new(months))
}

/// `2026`, or `2026/27` where it ends in the next calendar year.
fn name(first: NaiveDate, last: NaiveDate) -> String {
    match last.year() == first.year() {
        true => first.year().to_string(),
        false => format!("{}/{:02}", first.year(), last.year() % 100),
    }
}

fn year(
    typist: &mut Typist,
    books: &Books,
    first: NaiveDate,
    status: &str,
) -> Result<(), FirstRecordsError> {
    let missing = || FirstRecordsError::Data("a fiscal year has no periods".to_owned());
    let periods = FISCAL_YEAR.child("fiscal_period").ok_or_else(missing)?;
    let mut year = books.begin(typist, &FISCAL_YEAR);
    let status = || Value::Text(status.to_owned());
    let mut last = first;
    for month in 0..12 {
        let begins = months_on(first, month).ok_or_else(beyond)?;
        last = months_on(begins, 1).and_then(|next| next.pred_opt()).ok_or_else(beyond)?;
        let mut values = periods.defaults();
        let period = format!("{:04}-{:02}", begins.year(), begins.month());
        values.set("position", Value::Int(i64::from(month) + 1));
        values.set("name", Value::Text(period));
        values.set("start_date", Value::Date(begins));
        values.set("end_date", Value::Date(last));
        values.set("status", status());
        year.put_child(ChildRow { id: typist.new_id(), values });
    }
    year.values.set("name", Value::Text(name(first, last)));
    year.values.set("start_date", Value::Date(first));
    year.values.set("end_date", Value::Date(last));
    year.values.set("status", status());
    Ok(typist.enter(draft::create(&year))?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_year_begins_with_its_month_at_or_before_the_day() {
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        assert_eq!(start(day("2026-03-31"), 1), Some(day("2026-01-01")));
        assert_eq!(start(day("2026-03-31"), 4), Some(day("2025-04-01")));
        assert_eq!(start(day("2026-04-01"), 4), Some(day("2026-04-01")));
        assert_eq!(name(day("2026-01-01"), day("2026-12-31")), "2026");
        assert_eq!(name(day("2099-04-01"), day("2100-03-31")), "2099/00");
    }
}
