//! Changes that take effect only when a second person has approved them. What was entered becomes a row of
//! proposals beside the record, and the record keeps what stood; nobody writes those rows but these functions,
//! on the hub as its judge and on the device over its copy.

use chrono::{DateTime, TimeDelta, Utc};
use uuid::Uuid;

use super::{
    ChildRow, Choice, FieldDef, Found, Kind, Lookup, Record, RecordChanges, Value, choice, field,
};
use crate::permissions::{Permission, last_four};
use crate::person;

/// How long the effect of an approval waits where no company says otherwise.
pub const COOLING: TimeDelta = TimeDelta::hours(24);

/// The declaration: which fields, who approves, and where the proposals and the hold are kept.
#[derive(Debug)]
pub struct Approval {
    /// Whoever holds this approves or refuses what others proposed.
    pub permission: Permission,
    /// They are proposed together; the proposals have fields of the same names.
    pub fields: &'static [&'static str],
    /// The child whose rows are the proposals.
    pub proposals: &'static str,
    /// Set while a proposal is open.
    pub hold: &'static str,
    /// Until when it holds after an approval.
    pub hold_until: &'static str,
    /// How long that is, by what the record has to do with; never `No`.
    pub cooling: fn(&Record, &dyn Lookup) -> Found<TimeDelta>,
}

pub const STATE: &str = "state";
pub const PROPOSED_BY: &str = "proposed_by";
pub const PROPOSED_AT: &str = "proposed_at";
pub const DECIDED_BY: &str = "decided_by";
pub const DECIDED_AT: &str = "decided_at";
pub const ALONE: &str = "alone";
pub const REASON: &str = "reason";

pub const PENDING: &str = "pending";
pub const APPROVED: &str = "approved";
pub const REFUSED: &str = "refused";
pub const WITHDRAWN: &str = "withdrawn";
/// Another proposal came into effect first, or its author proposed something else.
pub const REPLACED: &str = "replaced";

const STATES: &[Choice] = &[
    choice(PENDING, "Waits for approval", "Wartet auf Freigabe"),
    choice(APPROVED, "Approved", "Freigegeben"),
    choice(REFUSED, "Refused", "Abgelehnt"),
    choice(WITHDRAWN, "Taken back", "Zurückgezogen"),
    choice(REPLACED, "Replaced", "Ersetzt"),
];

pub const fn state() -> FieldDef {
    field(STATE, "State", "Stand", Kind::Choice(STATES)).required().default(PENDING)
}

pub const fn proposed_by() -> FieldDef {
    field(PROPOSED_BY, "Proposed by", "Vorgeschlagen von", Kind::Reference(person::NAME))
}

pub const fn proposed_at() -> FieldDef {
    field(PROPOSED_AT, "Proposed at", "Vorgeschlagen am", Kind::Instant)
}

pub const fn decided_by() -> FieldDef {
    field(DECIDED_BY, "Decided by", "Entschieden von", Kind::Reference(person::NAME))
}

pub const fn decided_at() -> FieldDef {
    field(DECIDED_AT, "Decided at", "Entschieden am", Kind::Instant)
}

pub const fn alone() -> FieldDef {
    field(ALONE, "Approved by who proposed it", "Selbst freigegeben", Kind::Bool)
}

/// The end of what stood in the first of the fields when this was proposed, for whoever decides and may read no more
/// of it; gone once it is decided.
pub const ENDS: &str = "in_force_ends";

pub const fn ends() -> FieldDef {
    field(ENDS, "In force, its end", "Gilt jetzt, Endziffern", Kind::text(20))
}

pub const fn reason() -> FieldDef {
    field(REASON, "Reason", "Begründung", Kind::text(200))
}

/// Stands for the person at a device until the hub has said who it was; no user has this id, and nobody's is nil
/// but that of the hub itself.
pub const UNSENT: Uuid = Uuid::max();

