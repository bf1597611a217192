//! `List`: a page of records. A field that the person may not read can be neither filtered nor sorted
//! by, so that its values cannot be found out by asking.

use contract::{Cell, Failure, FailureCode, Filter, ListPage, ListRequest, Problem};
use domain::permissions::Action;
use domain::record::{EntityDef, FieldDef, Kind};
use local_store::{ListQuery, Order, Retired, Start, Test, View};

use super::{fault, references, shown};
use crate::session::Held;

/// The most records that one page has.
const LIMIT_MAX: u32 = 1000;

pub fn list(view: &View, held: &Held, request: &ListRequest) -> Result<ListPage, Failure> {
    let entity = super::entity(&request.entity)?;
    let (sort, descending) = match request.sort.as_deref() {
        Some(sort) => match sort.strip_prefix('-') {
            Some(field) => (Some(field), true),
            None => (Some(sort), false),
        },
        None => (None, false),
    };
    let fields: Vec<&str> =
        request.filters.iter().map(|filter| filter.field.as_str()).chain(sort).collect();
    held.check(Action::View, entity, None, &fields)?;
    if request.limit > LIMIT_MAX {
        let message = format!("a page has at most {LIMIT_MAX} records; ask for the next one");
        return Err(Failure::new(FailureCode::Usage, message));
    }
    let filters = request.filters.iter().map(|filter| read_filter(view, held, entity, filter));
    let query = ListQuery {
        filters: filters.collect::<Result<_, Failure>>()?,
        search: request.search.clone().filter(|text| !text.trim().is_empty()),
        order: Order { field: sort.map(str::to_owned), descending },
        retired: if request.retired { Retired::With } else { Retired::Without },
    };
    let start = Start::Offset(u64::from(request.offset));
    let limit = usize::try_from(request.limit).unwrap_or_default();
    let page = view.list(entity, &query, &start, limit).map_err(fault)?;
    let total = view.count(entity, &query).map_err(fault)?;
    Ok(ListPage {
        records: shown::records(view, held, entity, page.rows)?,
        total: u32::try_from(total).unwrap_or(u32::MAX),
    })
}

fn read_filter(
    view: &View,
    held: &Held,
    entity: &'static EntityDef,
    filter: &Filter,
) -> Result<local_store::Filter, Failure> {
    let field = entity.field(&filter.field);
    let field: &FieldDef = field.ok_or_else(|| {
        let message = format!("a list of {} is not filtered by {}", entity.name, filter.field);
        Failure::new(FailureCode::Usage, message)
    })?;
    let test = match (filter.contains, field.kind) {
        (true, _) => Test::Contains(filter.value.clone()),
        (false, Kind::Reference(target)) => {
            let cell = references::resolve(view, held, field.name, target, &filter.value)?;
            Test::Is(read(field, &cell)?)
        }
        (false, _) => Test::Is(read(field, &Cell::Text(filter.value.clone()))?),
    };
    Ok(local_store::Filter { field: field.name.to_owned(), test })
}

fn read(field: &FieldDef, cell: &Cell) -> Result<domain::record::Value, Failure> {
    field
        .kind
        .read(cell)
        .map_err(|fault| super::refused(vec![Problem::new(field.name, fault.rule, fault.message)]))
}
