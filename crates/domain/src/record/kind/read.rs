//! Reading a cell from the wire, or what a person typed, into the value that is stored.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::str::FromStr;

use rust_decimal::Decimal;
use uuid::Uuid;

use super::{Kind, decimal};
use crate::person;
use crate::record::own_field::is_own_name;
use crate::record::text::{clean, is_blank};
use crate::record::{Attachment, Cell, Value, calendar};
use crate::standards::{self, Fault};

/// Longest free text, in characters.
const LONG_TEXT_MAX: usize = 20_000;
/// Longest code, in characters.
const CODE_MAX: usize = 40;
/// Most entries of a list or map, and the longest of each, in characters.
const LIST_MAX: usize = 200;
const LIST_TEXT_MAX: usize = 500;

impl Kind {
    /// Reads a cell from the wire, or a text that a person typed, into the value that is stored:
    /// trimmed, normalised by its standard, checked. An empty text is `Null`.
    ///
    /// # Errors
    /// The rule that refused and what to do about it.
    pub fn read(self, cell: &Cell) -> Result<Value, Fault> {
        match cell {
            Cell::Null => Ok(Value::Null),
            Cell::Text(text) if text.contains('\0') => {
                Err(fault("nul_character", "contains a NUL character; remove it"))
            }
            Cell::Text(text) => {
                let text = match self {
                    Self::LongText => Cow::Owned(lines(text)),
                    _ => Cow::Borrowed(text.as_str()),
                };
                match clean(&text) {
                    clean if is_blank(&clean) => Ok(Value::Null),
                    clean => self.read_text(clean.trim()),
                }
            }
            Cell::Bool(flag) if self == Self::Bool => Ok(Value::Bool(*flag)),
            Cell::Int(int) => self.read_int(*int),
            Cell::Id(id) if matches!(self, Self::Reference(_)) => self.read_id(*id),
            Cell::List(words) if matches!(self, Self::Tags | Self::Attachments) => {
                self.read_list(words.iter().map(String::as_str))
            }
            Cell::Map(map) if self == Self::Map => read_map(map),
            Cell::Map(map) if self == Self::Own => read_own(map),
            // CBOR cannot tell an empty list from nothing typed: both mean "none".
            Cell::Bool(_) | Cell::Id(_) | Cell::List(_) | Cell::Map(_) => {
                Err(fault("wrong_type", format!("is not {}", self.expected())))
            }
        }
    }

    fn read_int(self, int: i64) -> Result<Value, Fault> {
        match self {
            Self::Int { min, max } if (min..=max).contains(&int) => Ok(Value::Int(int)),
            Self::Int { min, max } => {
                Err(fault("out_of_range", format!("must be between {min} and {max}")))
            }
            Self::Decimal(kind) => decimal::read(kind, Decimal::from(int)),
            _ => Err(fault("wrong_type", format!("is not {}", self.expected()))),
        }
    }

    /// No record has the nil id. As a user it is the hub itself, of which the rules of a record ask whether it
    /// may stand there.
    fn read_id(self, id: Uuid) -> Result<Value, Fault> {
        match self {
            Self::Reference(target) if target != person::NAME && id.is_nil() => {
                Err(fault("not_an_id", "must be the id of a record"))
            }
            _ => Ok(Value::Id(id)),
        }
    }

    fn read_text(self, text: &str) -> Result<Value, Fault> {
        let standard = |read: fn(&str) -> Result<String, Fault>| read(text).map(Value::Text);
        match self {
            Self::Text { max } => one_line(text, max),
            Self::LongText => at_most(text, LONG_TEXT_MAX),
            Self::Code => one_line(text, CODE_MAX),
            Self::Bool => match text.to_ascii_lowercase().as_str() {
                "true" | "yes" | "1" => Ok(Value::Bool(true)),
                "false" | "no" | "0" => Ok(Value::Bool(false)),
                _ => Err(fault("not_a_flag", "must be yes or no")),
            },
            Self::Int { .. } => match text.parse() {
                Ok(int) => self.read_int(int),
                Err(_) => Err(fault("not_a_number", "must be a whole number")),
            },
            // The library would part digits by `_`, as programs do and no book does.
            Self::Decimal(kind) => match Decimal::from_str_exact(text) {
                Ok(decimal) if !text.contains('_') => decimal::read(kind, decimal),
                _ => Err(fault("not_a_number", "must be a decimal number such as 1234.50")),
            },
            Self::Date => calendar::read_date(text),
            Self::Instant => calendar::read_instant(text),
            Self::Reference(_) => match Uuid::from_str(text) {
                Ok(id) => self.read_id(id),
                Err(_) => Err(fault("not_an_id", "must be the id of a record")),
            },
            Self::Choice(choices) => match choices.iter().find(|c| c.value == text) {
                Some(choice) => Ok(Value::Text(choice.value.to_owned())),
                None => {
                    let known: Vec<_> = choices.iter().map(|c| c.value).collect();
                    Err(fault("unknown_choice", format!("must be one of {}", known.join(", "))))
                }
            },
            Self::Country => standard(standards::country::read),
            Self::CurrencyCode => standard(standards::currency::read),
            Self::Language => standard(standards::language::read),
            Self::TimeZone => standard(standards::time_zone::read),
            Self::Email => standard(standards::email::read),
            Self::Phone => standard(standards::phone::read),
            Self::Url => standard(standards::url::read),
            Self::TaxId => one_line(text, CODE_MAX),
            Self::Iban => standard(standards::iban::read),
            Self::Bic => standard(standards::bic::read),
            Self::RoutingNumber => standard(standards::routing_number::read),
            Self::Gtin => standard(standards::gtin::read),
            Self::HsCode => standard(standards::hs_code::read),
            Self::UnitCode => standard(standards::unit::read),
            Self::Tags => self.read_list(text.split(',')),
            // A name may have a comma.
            Self::Attachments => self.read_list(text.split('\n')),
            Self::Map | Self::Own => {
                Err(fault("wrong_type", format!("is not {}", self.expected())))
            }
        }
    }

