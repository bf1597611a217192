//! Number series: how the numbers of one type of document are made, or the codes of one kind of master. Here stands
//! from which number on; what is drawn of it is in `numbering`.

use crate::permissions::{Guard, Permission};
use crate::record::{
    Area, Choice, EntityDef, FieldDef, Found, Kind, Label, Lookup, OwnerRule, Problems, Record,
    Value, Values, choice, field, fold_code,
};

use super::document_type::DOCUMENT_TYPES;
use super::fields::MASTER;
use super::number_prefix::{Prefix, Token};
use super::{COST_CENTRE, CUSTOMER, EMPLOYEE, ITEM, SUPPLIER, WAREHOUSE};

const GUARD: Guard =
    Guard::manage(Permission::ADMIN_SERIES_MANAGE, Permission::ADMIN_SERIES_MANAGE);

/// The masters whose codes a series can give: those by whose code nobody means anything outside the tenant.
pub const NUMBERED: [&EntityDef; 6] =
    [&CUSTOMER, &SUPPLIER, &ITEM, &EMPLOYEE, &WAREHOUSE, &COST_CENTRE];

/// What a series can number: a type of document, or the master that is called so.
const SUBJECTS: &[Choice] = &subjects();

const fn subjects() -> [Choice; DOCUMENT_TYPES.len() + NUMBERED.len()] {
    let mut all = [DOCUMENT_TYPES[0]; DOCUMENT_TYPES.len() + NUMBERED.len()];
    let mut at = 1;
    while at < all.len() {
        all[at] = if at < DOCUMENT_TYPES.len() {
            DOCUMENT_TYPES[at]
        } else {
            let master = NUMBERED[at - DOCUMENT_TYPES.len()];
            Choice { value: master.name, label: master.plural }
        };
        at += 1;
    }
    all
}

/// The master whose codes a series with this subject gives; `None` for a type of document.
pub fn numbered(subject: &str) -> Option<&'static EntityDef> {
    NUMBERED.into_iter().find(|entity| entity.name == subject)
}

pub static NUMBER_SERIES: EntityDef = EntityDef::new("number_series", Area::Finance, GUARD)
    .called(
        Label { en: "Number series", de: "Nummernkreis" },
        Label { en: "Number series", de: "Nummernkreise" },
    )
    .rank(10)
    .fields(MASTER, OWN)
    .never_merged()
    .owned_by(OwnerRule::Nobody)
    .peers(&["document_type"])
    .normalise(|values| {
        let prefix = values.get("prefix").text().map(Prefix::read);
        if let Some(Ok(prefix)) = prefix {
            values.set("prefix", Value::Text(prefix.to_string()));
        }
    })
    .row_rules(|values, problems| {
        if values.get("company_id").is_null() {
            problems.add("company_id", "required", "is required; a series belongs to a company");
        }
        readable_prefix(values, problems);
        plain_codes(values, problems);
    })
    .relations(|record, lookup, problems| {
        one_prefix(record, lookup, problems);
        only_upward(record, lookup, problems);
        gapless_stays(record, lookup, problems);
    });

const OWN: &[FieldDef] = &[
    field("document_type", "Document or master", "Beleg oder Stammsatz", Kind::Choice(SUBJECTS))
        .required()
        .listed(),
    field("prefix", "Prefix", "Präfix", Kind::text(60)).required().group("form").listed(),
    field("width", "Digits", "Stellen", Kind::Int { min: 1, max: 12 })
        .required()
        .default("5")
        .group("form")
        .listed(),
    field("next", "Next number", "Nächste Nummer", Kind::Int { min: 1, max: 999_999_999_999 })
        .required()
        .default("1")
        .listed(),
    field("reset_rule", "Starts again", "Beginnt neu", Kind::Choice(RESETS))
        .required()
        .default(NEVER)
        .group("form")
        .listed(),
    field("gapless", "Without gaps", "Lückenlos", Kind::Bool).listed(),
    field(
        "device_block_size",
        "Numbers that a device takes at once",
        "Nummern, die ein Gerät auf einmal erhält",
        Kind::Int { min: 1, max: 10_000 },
    ),
];

const NEVER: &str = "never";

const RESETS: &[Choice] = &[
    choice(NEVER, "Never", "Nie"),
    choice(reset::FISCAL_YEAR, "Each fiscal year", "Jedes Geschäftsjahr"),
    choice(reset::CALENDAR_YEAR, "Each calendar year", "Jedes Kalenderjahr"),
    choice(reset::MONTH, "Each month", "Jeden Monat"),
];

/// The rule that starts again, as [`NEVER`] and its like are written.
pub(crate) mod reset {
    pub const FISCAL_YEAR: &str = "fiscal_year";
    pub const CALENDAR_YEAR: &str = "calendar_year";
    pub const MONTH: &str = "month";
}

