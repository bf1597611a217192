//! Cells that a spreadsheet would take for a formula get an apostrophe before them in a CSV, and lose it when
//! they are read. Source: OWASP, "CSV Injection".

use std::borrow::Cow;

/// Signs that begin a formula, in their narrow and wide forms.
const SIGNS: [char; 10] = ['=', '+', '-', '@', '\t', '\r', '＝', '＋', '－', '＠'];

/// The text as it may stand in a CSV. A plain number stays one, and so does a phone number that no spreadsheet
/// takes for anything else; a text that looks guarded already gets one
/// apostrophe more, so that each text reads back as it was.
pub fn guarded(text: &str) -> Cow<'_, str> {
    match is_formula(text) && !is_number(text) && !is_phone(text) {
        true => Cow::Owned(format!("'{text}")),
        false => Cow::Borrowed(text),
    }
}

/// The inverse of [`guarded`]; what no guard stands before stays as it is.
pub fn unguarded(text: &str) -> &str {
    match text.strip_prefix('\'') {
        Some(rest) if is_formula(rest) => rest,
        _ => text,
    }
}

fn is_formula(text: &str) -> bool {
    text.trim_start_matches('\'').starts_with(SIGNS)
}

/// Digits with a minus before them and decimals behind a point or comma: nothing that computes. A plus is no part of
/// a number that this program writes: `+4930123` is a phone number, and would lose it as a number.
fn is_number(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let (whole, fraction) = digits.split_once(['.', ',']).unwrap_or((digits, "0"));
    let all = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    all(whole) && all(fraction)
}

/// `+49 30 5550100`: a plus and digits with blanks between them, which is no formula and stays a text. With dashes or
/// brackets it would compute (`+49-30-555` is -536), and with three digits in each group it would be a number where
/// a blank parts the thousands.
fn is_phone(text: &str) -> bool {
    let Some(digits) = text.strip_prefix('+') else { return false };
    let is_group = |group: &str| !group.is_empty() && group.bytes().all(|b| b.is_ascii_digit());
    digits.split(' ').all(is_group) && digits.split(' ').skip(1).any(|group| group.len() != 3)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_formula_is_guarded_and_a_number_is_not() {
        for (text, written) in [
            ("=1+1", "'=1+1"),
            ("+49 30 5550100", "+49 30 5550100"),
            ("+49 305 550", "'+49 305 550"),
            ("+49-30-555", "'+49-30-555"),
            ("+49 (30) 555", "'+49 (30) 555"),
            ("'+49 30 5550100", "''+49 30 5550100"),
            ("-2+3+cmd|' /C calc'!A0", "'-2+3+cmd|' /C calc'!A0"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("\tx", "'\tx"),
            ("'=1", "''=1"),
            ("-5", "-5"),
            ("-12.50", "-12.50"),
            ("+4930123", "'+4930123"),
            ("'Ohana", "'Ohana"),
            ("a=b", "a=b"),
        ] {
            assert_eq!(guarded(text), written);
            assert_eq!(unguarded(written), text);
        }
    }

    proptest! {
        /// Whatever a cell holds, it is read as it was, and a spreadsheet computes nothing.
        #[test]
        fn every_text_comes_back(text in "['=+@\\-0-9a-z., \t]{0,8}") {
            let written = guarded(&text);
            prop_assert_eq!(unguarded(&written), text.as_str());
            prop_assert!(
                !written.starts_with(SIGNS) || is_number(&written) || is_phone(&written),
                "{}",
                written
            );
        }
    }
}
