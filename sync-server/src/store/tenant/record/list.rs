//! Lists of one entity: filtered, in an order, from a place on, and how many there are. The columns are the
//! declaration's; who may name which is asked before.

use domain::permissions::RowFilter;
use domain::record::{
    Cell, ColumnKind, EntityDef, Kind, OwnField, OwnKind, Record, Value, fold_code, folded_name,
};
use sqlx::{Postgres, QueryBuilder};
use uuid::Uuid;

use super::{filter, read};
use crate::store::{Connection, StoreError};

/// A column of the entity's table.
#[derive(Debug, Clone)]
pub enum Listed {
    /// Of every record: `id`, `version`, `updated_at` …
    Head(&'static str, ColumnKind),
    Field(&'static domain::record::FieldDef),
    /// One of the tenant's own fields, which are kept in the map of this field.
    Own(&'static domain::record::FieldDef, OwnField),
}

/// What a value is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Test {
    Is(Value),
    /// A text that holds this one, whatever the case; a list that has this word.
    Contains(String),
    Above(Value),
    AtLeast(Value),
    Below(Value),
    AtMost(Value),
    Empty(bool),
}

/// Which records, in which order, from where on.
#[derive(Debug, Clone)]
pub struct ListQuery<'a> {
    /// The rows that the reader may see.
    pub rows: &'a RowFilter,
    pub tests: &'a [(Listed, Test)],
    pub retired: bool,
    /// By what they are ordered, and whether from the last to the first: by each where those before are equal, and
    /// by the id in the end. Those without a value come last.
    pub order: &'a [(Listed, bool)],
    /// After the record with these values, one for each column of the order, and this id.
    pub after: Option<(Vec<Value>, Uuid)>,
    pub limit: i64,
}

type Sql = QueryBuilder<Postgres>;

impl Listed {
    pub fn kind(&self) -> ColumnKind {
        match self {
            Self::Head(_, kind) => *kind,
            Self::Field(field) => ColumnKind::of(field.kind),
            Self::Own(_, own) => match own.kind {
                OwnKind::Plain(kind) => ColumnKind::of(kind),
                OwnKind::Choice(_) => ColumnKind::Text,
            },
        }
    }

    fn push(&self, sql: &mut Sql) {
        match self {
            Self::Head(name, _) => sql.push(*name),
            Self::Field(field) => sql.push(field.name),
            Self::Own(field, own) => {
                sql.push("(").push(field.name).push(" ->> ").push_bind(own.name.clone()).push(")");
                // It is kept as the text of its kind, which never changes.
                sql.push(match self.kind() {
                    ColumnKind::Decimal { .. } => "::numeric",
                    ColumnKind::Int => "::bigint",
                    ColumnKind::Flag => "::boolean",
                    ColumnKind::Date => "::date",
                    ColumnKind::Instant => "::timestamptz",
                    _ => "",
                })
            }
        };
    }

