//! A row filter of the permissions as a predicate. The filter itself is `domain`'s; nothing is added to it.

use domain::permissions::{OwnershipColumn, RowFilter};
use domain::record::{EntityDef, Ownership, ownership};
use sqlx::{Postgres, QueryBuilder};
use uuid::Uuid;

/// Adds the predicate that lets through exactly the rows that [`RowFilter::admits`] does.
pub(super) fn push(builder: &mut QueryBuilder<Postgres>, entity: &EntityDef, filter: &RowFilter) {
    match filter {
        RowFilter::Everything => {
            builder.push("true");
        }
        RowFilter::Nothing => {
            builder.push("false");
        }
        RowFilter::OneOf(column, ids) => {
            let ids: Vec<Uuid> = ids.iter().copied().collect();
            push_column(builder, entity, *column);
            // An empty column is a member of no list: null here counts as false.
            builder.push(" = ANY (").push_bind(ids).push(")");
        }
        RowFilter::Empty(column) => {
            push_column(builder, entity, *column);
            builder.push(" IS NULL");
        }
        RowFilter::All(terms) => join(builder, entity, terms, " AND ", "true"),
        RowFilter::Any(terms) => join(builder, entity, terms, " OR ", "false"),
    }
}

/// The column as the row rules read it: a table without it reads it as empty.
fn push_column(builder: &mut QueryBuilder<Postgres>, entity: &EntityDef, column: OwnershipColumn) {
    let field = match entity.position(column.name()) {
        Some(_) => column.name(),
        None => "NULL::uuid",
    };
    match ownership(entity, column) {
        Ownership::Field => builder.push(field),
        Ownership::Itself => builder.push("id"),
        Ownership::ItselfWhere { field: told, text, holds } => {
            let (then, otherwise) = if holds { ("id", field) } else { (field, "id") };
            builder.push("(CASE WHEN ").push(told).push(" = '").push(text).push("' THEN ");
            builder.push(then).push(" ELSE ").push(otherwise).push(" END)")
        }
    };
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
