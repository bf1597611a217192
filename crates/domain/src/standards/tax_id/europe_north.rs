//! Tax numbers of northern Europe: DK, EE, FI, GB, IE, LT, LV, NO, SE.
//! Source unless stated: European Commission, DG TAXUD, "VIES VAT number construction rules".

use super::number::{Answer, Mistake, digits, fits, form, shaped, split};
use crate::standards::check_digit::{luhn, remainder, weighted};

/// Denmark, CVR or SE number: eight digits, weights 2, 7, 6, 5, 4, 3, 2, 1, modulo 11.
pub(super) fn dk(text: &str) -> Answer {
    let d: [u32; 8] = digits(text)?;
    form(d[0] != 0)?;
    fits(weighted(&d, &[2, 7, 6, 5, 4, 3, 2, 1]).is_multiple_of(11))?;
    Ok(format!("DK{text}"))
}

/// Estonia: nine digits, weights 3, 7, 1, repeating, modulo 10.
pub(super) fn ee(text: &str) -> Answer {
    let d: [u32; 9] = digits(text)?;
    fits(weighted(&d, &[3, 7, 1, 3, 7, 1, 3, 7, 1]).is_multiple_of(10))?;
    Ok(format!("EE{text}"))
}

/// Finland, Y-tunnus: eight digits (old ones seven), weights 7, 9, 10, 5, 8, 4, 2, 1, modulo 11.
pub(super) fn fi(text: &str) -> Answer {
    let number = if text.len() == 7 { format!("0{text}") } else { text.to_owned() };
    let d: [u32; 8] = digits(&number)?;
    fits(weighted(&d, &[7, 9, 10, 5, 8, 4, 2, 1]).is_multiple_of(11))?;
    Ok(format!("FI{number}"))
}

/// United Kingdom: nine digits, or twelve with a branch; weights 8 to 2 and the last two digits as a
/// number, modulo 97: 0, or 42 in the series from 100 on ("9755"). Government departments are GD000
/// to GD499, health authorities HA500 to HA999, also written GD8888, the number and it modulo 97.
pub(super) fn gb(text: &str) -> Answer {
    british("GB", text)
}

/// Northern Ireland in trade of goods with the Union: the same numbers behind `XI`.
pub(super) fn xi(text: &str) -> Answer {
    british("XI", text)
}

fn british(prefix: &str, text: &str) -> Answer {
    if let Some(number) = text.strip_prefix("GD").or_else(|| text.strip_prefix("HA")) {
        let short = match number.strip_prefix("8888") {
            Some(long) => {
                let [body @ .., tens, ones]: [u32; 5] = digits(long)?;
                fits(remainder(&body, 97) == tens * 10 + ones)?;
                split(long, 3)?.0
            }
            None => number,
        };
        form(shaped(short, "999") && text.starts_with("GD") == (short < "500"))?;
        return Ok(format!("{prefix}{text}"));
    }
    let (number, branch) = split(text, 9)?;
    form(branch.is_empty() || shaped(branch, "999"))?;
    let d: [u32; 9] = digits(number)?;
    form(d.iter().any(|digit| *digit > 0))?;
    let sum = weighted(&d, &[8, 7, 6, 5, 4, 3, 2, 10, 1]) % 97;
    fits(sum == 0 || (sum == 42 && d[0] > 0))?;
    Ok(format!("{prefix}{text}"))
}

/// Ireland: seven digits, a check letter and since 2013 a letter more; or, from before 1991, a digit, a
/// letter or sign, five digits and the check letter. Weights 8 to 2, the last letter by 9, modulo 23.
pub(super) fn ie(text: &str) -> Answer {
    let characters: Vec<char> = text.chars().collect();
    let (seven, check, more) = match characters[..] {
        [first, 'A'..='Z' | '+' | '*', c, d, e, f, g, check] => {
            (['0', c, d, e, f, g, first], check, None)
        }
        [a, b, c, d, e, f, g, check] => ([a, b, c, d, e, f, g], check, None),
        [a, b, c, d, e, f, g, check, more] => ([a, b, c, d, e, f, g], check, Some(more)),
        _ => return Err(Mistake::Form),
    };
    let d: [u32; 7] = digits(&String::from_iter(seven))?;
    form(matches!(check, 'A'..='W'))?;
    let last = match more {
        // W, T and X marked a spouse's number before 2013 and do not count.
        None | Some('W' | 'T' | 'X') => 0,
        Some(letter @ 'A'..='I') => u32::from(letter) - u32::from('A') + 1,
        Some(_) => return Err(Mistake::Form),
    };
    let sum = (weighted(&d, &[8, 7, 6, 5, 4, 3, 2]) + 9 * last) % 23;
    let value = if check == 'W' { 0 } else { u32::from(check) - u32::from('A') + 1 };
    fits(sum == value)?;
    Ok(format!("IE{text}"))
}

