//! What a record is: the closed list of kinds, field and entity declarations, and the record itself.
//! Holds no particular master (those are in `masters`) and knows no storage and no wire format.

pub mod approval;
mod attachment;
mod calendar;
mod cell;
mod changes;
mod columns;
mod dated;
mod entity;
mod field;
mod fold;
mod kind;
pub(crate) mod lookup;
pub mod origin;
mod own_field;
mod place;
mod problem;
mod reference;
mod row;
mod section;
mod text;
mod validate;
mod value;

pub use approval::Approval;
pub use attachment::{Attachment, OCTET_STREAM, attachments, unite};
pub use cell::Cell;
pub use changes::{Change, ChildAction, ChildChange, RecordChanges, witnesses};
pub use columns::{
    Column, ColumnKind, ColumnOrigin, TableColumn, columns, drift, folded_fields, folded_name,
};
pub use dated::{Days, in_order, without_overlap};
pub use entity::{
    Area, EntityDef, OwnerRule, Ownership, ScopeRule, Versions, ownership, row_facts,
};
pub use field::{FieldDef, Label, Unique, field};
pub use fold::{fold_code, fold_entry, fold_search};
pub use kind::{Choice, DecimalKind, Kind, choice, scaled, unscaled};
pub use lookup::{Found, Lookup};
pub use own_field::{OWN_NAME_MAX, OwnField, OwnFields, OwnKind, is_own_name, own_text};
pub use place::{FieldPlace, read_field};
pub use problem::{Problem, Problems};
pub use reference::{Referring, referring};
pub use row::{ChildRow, Head, Record, Values, row_path};
pub use section::{section_label, section_place};
pub use text::clean;
pub use validate::{validate, validate_relations};
pub use value::Value;
