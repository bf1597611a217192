//! Global trade item numbers (GS1): GTIN-8, 12 (UPC-A), 13 (EAN) and 14, with their check digit.
//! Other bar codes a shop prints itself are no GTIN and are not read here.

use super::{Fault, typed};

/// The digits of a GTIN, in the length that was typed: the length is part of what is printed.
///
/// Source: GS1 General Specifications, section 7.9: from the right, the digits before the check digit
/// weigh 3, 1, 3, …; with the check digit the sum is a multiple of ten.
///
/// # Errors
/// `gtin_form` or `gtin_checksum`; the message of the second names the digit that would fit.
pub fn read(text: &str) -> Result<String, Fault> {
    let number = typed::compact(text);
    let digits = typed::digits(&number).filter(|d| matches!(d.len(), 8 | 12 | 13 | 14));
    let Some((check, body)) = digits.as_deref().and_then(<[u32]>::split_last) else {
        return Err(Fault::new("gtin_form", "A GTIN has 8, 12, 13 or 14 digits."));
    };
    if digits.iter().flatten().all(|digit| *digit == 0) {
        return Err(Fault::new("gtin_form", "A GTIN of zeros is nobody's number."));
    }
    let wanted = check_digit(body);
    if *check != wanted {
        return Err(Fault::new(
            "gtin_checksum",
            format!(
                "The last digit of this GTIN does not fit; it would be {wanted}. Compare the number \
                 with the label."
            ),
        ));
    }
    Ok(number)
}

/// The same number with 14 digits, zeros in front: how GTINs of different lengths are compared.
pub fn as_14(gtin: &str) -> String {
    format!("{gtin:0>14}")
}

fn check_digit(body: &[u32]) -> u32 {
    let sum: u32 = body.iter().rev().zip([3, 1].iter().cycle()).map(|(digit, by)| digit * by).sum();
    (10 - sum % 10) % 10
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Examples of the GS1 General Specifications and of everyday goods.
    #[test]
    fn numbers_of_goods_are_accepted() {
        for number in
            ["96385074", "614141000036", "4006381333931", "9506000134352", "10614141000415"]
        {
            assert_eq!(read(number).as_deref(), Ok(number));
        }
        assert_eq!(read("4 006381 333931"), Ok("4006381333931".into()));
    }

    #[test]
    fn a_misread_digit_is_refused_with_the_digit_that_fits() {
        let fault = read("4006381333932").unwrap_err();
        assert_eq!(fault.rule, "gtin_checksum");
        assert!(fault.message.contains("be 1"), "{fault}");
    }

    #[test]
    fn wrong_lengths_and_letters_are_refused() {
        for wrong in ["", "1", "400638133393", "40063813339311", "400638133393A", "0000000000000"] {
            let fault = read(wrong).unwrap_err();
            assert!(fault.rule.starts_with("gtin_"), "{wrong}");
        }
        assert_eq!(read("123456789").unwrap_err().rule, "gtin_form");
    }

    #[test]
    fn the_same_article_in_two_lengths_compares_equal() {
        assert_eq!(as_14("614141000036"), as_14("0614141000036"));
    }
}
