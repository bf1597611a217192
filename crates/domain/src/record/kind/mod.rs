//! The closed list of kinds. A kind says how a value is checked, stored, written on the wire and typed;
//! a new kind is a change of both stores, the wire and the forms, and therefore rare.

mod decimal;
mod read;
mod stored;

use super::Label;

pub use decimal::{DecimalKind, scaled, unscaled};

/// One word of a closed choice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Choice {
    pub value: &'static str,
    pub label: Label,
}

/// Declares one choice: machine value, English and German label.
pub const fn choice(value: &'static str, en: &'static str, de: &'static str) -> Choice {
    Choice { value, label: Label { en, de } }
}

/// What a field holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// One line of at most `max` characters.
    Text {
        max: usize,
    },
    /// Several lines.
    LongText,
    /// An identifier people type; compared by `fold_code`.
    Code,
    Bool,
    Int {
        min: i64,
        max: i64,
    },
    Decimal(DecimalKind),
    Date,
    Instant,
    /// The id of a record of the named entity.
    Reference(&'static str),
    Choice(&'static [Choice]),
    /// ISO 3166-1 alpha-2.
    Country,
    /// ISO 4217 alphabetic code.
    CurrencyCode,
    /// BCP 47 tag.
    Language,
    /// IANA name.
    TimeZone,
    Email,
    Phone,
    Url,
    /// Form only; the checksum depends on the country and is a rule of the record.
    TaxId,
    /// ISO 13616.
    Iban,
    /// ISO 9362.
    Bic,
    /// ABA routing transit number.
    RoutingNumber,
    /// GS1 GTIN-8, -12, -13 or -14.
    Gtin,
    /// Harmonised System heading.
    HsCode,
    /// UN/ECE Recommendation 20 common code.
    UnitCode,
    /// Words in the order given, each once.
    Tags,
    /// Attached files, each as [`Attachment`] writes it.
    Attachments,
    /// Texts by key.
    Map,
    /// The tenant's own fields by name, each in the text that its own declaration makes of it.
    Own,
}

impl Kind {
    pub const fn text(max: usize) -> Self {
        Self::Text { max }
    }
}
