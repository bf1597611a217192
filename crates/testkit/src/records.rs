//! Records that look like a company's, made from a number.

use chrono::{DateTime, Utc};
use domain::masters::CUSTOMER;
use domain::record::{Cell, ChildRow, EntityDef, Record, Values, read_field};
use uuid::Uuid;

const FIRST: &[&str] =
    &["Müller", "Weber", "Fontana", "Öztürk", "Łukasz", "O'Brien", "Århus", "Novák"];
const TRADE: &[&str] =
    &["Metallbau", "Logistics", "Bäckerei", "Électricité", "Seafood", "Software"];
const FORM: &[&str] = &["GmbH", "Ltd", "S.A.", "AB", "& Söhne"];
const CITY: &[&str] = &["Köln", "Berlin", "Malmö", "Łódź", "Nîmes", "Cork", "Graz", "Porto"];

/// A new record with these fields; its kinds must accept them.
///
/// # Panics
/// Where a field is unknown or refuses its text: the fixture is wrong.
pub fn record(
    entity: &'static EntityDef,
    id: Uuid,
    at: DateTime<Utc>,
    fields: &[(&str, &str)],
) -> Record {
    let mut record = Record::new(entity, id, Uuid::nil(), at);
    set(&mut record.values, fields);
    record
}

/// A child row with these fields.
///
/// # Panics
/// As [`record`].
pub fn child(entity: &'static EntityDef, id: Uuid, fields: &[(&str, &str)]) -> ChildRow {
    let mut values = entity.defaults();
    set(&mut values, fields);
    ChildRow { id, values }
}

/// Writes fields given as text.
///
/// # Panics
/// As [`record`].
pub fn set(values: &mut Values, fields: &[(&str, &str)]) {
    let entity = values.entity();
    for (name, text) in fields {
        match read_field(entity, name, &Cell::from(*text)) {
            Ok((place, value)) => values.put(&place, value),
            Err(problem) => panic!("{}: {problem}", entity.name),
        }
    }
}

/// The customer of a number: 12 filled columns, as the performance tables count them.
pub fn customer(number: usize, id: Uuid, at: DateTime<Utc>) -> Record {
    let pick = |list: &[&'static str], step: usize| list[(number / step) % list.len()]; // never empty
    let (first, trade) = (pick(FIRST, 1), pick(TRADE, FIRST.len()));
    let name = format!("{first} {trade} {} {number}", pick(FORM, 3));
    record(
        &CUSTOMER,
        id,
        at,
        &[
            ("code", &format!("K-{number:06}")),
            ("name", &name),
            ("email", &format!("buchhaltung{number}@kunde-{}.example.com", number % 997)),
            ("phone", &format!("+49 221 {:07}", (number * 7919) % 10_000_000)),
            ("street", &format!("Industriestraße {}", number % 200 + 1)),
            ("postal_code", &format!("{:05}", 10_000 + number % 89_000)),
            ("city", pick(CITY, 5)),
            ("country", "DE"),
            ("tax_id", &format!("{:011}", number * 104_729 % 100_000_000_000)),
            ("credit_limit", &format!("{}.50", number % 50_000)),
        ],
    )
}
