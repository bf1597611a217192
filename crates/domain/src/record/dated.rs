//! Ranges of days: which overlap, which follow each other without a gap. Tax rates, price rows, periods and
//! whatever else is valid from a day to a day ask here.

use chrono::NaiveDate;

use super::{Problems, Record, Values};

/// From a day to a day, both included; an absent end is open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Days {
    pub from: Option<NaiveDate>,
    pub to: Option<NaiveDate>,
}

impl Days {
    /// The range that two fields of a row say.
    pub fn of(values: &Values, from: &str, to: &str) -> Self {
        Self { from: values.get(from).date(), to: values.get(to).date() }
    }

    pub fn holds(&self, day: NaiveDate) -> bool {
        self.from.is_none_or(|from| from <= day) && self.to.is_none_or(|to| day <= to)
    }

    /// Whether it ends before it begins.
    pub fn is_backwards(&self) -> bool {
        matches!((self.from, self.to), (Some(from), Some(to)) if to < from)
    }

    /// Whether some day is in both.
    pub fn overlaps(&self, other: &Self) -> bool {
        let begins_in_time = |one: &Self, other: &Self| match (one.from, other.to) {
            (Some(from), Some(to)) => from <= to,
            _ => true,
        };
        begins_in_time(self, other) && begins_in_time(other, self)
    }

    /// Whether `next` begins on the day after this one ends.
    pub fn is_followed_by(&self, next: &Self) -> bool {
        match (self.to, next.from) {
            (Some(to), Some(from)) => to.succ_opt() == Some(from),
            _ => false,
        }
    }
}

impl std::fmt::Display for Days {
    fn fmt(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
        match (self.from, self.to) {
            (Some(from), Some(to)) => write!(f, "{from} to {to}"),
            (Some(from), None) => write!(f, "{from} on"),
            (None, Some(to)) => write!(f, "the beginning to {to}"),
            (None, None) => f.write_str("the beginning on"),
        }
    }
}

/// A row's own rule: it does not end before it begins.
pub fn in_order(values: &Values, from: &str, to: &str, problems: &mut Problems) {
    let days = Days::of(values, from, to);
    if days.is_backwards() {
        problems.add(to, "ends_before_start", "must not be before the first day; swap the two");
    }
}

/// A record's rule: of the rows in one collection, those of one `key` (what the range is of: an item, a
/// unit, a quantity) do not overlap. The problem stands at the later of two rows, in the order of people.
pub fn without_overlap<K: PartialEq>(
    record: &Record,
    collection: &str,
    (from, to): (&str, &str),
    key: impl Fn(&Values) -> K,
    problems: &mut Problems,
) {
    let mut before: Vec<(K, Days)> = Vec::new();
    for row in record.collection(collection) {
        let (key, days) = (key(&row.values), Days::of(&row.values, from, to));
        if let Some((_, other)) = before.iter().find(|(k, d)| *k == key && d.overlaps(&days)) {
            let message = format!("overlaps the row valid from {other}; end one before the other");
            problems.add(row.path(from), "overlap", message);
        }
        before.push((key, days));
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn day(number: i32) -> NaiveDate {
        NaiveDate::from_num_days_from_ce_opt(730_000 + number).unwrap()
    }

    fn days(from: Option<i32>, to: Option<i32>) -> Days {
        Days { from: from.map(day), to: to.map(day) }
    }

    #[test]
    fn a_year_is_followed_by_the_next_and_by_nothing_later() {
        let year = days(Some(1), Some(365));
        assert!(year.is_followed_by(&days(Some(366), Some(700))));
        assert!(!year.is_followed_by(&days(Some(367), Some(700))));
        assert!(!year.is_followed_by(&days(Some(365), Some(700))));
        assert!(!days(Some(1), None).is_followed_by(&days(Some(366), None)));
    }

    #[test]
    fn an_open_range_overlaps_all_that_comes_after_it() {
        let open = days(Some(10), None);
        assert!(open.overlaps(&days(Some(500), Some(600))));
        assert!(open.overlaps(&days(None, Some(10))));
        assert!(!open.overlaps(&days(None, Some(9))));
        assert_eq!(open.to_string(), format!("{} on", day(10)));
    }

    proptest! {
        /// Two ranges overlap exactly where some day is in both.
        #[test]
        fn an_overlap_is_a_common_day(
            a in proptest::option::of(0..20_i32), b in proptest::option::of(0..20_i32),
            c in proptest::option::of(0..20_i32), d in proptest::option::of(0..20_i32),
        ) {
            let (one, other) = (days(a, b), days(c, d));
            prop_assume!(!one.is_backwards() && !other.is_backwards());
            let common = (-1..21).any(|n| one.holds(day(n)) && other.holds(day(n)));
            prop_assert_eq!(one.overlaps(&other), common);
            prop_assert_eq!(other.overlaps(&one), common);
        }
    }
}
