//! What a person's item of Attention loses once they may see less than when it was opened. Who looks for such items,
//! and when, is each hub's own affair.

use domain::attention::{
    FIELD_ROWS, IN_REVIEW, REASON_ROWS, REJECTED, RETIRED_EDIT, REVIEW, WAITING,
};
use domain::record::{ChildRow, EntityDef, Record, Value, Values};
use domain::synced;

use crate::judge::review::RETURNED;
use crate::merge::path::FieldPath;
use crate::projection::Projection;
use crate::receipt::RejectCode;

/// What an item says once something was taken from it.
const TAKEN: &str = "you may no longer see what this is about; the sync server keeps what you entered, ask a supervisor";

/// The item without what its owner may not see; nothing where that takes nothing away. `seen` is how they see the
/// entity that it is about, where they see any of it; `visible` says whether they see the record.
///
/// What goes: what stands and the common base of a field that they may not read, with what was typed there unless the
/// right was wanting from the start; title, standing values and base where the record may not be seen or is not
/// there, which must look the same; and what a rule said of any of these.
pub fn left_of(
    item: &Record,
    seen: Option<(&EntityDef, &Projection)>,
    visible: bool,
) -> Option<Record> {
    let kind = item.get("kind").text();
    // Their own words in work that was refused, and nothing that stands.
    let entered = matches!(kind, Some(REJECTED | WAITING | IN_REVIEW));
    // What was refused for want of the right was never more than what they typed.
    let refused = entered && item.get("code").text().is_some_and(is_want_of_right);
    // What the other person wrote stands under `mine` of who deleted, and of who decides about it.
    let typed = visible || !matches!(kind, Some(RETIRED_EDIT | REVIEW));
    let mut left = item.clone();
    let tells = !entered || standing_title(item);
    let mut taken = (seen.is_none() && !refused) || (!visible && tells);
    if taken {
        left.values.set("title", Value::Null);
        left.values.set("by_user", Value::Null);
    }
    for row in item.collection(FIELD_ROWS) {
        let reads = |(entity, sight)| reads_field(entity, sight, row).unwrap_or(false);
        let readable = seen.is_some_and(reads);
        let mut values = row.values.clone();
        if !(readable || refused) || !typed {
            empty(&mut values, "mine");
        }
        if !readable || !visible {
            empty(&mut values, "theirs");
            empty(&mut values, "base");
        }
        taken |= !readable && values != row.values;
        left.put_child(ChildRow { id: row.id, values });
    }
    // What a rule said may call the record by its name, or say what stands in the field.
    for row in item.collection(REASON_ROWS).into_iter().filter(|_| !refused) {
        // A reason that names no field is about the record.
        let reads = |(entity, sight)| reads_field(entity, sight, row).unwrap_or(true);
        let readable = seen.is_some_and(reads);
        if !visible || !readable {
            let mut values = row.values.clone();
            values.set("message", Value::Null);
            values.set("params", Value::Null);
            taken |= values != row.values;
            left.put_child(ChildRow { id: row.id, values });
        }
    }
    if taken {
        left.values.set("message", Value::Text(TAKEN.to_owned()));
    }
    (left != *item).then_some(left)
}

/// Whether the title of an item of refused work is not what was typed in it: it is then the record's.
fn standing_title(item: &Record) -> bool {
    let Some(title) = item.get("title").text() else { return false };
    let typed = |row: &ChildRow| {
        let mine = row.values.get("mine").text();
        mine.and_then(|mine| serde_json::from_str::<String>(mine).ok())
    };
    !item.collection(FIELD_ROWS).iter().any(|row| typed(row).as_deref() == Some(title))
}

/// The record that an item of review is about, where that was never made: as far as the item says what it would be.
/// Nothing for an item of another kind.
pub fn meant(item: &Record) -> Option<Record> {
    if item.get("kind").text() != Some(REVIEW) {
        return None;
    }
    let entity = synced::find(item.get("entity").text()?)?;
    let (author, id) = (item.get("by_user").id()?, item.get("row_id").id()?);
    let mut record = Record::new(entity, id, author, item.head.created_at);
    for row in item.collection(FIELD_ROWS) {
        let path = row.values.get("path").text().and_then(FieldPath::parse);
        let mine = row.values.get("mine").text().and_then(|mine| serde_json::from_str(mine).ok());
        if let (Some(path @ FieldPath::Field(_)), Some(cell)) = (path, mine) {
            // What its field does not take says nothing of where the record belongs.
            let _ = path.write(&mut record, &cell);
        }
    }
    Some(record)
}

fn is_want_of_right(code: &str) -> bool {
    // Work in review came for want of a right, or of a lease; it was never more than what they typed either.
    let held = [IN_REVIEW, RETURNED].contains(&code);
    held || [RejectCode::NotPermitted, RejectCode::NotFound].iter().any(|it| it.as_str() == code)
}

/// Empties a value of a row, but for JSON's `null`, which tells nothing.
fn empty(values: &mut Values, name: &str) {
    if values.get(name).text() != Some("null") {
        values.set(name, Value::Null);
    }
}

/// Whether the person may read the field that a row of an item names; nothing where it names none.
fn reads_field(entity: &EntityDef, sight: &Projection, row: &ChildRow) -> Option<bool> {
    Some(match FieldPath::parse(row.values.get("path").text()?)? {
        // What stands there is a word like "removed".
        FieldPath::Record | FieldPath::Row { .. } => true,
        FieldPath::Field(field) => !sight.hides(entity.name, &field),
        FieldPath::ChildField { entity, field, .. } => !sight.hides(&entity, &field),
    })
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;
    use domain::attention::ATTENTION;
    use domain::masters::SUPPLIER;
    use uuid::Uuid;

    use super::*;

    /// An item about refused work on a supplier, with what the rule said.
    fn refused_work() -> Record {
        let mut item =
            Record::new(&ATTENTION, Uuid::from_u128(1), Uuid::from_u128(2), DateTime::UNIX_EPOCH);
        let text = |text: &str| Value::Text(text.to_owned());
        for (name, value) in
            [("kind", REJECTED), ("entity", "supplier"), ("title", "Acme"), ("code", "invalid")]
        {
            item.values.set(name, text(value));
        }
        let rows = ATTENTION.child(REASON_ROWS).unwrap();
        let mut values = Values::empty(rows);
        values.set("rule", text("waits_for_approval"));
        values.set("message", text("Acme has a change that waits for approval"));
        values.set("params", text("{\"record\":\"Acme\"}"));
        item.put_child(ChildRow { id: Uuid::from_u128(3), values });
        item
    }

    #[test]
    fn who_may_not_see_a_record_any_more_does_not_read_its_name_in_a_reason() {
        let item = refused_work();
        let sight = Projection::default();
        assert_eq!(left_of(&item, Some((&SUPPLIER, &sight)), true), None);
        for seen in [Some((&SUPPLIER as &EntityDef, &sight)), None] {
            let left = left_of(&item, seen, false).unwrap();
            let row = left.collection(REASON_ROWS)[0];
            assert!(row.values.get("message").is_null() && row.values.get("params").is_null());
            assert_eq!(row.values.get("rule").text(), Some("waits_for_approval"));
            assert!(left.get("title").is_null());
            assert_eq!(left_of(&left, seen, false), None, "it can be repeated");
        }
    }
}