    fn read_list<'a>(self, words: impl Iterator<Item = &'a str>) -> Result<Value, Fault> {
        let mut list: Vec<String> = Vec::new();
        for word in words {
            let word = entry(word)?;
            if word.is_empty() || list.contains(&word) {
                continue;
            }
            // Before the next is compared with all of them: a list of a hundred thousand is refused as soon.
            if list.len() == LIST_MAX {
                return Err(fault("too_many", format!("may have at most {LIST_MAX} entries")));
            }
            list.push(match self {
                Self::Attachments => attached(&word, &list)?,
                _ => word,
            });
        }
        Ok(if list.is_empty() { Value::Null } else { Value::List(list) })
    }

    /// The kind in words, for refusals.
    pub(super) fn expected(self) -> &'static str {
        match self {
            Self::Bool => "a flag (yes or no)",
            Self::Int { .. } => "a whole number",
            Self::Decimal(_) => "a decimal number",
            Self::Date => "a date",
            Self::Instant => "a time",
            Self::Reference(_) => "the id of a record",
            Self::Tags | Self::Attachments => "a list of texts",
            Self::Map | Self::Own => "a map of texts by key",
            _ => "a text",
        }
    }
}

pub(super) fn fault(rule: &'static str, message: impl Into<String>) -> Fault {
    Fault { rule, message: message.into() }
}

fn one_line(text: &str, max: usize) -> Result<Value, Fault> {
    if text.chars().any(char::is_control) {
        return Err(fault("control_character", "must be one line without control characters"));
    }
    at_most(text, max)
}

/// A text without the control characters that are neither a new line nor a tab.
fn lines(text: &str) -> String {
    let kept = |sign: &char| !sign.is_control() || matches!(sign, '\n' | '\r' | '\t');
    text.chars().filter(kept).collect()
}

/// An entry of a list or map in its canonical form; empty where nothing of it can be seen.
fn entry(text: &str) -> Result<String, Fault> {
    let kept = lines(text);
    let clean = clean(&kept);
    let entry = if is_blank(&clean) { "" } else { clean.trim() };
    if text.contains('\0') || entry.chars().count() > LIST_TEXT_MAX {
        return Err(fault(
            "too_long",
            format!("has an entry with a NUL character or more than {LIST_TEXT_MAX} characters"),
        ));
    }
    Ok(entry.to_owned())
}

fn at_most(text: &str, max: usize) -> Result<Value, Fault> {
    let length = text.chars().count();
    if length > max {
        return Err(fault(
            "too_long",
            format!("has {length} characters; at most {max} are kept, shorten it"),
        ));
    }
    Ok(Value::Text(text.to_owned()))
}

/// A file in its one form; `before` are those that the list has already.
fn attached(text: &str, before: &[String]) -> Result<String, Fault> {
    let file: Attachment = text.parse()?;
    match before.iter().any(|entry| entry.starts_with(file.hash())) {
        true => {
            Err(fault("attached_twice", format!("has {} twice; keep one of them", file.name())))
        }
        false => Ok(file.to_string()),
    }
}

/// Own fields as they were stored: each was read by its declaration when it was written.
fn read_own(map: &BTreeMap<String, String>) -> Result<Value, Fault> {
    for (name, text) in map {
        if !is_own_name(name) || text.is_empty() || text.contains('\0') {
            return Err(fault("unknown_field", format!("has no own field called \"{name}\"")));
        }
        at_most(text, LONG_TEXT_MAX)?;
    }
    Ok(if map.is_empty() { Value::Null } else { Value::Map(map.clone()) })
}

