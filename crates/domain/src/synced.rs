//! Every entity that is stored on both sides and synced: the users by name, the masters, and what the sync itself
//! keeps.

use crate::attention::ATTENTION;
use crate::duplicates::DISTINCT;
use crate::export_note::EXPORT_NOTE;
use crate::masters;
use crate::person::PERSON;
use crate::record::EntityDef;

/// In the order in which a first fill sends them: each after those it refers to.
pub fn all() -> impl Iterator<Item = &'static EntityDef> {
    let kept: [&'static EntityDef; 3] = [&ATTENTION, &DISTINCT, &EXPORT_NOTE];
    std::iter::once(&PERSON).chain(masters::ALL.iter().copied()).chain(kept)
}

/// The entity with this machine name; a child is found only through its parent.
pub fn find(name: &str) -> Option<&'static EntityDef> {
    all().find(|entity| entity.name == name)
}

/// The master or child with this machine name.
pub fn table(name: &str) -> Option<&'static EntityDef> {
    tables().find(|entity| entity.name == name)
}

/// Every entity that has a table: each followed by its children.
pub fn tables() -> impl Iterator<Item = &'static EntityDef> {
    all().flat_map(|entity| std::iter::once(entity).chain(entity.children.iter().copied()))
}