/// Who does something, and when.
#[derive(Clone, Copy, Debug)]
pub struct Act {
    pub by: Uuid,
    pub at: DateTime<Utc>,
}

/// Takes changes of fields under approval back out of the record and lays them beside it as a proposal with this
/// id. What the same person proposed before and nobody decided is replaced. Answers whether there were any.
pub fn set_aside(before: Option<&Record>, record: &mut Record, id: Uuid, act: Act) -> bool {
    let entity = record.entity();
    let Some(approval) = entity.approval else { return false };
    let Some(rows) = entity.child(approval.proposals) else { return false };
    let stood = |name: &str| before.map_or(&Value::Null, |before| before.get(name)).clone();
    if approval.fields.iter().all(|name| *record.get(name) == stood(name)) {
        return false;
    }
    let own = |row: &ChildRow| row.values.get(PROPOSED_BY).id() == Some(act.by);
    let again = |row: &ChildRow| {
        approval.fields.iter().all(|name| row.values.get(name) == record.get(name))
    };
    // Who proposes the same once more has proposed it already.
    if pending(record).iter().any(|row| own(row) && again(row)) {
        for name in approval.fields {
            record.values.set(name, stood(name));
        }
        return false;
    }
    let mut values = rows.defaults();
    for name in approval.fields {
        values.set(name, record.get(name).clone());
        record.values.set(name, stood(name));
    }
    if let Some(stood) = approval.fields.first().and_then(|name| stood(name).text().map(last_four))
    {
        values.set(ENDS, Value::Text(stood));
    }
    values.set(PROPOSED_BY, Value::Id(act.by));
    values.set(PROPOSED_AT, Value::Instant(act.at));
    for row in pending(record).into_iter().filter(own) {
        close(record, row, REPLACED, act);
    }
    record.put_child(ChildRow { id, values });
    hold(record, approval);
    true
}

/// Whether something else is in force of the second record than of the first, where something is: what was approved
/// for the one was not for the other.
pub fn differ(record: &Record, other: &Record) -> bool {
    let Some(approval) = record.entity().approval else { return false };
    let is_elsewhere = |name: &str| {
        let theirs = other.get(name);
        !theirs.is_null() && theirs != record.get(name)
    };
    approval.fields.iter().any(|name| !record.get(name).is_null())
        && approval.fields.iter().any(|name| is_elsewhere(name))
}

/// Takes what stands out of the record and proposes it anew: it was approved for what the record was until now.
/// What waits already goes on waiting, also of the same person, who did not type this.
pub fn propose_anew(record: &mut Record, id: Uuid, act: Act) {
    let entity = record.entity();
    let Some(approval) = entity.approval else { return };
    let Some(rows) = entity.child(approval.proposals) else { return };
    let mut values = rows.defaults();
    for name in approval.fields {
        values.set(name, record.get(name).clone());
        record.values.set(name, Value::Null);
    }
    values.set(PROPOSED_BY, Value::Id(act.by));
    values.set(PROPOSED_AT, Value::Instant(act.at));
    for mut row in pending(record) {
        // Nothing stands that it could be compared with.
        row.values.set(ENDS, Value::Null);
        record.put_child(row);
    }
    record.put_child(ChildRow { id, values });
    hold(record, approval);
}

/// The proposals that wait for a decision, oldest first.
pub fn pending(record: &Record) -> Vec<ChildRow> {
    let Some(approval) = record.entity().approval else { return Vec::new() };
    let waits = |row: &&ChildRow| row.values.get(STATE).text() == Some(PENDING);
    let mut rows: Vec<ChildRow> =
        record.collection(approval.proposals).into_iter().filter(waits).cloned().collect();
    rows.sort_by_key(|row| (proposed(row), row.id));
    rows
}

