//! Own field: a field that the tenant has given one of the masters, with its label, its kind, its mask and its
//! merge rule. What it makes of a value is the business of `record::OwnField`; here it is declared.

use crate::permissions::{Guard, Permission, Sensitivity};
use crate::record::{
    Area, Choice, EntityDef, FieldDef, Found, Kind, Label, Lookup, OWN_NAME_MAX, OwnField, OwnKind,
    OwnerRule, Problems, Record, Value, Values, choice, field, is_own_name,
};

use super::fields::{AMOUNT, MASTER, PERCENT, PRICE, QUANTITY};

const GUARD: Guard =
    Guard::manage(Permission::ADMIN_SETTINGS_VIEW, Permission::ADMIN_SETTINGS_EDIT);

/// A form cannot show a field that its device was not told of, so that the declarations go to everyone.
pub static OWN_FIELD: EntityDef = EntityDef::new("own_field", Area::Organisation, GUARD)
    .called(
        Label { en: "Own field", de: "Eigenes Feld" },
        Label { en: "Own fields", de: "Eigene Felder" },
    )
    .fields(MASTER, OWN)
    .never_merged()
    .owned_by(OwnerRule::Nobody)
    .everywhere()
    .normalise(name_it)
    .row_rules(row_rules)
    .relations(frozen);

const OWN: &[FieldDef] = &[
    field("entity", "Record type", "Datensatzart", Kind::Choice(&TARGETS)).required().listed(),
    field("field", "Machine name", "Maschinenname", Kind::text(OWN_NAME_MAX)).required(),
    field("kind", "Kind", "Art", Kind::Choice(KINDS)).required().default("text").listed(),
    field("choices", "Choices", "Auswahl", Kind::Map),
    field("readers", "Read as", "Lesbar wie", Kind::Choice(READERS))
        .required()
        .default(EVERYONE)
        .listed(),
    field(
        "merge_rule",
        "If two people change it",
        "Bei gleichzeitiger Änderung",
        Kind::Choice(RULES),
    )
    .required()
    .default(FIRST_STAYS),
    field("required", "Required", "Pflichtfeld", Kind::Bool).listed(),
    field("searched", "Searched", "Durchsuchbar", Kind::Bool).default("yes"),
    field("listed", "In lists", "In Listen", Kind::Bool),
    field("position", "Position", "Position", Kind::Int { min: 0, max: 1_000_000 }),
];

/// The masters that can have own fields: every one but this, which stands last among them.
const TARGET_COUNT: usize = super::ALL.len() - 1;
static TARGETS: [Choice; TARGET_COUNT] = {
    let mut targets = [choice("", "", ""); TARGET_COUNT];
    let mut at = 0;
    while at < TARGET_COUNT {
        let entity = super::ALL[at];
        targets[at] = Choice { value: entity.name, label: entity.label };
        at += 1;
    }
    targets
};

const CHOICE: &str = "choice";

const KINDS: &[Choice] = &[
    choice("text", "Text", "Text"),
    choice("long_text", "Long text", "Langer Text"),
    choice("whole_number", "Whole number", "Ganze Zahl"),
    choice("amount", "Amount", "Betrag"),
    choice("price", "Price", "Preis"),
    choice("quantity", "Quantity", "Menge"),
    choice("percent", "Percent", "Prozent"),
    choice("date", "Date", "Datum"),
    choice("flag", "Yes or no", "Ja oder nein"),
    choice(CHOICE, "Choice", "Auswahl"),
    choice("country", "Country", "Land"),
    choice("currency", "Currency", "Währung"),
    choice("language", "Language", "Sprache"),
    choice("email", "E-mail", "E-Mail"),
    choice("phone", "Phone", "Telefon"),
    choice("url", "Web address", "Webadresse"),
    choice("iban", "IBAN", "IBAN"),
    choice("gtin", "GTIN", "GTIN"),
];

/// Longest text of one line.
const TEXT_MAX: usize = 500;

fn kind_of(word: &str) -> Option<Kind> {
    Some(match word {
        "text" => Kind::text(TEXT_MAX),
        "long_text" => Kind::LongText,
        "whole_number" => Kind::Int { min: i32::MIN as i64, max: i32::MAX as i64 },
        "amount" => AMOUNT,
        "price" => PRICE,
        "quantity" => QUANTITY,
        "percent" => PERCENT,
        "date" => Kind::Date,
        "flag" => Kind::Bool,
        "country" => Kind::Country,
        "currency" => Kind::CurrencyCode,
        "language" => Kind::Language,
        "email" => Kind::Email,
        "phone" => Kind::Phone,
        "url" => Kind::Url,
        "iban" => Kind::Iban,
        "gtin" => Kind::Gtin,
        _ => return None,
    })
}

const EVERYONE: &str = "none";

