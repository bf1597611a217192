//! Which words of a record are indexed.

use domain::record::{FieldDef, Kind, Record, Value, fold_search};

use super::is_title;
use crate::layout::Layout;

/// The folded words of one record.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Words {
    /// Its key, code and name.
    pub title: String,
    pub rest: String,
}

impl Words {
    /// The words of a record; `None` where it is retired and must not be found.
    pub fn of(layout: &Layout, record: &Record) -> Option<Self> {
        if record.is_retired() {
            return None;
        }
        let mut words = Self::default();
        for (field, value) in record.values.iter().filter(|(field, _)| field.search) {
            words.add(field, is_title(layout, field), value);
        }
        for child in record.children() {
            for (field, value) in child.values.iter().filter(|(field, _)| field.search) {
                words.add(field, false, value);
            }
        }
        Some(words)
    }

    fn add(&mut self, field: &FieldDef, title: bool, value: &Value) {
        match value {
            Value::Text(text) => self.add_text(field, title, text),
            Value::List(list) => list.iter().for_each(|text| self.add_text(field, title, text)),
            _ => {}
        }
    }

    fn add_text(&mut self, field: &FieldDef, title: bool, text: &str) {
        let folded = fold_search(text);
        let place = if title { &mut self.title } else { &mut self.rest };
        if !place.is_empty() {
            place.push(' ');
        }
        place.push_str(&folded);
        if is_written_apart(field.kind) {
            let joined = joined(&folded);
            if joined.len() != folded.len() {
                place.push(' ');
                place.push_str(&joined);
            }
        }
    }
}

/// Kinds that one person writes with separators and another without: `K-1001`, `+49 30 123`.
fn is_written_apart(kind: Kind) -> bool {
    matches!(kind, Kind::Code | Kind::Phone | Kind::TaxId | Kind::Gtin | Kind::Iban)
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
    fn names_and_codes_come_first_and_contacts_are_found_too() {
        let layout = crate::layout::layout("customer").unwrap();
        let (ids, clock) = (testkit::Ids::seeded(1), testkit::FixedClock::default());
        let fields = [("code", "K-1001"), ("name", "Müller & Söhne"), ("phone", "+49 30 12-34")];
        let mut record = testkit::records::record(&CUSTOMER, ids.next(), clock.now(), &fields);
        let contact = CUSTOMER.child("customer_contact").unwrap();
        let row = testkit::records::child(contact, ids.next(), &[("name", "Łucja Åberg")]);
        record.put_child(row);
        let words = Words::of(layout, &record).unwrap();
        assert_eq!(words.title, "k-1001 k1001 muller & sohne");
        assert_eq!(words.rest, "+49 30 12-34 49301234 lucja aberg");
        record.head.retired_at = Some(clock.now());
        assert_eq!(Words::of(layout, &record), None);
    }
}
