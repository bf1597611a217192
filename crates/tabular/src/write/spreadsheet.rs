//! XLSX: texts are texts, so that nothing in them is a formula. A number that a spreadsheet could not keep to
//! the last digit is written as a text, and so is a time, which a spreadsheet would keep without its time zone.

use std::io::{Seek, Write};

use rust_xlsxwriter::{ExcelDateTime, Format, Workbook, Worksheet, XlsxError};

use chrono::{Datelike, NaiveDate};

use crate::{Cell, TableError, list_text};

/// Significant digits that a spreadsheet keeps.
const DIGITS: usize = 15;
/// The first year of a spreadsheet's calendar.
const FIRST_YEAR: i32 = 1901;
/// The short date of the machine on which it is opened; see ECMA-376, part 1, 18.8.30.
const SHORT_DATE: u8 = 14;
/// With groups of thousands and two decimals, more where there are more.
const MONEY: &str = "#,##0.00####";
/// Signs that no sheet's name has, and how long it may be.
const NOT_IN_A_NAME: [char; 7] = ['[', ']', ':', '*', '?', '/', '\\'];
const NAME_SIGNS: usize = 31;
/// Columns are made as wide as what they hold, up to so many pixels.
const WIDEST: u32 = 360;
/// The width of a day in the longest form that a machine has for it, in digits.
const DAY_WIDTH: f64 = 11.0;
/// So many rows say how wide a column is: more would take longer to measure than to write.
const MEASURED: u32 = 1_000;

/// A column of a sheet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SheetColumn {
    /// What stands over it.
    pub heading: String,
    /// Its numbers are amounts of money.
    pub is_money: bool,
}

/// How cells are shown.
struct Shown {
    day: Format,
    money: Format,
}

/// Writes a header and rows as the one sheet of a workbook: the header bold and always in sight, columns as wide as
/// they need to be, days and amounts in the form of whoever opens it.
///
/// # Errors
/// `DoesNotFit` where a sheet has no room for it, and where the writer takes nothing.
pub fn xlsx(
    out: impl Write + Seek + Send,
    sheet: &str,
    columns: &[SheetColumn],
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
    columns: &[SheetColumn],
    rows: impl Iterator<Item = Vec<Cell>>,
) -> Result<(), XlsxError> {
    let name: String = sheet.replace(NOT_IN_A_NAME, " ").chars().take(NAME_SIGNS).collect();
    page.set_name(name)?;
    let bold = Format::new().set_bold();
    let shown = Shown {
        day: Format::new().set_num_format_index(SHORT_DATE),
        money: Format::new().set_num_format(MONEY),
    };
    for (at, column) in (0..).zip(columns) {
        page.write_string_with_format(0, at, &column.heading, &bold)?;
    }
    page.set_freeze_panes(1, 0)?;
    let mut has_days = vec![false; columns.len()];
    for (line, row) in (1..).zip(rows) {
        for (at, (cell, column)) in (0..).zip(row.iter().zip(columns)) {
            write(page, (line, at), cell, column, &shown)?;
        }
        for (has_days, cell) in has_days.iter_mut().zip(&row) {
            *has_days |= matches!(cell, Cell::Date(_));
        }
    }
    page.set_autofit_max_row(MEASURED).set_autofit_max_width(WIDEST).autofit();
    // What was measured is the American form, which is shorter than others: in one of those no day would be shown.
    for (at, (column, _)) in (0..).zip(columns.iter().zip(has_days)).filter(|(_, (_, has))| *has) {
        let heading = u32::try_from(column.heading.chars().count()).unwrap_or(u32::MAX);
        page.set_column_width(at, DAY_WIDTH.max(f64::from(heading) + 2.0))?;
    }
    Ok(())
}

