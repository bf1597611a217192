//! The three-way merge of one record: what the author saw, what they wrote, what stands now.
//! Fields of a merge group move together; equal values are no conflict.

pub mod path;
mod since;

use std::collections::BTreeMap;

use domain::record::{
    Cell, Change, ChildAction, ChildChange, ChildRow, Kind, Problems, Record, RecordChanges, Value,
    Values, read_field, unite,
};

use self::path::FieldPath;
use self::since::fields_since;
use crate::projection::Projection;

pub use self::since::changed_since;

/// One field on which the author and the hub disagree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldConflict {
    pub path: FieldPath,
    /// What the author saw; `None` where they may not read the field.
    pub base: Option<Cell>,
    pub mine: Cell,
    pub theirs: Cell,
}

/// A record with all changes that could be made, and those that could not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Merged {
    pub record: Record,
    pub conflicts: Vec<FieldConflict>,
}

/// Merges an author's changes into the record as it stands; `sight` is what the author may read.
///
/// # Errors
/// Where a change names an unknown field or a value its kind refuses; nothing is merged then.
pub fn merge(
    current: &Record,
    changes: &RecordChanges,
    sight: &Projection,
) -> Result<Merged, Problems> {
    changes.count_rows(current).into_result()?;
    let mut merged = Merged { record: current.clone(), conflicts: Vec::new() };
    let mut problems = Problems::default();
    let mut values = current.values.clone();
    let here = |name: &str| FieldPath::Field(name.to_owned());
    let (fields, conflicts) = (&changes.fields, &mut merged.conflicts);
    merge_values(&mut values, fields, sight, here, conflicts, &mut problems);
    merged.record.values = values;
    for change in &changes.children {
        merge_child(&mut merged, change, sight, &mut problems);
    }
    problems.into_result()?;
    merged.record.normalise();
    Ok(merged)
}

fn merge_child(
    merged: &mut Merged,
    change: &ChildChange,
    sight: &Projection,
    problems: &mut Problems,
) {
    let Some(entity) = merged.record.entity().child(&change.entity) else {
        let message = format!("{} has no such rows", merged.record.entity().name);
        problems.add(&change.entity, "unknown_field", message);
        return;
    };
    let standing_row = merged.record.child(entity.name, change.id).cloned();
    let whole = || FieldPath::Row { entity: entity.name.to_owned(), id: change.id };
    match (change.action, standing_row) {
        (ChildAction::Remove, None) => {}
        (ChildAction::Remove, Some(row)) => {
            let edited = !fields_since(&row.values, &change.fields, sight).is_empty();
            if edited {
                merged.conflicts.push(FieldConflict {
                    path: whole(),
                    base: None,
                    mine: Cell::Text("removed".to_owned()),
                    theirs: Cell::Text("edited".to_owned()),
                });
            } else {
                merged.record.remove_child(entity.name, change.id);
            }
        }
        (ChildAction::Edit, None) => {
            let real = change.fields.iter().filter(|field| !field.is_witness());
            merged.conflicts.extend(real.map(|field| FieldConflict {
                path: FieldPath::child(entity.name, change.id, &field.field),
                base: field.from.clone(),
                mine: field.to.clone(),
                theirs: Cell::Null,
            }));
        }
        (ChildAction::Add | ChildAction::Edit, row) => {
            // A row that did not stand yet holds nothing that could be hidden from whoever adds it.
            let everything = Projection::default();
            let sight = if row.is_some() { sight } else { &everything };
            let mut values = row.map_or_else(|| Values::empty(entity), |row| row.values);
            let here = |name: &str| FieldPath::child(entity.name, change.id, name);
            let conflicts = &mut merged.conflicts;
            merge_values(&mut values, &change.fields, sight, here, conflicts, problems);
            merged.record.put_child(ChildRow { id: change.id, values });
        }
    }
}