/// The proposal of the same person that this one took the place of: one act closed it and made this one. Of several
/// that bear one time it is the last.
pub fn replaced_by(record: &Record, row: &ChildRow) -> Option<ChildRow> {
    let closed = |old: &&&ChildRow| {
        old.values.get(STATE).text() == Some(REPLACED)
            && old.values.get(PROPOSED_BY) == row.values.get(PROPOSED_BY)
            && old.values.get(DECIDED_AT) == row.values.get(PROPOSED_AT)
            && old.id != row.id
    };
    let rows = record.collection(row.values.entity().name);
    rows.iter().filter(closed).max_by_key(|old| (proposed(old), old.id)).map(|old| (*old).clone())
}

/// When a proposal was made.
pub fn proposed(row: &ChildRow) -> Option<DateTime<Utc>> {
    match row.values.get(PROPOSED_AT) {
        Value::Instant(at) => Some(*at),
        _ => None,
    }
}

/// Brings a proposal into effect: the record takes its values, others that wait are replaced, and the hold goes
/// on for `cooling`. The row keeps who and when; its values stand in the record now, under the record's masks.
/// Answers with the proposals that were replaced.
pub fn approve(
    record: &mut Record,
    mut row: ChildRow,
    act: Act,
    alone: bool,
    cooling: TimeDelta,
) -> Vec<ChildRow> {
    let Some(approval) = record.entity().approval else { return Vec::new() };
    for name in approval.fields {
        record.values.set(name, row.values.get(name).clone());
    }
    if alone {
        row.values.set(ALONE, Value::Bool(true));
    }
    close(record, row, APPROVED, act);
    let replaced = pending(record);
    for other in &replaced {
        close(record, other.clone(), REPLACED, act);
    }
    veil(record, approval);
    let until = act.at.checked_add_signed(cooling).unwrap_or(act.at);
    record.values.set(approval.hold_until, Value::Instant(until));
    hold(record, approval);
    replaced
}

/// Ends a proposal without effect: refused by another, or taken back by its author.
pub fn refuse(record: &mut Record, mut row: ChildRow, act: Act, reason: Option<&str>) {
    let Some(approval) = record.entity().approval else { return };
    let withdrawn = row.values.get(PROPOSED_BY).id() == Some(act.by);
    if let Some(reason) = reason {
        row.values.set(REASON, Value::Text(reason.to_owned()));
    }
    close(record, row, if withdrawn { WITHDRAWN } else { REFUSED }, act);
    hold(record, approval);
}

/// Whether nothing may be paid on the strength of these fields at this moment.
pub fn is_on_hold(record: &Record, now: DateTime<Utc>) -> bool {
    let Some(approval) = record.entity().approval else { return false };
    let cools = matches!(record.get(approval.hold_until), Value::Instant(until) if now < *until);
    cools || record.get(approval.hold).is_true()
}

/// What is in force stands in the record alone, under its masks, however often it was proposed: who decides reads
/// proposals in full.
fn veil(record: &mut Record, approval: &Approval) {
    let rows: Vec<ChildRow> = record.collection(approval.proposals).into_iter().cloned().collect();
    for mut row in rows {
        for name in approval.fields {
            if row.values.get(name) == record.get(name) {
                row.values.set(name, Value::Null);
            }
        }
        record.put_child(row);
    }
}

fn close(record: &mut Record, mut row: ChildRow, state: &str, act: Act) {
    row.values.set(STATE, Value::Text(state.to_owned()));
    row.values.set(DECIDED_BY, Value::Id(act.by));
    row.values.set(DECIDED_AT, Value::Instant(act.at));
    row.values.set(ENDS, Value::Null);
    record.put_child(row);
}

fn hold(record: &mut Record, approval: &Approval) {
    let open = !pending(record).is_empty();
    record.values.set(approval.hold, Value::Bool(open));
}

