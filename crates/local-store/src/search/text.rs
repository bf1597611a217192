//! Which words of a record are indexed.

use domain::duplicates::{is_name, line, words};
use domain::record::{
    ColumnKind, FieldDef, Kind, OwnField, OwnKind, Record, Value, Values, fold_search,
};

/// The folded words of one record.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Words {
    /// Its key, code and name.
    pub title: String,
    pub rest: String,
}

impl Words {
    /// Adds the words of one field.
    pub fn add(&mut self, field: &FieldDef, title: bool, value: &Value) {
        match value {
            Value::Text(text) => {
                self.add_text(field.kind, title, text);
                if is_name(field) {
                    self.add_telling(title, text);
                }
            }
            Value::List(list) => {
                list.iter().for_each(|text| self.add_text(field.kind, title, text));
            }
            _ => {}
        }
    }

    /// The words by which a name is compared with others, where they are not those that are written in it.
    fn add_telling(&mut self, title: bool, name: &str) {
        let place = if title { &mut self.title } else { &mut self.rest };
        let otherwise = ["ae", "oe", "ue", ".", "'"].iter().any(|part| place.contains(part));
        if !otherwise {
            return;
        }
        for word in words(name) {
            if !place.split(separates).any(|known| known == word) {
                place.extend([' ', HIDDEN]);
                place.push_str(&word);
            }
        }
    }

    /// Whether one of them begins so.
    pub fn any_begins(&self, beginning: &str) -> bool {
        let mut words = [&self.title, &self.rest].into_iter().flat_map(|it| it.split(separates));
        words.any(|word| word.starts_with(beginning))
    }

    /// Adds a text of one of the tenant's own fields.
    pub fn add_own(&mut self, own: &OwnField, text: &str) {
        match &own.kind {
            OwnKind::Plain(kind) if ColumnKind::of(*kind) == ColumnKind::Text => {
                self.add_text(*kind, false, text);
            }
            // People look for the word that they are shown.
            OwnKind::Choice(words) => {
                let shown = words.get(text).map_or(text, String::as_str);
                self.add_text(Kind::LongText, false, shown);
            }
            OwnKind::Plain(_) => {}
        }
    }

    fn add_text(&mut self, kind: Kind, title: bool, text: &str) {
        let folded = fold_search(text);
        let place = if title { &mut self.title } else { &mut self.rest };
        if !place.is_empty() {
            place.push(' ');
        }
        place.push_str(&folded);
        if is_written_apart(kind) {
            let joined = joined(&folded);
            if joined.len() != folded.len() {
                place.push(' ');
                place.push_str(&joined);
            }
            // One line is written with and without the code of its country.
            if kind == Kind::Phone
                && let Some(line) = line(text)
            {
                place.extend([' ', HIDDEN]);
                place.push_str(&line);
            }
            // "DE136695976" is "136695976" to whoever reads it from a letterhead.
            if let Some(number) = without_country(kind, &joined) {
                place.push(' ');
                place.push_str(number);
            }
        }
    }
}

/// Whether two states of a record are found by the same words.
pub(crate) fn same_words(before: &Record, after: &Record) -> bool {
    let same = |a: &Values, b: &Values| {
        // Which of the tenant's own fields are searched is not known here: any may be.
        let searched = |field: &FieldDef| field.search || field.kind == Kind::Own;
        a.iter().zip(b.iter()).all(|((field, a), (_, b))| !searched(field) || a == b)
    };
    let (rows, others) = (before.children(), after.children());
    before.is_retired() == after.is_retired()
        && same(&before.values, &after.values)
        && rows.len() == others.len()
        && rows.iter().zip(others).all(|(a, b)| a.id == b.id && same(&a.values, &b.values))
}

/// Stands before words that nobody wrote: no search that a person types begins with it.
pub(crate) const HIDDEN: char = '\u{a7}';

/// What parts two words, as the index takes a text apart.
pub(crate) fn separates(sign: char) -> bool {
    sign.is_ascii() && !sign.is_ascii_alphanumeric()
}

/// Kinds that one person writes with separators and another without: `K-1001`, `+49 30 123`.
fn is_written_apart(kind: Kind) -> bool {
    matches!(kind, Kind::Code | Kind::Phone | Kind::TaxId | Kind::Gtin | Kind::Iban)
}

/// A tax id without the letters of its country, where it begins with them.
fn without_country(kind: Kind, joined: &str) -> Option<&str> {
    let (country, number) = joined.split_at_checked(2)?;
    let is_country = country.bytes().all(|sign| sign.is_ascii_alphabetic());
    (kind == Kind::TaxId && is_country && !number.is_empty()).then_some(number)
}

/// The letters and digits of a folded text.
pub(crate) fn joined(folded: &str) -> String {
    folded.chars().filter(char::is_ascii_alphanumeric).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::masters::CUSTOMER;

    #[test]
    fn a_tax_id_is_found_without_its_country() {
        let mut words = Words::default();
        words.add_text(Kind::TaxId, false, "DE 136-695-976");
        for beginning in ["de136695", "1366959", "136"] {
            assert!(words.any_begins(beginning), "{beginning}");
        }
        let mut number = Words::default();
        number.add_text(Kind::TaxId, false, "136695976");
        assert!(!number.any_begins("6695"));
    }

    #[test]
    fn only_what_is_searched_makes_a_difference() {
        let (ids, clock) = (testkit::Ids::seeded(1), testkit::FixedClock::default());
        let record = testkit::records::customer(7, ids.next(), clock.now());
        let with = |fields: &[(&str, &str)]| {
            let mut other = record.clone();
            testkit::records::set(&mut other.values, fields);
            other
        };
        assert!(same_words(&record, &with(&[("notes", "later"), ("credit_limit", "1")])));
        assert!(!same_words(&record, &with(&[("city", "Wien")])));
        let mut retired = record.clone();
        retired.head.retired_at = Some(clock.now());
        assert!(!same_words(&record, &retired));
        let contact = CUSTOMER.child("customer_contact").unwrap();
        let (mut one, mut other) = (record.clone(), record.clone());
        let id = ids.next();
        one.put_child(testkit::records::child(contact, id, &[("name", "Ida")]));
        assert!(!same_words(&record, &one));
        other.put_child(testkit::records::child(contact, id, &[("name", "Ida"), ("title", "CEO")]));
        assert!(same_words(&one, &other));
        other.put_child(testkit::records::child(contact, id, &[("name", "Ada")]));
        assert!(!same_words(&one, &other));
    }
}
