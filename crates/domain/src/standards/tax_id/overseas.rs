//! Tax numbers outside Europe: AU, BR, CA, CN, IN, JP, MX, NZ, US, ZA.
//! The source of each rule is the authority named at it.

use super::number::{Answer, Mistake, digits, fits, form, shaped, split};
use crate::standards::check_digit::{luhn, weighted};

/// Australia, ABN: eleven digits; the first less one, weights 10, 1, 3, 5, … 19, modulo 89.
/// Source: Australian Business Register, "Format of the ABN".
pub(super) fn au(text: &str) -> Answer {
    let [first, rest @ ..]: [u32; 11] = digits(text)?;
    form(first != 0)?;
    let sum = (first - 1) * 10 + weighted(&rest, &[1, 3, 5, 7, 9, 11, 13, 15, 17, 19]);
    fits(sum.is_multiple_of(89))?;
    Ok(text.to_owned())
}

/// Brazil: a company's CNPJ of fourteen characters, since July 2026 with letters in the first twelve
/// (each counts its ASCII code less 48), or a person's CPF of eleven digits; two check digits modulo 11.
/// Source: Receita Federal, Instrução Normativa RFB 2.229/2024, and SERPRO, "Cálculo dos dígitos
/// verificadores de CNPJ alfanumérico".
pub(super) fn br(text: &str) -> Answer {
    let length = text.len();
    form(shaped(text, "XXXXXXXXXXXX99") || shaped(text, "99999999999"))?;
    let values: Vec<u32> = text.bytes().map(|byte| u32::from(byte) - 48).collect();
    // A number of one repeated digit passes the sums and is nobody's.
    form(values.iter().any(|value| Some(value) != values.first()))?;
    // CNPJ weights run 2 to 9 and start again; CPF weights run on.
    let longest = if length == 14 { 8 } else { 10 };
    for at in [length - 2, length - 1] {
        let (body, check) = values.split_at(at);
        let weights = (2..2 + longest).cycle();
        let sum: u32 = body.iter().rev().zip(weights).map(|(value, weight)| value * weight).sum();
        let wanted = if sum % 11 < 2 { 0 } else { 11 - sum % 11 };
        fits(check.first() == Some(&wanted))?;
    }
    Ok(text.to_owned())
}

/// Canada, business number: nine digits (Luhn), alone or with a program account: two letters and four
/// digits. Source: Canada Revenue Agency, "Business number".
pub(super) fn ca(text: &str) -> Answer {
    let (number, account) = split(text, 9)?;
    form(account.is_empty() || shaped(account, "RA9999"))?;
    fits(luhn(&digits::<9>(number)?, 10))?;
    Ok(text.to_owned())
}

/// China, unified social credit code: eighteen characters (no I, O, S, V, Z), weights the powers of
/// three, modulo 31. Source: GB 32100-2015.
pub(super) fn cn(text: &str) -> Answer {
    const CHARACTERS: &str = "0123456789ABCDEFGHJKLMNPQRTUWXY";
    form(shaped(text, "XX999999XXXXXXXXXX"))?;
    let values: Vec<u32> = text
        .chars()
        .map(|c| CHARACTERS.find(c).and_then(|place| u32::try_from(place).ok()))
        .collect::<Option<_>>()
        .ok_or(Mistake::Form)?;
    let [body @ .., check] = values.as_slice() else { return Err(Mistake::Form) };
    let weights = std::iter::successors(Some(1), |weight| Some(weight * 3 % 31));
    let sum: u32 = body.iter().zip(weights).map(|(value, weight)| value * weight).sum();
    fits((sum + check).is_multiple_of(31))?;
    Ok(text.to_owned())
}

