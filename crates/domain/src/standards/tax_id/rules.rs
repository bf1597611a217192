//! The table of countries with a rule for tax numbers: prefixes, the number's name and form in words,
//! and the function that reads it. The functions live beside it, by region.

use super::number::Answer;
use super::overseas;
use super::{
    europe_east as east, europe_north as north, europe_south as south, europe_west as west,
};

/// How one country's tax number is read.
pub(super) struct Rule {
    /// ISO 3166 alpha-2.
    pub country: &'static str,
    /// What may stand in front of the number.
    pub prefixes: &'static [&'static str],
    /// What the number is called, for messages.
    pub name: &'static str,
    /// What it looks like, for messages, with an example.
    pub form: &'static str,
    pub read: fn(&str) -> Answer,
}

const fn rule(
    country: &'static str,
    prefixes: &'static [&'static str],
    name: &'static str,
    form: &'static str,
    read: fn(&str) -> Answer,
) -> Rule {
    Rule { country, prefixes, name, form, read }
}

/// The rule of a country, if it has one here. Monaco and the Isle of Man are in the VAT territory of
/// France and the United Kingdom, and Liechtenstein in that of Switzerland.
pub(super) fn of(country: &str) -> Option<&'static Rule> {
    let country = match country {
        "MC" => "FR",
        "IM" => "GB",
        "LI" => "CH",
        country => country,
    };
    VAT.iter().chain(NATIONAL).find(|rule| rule.country == country)
}

/// Whether the country's numbers carry it in front.
pub(super) fn is_vat(rule: &Rule) -> bool {
    VAT.iter().any(|vat| vat.country == rule.country)
}

/// The rule whose prefix stands in front of a number: numbers people also give abroad.
pub(super) fn of_prefix(number: &str) -> impl Iterator<Item = (&'static Rule, &str)> {
    VAT.iter().flat_map(move |rule| {
        rule.prefixes.iter().filter_map(move |prefix| Some((rule, number.strip_prefix(prefix)?)))
    })
}

/// Numbers that carry their country in front, so they are understood in every country.
#[rustfmt::skip]
pub(super) const VAT: &[Rule] = &[
    rule("AT", &["AT"], "UID number", "ATU and eight digits, for example ATU13585627", west::at),
    rule("BE", &["BE"], "enterprise number", "BE and ten digits, for example BE0776091951", west::be),
    rule("BG", &["BG"], "VAT number", "BG and nine or ten digits, for example BG175074752", east::bg),
    rule("CH", &["CH"], "UID", "CHE and nine digits, for example CHE-107.787.577", west::ch),
    rule("CY", &["CY"], "VAT number", "CY, eight digits and a letter, for example CY10259033P", south::cy),
    rule("CZ", &["CZ"], "DIČ", "CZ and eight to ten digits, for example CZ25123891", east::cz),
    rule("DE", &["DE"], "USt-IdNr. or Steuernummer", "DE and nine digits, for example DE136695976, or a Steuernummer of 10 to 13 digits", west::de),
    rule("DK", &["DK"], "CVR number", "DK and eight digits, for example DK13585628", north::dk),
    rule("EE", &["EE"], "VAT number", "EE and nine digits, for example EE100931558", north::ee),
    rule("ES", &["ES"], "NIF", "ES and nine characters, for example ESB64717838", south::es),
    rule("FI", &["FI"], "Y-tunnus", "FI and eight digits, for example FI20774740", north::fi),
    rule("FR", &["FR"], "VAT number or SIREN", "FR, two characters and the nine digits of the SIREN, for example FR40303265045", west::fr),
    rule("GB", &["GB"], "VAT number", "GB and nine or twelve digits, for example GB980780684", north::gb),
    rule("GR", &["EL", "GR"], "AFM", "EL and nine digits, for example EL094259216", south::gr),
    rule("HR", &["HR"], "OIB", "HR and eleven digits, for example HR33392005961", south::hr),
    rule("HU", &["HU"], "tax number", "HU and eight digits, for example HU12892312, or eleven digits at home", east::hu),
    rule("IE", &["IE"], "VAT number", "IE, seven digits and one or two letters, for example IE6433435F", north::ie),
    rule("IT", &["IT"], "partita IVA or codice fiscale", "IT and eleven digits, for example IT00743110157, or sixteen characters for a person", south::it),
    rule("LT", &["LT"], "VAT number", "LT and nine or twelve digits, for example LT119511515", north::lt),
    rule("LU", &["LU"], "VAT number", "LU and eight digits, for example LU15027442", west::lu),
    rule("LV", &["LV"], "VAT number", "LV and eleven digits, for example LV40003521600", north::lv),
    rule("MT", &["MT"], "VAT number", "MT and eight digits, for example MT11679112", south::mt),
    rule("NL", &["NL"], "btw-id", "NL, nine digits, B and two digits, for example NL004495445B01", west::nl),
    rule("PL", &["PL"], "NIP", "PL and ten digits, for example PL8567346215", east::pl),
    rule("PT", &["PT"], "NIF", "PT and nine digits, for example PT501964843", south::pt),
    rule("RO", &["RO"], "CUI", "RO and two to ten digits, for example RO18547290", east::ro),
    rule("SE", &["SE"], "VAT or organisation number", "SE and twelve digits, for example SE556188840401, or the ten digits of the organisationsnummer", north::se),
    rule("SI", &["SI"], "VAT number", "SI and eight digits, for example SI50223054", south::si),
    rule("SK", &["SK"], "IČ DPH", "SK and ten digits, for example SK2022749619", east::sk),
    // Northern Ireland has no code of its own in ISO 3166.
    rule("XI", &["XI"], "VAT number", "XI and nine or twelve digits, for example XI980780684", north::xi),
];

/// Numbers known at home only, where the country in front is not part of them.
#[rustfmt::skip]
pub(super) const NATIONAL: &[Rule] = &[
    rule("AU", &["AU"], "ABN", "eleven digits, for example 51 824 753 556", overseas::au),
    rule("BR", &["BR"], "CNPJ or CPF", "fourteen characters for a company, for example 33.000.167/0001-01, or eleven digits for a person", overseas::br),
    rule("CA", &["CA"], "business number", "nine digits, with a program account fifteen characters, for example 123026635 RT0001", overseas::ca),
    rule("CN", &["CN"], "unified social credit code", "eighteen characters, for example 91110000600037341L", overseas::cn),
    rule("IN", &["IN"], "GSTIN or PAN", "fifteen characters, for example 27AAPFU0939F1ZV, or a PAN of ten", overseas::india),
    rule("JP", &["JP"], "corporate number", "thirteen digits, for example 7000012050002, or T and thirteen digits", overseas::jp),
    rule("MX", &[], "RFC", "twelve characters for a company, for example MAB9307148T4, or thirteen for a person", overseas::mx),
    rule("NO", &["NO"], "organisation number", "nine digits, for example 923609016, with MVA where registered for VAT", north::no),
    rule("NZ", &["NZ"], "IRD number", "eight or nine digits, for example 49-091-850", overseas::nz),
    rule("TR", &["TR"], "VKN or TCKN", "ten digits, for example 4540536920, or eleven for a person", south::tr),
    rule("US", &["US"], "EIN", "nine digits, for example 91-1144442", overseas::us),
    rule("ZA", &["ZA"], "tax reference number", "ten digits, for example 4100105461", overseas::za),
];