/// Lithuania: nine digits with a 1 before the last (companies), or twelve with a 1 there (others).
/// Weights 1 to 9 repeating, modulo 11; where that gives 10, weights from 3 on.
pub(super) fn lt(text: &str) -> Answer {
    let d: Vec<u32> =
        text.chars().map(|c| c.to_digit(10)).collect::<Option<_>>().ok_or(Mistake::Form)?;
    let [body @ .., check] = d.as_slice() else { return Err(Mistake::Form) };
    form(matches!(d.len(), 9 | 12) && body.last() == Some(&1))?;
    let by = |first: u32| (0..).map(move |place| (place + first - 1) % 9 + 1);
    let sum =
        |first| body.iter().zip(by(first)).map(|(digit, weight)| digit * weight).sum::<u32>() % 11;
    let rest = match sum(1) {
        10 => sum(3) % 10,
        rest => rest,
    };
    fits(rest == *check)?;
    Ok(format!("LT{text}"))
}

/// Latvia: eleven digits. Legal persons (first digit above 3): weights 9, 1, 4, 8, 3, 10, 2, 5, 7, 6, 1,
/// modulo 11 gives 3. Natural persons: the personal code, weights 10, 5, 8, 4, 2, 1, 6, 3, 7, 9.
pub(super) fn lv(text: &str) -> Answer {
    let d: [u32; 11] = digits(text)?;
    let [body @ .., check] = d;
    if d[0] > 3 {
        fits(weighted(&d, &[9, 1, 4, 8, 3, 10, 2, 5, 7, 6, 1]) % 11 == 3)?;
    } else {
        let [day_tens, day_ones, month_tens, month_ones, ..] = d;
        let day = day_tens * 10 + day_ones;
        // Codes since 2017 start with 32 and hold no birth date.
        let dated = matches!(day, 1..=31) && matches!(month_tens * 10 + month_ones, 1..=12);
        form(dated || day == 32)?;
        let sum = weighted(&body, &[10, 5, 8, 4, 2, 1, 6, 3, 7, 9]);
        fits((1 + sum) % 11 % 10 == check)?;
    }
    Ok(format!("LV{text}"))
}

/// Norway, organisasjonsnummer: nine digits, weights 3, 2, 7, 6, 5, 4, 3, 2, 1, modulo 11; the `MVA`
/// of those registered for VAT stays where it was typed.
/// Source: Brønnøysundregistrene, "Organisasjonsnummeret".
pub(super) fn no(text: &str) -> Answer {
    let (number, addition) = split(text, 9)?;
    form(matches!(addition, "" | "MVA"))?;
    let d: [u32; 9] = digits(number)?;
    form(d[0] != 0)?;
    fits(weighted(&d, &[3, 2, 7, 6, 5, 4, 3, 2, 1]).is_multiple_of(11))?;
    Ok(text.to_owned())
}

/// Sweden: ten digits (Luhn) and 01 to 94; or the ten digits of the organisationsnummer alone, for
/// those without VAT.
pub(super) fn se(text: &str) -> Answer {
    if text.len() == 10 {
        fits(luhn(&digits::<10>(text)?, 10))?;
        return Ok(text.to_owned());
    }
    let [body @ .., tens, ones]: [u32; 12] = digits(text)?;
    form(matches!(tens * 10 + ones, 1..=94) && body.iter().any(|digit| *digit > 0))?;
    fits(luhn(&body, 10))?;
    Ok(format!("SE{text}"))
}