    /// What stands there in a record.
    pub fn of(&self, record: &Record) -> Value {
        let head = &record.head;
        match self {
            Self::Head("id", _) => Value::Id(head.id),
            Self::Head("version", _) => Value::Int(head.version),
            Self::Head("created_at", _) => Value::Instant(head.created_at),
            Self::Head("created_by", _) => Value::Id(head.created_by),
            Self::Head("updated_at", _) => Value::Instant(head.updated_at),
            Self::Head("updated_by", _) => Value::Id(head.updated_by),
            Self::Head(..) => head.retired_at.map_or(Value::Null, Value::Instant),
            Self::Field(field) => record.get(field.name).clone(),
            Self::Own(field, own) => match record.get(field.name) {
                Value::Map(kept) => kept.get(&own.name).map_or(Value::Null, |text| {
                    let text = Cell::Text(text.clone());
                    // A word that was taken out of the choice since stays as it stands.
                    own.read(&text).or_else(|_| Kind::LongText.read(&text)).unwrap_or(Value::Null)
                }),
                _ => Value::Null,
            },
        }
    }
}

/// At most `limit` records.
///
/// # Errors
/// See [`StoreError`].
pub async fn list(
    connection: &mut Connection,
    entity: &'static EntityDef,
    query: &ListQuery<'_>,
) -> Result<Vec<Record>, StoreError> {
    let layout = read::Layout::of(entity);
    let mut sql = Sql::new("SELECT ");
    sql.push(layout.names()).push(" FROM ").push(entity.name);
    push_where(&mut sql, entity, query);
    if let Some((values, id)) = &query.after {
        sql.push(" AND ");
        push_after(&mut sql, query.order, values, *id);
    }
    sql.push(" ORDER BY ");
    for (column, last_first) in query.order {
        column.push(&mut sql);
        sql.push(if *last_first { " DESC NULLS LAST, " } else { " ASC NULLS LAST, " });
    }
    sql.push("id LIMIT ").push_bind(query.limit);
    let rows = sql.build().fetch_all(&mut *connection).await?;
    read::records(connection, &layout, &rows).await
}

/// How many records there are in all, wherever the page stands.
///
/// # Errors
/// See [`StoreError`].
pub async fn count(
    connection: &mut Connection,
    entity: &'static EntityDef,
    query: &ListQuery<'_>,
) -> Result<i64, StoreError> {
    let mut sql = Sql::new("SELECT count(*) FROM ");
    sql.push(entity.name);
    push_where(&mut sql, entity, query);
    Ok(sql.build_query_scalar().fetch_one(connection).await?)
}

fn push_where(sql: &mut Sql, entity: &EntityDef, query: &ListQuery<'_>) {
    sql.push(" WHERE (");
    filter::push(sql, entity, query.rows);
    sql.push(")");
    if !query.retired {
        sql.push(" AND retired_at IS NULL");
    }
    for (column, test) in query.tests {
        sql.push(" AND (");
        push_test(sql, column, test);
        sql.push(")");
    }
}

fn push_test(sql: &mut Sql, column: &Listed, test: &Test) {
    let compare = |sql: &mut Sql, sign: &str, value: &Value| {
        column.push(sql);
        sql.push(sign);
        push_value(sql, value);
    };
    match (test, column) {
        (Test::Is(Value::Text(text)), Listed::Field(field)) if field.is_folded() => {
            sql.push(folded_name(field)).push(" = ").push_bind(fold_code(text));
        }
        (Test::Is(value), _) => compare(sql, " = ", value),
        (Test::Above(value), _) => compare(sql, " > ", value),
        (Test::AtLeast(value), _) => compare(sql, " >= ", value),
        (Test::Below(value), _) => compare(sql, " < ", value),
        (Test::AtMost(value), _) => compare(sql, " <= ", value),
        (Test::Contains(word), _) if column.kind() == ColumnKind::List => {
            column.push(sql);
            sql.push(" ? ").push_bind(word.clone());
        }
        (Test::Contains(text), _) => {
            column.push(sql);
            sql.push(" ILIKE ").push_bind(like(text));
        }
        (Test::Empty(empty), _) => {
            column.push(sql);
            sql.push(if *empty { " IS NULL" } else { " IS NOT NULL" });
        }
    }
}

/// Any text around this one; what `LIKE` reads as a sign of its own stands for itself.
fn like(text: &str) -> String {
    let mut pattern = String::from("%");
    for sign in text.chars() {
        if matches!(sign, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(sign);
    }
    pattern.push('%');
    pattern
}

/// Whatever comes later in the order: by its first column, or equal there and later by the rest.
fn push_after(sql: &mut Sql, order: &[(Listed, bool)], values: &[Value], id: Uuid) {
    let Some((((column, last_first), rest), (value, values))) =
        order.split_first().zip(values.split_first())
    else {
        sql.push("id > ").push_bind(id);
        return;
    };
    sql.push("(");
    if value.is_null() {
        column.push(sql);
        sql.push(" IS NULL AND ");
    } else {
        column.push(sql);
        sql.push(if *last_first { " < " } else { " > " });
        push_value(sql, value);
        sql.push(" OR ");
        column.push(sql);
        sql.push(" IS NULL OR ");
        column.push(sql);
        sql.push(" = ");
        push_value(sql, value);
        sql.push(" AND ");
    }
    push_after(sql, rest, values, id);
    sql.push(")");
}

fn push_value(sql: &mut Sql, value: &Value) {
    match value {
        Value::Bool(flag) => sql.push_bind(*flag),
        Value::Int(int) => sql.push_bind(*int),
        Value::Decimal(decimal) => sql.push_bind(*decimal),
        Value::Text(text) => sql.push_bind(text.clone()),
        Value::Id(id) => sql.push_bind(*id),
        Value::Date(date) => sql.push_bind(*date),
        Value::Instant(instant) => sql.push_bind(*instant),
        // Neither is compared: whoever asks has refused them before.
        Value::Null | Value::List(_) | Value::Map(_) => sql.push("NULL"),
    };
}
