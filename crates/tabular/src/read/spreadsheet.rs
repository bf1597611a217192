//! XLSX: one sheet, its first row the header. Cells keep the type that the sheet gives them; a formula counts
//! by its last result.

use std::collections::BTreeMap;
use std::io::{self, Cursor, Read as _};

use calamine::{Data, DataRef, Reader, Xlsx};
use chrono::NaiveDate;
use zip::ZipArchive;

use super::room::Room;
use super::too_wide;
use crate::{Cell, Format, Given, Recognised, Row, RowFault, Table, TableError};

/// Bytes of all parts of a workbook together, unpacked. One of 100,000 rows of twenty columns takes a tenth of it.
const UNPACKED: u64 = 1 << 30;

pub fn read(bytes: &[u8], given: &Given) -> Result<Table, TableError> {
    unpacks(bytes, UNPACKED)?;
    let unreadable = |error: calamine::XlsxError| TableError::Spreadsheet(error.to_string());
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).map_err(unreadable)?;
    let sheets = book.sheet_names();
    let sheet = match &given.sheet {
        Some(name) => sheets.iter().find(|sheet| *sheet == name).ok_or_else(|| {
            TableError::UnknownSheet { name: name.clone(), known: sheets.join(", ") }
        })?,
        None => sheets.first().ok_or(TableError::NoHeader)?,
    }
    .clone();
    // Cell by cell: a range would be laid out whole, however few cells of it are used.
    let mut used: BTreeMap<u32, BTreeMap<u32, DataRef>> = BTreeMap::new();
    let mut reader = book.worksheet_cells_reader(&sheet).map_err(unreadable)?;
    while let Some(found) = reader.next_cell().map_err(unreadable)? {
        if *found.get_value() != DataRef::Empty {
            let (row, column) = found.get_position();
            used.entry(row).or_default().insert(column, found.get_value().clone());
        }
    }
    let first = used.values().filter_map(|row| row.keys().next()).min().copied();
    let (first, (_, header)) = first.zip(used.pop_first()).ok_or(TableError::NoHeader)?;
    let place = |column: &u32| usize::try_from(column - first).unwrap_or(usize::MAX);
    let width = header.keys().last().map_or(0, |last| place(last).saturating_add(1));
    Room::for_columns(width)?;
    let mut columns = vec![String::new(); width];
    for (column, data) in &header {
        columns[place(column)] = name(data); // the last of them gave the width
    }
    let mut room = Room::new();
    let (mut rows, mut faults) = (Vec::new(), Vec::new());
    for (row, found) in &used {
        let line = u64::from(*row) + 1;
        match cells(&columns, found.iter().map(|(column, data)| (place(column), data))) {
            Ok(cells) if cells.iter().all(Cell::is_empty) => {}
            Ok(cells) => {
                room.take(&cells, width)?;
                rows.push(Row { line, cells });
            }
            Err(message) => faults.push(RowFault { line, message }),
        }
    }
    let recognised = Recognised {
        format: Format::Xlsx,
        encoding: None,
        delimiter: None,
        quote: None,
        sheet: Some(sheet),
        sheets,
    };
    Ok(Table { recognised, columns, rows, faults })
}

/// Whether the workbook is not too large to be read: what its parts say of their size is not to be believed.
fn unpacks(bytes: &[u8], most: u64) -> Result<(), TableError> {
    let unreadable = |error: zip::result::ZipError| TableError::Spreadsheet(error.to_string());
    let mut parts = ZipArchive::new(Cursor::new(bytes)).map_err(unreadable)?;
    let mut left = most;
    for at in 0..parts.len() {
        let mut part = parts.by_index(at).map_err(unreadable)?.take(left + 1);
        // What cannot be unpacked is told by who reads the workbook.
        let unpacked = io::copy(&mut part, &mut io::sink()).unwrap_or(0);
        left = left.checked_sub(unpacked).ok_or(TableError::TooLarge)?;
    }
    Ok(())
}

/// The cells of a row in the columns of the header.
fn cells<'d>(
    columns: &[String],
    found: impl Iterator<Item = (usize, &'d DataRef<'d>)>,
) -> Result<Vec<Cell>, String> {
    let mut cells = vec![Cell::Empty; columns.len()];
    for (place, data) in found {
        match columns.get(place) {
            Some(column) => cells[place] = cell(column, data)?, // as long as the columns
            // What looks empty is.
            None if cell("", data).is_ok_and(|cell| cell.is_empty()) => {}
            None => return Err(too_wide(place.saturating_add(1), columns.len())),
        }
    }
    Ok(cells)
}

