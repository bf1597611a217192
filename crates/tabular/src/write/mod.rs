//! From a table to a file. A CSV is safe to open in a spreadsheet: no cell of it is taken for a formula.

mod guard;
mod list;
mod separated;
mod spreadsheet;

pub(crate) use guard::unguarded;
pub use list::{list_text, read_list_text};
pub use separated::{csv, json_lines};
pub use spreadsheet::{SheetColumn, xlsx};
