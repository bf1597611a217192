//! What the rules ask for, answered from what is held. Where a scope may be missing the answer is
//! "cannot tell", never "no".

use std::borrow::Cow;
use std::cell::RefCell;

use domain::record::{
    EntityDef, FieldDef, Found, Lookup, OwnFields, Record, Unique, Value, folded_name,
};
use rusqlite::{OptionalExtension, params};
use uuid::Uuid;

use super::cells::to_sql;
use super::row;
use crate::error::{Result, StoreError};
use crate::layout::{Layout, layout};
use crate::view::View;

/// Answers rules from one state of the file.
pub struct HeldLookup<'v> {
    view: &'v View<'v>,
    /// Whether every record of the entity is held here.
    whole: &'v dyn Fn(&EntityDef) -> bool,
    fault: RefCell<Option<StoreError>>,
}

impl View<'_> {
    /// `whole` says of which entities this device holds every record: there an absent record is a "no".
    pub fn lookup<'v>(&'v self, whole: &'v dyn Fn(&EntityDef) -> bool) -> HeldLookup<'v> {
        HeldLookup { view: self, whole, fault: RefCell::new(None) }
    }
}

impl HeldLookup<'_> {
    /// What went wrong while rules were asking; a fault was answered as "cannot tell".
    ///
    /// # Errors
    /// The first fault.
    pub fn into_result(self) -> Result<()> {
        self.fault.into_inner().map_or(Ok(()), Err)
    }

    fn answer<T>(&self, entity: &EntityDef, found: Result<Option<T>>) -> Found<T> {
        match found {
            Ok(Some(found)) => Found::Yes(found),
            Ok(None) if (self.whole)(entity) => Found::No,
            Ok(None) => Found::CannotTell,
            Err(error) => {
                self.fault.borrow_mut().get_or_insert(error);
                Found::CannotTell
            }
        }
    }

    fn find_holder(
        &self,
        entity: &EntityDef,
        field: &str,
        company: Option<Uuid>,
        folded: &str,
        except: Uuid,
    ) -> Result<Option<Uuid>> {
        let layout = layout(entity.name)?;
        let unknown =
            || StoreError::UnknownField { entity: layout.entity.name, field: field.to_owned() };
        let field = layout.entity.field(field).ok_or_else(unknown)?;
        if field.unique == Unique::Entries {
            return self.find_entry(layout, field, folded, except);
        }
        let within = match field.unique {
            Unique::No | Unique::Entries => return Err(unknown()),
            Unique::Tenant => "",
            Unique::Company => " AND company_id IS ?3",
        };
        let sql = format!(
            "SELECT id FROM {} WHERE {} = ?1 AND id <> ?2{within} LIMIT 1",
            layout.entity.name,
            folded_name(field)
        );
        let company = company.map(Uuid::into_bytes);
        let mut query = self.view.db.connection.prepare_cached(&sql)?;
        let id = match field.unique {
            Unique::Company => {
                query.query_row(params![folded, except.as_bytes(), company], |row| row.get(0))
            }
            Unique::No | Unique::Tenant | Unique::Entries => {
                query.query_row(params![folded, except.as_bytes()], |row| row.get(0))
            }
        };
        Ok(id.optional()?.map(Uuid::from_bytes))
    }

    /// The other record with this entry in a map of which each entry stands once.
    fn find_entry(
        &self,
        layout: &Layout,
        field: &FieldDef,
        folded: &str,
        except: Uuid,
    ) -> Result<Option<Uuid>> {
        let mut query = self.view.db.connection.prepare_cached(
            "SELECT row_id FROM unique_entry \
             WHERE entity = ?1 AND field = ?2 AND folded = ?3 AND row_id <> ?4 LIMIT 1",
        )?;
        let entity = self.view.db.numbers.of(layout);
        let wanted = params![entity, field.name, folded, except.as_bytes()];
        let id = query.query_row(wanted, |row| row.get(0)).optional()?;
        Ok(id.map(Uuid::from_bytes))
    }

    fn find_peers(&self, entity: &EntityDef, field: &str, value: &Value) -> Result<Vec<Record>> {
        let layout = layout(entity.name)?;
        let unknown =
            || StoreError::UnknownField { entity: layout.entity.name, field: field.to_owned() };
        let field = layout.entity.field(field).ok_or_else(unknown)?;
        let sql =
            format!("SELECT id FROM {} WHERE {} = ?1 ORDER BY id", layout.entity.name, field.name);
        let mut query = self.view.db.connection.prepare_cached(&sql)?;
        let ids: Vec<[u8; 16]> = query
            .query_map([to_sql(layout.entity, field, value)?], |row| row.get(0))?
            .collect::<rusqlite::Result<_>>()?;
        let mut peers = Vec::with_capacity(ids.len());
        for id in ids {
            let stored = row::load(self.view.db, layout, Uuid::from_bytes(id))?;
            peers.extend(stored.map(|stored| stored.record));
        }
        Ok(peers)
    }
}

impl Lookup for HeldLookup<'_> {
    fn record(&self, entity: &'static EntityDef, id: Uuid) -> Found<Cow<'_, Record>> {
        let found = layout(entity.name).and_then(|layout| row::load(self.view.db, layout, id));
        self.answer(entity, found.map(|stored| stored.map(|stored| Cow::Owned(stored.record))))
    }

    fn own_fields(&self) -> Cow<'_, OwnFields> {
        let found = self.view.own_fields();
        Cow::Owned(found.unwrap_or_else(|error| {
            self.fault.borrow_mut().get_or_insert(error);
            OwnFields::default()
        }))
    }

    fn holder(
        &self,
        entity: &'static EntityDef,
        field: &str,
        company: Option<Uuid>,
        folded: &str,
        except: Uuid,
    ) -> Found<Uuid> {
        self.answer(entity, self.find_holder(entity, field, company, folded, except))
    }

    fn peers(
        &self,
        entity: &'static EntityDef,
        field: &'static str,
        value: &Value,
    ) -> Found<Vec<Cow<'_, Record>>> {
        let found = self.find_peers(entity, field, value);
        // Some peers without the others say nothing of all of them.
        let all = found.map(|peers| (self.whole)(entity).then_some(peers));
        match self.answer(entity, all) {
            Found::Yes(peers) => Found::Yes(peers.into_iter().map(Cow::Owned).collect()),
            Found::No | Found::CannotTell => Found::CannotTell,
        }
    }
}
