//! JSON lines: one object a line. What is nested becomes columns with dots in their names, rows in an array
//! are counted from one: `contact.1.name`.

use std::collections::{BTreeMap, HashSet};

use serde::Deserialize;
use serde::de::{Error as _, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::encoding::decode;
use super::room::Room;
use crate::{Cell, Format, Given, Recognised, Row, RowFault, Table, TableError};

/// Objects within objects, at most: an address within a contact within a customer is three.
const DEPTH: usize = 16;

pub fn read(bytes: &[u8], given: &Given) -> Result<Table, TableError> {
    let (text, encoding) = decode(bytes, given.encoding.as_deref())?;
    let mut columns: Vec<String> = Vec::new();
    let mut places: BTreeMap<String, usize> = BTreeMap::new();
    let (mut rows, mut faults) = (Vec::new(), Vec::new());
    for (line, text) in (1..).zip(text.lines()).filter(|(_, text)| !text.trim().is_empty()) {
        let mut found = Vec::new();
        let flat = object(text, "", DEPTH, &mut found);
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

/// What stands in an object, in its order, each value as it was written.
struct Object<'t>(Vec<(String, &'t RawValue)>);

impl<'t> Deserialize<'t> for Object<'t> {
    fn deserialize<D: serde::Deserializer<'t>>(deserializer: D) -> Result<Self, D::Error> {
        struct Entries;
        impl<'t> Visitor<'t> for Entries {
            type Value = Object<'t>;

            fn expecting(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
                f.write_str("one {…} a line")
            }

            fn visit_map<A: MapAccess<'t>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let (mut entries, mut names) = (Vec::new(), HashSet::new());
                while let Some((name, value)) = map.next_entry::<String, &RawValue>()? {
                    if !names.insert(name.clone()) {
                        return Err(A::Error::custom(format_args!("{name} stands in it twice")));
                    }
                    entries.push((name, value));
                }
                Ok(Object(entries))
            }
        }
        deserializer.deserialize_map(Entries)
    }
}

/// Flattens an object whose values belong below `path`.
fn object(
    text: &str,
    path: &str,
    depth: usize,
    found: &mut Vec<(String, Cell)>,
) -> Result<(), String> {
    let within = depth.checked_sub(1).ok_or("is nested too deeply to be a row")?;
    let Object(entries) = read_as(text)?;
    entries.into_iter().try_for_each(|(name, value)| {
        let path = if path.is_empty() { name } else { format!("{path}.{name}") };
        flatten(path, value.get(), within, found)
    })
}

fn flatten(
    name: String,
    text: &str,
    depth: usize,
    found: &mut Vec<(String, Cell)>,
) -> Result<(), String> {
    let cell = match text.bytes().next() {
        Some(b'n') => Cell::Empty,
        Some(b't') => Cell::Flag(true),
        Some(b'f') => Cell::Flag(false),
        Some(b'"') => Cell::text(&read_as::<String>(text)?),
        Some(b'{') => return object(text, &name, depth, found),
        Some(b'[') => {
            let values: Vec<&RawValue> = read_as(text)?;
            let texts: Vec<&str> = values.into_iter().map(RawValue::get).collect();
            if texts.iter().any(|text| text.starts_with('{')) {
                return (1..).zip(texts).try_for_each(|(number, text)| {
                    flatten(format!("{name}.{number}"), text, depth, found)
                });
            }
            let texts = texts.into_iter().map(|text| entry(&name, text));
            match texts.collect::<Result<Vec<_>, _>>()? {
                none if none.is_empty() => Cell::Empty,
                texts => Cell::List(texts),
            }
        }
        _ => Cell::Number(plain(&name, text)?),
    };
    found.push((name, cell));
    Ok(())
}

fn read_as<'t, T: Deserialize<'t>>(text: &'t str) -> Result<T, String> {
    serde_json::from_str(text).map_err(|error| format!("is not a row in JSON: {error}"))
}

fn entry(name: &str, text: &str) -> Result<String, String> {
    match text.bytes().next() {
        Some(b'"') => read_as(text),
        Some(b'-' | b'0'..=b'9') => plain(name, text),
        _ => Err(format!("{name} is a list of something else than texts")),
    }
}

/// A number with the digits that stand there; a whole number with a fraction of nothing is written without one.
fn plain(name: &str, text: &str) -> Result<String, String> {
    if text.contains(['e', 'E']) {
        return Err(format!("{name} is a number with an exponent; write out its digits"));
    }
    Ok(text.strip_suffix(".0").unwrap_or(text).to_owned())
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
    fn a_number_keeps_its_digits_and_what_cannot_be_read_is_named() {
        let deep = format!("{}1{}", "{\"a\":".repeat(40), "}".repeat(40));
        let text = format!(
            "{{\"a\":12345678901234567.8900}}\n{{\"a\":1e3}}\n[1]\n{{\"a\":\n{{\"a\":5.0}}\n\
             {{\"a\":1,\"a\":2}}\n{deep}\n"
        );
        let table = read(text.as_bytes(), &Given::default()).unwrap();
        let lines: Vec<u64> = table.faults.iter().map(|fault| fault.line).collect();
        assert_eq!(lines, [2, 3, 4, 6, 7]);
        assert!(table.faults[3].message.contains("a stands in it twice"));
        let numbers: Vec<&Cell> = table.rows.iter().map(|row| &row.cells[0]).collect();
        let number = |text: &str| Cell::Number(text.to_owned());
        assert_eq!(numbers, [&number("12345678901234567.8900"), &number("5")]);
    }
}