fn name(data: &DataRef) -> String {
    Data::from(data.clone()).to_string().trim().to_owned()
}

fn cell(column: &str, data: &DataRef) -> Result<Cell, String> {
    Ok(match data {
        DataRef::Empty => Cell::Empty,
        DataRef::Int(int) => Cell::Number(int.to_string()),
        DataRef::Float(float) => Cell::Number(digits(*float)),
        DataRef::String(text) => Cell::text(text),
        DataRef::SharedString(text) => Cell::text(text),
        DataRef::Bool(flag) => Cell::Flag(*flag),
        DataRef::DateTime(time) if time.is_datetime() => {
            let (year, month, day, hour, minute, second, milli) = time.to_ymd_hms_milli();
            let date = NaiveDate::from_ymd_opt(i32::from(year), u32::from(month), u32::from(day));
            let [hour, minute, second] = [hour, minute, second].map(u32::from);
            let milli = u32::from(milli);
            let time = date.and_then(|day| day.and_hms_milli_opt(hour, minute, second, milli));
            match (date, time) {
                (Some(date), _) if [hour, minute, second, milli] == [0; 4] => Cell::Date(date),
                (_, Some(time)) => Cell::Time(time),
                _ => return Err(format!("{column} holds a date that no calendar has")),
            }
        }
        DataRef::DateTime(_) | DataRef::DurationIso(_) => {
            return Err(format!("{column} holds a span of time; write it as a number or a text"));
        }
        DataRef::DateTimeIso(text) => match text.parse::<NaiveDate>() {
            Ok(date) => Cell::Date(date),
            Err(_) => Cell::text(text),
        },
        DataRef::Error(error) => return Err(format!("{column} holds the error {error}; mend it")),
    })
}

/// The fifteen digits that a spreadsheet shows and keeps; what its binary form holds behind them is noise.
fn digits(float: f64) -> String {
    let rounded: f64 = format!("{float:.14e}").parse().unwrap_or(float);
    format!("{rounded}")
}

#[cfg(test)]
mod tests {
    use rust_xlsxwriter::Workbook;

    use super::*;

    fn book(cells: &[(u32, u16, &str)]) -> Vec<u8> {
        let mut book = Workbook::new();
        let sheet = book.add_worksheet();
        for (row, column, text) in cells {
            sheet.write_string(*row, *column, *text).unwrap();
        }
        book.save_to_buffer().unwrap()
    }

    fn table(bytes: &[u8]) -> Table {
        read(bytes, &Given::default()).unwrap()
    }

    #[test]
    fn a_table_may_begin_anywhere_on_its_sheet() {
        let bytes = book(&[(4, 2, "code"), (4, 4, "name"), (6, 2, "A"), (6, 4, "Bolt")]);
        let table = table(&bytes);
        assert_eq!(table.columns, ["code", "", "name"]);
        let [row] = table.rows.as_slice() else { panic!("{:?}", table.rows) };
        assert_eq!(
            (row.line, &row.cells[0], &row.cells[2]),
            (7, &Cell::text("A"), &Cell::text("Bolt"))
        );
    }

    #[test]
    fn a_cell_at_the_far_corner_costs_no_more_than_itself_and_is_named() {
        let table = table(&book(&[(0, 0, "code"), (1, 0, "A"), (1_048_575, 16_383, "x")]));
        let [fault] = table.faults.as_slice() else { panic!("{:?}", table.faults) };
        assert_eq!(fault.line, 1_048_576);
        assert!(fault.message.contains("16384 cells where the header has 1"), "{}", fault.message);
        assert_eq!(table.rows.len(), 1);
    }

    #[test]
    fn a_workbook_that_unpacks_beyond_measure_is_refused_before_it_is_read() {
        use std::io::Write as _;
        use zip::{ZipWriter, write::SimpleFileOptions};
        let mut bomb = ZipWriter::new(Cursor::new(Vec::new()));
        bomb.start_file("xl/sharedStrings.xml", SimpleFileOptions::default()).unwrap();
        bomb.write_all(&vec![b' '; 1 << 20]).unwrap();
        let bytes = bomb.finish().unwrap().into_inner();
        assert!(bytes.len() < 1 << 14);
        assert!(matches!(unpacks(&bytes, 1 << 19), Err(TableError::TooLarge)));
        assert!(unpacks(&bytes, 1 << 20).is_ok());
    }
}