/// By the field groups: who reads an own field is who reads a built-in one of its group.
const READERS: &[Choice] = &[
    choice(EVERYONE, "Everyone who sees the record", "Alle, die den Datensatz sehen"),
    choice("personal_data", "Personal data", "Personenbezogene Daten"),
    choice("credit_limit", "Credit limits", "Kreditlimits"),
    choice("tax_id", "Tax ids", "Steuernummern"),
    choice("bank_account", "Bank accounts", "Bankverbindungen"),
    choice("item_cost", "Item cost", "Artikelkosten"),
    choice("cost_rule", "Cost rules", "Kalkulationsregeln"),
    choice("invoice_amount", "Invoice amounts", "Rechnungsbeträge"),
    choice("payroll", "Payroll", "Gehaltsdaten"),
];

fn sensitivity_of(word: &str) -> Option<Sensitivity> {
    Some(match word {
        EVERYONE => Sensitivity::None,
        "personal_data" => Sensitivity::PersonalData,
        "credit_limit" => Sensitivity::CreditLimit,
        "tax_id" => Sensitivity::TaxId,
        "bank_account" => Sensitivity::BankAccount,
        "item_cost" => Sensitivity::ItemCost,
        "cost_rule" => Sensitivity::CostRule,
        "invoice_amount" => Sensitivity::InvoiceAmount,
        "payroll" => Sensitivity::Payroll,
        _ => return None,
    })
}

const FIRST_STAYS: &str = "first_stays";
const REVIEWED: &str = "reviewed";

const RULES: &[Choice] = &[
    choice(
        FIRST_STAYS,
        "The first value stays, the second is asked",
        "Der erste Wert bleibt, beim zweiten wird gefragt",
    ),
    choice(
        REVIEWED,
        "Ask whenever the record was changed",
        "Fragen, sobald der Datensatz geändert wurde",
    ),
];

/// The fields that make one declaration; what they say is fixed from the first.
const FIXED: [&str; 3] = ["entity", "field", "kind"];

impl OwnField {
    /// The declaration in a record of [`OWN_FIELD`]; `None` where it is not whole.
    pub fn of(record: &Record) -> Option<Self> {
        let text = |name: &str| record.get(name).text();
        let map = |name: &str| match record.get(name) {
            Value::Map(map) => map.clone(),
            _ => Default::default(),
        };
        let kind = match text("kind")? {
            CHOICE => OwnKind::Choice(map("choices")),
            word => OwnKind::Plain(kind_of(word)?),
        };
        Some(Self {
            id: record.id(),
            entity: text("entity")?.to_owned(),
            name: text("field")?.to_owned(),
            label: text("name")?.to_owned(),
            translations: map("translations"),
            kind,
            required: record.get("required").is_true(),
            // A group that this build does not know is read by nobody.
            sensitivity: sensitivity_of(text("readers")?).unwrap_or(Sensitivity::Payroll),
            reviewed: text("merge_rule") == Some(REVIEWED),
            searched: record.get("searched").is_true(),
            listed: record.get("listed").is_true(),
            position: record.get("position").int().unwrap_or(i64::MAX),
            retired: record.is_retired() || record.get("active") == &Value::Bool(false),
        })
    }
}

/// Its code is the field as paths of people and programs name it, so that no two have one name.
fn code_of(values: &Values) -> Option<String> {
    Some(format!("{}.{}", values.get("entity").text()?, values.get("field").text()?))
}

fn name_it(values: &mut Values) {
    if let Some(code) = code_of(values) {
        values.set("code", Value::Text(code));
    }
}

fn row_rules(values: &Values, problems: &mut Problems) {
    if let Some(name) = values.get("field").text()
        && !is_own_name(name)
    {
        problems.add(
            "field",
            "own_field_name",
            format!(
                "must begin with a small letter and have only small letters, digits and _, at most {OWN_NAME_MAX}"
            ),
        );
    }
    // A code that was taken is made a provisional one, and this record would be a second field of one name.
    if let Some(code) = code_of(values).filter(|code| values.get("code").text() != Some(code)) {
        problems.add(
            "code",
            "unique",
            format!("there is an own field {code} already; choose another name"),
        );
    }
    let chooses = values.get("kind").text() == Some(CHOICE);
    if chooses && values.get("choices").is_null() {
        problems.add("choices", "required", "is required; enter the words to choose from");
    }
    let readers = values.get("readers").text();
    if values.get("required").is_true() && readers != Some(EVERYONE) {
        let message =
            "cannot be required where only some may read it; whoever may not could save nothing";
        problems.add("required", "hidden_required", message);
    }
}

/// What values were entered under stays as it is: another name or kind would lose them.
fn frozen(record: &Record, lookup: &dyn Lookup, problems: &mut Problems) {
    let Found::Yes(standing) = lookup.record(&OWN_FIELD, record.id()) else { return };
    for name in FIXED.into_iter().filter(|name| standing.get(name) != record.get(name)) {
        let message = "cannot be changed any more; retire this own field and declare another";
        problems.add(name, "frozen", message);
    }
}
