//! Codes of the Harmonized System (World Customs Organization) and the longer national tariffs built
//! on it. Form only: the nomenclature itself changes every few years and is not kept here.

use super::{Fault, typed};

/// The digits of a code: four for a heading, six for a subheading, up to twelve with the national digits
/// (8 in the Combined Nomenclature, 10 in TARIC and the HTS).
///
/// # Errors
/// `hs_code_form` where it has other lengths or characters; `hs_code_chapter` where the first two
/// digits are no chapter (01 to 97 without 77, which is kept free; 98 and 99 are national).
pub fn read(text: &str) -> Result<String, Fault> {
    let code = typed::compact(text);
    let digits = typed::digits(&code).filter(|digits| matches!(digits.len(), 4 | 6..=12));
    let Some(digits) = digits else {
        return Err(Fault::new(
            "hs_code_form",
            "A customs tariff code has 4 or 6 to 12 digits, for example 8471 30 00.",
        ));
    };
    let chapter = digits.iter().take(2).fold(0, |number, digit| number * 10 + digit);
    if matches!(chapter, 0 | 77) {
        return Err(Fault::new(
            "hs_code_chapter",
            format!(
                "The Harmonized System has no chapter {chapter:02}. Check the first two digits."
            ),
        ));
    }
    Ok(code)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_of_tariffs_are_accepted() {
        for (typed, canonical) in [
            ("8471.30", "847130"),
            ("8471 30 00", "84713000"),
            ("0901.21.00.10", "0901210010"),
            ("6403", "6403"),
        ] {
            assert_eq!(read(typed).as_deref(), Ok(canonical));
        }
    }

    #[test]
    fn other_numbers_are_refused() {
        for wrong in ["", "84", "84713", "8471300000000", "8471A0"] {
            assert_eq!(read(wrong).unwrap_err().rule, "hs_code_form", "{wrong}");
        }
        for wrong in ["0012.34", "7701 00"] {
            assert_eq!(read(wrong).unwrap_err().rule, "hs_code_chapter", "{wrong}");
        }
    }
}
