//! What of a record is compared, told from the kinds of its fields.

use uuid::Uuid;

use super::name::words;
use crate::record::{EntityDef, FieldDef, Kind, Unique, Value, fold_code, fold_entry, fold_search};

/// How much one equal value says, out of 100: a tax id is given once, a telephone is shared by a house.
const fn weight(kind: Kind) -> Option<u32> {
    match kind {
        Kind::TaxId | Kind::Iban | Kind::Gtin => Some(95),
        Kind::Email => Some(80),
        Kind::Phone => Some(70),
        _ => None,
    }
}

/// What an equal value of the field says of two records, out of 100; `None` where it says nothing.
pub fn strong(field: &FieldDef) -> Option<u32> {
    // An id in another system is given to one record there.
    if field.unique == Unique::Entries { Some(95) } else { weight(field.kind) }
}

/// The names by which the common fields of a name and of a place go.
const NAMES: [&str; 2] = ["name", "legal_name"];
const PLACES: [&str; 4] = ["postal_code", "city", "street", "country"];

/// Whether the field is compared as a name, by its [`super::words`].
pub fn is_name(field: &FieldDef) -> bool {
    NAMES.contains(&field.name)
}

/// Whether the field is compared as a part of a place.
pub fn is_place(field: &FieldDef) -> bool {
    PLACES.contains(&field.name)
}

/// The fields of a master that are looked at, in the order of the declaration.
pub fn looked_at(entity: &EntityDef) -> impl Iterator<Item = &'static FieldDef> {
    entity.all_fields().filter(|field| strong(field).is_some() || is_name(field) || is_place(field))
}

/// One value that says much, in the form in which it is compared.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Trait {
    pub field: &'static str,
    /// Equal keys of one kind are the same value, also where two fields hold them.
    pub key: String,
    pub weight: u32,
}

/// A record as it is compared.
#[derive(Clone, Debug, Default)]
pub struct Traits {
    pub strong: Vec<Trait>,
    /// The telling words of each name.
    pub names: Vec<Vec<String>>,
    /// The parts of the place that are known, by field.
    pub place: Vec<(&'static str, String)>,
}

/// A record with what is compared of it.
#[derive(Clone, Debug)]
pub struct Subject {
    pub id: Uuid,
    pub traits: Traits,
}

impl Traits {
    /// Adds a field of the record or of one of its rows. What the person may not read must not be given.
    pub fn add(&mut self, field: &'static FieldDef, value: &Value) {
        if let Some(weight) = strong(field) {
            for key in keys(field, value) {
                let one = Trait { field: field.name, key, weight };
                if !self.strong.contains(&one) {
                    self.strong.push(one);
                }
            }
            return;
        }
        let Some(text) = value.text() else { return };
        if is_name(field) {
            let words = words(text);
            if !words.is_empty() && !self.names.contains(&words) {
                self.names.push(words);
            }
        } else if is_place(field) {
            let folded: String =
                fold_search(text).chars().filter(|c| c.is_alphanumeric()).collect();
            if !folded.is_empty() {
                self.place.push((field.name, folded));
            }
        }
    }
}

fn keys(field: &FieldDef, value: &Value) -> Vec<String> {
    let kind = |text: &str| match field.kind {
        Kind::Phone => line(text).map(|line| format!("+{line}")),
        Kind::Email => Some(format!("@{}", fold_code(text))),
        _ => Some(fold_code(text).chars().filter(|sign| sign.is_alphanumeric()).collect()),
    };
    match value {
        Value::Text(text) => kind(text).into_iter().collect(),
        Value::Map(map) => map.iter().map(|(system, id)| fold_entry(system, id)).collect(),
        _ => Vec::new(),
    }
}

/// The last nine digits of a telephone number: with or without the country's code it is the same line. A shorter
/// number is an extension and tells nothing.
pub fn line(phone: &str) -> Option<String> {
    let digits: Vec<char> = phone.chars().filter(char::is_ascii_digit).collect();
    Some(digits.get(digits.len().checked_sub(9)?..)?.iter().collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::masters::CUSTOMER;

    fn traits(fields: &[(&str, &str)]) -> Traits {
        let mut traits = Traits::default();
        for (name, text) in fields {
            traits.add(CUSTOMER.field(name).unwrap(), &Value::Text((*text).to_owned()));
        }
        traits
    }

    #[test]
    fn one_line_with_and_without_the_code_of_the_country_is_one() {
        let one = traits(&[("phone", "+49 30 1234567")]);
        assert_eq!(one.strong, traits(&[("phone", "030/1234567")]).strong);
        assert!(traits(&[("phone", "112")]).strong.is_empty());
    }

    #[test]
    fn what_is_typed_otherwise_and_means_the_same_is_the_same() {
        let one = traits(&[("email", "Ada@Example.COM"), ("tax_id", "DE 136 695 976")]);
        assert_eq!(
            one.strong,
            traits(&[("email", "ada@example.com"), ("tax_id", "DE136695976")]).strong
        );
        assert!(traits(&[("notes", "Ada")]).strong.is_empty());
    }
}
