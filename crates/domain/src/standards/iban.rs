//! International bank account numbers, ISO 13616: country, form and mod-97 check digits.
//! The forms by country are the `iban_validate` crate's, generated from SWIFT's IBAN registry.

use super::{Fault, country, typed};
use iban::{Iban, IbanLike, ParseBaseIbanError, ParseIbanError};

/// The IBAN in its electronic form: upper case, no spaces (`DE89370400440532013000`).
///
/// # Errors
/// `iban_form` where it is too short, too long or holds other characters; `iban_country` where the
/// country has no IBAN; `iban_checksum` where the check digits do not fit; `iban_account` where the
/// part after them does not have the country's form.
pub fn read(text: &str) -> Result<String, Fault> {
    let compact = typed::compact(text);
    let compact = compact.strip_prefix("IBAN").unwrap_or(&compact).trim_start_matches(':');
    typed::alphanumeric(compact, "iban_form", "An IBAN")?;
    match compact.parse::<Iban>() {
        Ok(iban) => Ok(iban.electronic_str().to_owned()),
        Err(ParseIbanError::InvalidBaseIban { source }) => Err(match source {
            ParseBaseIbanError::InvalidChecksum => Fault::new(
                "iban_checksum",
                "The check digits of this IBAN do not fit: a character is wrong or two are swapped. \
                 Compare it with the original.",
            ),
            ParseBaseIbanError::InvalidFormat => Fault::new(
                "iban_form",
                "An IBAN is two letters for the country, two check digits and up to 30 letters \
                 and digits, for example DE89 3704 0044 0532 0130 00.",
            ),
        }),
        Err(ParseIbanError::UnknownCountry(base)) => Err(Fault::new(
            "iban_country",
            format!(
                "{} has no IBAN. Check the first two letters, or enter the account number.",
                country::name(base.country_code()).unwrap_or(base.country_code())
            ),
        )),
        Err(ParseIbanError::InvalidBban(base)) => Err(Fault::new(
            "iban_account",
            format!(
                "An IBAN of {} has another length or form. Compare it with the original.",
                country::name(base.country_code()).unwrap_or(base.country_code())
            ),
        )),
    }
}

/// The IBAN in groups of four, as it is printed.
pub fn print(iban: &str) -> String {
    let groups: Vec<&str> = iban
        .as_bytes()
        .chunks(4)
        // A canonical IBAN is ASCII, so every cut is between characters.
        .map(|group| std::str::from_utf8(group).unwrap_or_default())
        .collect();
    groups.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Examples of SWIFT's IBAN registry.
    #[test]
    fn the_examples_of_the_registry_are_accepted() {
        for iban in [
            "DE89 3704 0044 0532 0130 00",
            "GB29 NWBK 6016 1331 9268 19",
            "FR14 2004 1010 0505 0001 3M02 606",
            "NL91 ABNA 0417 1643 00",
            "CH93 0076 2011 6238 5295 7",
            "MT84 MALT 0110 0001 2345 MTLC AST0 01S",
            "NO93 8601 1117 947",
            "BE68 5390 0754 7034",
        ] {
            let read = read(iban).unwrap_or_else(|fault| panic!("{iban}: {fault}"));
            assert_eq!(print(&read), iban);
        }
    }

    #[test]
    fn an_iban_is_read_as_people_type_it() {
        assert_eq!(read("iban: de89-3704-0044-0532-0130-00"), Ok("DE89370400440532013000".into()));
    }

    #[test]
    fn each_mistake_has_its_own_message() {
        // Two digits swapped.
        assert_eq!(read("DE89 3704 0044 0532 0103 00").unwrap_err().rule, "iban_checksum");
        assert_eq!(read("DE89").unwrap_err().rule, "iban_checksum");
        assert_eq!(read("").unwrap_err().rule, "iban_form");
        assert_eq!(read("DE89 3704 0044 0532 0130 0€").unwrap_err().rule, "iban_form");
        let american = with_check_digits("US", "SVBKUS6S3300958879");
        assert_eq!(read(&american).unwrap_err().rule, "iban_country");
        // Check digits right, one digit short for Germany (18 wanted after them).
        let short = with_check_digits("DE", "37040044053201300");
        assert_eq!(read(&short).unwrap_err().rule, "iban_account");
    }

    fn with_check_digits(country: &str, account: &str) -> String {
        let rest = format!("{account}{country}00").bytes().fold(0u64, |rest, byte| {
            let value = u64::from((byte as char).to_digit(36).unwrap());
            (rest * if value > 9 { 100 } else { 10 } + value) % 97
        });
        format!("{country}{:02}{account}", 98 - rest)
    }
}
