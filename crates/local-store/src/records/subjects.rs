//! What is compared of each record to find those that are the same: a few columns of every row, read in one pass.

use std::collections::HashMap;

use domain::duplicates::{Subject, Traits, looked_at, strong};
use domain::record::approval::{PENDING, STATE};
use domain::record::{EntityDef, FieldDef, Value};
use rusqlite::{params, params_from_iter};
use uuid::Uuid;

use super::cells::from_sql;
use super::condition::Statement;
use super::list::ListQuery;
use crate::error::Result;
use crate::layout::layout;
use crate::search::query::doc_range;
use crate::search::{index, resembling};
use crate::view::View;

impl View<'_> {
    /// The records of a query by what is compared of them. `readable` says of a table and a field whether the
    /// person may read it; what they may not is not compared.
    ///
    /// # Errors
    /// `UnknownEntity`, or a damaged file.
    pub fn subjects(
        &self,
        entity: &EntityDef,
        query: &ListQuery,
        readable: impl Fn(&EntityDef, &FieldDef) -> bool,
    ) -> Result<Vec<Subject>> {
        self.subjects_among(entity, query, None, readable)
    }

    /// Of these the ones that may resemble what was typed: fields of the record and of its rows with their
    /// values. All of them while records that came lately are not indexed yet, or where the index does not
    /// know a field.
    ///
    /// # Errors
    /// As [`View::subjects`].
    pub fn resembling(
        &self,
        entity: &EntityDef,
        query: &ListQuery,
        typed: &[(&'static FieldDef, Value)],
        readable: impl Fn(&EntityDef, &FieldDef) -> bool,
    ) -> Result<Vec<Subject>> {
        let Some(expression) = resembling::expression(typed) else {
            return self.subjects(entity, query, readable);
        };
        if !index::is_current(self.db)? {
            return self.subjects(entity, query, readable);
        }
        if expression.is_empty() {
            return Ok(Vec::new());
        }
        let (first, last) = doc_range(self.db.numbers.of(layout(entity.name)?));
        let mut found = self.db.connection.prepare_cached(
            "SELECT rowid - ?2 FROM search WHERE search MATCH ?1 AND rowid BETWEEN ?2 AND ?3",
        )?;
        let found = found.query_map(params![expression, first, last], |row| row.get(0))?;
        let found = found.collect::<rusqlite::Result<Vec<i64>>>()?;
        self.subjects_among(entity, query, Some(&found), readable)
    }

    /// The records of a query, or those of them with these numbers.
    fn subjects_among(
        &self,
        entity: &EntityDef,
        query: &ListQuery,
        among: Option<&[i64]>,
        readable: impl Fn(&EntityDef, &FieldDef) -> bool,
    ) -> Result<Vec<Subject>> {
        let layout = layout(entity.name)?;
        let entity = layout.entity;
        let fields: Vec<_> = looked_at(entity).filter(|field| readable(entity, field)).collect();
        let mut statement = Statement::of(self, layout, query)?;
        let among = among.map(numbers_text);
        if let Some(among) = &among {
            statement.among(among);
        }
        let sql = format!(
            "SELECT {} FROM {} {}",
            columns("id", &fields),
            entity.name,
            statement.condition()
        );
        let mut prepared = self.db.connection.prepare_cached(&sql)?;
        let mut rows = prepared.query(params_from_iter(&statement.params))?;
        let (mut subjects, mut places) = (Vec::new(), HashMap::new());
        while let Some(row) = rows.next()? {
            let id = Uuid::from_bytes(row.get(0)?);
            let mut traits = Traits::default();
            for (at, field) in fields.iter().enumerate() {
                traits.add(field, &from_sql(entity, field, row.get_ref(at + 1)?)?);
            }
            places.insert(id, subjects.len());
            subjects.push(Subject { id, traits });
        }
        for child in entity.children {
            let told = child.all_fields().filter(|field| strong(field).is_some());
            let fields: Vec<_> = told.filter(|field| readable(child, field)).collect();
            if fields.is_empty() {
                continue;
            }
            let of_these = among.as_ref().map(|_| {
                format!(
                    "parent_id IN (SELECT id FROM {} WHERE nr IN (SELECT value FROM json_each(?1)))",
                    entity.name
                )
            });
            // Of what was proposed only what waits says what a record is about to be.
            let waits = child.proposals.then(|| format!("{STATE} = '{PENDING}'"));
            let conditions: Vec<String> = of_these.into_iter().chain(waits).collect();
            let condition = match conditions.is_empty() {
                true => String::new(),
                false => format!(" WHERE {}", conditions.join(" AND ")),
            };
            let columns = columns("parent_id", &fields);
            let sql = format!("SELECT {columns} FROM {}{condition}", child.name);
            let mut prepared = self.db.connection.prepare_cached(&sql)?;
            let mut rows = prepared.query(params_from_iter(&among))?;
            while let Some(row) = rows.next()? {
                let parent = places.get(&Uuid::from_bytes(row.get(0)?));
                let Some(subject) = parent.and_then(|at: &usize| subjects.get_mut(*at)) else {
                    continue;
                };
                for (at, field) in fields.iter().enumerate() {
                    subject.traits.add(field, &from_sql(child, field, row.get_ref(at + 1)?)?);
                }
            }
        }
        Ok(subjects)
    }
}

/// Row numbers as one parameter.
fn numbers_text(numbers: &[i64]) -> String {
    let numbers: Vec<String> = numbers.iter().map(i64::to_string).collect();
    format!("[{}]", numbers.join(","))
}

fn columns(key: &str, fields: &[&FieldDef]) -> String {
    let names = fields.iter().map(|field| field.name);
    std::iter::once(key).chain(names).collect::<Vec<_>>().join(", ")
}
