//! Payment terms: when a total falls due, in instalments, and what paying early saves. The parts of a total
//! always add up to it.

use chrono::{Datelike, Days, Months, NaiveDate};
use rust_decimal::{Decimal, RoundingStrategy};

use crate::permissions::{Guard, Permission};
use crate::record::{
    Area, EntityDef, FieldDef, Kind, Label, OwnerRule, Problems, Record, Values, field,
};

use super::fields::{CHILD, MASTER, PERCENT, above_zero, percentage};

const GUARD: Guard =
    Guard::manage(Permission::MASTER_REFERENCE_VIEW, Permission::MASTER_REFERENCE_MANAGE);

pub static PAYMENT_TERMS: EntityDef = EntityDef::new("payment_terms", Area::Finance, GUARD)
    .called(
        Label { en: "Payment terms", de: "Zahlungsbedingung" },
        Label { en: "Payment terms", de: "Zahlungsbedingungen" },
    )
    .rank(6)
    .fields(MASTER, OWN)
    .children(&[&INSTALMENTS])
    .owned_by(OwnerRule::Nobody)
    .row_rules(|values, problems| {
        above_zero(values, "discount_percent", problems);
        percentage(values, "discount_percent", problems);
        both_or_none(values, problems);
    })
    .record_rules(whole);

const OWN: &[FieldDef] = &[
    field("discount_percent", "Discount %", "Skonto %", PERCENT).group("discount").listed(),
    field(
        "discount_days",
        "Discount within days",
        "Skonto innerhalb Tagen",
        Kind::Int { min: 0, max: 365 },
    )
    .group("discount")
    .listed(),
    field("method", "Payment method", "Zahlungsart", Kind::Reference("payment_method")).listed(),
];

static INSTALMENTS: EntityDef = EntityDef::new("payment_instalment", Area::Finance, GUARD)
    .called(Label { en: "Instalment", de: "Rate" }, Label { en: "Instalments", de: "Raten" })
    .fields(
        CHILD,
        &[
            field("portion", "Portion %", "Anteil %", PERCENT)
                .required()
                .default("100")
                .group("instalment"),
            field("days", "Days", "Tage", Kind::Int { min: 0, max: 3650 })
                .required()
                .default("30")
                .group("instalment"),
            field("end_of_month", "End of month", "Monatsende", Kind::Bool).group("instalment"),
            field(
                "day_of_month",
                "On day of the month",
                "Am Tag des Monats",
                Kind::Int { min: 1, max: 31 },
            )
            .group("instalment"),
        ],
    )
    .child_of("payment_terms")
    .row_rules(|values, problems| {
        above_zero(values, "portion", problems);
        if values.get("end_of_month").is_true() && !values.get("day_of_month").is_null() {
            let message = "is not used where an instalment falls due at the end of the month";
            problems.add("day_of_month", "two_days", message);
        }
    });

/// A discount without its days, or days without a discount, mean nothing.
fn both_or_none(values: &Values, problems: &mut Problems) {
    for (name, other) in
        [("discount_days", "discount_percent"), ("discount_percent", "discount_days")]
    {
        if values.get(name).is_null() && !values.get(other).is_null() {
            problems.add(name, "both_or_none", "is needed as well; enter it, or clear the other");
        }
    }
}

/// The portions add up to 100 exactly.
fn whole(record: &Record, problems: &mut Problems) {
    let rows = record.collection(INSTALMENTS.name);
    if rows.is_empty() {
        problems.add(INSTALMENTS.name, "required", "need at least one row; 100 % is paid at once");
        return;
    }
    let portion = |row: &&crate::record::ChildRow| row.values.get("portion").decimal();
    let sum = rows.iter().filter_map(portion).try_fold(Decimal::ZERO, Decimal::checked_add);
    if sum != Some(Decimal::ONE_HUNDRED) {
        let sum = sum.map_or_else(|| "far more".to_owned(), |sum| sum.normalize().to_string());
        let message = format!("add up to {sum} % and must to 100 %; change a portion");
        problems.add(INSTALMENTS.name, "portions", message);
    }
}

/// One part of a total: until when, and how much.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Part {
    pub due: NaiveDate,
    pub amount: Decimal,
}

/// The parts of a total in the order of the rows: each portion rounded half up to the currency's
/// `minor_units`, the last part being what is left, so that they add up to the total. `None` where a date lies
/// beyond the calendar or an amount beyond 96 bits.
pub fn parts(
    terms: &Record,
    document: NaiveDate,
    total: Decimal,
    minor_units: u32,
) -> Option<Vec<Part>> {
    let rows = terms.collection(INSTALMENTS.name);
    let mut left = total;
    let mut parts = Vec::with_capacity(rows.len());
    for (number, row) in (1..).zip(&rows) {
        let amount = if number == rows.len() {
            left
        } else {
            let portion = row.values.get("portion").decimal()?;
            let exact = total.checked_mul(portion)?.checked_div(Decimal::ONE_HUNDRED)?;
            exact.round_dp_with_strategy(minor_units, RoundingStrategy::MidpointAwayFromZero)
        };
        left = left.checked_sub(amount)?;
        parts.push(Part { due: due(&row.values, document)?, amount });
    }
    Some(parts)
}

