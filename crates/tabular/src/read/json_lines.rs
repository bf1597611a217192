//! JSON lines: one object a line. What is nested becomes columns with dots in their names, rows in an array
//! are counted from one: `contact.1.name`.

use std::collections::BTreeMap;

use serde_json::Value;

use super::encoding::decode;
use super::room::Room;
use crate::{Cell, Format, Given, Recognised, Row, RowFault, Table, TableError};

/// Digits that a number written without quotes keeps on its way.
const EXACT_DIGITS: usize = 15;

pub fn read(bytes: &[u8], given: &Given) -> Result<Table, TableError> {
    let (text, encoding) = decode(bytes, given.encoding.as_deref())?;
    let mut columns: Vec<String> = Vec::new();
    let mut places: BTreeMap<String, usize> = BTreeMap::new();
    let (mut rows, mut faults) = (Vec::new(), Vec::new());
    for (line, text) in (1..).zip(text.lines()).filter(|(_, text)| !text.trim().is_empty()) {
        let mut found = Vec::new();
        let flat = match serde_json::from_str::<Value>(text) {
            Ok(Value::Object(object)) => {
                object.iter().try_for_each(|(name, value)| flatten(name, value, &mut found))
            }
            Ok(_) => Err("is not an object; write one {…} a line".to_owned()),
            Err(error) => Err(format!("is not JSON: {error}")),
        };
        if let Err(message) = flat {
            faults.push(RowFault { line, message });
            continue;
        }
        let mut cells = Vec::new();
        for (name, cell) in found {
            let place = *places.entry(name).or_insert_with_key(|name| {
                columns.push(name.clone());
                columns.len() - 1
            });
            cells.push((place, cell));
        }
        Room::for_columns(columns.len())?;
        rows.push((line, cells));
    }
    if rows.is_empty() && faults.is_empty() {
        return Err(TableError::NoHeader);
    }
    // Laid out when all columns are known: each line could name one that no other has.
    let mut room = Room::new();
    let mut filled = Vec::new();
    for (line, found) in rows {
        room.take(found.iter().map(|(_, cell)| cell), columns.len())?;
        let mut cells = vec![Cell::Empty; columns.len()];
        for (place, cell) in found {
            cells[place] = cell; // places are of these columns
        }
        filled.push(Row { line, cells });
    }
    let recognised = Recognised::text(Format::JsonLines, encoding);
    Ok(Table { recognised, columns, rows: filled, faults })
}

fn flatten(name: &str, value: &Value, found: &mut Vec<(String, Cell)>) -> Result<(), String> {
    let cell = match value {
        Value::Null => Cell::Empty,
        Value::Bool(flag) => Cell::Flag(*flag),
        Value::Number(number) => Cell::Number(exact(name, number)?),
        Value::String(text) => Cell::text(text),
        Value::Array(values) if values.iter().any(Value::is_object) => {
            for (number, value) in (1..).zip(values) {
                flatten(&format!("{name}.{number}"), value, found)?;
            }
            return Ok(());
        }
        Value::Array(values) => {
            let texts = values.iter().map(|value| match value {
                Value::String(text) => Ok(text.clone()),
                Value::Number(number) => exact(name, number),
                _ => Err(format!("{name} is a list of something else than texts")),
            });
            match texts.collect::<Result<Vec<_>, _>>()? {
                none if none.is_empty() => Cell::Empty,
                texts => Cell::List(texts),
            }
        }
        Value::Object(object) => {
            let mut inside = object.iter();
            return inside
                .try_for_each(|(key, value)| flatten(&format!("{name}.{key}"), value, found));
        }
    };
    found.push((name.to_owned(), cell));
    Ok(())
}

/// The digits as they stand, where the reader of JSON has kept them all.
fn exact(name: &str, number: &serde_json::Number) -> Result<String, String> {
    let text = number.to_string();
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    let whole = number.is_i64() || number.is_u64();
    if whole || (digits <= EXACT_DIGITS && !text.contains(['e', 'E'])) {
        // A whole number with a fraction of nothing is written with one.
        return Ok(text.strip_suffix(".0").unwrap_or(&text).to_owned());
    }
    Err(format!("{name} is a number with too many digits to be kept exactly; write it in quotes"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn objects_become_rows_and_what_is_nested_becomes_columns() {
        let text = concat!(
            r#"{"code":"A","price":18.99,"active":true,"tags":["x, y","z"],"contact":[{"name":"Ada"},{"name":"Bo"}]}"#,
            "\n\n",
            r#"{"code":"B","extra":{"fax":"1"},"price":null,"contact":[]}"#,
        );
        let table = read(text.as_bytes(), &Given::default()).unwrap();
        assert!(table.faults.is_empty());
        let cell = |row: usize, column: &str| {
            let at = table.columns.iter().position(|name| name == column).unwrap();
            table.rows[row].cells[at].clone()
        };
        assert_eq!(cell(0, "price"), Cell::Number("18.99".into()));
        assert_eq!(cell(0, "contact.2.name"), Cell::text("Bo"));
        assert_eq!(cell(0, "tags"), Cell::List(vec!["x, y".into(), "z".into()]));
        assert_eq!(cell(1, "extra.fax"), Cell::text("1"));
        assert_eq!(cell(1, "price"), Cell::Empty);
        assert_eq!(table.rows[1].line, 3);
    }

    #[test]
    fn a_file_that_unfolds_beyond_measure_is_refused() {
        let new_names: String = (0..30_000).map(|n| format!("{{\"k{n}\":1}}\n")).collect();
        let read_all = |text: &str| read(text.as_bytes(), &Given::default());
        assert!(matches!(read_all(&new_names), Err(TableError::TooWide { .. })));
        let names: Vec<String> = (0..16_000).map(|n| format!("\"k{n}\":1")).collect();
        let last = "{\"k15999\":1}\n".repeat(4_000);
        let far = format!("{{{}}}\n{last}", names.join(","));
        assert!(matches!(read_all(&far), Err(TableError::TooLarge)));
    }

    #[test]
    fn a_number_that_would_lose_digits_is_refused_and_so_is_what_is_no_object() {
        let text = "{\"a\":1}\n{\"a\":12345678901234567.89}\n[1]\n{\"a\":\n{\"a\":5.0}\n";
        let table = read(text.as_bytes(), &Given::default()).unwrap();
        let lines: Vec<u64> = table.faults.iter().map(|fault| fault.line).collect();
        assert_eq!(lines, [2, 3, 4]);
        assert!(table.faults[0].message.contains("in quotes"));
        assert_eq!(table.rows[1].cells, [Cell::Number("5".into())]);
    }
}
