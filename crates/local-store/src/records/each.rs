//! Some fields of every record of an entity, for whoever compares all of them at once.

use domain::record::{EntityDef, Value};
use uuid::Uuid;

use super::cells::from_sql;
use crate::error::{Result, StoreError};
use crate::layout::layout;
use crate::view::View;

impl View<'_> {
    /// Calls `each` with the id and the values of these declared fields, in their order, of every record that
    /// is held and not retired.
    ///
    /// # Errors
    /// `UnknownField`, or a damaged file.
    pub fn each(
        &self,
        entity: &EntityDef,
        fields: &[&str],
        mut each: impl FnMut(Uuid, Vec<Value>),
    ) -> Result<()> {
        let entity = layout(entity.name)?.entity;
        let declared = fields.iter().map(|name| {
            let unknown =
                || StoreError::UnknownField { entity: entity.name, field: (*name).to_owned() };
            entity.field(name).ok_or_else(unknown)
        });
        let declared = declared.collect::<Result<Vec<_>>>()?;
        let columns: Vec<&str> =
            std::iter::once("id").chain(declared.iter().map(|field| field.name)).collect();
        let sql = format!(
            "SELECT {} FROM {} WHERE retired_at IS NULL ORDER BY nr",
            columns.join(", "),
            entity.name
        );
        let mut query = self.db.connection.prepare_cached(&sql)?;
        let mut rows = query.query(())?;
        while let Some(row) = rows.next()? {
            let values = (1..).zip(&declared);
            let values = values
                .map(|(at, field)| from_sql(entity, field, row.get_ref(at)?))
                .collect::<Result<_>>()?;
            each(Uuid::from_bytes(row.get(0)?), values);
        }
        Ok(())
    }
}