fn read_map(map: &BTreeMap<String, String>) -> Result<Value, Fault> {
    if map.len() > LIST_MAX {
        return Err(fault("too_many", format!("may have at most {LIST_MAX} entries")));
    }
    let mut kept = BTreeMap::new();
    for (key, text) in map {
        let (key, text) = (entry(key)?, entry(text)?);
        if key.is_empty() && !text.is_empty() {
            return Err(fault(
                "blank_key",
                format!("has the entry \"{text}\" without a name; name it"),
            ));
        }
        if !text.is_empty() && kept.insert(key, text).is_some() {
            return Err(fault("double_key", "has one key twice; keep one of them"));
        }
    }
    Ok(if kept.is_empty() { Value::Null } else { Value::Map(kept) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn empty_is_null_and_a_nul_character_is_refused() {
        assert_eq!(Kind::text(5).read(&Cell::from("   ")), Ok(Value::Null));
        assert_eq!(Kind::text(5).read(&Cell::from("a\0b")).unwrap_err().rule, "nul_character");
        assert_eq!(Kind::text(2).read(&Cell::from("äöü")).unwrap_err().rule, "too_long");
    }

    #[test]
    fn digits_that_are_parted_as_in_programs_and_the_id_of_nothing_are_refused() {
        let amount = Kind::Decimal(crate::record::DecimalKind::Amount);
        for text in ["1_000", "1_000.5", "_1", "1_"] {
            assert_eq!(amount.read(&Cell::from(text)).unwrap_err().rule, "not_a_number", "{text}");
        }
        for nil in [Cell::Id(Uuid::nil()), Cell::Text(Uuid::nil().to_string())] {
            assert_eq!(Kind::Reference("branch").read(&nil).unwrap_err().rule, "not_an_id");
            assert_eq!(Kind::Reference(person::NAME).read(&nil), Ok(Value::Id(Uuid::nil())));
        }
    }

    #[test]
    fn what_nobody_sees_is_no_content_and_is_not_kept() {
        assert_eq!(Kind::text(9).read(&Cell::from("\u{200b}")), Ok(Value::Null));
        assert_eq!(Kind::Code.read(&Cell::from("A\u{200b}1")), Ok(Value::Text("A1".into())));
        assert_eq!(Kind::text(9).read(&Cell::from("e\u{301}")), Ok(Value::Text("é".into())));
        let notes = Kind::LongText.read(&Cell::from("\u{7} one\u{1b}\n\ttwo \u{feff}"));
        assert_eq!(notes, Ok(Value::Text("one\n\ttwo".into())));
        let tags = Cell::List(vec!["a\u{ad}".into(), "a".into(), "\u{200d}".into()]);
        assert_eq!(Kind::Tags.read(&tags), Ok(Value::List(vec!["a".into()])));
        let twice = [("de".into(), "Eins".into()), ("de\u{200b}".into(), "Zwei".into())];
        let fault = Kind::Map.read(&Cell::Map(twice.into())).unwrap_err();
        assert_eq!(fault.rule, "double_key");
    }

    proptest::proptest! {
        /// A value that was read is read again as it is: otherwise the two sides would never agree on it.
        #[test]
        fn what_was_read_once_stays(text in proptest::prelude::any::<String>()) {
            let list = Cell::List(vec![text.clone()]);
            let cell = Cell::Text(text);
            for kind in [Kind::LongText, Kind::text(200), Kind::Code, Kind::Tags] {
                for cell in [&cell, &list] {
                    let Ok(value) = kind.read(cell) else { continue };
                    proptest::prop_assert_eq!(kind.read(&value.to_cell()), Ok(value.clone()));
                    proptest::prop_assert_eq!(kind.stored(value.to_cell()), Ok(value));
                }
            }
        }
    }

    #[test]
    fn what_was_stored_is_read_as_it_stands() {
        let typed = [
            (Kind::Bool, Cell::Bool(true)),
            (Kind::Int { min: 0, max: 9 }, Cell::Int(7)),
            (Kind::Decimal(decimal::DecimalKind::Amount), Cell::from("1234.50")),
            (Kind::Date, Cell::from("2026-02-28")),
            (Kind::Instant, Cell::from("2026-02-28T09:30:00.000125Z")),
            (Kind::Reference("customer"), Cell::Id(Uuid::from_u128(7))),
            (Kind::Iban, Cell::from("DE89 3704 0044 0532 0130 00")),
            (Kind::Tags, Cell::List(vec!["north".into(), "key".into()])),
            (Kind::Map, Cell::Map([("de".into(), "Eins".into())].into())),
        ];
        for (kind, cell) in typed {
            let value = kind.read(&cell).unwrap();
            assert_ne!(value, Value::Null);
            assert_eq!(kind.stored(value.to_cell()), Ok(value), "{kind:?}");
            assert_eq!(kind.stored(Cell::Null), Ok(Value::Null));
        }
        let refused = Kind::Date.stored(Cell::from("28.2.2026")).unwrap_err();
        assert_eq!(refused.rule, "wrong_type");
        assert_eq!(Kind::Bool.stored(Cell::Int(1)).unwrap_err().rule, "wrong_type");
    }

    #[test]
    fn a_value_of_another_type_is_refused_in_words() {
        assert_eq!(Kind::Bool.read(&Cell::Int(1)).unwrap_err().rule, "wrong_type");
        assert_eq!(Kind::Email.read(&Cell::Bool(true)).unwrap_err().message, "is not a text");
    }
}
