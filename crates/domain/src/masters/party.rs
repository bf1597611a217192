//! What customers and suppliers have in common: main address, further addresses, contacts, bank account.
//! Their children are tables of their own per party, declared here once.

use crate::permissions::Guard;
use crate::permissions::Sensitivity::{BankAccount, PersonalData};
use crate::record::{
    Area, ChildRow, Choice, EntityDef, FieldDef, Kind, Label, Problems, Record, Value, Values,
    choice, field,
};

use super::fields::{CHILD, canonical_by_country, valid_by_country};

/// The table of a party's further addresses.
pub const fn addresses(table: &'static str, party: &'static str, guard: Guard) -> EntityDef {
    EntityDef::new(table, Area::Partners, guard)
        .called(Label { en: "Address", de: "Adresse" }, Label { en: "Addresses", de: "Adressen" })
        .fields(CHILD, ADDRESS)
        .child_of(party)
        .normalise(canonical_by_country)
        .row_rules(|values, problems| {
            valid_by_country(values, problems);
            on_earth(values, problems);
        })
        .arriving(no_second_default)
}

/// The table of the people at a party.
pub const fn contacts(table: &'static str, party: &'static str, guard: Guard) -> EntityDef {
    EntityDef::new(table, Area::Partners, guard)
        .called(
            Label { en: "Contact", de: "Ansprechpartner" },
            Label { en: "Contacts", de: "Ansprechpartner" },
        )
        .fields(CHILD, CONTACT)
        .child_of(party)
        .row_rules(contact_rules)
}

/// The table of what is agreed with a party in one company; `own` names the company first.
pub const fn company_settings(
    table: &'static str,
    party: &'static str,
    guard: Guard,
    own: &'static [FieldDef],
) -> EntityDef {
    EntityDef::new(table, Area::Partners, guard)
        .called(
            Label { en: "Settings in a company", de: "Einstellungen je Firma" },
            Label { en: "Settings per company", de: "Einstellungen je Firma" },
        )
        .fields(CHILD, own)
        .child_of(party)
}

/// The company of a party's settings.
pub const fn company() -> FieldDef {
    field("company", "Company", "Firma", Kind::Reference("company")).required()
}

const ADDRESS: &[FieldDef] = &[
    field("address_type", "Type", "Art", Kind::Choice(ADDRESS_TYPES)).required().default("billing"),
    field("is_default", "Default of its type", "Standard ihrer Art", Kind::Bool),
    field("name", "Name", "Name", Kind::text(200)).search(),
    field("street", "Street", "Straße", Kind::text(200)).search(),
    field("street_2", "Street, second line", "Straße, zweite Zeile", Kind::text(200)),
    field("postal_code", "Postal code", "Postleitzahl", Kind::text(20)).group("country"),
    field("city", "City", "Ort", Kind::text(100)).search(),
    field("region", "Region", "Region", Kind::text(100)),
    field("country", "Country", "Land", Kind::Country).group("country"),
    field("contact", "Contact there", "Ansprechpartner dort", Kind::text(200))
        .sensitive(PersonalData)
        .search(),
    field("latitude", "Latitude", "Breitengrad", super::fields::QUANTITY).group("place"),
    field("longitude", "Longitude", "Längengrad", super::fields::QUANTITY).group("place"),
];

const ADDRESS_TYPES: &[Choice] = &[
    choice("billing", "Billing", "Rechnung"),
    choice("shipping", "Shipping", "Lieferung"),
    choice("site", "Site", "Standort"),
    choice("other", "Other", "Sonstige"),
];

const CONTACT: &[FieldDef] = &[
    field("name", "Name", "Name", Kind::text(200)).required().sensitive(PersonalData).search(),
    field("title", "Position", "Funktion", Kind::text(100)).sensitive(PersonalData),
    field("email", "E-mail", "E-Mail", Kind::Email).sensitive(PersonalData).search(),
    field("phone", "Phone", "Telefon", Kind::Phone).sensitive(PersonalData).search(),
    field("mobile", "Mobile", "Mobiltelefon", Kind::Phone).sensitive(PersonalData).search(),
    field("fax", "Fax", "Fax", Kind::Phone).sensitive(PersonalData),
    field("language", "Language", "Sprache", Kind::Language),
    field("consent_mail", "May be written to", "Darf angeschrieben werden", Kind::Bool)
        .sensitive(PersonalData)
        .group("consent"),
    field("consent_phone", "May be called", "Darf angerufen werden", Kind::Bool)
        .sensitive(PersonalData)
        .group("consent"),
    field("consent_at", "Consent given at", "Einwilligung erteilt am", Kind::Instant)
        .sensitive(PersonalData)
        .group("consent"),
];

