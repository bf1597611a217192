//! CSV (UTF-8 with its mark, commas or semicolons) and JSON lines.

use std::io::Write;

use super::guard::guarded;
use crate::{Cell, DecimalForm, TableError, list_text};

/// Without it Excel takes a CSV for the machine's old encoding and shows `CafÃ©`.
const MARK: &str = "\u{feff}";

/// Writes a header and rows as CSV. Where decimals stand behind a comma, semicolons part the cells: so a reader
/// that sees them knows how to read `1,234`.
///
/// # Errors
/// Where the writer takes nothing.
pub fn csv(
    mut out: impl Write,
    columns: &[String],
    form: DecimalForm,
    rows: impl Iterator<Item = Vec<Cell>>,
) -> Result<(), TableError> {
    let delimiter = match form {
        DecimalForm::Point => b',',
        DecimalForm::Comma => b';',
    };
    out.write_all(MARK.as_bytes())?;
    let mut writer = csv::WriterBuilder::new()
        .delimiter(delimiter)
        .terminator(csv::Terminator::CRLF)
        .from_writer(out);
    let header: Vec<_> = columns.iter().map(|name| guarded(name)).collect();
    writer.write_record(header.iter().map(|name| name.as_bytes()))?;
    for row in rows {
        let texts: Vec<String> =
            row.iter().map(|cell| guarded(&text(cell, form)).into_owned()).collect();
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
fn text(cell: &Cell, form: DecimalForm) -> String {
    match (cell, form) {
        (Cell::Number(number), DecimalForm::Comma) => number.replace('.', ","),
        (cell, _) => plain(cell),
    }
}

fn plain(cell: &Cell) -> String {
    match cell {
        Cell::Empty => String::new(),
        Cell::Text(text) | Cell::Number(text) => text.clone(),
        Cell::Flag(flag) => if *flag { "yes" } else { "no" }.to_owned(),
        Cell::Date(date) => date.to_string(),
        Cell::Time(time) => format!("{}Z", time.format("%Y-%m-%dT%H:%M:%S%.f")),
        Cell::List(words) => list_text(words),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Given;

    #[test]
    fn a_csv_for_excel_is_read_as_it_was_written() {
        let columns = ["name", "price"].map(str::to_owned);
        let row = vec![Cell::text("Café; Zimt"), Cell::Number("-1.234".to_owned())];
        for (form, line) in [
            (DecimalForm::Point, "\u{feff}name,price\r\nCafé; Zimt,-1.234\r\n"),
            (DecimalForm::Comma, "\u{feff}name;price\r\n\"Café; Zimt\";-1,234\r\n"),
        ] {
            let mut file = Vec::new();
            csv(&mut file, &columns, form, [row.clone()].into_iter()).unwrap();
            assert_eq!(String::from_utf8(file.clone()).unwrap(), line);
            let table = crate::read(&file, Some(crate::Format::Csv), &Given::default()).unwrap();
            assert_eq!(table.columns, columns);
            let Cell::Text(price) = &table.rows[0].cells[1] else { panic!("a CSV has texts") };
            assert_eq!(form.read(price).as_deref(), Some("-1.234"));
        }
    }
}
