//! What is compared of each record to find those that are the same: a few columns of every row, read in one pass.

use std::collections::HashMap;

use domain::duplicates::{Subject, Traits, looked_at, strong};
use domain::record::{EntityDef, FieldDef};
use rusqlite::params_from_iter;
use uuid::Uuid;

use super::cells::from_sql;
use super::condition::Statement;
use super::list::ListQuery;
use crate::error::Result;
use crate::layout::layout;
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
        let layout = layout(entity.name)?;
        let entity = layout.entity;
        let fields: Vec<_> = looked_at(entity).filter(|field| readable(entity, field)).collect();
        let statement = Statement::of(self, layout, query)?;
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
        for child in entity.children.iter().filter(|child| !child.proposals) {
            let told = child.all_fields().filter(|field| strong(field).is_some());
            let fields: Vec<_> = told.filter(|field| readable(child, field)).collect();
            if fields.is_empty() {
                continue;
            }
            let sql = format!("SELECT {} FROM {}", columns("parent_id", &fields), child.name);
            let mut prepared = self.db.connection.prepare_cached(&sql)?;
            let mut rows = prepared.query(())?;
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

fn columns(key: &str, fields: &[&FieldDef]) -> String {
    let names = fields.iter().map(|field| field.name);
    std::iter::once(key).chain(names).collect::<Vec<_>>().join(", ")
}
