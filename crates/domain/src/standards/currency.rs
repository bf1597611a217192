//! Currencies by ISO 4217 code, with minor units and symbol. The list is the `iso_currency` crate's.
//! No exchange rates and no rounding: those belong to money.

use super::{Fault, typed};
use iso_currency::{Currency, Flag, IntoEnumIterator as _};

/// The code of a currency in use, upper case (`EUR`).
///
/// # Errors
/// `currency_unknown` where ISO 4217 has no such code; `currency_withdrawn` where another took its
/// place; `currency_not_money` for metals, baskets and codes for testing, which have no minor unit.
pub fn read(text: &str) -> Result<String, Fault> {
    let code = typed::compact(text);
    let Some(currency) = Currency::from_code(&code) else {
        return Err(Fault::new(
            "currency_unknown",
            format!(
                "“{code}” is not a currency of ISO 4217. Use three letters, for example EUR or USD."
            ),
        ));
    };
    if let Some(next) = withdrawn_for(currency) {
        return Err(Fault::new(
            "currency_withdrawn",
            format!("{code} is no longer in use. Use {}.", next.code()),
        ));
    }
    if currency.exponent().is_none() || currency.is_special() {
        return Err(Fault::new(
            "currency_not_money",
            format!(
                "{code} ({}) is not a currency one pays in. Use a country's currency.",
                currency.name()
            ),
        ));
    }
    Ok(code)
}

/// The codes of every currency in use that is money, in alphabetical order.
pub fn all() -> impl Iterator<Item = &'static str> {
    let mut codes: Vec<_> = Currency::iter()
        .map(|currency| currency.code())
        .filter(|code| read(code).is_ok())
        .collect();
    codes.sort_unstable();
    codes.into_iter()
}

/// How many decimal places amounts of a currency have (JPY 0, EUR 2, KWD 3), also of a withdrawn
/// one, whose old books stay readable. `None` where the code has none or is not known.
pub fn minor_units(code: &str) -> Option<u32> {
    Currency::from_code(code)?.exponent().map(u32::from)
}

/// The customary symbol (`€`), or the code itself where the currency has no symbol of its own.
pub fn symbol(code: &str) -> Option<String> {
    let currency = Currency::from_code(code)?;
    let symbol = currency.symbol().symbol;
    // `¤` is the sign for "some currency": the code says more.
    Some(if symbol == "¤" { code.to_owned() } else { symbol })
}

/// The English name.
pub fn name(code: &str) -> Option<String> {
    Currency::from_code(code).map(|currency| currency.name().to_owned())
}

/// The currency that took this one's place. VES is kept: ISO 4217 lists it as active beside VED.
fn withdrawn_for(currency: Currency) -> Option<Currency> {
    if currency == Currency::VES {
        return None;
    }
    currency.flags().into_iter().find_map(|flag| match flag {
        Flag::Superseded(next) => Some(next),
        Flag::Fund | Flag::Special => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_currency_in_use_is_read() {
        assert_eq!(read(" eur "), Ok("EUR".into()));
        assert_eq!(read("JPY"), Ok("JPY".into()));
        assert_eq!(read("XCG"), Ok("XCG".into()));
        assert_eq!(read("VES"), Ok("VES".into()));
    }

    #[test]
    fn a_withdrawn_currency_names_its_successor() {
        let fault = read("HRK").unwrap_err();
        assert_eq!(fault.rule, "currency_withdrawn");
        assert!(fault.message.contains("EUR"), "{fault}");
        assert_eq!(read("SLL").unwrap_err().rule, "currency_withdrawn");
    }

    #[test]
    fn unknown_codes_and_codes_that_are_not_money_are_refused() {
        for wrong in ["", "EURO", "DEM", "€", "QQQ"] {
            assert_eq!(read(wrong).unwrap_err().rule, "currency_unknown", "{wrong}");
        }
        for wrong in ["XAU", "XXX", "XTS", "XDR"] {
            assert_eq!(read(wrong).unwrap_err().rule, "currency_not_money", "{wrong}");
        }
    }

    #[test]
    fn the_list_holds_what_people_pay_with_and_nothing_else() {
        let all: Vec<_> = all().collect();
        assert!(all.len() > 140, "{}", all.len());
        assert!(["EUR", "USD", "JPY", "CHF"].iter().all(|code| all.contains(code)));
        assert!(!all.contains(&"XAU") && !all.contains(&"HRK"));
    }

    #[test]
    fn minor_units_are_those_of_the_standard() {
        let units = ["JPY", "EUR", "KWD", "CLF", "HRK", "XAU", "???"].map(minor_units);
        assert_eq!(units, [Some(0), Some(2), Some(3), Some(4), Some(2), None, None]);
    }

    #[test]
    fn a_currency_without_a_symbol_shows_its_code() {
        assert_eq!(symbol("EUR").as_deref(), Some("€"));
        assert_eq!(symbol("ZWG").as_deref(), Some("ZWG"));
        assert_eq!(name("CHF").as_deref(), Some("Swiss franc"));
    }
}
