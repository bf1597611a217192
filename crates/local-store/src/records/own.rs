//! The tenant's own fields as the file knows them: their declarations, and the expressions that stand for
//! their values in statements as a column stands for a built-in one.

use domain::masters::OWN_FIELD;
use domain::record::{
    ColumnKind, DecimalKind, EntityDef, FieldDef, FieldPlace, Kind, OwnField, OwnFields, OwnKind,
};

use super::row;
use crate::error::{Result, StoreError};
use crate::layout::{Db, layout};
use crate::view::View;

impl View<'_> {
    /// The declarations that are held, those out of use as well.
    ///
    /// # Errors
    /// A damaged file.
    pub fn own_fields(&self) -> Result<OwnFields> {
        declared(self.db)
    }
}

pub(crate) fn declared(db: Db) -> Result<OwnFields> {
    let layout = layout(OWN_FIELD.name)?;
    let mut fields = Vec::new();
    for nr in numbers(db)? {
        let record = row::load_listed(db, layout, nr)?;
        fields.extend(record.as_ref().and_then(OwnField::of));
    }
    Ok(OwnFields::new(fields))
}

fn numbers(db: Db) -> Result<Vec<i64>> {
    let sql = format!("SELECT nr FROM {} ORDER BY nr", OWN_FIELD.name);
    let mut query = db.connection.prepare_cached(&sql)?;
    let rows = query.query_map((), |row| row.get(0))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// What stands at a place, as it is kept: a column, or a text taken out of the map.
pub(crate) fn expression(place: FieldPlace) -> String {
    match place.own {
        None => place.field.name.to_owned(),
        // A name of an own field has no sign that means something in a path or a statement.
        Some(name) => format!("json_extract({}, '$.{name}')", place.field.name),
    }
}

/// A field of a list: its expression holds what the column of a built-in field of this kind does.
pub(crate) struct ListField {
    pub sql: String,
    pub kind: Kind,
    /// The declared field; of an own field the map it is kept in.
    pub field: &'static FieldDef,
    pub is_own: bool,
}

/// The field of this name.
///
/// # Errors
/// `UnknownField` for one that is not declared.
pub(crate) fn list_field(db: Db, entity: &'static EntityDef, name: &str) -> Result<ListField> {
    let unknown = || StoreError::UnknownField { entity: entity.name, field: name.to_owned() };
    let place = entity.place(name).ok_or_else(unknown)?;
    let kept = expression(place);
    if place.own.is_none() {
        let field = place.field;
        return Ok(ListField { sql: kept, kind: field.kind, field, is_own: false });
    }
    let fields = declared(db)?;
    let kind = match &fields.at(entity, &place).ok_or_else(unknown)?.kind {
        OwnKind::Plain(kind) => *kind,
        OwnKind::Choice(_) => Kind::LongText,
    };
    let sql = match (ColumnKind::of(kind), kind) {
        (_, Kind::Decimal(decimal)) => format!("own_decimal({kept}, {})", decimal.scale()),
        (ColumnKind::Flag, _) => format!("({kept} = 'true')"),
        (ColumnKind::Int, _) => format!("CAST({kept} AS INTEGER)"),
        _ => kept,
    };
    Ok(ListField { sql, kind, field: place.field, is_own: true })
}

/// The scaled integer of a decimal that is kept as a text.
pub(crate) fn scaled_text(text: &str, scale: i64) -> Option<i64> {
    use DecimalKind::{Amount, ExchangeRate, Percent, Price, Quantity};
    let kinds = [Amount, Price, Quantity, Percent, ExchangeRate];
    let kind = kinds.into_iter().find(|kind| i64::from(kind.scale()) == scale)?;
    domain::record::scaled(kind, text.parse().ok()?)
}
