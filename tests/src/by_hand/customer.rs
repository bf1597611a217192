//! A customer of 12 filled columns, the same in every run: the row that is measured. It knows no store.

use chrono::{DateTime, Utc};
use domain::masters::CUSTOMER;
use domain::record::{Cell, Record};
use sync_protocol::device::draft;
use sync_protocol::op::Intent;
use uuid::{Builder, Uuid};

use super::{Failure, Outcome};

const FIRST: [&str; 8] =
    ["Müller", "Weber", "Fontana", "Öztürk", "Łukasz", "O'Brien", "Århus", "Novák"];
const TRADE: [&str; 6] =
    ["Metallbau", "Logistics", "Bäckerei", "Électricité", "Seafood", "Software"];
const CITY: [&str; 8] = ["Köln", "Berlin", "Malmö", "Łódź", "Nîmes", "Cork", "Graz", "Porto"];
/// Terms of payment are no field of a customer yet: its group takes their column.
const TERMS: [&str; 4] = ["net 14 days", "net 30 days", "2 % within 10 days", "in advance"];

/// Milliseconds since 1970 of the first row: 2026-03-02T08:00:00Z.
const START: u64 = 1_772_438_400_000;

/// The columns of one row as texts, besides its id, currency, flag and time.
pub struct Customer {
    pub id: Uuid,
    pub code: String,
    pub name: String,
    pub email: String,
    pub phone: String,
    pub city: &'static str,
    pub tax_id: String,
    /// In hundredths.
    pub credit_limit: i64,
    pub terms: &'static str,
    /// Microseconds since 1970.
    pub updated_at: i64,
}

/// The customer of a number, after so many edits. An edit changes the phone.
pub fn customer(number: u32, edits: u32) -> Customer {
    let n = u64::from(number);
    let pick = |list: &[&'static str], step: usize| {
        let at = number as usize / step % list.len().max(1);
        list.get(at).copied().unwrap_or_default()
    };
    let (first, trade) = (pick(&FIRST, 1), pick(&TRADE, FIRST.len()));
    Customer {
        id: id(number),
        code: format!("K-{number:07}"),
        name: format!("{first} {trade} GmbH {number}"),
        email: format!("buchhaltung{number}@kunde-{}.example.com", n % 997),
        phone: phone(number, edits),
        city: pick(&CITY, 5),
        tax_id: format!("DE{:09}", n * 104_729 % 1_000_000_000),
        credit_limit: i64::from(number % 50_000) * 100 + 50,
        terms: pick(&TERMS, 3),
        updated_at: i64::try_from(START + n).unwrap_or_default() * 1_000,
    }
}

/// Grows with the number, as ids made one after another do.
pub fn id(number: u32) -> Uuid {
    let mut random = [0; 10];
    let mixed = u64::from(number).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    random[..8].copy_from_slice(&mixed.to_be_bytes());
    Builder::from_unix_timestamp_millis(START + u64::from(number), &random).into_uuid()
}

pub fn phone(number: u32, edits: u32) -> String {
    let digits = (u64::from(number) * 7_919 + u64::from(edits) * 104_729) % 90_000_000;
    format!("+4930{}", digits + 10_000_000)
}

/// The intent that creates a customer.
///
/// # Errors
/// Where a field refuses its text: the row is wrong.
pub fn creation(number: u32, currency: Uuid, user: Uuid) -> Outcome<Intent> {
    let row = customer(number, 0);
    let limit = format!("{}.{:02}", row.credit_limit / 100, row.credit_limit % 100);
    let mut record = Record::new(&CUSTOMER, row.id, user, DateTime::<Utc>::UNIX_EPOCH);
    let texts = [
        ("code", row.code.as_str()),
        ("name", &row.name),
        ("email", &row.email),
        ("phone", &row.phone),
        ("city", row.city),
        ("tax_id", &row.tax_id),
        ("credit_limit", &limit),
        ("customer_group", row.terms),
    ];
    for (field, text) in texts {
        write(&mut record, field, &Cell::from(text))?;
    }
    write(&mut record, "currency", &Cell::Id(currency))?;
    Ok(draft::create(&record))
}

/// The intent of the next edit of a customer that was edited so many times.
///
/// # Errors
/// As [`creation`].
pub fn edit(number: u32, edits: u32, user: Uuid) -> Outcome<Intent> {
    let mut seen = Record::new(&CUSTOMER, id(number), user, DateTime::<Utc>::UNIX_EPOCH);
    seen.head.version = i64::from(edits) + 1;
    write(&mut seen, "phone", &Cell::from(phone(number, edits).as_str()))?;
    let mut left = seen.clone();
    write(&mut left, "phone", &Cell::from(phone(number, edits + 1).as_str()))?;
    draft::update(&seen, &left).ok_or_else(|| Failure::from("an edit that changes nothing"))
}

fn write(record: &mut Record, field: &str, cell: &Cell) -> Outcome<()> {
    let unknown = || Failure::from(format!("customer has no field {field}"));
    let kind = CUSTOMER.field(field).ok_or_else(unknown)?.kind;
    let value = kind.read(cell).map_err(|fault| format!("{field}: {}", fault.message))?;
    record.values.set(field, value);
    Ok(())
}
