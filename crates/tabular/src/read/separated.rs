//! CSV and its relatives: the delimiter and the quote are those that give the first rows one width.

use csv::{ReaderBuilder, StringRecord};

use super::encoding::decode;
use super::room::Room;
use super::too_wide;
use crate::write::unguarded;
use crate::{Cell, Format, Given, Recognised, Row, RowFault, Table, TableError};

const DELIMITERS: [u8; 4] = [b',', b';', b'\t', b'|'];
const QUOTES: [u8; 2] = [b'"', b'\''];
/// Rows that are looked at to tell the delimiter.
const LOOKED_AT: usize = 100;

pub fn read(bytes: &[u8], given: &Given) -> Result<Table, TableError> {
    let (text, encoding) = decode(bytes, given.encoding.as_deref())?;
    // Excel tells itself the delimiter in a line before the header.
    let (told, text, before) =
        match text.strip_prefix("sep=").and_then(|rest| rest.split_once('\n')) {
            Some((sign, rest)) => (one_byte(sign.trim_end_matches('\r')), rest, 1),
            None => (None, text.as_ref(), 0),
        };
    let delimiter = match &given.delimiter {
        Some(sign) => Some(one_sign(sign)?),
        None => told,
    };
    let quote = given.quote.as_deref().map(one_sign).transpose()?;
    let (delimiter, quote) = recognise(text, delimiter, quote);
    let mut reader = reader(text, delimiter, quote);
    let mut header = StringRecord::new();
    if !reader.read_record(&mut header)? || header.iter().all(|name| name.trim().is_empty()) {
        return Err(TableError::NoHeader);
    }
    let mut columns: Vec<String> = header.iter().map(|name| name.trim().to_owned()).collect();
    // A delimiter at the end of every line makes no column.
    let trailing = columns.last().is_some_and(String::is_empty);
    if trailing {
        columns.pop();
    }
    Room::for_columns(columns.len())?;
    let mut room = Room::new();
    let (mut rows, mut faults) = (Vec::new(), Vec::new());
    let mut record = StringRecord::new();
    let mut lines = Lines { text, byte: 0, line: 1 };
    while reader.read_record(&mut record)? {
        let line = before + lines.of(&record);
        let beyond = record.iter().enumerate().filter(|(_, cell)| !cell.trim().is_empty()).last();
        let Some((last, _)) = beyond else { continue };
        if last >= columns.len() {
            let message = format!(
                "{}; put a cell that holds the delimiter in quotes",
                too_wide(last + 1, columns.len())
            );
            faults.push(RowFault { line, message });
            continue;
        }
        let mut cells: Vec<Cell> = record.iter().map(|cell| Cell::text(unguarded(cell))).collect();
        room.take(&cells, columns.len())?;
        cells.resize(columns.len(), Cell::Empty);
        rows.push(Row { line, cells });
    }
    let recognised = Recognised {
        delimiter: Some(char::from(delimiter)),
        quote: Some(char::from(quote)),
        ..Recognised::text(Format::Csv, encoding)
    };
    Ok(Table { recognised, columns, rows, faults })
}

/// Counts lines up to a record. The CSV reader's own count is one behind where lines end in two signs.
struct Lines<'t> {
    text: &'t str,
    byte: usize,
    line: u64,
}

impl Lines<'_> {
    /// The line on which a record begins; records are asked for in their order.
    fn of(&mut self, record: &StringRecord) -> u64 {
        let start = record.position().map_or(0, csv::Position::byte);
        let bytes = self.text.as_bytes();
        let start = usize::try_from(start).unwrap_or(usize::MAX).min(bytes.len());
        let is_end = |byte: &u8| matches!(byte, b'\r' | b'\n');
        let ends = bytes.iter().skip(start).take_while(|byte| is_end(byte)).count();
        let passed = bytes.get(self.byte..start + ends).unwrap_or_default();
        let passed = passed.iter().filter(|byte| **byte == b'\n').count();
        self.line += u64::try_from(passed).unwrap_or(u64::MAX);
        self.byte = start + ends;
        self.line
    }
}

fn reader(text: &str, delimiter: u8, quote: u8) -> csv::Reader<&[u8]> {
    ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(delimiter)
        .quote(quote)
        .from_reader(text.as_bytes())
}

fn one_sign(text: &str) -> Result<u8, TableError> {
    match text {
        "tab" | "\\t" => Ok(b'\t'),
        text => one_byte(text).ok_or_else(|| TableError::BadDelimiter(text.to_owned())),
    }
}

/// The CSV reader parts by one byte.
fn one_byte(text: &str) -> Option<u8> {
    match text.as_bytes() {
        [sign] if sign.is_ascii() && !sign.is_ascii_alphanumeric() => Some(*sign),
        _ => None,
    }
}

