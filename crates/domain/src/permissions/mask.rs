//! What a person may not read of one entity. Every exit projects through a mask; how a record is
//! projected is the business of the exit.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::field_right::ReadRight;

/// The fields of one entity that a person does not read in full. A field that is shown by its last
/// four characters counts as hidden for whoever asks only [`Mask::hides`].
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Mask {
    hidden: BTreeSet<String>,
    last_four: BTreeSet<String>,
    /// The tenant's own fields that are read in full although the map they are kept in is hidden.
    given: BTreeSet<String>,
    id: String,
}

impl Default for Mask {
    fn default() -> Self {
        Mask::new([])
    }
}

impl Mask {
    /// The mask of these rights: field names of one entity, each with how much of it is shown.
    pub fn new<'a>(rights: impl IntoIterator<Item = (&'a str, ReadRight)>) -> Mask {
        let mut hidden = BTreeSet::new();
        let mut last_four = BTreeSet::new();
        let mut given = BTreeSet::new();
        for (field, read) in rights {
            if read != ReadRight::Full {
                hidden.insert(field.to_owned());
            }
            if read == ReadRight::LastFour {
                last_four.insert(field.to_owned());
            }
            if read == ReadRight::Full && field.contains('.') {
                given.insert(field.to_owned());
            }
        }
        given.retain(|field| map_of(field).is_some_and(|map| hidden.contains(map)));
        let id = identify(&hidden, &last_four, &given);
        Mask { hidden, last_four, given, id }
    }

    /// Whether the field is not read in full: not to be filtered, sorted, searched or totalled by.
    pub fn hides(&self, field: &str) -> bool {
        let with_its_map = || {
            map_of(field).is_some_and(|map| self.hidden.contains(map))
                && !self.given.contains(field)
        };
        self.hidden.contains(field) || with_its_map()
    }

    /// Whether the last four characters of the field may be shown all the same.
    pub fn shows_last_four(&self, field: &str) -> bool {
        self.last_four.contains(field)
    }

    /// The fields that this mask hides and `before` did not. A tenant's own field that either names is one of them;
    /// one that stays readable although its map was hidden just now stands in the second list, for it goes with
    /// the map and has to come again.
    pub fn hides_anew<'a>(
        &'a self,
        before: &'a Mask,
    ) -> (impl Iterator<Item = &'a str>, impl Iterator<Item = &'a str>) {
        let named = self.hidden.union(&before.given).map(String::as_str);
        let hidden = named.filter(|field| self.hides(field) && !before.hides(field));
        let kept = self.given.iter().map(String::as_str);
        let again = kept.filter(|field| map_of(field).is_some_and(|map| !before.hides(map)));
        (hidden, again)
    }

    /// The fields not read in full, in the order of their names.
    pub fn hidden(&self) -> impl Iterator<Item = &str> {
        self.hidden.iter().map(String::as_str)
    }

    /// A text that two masks of one entity share exactly when they show the same: a cache key and a
    /// part of a digest's name. `all` where nothing is hidden, else 32 hexadecimal digits.
    pub fn id(&self) -> &str {
        &self.id
    }
}

/// The map that a tenant's own field is kept in.
fn map_of(field: &str) -> Option<&str> {
    field.split_once('.').map(|(map, _)| map)
}

fn identify(
    hidden: &BTreeSet<String>,
    last_four: &BTreeSet<String>,
    given: &BTreeSet<String>,
) -> String {
    if hidden.is_empty() {
        return "all".to_owned();
    }
    let mut hash = Sha256::new();
    for field in hidden {
        // No field name holds a control character, so no two sets are written alike.
        let shown: &[u8] = if last_four.contains(field) { b"\x01" } else { b"\x00" };
        hash.update(field.as_bytes());
        hash.update(shown);
    }
    for field in given {
        hash.update(field.as_bytes());
        hash.update(b"\x02");
    }
    hash.finalize().iter().take(16).map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mask_is_known_by_what_it_shows_and_not_by_the_order_of_the_fields() {
        let hidden = Mask::new([("iban", ReadRight::Hidden), ("tax_id", ReadRight::Hidden)]);
        let again = Mask::new([
            ("tax_id", ReadRight::Hidden),
            ("name", ReadRight::Full),
            ("iban", ReadRight::Hidden),
        ]);
        let shortened = Mask::new([("iban", ReadRight::LastFour), ("tax_id", ReadRight::Hidden)]);
        assert_eq!(hidden.id(), again.id());
        assert_eq!(hidden.id().len(), 32);
        assert_ne!(hidden.id(), shortened.id());
        assert_eq!(Mask::new([("name", ReadRight::Full)]).id(), "all");
        assert_ne!(
            Mask::new([("ab", ReadRight::Hidden), ("c", ReadRight::Hidden)]).id(),
            Mask::new([("a", ReadRight::Hidden), ("bc", ReadRight::Hidden)]).id()
        );
    }

    #[test]
    fn an_own_field_is_hidden_with_its_map_unless_it_is_given_by_name() {
        let full = ReadRight::Full;
        let mask = Mask::new([("extra", ReadRight::Hidden), ("extra.colour", full)]);
        assert!(mask.hides("extra.bonus") && !mask.hides("extra.colour"));
        let without = Mask::new([("extra", ReadRight::Hidden)]);
        assert!(without.hides("extra.colour"));
        assert_ne!(mask.id(), without.id());
        assert_eq!(Mask::new([("extra", full), ("extra.colour", full)]).id(), "all");
    }

    #[test]
    fn a_shortened_field_is_hidden_for_filters_and_lists_that_do_not_shorten() {
        let mask = Mask::new([("iban", ReadRight::LastFour), ("name", ReadRight::Full)]);
        assert!(mask.hides("iban") && mask.shows_last_four("iban"));
        assert!(!mask.hides("name") && !mask.shows_last_four("name"));
        assert!(mask.hidden().eq(["iban"]));
    }
}
