//! Tables in files: CSV of any encoding and delimiter, XLSX and JSON lines are read into one form and written
//! from it, and numbers and dates in the forms that people write them. Knows no record and no rule.

mod cell;
mod dates;
mod decimals;
mod error;
mod format;
mod read;
mod write;

pub use cell::{Cell, Row, RowFault, Table};
pub use dates::DatePattern;
pub use decimals::DecimalForm;
pub use error::TableError;
pub use format::{Format, Given, Recognised};
pub use read::read;
pub use write::{SheetColumn, csv, json_lines, list_text, read_list_text, xlsx};
