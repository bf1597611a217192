//! Names as they are compared: folded, without the words that only say what kind of company it is.

use crate::record::fold_search;

/// Legal forms and the words around them, folded: two records of one firm are often told apart by nothing else.
/// The forms are those of the countries whose tax ids Daybook reads, as their registers abbreviate them (the ELF
/// code list, ISO 20275); a word that is also a common name stays out of the list.
const LEGAL_FORMS: &[&str] = &[
    "ab",
    "ag",
    "aps",
    "as",
    "asa",
    "bv",
    "bvba",
    "cia",
    "co",
    "company",
    "corp",
    "corporation",
    "cv",
    "doo",
    "eg",
    "eirl",
    "eood",
    "ev",
    "gbr",
    "gesmbh",
    "gmbh",
    "ilp",
    "inc",
    "incorporated",
    "kft",
    "kg",
    "kgaa",
    "kk",
    "limited",
    "llc",
    "llp",
    "lp",
    "ltd",
    "ltda",
    "mbh",
    "nv",
    "nyrt",
    "og",
    "ohg",
    "oy",
    "oyj",
    "ood",
    "plc",
    "pte",
    "pty",
    "pvt",
    "rt",
    "sa",
    "sarl",
    "sas",
    "sasu",
    "se",
    "sl",
    "slu",
    "snc",
    "spa",
    "spk",
    "spzoo",
    "sprl",
    "srl",
    "sro",
    "ug",
    "zrt",
];

/// Words that join others and tell nothing.
const JOINTS: &[&str] = &["and", "de", "der", "die", "et", "e", "i", "of", "the", "und", "y"];

/// The words of a name that tell one from another, in order of the alphabet; of a name that has no others, all.
pub fn words(name: &str) -> Vec<String> {
    // The dots of `G.m.b.H.` are part of one word, other signs part words.
    let folded = fold_search(name).replace(['.', '\''], "");
    // `Müller` and `Mueller` are one name; what else loses a letter here loses it on both sides.
    let folded = folded.replace("ae", "a").replace("oe", "o").replace("ue", "u");
    let all: Vec<&str> = folded
        .split(|sign: char| !sign.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .collect();
    let telling = |word: &&&str| !LEGAL_FORMS.contains(*word) && !JOINTS.contains(*word);
    let mut words: Vec<String> =
        all.iter().filter(telling).map(|word| (*word).to_owned()).collect();
    if words.is_empty() {
        words = all.into_iter().map(str::to_owned).collect();
    }
    words.sort_unstable();
    words.dedup();
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_legal_form_and_the_accents_do_not_tell_firms_apart() {
        assert_eq!(words("Müller & Söhne G.m.b.H."), words("Soehne und Muller GmbH").as_slice());
        assert_eq!(words("The Acme Company, Ltd."), ["acme"]);
        assert_eq!(words("ACME s.r.o."), ["acme"]);
    }

    #[test]
    fn a_name_of_such_words_alone_keeps_them() {
        assert_eq!(words("AG"), ["ag"]);
        assert!(words(" – ").is_empty());
    }
}
