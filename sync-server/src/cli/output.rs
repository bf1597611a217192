//! Standard output: a JSON document for programs, lines for people. A reader that went away is no failure.

use std::io::{ErrorKind, Write as _};

use serde::Serialize;

use super::failure::Failure;

/// Prints one JSON document.
pub(super) fn json(value: &impl Serialize) -> Result<(), Failure> {
    print(&serde_json::to_string(value)?)
}

/// Prints text and ends the line.
pub(super) fn print(text: &str) -> Result<(), Failure> {
    match writeln!(std::io::stdout(), "{text}") {
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        other => Ok(other?),
    }
}

/// Prints an invitation, with what its reader does with it.
pub(super) fn invitation(email: &str, url: &str) -> Result<(), Failure> {
    print(&format!("{} comes in once with this link:", visible(email)))?;
    print(url)?;
    print("In the desktop app: \"I have an invitation\". At a terminal:")?;
    print(&format!("  daybook accept --link \"{url}\""))
}

/// The text with its control characters written out: a terminal obeys them, whoever typed them.
pub(super) fn visible(text: &str) -> String {
    let written = |sign: char| match sign.is_control() {
        true => sign.escape_default().to_string(),
        false => sign.to_string(),
    };
    text.chars().map(written).collect()
}

/// Prints columns under each other.
pub(super) fn table(rows: &[Vec<String>]) -> Result<(), Failure> {
    let rows: Vec<Vec<String>> =
        rows.iter().map(|row| row.iter().map(|cell| visible(cell)).collect()).collect();
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let width = |column: usize| {
        rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.chars().count()).max()
    };
    let widths: Vec<usize> = (0..columns).map(|column| width(column).unwrap_or(0)).collect();
    for row in &rows {
        let cells = row.iter().zip(&widths).map(|(cell, width)| format!("{cell:<width$}"));
        print(cells.collect::<Vec<_>>().join("  ").trim_end())?;
    }
    Ok(())
}