/// Merges into one row. A field that the author may not read is never compared with what they say of it, or
/// the answer would tell them what stands there: a witness of it counts for nothing, a value written to it
/// unseen is always left to a person.
fn merge_values(
    values: &mut Values,
    changes: &[Change],
    sight: &Projection,
    path: impl Fn(&str) -> FieldPath,
    conflicts: &mut Vec<FieldConflict>,
    problems: &mut Problems,
) {
    let before = values.clone();
    let hidden = |change: &Change| sight.hides(before.entity().name, &change.field);
    let standing = |change: &Change| match hidden(change) {
        true => Standing { moved: change.is_witness(), agreed: change.is_witness() },
        false => Standing {
            moved: change.from.as_ref().is_some_and(|from| same(&before, &change.field, from)),
            agreed: same(&before, &change.field, &change.to),
        },
    };
    // The changes of a group move together or not at all.
    let mut groups: BTreeMap<&str, Standing> = BTreeMap::new();
    for change in changes {
        let group = before.entity().place(&change.field).and_then(|place| place.merge_group());
        if let Some(group) = group {
            let (own, all) = (standing(change), groups.entry(group).or_insert(Standing::WHOLE));
            *all = all.and(own);
        }
    }
    for change in changes.iter().filter(|change| !change.is_witness()) {
        let (place, value) = match read_field(before.entity(), &change.field, &change.to) {
            Ok(read) => read,
            Err(mut problem) => {
                problem.field = path(&change.field).to_string();
                problems.0.push(problem);
                continue;
            }
        };
        let group = place.merge_group().and_then(|group| groups.get(group).copied());
        let Standing { moved, agreed } = group.unwrap_or_else(|| standing(change));
        if moved {
            values.put(&place, value);
        } else if let Some(united) = united(&before, change).filter(|_| !hidden(change)) {
            values.put(&place, united);
        } else if hidden(change) || (!agreed && *before.at(&place) != value) {
            conflicts.push(FieldConflict {
                path: path(&change.field),
                base: change.from.clone(),
                mine: change.to.clone(),
                theirs: before.cell(&change.field).unwrap_or_default(),
            });
        }
    }
}

/// How what the author says of a field, or of all fields of a group, stands to what is there.
#[derive(Clone, Copy, Debug)]
struct Standing {
    /// They saw what is there: their value takes its place.
    moved: bool,
    /// They wrote what is there.
    agreed: bool,
}

impl Standing {
    /// Of no field yet.
    const WHOLE: Self = Self { moved: true, agreed: true };

    fn and(self, other: Self) -> Self {
        Self { moved: self.moved && other.moved, agreed: self.agreed && other.agreed }
    }
}

/// Files that several people attach are no conflict: each is an entry of its own, known by its content. `None`
/// for every other kind of field, and where the author did not say what they saw.
fn united(standing: &Values, change: &Change) -> Option<Value> {
    let list = |cell: &Cell| match read_field(standing.entity(), &change.field, cell).ok()?.1 {
        Value::List(list) => Some(list),
        _ => Some(Vec::new()),
    };
    if standing.entity().field(&change.field)?.kind != Kind::Attachments {
        return None;
    }
    let (base, mine) = (list(change.from.as_ref()?)?, list(&change.to)?);
    let theirs = list(&standing.cell(&change.field)?)?;
    Kind::Attachments.read(&Cell::List(unite(&base, &mine, &theirs))).ok()
}

