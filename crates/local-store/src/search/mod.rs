//! The search index: words of every record that is in use, folded, with the words of its child rows.
//! `text` says which words, `read` reads them, `index` keeps them current, `query` finds, `spelling` forgives, `resembling`
//! finds what may be the same record. Only what is in the file is found, and the file holds only what may be seen.

pub(crate) mod index;
pub(crate) mod query;
pub(crate) mod read;
pub(crate) mod resembling;
mod spelling;
mod text;

use crate::layout::Layout;
use domain::record::FieldDef;

/// Whether the field names its record: found first.
pub(crate) fn is_title(layout: &Layout, field: &FieldDef) -> bool {
    let name = field.name;
    name == layout.entity.key || name == "code" || name == "name"
}
