//! Postal codes by country: their forms, as a table. Whether a code exists is not known here.
//! Source of the forms: Universal Postal Union, "Postal addressing systems", the page of each country.

use super::{Fault, country, typed};

/// The code as the country prints it (`SW1A 1AA`, `1017 AB`, `00-950`). Case, spaces and dashes are
/// mended, and a letter for the country in front (`D-10115`) is dropped. Countries not in the table
/// take any code of letters and digits.
///
/// # Errors
/// `country_unknown`; `postal_code_form`, with the forms the country has.
pub fn read(country: &str, text: &str) -> Result<String, Fault> {
    let country = country::read(country)?;
    let typed = typed::tidy(text).to_uppercase();
    let Some(forms) = forms(&country) else { return free(&country, &typed) };
    let bare = match typed.split_once('-') {
        Some((letters, rest)) if letters.chars().all(|c| c.is_ascii_uppercase()) => rest,
        _ => &typed,
    };
    forms.iter().find_map(|form| lay_out(&typed, form).or_else(|| lay_out(bare, form))).ok_or_else(
        || {
            Fault::new(
                "postal_code_form",
                format!(
                    "\"{typed}\" is no postal code of {}, where one looks like {} (9 a digit, A a letter).",
                    country::name(&country).unwrap_or(&country),
                    forms.join(" or ")
                ),
            )
        },
    )
}

/// The characters of `code` in the places of `form`: `9` a digit, `A` a letter, `X` either, others as
/// they stand; spaces and dashes of `code` do not count. `None` where a character does not fit.
fn lay_out(code: &str, form: &str) -> Option<String> {
    let mut characters = code.chars().filter(|c| !matches!(c, ' ' | '-')).peekable();
    let mut laid = String::new();
    for place in form.chars() {
        if matches!(place, ' ' | '-') {
            laid.push(place);
            continue;
        }
        let c = characters.next()?;
        let fits = match place {
            '9' => c.is_ascii_digit(),
            'A' => c.is_ascii_uppercase(),
            'X' => c.is_ascii_digit() || c.is_ascii_uppercase(),
            literal => c == literal.to_ascii_uppercase(),
        };
        if !fits {
            return None;
        }
        laid.push(c);
    }
    characters.peek().is_none().then_some(laid)
}

fn free(country: &str, typed: &str) -> Result<String, Fault> {
    let sane = typed.chars().all(|c| c.is_alphanumeric() || matches!(c, ' ' | '-'));
    if sane && typed.chars().count() <= 16 && typed.chars().any(char::is_alphanumeric) {
        return Ok(typed.to_owned());
    }
    Err(Fault::new(
        "postal_code_form",
        format!(
            "A postal code of {} has up to 16 letters, digits, spaces and dashes.",
            country::name(country).unwrap_or(country)
        ),
    ))
}

/// The forms of a country's codes, the commonest first. Small letters stand for themselves.
#[rustfmt::skip]
fn forms(country: &str) -> Option<&'static [&'static str]> {
    Some(match country {
        "FO" | "IS" => &["999"],
        "AL" | "AT" | "AU" | "BE" | "BG" | "CH" | "CY" | "DK" | "GE" | "GL" | "HU" | "LI" | "LU" | "MK"
        | "NO" | "NZ" | "PH" | "SI" | "TN" | "ZA" => &["9999"],
        "AX" | "BA" | "DE" | "DZ" | "EE" | "EG" | "ES" | "FI" | "FR" | "HR" | "ID" | "IT" | "KE" | "KR" | "MA"
        | "MC" | "ME" | "MX" | "MY" | "PE" | "RS" | "SM" | "TH" | "TR" | "UA" | "VA" => &["99999"],
        "CN" | "CO" | "IN" | "RO" | "RU" | "SG" => &["999999"],
        "CL" => &["9999999"],
        "AD" => &["ad999"],
        "AR" => &["A9999AAA", "9999"],
        "BR" => &["99999-999"],
        "CA" => &["A9A 9A9"],
        "CZ" | "GR" | "SE" | "SK" => &["999 99"],
        "GB" | "GG" | "IM" | "JE" => &["AA9 9AA", "AA99 9AA", "A9 9AA", "A99 9AA", "A9A 9AA", "AA9A 9AA"],
        "IE" => &["A99 XXXX", "d6w XXXX"],
        "IL" => &["9999999", "99999"],
        "JP" => &["999-9999"],
        "LT" => &["lt-99999", "99999"],
        "LV" => &["lv-9999", "9999"],
        "MT" => &["AAA 9999"],
        "NL" => &["9999 AA"],
        "PL" => &["99-999"],
        "PR" | "US" => &["99999", "99999-9999"],
        "PT" => &["9999-999"],
        "SA" => &["99999", "99999-9999"],
        "TW" => &["999", "99999", "999999"],
        "VN" => &["99999", "999999"],
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_laid_out_as_the_country_prints_them() {
        for (country, typed, canonical) in [
            ("DE", "D-10115", "10115"),
            ("AT", "1010", "1010"),
            ("CH", "CH-8001", "8001"),
            ("GB", "sw1a1aa", "SW1A 1AA"),
            ("GB", "m1 1ae", "M1 1AE"),
            ("GB", "CR2 6XH", "CR2 6XH"),
            ("NL", "1017ab", "1017 AB"),
            ("PL", "00950", "00-950"),
            ("CA", "k1a0b1", "K1A 0B1"),
            ("US", "94105", "94105"),
            ("US", "941051234", "94105-1234"),
            ("SE", "SE-111 22", "111 22"),
            ("PT", "1000 205", "1000-205"),
            ("JP", "1008111", "100-8111"),
            ("BR", "01310100", "01310-100"),
            ("IE", "d02af30", "D02 AF30"),
            ("IE", "D6W XY00", "D6W XY00"),
            ("MT", "vlt1117", "VLT 1117"),
            ("LV", "LV1010", "LV-1010"),
            ("AD", "ad500", "AD500"),
            ("AR", "c1002aaa", "C1002AAA"),
            ("FR", "75001", "75001"),
        ] {
            assert_eq!(read(country, typed).as_deref(), Ok(canonical), "{country} {typed}");
            assert_eq!(read(country, canonical).as_deref(), Ok(canonical), "{country}");
        }
    }

    #[test]
    fn other_forms_are_refused_with_the_right_one() {
        for (country, wrong) in [
            ("DE", "1011"),
            ("DE", ""),
            ("DE", "1011A"),
            ("GB", "SW1A"),
            ("NL", "1017"),
            ("US", "9410"),
            ("US", "94105-12"),
            ("CA", "K1A 0BB"),
            ("IN", "11000"),
            ("FR", "７500"),
        ] {
            let fault = read(country, wrong).unwrap_err();
            assert_eq!(fault.rule, "postal_code_form", "{country} {wrong}");
        }
        let fault = read("US", "9410").unwrap_err();
        assert!(fault.message.contains("99999 or 99999-9999"), "{fault}");
    }

    #[test]
    fn a_country_without_a_form_takes_any_sane_code() {
        assert_eq!(read("HK", "999077"), Ok("999077".into()));
        assert_eq!(read("HK", "<b>").unwrap_err().rule, "postal_code_form");
        assert_eq!(read("QQ", "1").unwrap_err().rule, "country_unknown");
    }
}
