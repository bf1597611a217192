//! Where else an account is that was proposed for a record: in force or proposed as well. Whoever may not read both
//! sides is told of neither.

use contract::{Failure, SameElsewhere};
use domain::duplicates::strong;
use domain::record::{ChildRow, Kind, Record, Value, approval};
use local_store::{Filter, ListQuery, Retired, Start, Test, View};
use sync_protocol::projection::Projection;

use super::{fault, shown};
use crate::session::Held;

/// More than these need no name to be looked into.
const SHOWN: usize = 20;

/// The other records with a value of this proposal that stands once in the world. `on_hold` are those of which
/// something waits and that the person may see.
///
/// # Errors
/// A damaged file.
pub fn elsewhere(
    view: &View,
    held: &Held,
    record: &Record,
    row: &ChildRow,
    on_hold: &[Record],
) -> Result<Vec<SameElsewhere>, Failure> {
    let entity = record.entity();
    let Some(approval) = entity.approval else { return Ok(Vec::new()) };
    let projection = Projection::of(held.grants(), entity);
    let title =
        |other: &Record| other.title_of(|field| !projection.hides(entity.name, field)).to_owned();
    let mut found: Vec<SameElsewhere> = Vec::new();
    for name in approval.fields {
        let value = row.values.get(name);
        let is_one = entity.field(name).is_some_and(|field| {
            // A code of a bank is that of all its customers.
            strong(field).is_some() && field.kind == Kind::Iban
        });
        if !is_one || value.is_null() || projection.hides(approval.proposals, name) {
            continue;
        }
        let mut tell = |other: &Record, in_force: bool| {
            if other.id() != record.id() {
                let (field, record) = ((*name).to_owned(), other.id());
                found.push(SameElsewhere { field, record, title: title(other), in_force });
            }
        };
        if !projection.hides(entity.name, name) {
            for other in in_force(view, held, record, name, value)? {
                tell(&other, true);
            }
        }
        let proposes = |other: &&Record| {
            approval::pending(other).iter().any(|row| row.values.get(name) == value)
        };
        on_hold.iter().filter(proposes).for_each(|other| tell(other, false));
    }
    found.truncate(SHOWN);
    Ok(found)
}

fn in_force(
    view: &View,
    held: &Held,
    record: &Record,
    name: &str,
    value: &Value,
) -> Result<Vec<Record>, Failure> {
    let entity = record.entity();
    let query = ListQuery {
        filters: vec![Filter { field: name.to_owned(), test: Test::Is(value.clone()) }],
        retired: Retired::Without,
        within: Some(held.grants().row_filter(entity.guard.view)),
        ..ListQuery::default()
    };
    let page = view.list(entity, &query, &Start::Offset(0), SHOWN).map_err(fault)?;
    let rows = page.rows.into_iter().map(|row| row.record);
    Ok(rows.filter(|record| shown::may_see(held, record)).collect())
}
