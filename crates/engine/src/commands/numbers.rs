//! Codes that a series gives: whether a new record gets one, which it would be, and how many are left.

use contract::{Failure, NumbersLeft};
use domain::masters;
use domain::numbering::is_numbered;
use domain::record::{EntityDef, Record, Value};
use domain::synced;
use local_store::View;
use sync_protocol::numbers::NumberLease;
use sync_protocol::op::Intent;

use super::{describe, fault};
use crate::session::Held;

/// Whether a series gives the record of this intent its code, if the person leaves it empty: whoever may not write
/// a code is given none.
pub fn may_be_given(held: &Held, intent: &Intent) -> bool {
    synced::find(&intent.entity).is_some_and(|entity| may_write(held, entity))
}

fn may_write(held: &Held, entity: &'static EntityDef) -> bool {
    is_numbered(entity) && held.grants().field_right(entity, entity.key).write
}

/// Gives a new record without a code the one that it would be given now; answers whether it did.
///
/// # Errors
/// Where the copy cannot be read.
pub fn give(view: &View, held: &Held, record: &mut Record) -> Result<bool, Failure> {
    let entity = record.entity();
    if !may_write(held, entity) || !record.get(entity.key).is_null() {
        return Ok(false);
    }
    let place = (record.get("company_id").id(), record.get("branch_id").id());
    let code = view.next_code(entity, place, held.today()).map_err(fault)?;
    let given = code.is_some();
    if let Some(code) = code {
        record.values.set(entity.key, Value::Text(code));
    }
    Ok(given)
}

/// What the codes begin with that new records are given today.
pub fn stem(held: &Held, leases: &[NumberLease], entity: &'static EntityDef) -> Option<String> {
    let today = held.today();
    let gives = |lease: &&NumberLease| {
        let in_time = lease.days.is_none_or(|(first, last)| (first..=last).contains(&today));
        lease.entity == entity.name && lease.left() > 0 && in_time
    };
    let lease = leases.iter().find(gives).filter(|_| may_write(held, entity))?;
    Some(lease.stem.clone())
}

/// How many numbers this device holds, by what they are for.
///
/// # Errors
/// Where the copy cannot be read.
pub fn numbers_left(view: &View) -> Result<Vec<NumbersLeft>, Failure> {
    let mut left: Vec<NumbersLeft> = Vec::new();
    for lease in view.number_leases().map_err(fault)? {
        let Some(entity) = masters::find(&lease.entity) else { continue };
        match left.iter_mut().find(|it| it.entity == lease.entity && it.stem == lease.stem) {
            Some(same) => same.left += lease.left(),
            None => left.push(NumbersLeft {
                plural: describe::label(entity.plural),
                left: lease.left(),
                from: lease.days.map(|(first, _)| first.to_string()),
                to: lease.days.map(|(_, last)| last.to_string()),
                entity: lease.entity,
                stem: lease.stem,
            }),
        }
    }
    Ok(left)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use contract::{Cell, Change, Command, RecordChanges, Reply};
    use domain::permissions::StandardRole;
    use uuid::Uuid;

    use super::*;
    use crate::desk::Desk;

    fn holds(desk: &Desk, entity: &str, numbers: (i64, i64)) {
        let (next, last) = numbers;
        let lease = NumberLease {
            lease_id: Uuid::from_u128(u128::try_from(last).unwrap()),
            series_id: Uuid::from_u128(7),
            period: String::new(),
            entity: entity.to_owned(),
            company_id: Uuid::from_u128(8),
            branch_id: None,
            stem: "A-".to_owned(),
            width: 3,
            last,
            next,
            days: None,
        };
        desk.session.store.take_numbers(&[lease], &BTreeSet::new()).unwrap();
    }

    fn saves(desk: &Desk, entity: &str, fields: &[(&str, &str)]) -> Result<Reply, Failure> {
        let change = |(field, text): &(&str, &str)| Change {
            field: (*field).to_owned(),
            from: None,
            to: Cell::from(*text),
        };
        let changes =
            RecordChanges { fields: fields.iter().map(change).collect(), children: Vec::new() };
        desk.call(Command::Save { entity: entity.to_owned(), id: None, changes })
    }

    fn code(reply: Result<Reply, Failure>) -> String {
        let Ok(Reply::Saved(saved)) = reply else { panic!("{reply:?}") };
        match saved.record.fields.get("code") {
            Some(Cell::Text(code)) => code.clone(),
            _ => String::new(),
        }
    }

    #[tokio::test]
    async fn a_form_says_that_the_code_is_given_and_what_is_saved_has_it() {
        let desk = Desk::of(StandardRole::Manager);
        assert_eq!(code(saves(&desk, "customer", &[("name", "Ada")])), "");
        holds(&desk, "customer", (41, 42));
        let Ok(Reply::Entities(told)) = desk.call(Command::Describe) else { panic!() };
        let of = |name: &str| told.iter().find(|entity| entity.name == name).unwrap();
        assert_eq!(of("customer").numbered_as.as_deref(), Some("A-"));
        assert_eq!(of("supplier").numbered_as, None);
        assert_eq!(code(saves(&desk, "customer", &[("name", "Ben")])), "A-041");
        let left = desk.session.store.read(|view| Ok(numbers_left(view).unwrap())).unwrap();
        assert_eq!((left.len(), left[0].left, left[0].plural.en.as_str()), (1, 1, "Customers"));
    }

    #[tokio::test]
    async fn a_key_that_is_required_need_not_be_typed_where_a_series_gives_it() {
        let desk = Desk::of(StandardRole::Manager);
        let lacks_key = |reply: Result<Reply, Failure>| {
            let problems = reply.err().map(|failure| failure.problems).unwrap_or_default();
            problems.iter().any(|problem| problem.field == "sku")
        };
        assert!(lacks_key(saves(&desk, "item", &[("name", "Bolt")])));
        holds(&desk, "item", (1, 1));
        assert!(!lacks_key(saves(&desk, "item", &[("name", "Bolt")])));
    }
}