/// The path of the first thing in these changes that nobody but the judge writes.
pub fn kept_path(entity: &super::EntityDef, changes: &RecordChanges) -> Option<String> {
    let written = changes.fields.iter().filter(|change| !change.is_witness());
    let kept = |name: &str| entity.field(name).is_some_and(|field| field.kept);
    let mut fields = written.map(|change| change.field.clone()).filter(|name| kept(name));
    fields.next().or_else(|| {
        let rows = |name: &str| entity.child(name).is_some_and(|child| child.proposals);
        let row = changes.children.iter().find(|row| rows(&row.entity))?;
        Some(row.entity.clone())
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::masters::SUPPLIER;
    use crate::permissions::world::standard;
    use crate::permissions::{FieldKey, FieldRight, Grants, ReadRight, StandardRole};
    use crate::record::Cell;

    const CARL: Uuid = Uuid::from_u128(1);
    const MONA: Uuid = Uuid::from_u128(2);
    const OLD: &str = "DE89370400440532013000";
    const NEW: &str = "GB82WEST12345698765432";

    fn at(hour: i64) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + TimeDelta::hours(hour)
    }

    fn with(record: &Record, iban: &str) -> Record {
        let mut record = record.clone();
        record.values.set("iban", Kind::Iban.read(&Cell::from(iban)).unwrap());
        record
    }

    fn supplier() -> Record {
        with(&Record::new(&SUPPLIER, Uuid::from_u128(9), CARL, at(0)), OLD)
    }

    /// The record after somebody wrote an account into it.
    fn proposed(before: &Record, iban: &str, id: u128, by: Uuid) -> Record {
        let mut record = with(before, iban);
        let act = Act { by, at: at(1) };
        assert!(set_aside(Some(before), &mut record, Uuid::from_u128(id), act));
        record
    }

    #[test]
    fn what_stood_stands_until_it_is_approved_and_payments_wait_longer() {
        let mut record = proposed(&supplier(), NEW, 1, CARL);
        assert_eq!(record.get("iban").text(), Some(OLD));
        assert!(is_on_hold(&record, at(1_000)));
        let [row] = pending(&record).try_into().unwrap();
        let act = Act { by: MONA, at: at(2) };
        assert_eq!(approve(&mut record, row, act, false, COOLING), []);
        assert_eq!(record.get("iban").text(), Some(NEW));
        assert!(is_on_hold(&record, at(25)) && !is_on_hold(&record, at(26)));
        assert!(pending(&record).is_empty());
        let rows = record.collection("supplier_bank_change");
        assert!(rows[0].values.get("iban").is_null(), "it stands in the record alone");
        // Refused first, and approved when it was proposed once more.
        let mut twice = proposed(&supplier(), NEW, 1, CARL);
        let [row] = pending(&twice).try_into().unwrap();
        refuse(&mut twice, row, act, None);
        assert_eq!(
            twice.collection("supplier_bank_change")[0].values.get("iban").text(),
            Some(NEW)
        );
        let mut twice = proposed(&twice, NEW, 2, CARL);
        let [row] = pending(&twice).try_into().unwrap();
        approve(&mut twice, row, act, false, COOLING);
        for row in twice.collection("supplier_bank_change") {
            assert!(row.values.get("iban").is_null(), "however often it was proposed");
        }
    }

    #[test]
    fn a_proposal_says_the_end_of_what_stands_while_it_waits_to_who_may_read_an_end() {
        let mut record = proposed(&supplier(), NEW, 1, CARL);
        let [row] = pending(&record).try_into().unwrap();
        assert_eq!(row.values.get(ENDS).text(), Some("•••• 3000"));
        refuse(&mut record, row, Act { by: MONA, at: at(2) }, None);
        let rows = record.collection("supplier_bank_change");
        assert!(rows[0].values.get(ENDS).is_null(), "nobody decides any more");

        let proposals = SUPPLIER.child("supplier_bank_change").unwrap();
        let reads = |grants: &Grants, field: &str| grants.field_right(proposals, field).read;
        let mut manager = standard(StandardRole::Manager);
        assert_eq!(manager.field_right(&SUPPLIER, "iban").read, ReadRight::LastFour);
        assert_eq!(reads(&manager, "iban"), ReadRight::Full);
        assert_eq!(reads(&manager, ENDS), ReadRight::Full);
        manager.fields.insert(FieldKey::new("supplier", "iban"), FieldRight::NONE);
        assert_eq!(reads(&manager, "iban"), ReadRight::Full);
        assert_eq!(reads(&manager, ENDS), ReadRight::Hidden);
        let stock = standard(StandardRole::InventoryManager);
        assert_eq!(reads(&stock, ENDS), ReadRight::Hidden);
    }

    #[test]
    fn a_person_has_one_proposal_open_and_what_changes_nothing_is_none() {
        let first = proposed(&supplier(), NEW, 1, CARL);
        let second = proposed(&first, "FR1420041010050500013M02606", 2, CARL);
        let open: Vec<Uuid> = pending(&second).iter().map(|row| row.id).collect();
        assert_eq!(open, [Uuid::from_u128(2)]);
        let replaced = replaced_by(&second, &pending(&second)[0]).map(|row| row.id);
        assert_eq!(replaced, Some(Uuid::from_u128(1)));
        assert_eq!(replaced_by(&first, &pending(&first)[0]), None);
        let other = proposed(&second, NEW, 3, MONA);
        assert_eq!(pending(&other).len(), 2);
        assert_eq!(replaced_by(&other, &pending(&other)[1]), None, "hers took nobody's place");
        let mut again = with(&second, "FR1420041010050500013M02606");
        let act = Act { by: CARL, at: at(3) };
        assert!(!set_aside(Some(&second), &mut again, Uuid::from_u128(4), act));
        assert_eq!(again, second, "the same proposed once more is the same proposal");
        let mut same = second.clone();
        assert!(!set_aside(Some(&second), &mut same, Uuid::nil(), Act { by: CARL, at: at(3) }));
        assert_eq!(same, second);
    }

    #[test]
    fn what_is_proposed_anew_takes_nobodys_place_and_is_in_force_no_more() {
        let mut record = proposed(&supplier(), NEW, 1, CARL);
        propose_anew(&mut record, Uuid::from_u128(2), Act { by: CARL, at: at(2) });
        assert!(record.get("iban").is_null() && is_on_hold(&record, at(2)));
        let waiting = pending(&record);
        let ibans: Vec<_> = waiting.iter().map(|row| row.values.get("iban").text()).collect();
        assert_eq!(ibans, [Some(NEW), Some(OLD)], "what he typed goes on waiting");
        assert!(waiting.iter().all(|row| row.values.get(ENDS).is_null()), "nothing has an end");
    }

    #[test]
    fn two_differ_where_each_has_something_in_force_and_the_other_says_something_else() {
        let none = Record::new(&SUPPLIER, Uuid::from_u128(8), CARL, at(0));
        let (old, new) = (with(&none, OLD), with(&none, NEW));
        assert!(differ(&old, &new));
        assert!(!differ(&old, &old) && !differ(&old, &none) && !differ(&none, &old));
        let mut branch = old.clone();
        branch.values.set("bic", Value::Text("COBADEFFXXX".to_owned()));
        assert!(!differ(&branch, &old), "the same, and more is known of it");
        assert!(differ(&old, &branch), "nobody approved that bank for the first");
    }

    #[test]
    fn a_refusal_lifts_the_hold_only_where_nothing_else_waits() {
        let mut record = proposed(&proposed(&supplier(), NEW, 1, CARL), NEW, 2, MONA);
        let [first, second] = pending(&record).try_into().unwrap();
        refuse(&mut record, first, Act { by: MONA, at: at(2) }, Some("not theirs"));
        assert!(is_on_hold(&record, at(2)));
        refuse(&mut record, second, Act { by: MONA, at: at(2) }, None);
        assert!(!is_on_hold(&record, at(2)));
        let states: Vec<_> = record
            .collection("supplier_bank_change")
            .iter()
            .map(|row| row.values.get(STATE).text().unwrap().to_owned())
            .collect();
        assert_eq!(states, [REFUSED, WITHDRAWN]);
    }
}
