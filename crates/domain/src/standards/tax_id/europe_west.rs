//! Tax numbers of western Europe: AT, BE, CH, DE, FR, LU, NL.
//! Source unless stated: European Commission, DG TAXUD, "VIES VAT number construction rules".

use super::number::{Answer, Mistake, digits, fits, form, shaped, split};
use crate::standards::check_digit::{luhn, mod_11_10, remainder, weighted};

/// Austria, UID: `U` and eight digits. The seven digits, every second one doubled and its digits added,
/// plus four, and the check digit sum to a multiple of ten.
pub(super) fn at(text: &str) -> Answer {
    let number = text.strip_prefix('U').unwrap_or(text);
    let d: [u32; 8] = digits(number)?;
    let [body @ .., check] = d;
    let sum: u32 = body
        .iter()
        .zip([1, 2].iter().cycle())
        .map(|(digit, by)| digit * by / 10 + digit * by % 10)
        .sum();
    fits((sum + 4 + check).is_multiple_of(10))?;
    Ok(format!("ATU{number}"))
}

/// Belgium, enterprise number: ten digits, the first 0 or 1 (before 2005 nine, without the zero); the
/// last two are 97 less the first eight modulo 97.
pub(super) fn be(text: &str) -> Answer {
    let number = if text.len() == 9 { format!("0{text}") } else { text.to_owned() };
    let [body @ .., tens, ones]: [u32; 10] = digits(&number)?;
    form(body[0] <= 1 && body.iter().any(|digit| *digit > 0))?;
    fits(97 - remainder(&body, 97) == tens * 10 + ones)?;
    Ok(format!("BE{number}"))
}

/// Switzerland and Liechtenstein, UID: `CHE` and nine digits, weights 5, 4, 3, 2, 7, 6, 5, 4, modulo
/// 11; the addition that says "registered for VAT" (MWST, TVA, IVA, TPV) stays where it was typed.
/// Source: Federal Statistical Office, UID register, structure of the UID (eCH-0097).
pub(super) fn ch(text: &str) -> Answer {
    // Behind a stripped `CH` only the `E` is left.
    let rest = text.strip_prefix("CHE").or_else(|| text.strip_prefix('E')).unwrap_or(text);
    let (number, addition) = split(rest, 9)?;
    form(matches!(addition, "" | "MWST" | "TVA" | "IVA" | "TPV"))?;
    let [body @ .., check]: [u32; 9] = digits(number)?;
    fits((11 - weighted(&body, &[5, 4, 3, 2, 7, 6, 5, 4]) % 11) % 11 == check)?;
    Ok(format!("CHE{number}{addition}"))
}

/// Germany: the USt-IdNr. of nine digits (ISO 7064 MOD 11,10), with five more as a
/// Wirtschafts-Identifikationsnummer (§ 139c AO); or, for those who have neither, the Steuernummer of
/// 10 to 13 digits, whose check digit differs by Land and is not tested.
pub(super) fn de(text: &str) -> Answer {
    if matches!(text.len(), 10..=13) && text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Ok(text.to_owned());
    }
    let (number, activity) = split(text, 9)?;
    form(matches!(activity.len(), 0 | 5) && activity.bytes().all(|byte| byte.is_ascii_digit()))?;
    let d: [u32; 9] = digits(number)?;
    form(d[0] != 0)?;
    fits(mod_11_10(&d))?;
    let dash = if activity.is_empty() { "" } else { "-" };
    Ok(format!("DE{number}{dash}{activity}"))
}

/// France and Monaco: a key of two characters and the SIREN; or the SIREN alone, for companies
/// without VAT. A key of digits is (12 + 3 × SIREN) modulo 97; keys with letters (no I, no O) follow
/// the Commission's second rule. The SIREN itself is a Luhn number, except Monaco's (000…).
pub(super) fn fr(text: &str) -> Answer {
    if text.len() == 9 {
        let siren: [u32; 9] = digits(text)?;
        fits(luhn(&siren, 10))?;
        return Ok(text.to_owned());
    }
    let (key, siren) = split(text, 2)?;
    let d: [u32; 9] = digits(siren)?;
    fits(siren.starts_with("000") || luhn(&d, 10))?;
    if let Ok([tens, ones]) = digits::<2>(key) {
        fits((12 + 3 * remainder(&d, 97)) % 97 == tens * 10 + ones)?;
    } else {
        let values: Vec<u32> =
            key.chars().map(key_value).collect::<Option<_>>().ok_or(Mistake::Form)?;
        let [first, second] = values[..] else { return Err(Mistake::Form) };
        // The second term never exceeds the first: a letter in front is at least 10 × 34.
        let sum = if first < 10 {
            (first * 24 + second).checked_sub(10).ok_or(Mistake::Form)?
        } else {
            first * 34 + second - 100
        };
        fits((remainder(&d, 11) + sum / 11 + 1) % 11 == sum % 11)?;
    }
    Ok(format!("FR{key}{siren}"))
}

/// The place of a character among the digits and the letters without I and O.
fn key_value(c: char) -> Option<u32> {
    let place = "0123456789ABCDEFGHJKLMNPQRSTUVWXYZ".find(c)?;
    u32::try_from(place).ok()
}

/// Luxembourg: eight digits, the last two are the first six modulo 89.
pub(super) fn lu(text: &str) -> Answer {
    let [body @ .., tens, ones]: [u32; 8] = digits(text)?;
    fits(remainder(&body, 89) == tens * 10 + ones)?;
    Ok(format!("LU{text}"))
}

/// Netherlands, btw-id: nine digits, `B`, two digits. Since 2020 sole traders have numbers whose
/// ISO 7064 MOD 97-10 over `NL` and all characters is 1; the others keep the eleven test of the first
/// nine digits (weights 9 to 2). Source: Belastingdienst, "Btw-identificatienummer".
pub(super) fn nl(text: &str) -> Answer {
    let (front, end) = text.split_once('B').ok_or(Mistake::Form)?;
    // Leading zeros are often left out.
    let text = format!("{front:0>9}B{end}");
    form(shaped(&text, "999999999B99") && end != "00")?;
    let [body @ .., check]: [u32; 9] = digits(split(&text, 9)?.0)?;
    let eleven = weighted(&body, &[9, 8, 7, 6, 5, 4, 3, 2]) % 11 == check;
    let mod_97 = format!("NL{text}")
        .chars()
        .filter_map(|c| c.to_digit(36))
        .fold(0, |rest, value| (rest * if value > 9 { 100 } else { 10 } + value) % 97);
    fits(mod_97 == 1 || (eleven && body.iter().any(|digit| *digit > 0)))?;
    Ok(format!("NL{text}"))
}
