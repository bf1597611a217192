//! `List`: a page of records. A field that the person may not read can be neither filtered nor sorted
//! by, so that its values cannot be found out by asking.

use contract::{Cell, Failure, FailureCode, Filter, ListPage, ListRequest, Problem, Relation};
use domain::record::{ColumnKind, EntityDef, FieldDef, Kind, OwnField, OwnKind, Value};
use local_store::{ListQuery, Order, Retired, Start, Test, View};

use super::{fault, known, references, shown};
use crate::session::Held;

/// The most records that one page has.
const LIMIT_MAX: u32 = 1000;

pub fn list(view: &View, held: &Held, request: &ListRequest) -> Result<ListPage, Failure> {
    let entity = super::legible(&request.entity)?;
    if request.limit > LIMIT_MAX {
        let message = format!("a page has at most {LIMIT_MAX} records; ask for the next one");
        return Err(Failure::new(FailureCode::Usage, message));
    }
    let query = query(view, held, entity, request)?;
    let start = Start::Offset(u64::from(request.offset));
    let limit = usize::try_from(request.limit).unwrap_or_default();
    let page = view.list(entity, &query, &start, limit).map_err(fault)?;
    let total = view.count(entity, &query).map_err(fault)?;
    Ok(ListPage {
        records: shown::records(view, held, entity, page.rows)?,
        total: u32::try_from(total).unwrap_or(u32::MAX),
    })
}

/// What a request asks of the store: only rows that the person may see, by fields that they may read.
///
/// # Errors
/// `NotPermitted`; `Usage` for a field that there is none of for this person, and that or `Refused` for a filter
/// that does not fit its field.
pub fn query(
    view: &View,
    held: &Held,
    entity: &'static EntityDef,
    request: &ListRequest,
) -> Result<ListQuery, Failure> {
    let order = orders(request.sort.as_deref().unwrap_or_default());
    let filtered = request.filters.iter().map(|filter| filter.field.as_str());
    let fields: Vec<&str> =
        filtered.chain(order.iter().map(|order| order.field.as_str())).collect();
    known::known(held, entity, &view.own_fields().map_err(fault)?, &fields)?;
    let filters = request.filters.iter().map(|filter| read_filter(view, held, entity, filter));
    Ok(ListQuery {
        filters: filters.collect::<Result<_, Failure>>()?,
        search: request.search.clone().filter(|text| !text.trim().is_empty()),
        order,
        retired: if request.retired { Retired::With } else { Retired::Without },
        within: Some(held.grants().row_filter(entity.guard.view)),
    })
}

/// `-name,city` as orders.
fn orders(sort: &str) -> Vec<Order> {
    let names = sort.split(',').map(str::trim).filter(|name| !name.is_empty());
    names
        .map(|name| match name.strip_prefix('-') {
            Some(field) => Order { field: field.to_owned(), descending: true },
            None => Order { field: name.to_owned(), descending: false },
        })
        .collect()
}

fn read_filter(
    view: &View,
    held: &Held,
    entity: &'static EntityDef,
    filter: &Filter,
) -> Result<local_store::Filter, Failure> {
    let unfit = |how: &str| {
        let message = format!("a list of {} is not filtered by {}{how}", entity.name, filter.field);
        Failure::new(FailureCode::Usage, message)
    };
    let place = entity.place(&filter.field).ok_or_else(|| unfit(""))?;
    let own_fields = view.own_fields().map_err(fault)?;
    let asked = match place.own {
        None => Asked::Declared(place.field),
        Some(_) => Asked::Own(own_fields.at(entity, &place).ok_or_else(|| unfit(""))?),
    };
    let column = match asked {
        Asked::Declared(field) => ColumnKind::of(field.kind),
        Asked::Own(OwnField { kind: OwnKind::Plain(kind), .. }) => ColumnKind::of(*kind),
        Asked::Own(_) => ColumnKind::Text,
    };
    let is_text = matches!(column, ColumnKind::Text | ColumnKind::Map);
    let is_ordered =
        !matches!(column, ColumnKind::Id | ColumnKind::Flag | ColumnKind::List | ColumnKind::Map);
    let name = filter.field.as_str();
    let value = || read_value(view, held, name, asked, &filter.value);
    let text = || filter.value.clone();
    let test = match filter.relation {
        Relation::Empty => Test::Is(Value::Null),
        Relation::Filled => Test::IsNot(Value::Null),
        Relation::Is | Relation::Contains if column == ColumnKind::List => Test::Has(text()),
        Relation::Is => Test::Is(value()?),
        Relation::IsNot => Test::IsNot(value()?),
        Relation::Contains if is_text => Test::Contains(text()),
        Relation::Starts if is_text => Test::Starts(text()),
        Relation::From if is_ordered => Test::AtLeast(filled(name, value()?)?),
        Relation::To if is_ordered => Test::AtMost(filled(name, value()?)?),
        Relation::Contains => return Err(unfit(" containing a text")),
        Relation::Starts => return Err(unfit(" beginning with a text")),
        Relation::From | Relation::To => return Err(unfit(" within a range")),
    };
    Ok(local_store::Filter { field: name.to_owned(), test })
}

/// The field that a list is filtered by.
#[derive(Clone, Copy)]
enum Asked<'a> {
    Declared(&'static FieldDef),
    Own(&'a OwnField),
}

fn read_value(
    view: &View,
    held: &Held,
    name: &str,
    asked: Asked,
    text: &str,
) -> Result<Value, Failure> {
    let typed = Cell::Text(text.to_owned());
    let read = match asked {
        Asked::Own(own) => own.read(&typed),
        Asked::Declared(field) => match field.kind {
            Kind::Reference(target) => {
                field.kind.read(&references::resolve(view, held, name, target, text)?)
            }
            kind => kind.read(&typed),
        },
    };
    read.map_err(|fault| super::refused(vec![Problem::new(name, fault.rule, fault.message)]))
}

fn filled(name: &str, value: Value) -> Result<Value, Failure> {
    match value {
        Value::Null => {
            let problem = Problem::new(name, "required", "needs a value to compare with");
            Err(super::refused(vec![problem]))
        }
        value => Ok(value),
    }
}
