//! XLSX: one sheet, its first row the header. Cells keep the type that the sheet gives them; a formula counts
//! by its last result.

use std::io::Cursor;

use calamine::{Data, Reader, Xlsx};
use chrono::NaiveDate;

use crate::{Cell, Format, Given, Recognised, Row, RowFault, Table, TableError};

pub fn read(bytes: &[u8], given: &Given) -> Result<Table, TableError> {
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
    let range = book.worksheet_range(&sheet).map_err(unreadable)?;
    // The range leaves out empty rows and columns before its first cell.
    let first = range.start().map_or(0, |(row, _)| u64::from(row));
    let mut lines = (first + 1..).zip(range.rows());
    let (_, header) = lines.next().ok_or(TableError::NoHeader)?;
    let columns: Vec<String> = header.iter().map(name).collect();
    let (mut rows, mut faults) = (Vec::new(), Vec::new());
    for (line, cells) in lines {
        let cells: Result<Vec<Cell>, String> =
            columns.iter().zip(cells).map(|(column, data)| cell(column, data)).collect();
        match cells {
            Ok(cells) if cells.iter().all(Cell::is_empty) => {}
            Ok(cells) => rows.push(Row { line, cells }),
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

fn name(data: &Data) -> String {
    data.to_string().trim().to_owned()
}

fn cell(column: &str, data: &Data) -> Result<Cell, String> {
    Ok(match data {
        Data::Empty => Cell::Empty,
        Data::Int(int) => Cell::Number(int.to_string()),
        Data::Float(float) => Cell::Number(digits(*float)),
        Data::String(text) => Cell::text(text),
        Data::Bool(flag) => Cell::Flag(*flag),
        Data::DateTime(time) if time.is_datetime() => {
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
        Data::DateTime(_) | Data::DurationIso(_) => {
            return Err(format!("{column} holds a span of time; write it as a number or a text"));
        }
        Data::DateTimeIso(text) => match text.parse::<NaiveDate>() {
            Ok(date) => Cell::Date(date),
            Err(_) => Cell::text(text),
        },
        Data::Error(error) => return Err(format!("{column} holds the error {error}; mend it")),
    })
}

/// The fifteen digits that a spreadsheet shows and keeps; what its binary form holds behind them is noise.
fn digits(float: f64) -> String {
    let rounded: f64 = format!("{float:.14e}").parse().unwrap_or(float);
    format!("{rounded}")
}