/// Whether the field holds what `cell` says, compared as values: `1.50` is `1.5`.
fn same(values: &Values, field: &str, cell: &Cell) -> bool {
    read_field(values.entity(), field, cell).is_ok_and(|(place, value)| *values.at(&place) == value)
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;
    use domain::masters::CUSTOMER;
    use domain::permissions::Grants;
    use proptest::prelude::*;
    use uuid::Uuid;

    use super::*;

    fn customer(fields: &[(&str, &str)]) -> Record {
        let mut record =
            Record::new(&CUSTOMER, Uuid::from_u128(1), Uuid::from_u128(2), DateTime::UNIX_EPOCH);
        with(&mut record, fields);
        record
    }

    fn with(record: &mut Record, fields: &[(&str, &str)]) {
        for (name, text) in fields {
            let (place, value) = read_field(&CUSTOMER, name, &Cell::from(*text)).unwrap();
            record.values.put(&place, value);
        }
    }

    fn edit(base: &Record, fields: &[(&str, &str)]) -> RecordChanges {
        let mut left = base.clone();
        with(&mut left, fields);
        RecordChanges::between(base, &left)
    }

    fn text<'a>(record: &'a Record, field: &str) -> &'a str {
        record.get(field).text().unwrap_or("")
    }

    #[test]
    fn one_changes_the_phone_the_other_the_city_both_the_email() {
        let base = customer(&[("name", "Ada"), ("email", "a@example.com")]);
        let mine = edit(&base, &[("phone", "+49 30 1234567"), ("email", "mine@example.com")]);
        let theirs = edit(&base, &[("city", "Bonn"), ("email", "theirs@example.com")]);
        let now = merge(&base, &theirs, &Projection::default()).unwrap().record;
        let merged = merge(&now, &mine, &Projection::default()).unwrap();
        assert_eq!(text(&merged.record, "phone"), "+49 30 1234567");
        assert_eq!(text(&merged.record, "city"), "Bonn");
        assert_eq!(text(&merged.record, "email"), "theirs@example.com");
        let [conflict] = merged.conflicts.as_slice() else { panic!("{:?}", merged.conflicts) };
        assert_eq!(conflict.path.to_string(), "email");
        assert_eq!(conflict.mine, Cell::from("mine@example.com"));
        assert_eq!(conflict.theirs, Cell::from("theirs@example.com"));
        assert_eq!(conflict.base, Some(Cell::from("a@example.com")));
    }

    #[test]
    fn the_same_value_from_two_people_is_no_conflict() {
        let base = customer(&[("name", "Ada")]);
        let same = edit(&base, &[("city", "Bonn")]);
        let now = merge(&base, &same, &Projection::default()).unwrap().record;
        assert_eq!(merge(&now, &same, &Projection::default()).unwrap().conflicts, []);
    }

    #[test]
    fn files_that_two_people_attach_are_both_there() {
        let file = |letter: char| {
            let hash: String = std::iter::repeat_n(letter, 64).collect();
            format!("{hash} 12 application/pdf Offer {letter}.pdf")
        };
        let lines =
            |letters: &[char]| letters.iter().map(|l| file(*l)).collect::<Vec<_>>().join("\n");
        let base = customer(&[("name", "Ada"), ("attachments", &lines(&['a']))]);
        let mine = edit(&base, &[("attachments", &lines(&['a', 'b']))]);
        let theirs = edit(&base, &[("attachments", &lines(&['c']))]);
        let now = merge(&base, &theirs, &Projection::default()).unwrap().record;
        let merged = merge(&now, &mine, &Projection::default()).unwrap();
        assert_eq!(merged.conflicts, []);
        assert_eq!(*merged.record.get("attachments"), Value::List(vec![file('c'), file('b')]));
    }

    #[test]
    fn country_and_tax_id_move_together_or_not_at_all() {
        let base = customer(&[("name", "Ada"), ("country", "DE"), ("tax_id", "DE136695976")]);
        let moved = edit(&base, &[("country", "AT")]);
        let renumbered = edit(&base, &[("tax_id", "DE811569869")]);
        let now = merge(&base, &moved, &Projection::default()).unwrap().record;
        let merged = merge(&now, &renumbered, &Projection::default()).unwrap();
        assert_eq!(text(&merged.record, "country"), "AT");
        assert_eq!(text(&merged.record, "tax_id"), "DE136695976");
        assert_eq!(merged.conflicts.len(), 1);
    }

    #[test]
    fn a_field_written_without_reading_it_is_always_reviewed() {
        let base = customer(&[("name", "Ada")]);
        let mut blind = edit(&base, &[("credit_limit", "500")]);
        blind.fields[0].from = None;
        let merged = merge(&base, &blind, &Projection::default()).unwrap();
        assert!(merged.record.get("credit_limit").is_null());
        assert_eq!(merged.conflicts.len(), 1);
    }

    #[test]
    fn a_hidden_value_cannot_be_guessed_by_what_is_said_of_it() {
        // Who was given nothing reads the ordinary fields alone.
        let sight = Projection::of(&Grants::default(), &CUSTOMER);
        assert!(sight.hides("customer", "tax_id"));
        let base = customer(&[("name", "Ada"), ("country", "DE"), ("tax_id", "DE136695976")]);
        let mut moved = edit(&base, &[("country", "AT")]);
        let said = ["DE136695976", "DE811569869", ""].map(|guess| {
            let witness = moved.fields.iter_mut().find(|change| change.field == "tax_id").unwrap();
            (witness.from, witness.to) = (Some(Cell::from(guess)), Cell::from(guess));
            merge(&base, &moved, &sight).unwrap()
        });
        assert!(said.iter().all(|merged| *merged == said[0]));
        assert_eq!(said[0].conflicts, []);
        assert_eq!(text(&said[0].record, "country"), "AT");
        assert_eq!(text(&said[0].record, "tax_id"), "DE136695976");
        // A person who writes without reading guesses no better.
        let mut blind = moved.clone();
        blind.fields.retain(|change| change.field == "tax_id");
        let written = ["DE136695976", "DE811569869"].map(|guess| {
            (blind.fields[0].from, blind.fields[0].to) = (None, Cell::from(guess));
            let merged = merge(&base, &blind, &sight).unwrap();
            (merged.record, merged.conflicts.len())
        });
        assert_eq!(written[0], written[1]);
        assert_eq!(written[0].1, 1);
    }

    #[test]
    fn a_contact_removed_here_and_edited_there_is_a_conflict_and_stays() {
        let contact = CUSTOMER.child("customer_contact").unwrap();
        let mut values = contact.defaults();
        values.set("name", Value::Text("Grace".into()));
        let id = Uuid::from_u128(7);
        let mut base = customer(&[("name", "Ada")]);
        base.put_child(ChildRow { id, values: values.clone() });
        let mut without = base.clone();
        without.remove_child("customer_contact", id);
        let removal = RecordChanges::between(&base, &without);
        values.set("phone", Value::Text("+1 555 0100".into()));
        let mut now = base.clone();
        now.put_child(ChildRow { id, values });
        let merged = merge(&now, &removal, &Projection::default()).unwrap();
        assert!(merged.record.child("customer_contact", id).is_some());
        assert_eq!(merged.conflicts.len(), 1);
        assert!(
            merge(&base, &removal, &Projection::default()).unwrap().record.children().is_empty()
        );
    }

    fn edits() -> impl Strategy<Value = Vec<(&'static str, &'static str)>> {
        let field = prop::sample::select(vec!["city", "street", "notes", "region", "legal_name"]);
        let text = prop::sample::select(vec!["", "one", "two", "three"]);
        prop::collection::vec((field, text), 0..4)
    }

    proptest! {
        /// Whoever comes first: fields that only one changed get that value, and a field on which both
        /// disagree is reported, never silently lost.
        #[test]
        fn nothing_is_lost_in_either_order(a in edits(), b in edits()) {
            let base = customer(&[("name", "Ada"), ("city", "one"), ("notes", "two")]);
            let (a, b) = (edit(&base, &a), edit(&base, &b));
            for (first, second) in [(&a, &b), (&b, &a)] {
                let now = merge(&base, first, &Projection::default()).unwrap().record;
                let merged = merge(&now, second, &Projection::default()).unwrap();
                for change in &second.fields {
                    let kept = merged.record.get(&change.field).to_cell() == change.to;
                    let told = merged.conflicts.iter().any(|c| c.path.to_string() == change.field);
                    prop_assert!(kept != told);
                }
                for change in &first.fields {
                    let other = second.fields.iter().any(|c| c.field == change.field);
                    prop_assert!(other || merged.record.get(&change.field).to_cell() == change.to);
                }
            }
        }

        #[test]
        fn a_path_is_read_back_from_its_text(id in any::<u128>(), field in "[a-z_]{1,12}") {
            let id = Uuid::from_u128(id);
            for path in [
                FieldPath::Record,
                FieldPath::Field(field.clone()),
                FieldPath::child("customer_contact", id, &field),
                FieldPath::Row { entity: "customer_contact".to_owned(), id },
            ] {
                prop_assert_eq!(FieldPath::parse(&path.to_string()), Some(path));
            }
        }
    }
}
