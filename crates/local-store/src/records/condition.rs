//! The condition of a list: filters, search words, rows that may be seen and the place of a cursor, with
//! their parameters. Which columns are read and in which order is the list's own business.

use std::collections::BTreeMap;

use domain::permissions::{OwnershipColumn, RowFilter};
use domain::record::{ColumnKind, EntityDef, FieldDef, Kind, Value, fold_search, scaled};
use rusqlite::types::{ToSqlOutput, Value as Param, ValueRef};

use super::cells::to_sql;
use super::list::{Cursor, CursorKey, Filter, ListQuery, OrderKey, Retired, Test};
use super::own::{ListField, list_field};
use crate::error::{Result, StoreError};
use crate::layout::Layout;
use crate::search::query::{Expression, doc_range};
use crate::search::read;
use crate::view::View;

/// The conditions of a list with their parameters.
pub(super) struct Statement {
    conditions: Vec<String>,
    pub params: Vec<Param>,
}

impl Statement {
    pub fn of(view: &View, layout: &'static Layout, query: &ListQuery) -> Result<Self> {
        let mut statement = Self { conditions: Vec::new(), params: Vec::new() };
        match query.retired {
            Retired::Without => statement.conditions.push("retired_at IS NULL".to_owned()),
            Retired::With => {}
            Retired::Only => statement.conditions.push("retired_at IS NOT NULL".to_owned()),
        }
        match &query.within {
            None | Some(RowFilter::Everything) => {}
            Some(rows) => {
                let condition = statement.rows(layout.entity, rows);
                statement.conditions.push(condition);
            }
        }
        // A field has one value: of several that are asked for, one is enough.
        let mut offered: BTreeMap<&str, Vec<String>> = BTreeMap::new();
        for filter in &query.filters {
            let condition = statement.filter(view, layout.entity, filter)?;
            match filter.test {
                Test::Is(_) => offered.entry(&filter.field).or_default().push(condition),
                _ => statement.conditions.push(condition),
            }
        }
        let any = offered.into_values().map(|offered| format!("({})", offered.join(" OR ")));
        statement.conditions.extend(any);
        if let Some(text) = &query.search {
            statement.search(view, layout, text, query.retired)?;
        }
        Ok(statement)
    }

    pub fn param(&mut self, value: Param) -> String {
        self.params.push(value);
        format!("?{}", self.params.len())
    }

    /// Only rows with these numbers, given as a list in JSON.
    pub fn among(&mut self, numbers: &str) {
        let numbers = self.param(Param::Text(numbers.to_owned()));
        self.conditions.push(format!("nr IN (SELECT value FROM json_each({numbers}))"));
    }

    pub fn condition(&self) -> String {
        match self.conditions.is_empty() {
            true => String::new(),
            false => format!("WHERE {}", self.conditions.join(" AND ")),
        }
    }

    fn filter(
        &mut self,
        view: &View,
        entity: &'static EntityDef,
        filter: &Filter,
    ) -> Result<String> {
        let field = &list_field(view.db, entity, &filter.field)?;
        let name = &field.sql;
        let compared = match ColumnKind::of(field.kind) {
            ColumnKind::Text => format!("fold_search({name})"),
            _ => name.to_owned(),
        };
        Ok(match &filter.test {
            Test::Is(Value::Null) => format!("{name} IS NULL"),
            Test::IsNot(Value::Null) => format!("{name} IS NOT NULL"),
            // A flag that was never set is not set.
            Test::Is(Value::Bool(false)) => format!("{name} IS NOT 1"),
            Test::IsNot(Value::Bool(false)) => format!("{name} IS 1"),
            Test::Is(value) => format!("{compared} = {}", self.value(entity, field, value)?),
            Test::IsNot(value) => {
                format!("{compared} IS NOT {}", self.value(entity, field, value)?)
            }
            Test::AtLeast(value) => format!("{compared} >= {}", self.value(entity, field, value)?),
            Test::AtMost(value) => format!("{compared} <= {}", self.value(entity, field, value)?),
            Test::Contains(text) => {
                let mark = self.param(Param::Text(fold_search(text)));
                format!("instr(fold_search({name}), {mark}) > 0")
            }
            Test::Starts(text) => {
                let mark = self.param(Param::Text(fold_search(text)));
                format!("substr(fold_search({name}), 1, length({mark})) = {mark}")
            }
            Test::Has(word) => {
                let mark = self.param(Param::Text(fold_search(word)));
                format!(
                    "EXISTS (SELECT 1 FROM json_each({name}) WHERE fold_search(value) = {mark})"
                )
            }
        })
    }

    fn value(
        &mut self,
        entity: &'static EntityDef,
        field: &ListField,
        value: &Value,
    ) -> Result<String> {
        let param = match (value, field.kind) {
            (Value::Text(text), _) => Param::Text(fold_search(text)),
            (Value::Decimal(decimal), Kind::Decimal(kind)) => {
                let (entity, field) = (entity.name, field.field.name);
                let int = scaled(kind, *decimal);
                Param::Integer(int.ok_or(StoreError::OutOfRange { entity, field })?)
            }
            (value, _) => owned(to_sql(entity, field.field, value)?),
        };
        Ok(self.param(param))
    }

