//! One way to fold text for comparison, used on both sides instead of each database's lower case.

use deunicode::deunicode;
use icu_casemap::CaseMapper;
use icu_normalizer::{ComposingNormalizerBorrowed, DecomposingNormalizerBorrowed};

use super::text::{clean, invisible};

/// A code as it is compared: trimmed, inner white space to one blank, without signs that cannot be seen, and
/// folded as Unicode matches without case and by compatibility (chapter 3.13, D146): `straße` is `STRASSE`, a
/// full-width `Ａ` is `a`. Accents stay: `Müller` and `Muller` are two codes.
pub fn fold_code(text: &str) -> String {
    if text.is_ascii() {
        return one_blank(&text.to_ascii_lowercase());
    }
    let visible: String = text.chars().filter(|sign| !invisible(*sign)).collect();
    let (case, wide) = (CaseMapper::new(), ComposingNormalizerBorrowed::new_nfkc());
    let apart = DecomposingNormalizerBorrowed::new_nfd().normalize(&visible);
    let once = wide.normalize(&case.fold_string(&apart)).into_owned();
    one_blank(&wide.normalize(&case.fold_string(&once)))
}

/// An entry of a map (an id of another system) as it is compared: the system as people tell systems apart, its id
/// letter by letter, for there are systems to which `a1` and `A1` are two. No folded text holds a line break.
pub fn fold_entry(key: &str, text: &str) -> String {
    format!("{}\n{}", fold_code(key), clean(text).trim())
}

fn one_blank(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A text as the search box compares it: transliterated to ASCII (`Å` to `a`, `ß` to `ss`) and lower case.
pub fn fold_search(text: &str) -> String {
    if text.is_ascii() { text.to_ascii_lowercase() } else { deunicode(text).to_lowercase() }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn codes_that_people_take_for_the_same_are_the_same() {
        assert_eq!(fold_code("  AB  12\t"), "ab 12");
        assert_eq!(fold_code("ÄÖ"), fold_code("äö"));
        assert_ne!(fold_code("Müller"), fold_code("Muller"));
    }

    #[test]
    fn ids_of_other_systems_are_told_apart_by_every_letter() {
        assert_eq!(fold_entry("CRM", " a1"), fold_entry("crm", "a1"));
        assert_ne!(fold_entry("crm", "a1"), fold_entry("crm", "A1"));
    }

    #[test]
    fn codes_that_look_the_same_are_the_same() {
        assert_eq!(fold_code("\u{c9}1"), fold_code("E\u{301}1"));
        assert_eq!(fold_code("Ａ1"), fold_code("A1"));
        assert_eq!(fold_code("A\u{200b}1"), fold_code("A1"));
        assert_eq!(fold_code("A\u{ad}\u{200d}1\u{feff}"), fold_code("a1"));
        assert_eq!(fold_code("straße"), fold_code("STRASSE"));
        assert_eq!(fold_code("ΣΊΣΥΦΟΣ"), fold_code("σίσυφος"));
        assert_eq!(fold_code("A\u{a0}\u{3000}1"), "a 1");
    }

    #[test]
    fn search_ignores_accents_and_special_letters() {
        assert_eq!(fold_search("Århus Straße"), "arhus strasse");
        assert_eq!(fold_search("Łódź"), "lodz");
    }

    proptest! {
        /// A folded code is its own fold, so that it may be folded anywhere on its way.
        #[test]
        fn a_folded_code_stays_as_it_is(text in any::<String>()) {
            let once = fold_code(&text);
            prop_assert_eq!(fold_code(&once), once);
        }
    }
}
