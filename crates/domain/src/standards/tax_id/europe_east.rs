//! Tax numbers of eastern Europe: BG, CZ, HU, PL, RO, SK.
//! Source unless stated: European Commission, DG TAXUD, "VIES VAT number construction rules".

use super::number::{Answer, Mistake, digits, fits, form, split};
use crate::standards::check_digit::{remainder, weighted};

/// Bulgaria: nine digits of the EIK (weights 1 to 8, modulo 11; where that gives 10, weights 3 to 10),
/// or ten: a citizen's EGN, a foreigner's number, or another, each with weights of its own.
pub(super) fn bg(text: &str) -> Answer {
    if text.len() == 9 {
        let [body @ .., check]: [u32; 9] = digits(text)?;
        let rest = match weighted(&body, &[1, 2, 3, 4, 5, 6, 7, 8]) % 11 {
            10 => weighted(&body, &[3, 4, 5, 6, 7, 8, 9, 10]) % 11 % 10,
            rest => rest,
        };
        fits(rest == check)?;
    } else {
        let d: [u32; 10] = digits(text)?;
        let [body @ .., check] = d;
        let citizen = weighted(&body, &[2, 4, 8, 5, 10, 9, 7, 3, 6]) % 11 % 10;
        let foreigner = weighted(&body, &[21, 19, 17, 13, 11, 9, 7, 3, 1]) % 10;
        let other = (11 - weighted(&body, &[4, 3, 2, 7, 6, 5, 4, 3, 2]) % 11) % 11;
        // A citizen's number starts with the birth date; months after 1999 count from 41.
        let born = month_and_day(&d, |month| month % 20).is_ok();
        fits((born && citizen == check) || [foreigner, other].contains(&check))?;
    }
    Ok(format!("BG{text}"))
}

/// Czechia, DIČ: eight digits (companies, weights 8 to 2, modulo 11); nine starting with 6 (persons
/// without a birth number); or the birth number, nine digits until 1953 without a check, then ten,
/// a multiple of 11.
pub(super) fn cz(text: &str) -> Answer {
    match text.len() {
        8 => {
            let [body @ .., check]: [u32; 8] = digits(text)?;
            form(body[0] != 9)?;
            let wanted = match 11 - weighted(&body, &[8, 7, 6, 5, 4, 3, 2]) % 11 {
                11 => 1,
                wanted => wanted % 10,
            };
            fits(wanted == check)?;
        }
        9 if text.starts_with('6') => {
            let [_, body @ .., check]: [u32; 9] = digits(text)?;
            // The check digit for 11 − (sum modulo 11) of 1 to 11.
            const CHECK: [u32; 11] = [8, 7, 6, 5, 4, 3, 2, 1, 0, 9, 8];
            let rest = 11 - weighted(&body, &[8, 7, 6, 5, 4, 3, 2]) % 11;
            // `rest` is 1 to 11, so there is always an entry.
            fits(CHECK.get(rest as usize - 1) == Some(&check))?;
        }
        9 => {
            let d: [u32; 9] = digits(text)?;
            birth_date(&d)?;
            // Nine digits were given until 1953, and the year has two of them.
            form(d[0] * 10 + d[1] <= 53 || d[0] >= 8)?;
        }
        _ => {
            let d: [u32; 10] = digits(text)?;
            birth_date(&d)?;
            let [body @ .., check] = d;
            // Until 1985 a remainder of 10 was written as 0.
            fits(remainder(&body, 11) % 10 == check)?;
        }
    }
    Ok(format!("CZ{text}"))
}

/// A birth number's month and day: women's months count from 51, overflow series from 21 and 71.
fn birth_date(d: &[u32]) -> Result<(), Mistake> {
    month_and_day(d, |month| month % 50 % 20)
}

/// The third to sixth digits as a month, behind the offset that carries sex or century, and a day.
fn month_and_day(d: &[u32], without_offset: fn(u32) -> u32) -> Result<(), Mistake> {
    let [_, _, month_tens, month_ones, day_tens, day_ones, ..] = d else {
        return Err(Mistake::Form);
    };
    let month = without_offset(month_tens * 10 + month_ones);
    form(matches!(month, 1..=12) && matches!(day_tens * 10 + day_ones, 1..=31))
}

/// Hungary: eight digits, weights 9, 7, 3, 1, repeating, modulo 10; the domestic adószám adds a digit
/// for the kind of taxation (1 to 5) and two for the county, and stays as long as it was typed.
pub(super) fn hu(text: &str) -> Answer {
    let (number, domestic) = split(text, 8)?;
    let d: [u32; 8] = digits(number)?;
    form(d[0] != 0)?;
    if !domestic.is_empty() {
        let [kind, _, _]: [u32; 3] = digits(domestic)?;
        form(matches!(kind, 1..=5))?;
    }
    fits(weighted(&d, &[9, 7, 3, 1, 9, 7, 3, 1]).is_multiple_of(10))?;
    Ok(if domestic.is_empty() { format!("HU{text}") } else { text.to_owned() })
}

/// Poland, NIP: ten digits, weights 6, 5, 7, 2, 3, 4, 5, 6, 7, modulo 11; 10 is not handed out.
pub(super) fn pl(text: &str) -> Answer {
    let [body @ .., check]: [u32; 10] = digits(text)?;
    form(body[0] != 0)?;
    fits(weighted(&body, &[6, 5, 7, 2, 3, 4, 5, 6, 7]) % 11 == check)?;
    Ok(format!("PL{text}"))
}

/// Romania: two to ten digits of the CUI (weights 7, 5, 3, 2, 1, 7, 5, 3, 2 to the right, times ten,
/// modulo 11, modulo 10), or a person's CNP of thirteen (weights 2, 7, 9, 1, 4, 6, 3, 5, 8, 2, 7, 9).
pub(super) fn ro(text: &str) -> Answer {
    if text.len() == 13 {
        let [body @ .., check]: [u32; 13] = digits(text)?;
        form(body[0] != 0)?;
        let rest = match weighted(&body, &[2, 7, 9, 1, 4, 6, 3, 5, 8, 2, 7, 9]) % 11 {
            10 => 1,
            rest => rest,
        };
        fits(rest == check)?;
    } else {
        form(matches!(text.len(), 2..=10) && !text.starts_with('0'))?;
        let [body @ .., check]: [u32; 10] = digits(&format!("{text:0>10}"))?;
        fits(10 * weighted(&body, &[7, 5, 3, 2, 1, 7, 5, 3, 2]) % 11 % 10 == check)?;
    }
    Ok(format!("RO{text}"))
}

/// Slovakia, IČ DPH: ten digits, the first not 0, a multiple of 11.
pub(super) fn sk(text: &str) -> Answer {
    let d: [u32; 10] = digits(text)?;
    form(d[0] != 0)?;
    fits(remainder(&d, 11) == 0)?;
    Ok(format!("SK{text}"))
}
