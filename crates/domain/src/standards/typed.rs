//! What a person typed, before any rule: stray marks, separators, wide digits.
//! Only the mending every standard shares; what a value must look like is each standard's own.

use super::Fault;

/// Whether `c` is invisible: a byte order mark, a zero-width or a direction mark that copying from a
/// web page or a PDF brings along.
fn invisible(c: char) -> bool {
    matches!(c, '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{2069}' | '\u{FEFF}' | '\u{AD}')
}

/// A plain character for its look-alike: any dash becomes `-`, any space ` `, and the full-width
/// forms of East Asian keyboards (U+FF01 to U+FF5E) their ASCII twins.
fn plain(c: char) -> char {
    match c {
        '\u{2010}'..='\u{2015}' | '\u{2212}' => '-',
        '\u{FF01}'..='\u{FF5E}' => char::from_u32(u32::from(c) - 0xFEE0).unwrap_or(c),
        c if c.is_whitespace() => ' ',
        c => c,
    }
}

/// The text with invisible marks gone, look-alikes plain, and no space around it.
pub(super) fn tidy(text: &str) -> String {
    let plain: String = text.chars().filter(|c| !invisible(*c)).map(plain).collect();
    plain.trim().to_owned()
}

/// The text in upper case without the characters people group numbers with: space, dash, dot,
/// slash, underscore.
pub(super) fn compact(text: &str) -> String {
    tidy(text)
        .chars()
        .filter(|c| !matches!(c, ' ' | '-' | '.' | '/' | '_'))
        .flat_map(char::to_uppercase)
        .collect()
}

/// `Err` with the rule given where the compact text holds anything but ASCII letters and digits.
pub(super) fn alphanumeric(text: &str, rule: &'static str, what: &str) -> Result<(), Fault> {
    match text.chars().find(|c| !c.is_ascii_alphanumeric()) {
        None => Ok(()),
        Some(c) => {
            Err(Fault::new(rule, format!("{what} has letters and digits only; take out “{c}”.")))
        }
    }
}

/// The value of each character where all are ASCII digits.
pub(super) fn digits(text: &str) -> Option<Vec<u32>> {
    text.chars().map(|c| c.to_digit(10)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_copied_from_a_web_page_is_cleaned() {
        assert_eq!(tidy("\u{FEFF}\u{a0}DE 89\u{200B} \n"), "DE 89");
        assert_eq!(compact("de\u{2011}136.695/976"), "DE136695976");
        assert_eq!(compact("１２３ａ"), "123A");
    }

    #[test]
    fn digits_of_other_scripts_are_not_taken_for_digits() {
        assert_eq!(digits("١٢٣"), None);
        assert_eq!(digits("120"), Some(vec![1, 2, 0]));
    }
}
