//! Fiscal year with its periods: which days can be posted to. Periods cover their year, years follow each other,
//! and what is closed opens again only with a right and a reason.

use chrono::Months;

use crate::permissions::{Guard, Permission};
use crate::record::{
    Area, ChildRow, Choice, Days, EntityDef, FieldDef, Found, Kind, Label, Lookup, OwnerRule,
    Problems, Record, Values, choice, field, in_order,
};

use super::fields::{CHILD, MASTER};

const GUARD: Guard =
    Guard::manage(Permission::FINANCE_PERIOD_VIEW, Permission::FINANCE_PERIOD_LOCK);

pub static FISCAL_YEAR: EntityDef = EntityDef::new("fiscal_year", Area::Finance, GUARD)
    .called(
        Label { en: "Fiscal year", de: "Geschäftsjahr" },
        Label { en: "Fiscal years", de: "Geschäftsjahre" },
    )
    .rank(8)
    .fields(MASTER, OWN)
    .never_merged()
    .children(&[&PERIODS])
    .owned_by(OwnerRule::Nobody)
    .peers(&["company_id"])
    .also_needs(rights_of_change)
    .keeps(stays_once_closed)
    .row_rules(year_rules)
    .record_rules(|record, problems| {
        periods_cover_year(record, problems);
        periods_close_in_order(record, problems);
    })
    .relations(|record, lookup, problems| {
        years_follow(record, lookup, problems);
        opens_again(record, lookup, problems);
    });

const OWN: &[FieldDef] = &[
    field("start_date", "First day", "Erster Tag", Kind::Date).required().group("days").listed(),
    field("end_date", "Last day", "Letzter Tag", Kind::Date).required().group("days").listed(),
    field("status", "Status", "Status", Kind::Choice(STATUS))
        .required()
        .default("open")
        .group("status")
        .listed(),
    field("reopen_reason", "Reason to open again", "Grund der Wiederöffnung", Kind::text(500))
        .group("status"),
    field(
        "closing_entry",
        "Number of the closing entry",
        "Nummer der Abschlussbuchung",
        Kind::Code,
    )
    .group("status"),
];

static PERIODS: EntityDef = EntityDef::new("fiscal_period", Area::Finance, GUARD)
    .called(Label { en: "Period", de: "Periode" }, Label { en: "Periods", de: "Perioden" })
    .fields(
        CHILD,
        &[
            field("name", "Name", "Name", Kind::text(60)).required(),
            field("start_date", "First day", "Erster Tag", Kind::Date).required().group("days"),
            field("end_date", "Last day", "Letzter Tag", Kind::Date).required().group("days"),
            field("status", "Status", "Status", Kind::Choice(STATUS)).required().default("open"),
        ],
    )
    .child_of("fiscal_year")
    .row_rules(|values, problems| in_order(values, "start_date", "end_date", problems));

const HARD_LOCKED: &str = "hard_locked";

/// Each is further than those before it; what is earlier is never less far than what is later.
const STATUS: &[Choice] = &[
    choice("future", "Not open yet", "Noch nicht geöffnet"),
    choice("open", "Open", "Offen"),
    choice("soft_closed", "Closed for most", "Für die meisten geschlossen"),
    choice("closed", "Closed", "Geschlossen"),
    choice(HARD_LOCKED, "Locked for good", "Endgültig gesperrt"),
];

/// How far it is.
fn rank(values: &Values) -> usize {
    let status = values.get("status").text();
    STATUS.iter().position(|choice| Some(choice.value) == status).unwrap_or_default()
}

const OPEN: usize = 1;
const CLOSED: usize = 3;

fn days(values: &Values) -> Days {
    Days::of(values, "start_date", "end_date")
}

