//! What the index is asked for the records that something typed may resemble: those of an equal value, of the same
//! name, and of a name that begins alike at the same place. It finds more than there are; weighing them is the
//! caller's.

use domain::duplicates::{is_name, is_place, line, strong, words};
use domain::record::{FieldDef, Kind, Value, fold_search};

use super::text::{HIDDEN, joined};

/// The expression for what was typed; `None` where the index does not know a field of it. An empty one finds
/// nothing.
pub(crate) fn expression(typed: &[(&'static FieldDef, Value)]) -> Option<String> {
    let (mut any, mut names, mut places) = (Vec::new(), Vec::new(), Vec::new());
    for (field, value) in typed.iter().filter(|(_, value)| !value.is_null()) {
        let text = value.text().unwrap_or_default();
        if strong(field).is_some() {
            if !field.search || value.text().is_none() {
                return None;
            }
            any.extend(all_of(key(field, text).iter().map(|word| exactly(word))));
        } else if is_name(field) {
            names.push(words(text));
        } else if is_place(field) && field.search {
            places.extend(all_of(tokens(&fold_search(text)).iter().map(|word| exactly(word))));
        }
    }
    // A name is also known by words that are not written in it.
    let word = |word: &String| format!("({} OR {})", exactly(word), hidden(word));
    any.extend(names.iter().filter_map(|words| all_of(words.iter().map(word))));
    let begins = names.iter().flatten().map(|word| match word.get(..2) {
        Some(letters) => format!("{}* OR {}*", exactly(letters), hidden(letters)),
        None => exactly(word),
    });
    let begins: Vec<String> = begins.collect();
    if !begins.is_empty() && !places.is_empty() {
        any.push(format!("(({}) AND ({}))", begins.join(" OR "), places.join(" OR ")));
    }
    Some(any.join(" OR "))
}

/// The words under which the index has a value that is given once.
fn key(field: &FieldDef, text: &str) -> Vec<String> {
    match field.kind {
        Kind::Phone => line(text).map(|line| format!("{HIDDEN}{line}")).into_iter().collect(),
        Kind::Email => tokens(&fold_search(text)),
        _ => vec![joined(&fold_search(text))],
    }
}

/// Only letters, digits and the sign of hidden words come here: nothing of it is syntax.
fn exactly(word: &str) -> String {
    format!("\"{word}\"")
}

fn hidden(word: &str) -> String {
    format!("\"{HIDDEN}{word}\"")
}

fn tokens(folded: &str) -> Vec<String> {
    let words = folded.split(|sign: char| !sign.is_ascii_alphanumeric());
    words.filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

/// All of these in one record; `None` without any.
fn all_of(words: impl Iterator<Item = String>) -> Option<String> {
    let words: Vec<String> = words.filter(|word| word != "\"\"").collect();
    (!words.is_empty()).then(|| format!("({})", words.join(" AND ")))
}

#[cfg(test)]
mod tests {
    use domain::masters::CUSTOMER;

    use super::*;

    fn asked(typed: &[(&str, &str)]) -> Option<String> {
        let typed = typed
            .iter()
            .map(|(name, text)| (CUSTOMER.field(name).unwrap(), Value::Text((*text).to_owned())));
        expression(&typed.collect::<Vec<_>>())
    }

    #[test]
    fn what_was_typed_becomes_words_of_the_index_and_never_syntax() {
        assert_eq!(asked(&[("tax_id", "DE 136 695 976")]).unwrap(), "(\"de136695976\")");
        assert_eq!(asked(&[("phone", "+49 (30) 123-4567")]).unwrap(), "(\"\u{a7}301234567\")");
        assert_eq!(
            asked(&[("email", "a\"b@x.de")]).unwrap(),
            "(\"a\" AND \"b\" AND \"x\" AND \"de\")"
        );
        assert_eq!(
            asked(&[("name", "M\u{fc}ller & Co. GmbH"), ("city", "Bad Ems"), ("country", "DE")])
                .unwrap(),
            "((\"muller\" OR \"\u{a7}muller\")) OR ((\"mu\"* OR \"\u{a7}mu\"*) AND ((\"bad\" AND \"ems\")))"
        );
        assert_eq!(asked(&[("phone", "112")]).unwrap(), "");
    }

    #[test]
    fn a_value_that_is_not_indexed_is_left_to_a_look_at_every_record() {
        assert_eq!(asked(&[("external_ids", "7")]), None);
    }
}
