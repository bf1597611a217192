//! From bytes to a table: the form is told or recognised, and everything in it is kept as it stands.

mod encoding;
mod json_lines;
mod room;
mod separated;
mod spreadsheet;

use std::collections::BTreeSet;

use crate::{Format, Given, Table, TableError};

/// Reads a file's bytes. `by_name` is the form that its name says.
///
/// # Errors
/// Where the file as a whole is no table; what is wrong with single rows is in the table.
pub fn read(bytes: &[u8], by_name: Option<Format>, given: &Given) -> Result<Table, TableError> {
    let format = given.format.or(by_name).or_else(|| by_content(bytes));
    let table = match format.ok_or(TableError::UnknownFormat)? {
        Format::Csv => separated::read(bytes, given)?,
        Format::Xlsx => spreadsheet::read(bytes, given)?,
        Format::JsonLines => json_lines::read(bytes, given)?,
    };
    let mut seen = BTreeSet::new();
    match table.columns.iter().find(|name| !name.is_empty() && !seen.insert(name.as_str())) {
        Some(double) => Err(TableError::DoubleColumn(double.clone())),
        None => Ok(table),
    }
}

/// Of a row with more cells than its table has columns.
fn too_wide(has: usize, header: usize) -> String {
    format!("has {has} cells where the header has {header}")
}

fn by_content(bytes: &[u8]) -> Option<Format> {
    if bytes.starts_with(b"PK\x03\x04") {
        return Some(Format::Xlsx);
    }
    let first = bytes.iter().find(|byte| !byte.is_ascii_whitespace())?;
    (*first == b'{').then_some(Format::JsonLines)
}