/// So many days after the document; then, where it is asked for, the end of that month, or the next day of this
/// number (the last of a month that is too short).
fn due(instalment: &Values, document: NaiveDate) -> Option<NaiveDate> {
    let days = u64::try_from(instalment.get("days").int()?).ok()?;
    let day = document.checked_add_days(Days::new(days))?;
    if instalment.get("end_of_month").is_true() {
        return end_of_month(day);
    }
    let Some(wanted) = instalment.get("day_of_month").int() else { return Some(day) };
    let wanted = u32::try_from(wanted).ok()?;
    let on = |day: NaiveDate| {
        let last = end_of_month(day)?;
        last.with_day(wanted.min(last.day()))
    };
    let this_month = on(day)?;
    if this_month >= day {
        return Some(this_month);
    }
    on(day.with_day(1)?.checked_add_months(Months::new(1))?)
}

fn end_of_month(day: NaiveDate) -> Option<NaiveDate> {
    day.with_day(1)?.checked_add_months(Months::new(1))?.pred_opt()
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;
    use proptest::prelude::*;
    use uuid::Uuid;

    use super::*;
    use crate::record::{Cell, ChildRow};

    fn terms(rows: &[&[(&str, &str)]]) -> Record {
        let mut terms = Record::new(&PAYMENT_TERMS, Uuid::nil(), Uuid::nil(), DateTime::UNIX_EPOCH);
        for (number, fields) in (1..).zip(rows) {
            let mut values = INSTALMENTS.defaults();
            for (name, text) in *fields {
                let kind = INSTALMENTS.field(name).unwrap().kind;
                values.set(name, kind.read(&Cell::from(*text)).unwrap());
            }
            terms.put_child(ChildRow { id: Uuid::from_u128(number), values });
        }
        terms
    }

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn due_on(fields: &[(&str, &str)], document: &str) -> NaiveDate {
        parts(&terms(&[fields]), day(document), Decimal::TEN, 2).unwrap()[0].due
    }

    #[test]
    fn the_last_instalment_takes_the_rounding() {
        let third: &[(&str, &str)] = &[("portion", "33.3333")];
        let rest: &[(&str, &str)] = &[("portion", "33.3334")];
        let parts = parts(&terms(&[third, third, rest]), day("2026-01-31"), Decimal::TEN, 2);
        let amounts: Vec<String> =
            parts.unwrap().iter().map(|part| part.amount.to_string()).collect();
        assert_eq!(amounts, ["3.33", "3.33", "3.34"]);
    }

    #[test]
    fn an_instalment_falls_due_by_days_by_the_end_of_a_month_or_on_a_day() {
        assert_eq!(due_on(&[("days", "30")], "2026-01-31"), day("2026-03-02"));
        let end = [("days", "30"), ("end_of_month", "yes")];
        assert_eq!(due_on(&end, "2026-01-31"), day("2026-03-31"));
        let tenth = [("days", "0"), ("day_of_month", "10")];
        assert_eq!(due_on(&tenth, "2026-01-10"), day("2026-01-10"));
        assert_eq!(due_on(&tenth, "2026-01-11"), day("2026-02-10"));
        let last = [("days", "0"), ("day_of_month", "31")];
        assert_eq!(due_on(&last, "2026-02-01"), day("2026-02-28"));
        assert_eq!(due_on(&last, "2026-12-31"), day("2026-12-31"));
    }

    proptest! {
        /// Whatever the portions and the currency: no cent more and none less.
        #[test]
        fn the_parts_are_the_total(
            cents in -1_000_000_000_i64..1_000_000_000,
            minor_units in 0_u32..4,
            cuts in proptest::collection::vec(1_i64..1_000_000, 0..12),
        ) {
            let total = Decimal::new(cents, minor_units);
            let mut cuts = cuts;
            cuts.extend([0, 1_000_000]);
            cuts.sort_unstable();
            cuts.dedup();
            let portions: Vec<String> = cuts
                .windows(2)
                .map(|pair| Decimal::new(pair[1] - pair[0], 4).to_string())
                .collect();
            let rows: Vec<[(&str, &str); 1]> =
                portions.iter().map(|text| [("portion", text.as_str())]).collect();
            let rows: Vec<&[(&str, &str)]> = rows.iter().map(<[_; 1]>::as_slice).collect();
            let terms = terms(&rows);
            prop_assert!(crate::record::validate(&terms).0.iter().all(|p| p.rule != "portions"));
            let parts = parts(&terms, day("2026-01-01"), total, minor_units).unwrap();
            prop_assert_eq!(parts.iter().map(|part| part.amount).sum::<Decimal>(), total);
        }
    }
}