fn recognise(text: &str, delimiter: Option<u8>, quote: Option<u8>) -> (u8, u8) {
    let delimiters = delimiter.map_or(DELIMITERS.to_vec(), |sign| vec![sign]);
    let quotes = quote.map_or(QUOTES.to_vec(), |sign| vec![sign]);
    let mut best = (0, delimiters[0], quotes[0]); // both hold one sign at least
    for quote in &quotes {
        // An apostrophe is a letter of names far more often than a quote.
        if *quote == b'\'' && quotes.len() > 1 && !quotes_cells(text, &delimiters) {
            continue;
        }
        for delimiter in &delimiters {
            let score = evenness(text, *delimiter, *quote);
            if score > best.0 {
                best = (score, *delimiter, *quote);
            }
        }
    }
    (best.1, best.2)
}

/// Whether the header's cells stand in apostrophes.
fn quotes_cells(text: &str, delimiters: &[u8]) -> bool {
    let header = text.lines().next().unwrap_or_default();
    delimiters.iter().any(|delimiter| {
        let mut cells = header.split(char::from(*delimiter)).map(str::trim);
        cells.all(|cell| cell.len() > 1 && cell.starts_with('\'') && cell.ends_with('\''))
    })
}

/// How many cells stand in the rows that are as wide as the header; one column is no sign of anything.
fn evenness(text: &str, delimiter: u8, quote: u8) -> usize {
    let mut reader = reader(text, delimiter, quote);
    let mut widths = reader.records().take(LOOKED_AT).map_while(Result::ok).map(|row| row.len());
    let Some(width) = widths.next().filter(|width| *width > 1) else { return 0 };
    let (same, other) = widths.fold((1, 0), |(same, other), row| match row == width {
        true => (same + 1, other),
        false => (same, other + 1),
    });
    (same * width).saturating_sub(other * width)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(text: &str) -> Table {
        read(text.as_bytes(), &Given::default()).unwrap()
    }

    fn texts(row: &Row) -> Vec<&str> {
        fn text(cell: &Cell) -> &str {
            match cell {
                Cell::Text(text) => text.as_str(),
                _ => "",
            }
        }
        row.cells.iter().map(text).collect()
    }

    #[test]
    fn the_delimiter_is_the_one_that_gives_rows_of_one_width() {
        for (sign, text) in [
            (',', "code,name\nA,\"Bolt, long\"\nB,\"Nut; \"\"M8\"\"\"\n"),
            (';', "code;name\nA;1,5\nB;2,75\n"),
            ('\t', "code\tname\nA\tBolt, long\n"),
            ('|', "code|name\nA|Bolt\n"),
        ] {
            let table = table(text);
            assert_eq!(table.recognised.delimiter, Some(sign));
            assert_eq!(table.columns, ["code", "name"]);
            assert!(table.faults.is_empty());
        }
        assert_eq!(texts(&table("a;b\nx;\"1\n2\"\n").rows[0]), ["x", "1\n2"]);
    }

    #[test]
    fn apostrophes_quote_where_the_header_stands_in_them_and_are_letters_elsewhere() {
        let quoted = table("'a';'b'\n'x;y';'it''s'\n");
        assert_eq!(quoted.recognised.quote, Some('\''));
        assert_eq!(texts(&quoted.rows[0]), ["x;y", "it's"]);
        let names = table("name,city\nGrandma Kelly's,Ann Arbor\n'Ohana,Hilo\n");
        assert_eq!(names.recognised.quote, Some('"'));
        assert_eq!(texts(&names.rows[1]), ["'Ohana", "Hilo"]);
    }

    #[test]
    fn a_row_that_is_too_wide_is_named_by_its_line_and_a_short_one_is_filled() {
        let table = table("a,b,c\n1,2,3\n1,\"x\ny\",3,4\n5\n\n,,\n6,7,8,\n");
        let [fault] = table.faults.as_slice() else { panic!("{:?}", table.faults) };
        assert_eq!(fault.line, 3);
        assert!(fault.message.contains("4 cells where the header has 3"), "{}", fault.message);
        let lines: Vec<u64> = table.rows.iter().map(|row| row.line).collect();
        assert_eq!(lines, [2, 5, 8]);
        let crlf = "a,b\r\n1,2\r\n\r\n\"x\r\ny\",3\r\n4,5\r\n";
        let lines: Vec<u64> = self::table(crlf).rows.iter().map(|row| row.line).collect();
        assert_eq!(lines, [2, 4, 6]);
        assert_eq!(texts(&table.rows[1]), ["5", "", ""]);
    }

    #[test]
    fn excel_may_tell_its_delimiter_first() {
        let table = table("sep=;\r\na;b\r\n1;2\r\n");
        assert_eq!((table.columns.len(), table.rows[0].line), (2, 3));
    }

    #[test]
    fn a_header_wider_than_any_sheet_is_refused() {
        let header: Vec<String> = (0..60_000).map(|column| format!("c{column}")).collect();
        let read = read(format!("{}\n1\n", header.join(",")).as_bytes(), &Given::default());
        assert!(matches!(read, Err(TableError::TooWide { .. })));
    }

    #[test]
    fn a_file_without_a_header_is_refused() {
        for empty in ["", "\n\n", ";;\n"] {
            let read = read(empty.as_bytes(), &Given::default());
            assert!(matches!(read, Err(TableError::NoHeader)), "{empty:?}");
        }
    }
}
