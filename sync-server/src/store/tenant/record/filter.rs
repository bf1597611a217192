//! A row filter of the permissions as a predicate. The filter itself is `domain`'s; nothing is added to it.

use domain::permissions::{OwnershipColumn, RowFilter};
use domain::record::{EntityDef, Ownership, ownership};
use sqlx::{Postgres, QueryBuilder};
use uuid::Uuid;

type Sql = QueryBuilder<Postgres>;

/// Adds the predicate that lets through exactly the rows of an entity's table that [`RowFilter::admits`] does.
pub(super) fn push(sql: &mut Sql, entity: &EntityDef, filter: &RowFilter) {
    push_with(sql, filter, &|sql, column| push_owned(sql, entity, column));
}

/// The same for a table that has the ownership columns themselves.
pub fn push_columns(sql: &mut Sql, table: &str, filter: &RowFilter) {
    push_with(sql, filter, &|sql, column| {
        sql.push(table).push(".").push(column.name());
    });
}

/// `column` adds what the table has as an ownership column.
fn push_with(sql: &mut Sql, filter: &RowFilter, column: &dyn Fn(&mut Sql, OwnershipColumn)) {
    match filter {
        RowFilter::Everything => {
            sql.push("true");
        }
        RowFilter::Nothing => {
            sql.push("false");
        }
        RowFilter::OneOf(asked, ids) => {
            let ids: Vec<Uuid> = ids.iter().copied().collect();
            column(sql, *asked);
            // An empty column is a member of no list: null here counts as false.
            sql.push(" = ANY (").push_bind(ids).push(")");
        }
        RowFilter::Empty(asked) => {
            column(sql, *asked);
            sql.push(" IS NULL");
        }
        RowFilter::All(terms) => join(sql, terms, column, " AND ", "true"),
        RowFilter::Any(terms) => join(sql, terms, column, " OR ", "false"),
    }
}

/// The column as the row rules read it: a table without it reads it as empty.
fn push_owned(builder: &mut Sql, entity: &EntityDef, column: OwnershipColumn) {
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
    sql: &mut Sql,
    terms: &[RowFilter],
    column: &dyn Fn(&mut Sql, OwnershipColumn),
    word: &str,
    none: &str,
) {
    if terms.is_empty() {
        sql.push(none);
    }
    for (index, term) in terms.iter().enumerate() {
        sql.push(if index == 0 { "" } else { word }).push("(");
        push_with(sql, term, column);
        sql.push(")");
    }
}