    /// The predicate that lets through exactly the rows that [`RowFilter::admits`] does.
    fn rows(&mut self, entity: &EntityDef, filter: &RowFilter) -> String {
        match filter {
            RowFilter::Everything => "1".to_owned(),
            RowFilter::Nothing => "0".to_owned(),
            // A table without the column reads it as empty.
            RowFilter::OneOf(column, ids) => match fact(entity, *column) {
                None => "0".to_owned(),
                Some(fact) => {
                    let marks: Vec<String> = ids
                        .iter()
                        .map(|id| self.param(Param::Blob(id.as_bytes().to_vec())))
                        .collect();
                    // Null is a member of no list: it counts as false here.
                    format!("coalesce({fact} IN ({}), 0)", marks.join(", "))
                }
            },
            RowFilter::Empty(column) => match fact(entity, *column) {
                None => "1".to_owned(),
                Some(fact) => format!("{fact} IS NULL"),
            },
            RowFilter::All(terms) => self.joined(entity, terms, " AND ", "1"),
            RowFilter::Any(terms) => self.joined(entity, terms, " OR ", "0"),
        }
    }

    fn joined(
        &mut self,
        entity: &EntityDef,
        terms: &[RowFilter],
        word: &str,
        none: &str,
    ) -> String {
        if terms.is_empty() {
            return none.to_owned();
        }
        let terms: Vec<String> = terms.iter().map(|term| self.rows(entity, term)).collect();
        format!("({})", terms.join(word))
    }

    fn search(
        &mut self,
        view: &View,
        layout: &'static Layout,
        text: &str,
        which: Retired,
    ) -> Result<()> {
        let Some(expression) = Expression::of(text) else { return Ok(()) };
        let (first, last) = doc_range(view.db.numbers.of(layout));
        let expression = expression.forgiving(view.db, (first, last))?;
        let words = self.param(Param::Text(expression.anywhere()));
        let (from, to) = (self.param(Param::Integer(first)), self.param(Param::Integer(last)));
        let mut condition = format!(
            "nr IN (SELECT rowid - {from} FROM search WHERE search MATCH {words} \
             AND rowid BETWEEN {from} AND {to})"
        );
        if which != Retired::Without {
            let found = read::retired(view.db, layout, |words| expression.matches(words))?;
            let found: Vec<String> = found.iter().map(i64::to_string).collect();
            let found = self.param(Param::Text(format!("[{}]", found.join(","))));
            condition = format!("({condition} OR nr IN (SELECT value FROM json_each({found})))");
        }
        self.conditions.push(condition);
        Ok(())
    }

    /// Only rows after the cursor, in the order of the keys and `nr`; empty keys come first.
    pub fn after(&mut self, keys: &[OrderKey], cursor: &Cursor) {
        let nr = self.param(Param::Integer(cursor.nr));
        let sign = if keys.last().is_some_and(|key| key.descending) { "<" } else { ">" };
        let mut condition = format!("nr {sign} {nr}");
        for (OrderKey { sql, descending }, value) in keys.iter().zip(&cursor.keys).rev() {
            let value = match value {
                CursorKey::Empty => None,
                CursorKey::Int(int) => Some(Param::Integer(*int)),
                CursorKey::Text(text) => Some(Param::Text(text.clone())),
                CursorKey::Bytes(bytes) => Some(Param::Blob(bytes.clone())),
            };
            let value = value.map(|value| self.param(value));
            condition = match (value, descending) {
                (None, false) => format!("({sql} IS NOT NULL OR {condition})"),
                (None, true) => format!("({sql} IS NULL AND {condition})"),
                // The first half lets an index find its place.
                (Some(value), false) => {
                    format!("({sql} >= {value} AND ({sql} > {value} OR {condition}))")
                }
                (Some(value), true) => format!(
                    "({sql} IS NULL OR {sql} < {value} OR ({sql} = {value} AND {condition}))"
                ),
            };
        }
        self.conditions.push(condition);
    }
}

/// Where a row says to whom it belongs; the same as `row_facts` reads of a record, where a company, branch
/// or department belongs to itself.
fn fact(entity: &EntityDef, column: OwnershipColumn) -> Option<String> {
    let own = |kind: &str, other: &str| {
        let rest = entity.position(column.name()).map_or("NULL", |_| column.name());
        Some(format!(
            "CASE WHEN coalesce(kind, '') {kind} 'department' THEN {other} ELSE {rest} END"
        ))
    };
    match (entity.name, column) {
        ("company", OwnershipColumn::Company) => Some("id".to_owned()),
        ("branch", OwnershipColumn::Department) => own("=", "id"),
        ("branch", OwnershipColumn::Branch) => own("<>", "id"),
        _ => entity.position(column.name()).map(|_| column.name().to_owned()),
    }
}

pub(super) fn declared(entity: &'static EntityDef, name: &str) -> Result<&'static FieldDef> {
    entity
        .field(name)
        .ok_or_else(|| StoreError::UnknownField { entity: entity.name, field: name.to_owned() })
}

fn owned(value: ToSqlOutput) -> Param {
    match value {
        ToSqlOutput::Owned(value) => value,
        ToSqlOutput::Borrowed(ValueRef::Text(bytes)) => {
            Param::Text(String::from_utf8_lossy(bytes).into_owned())
        }
        ToSqlOutput::Borrowed(ValueRef::Blob(bytes)) => Param::Blob(bytes.to_vec()),
        ToSqlOutput::Borrowed(ValueRef::Integer(int)) => Param::Integer(int),
        _ => Param::Null,
    }
}
