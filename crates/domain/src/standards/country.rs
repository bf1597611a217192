//! Countries by ISO 3166-1 alpha-2 code. The list is the `rust_iso3166` crate's, their names in the languages of
//! Europe are the `keshvar` crate's. No subdivisions: screens name countries in the user's language.

use std::collections::HashMap;
use std::sync::LazyLock;

use rust_iso3166::CountryCode;

use super::{Fault, typed};
use crate::record::fold_search;

/// The alpha-2 code of a country, upper case (`DE`). Alpha-3 codes and, because people write them,
/// `UK` for `GB` and the tax authorities' `EL` for `GR` are understood.
///
/// # Errors
/// `country_unknown` where no country has the code.
pub fn read(text: &str) -> Result<String, Fault> {
    let code = typed::compact(text);
    if let Some(country) = find(&code) {
        return Ok(country.alpha2.to_owned());
    }
    let typed = typed::tidy(text);
    let message = match named(&typed) {
        Some(known) => format!("“{typed}” is written {known}."),
        None => format!(
            "“{code}” is not a country code of ISO 3166. Use two letters, for example DE or US."
        ),
    };
    Err(Fault::new("country_unknown", message))
}

/// The alpha-2 code of the country that a name in a language of Europe or a code stands for, ignoring case and
/// accents: what a column of an imported list holds. Short names of daily use (`South Korea`) are understood.
///
/// # Errors
/// `country_unknown` where nothing matches.
pub fn from_name(text: &str) -> Result<String, Fault> {
    let typed = typed::tidy(text);
    if let Ok(code) = read(&typed) {
        return Ok(code);
    }
    named(&typed).map(str::to_owned).ok_or_else(|| {
        Fault::new(
            "country_unknown",
            format!("No country is called “{typed}”. Use its ISO code, for example DE or US."),
        )
    })
}

fn named(name: &str) -> Option<&'static str> {
    NAMES.get(&folded(name)).copied()
}

/// Letters and digits in their plain form: `PAYS-BAS` is `Pays Bas`, `OSTERREICH` is `Österreich`.
fn folded(name: &str) -> String {
    let name = fold_search(name);
    let words = name.split(|sign: char| !sign.is_alphanumeric()).filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join(" ")
}

/// The languages of the European Union and its neighbours, by ISO 639-1 code.
const LANGUAGES: [&str; 29] = [
    "bg", "cs", "da", "de", "el", "en", "es", "et", "fi", "fr", "ga", "hr", "hu", "is", "it", "lt",
    "lv", "mt", "nb", "nl", "nn", "pl", "pt", "ro", "sk", "sl", "sv", "tr", "uk",
];

/// Codes by folded name. The short names of ISO and those of daily use go before the translations, and what two
/// countries are called in two languages means neither.
static NAMES: LazyLock<HashMap<String, &'static str>> = LazyLock::new(|| {
    let mut names: HashMap<String, Option<&'static str>> = HashMap::new();
    for code in rust_iso3166::ALL_ALPHA2.iter().copied() {
        let Ok(country) = keshvar::Alpha2::try_from(code).map(|code| code.to_country()) else {
            continue;
        };
        for language in LANGUAGES {
            let Some(name) = country.translations().get(language) else { continue };
            let known = names.entry(folded(name)).or_insert(Some(code));
            if *known != Some(code) {
                *known = None;
            }
        }
    }
    // `Korea (Republic of)` and its neighbour are both called Korea, which means neither; the Congo is the one that
    // has the name for itself.
    let mut shorts: HashMap<String, Option<&'static str>> = HashMap::new();
    for country in rust_iso3166::ALL {
        if let Some((short, _)) = country.name.split_once(" (") {
            let known = shorts.entry(folded(short)).or_insert(Some(country.alpha2));
            if *known != Some(country.alpha2) {
                *known = None;
            }
        }
    }
    names.extend(shorts);
    names.extend(rust_iso3166::ALL.iter().map(|it| (folded(it.name), Some(it.alpha2))));
    names.extend(EVERYDAY_NAMES.iter().map(|(name, code)| (folded(name), Some(*code))));
    names.into_iter().filter_map(|(name, code)| Some((name, code?))).collect()
});

/// The English short name of ISO 3166 for an alpha-2 code.
pub fn name(code: &str) -> Option<&'static str> {
    find(code).map(|country| country.name)
}

/// Every alpha-2 code, in alphabetical order: the choices of a form.
pub fn all() -> Vec<&'static str> {
    let mut codes = rust_iso3166::ALL_ALPHA2.to_vec();
    codes.push(KOSOVO_CODE);
    codes.sort_unstable();
    codes
}

/// ISO 3166 leaves XK to its users; SWIFT, the European Union and Unicode use it for Kosovo.
const KOSOVO_CODE: &str = "XK";
const KOSOVO: CountryCode =
    CountryCode { name: "Kosovo", alpha2: KOSOVO_CODE, alpha3: "XKX", numeric: 0 };

fn find(code: &str) -> Option<CountryCode> {
    match code {
        KOSOVO_CODE => Some(KOSOVO),
        // Reserved in ISO 3166 for the United Kingdom; the code is GB.
        "UK" => rust_iso3166::from_alpha2("GB"),
        // Greece in the Union's VAT system.
        "EL" => rust_iso3166::from_alpha2("GR"),
        _ => rust_iso3166::from_alpha2(code).or_else(|| rust_iso3166::from_alpha3(code)),
    }
}

