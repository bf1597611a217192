//! Tax numbers of southern Europe and Türkiye: CY, ES, GR, HR, IT, MT, PT, SI, TR.
//! Source unless stated: European Commission, DG TAXUD, "VIES VAT number construction rules".

use super::number::{Answer, Mistake, digits, fits, form, shaped, split};
use crate::standards::check_digit::{luhn, mod_11_10, weighted};

/// Cyprus: eight digits, not starting with 12, and a letter. Digits in odd places count by a table; the
/// sum modulo 26 is the letter.
pub(super) fn cy(text: &str) -> Answer {
    form(shaped(text, "99999999A") && !text.starts_with("12"))?;
    let (number, letter) = split(text, 8)?;
    let sum: u32 = digits::<8>(number)?
        .iter()
        .enumerate()
        .map(|(place, digit)| if place % 2 == 0 { odd_value(*digit) } else { *digit })
        .sum();
    fits(letter.chars().next() == letter_at(sum % 26))?;
    Ok(format!("CY{text}"))
}

/// What a digit or letter in an odd place counts, in Cyprus and in Italy: 1, 0, 5, 7, 9, 13, …
/// `value` is 0 to 9 for digits and 0 to 25 for letters.
fn odd_value(value: u32) -> u32 {
    const VALUES: [u32; 26] = [
        1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24,
        23,
    ];
    VALUES.iter().copied().nth(value as usize).unwrap_or_default()
}

/// The letter of the alphabet with A as 0.
fn letter_at(value: u32) -> Option<char> {
    char::from_u32(u32::from('A') + value).filter(char::is_ascii_uppercase)
}

/// Spain, NIF: eight digits and a letter (DNI, number modulo 23); X, Y or Z instead of the first digit
/// (NIE); K, L or M and seven digits and that letter; or the letter of a kind of organisation, seven
/// digits and a check digit by Luhn, or the letter for it.
/// Source: also Real Decreto 1065/2007, articles 18 to 22, and Orden EHA/451/2008.
pub(super) fn es(text: &str) -> Answer {
    form(shaped(text, "X9999999X"))?;
    let (front, last) = split(text, 8)?;
    let (first, body) = split(front, 1)?;
    let body: [u32; 7] = digits(body)?;
    // The shape above leaves exactly one character in each.
    let (Some(first), Some(last)) = (first.chars().next(), last.chars().next()) else {
        return Err(Mistake::Form);
    };
    let person = |lead: u32| {
        let rest = (lead * 10_000_000 + body.iter().fold(0, |n, digit| n * 10 + digit)) % 23;
        "TRWAGMYFPDXBNJZSQVHLCKE".chars().nth(rest as usize) == Some(last)
    };
    match first {
        '0'..='9' => fits(person(u32::from(first) - u32::from('0')))?,
        'X' | 'K' | 'L' | 'M' => fits(person(0))?,
        'Y' => fits(person(1))?,
        'Z' => fits(person(2))?,
        'A'..='H' | 'J' | 'N' | 'P'..='S' | 'U'..='W' => {
            let fitting = (0..10).find(|check| {
                let [a, b, c, d, e, f, g] = body;
                luhn(&[a, b, c, d, e, f, g, *check], 10)
            });
            let letter = fitting.and_then(|check| "JABCDEFGHI".chars().nth(check as usize));
            fits(last.to_digit(10) == fitting || Some(last) == letter)?;
        }
        _ => return Err(Mistake::Form),
    }
    Ok(format!("ES{text}"))
}

/// Greece, AFM: nine digits (old ones eight), weights 256, 128, … 2, modulo 11, modulo 10.
pub(super) fn gr(text: &str) -> Answer {
    let number = if text.len() == 8 { format!("0{text}") } else { text.to_owned() };
    let [body @ .., check]: [u32; 9] = digits(&number)?;
    form(body.iter().any(|digit| *digit > 0))?;
    fits(weighted(&body, &[256, 128, 64, 32, 16, 8, 4, 2]) % 11 % 10 == check)?;
    Ok(format!("EL{number}"))
}