/// India: the GSTIN of fifteen characters (state, PAN or TAN, registration, check character by Luhn in
/// base 36), or for the unregistered the PAN of ten, whose check letter is not published.
/// Source: Goods and Services Tax Network; Income Tax Department.
pub(super) fn india(text: &str) -> Answer {
    if shaped(text, "AAAAA9999A") {
        return Ok(text.to_owned());
    }
    form(shaped(text, "99XXXXXXXXXXXXX"))?;
    let (state, _) = split(text, 2)?;
    let [tens, ones]: [u32; 2] = digits(state)?;
    // 97 is "other territory", 99 the centre's own jurisdiction.
    form(matches!(tens * 10 + ones, 1..=38 | 97 | 99))?;
    let values: Vec<u32> = text.chars().filter_map(|c| c.to_digit(36)).collect();
    fits(luhn(&values, 36))?;
    Ok(text.to_owned())
}

/// Japan: the corporate number of thirteen digits, the first a check digit modulo 9; or the invoice
/// registration number, `T` and thirteen digits, which only for corporations is that number, so its
/// check digit is not tested. Source: National Tax Agency, order on corporate numbers, article 2.
pub(super) fn jp(text: &str) -> Answer {
    if let Some(number) = text.strip_prefix('T') {
        digits::<13>(number)?;
        return Ok(text.to_owned());
    }
    let [check, body @ ..]: [u32; 13] = digits(text)?;
    let sum = weighted(&body, &[2, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1]);
    fits(9 - sum % 9 == check)?;
    Ok(text.to_owned())
}

/// Mexico, RFC: three letters (companies) or four (persons), a date of six digits, three characters.
/// The last is a check character, but the SAT has handed out RFCs in which it does not follow (about
/// one in seventy), so it is not tested. Source: Código Fiscal de la Federación, article 27; SAT.
pub(super) fn mx(text: &str) -> Answer {
    let characters: Vec<char> = text.chars().collect();
    let letters = characters.len().checked_sub(9).filter(|count| matches!(count, 3 | 4));
    let (name, rest) = characters.split_at(letters.ok_or(Mistake::Form)?);
    form(name.iter().all(|c| matches!(c, 'A'..='Z' | 'Ñ' | '&')))?;
    let (date, homoclave) = rest.split_at(6);
    let [_, _, month_tens, month_ones, day_tens, day_ones]: [u32; 6] =
        digits(&String::from_iter(date))?;
    form(matches!(month_tens * 10 + month_ones, 1..=12))?;
    form(matches!(day_tens * 10 + day_ones, 1..=31))?;
    form(shaped(&String::from_iter(homoclave), "XXX"))?;
    Ok(text.to_owned())
}

/// New Zealand, IRD number (also the GST number): eight or nine digits from 10 000 000 on; weights 3, 2,
/// 7, 6, 5, 4, 3, 2, modulo 11, and where that gives 10, weights 7, 4, 3, 2, 5, 2, 7, 6.
/// Source: Inland Revenue, "RWT and NRWT certificate filing specification".
pub(super) fn nz(text: &str) -> Answer {
    form(matches!(text.len(), 8 | 9))?;
    let [body @ .., check]: [u32; 9] = digits(&format!("{text:0>9}"))?;
    form(body.iter().take(2).any(|digit| *digit > 0))?;
    let rest = |weights: &[u32]| (11 - weighted(&body, weights) % 11) % 11;
    let wanted = match rest(&[3, 2, 7, 6, 5, 4, 3, 2]) {
        10 => rest(&[7, 4, 3, 2, 5, 2, 7, 6]),
        wanted => wanted,
    };
    fits(wanted == check)?;
    Ok(text.to_owned())
}

/// United States: nine digits: a company's EIN, a person's SSN or ITIN; none has a check digit.
/// Source: Internal Revenue Service, Publication 1635; Social Security Administration.
pub(super) fn us(text: &str) -> Answer {
    let d: [u32; 9] = digits(text)?;
    form(d.iter().any(|digit| *digit > 0))?;
    Ok(text.to_owned())
}

/// South Africa: ten digits (Luhn), the first 4 for VAT, and 0 to 3 or 9 for income tax.
/// Source: South African Revenue Service, modulus 10 test of tax reference numbers.
pub(super) fn za(text: &str) -> Answer {
    let d: [u32; 10] = digits(text)?;
    form(matches!(d[0], 0..=4 | 9) && d.iter().any(|digit| *digit > 0))?;
    fits(luhn(&d, 10))?;
    Ok(text.to_owned())
}