fn year_rules(values: &Values, problems: &mut Problems) {
    if values.get("company_id").is_null() {
        let message = "is required; a fiscal year belongs to a company";
        problems.add("company_id", "required", message);
    }
    in_order(values, "start_date", "end_date", problems);
    let days = days(values);
    let longest = days.from.and_then(|from| from.checked_add_months(Months::new(18)));
    if let (Some(to), Some(beyond)) = (days.to, longest)
        && to >= beyond
    {
        let message = format!("makes the year longer than 18 months; it ends before {beyond}");
        problems.add("end_date", "too_long_a_year", message);
    }
    if !values.get("closing_entry").is_null() && rank(values) < CLOSED {
        let message = "belongs to a year that is closed; clear it, or close the year";
        problems.add("closing_entry", "not_closed", message);
    }
}

/// The periods in the order of their days.
fn periods(record: &Record) -> Vec<&ChildRow> {
    let mut rows = record.collection(PERIODS.name);
    rows.sort_by_key(|row| row.values.get("start_date").date());
    rows
}

/// The first period begins with the year, each next one on the day after, the last ends with the year.
fn periods_cover_year(record: &Record, problems: &mut Problems) {
    let rows = periods(record);
    let year = days(&record.values);
    let (Some(first), Some(last)) = (rows.first(), rows.last()) else {
        problems.add(PERIODS.name, "required", "need at least one row; postings stand in periods");
        return;
    };
    if days(&first.values).from != year.from {
        let message = "is not the first day of the year; periods cover the whole year";
        problems.add(first.path("start_date"), "not_covered", message);
    }
    if days(&last.values).to != year.to {
        let message = "is not the last day of the year; periods cover the whole year";
        problems.add(last.path("end_date"), "not_covered", message);
    }
    for (before, row) in rows.iter().zip(rows.iter().skip(1)) {
        let (before, after) = (days(&before.values), days(&row.values));
        if before.overlaps(&after) {
            let message = format!("overlaps the period {before}; end one before the other");
            problems.add(row.path("start_date"), "overlap", message);
        } else if !before.is_followed_by(&after) {
            let message = format!("leaves a gap after the period {before}; begin on the next day");
            problems.add(row.path("start_date"), "gap", message);
        }
    }
}

/// No period is further than the one before it, and no closed year has a period that is not.
fn periods_close_in_order(record: &Record, problems: &mut Problems) {
    let rows = periods(record);
    for (before, row) in rows.iter().zip(rows.iter().skip(1)) {
        if rank(&row.values) > rank(&before.values) {
            let message = "is further than the period before it; close periods in their order";
            problems.add(row.path("status"), "out_of_order", message);
        }
    }
    let year = rank(&record.values);
    if year > OPEN && rows.iter().any(|row| rank(&row.values) < year) {
        let message = "is further than a period of the year; close the periods first";
        problems.add("status", "periods_open", message);
    }
}

/// The years of a company follow each other day by day and close in their order.
fn years_follow(record: &Record, lookup: &dyn Lookup, problems: &mut Problems) {
    let company = record.get("company_id");
    let own = days(&record.values);
    if company.is_null() || own.from.is_none() || own.to.is_none() {
        return;
    }
    let Found::Yes(peers) = lookup.peers(&FISCAL_YEAR, "company_id", company) else { return };
    let others = peers.iter().filter(|year| year.id() != record.id() && !year.is_retired());
    let mut others: Vec<(Days, usize)> =
        others.map(|year| (days(&year.values), rank(&year.values))).collect();
    others.sort_by_key(|(days, _)| days.from);
    if let Some((other, _)) = others.iter().find(|(other, _)| other.overlaps(&own)) {
        let message = format!("overlaps the year {other} of this company");
        problems.add("start_date", "overlap", message);
        return;
    }
    let before = others.iter().rfind(|(other, _)| other.from < own.from);
    let after = others.iter().find(|(other, _)| other.from > own.from);
    if let Some((before, _)) = before
        && !before.is_followed_by(&own)
    {
        let message = format!("leaves a gap after the year {before}; begin on the next day");
        problems.add("start_date", "gap", message);
    }
    if let Some((after, _)) = after
        && !own.is_followed_by(after)
    {
        let message = format!("leaves a gap before the year {after}; end on the day before");
        problems.add("end_date", "gap", message);
    }
    let is = rank(&record.values);
    let too_early = before.is_some_and(|(_, before)| is > *before);
    if too_early || after.is_some_and(|(_, after)| *after > is) {
        let message = "is out of the order of the years; close the earlier first, open the later";
        problems.add("status", "out_of_order", message);
    }
}

