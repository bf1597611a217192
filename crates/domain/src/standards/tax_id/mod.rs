//! Tax and VAT numbers by country, with the check digits where the country has them.
//! Whether the authority knows the number is not known here, and VIES is not asked.

mod europe_east;
mod europe_north;
mod europe_south;
mod europe_west;
mod number;
mod overseas;
mod rules;
#[cfg(test)]
mod tests;

use super::{Fault, country, typed};
use number::Mistake;
use rules::Rule;

/// The canonical tax number of a party in `country` (ISO 3166): upper case, no separators, a VAT
/// number of the Union, the United Kingdom or Switzerland with its prefix (`DE136695976`,
/// `EL094259216`, `CHE107787577MWST`), others without. The prefix may be left out when typing. A VAT
/// number of another of these countries is understood by its prefix: companies register abroad. Where
/// a country has no rule here, any letters and digits are taken.
///
/// # Errors
/// `country_unknown`; `tax_id_form` where length or characters are wrong; `tax_id_checksum` where the
/// check digits do not follow from the others.
pub fn read(country: &str, text: &str) -> Result<String, Fault> {
    let country = country::read(country)?;
    let typed = typed::compact(text);
    let number: String = typed.chars().filter(|c| !matches!(c, ':' | ',' | '(' | ')')).collect();
    let Some(rule) = rules::of(&country) else { return free(&country, &number) };
    let home = match attempt(rule, &number) {
        Ok(canonical) => return Ok(canonical),
        Err(mistake) => mistake,
    };
    rules::of_prefix(&number)
        .find_map(|(rule, rest)| {
            (rule.read)(rest).ok().filter(|canonical| carries_prefix(rule, canonical))
        })
        .ok_or_else(|| fault(rule, home))
}

/// The rule on the number without its prefix, then on the whole, for numbers that begin like one.
/// Behind the prefix of a VAT number only that counts: `DE` and ten digits is no Steuernummer.
fn attempt(rule: &Rule, number: &str) -> Result<String, Mistake> {
    let Some(rest) = rule.prefixes.iter().find_map(|prefix| number.strip_prefix(prefix)) else {
        return (rule.read)(number);
    };
    let behind_prefix = match (rule.read)(rest) {
        Ok(canonical) if !rules::is_vat(rule) || carries_prefix(rule, &canonical) => {
            return Ok(canonical);
        }
        Ok(_) => Mistake::Form,
        Err(mistake) => mistake,
    };
    (rule.read)(number).map_err(|_| behind_prefix)
}

/// Whether the canonical form is one that names its country.
fn carries_prefix(rule: &Rule, canonical: &str) -> bool {
    rule.prefixes.iter().any(|prefix| canonical.starts_with(prefix))
}

fn fault(rule: &Rule, mistake: Mistake) -> Fault {
    match mistake {
        Mistake::Form => Fault::new(
            "tax_id_form",
            format!("The {} of {} is {}.", rule.name, place(rule.country), rule.form),
        ),
        Mistake::Checksum => Fault::new(
            "tax_id_checksum",
            format!(
                "The check digits of this {} of {} do not fit: a character is wrong or two are \
                 swapped. Compare it with the original.",
                rule.name,
                place(rule.country)
            ),
        ),
    }
}

fn place(country: &str) -> &str {
    country::name(country).unwrap_or(country)
}

/// The longest number a country without a rule may have: the longest known are 20 characters.
const LONGEST: usize = 30;

fn free(country: &str, number: &str) -> Result<String, Fault> {
    let length = number.chars().count();
    let sane = number.chars().all(|c| c.is_alphanumeric() || matches!(c, '&' | '+' | '*'));
    if !sane || length > LONGEST || !number.chars().any(char::is_alphanumeric) {
        return Err(Fault::new(
            "tax_id_form",
            format!(
                "A tax number of {} has up to {LONGEST} letters and digits and no other signs.",
                place(country)
            ),
        ));
    }
    Ok(number.to_owned())
}