/// Names that addresses carry and that are not the short name ISO 3166 gives.
const EVERYDAY_NAMES: &[(&str, &str)] = &[
    ("america", "US"),
    ("bosnia", "BA"),
    ("brunei", "BN"),
    ("czech republic", "CZ"),
    ("england", "GB"),
    ("great britain", "GB"),
    ("holland", "NL"),
    ("ivory coast", "CI"),
    ("kosovo", "XK"),
    ("laos", "LA"),
    ("macedonia", "MK"),
    ("moldova", "MD"),
    ("north korea", "KP"),
    ("northern ireland", "GB"),
    ("russia", "RU"),
    ("scotland", "GB"),
    ("south korea", "KR"),
    ("swaziland", "SZ"),
    ("syria", "SY"),
    ("taiwan", "TW"),
    ("tanzania", "TZ"),
    ("the netherlands", "NL"),
    ("turkey", "TR"),
    ("uae", "AE"),
    ("united kingdom", "GB"),
    ("united states", "US"),
    ("usa", "US"),
    ("vatican", "VA"),
    ("vietnam", "VN"),
    ("wales", "GB"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_read_in_any_case_and_length() {
        assert_eq!(read(" de "), Ok("DE".into()));
        assert_eq!(read("USA"), Ok("US".into()));
        assert_eq!(read("uk"), Ok("GB".into()));
        assert_eq!(read("EL"), Ok("GR".into()));
    }

    #[test]
    fn codes_that_no_country_has_are_refused() {
        for wrong in ["", "XX", "D", "DEUT", "SU", "ÄÖ", "12"] {
            assert_eq!(read(wrong).unwrap_err().rule, "country_unknown", "{wrong}");
        }
    }

    #[test]
    fn a_country_by_its_name_is_told_its_code() {
        let told = |text| read(text).unwrap_err().message;
        assert_eq!(told("Germany"), "“Germany” is written DE.");
        assert_eq!(told(" south korea"), "“south korea” is written KR.");
        assert!(told("Atlantis").contains("two letters"));
    }

    #[test]
    fn an_imported_list_may_name_countries_in_english_or_german() {
        assert_eq!(from_name("Österreich"), Ok("AT".into()));
        assert_eq!(from_name("Schweiz"), Ok("CH".into()));
        assert_eq!(from_name("südkorea"), Ok("KR".into()));
        assert_eq!(from_name("Germany"), Ok("DE".into()));
        assert_eq!(from_name("UNITED KINGDOM"), Ok("GB".into()));
        assert_eq!(from_name("Netherlands"), Ok("NL".into()));
        assert_eq!(from_name("Venezuela"), Ok("VE".into()));
        assert_eq!(from_name("South Korea"), Ok("KR".into()));
        assert_eq!(from_name("fr"), Ok("FR".into()));
        assert_eq!(from_name("Atlantis").unwrap_err().rule, "country_unknown");
    }

    #[test]
    fn an_imported_list_may_name_countries_in_the_languages_of_europe() {
        for (name, code) in [
            ("Belgique", "BE"),
            ("België", "BE"),
            ("Allemagne", "DE"),
            ("ALLEMAGNE", "DE"),
            ("Alemania", "DE"),
            ("Países Bajos", "NL"),
            ("PAYS-BAS", "NL"),
            ("Paesi Bassi", "NL"),
            ("Nederland", "NL"),
            ("OSTERREICH", "AT"),
            ("Autriche", "AT"),
            ("Suisse", "CH"),
            ("Svizzera", "CH"),
            ("Royaume-Uni", "GB"),
            ("États-Unis", "US"),
            ("ETATS UNIS", "US"),
            ("Reino Unido", "GB"),
            ("Polska", "PL"),
            ("Česko", "CZ"),
            ("Ελλάδα", "GR"),
            ("Italie", "IT"),
            ("Sverige", "SE"),
        ] {
            assert_eq!(from_name(name).as_deref(), Ok(code), "{name}");
        }
    }

    /// No language takes a name away from the country that has it in English or German.
    #[test]
    fn every_country_is_found_by_its_own_short_name() {
        for country in rust_iso3166::ALL {
            assert_eq!(from_name(country.name).as_deref(), Ok(country.alpha2), "{}", country.name);
        }
        for code in ["DE", "FR", "NE", "NG", "GN", "GQ", "CD", "CG", "DM", "DO", "AT", "AU"] {
            let country = keshvar::Alpha2::try_from(code).unwrap().to_country();
            for language in ["de", "fr", "es", "it", "nl"] {
                let name = country.translations()[language];
                assert_eq!(from_name(name).as_deref(), Ok(code), "{name}");
            }
        }
    }

    #[test]
    fn every_code_has_a_name_and_reads_back() {
        assert!(all().len() > 240);
        for code in all() {
            assert_eq!(read(code).as_deref(), Ok(code));
            assert!(name(code).is_some());
        }
    }

    #[test]
    fn every_everyday_name_leads_to_a_country() {
        for (name, code) in EVERYDAY_NAMES {
            assert_eq!(read(code).as_deref(), Ok(*code), "{name}");
        }
    }
}