/// The main address and the ways to reach a party, on the party itself.
pub const fn main_address() -> [FieldDef; 8] {
    [
        field("email", "E-mail", "E-Mail", Kind::Email)
            .sensitive(PersonalData)
            .search()
            .listed()
            .section("contact"),
        field("phone", "Phone", "Telefon", Kind::Phone)
            .sensitive(PersonalData)
            .search()
            .listed()
            .section("contact"),
        field("website", "Website", "Webseite", Kind::Url).section("contact"),
        field("street", "Street", "Straße", Kind::text(200)).section("address"),
        field("postal_code", "Postal code", "Postleitzahl", Kind::text(20)).section("address"),
        field("city", "City", "Ort", Kind::text(100)).search().listed().section("address"),
        field("region", "Region", "Region", Kind::text(100)).section("address"),
        field("country", "Country", "Land", Kind::Country)
            .group("country")
            .listed()
            .section("address"),
    ]
}

/// Where money goes: always reviewed when two people change it.
pub const fn bank_account() -> [FieldDef; 3] {
    [
        field("iban", "IBAN", "IBAN", Kind::Iban)
            .sensitive(BankAccount)
            .group("bank")
            .section("bank"),
        field("bic", "BIC", "BIC", Kind::Bic).sensitive(BankAccount).group("bank").section("bank"),
        field("routing_number", "Routing number", "Bankleitzahl (ABA)", Kind::RoutingNumber)
            .sensitive(BankAccount)
            .group("bank")
            .section("bank"),
    ]
}

/// A place on the globe: both coordinates or none, in degrees.
fn on_earth(values: &Values, problems: &mut Problems) {
    for (name, other, most) in [("latitude", "longitude", 90), ("longitude", "latitude", 180)] {
        let most = rust_decimal::Decimal::from(most);
        match values.get(name).decimal() {
            Some(degrees) if degrees.abs() > most => {
                let message = format!("must be between -{most} and {most} degrees");
                problems.add(name, "out_of_range", message);
            }
            None if !values.get(other).is_null() => {
                let message = "is needed as well; enter it, or clear the other";
                problems.add(name, "both_or_none", message);
            }
            _ => {}
        }
    }
}

/// A consent needs the moment it was given.
fn contact_rules(values: &Values, problems: &mut Problems) {
    let consents = ["consent_mail", "consent_phone"];
    if consents.iter().any(|name| values.get(name).is_true()) && values.get("consent_at").is_null()
    {
        problems.add("consent_at", "required", "is required where a consent is recorded");
    }
}

/// The record that an address comes to keeps its own default of the type.
fn no_second_default(record: &Record, address: &mut Values) {
    let kind = address.get("address_type").clone();
    let is_default = |row: &ChildRow| {
        row.values.entity().name == address.entity().name
            && row.values.get("is_default").is_true()
            && *row.values.get("address_type") == kind
    };
    if address.get("is_default").is_true() && record.children().iter().any(is_default) {
        address.set("is_default", Value::Bool(false));
    }
}

/// One default address of each type, one settings row for each company.
pub fn whole_party(record: &Record, addresses: &str, settings: &str, problems: &mut Problems) {
    let mut defaults: Vec<&str> = Vec::new();
    for row in record.collection(addresses) {
        let Some(kind) = row.values.get("address_type").text() else { continue };
        if !row.values.get("is_default").is_true() {
            continue;
        }
        if defaults.contains(&kind) {
            let message = "only one address of a type is the default; clear the flag on the other";
            problems.add(row.path("is_default"), "one_default", message);
        }
        defaults.push(kind);
    }
    let mut companies = Vec::new();
    for row in record.collection(settings) {
        let Some(company) = row.values.get("company").id() else { continue };
        if companies.contains(&company) {
            let message = "this company has its settings already; change that row";
            problems.add(row.path("company"), "one_per_company", message);
        }
        companies.push(company);
    }
}
