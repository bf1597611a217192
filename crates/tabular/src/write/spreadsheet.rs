//! XLSX: texts are texts, so that nothing in them is a formula. A number that a spreadsheet could not keep to
//! the last digit is written as a text.

use std::io::{Seek, Write};

use rust_xlsxwriter::{ExcelDateTime, Format, Workbook, Worksheet, XlsxError};

use chrono::{Datelike, NaiveDate};

use crate::{Cell, TableError, list_text};

/// Significant digits that a spreadsheet keeps.
const DIGITS: usize = 15;
/// The first year of a spreadsheet's calendar.
const FIRST_YEAR: i32 = 1901;

/// Writes a header and rows as the one sheet of a workbook.
///
/// # Errors
/// `DoesNotFit` where a sheet has no room for it, and where the writer takes nothing.
pub fn xlsx(
    out: impl Write + Seek + Send,
    sheet: &str,
    columns: &[String],
    rows: impl Iterator<Item = Vec<Cell>>,
) -> Result<(), TableError> {
    let mut book = Workbook::new();
    let written = fill(book.add_worksheet(), sheet, columns, rows);
    written.and_then(|()| book.save_to_writer(out)).map_err(|error| match error {
        XlsxError::IoError(error) => TableError::File(error),
        error => TableError::DoesNotFit(error.to_string()),
    })
}

fn fill(
    page: &mut Worksheet,
    sheet: &str,
    columns: &[String],
    rows: impl Iterator<Item = Vec<Cell>>,
) -> Result<(), XlsxError> {
    // A sheet's name has at most 31 signs.
    page.set_name(sheet.chars().take(31).collect::<String>())?;
    let (bold, day) = (Format::new().set_bold(), Format::new().set_num_format("yyyy-mm-dd"));
    for (column, name) in (0..).zip(columns) {
        page.write_string_with_format(0, column, name, &bold)?;
    }
    page.set_freeze_panes(1, 0)?;
    for (line, row) in (1..).zip(rows) {
        for (column, cell) in (0..).zip(&row) {
            write(page, (line, column), cell, &day)?;
        }
    }
    Ok(())
}

fn write(
    page: &mut Worksheet,
    (line, column): (u32, u16),
    cell: &Cell,
    day: &Format,
) -> Result<(), XlsxError> {
    match cell {
        Cell::Empty => return Ok(()),
        Cell::Text(text) => page.write_string(line, column, text)?,
        Cell::Number(text) => match exact(text) {
            Some(number) => page.write_number(line, column, number)?,
            None => page.write_string(line, column, text)?,
        },
        Cell::Flag(flag) => page.write_boolean(line, column, *flag)?,
        Cell::Date(date) => match serial(*date)? {
            Some(serial) => page.write_datetime_with_format(line, column, &serial, day)?,
            None => page.write_string(line, column, date.to_string())?,
        },
        Cell::Time(time) => {
            let text = format!("{}Z", time.format("%Y-%m-%dT%H:%M:%S%.f"));
            page.write_string(line, column, text)?
        }
        Cell::List(words) => page.write_string(line, column, list_text(words))?,
    };
    Ok(())
}

/// The number where all its digits are kept.
fn exact(text: &str) -> Option<f64> {
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    (digits <= DIGITS).then(|| text.parse().ok()).flatten()
}

fn serial(date: NaiveDate) -> Result<Option<ExcelDateTime>, XlsxError> {
    if date.year() < FIRST_YEAR {
        return Ok(None);
    }
    let year = u16::try_from(date.year()).unwrap_or(u16::MAX);
    let part = |number: u32| u8::try_from(number).unwrap_or_default(); // months and days
    ExcelDateTime::from_ymd(year, part(date.month()), part(date.day())).map(Some)
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;
    use crate::{Format as FileFormat, Given};

    #[test]
    fn a_sheet_reads_back_as_it_was_written() {
        let columns: Vec<String> =
            ["code", "price", "active", "since", "tags"].map(Into::into).into();
        let cells = vec![
            Cell::text("=1+1"),
            Cell::Number("18.99".into()),
            Cell::Flag(true),
            Cell::Date(NaiveDate::from_ymd_opt(1992, 5, 1).unwrap()),
            Cell::text("a, b"),
        ];
        let long = Cell::Number("922337203685477.5807".into());
        let old = Cell::Date(NaiveDate::from_ymd_opt(1850, 1, 2).unwrap());
        let second = vec![Cell::text("00501"), long, Cell::Empty, old, Cell::Empty];
        let mut file = Cursor::new(Vec::new());
        xlsx(&mut file, "Items", &columns, [cells.clone(), second].into_iter()).unwrap();
        let table = crate::read(file.get_ref(), Some(FileFormat::Xlsx), &Given::default()).unwrap();
        assert_eq!(table.columns, columns);
        assert_eq!(table.rows[0].cells, cells);
        assert_eq!(table.rows[0].line, 2);
        let texts = ["00501", "922337203685477.5807", "", "1850-01-02", ""].map(Cell::text);
        assert_eq!(table.rows[1].cells, texts);
        assert_eq!(table.recognised.sheet.as_deref(), Some("Items"));
    }
}