/// The year and each period as they stood, with how they are to be.
fn steps(before: &Record, after: &Record) -> Vec<(usize, Option<usize>)> {
    let mut steps = vec![(rank(&before.values), Some(rank(&after.values)))];
    for row in before.collection(PERIODS.name) {
        let new = after.child(PERIODS.name, row.id).map(|row| rank(&row.values));
        steps.push((rank(&row.values), new));
    }
    steps
}

/// Whether something closed is opened, wholly or a little, or taken away.
fn is_opened(before: &Record, after: &Record) -> bool {
    let mut steps = steps(before, after).into_iter();
    steps.any(|(was, is)| was > OPEN && is.is_none_or(|is| is < was))
}

/// To open again takes a reason of its own; what is locked for good does not change at all.
fn opens_again(record: &Record, lookup: &dyn Lookup, problems: &mut Problems) {
    let Found::Yes(before) = lookup.record(&FISCAL_YEAR, record.id()) else { return };
    if is_locked(&before.values) && before.values.get("status") != record.get("status") {
        problems.add("status", "hard_locked", "is locked for good and never opens again");
    }
    if is_locked(&before.values) && days(&before.values) != days(&record.values) {
        problems.add("start_date", "hard_locked", "does not change, the year is locked for good");
    }
    let kept = |row: &ChildRow| {
        let new = record.child(PERIODS.name, row.id);
        new.is_some_and(|new| {
            days(&new.values) == days(&row.values) && rank(&new.values) == rank(&row.values)
        })
    };
    for row in before.collection(PERIODS.name) {
        if is_locked(&row.values) && !kept(row) {
            let message = "does not change, the period is locked for good";
            problems.add(row.path("status"), "hard_locked", message);
        }
    }
    let reason = record.get("reopen_reason");
    if is_opened(&before, record) && (reason.is_null() || reason == before.get("reopen_reason")) {
        let message = "is required to open again what was closed; say why, in words of its own";
        problems.add("reopen_reason", "reason_required", message);
    }
}

/// What was closed is opened again, with a right and a reason, before it can be taken away.
fn stays_once_closed(record: &Record, _: &dyn Lookup, problems: &mut Problems) {
    let rows = record.collection(PERIODS.name);
    let mut rows = std::iter::once(&record.values).chain(rows.into_iter().map(|row| &row.values));
    if rows.clone().any(is_locked) {
        problems.add("status", "hard_locked", "is locked for good; the year stays");
    } else if rows.any(|values| rank(values) > OPEN) {
        let message = "is required: what is closed is opened again before the year is deleted";
        problems.add("reopen_reason", "reason_required", message);
    }
}

fn is_locked(values: &Values) -> bool {
    values.get("status").text() == Some(HARD_LOCKED)
}

