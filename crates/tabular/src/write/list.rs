//! Lists in one cell: words between commas, or a JSON list where a word holds a comma itself.

/// The words of a list as one text.
pub fn list_text(words: &[String]) -> String {
    let joined = words.join(", ");
    let plain = !joined.starts_with('[')
        && words.iter().all(|word| !word.contains(',') && word.trim() == word && !word.is_empty());
    // Texts always have a JSON form.
    if plain { joined } else { serde_json::to_string(words).unwrap_or(joined) }
}

/// The inverse of [`list_text`]; blanks around a word are no part of it.
pub fn read_list_text(text: &str) -> Vec<String> {
    let json = text.trim_start().starts_with('[').then(|| serde_json::from_str(text).ok());
    json.flatten().unwrap_or_else(|| {
        let words = text.split(',').map(str::trim).filter(|word| !word.is_empty());
        words.map(str::to_owned).collect()
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_list_comes_back_as_it_was(words in prop::collection::vec("[a-z,\\[\\]\" ]{1,6}", 1..4)) {
            prop_assert_eq!(read_list_text(&list_text(&words)), words);
        }
    }
}
