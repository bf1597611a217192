//! One way to fold text for comparison, used on both sides instead of each database's lower case.

use deunicode::deunicode;

/// A code as it is compared: trimmed, inner white space to one blank, lower case by Unicode's full
/// case mapping. Accents stay: `Müller` and `Muller` are two codes.
pub fn fold_code(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for word in text.split_whitespace() {
        if !folded.is_empty() {
            folded.push(' ');
        }
        folded.extend(word.chars().flat_map(char::to_lowercase));
    }
    folded
}

/// A text as the search box compares it: transliterated to ASCII (`Å` to `a`, `ß` to `ss`) and lower case.
pub fn fold_search(text: &str) -> String {
    if text.is_ascii() { text.to_ascii_lowercase() } else { deunicode(text).to_lowercase() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_that_people_take_for_the_same_are_the_same() {
        assert_eq!(fold_code("  AB  12\t"), "ab 12");
        assert_eq!(fold_code("ÄÖ"), fold_code("äö"));
        assert_ne!(fold_code("Müller"), fold_code("Muller"));
    }

    #[test]
    fn search_ignores_accents_and_special_letters() {
        assert_eq!(fold_search("Århus Straße"), "arhus strasse");
        assert_eq!(fold_search("Łódź"), "lodz");
    }
}
