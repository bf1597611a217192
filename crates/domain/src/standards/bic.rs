//! Business identifier codes, ISO 9362:2022: four for the party, two for the country, two for the
//! place, and three for the branch or none. Whether a bank has the code is not known here.

use super::{Fault, country, typed};

/// The BIC in upper case. `XXX` for the head office is dropped, so the 8 and the 11 letter form of
/// one bank are the same text.
///
/// # Errors
/// `bic_form` where length or characters are wrong; `bic_country` where letters five and six name no
/// country.
pub fn read(text: &str) -> Result<String, Fault> {
    let bic = typed::compact(text);
    let form = || {
        Fault::new(
            "bic_form",
            "A BIC has 8 or 11 characters: four for the bank, two letters for the country, two for \
             the place, and three for the branch or none. For example DEUTDEFF or DEUTDEFF500.",
        )
    };
    if !bic.is_ascii() || !matches!(bic.len(), 8 | 11) {
        return Err(form());
    }
    let (party, rest) = bic.split_at(4);
    let (country, place) = rest.split_at(2);
    // ISO 9362 allows digits in the party prefix since 2014; none has been given out by SWIFT.
    let characters = [party, place].concat().bytes().all(|byte| byte.is_ascii_alphanumeric());
    if !characters || !country.bytes().all(|byte| byte.is_ascii_uppercase()) {
        return Err(form());
    }
    // `UK` reads as GB elsewhere; in a BIC it is a mistake.
    if country::read(country).as_deref() != Ok(country) {
        return Err(Fault::new(
            "bic_country",
            format!("Letters five and six of a BIC name a country; “{country}” is none."),
        ));
    }
    Ok(bic.strip_suffix("XXX").filter(|head| head.len() == 8).unwrap_or(&bic).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_of_banks_are_accepted() {
        assert_eq!(read("deutdeff"), Ok("DEUTDEFF".into()));
        assert_eq!(read("DEUT DE FF 500"), Ok("DEUTDEFF500".into()));
        assert_eq!(read("NEDSZAJJXXX"), Ok("NEDSZAJJ".into()));
        assert_eq!(read("NCBVXKPR"), Ok("NCBVXKPR".into()));
    }

    #[test]
    fn wrong_lengths_characters_and_countries_are_refused() {
        for wrong in ["", "DEUTDEF", "DEUTDEFF50", "DEUTDE1€", "DEUT1EFF", "DÄUTDEFF"] {
            assert_eq!(read(wrong).unwrap_err().rule, "bic_form", "{wrong}");
        }
        assert_eq!(read("DEUTQQFF").unwrap_err().rule, "bic_country");
        assert_eq!(read("BARCUKFF").unwrap_err().rule, "bic_country");
    }
}
