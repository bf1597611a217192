//! A row filter of the permissions as a predicate. The filter itself is `domain`'s; nothing is added to it.

use domain::permissions::{OwnershipColumn, RowFilter};
use domain::record::EntityDef;
use sqlx::{Postgres, QueryBuilder};
use uuid::Uuid;

/// Adds the predicate that lets through exactly the rows that [`RowFilter::admits`] does.
pub(super) fn push(builder: &mut QueryBuilder<Postgres>, entity: &EntityDef, filter: &RowFilter) {
    let has = |column: &OwnershipColumn| entity.position(column.name()).is_some();
    match filter {
        RowFilter::Everything => {
            builder.push("true");
        }
        RowFilter::Nothing => {
            builder.push("false");
        }
        // A table without the column reads it as empty.
        RowFilter::OneOf(column, _) if !has(column) => {
            builder.push("false");
        }
        RowFilter::Empty(column) if !has(column) => {
            builder.push("true");
        }
        RowFilter::OneOf(column, ids) => {
            let ids: Vec<Uuid> = ids.iter().copied().collect();
            // An empty column is a member of no list: null here counts as false.
            builder.push(column.name()).push(" = ANY (").push_bind(ids).push(")");
        }
        RowFilter::Empty(column) => {
            builder.push(column.name()).push(" IS NULL");
        }
        RowFilter::All(terms) => join(builder, entity, terms, " AND ", "true"),
        RowFilter::Any(terms) => join(builder, entity, terms, " OR ", "false"),
    }
}

fn join(
    builder: &mut QueryBuilder<Postgres>,
    entity: &EntityDef,
    terms: &[RowFilter],
    word: &str,
    none: &str,
) {
    if terms.is_empty() {
        builder.push(none);
    }
    for (index, term) in terms.iter().enumerate() {
        builder.push(if index == 0 { "" } else { word }).push("(");
        push(builder, entity, term);
        builder.push(")");
    }
}