/// Opening again and closing a year have rights of their own.
fn rights_of_change(before: Option<&Record>, after: &Record) -> Vec<Permission> {
    let mut rights = Vec::new();
    if before.is_some_and(|before| is_opened(before, after)) {
        rights.push(Permission::FINANCE_PERIOD_REOPEN);
    }
    let was = before.map_or(OPEN, |before| rank(&before.values));
    if rank(&after.values) >= CLOSED && rank(&after.values) > was {
        rights.push(Permission::FINANCE_PERIOD_CLOSE_YEAR);
    }
    rights
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;
    use uuid::Uuid;

    use super::*;
    use crate::record::Cell;
    use crate::record::lookup::double::Holding;

    fn set(values: &mut Values, fields: &[(&str, &str)]) {
        for (name, text) in fields {
            let kind = values.entity().field(name).unwrap().kind;
            values.set(name, kind.read(&Cell::from(*text)).unwrap());
        }
    }

    /// A year of two halves with these states.
    fn year(year: &str, halves: [&str; 2]) -> Record {
        let mut record =
            Record::new(&FISCAL_YEAR, Uuid::from_u128(9), Uuid::nil(), DateTime::UNIX_EPOCH);
        let days = [("start_date", "2026-01-01"), ("end_date", "2026-12-31")];
        set(&mut record.values, &[&days[..], &[("name", "2026"), ("status", year)]].concat());
        let days = [("2026-01-01", "2026-06-30"), ("2026-07-01", "2026-12-31")];
        for (number, ((from, to), status)) in (1..).zip(days.into_iter().zip(halves)) {
            let mut values = PERIODS.defaults();
            let fields =
                [("name", "Half"), ("start_date", from), ("end_date", to), ("status", status)];
            set(&mut values, &fields);
            record.put_child(ChildRow { id: Uuid::from_u128(number), values });
        }
        record
    }

    fn broken(before: &Record, after: &Record) -> Vec<String> {
        let mut problems = Problems::default();
        opens_again(after, &Holding(vec![before.clone()]), &mut problems);
        problems.0.into_iter().map(|problem| problem.rule).collect()
    }

    #[test]
    fn a_closed_period_opens_only_with_a_right_and_a_new_reason() {
        let before = year("open", ["closed", "open"]);
        let mut after = year("open", ["open", "open"]);
        assert_eq!(rights_of_change(Some(&before), &after), [Permission::FINANCE_PERIOD_REOPEN]);
        assert_eq!(broken(&before, &after), ["reason_required"]);
        set(&mut after.values, &[("reopen_reason", "Invoice 17 was forgotten")]);
        assert!(broken(&before, &after).is_empty());
        // The reason of the last time is none for this time.
        let mut again = before.clone();
        set(&mut again.values, &[("reopen_reason", "Invoice 17 was forgotten")]);
        assert_eq!(broken(&again, &after), ["reason_required"]);
        // A closed period that is taken out is opened as well.
        let mut without = before.clone();
        without.remove_child(PERIODS.name, Uuid::from_u128(1));
        assert_eq!(broken(&before, &without), ["reason_required"]);
    }

    #[test]
    fn closing_a_month_is_everyday_work_and_closing_a_year_has_a_right_of_its_own() {
        let before = year("open", ["closed", "open"]);
        let after = year("open", ["closed", "closed"]);
        assert!(rights_of_change(Some(&before), &after).is_empty());
        assert!(broken(&before, &after).is_empty());
        let closed = year("closed", ["closed", "closed"]);
        let needed = rights_of_change(Some(&after), &closed);
        assert_eq!(needed, [Permission::FINANCE_PERIOD_CLOSE_YEAR]);
    }

    #[test]
    fn what_is_locked_for_good_never_changes_and_is_not_deleted() {
        let before = year("open", ["hard_locked", "open"]);
        let mut after = year("open", ["closed", "open"]);
        set(&mut after.values, &[("reopen_reason", "A mistake")]);
        assert_eq!(broken(&before, &after), ["hard_locked"]);
        let mut shorter = before.clone();
        let mut row = shorter.child(PERIODS.name, Uuid::from_u128(1)).unwrap().clone();
        set(&mut row.values, &[("end_date", "2026-05-31")]);
        shorter.put_child(row);
        assert_eq!(broken(&before, &shorter), ["hard_locked"]);
        let kept = |record: &Record| {
            let mut problems = Problems::default();
            (FISCAL_YEAR.keeps)(record, &Holding(vec![record.clone()]), &mut problems);
            problems.0.into_iter().map(|problem| problem.rule).collect::<Vec<_>>()
        };
        assert_eq!(kept(&before), ["hard_locked"]);
        assert_eq!(kept(&year("open", ["closed", "open"])), ["reason_required"]);
        assert!(kept(&year("open", ["open", "open"])).is_empty());
    }
}