fn write(
    page: &mut Worksheet,
    (line, column): (u32, u16),
    cell: &Cell,
    of: &SheetColumn,
    shown: &Shown,
) -> Result<(), XlsxError> {
    match cell {
        Cell::Empty => return Ok(()),
        Cell::Text(text) => page.write_string(line, column, text)?,
        Cell::Number(text) => match exact(text) {
            Some(number) if of.is_money => {
                page.write_number_with_format(line, column, number, &shown.money)?
            }
            Some(number) => page.write_number(line, column, number)?,
            None => page.write_string(line, column, text)?,
        },
        Cell::Flag(flag) => page.write_boolean(line, column, *flag)?,
        Cell::Date(date) => match serial(*date)? {
            Some(serial) => page.write_datetime_with_format(line, column, &serial, &shown.day)?,
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
        let columns: Vec<SheetColumn> = ["Code", "Price", "Active", "Since", "Tags"]
            .map(|heading| SheetColumn { heading: heading.into(), is_money: heading == "Price" })
            .into();
        let cells = vec![
            Cell::text("=1+1"),
            Cell::Number("1234.5".into()),
            Cell::Flag(true),
            Cell::Date(NaiveDate::from_ymd_opt(1992, 5, 1).unwrap()),
            Cell::text("a, b"),
        ];
        let long = Cell::Number("922337203685477.5807".into());
        let old = Cell::Date(NaiveDate::from_ymd_opt(1850, 1, 2).unwrap());
        let second = vec![Cell::text("00501"), long, Cell::Empty, old, Cell::Empty];
        let mut file = Cursor::new(Vec::new());
        let rows = [cells.clone(), second].into_iter();
        xlsx(&mut file, "Items: in/out", &columns, rows).unwrap();
        let table = crate::read(file.get_ref(), Some(FileFormat::Xlsx), &Given::default()).unwrap();
        assert_eq!(table.columns, ["Code", "Price", "Active", "Since", "Tags"]);
        assert_eq!(table.rows[0].cells, cells);
        assert_eq!(table.rows[0].line, 2);
        let texts = ["00501", "922337203685477.5807", "", "1850-01-02", ""].map(Cell::text);
        assert_eq!(table.rows[1].cells, texts);
        assert_eq!(table.recognised.sheet.as_deref(), Some("Items  in out"));
    }

    /// A part of the workbook as it stands in the file.
    fn part(file: &[u8], name: &str) -> String {
        let mut parts = zip::ZipArchive::new(Cursor::new(file)).unwrap();
        std::io::read_to_string(parts.by_name(name).unwrap()).unwrap()
    }

    #[test]
    fn a_sheet_looks_as_a_person_would_make_it() {
        let column = |heading: &str, is_money| SheetColumn { heading: heading.into(), is_money };
        let columns = [column("Name", false), column("Limit", true), column("Since", false)];
        let row = vec![
            Cell::text("Alfreds Futterkiste in der Oberen Straße"),
            Cell::Number("1234567.5".into()),
            Cell::Date(NaiveDate::from_ymd_opt(2026, 5, 1).unwrap()),
        ];
        let mut file = Cursor::new(Vec::new());
        xlsx(&mut file, "Kunden", &columns, [row].into_iter()).unwrap();
        let (page, styles) = (
            part(file.get_ref(), "xl/worksheets/sheet1.xml"),
            part(file.get_ref(), "xl/styles.xml"),
        );
        assert!(page.contains("state=\"frozen\"") && page.contains("ySplit=\"1\""), "{page}");
        assert!(styles.contains("<b/>") && styles.contains("#,##0.00####"), "{styles}");
        assert!(styles.contains("numFmtId=\"14\""), "{styles}");
        // Amounts and days are numbers with a form, not texts.
        assert!(page.contains("<v>1234567.5</v>") && page.contains("<v>46143</v>"), "{page}");
        let widths: Vec<f64> = page
            .split(" width=\"")
            .skip(1)
            .map(|rest| rest.split('"').next().unwrap().parse().unwrap())
            .collect();
        let [name, limit, day] = widths[..] else { panic!("{page}") };
        assert!(name > 30.0, "{widths:?}");
        assert!(
            limit > 11.0,
            "1,234,567.50 has its room, its signs narrower than digits: {widths:?}"
        );
        assert!(day > 11.0, "and so has 01.05.2026: {widths:?}");
    }
}
