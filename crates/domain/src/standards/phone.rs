//! Telephone numbers in the notation of ITU-T E.123, kept as they were typed.
//! No numbering plans: whether a number is in service, and how a country groups it, is not known here.

use super::{Fault, typed};

/// The number as typed, with single spaces. Digits with `+` in front, spaces, dashes, dots, slashes and
/// brackets between, and an extension behind `ext.`, `x` or `#`.
///
/// Source: ITU-T E.123 (notation) and E.164 (at most fifteen digits).
///
/// # Errors
/// `phone_form`.
pub fn read(text: &str) -> Result<String, Fault> {
    let typed = typed::tidy(text);
    let number = typed.split(' ').filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ");
    let (main, extension) = split_extension(&number);
    let digits = main.chars().filter(char::is_ascii_digit).count();
    let international = main.strip_prefix('+');
    let rest = international.unwrap_or(main);
    let signs = rest.chars().all(|c| c.is_ascii_digit() || " -./()".contains(c));
    // Short numbers (110, 311) exist at home only.
    let long_enough = if international.is_some() { digits >= 7 } else { digits >= 3 };
    let extension_fits = extension.is_none_or(|extension| {
        matches!(extension.len(), 1..=7) && extension.bytes().all(|byte| byte.is_ascii_digit())
    });
    if !signs || !long_enough || digits > 15 || !paired(rest) || !extension_fits {
        return Err(Fault::new(
            "phone_form",
            "A telephone number has 3 to 15 digits, with + and the country in front if it is \
             abroad, for example +49 30 123456. An extension follows behind “ext.”.",
        ));
    }
    Ok(number)
}

/// The number and what stands behind the mark of an extension.
fn split_extension(number: &str) -> (&str, Option<&str>) {
    let lower = number.to_ascii_lowercase();
    for mark in ["ext.", "ext", "x", "#"] {
        // Lower case keeps every position, for only ASCII letters change.
        if let Some(at) = lower.find(mark) {
            let (main, rest) = number.split_at(at);
            return (main.trim_end(), rest.get(mark.len()..).map(str::trim_start));
        }
    }
    (number, None)
}

/// Whether brackets open and close in turn.
fn paired(text: &str) -> bool {
    let mut open = false;
    for c in text.chars() {
        match c {
            '(' if open => return false,
            ')' if !open => return false,
            '(' => open = true,
            ')' => open = false,
            _ => {}
        }
    }
    !open
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_kept_as_people_write_them() {
        for number in [
            "+49 30 123456",
            "+1 (415) 555-2671",
            "0170/1234567",
            "01.23.45.67.89",
            "112",
            "+44 20 7946 0018 ext. 12",
            "415-555-2671 x204",
            "+22 607 123 4567",
        ] {
            assert_eq!(read(number).as_deref(), Ok(number));
        }
        assert_eq!(read(" +49\u{a0}30   123 ‑ 456 "), Ok("+49 30 123 - 456".into()));
    }

    #[test]
    fn what_cannot_be_dialled_is_refused() {
        for wrong in [
            "",
            "12",
            "+49 30",
            "call me",
            "1-800-FLOWERS",
            "+49 (30 123456",
            "+49 30) 123456",
            "1234567890123456",
            "+49 30 123456 ext.",
            "49+30123456",
            "anna@example.com",
        ] {
            assert_eq!(read(wrong).map_err(|fault| fault.rule), Err("phone_form"), "{wrong}");
        }
    }
}
