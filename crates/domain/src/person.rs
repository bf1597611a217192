//! Person: who works in the tenant, by name. Every device carries this list, so that whoever made, owns or decided
//! something is called by name there. The hub writes it from its users; what signs somebody in is not in it.

use crate::permissions::{Guard, Permission};
use crate::record::{Area, EntityDef, FieldDef, Kind, Label, field};

/// The machine name, by which fields refer to users.
pub const NAME: &str = "person";

/// Whoever may have a device may read who works here. What administrators change, they change about the user.
const GUARD: Guard = Guard::manage(Permission::SYNC_DEVICE_ENROL, Permission::ADMIN_USER_EDIT);

/// The id is that of the user, who has come in at least once.
pub static PERSON: EntityDef = EntityDef::new(NAME, Area::Organisation, GUARD)
    .called(Label { en: "User", de: "Benutzer" }, Label { en: "Users", de: "Benutzer" })
    .fields(&[], OWN)
    .key("name")
    .everywhere()
    .never_merged()
    .relations(|_, _, problems| problems.add("", "fixed", FIXED))
    .keeps(|_, _, problems| problems.add("", "fixed", FIXED));

const FIXED: &str = "is told by the sync server; ask an administrator to change the user there";

const OWN: &[FieldDef] = &[
    field("name", "Name", "Name", Kind::text(200)).required().listed().search().kept(),
    field("active", "Active", "Aktiv", Kind::Bool).required().default("true").listed().kept(),
];
