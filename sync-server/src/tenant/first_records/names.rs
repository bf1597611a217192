//! What a first record is called, in the languages that we have words for.

use std::collections::BTreeMap;

use domain::record::{Record, Value};

/// English and German are always there, French where a chart is French.
pub(super) struct Names<'a> {
    pub en: &'a str,
    pub de: &'a str,
    pub fr: Option<&'a str>,
}

impl<'a> Names<'a> {
    /// In the language of this tag, else in English.
    pub fn tag_of(&self, language: &str) -> &'static str {
        match language.split('-').next() {
            Some("de") => "de",
            Some("fr") if self.fr.is_some() => "fr",
            _ => "en",
        }
    }

    fn all(&self) -> impl Iterator<Item = (&'static str, &'a str)> {
        let french = self.fr.map(|fr| ("fr", fr));
        [("en", self.en), ("de", self.de)].into_iter().chain(french)
    }

    /// Names a record in the language of the tenant, and in the other ones beside it.
    pub fn give(&self, record: &mut Record, language: &str) {
        let own = self.tag_of(language);
        let mut others = BTreeMap::new();
        for (tag, text) in self.all() {
            if tag == own {
                record.values.set("name", Value::Text(text.to_owned()));
            } else {
                others.insert(tag.to_owned(), text.to_owned());
            }
        }
        record.values.set("translations", Value::Map(others));
    }
}
