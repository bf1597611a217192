//! Routing transit numbers of banks in the United States (American Bankers Association).
//! Form and check digit; whether a bank has the number is not known here.

use super::{Fault, typed};

/// The nine digits of a routing number.
///
/// Source: ABA Routing Number Policy: the digits weighted 3, 7, 1 sum to a multiple of ten; the first
/// two are 00 to 12 (Federal Reserve), 21 to 32 (thrifts), 61 to 72 (electronic) or 80 (cheques).
///
/// # Errors
/// `routing_number_form` or `routing_number_checksum`.
pub fn read(text: &str) -> Result<String, Fault> {
    let number = typed::compact(text);
    let digits = typed::digits(&number).filter(|digits| digits.len() == 9).ok_or_else(|| {
        Fault::new(
            "routing_number_form",
            "A routing number has nine digits, for example 021000021.",
        )
    })?;
    let sum: u32 = digits.iter().zip([3, 7, 1].iter().cycle()).map(|(digit, by)| digit * by).sum();
    let district = digits.iter().take(2).fold(0, |number, digit| number * 10 + digit);
    if !matches!(district, 0..=12 | 21..=32 | 61..=72 | 80) {
        return Err(Fault::new(
            "routing_number_form",
            format!("No routing number starts with {district:02}. Compare it with the original."),
        ));
    }
    // Nine zeros pass the sum and are nobody's number.
    if sum == 0 || !sum.is_multiple_of(10) {
        return Err(Fault::new(
            "routing_number_checksum",
            "The check digit of this routing number does not fit. Compare it with the original.",
        ));
    }
    Ok(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_banks_are_accepted() {
        for number in ["021000021", "011401533", "091000019", "122105155"] {
            assert_eq!(read(number).as_deref(), Ok(number));
        }
        assert_eq!(read("0210-0002-1"), Ok("021000021".into()));
    }

    #[test]
    fn wrong_numbers_are_refused() {
        assert_eq!(read("021000012").unwrap_err().rule, "routing_number_checksum");
        assert_eq!(read("000000000").unwrap_err().rule, "routing_number_checksum");
        for wrong in ["", "02100002", "0210000211", "02100002A", "991000019"] {
            assert_eq!(read(wrong).unwrap_err().rule, "routing_number_form", "{wrong}");
        }
    }
}