/// The tokens without which a series that starts again would give a number twice. A fiscal year may be longer
/// than twelve months: a month is told by the calendar year.
fn tokens_of(reset: &str) -> &'static [Token] {
    match reset {
        reset::FISCAL_YEAR => &[Token::FiscalYear],
        reset::CALENDAR_YEAR => &[Token::Year],
        reset::MONTH => &[Token::Year, Token::Month],
        _ => &[],
    }
}

fn readable_prefix(values: &Values, problems: &mut Problems) {
    let Some(text) = values.get("prefix").text() else { return };
    let prefix = match Prefix::read(text) {
        Ok(prefix) => prefix,
        Err(error) => {
            problems.add("prefix", "prefix_form", error.to_string());
            return;
        }
    };
    let reset = values.get("reset_rule").text().unwrap_or(NEVER);
    let missing = tokens_of(reset).iter().filter(|token| !prefix.has(**token));
    let missing: Vec<&str> = missing.map(|token| token.text()).collect();
    if !missing.is_empty() {
        let message =
            format!("lacks {}; without it a number would come twice", missing.join(" and "));
        problems.add("prefix", "token_of_reset", message);
    }
    let width = values.get("width").int().and_then(|width| u32::try_from(width).ok());
    let first_too_long = width.and_then(|width| 10_i64.checked_pow(width));
    if let (Some(next), Some(limit)) = (values.get("next").int(), first_too_long)
        && next >= limit
    {
        problems.add("next", "too_wide", "has more digits than the series; give it more digits");
    }
}

/// A master's code is told before there is a document that would say when and where: what stands in it must follow
/// from the series alone.
fn plain_codes(values: &Values, problems: &mut Problems) {
    if values.get("document_type").text().and_then(numbered).is_none() {
        return;
    }
    let Some(Ok(prefix)) = values.get("prefix").text().map(Prefix::read) else { return };
    if prefix.has(Token::Branch) && values.get("branch_id").is_null() {
        let message = "is required; the prefix of these codes names the branch";
        problems.add("branch_id", "branch_of_token", message);
    }
    let again = tokens_of(values.get("reset_rule").text().unwrap_or(NEVER));
    let times = [Token::FiscalYear, Token::Year, Token::Month].into_iter();
    if let Some(token) = times.filter(|token| prefix.has(*token)).find(|it| !again.contains(it)) {
        let message = format!(
            "does not follow {} in the prefix; codes start again with the time that they name",
            token.text()
        );
        problems.add("reset_rule", "reset_of_token", message);
    }
}

/// Two series of one type in one company would draw one number; codes of masters stand once in the tenant.
fn one_prefix(record: &Record, lookup: &dyn Lookup, problems: &mut Problems) {
    let Some(prefix) = record.get("prefix").text().map(fold_code) else { return };
    let peers = lookup.peers(&NUMBER_SERIES, "document_type", record.get("document_type"));
    let Found::Yes(peers) = peers else { return };
    let is_of_master = record.get("document_type").text().and_then(numbered).is_some();
    let taken = peers.iter().any(|other| {
        other.id() != record.id()
            && (is_of_master || other.get("company_id") == record.get("company_id"))
            && other.get("prefix").text().map(fold_code).as_ref() == Some(&prefix)
    });
    if taken {
        let message = "is that of another series of this type; choose another prefix";
        problems.add("prefix", "prefix_taken", message);
    }
}

/// A number that was passed may have been given. A series that starts again is set back where it draws.
fn only_upward(record: &Record, lookup: &dyn Lookup, problems: &mut Problems) {
    let Found::Yes(before) = lookup.record(&NUMBER_SERIES, record.id()) else { return };
    let (Some(was), Some(is)) = (before.get("next").int(), record.get("next").int()) else {
        return;
    };
    if is < was {
        problems.add("next", "only_upward", format!("was {was} already and only goes up"));
    }
}

/// Whether numbers may be missing is settled before the first is given: afterwards nobody could tell a gap from an
/// invoice that was taken away.
fn gapless_stays(record: &Record, lookup: &dyn Lookup, problems: &mut Problems) {
    let Found::Yes(before) = lookup.record(&NUMBER_SERIES, record.id()) else { return };
    if before.get("gapless").is_true() == record.get("gapless").is_true() {
        return;
    }
    let begun = before.get("next").int().is_some_and(|next| next > 1);
    if begun || lookup.has_given_numbers(record.id()) == Found::Yes(()) {
        let message = "does not change once numbers were given; begin another series";
        problems.add("gapless", "gapless_in_use", message);
    }
}