/// Croatia, OIB: eleven digits, ISO 7064 MOD 11,10.
pub(super) fn hr(text: &str) -> Answer {
    fits(mod_11_10(&digits::<11>(text)?))?;
    Ok(format!("HR{text}"))
}

/// Italy: the partita IVA of eleven digits (Luhn), or a person's codice fiscale of sixteen characters,
/// whose last letter is a sum over two tables modulo 26.
/// Source: also Decreto ministeriale 23 dicembre 1976, n. 13813.
pub(super) fn it(text: &str) -> Answer {
    if text.len() != 16 {
        let d: [u32; 11] = digits(text)?;
        form(d.iter().any(|digit| *digit > 0))?;
        fits(luhn(&d, 10))?;
        return Ok(format!("IT{text}"));
    }
    form(shaped(text, "AAAAAAXXAXXAXXXA"))?;
    let (body, last) = split(text, 15)?;
    let sum: u32 = body
        .chars()
        .filter_map(|c| c.to_digit(36))
        .map(|value| if value > 9 { value - 10 } else { value })
        .enumerate()
        .map(|(place, value)| if place % 2 == 0 { odd_value(value) } else { value })
        .sum();
    fits(last.chars().next() == letter_at(sum % 26))?;
    Ok(text.to_owned())
}

/// Malta: eight digits; weights 3, 4, 6, 7, 8, 9 and the last two as a number, modulo 37.
pub(super) fn mt(text: &str) -> Answer {
    let d: [u32; 8] = digits(text)?;
    form(d[0] != 0)?;
    fits(weighted(&d, &[3, 4, 6, 7, 8, 9, 10, 1]).is_multiple_of(37))?;
    Ok(format!("MT{text}"))
}

/// Portugal, NIF: nine digits, weights 9 to 2, modulo 11.
pub(super) fn pt(text: &str) -> Answer {
    let [body @ .., check]: [u32; 9] = digits(text)?;
    form(body[0] != 0)?;
    fits((11 - weighted(&body, &[9, 8, 7, 6, 5, 4, 3, 2]) % 11) % 11 % 10 == check)?;
    Ok(format!("PT{text}"))
}

/// Slovenia: eight digits, weights 8 to 2; 11 less the sum modulo 11 is the check digit, 10 counts
/// as 0, and numbers that would give 11 are not handed out.
pub(super) fn si(text: &str) -> Answer {
    let [body @ .., check]: [u32; 8] = digits(text)?;
    form(body[0] != 0)?;
    let wanted = 11 - weighted(&body, &[8, 7, 6, 5, 4, 3, 2]) % 11;
    fits(wanted != 11 && wanted % 10 == check)?;
    Ok(format!("SI{text}"))
}

/// Türkiye: the VKN of ten digits, or a citizen's TCKN of eleven.
/// Source: Gelir İdaresi Başkanlığı (VKN); Nüfus ve Vatandaşlık İşleri (TCKN).
pub(super) fn tr(text: &str) -> Answer {
    if text.len() == 11 {
        let [body @ .., tenth, last]: [u32; 11] = digits(text)?;
        form(body[0] != 0)?;
        let all: u32 = body.iter().sum();
        let odd = weighted(&body, &[1, 0, 1, 0, 1, 0, 1, 0, 1]);
        // 7 × odd − even; seven times odd is never less than ten times itself modulo ten.
        let wanted = (7 * odd + 10 * all - (all - odd)) % 10;
        fits(tenth == wanted && (all + tenth) % 10 == last)?;
    } else {
        let [body @ .., check]: [u32; 10] = digits(text)?;
        let sum: u32 = body
            .iter()
            .zip((1..=9).rev())
            .map(|(digit, place)| match (digit + place) % 10 {
                0 => 0,
                moved => match moved * 2_u32.pow(place) % 9 {
                    0 => 9,
                    rest => rest,
                },
            })
            .sum();
        fits((sum + check).is_multiple_of(10))?;
    }
    Ok(text.to_owned())
}
