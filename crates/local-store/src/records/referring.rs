//! What refers to records: asked before they are deleted, and answered in numbers alone.

use domain::permissions::RowFilter;
use domain::record::{EntityDef, FieldDef, referring};
use rusqlite::params_from_iter;
use rusqlite::types::Value as Param;
use uuid::Uuid;

use super::condition::Statement;
use super::list::{ListQuery, Retired};
use crate::error::Result;
use crate::layout::layout;
use crate::view::View;

impl View<'_> {
    /// How many records of each kind refer to any of these, themselves or in one of their rows. Deleted ones do not
    /// count, nor those that are among these. `rows` says which records of an entity the person may see, `readable`
    /// which field of a table they may read; a kind of which there are none is left out.
    ///
    /// # Errors
    /// A damaged file.
    pub fn used_by(
        &self,
        target: &'static EntityDef,
        ids: &[Uuid],
        rows: impl Fn(&EntityDef) -> RowFilter,
        readable: impl Fn(&EntityDef, &FieldDef) -> bool,
    ) -> Result<Vec<(&'static EntityDef, u64)>> {
        let hex: Vec<String> = ids.iter().map(|id| format!("\"{}\"", id.simple())).collect();
        let chosen = format!("[{}]", hex.join(","));
        let mut columns: Vec<_> =
            referring(target).filter(|column| readable(column.table, column.field)).collect();
        let mut counts = Vec::new();
        while let Some(master) = columns.first().map(|column| column.master) {
            let of_it = columns.extract_if(.., |column| column.master.name == master.name);
            let refers: Vec<String> = of_it
                .map(|column| {
                    let (table, field) = (column.table.name, column.field.name);
                    match column.table.is_master() {
                        true => format!("{field} IN chosen"),
                        false => {
                            format!("id IN (SELECT parent_id FROM {table} WHERE {field} IN chosen)")
                        }
                    }
                })
                .collect();
            let query = ListQuery {
                within: Some(rows(master)),
                retired: Retired::Without,
                ..ListQuery::default()
            };
            let mut statement = Statement::of(self, layout(master.name)?, &query)?;
            let mark = statement.param(Param::Text(chosen.clone()));
            let others = if master.name == target.name { "AND id NOT IN chosen" } else { "" };
            let sql = format!(
                "WITH chosen(id) AS (SELECT unhex(value) FROM json_each({mark})) \
                 SELECT count(*) FROM {} {} {others} AND ({})",
                master.name,
                statement.condition(),
                refers.join(" OR ")
            );
            let mut prepared = self.db.connection.prepare_cached(&sql)?;
            let count: i64 =
                prepared.query_row(params_from_iter(&statement.params), |row| row.get(0))?;
            if count > 0 {
                counts.push((master, u64::try_from(count).unwrap_or_default()));
            }
        }
        Ok(counts)
    }
}
