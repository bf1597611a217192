//! CSV (commas, UTF-8) and JSON lines.

use std::io::Write;

use super::guard::guarded;
use crate::{Cell, TableError, list_text};

/// Writes a header and rows as CSV.
///
/// # Errors
/// Where the writer takes nothing.
pub fn csv(
    out: impl Write,
    columns: &[String],
    rows: impl Iterator<Item = Vec<Cell>>,
) -> Result<(), TableError> {
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(out);
    let header: Vec<_> = columns.iter().map(|name| guarded(name)).collect();
    writer.write_record(header.iter().map(|name| name.as_bytes()))?;
    for row in rows {
        let texts: Vec<String> = row.iter().map(|cell| guarded(&text(cell)).into_owned()).collect();
        writer.write_record(&texts)?;
    }
    writer.flush()?;
    Ok(())
}

/// Writes one JSON value a line.
///
/// # Errors
/// Where the writer takes nothing.
pub fn json_lines(
    mut out: impl Write,
    rows: impl Iterator<Item = serde_json::Value>,
) -> Result<(), TableError> {
    for row in rows {
        writeln!(out, "{row}")?;
    }
    out.flush()?;
    Ok(())
}

/// A cell as a person and a program read it; times are UTC.
fn text(cell: &Cell) -> String {
    match cell {
        Cell::Empty => String::new(),
        Cell::Text(text) | Cell::Number(text) => text.clone(),
        Cell::Flag(flag) => if *flag { "yes" } else { "no" }.to_owned(),
        Cell::Date(date) => date.to_string(),
        Cell::Time(time) => format!("{}Z", time.format("%Y-%m-%dT%H:%M:%S%.f")),
        Cell::List(words) => list_text(words),
    }
}
