//! What the rows of a list add up to, exactly: the scaled integers are added in two halves, so that no sum
//! of 64-bit values leaves 64 bits on the way.

use domain::record::{EntityDef, Kind};
use rusqlite::params_from_iter;
use rust_decimal::Decimal;
use uuid::Uuid;

use super::condition::{Statement, declared};
use super::list::ListQuery;
use super::own::list_field;
use crate::error::{Result, StoreError};
use crate::layout::layout;
use crate::view::View;

/// Where the scaled integers are parted.
const HALF: i128 = 1_000_000_000;

/// The sum of one field over rows that share a currency or a unit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sum {
    /// The record that says in what the values are counted; absent where the rows name none.
    pub measure: Option<Uuid>,
    pub sum: Decimal,
}

impl View<'_> {
    /// The sums of a decimal field over all rows of the query that have a value, apart for each value of
    /// `measure`, a reference of the same entity.
    ///
    /// # Errors
    /// `UnknownField` where a field is not declared or not of its kind; `OutOfRange` for a sum beyond 28
    /// digits.
    pub fn totals(
        &self,
        entity: &EntityDef,
        query: &ListQuery,
        field: &str,
        measure: Option<&str>,
    ) -> Result<Vec<Sum>> {
        let layout = layout(entity.name)?;
        let asked = field;
        let field = list_field(self.db, layout.entity, asked)?;
        let unknown = |field: &str| StoreError::UnknownField {
            entity: layout.entity.name,
            field: field.to_owned(),
        };
        let Kind::Decimal(kind) = field.kind else { return Err(unknown(asked)) };
        let measure = match measure.map(|name| declared(layout.entity, name)).transpose()? {
            Some(measure) if matches!(measure.kind, Kind::Reference(_)) => measure.name,
            Some(measure) => return Err(unknown(measure.name)),
            None => "NULL",
        };
        let statement = Statement::of(self, layout, query)?;
        let (name, table) = (&field.sql, layout.entity.name);
        let also = if statement.condition().is_empty() { "WHERE" } else { "AND" };
        let sql = format!(
            "SELECT {measure}, sum({name} / {HALF}), sum({name} % {HALF}) FROM {table} {} \
             {also} {name} IS NOT NULL GROUP BY 1 ORDER BY count(*) DESC, 1",
            statement.condition()
        );
        let mut prepared = self.db.connection.prepare_cached(&sql)?;
        let halves = prepared.query_map(params_from_iter(&statement.params), |row| {
            let measure: Option<[u8; 16]> = row.get(0)?;
            Ok((measure, row.get::<_, i64>(1)?, row.get::<_, i64>(2)?))
        })?;
        halves
            .map(|halves| {
                let (measure, high, low) = halves?;
                let sum = i128::from(high) * HALF + i128::from(low);
                let sum = Decimal::try_from_i128_with_scale(sum, kind.scale());
                let too_large =
                    |_| StoreError::OutOfRange { entity: table, field: field.field.name };
                Ok(Sum {
                    measure: measure.map(Uuid::from_bytes),
                    sum: sum.map_err(too_large)?.normalize(),
                })
            })
            .collect()
    }
}
