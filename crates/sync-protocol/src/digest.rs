//! The digest that proves parity: a sum of hashes, one for each field of each row, so that a change
//! costs what it changes, and the sum for any mask is the sum over the fields it shows.

use std::collections::BTreeMap;

use domain::record::{Cell, ChildRow, EntityDef, Record, Value, Values};
use serde::{Deserialize, Serialize};
use uuid::Uuid;
use xxhash_rust::xxh3::xxh3_128;

use crate::projection::Projection;
use crate::row::Unknown;

/// A sum of 128-bit hashes, wrapping. It finds mistakes, not forgery: both sides are ours.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Digest(#[serde(with = "serde_bytes")] [u8; 16]);

impl Digest {
    pub fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    pub fn to_bytes(self) -> [u8; 16] {
        self.0
    }

    #[must_use]
    pub fn plus(self, other: Self) -> Self {
        Self(self.number().wrapping_add(other.number()).to_be_bytes())
    }

    #[must_use]
    pub fn minus(self, other: Self) -> Self {
        Self(self.number().wrapping_sub(other.number()).to_be_bytes())
    }

    fn number(self) -> u128 {
        u128::from_be_bytes(self.0)
    }
}

/// Digests by field name (`email`, `customer_contact.phone`); the empty name stands for the heads.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldDigests(pub BTreeMap<String, Digest>);

impl FieldDigests {
    /// The field digests of one record.
    pub fn of(record: &Record) -> Self {
        let mut digests = Self::default();
        each_field(record, &Projection::default(), |entity, name, digest| match entity {
            Some(child) => digests.add_one(&sum_name(child, name), digest),
            None => digests.add_one(name, digest),
        });
        digests
    }

    /// Adds the difference between two states of one record: it costs what changed, not what is held.
    pub fn change(&mut self, before: &Record, after: &Record) {
        self.subtract_one("", head_digest(before));
        self.add_one("", head_digest(after));
        self.change_values((before.id(), &before.values), Some(&after.values));
        for row in before.children() {
            let entity = row.values.entity().name;
            match after.child(entity, row.id) {
                Some(new) => self.change_values((row.id, &row.values), Some(&new.values)),
                None => {
                    self.subtract_one(&presence(entity), presence_digest(row));
                    self.change_values((row.id, &row.values), None);
                }
            }
        }
        for row in after.children() {
            let entity = row.values.entity();
            if before.child(entity.name, row.id).is_none() {
                self.add_one(&presence(entity.name), presence_digest(row));
                let empty = Values::empty(entity);
                self.change_values((row.id, &empty), Some(&row.values));
            }
        }
        self.0.retain(|_, digest| *digest != Digest::default());
    }

    fn change_values(&mut self, (row, before): (Uuid, &Values), after: Option<&Values>) {
        let entity = before.entity();
        for (index, (field, old)) in before.iter().enumerate() {
            let new =
                after.and_then(|values| values.positions().get(index)).unwrap_or(&Value::Null);
            if old == new {
                continue;
            }
            for (name, value) in field.held(old) {
                self.subtract_one(&sum_name(entity, &name), field_digest(row, &name, &value));
            }
            for (name, value) in field.held(new) {
                self.add_one(&sum_name(entity, &name), field_digest(row, &name, &value));
            }
        }
    }

    fn add_one(&mut self, name: &str, digest: Digest) {
        let sum = self.0.entry(name.to_owned()).or_default();
        *sum = sum.plus(digest);
    }

    fn subtract_one(&mut self, name: &str, digest: Digest) {
        let sum = self.0.entry(name.to_owned()).or_default();
        *sum = sum.minus(digest);
    }

    pub fn add(&mut self, other: &Self) {
        for (name, digest) in &other.0 {
            let sum = self.0.entry(name.clone()).or_default();
            *sum = sum.plus(*digest);
        }
    }

    pub fn subtract(&mut self, other: &Self) {
        for (name, digest) in &other.0 {
            let sum = self.0.entry(name.clone()).or_default();
            *sum = sum.minus(*digest);
        }
    }

    /// What a reader with this projection must hold.
    pub fn seen_through(&self, entity: &str, projection: &Projection) -> Digest {
        self.0
            .iter()
            .filter(|(name, _)| match name.split_once('.') {
                // Else it is one of the record's own fields, and the part before the point their map.
                Some((child, field)) if is_child(entity, child) => !projection.hides(child, field),
                _ => !projection.hides(entity, name),
            })
            .fold(Digest::default(), |sum, (_, digest)| sum.plus(*digest))
    }
}

/// The digest of one record as a device holds it: a hidden field is not there and adds nothing.
pub fn of_record(record: &Record, projection: &Projection) -> Digest {
    let mut sum = Digest::default();
    each_field(record, projection, |_, _, digest| sum = sum.plus(digest));
    sum
}

/// What a row of a newer hub adds in fields that this program does not know. They were shown, or had not come.
pub fn of_unknown(record: Uuid, unknown: &Unknown) -> Digest {
    let fields = |row: Uuid, fields: &[(String, Cell)]| {
        let digests = fields.iter().map(|(name, cell)| cell_digest(row, name, cell));
        digests.fold(Digest::default(), Digest::plus)
    };
    unknown.rows.iter().fold(fields(record, &unknown.fields), |sum, row| {
        let there = if row.whole {
            cell_digest(row.id, &row.entity, &Cell::Null)
        } else {
            Digest::default()
        };
        sum.plus(there).plus(fields(row.id, &row.fields))
    })
}

/// Hands over each field with its digest, and the child entity whose it is; the empty name stands for the head.
fn each_field(
    record: &Record,
    projection: &Projection,
    mut add: impl FnMut(Option<&'static EntityDef>, &str, Digest),
) {
    let head = &record.head;
    add(None, "", head_digest(record));
    let entity = record.entity();
    for (name, value) in record.values.held() {
        if !projection.hides(entity.name, &name) {
            add(None, &name, field_digest(head.id, &name, &value));
        }
    }
    for child in record.children() {
        let entity = child.values.entity();
        // A child row without a value counts as well: its being there is content.
        add(Some(entity), PRESENCE, presence_digest(child));
        for (name, value) in child.values.held() {
            if !projection.hides(entity.name, &name) {
                add(Some(entity), &name, field_digest(child.id, &name, &value));
            }
        }
    }
}

/// Under which name a field is summed.
fn sum_name(entity: &EntityDef, field: &str) -> String {
    match entity.is_master() {
        true => field.to_owned(),
        false => format!("{}.{field}", entity.name),
    }
}

fn is_child(entity: &str, name: &str) -> bool {
    domain::synced::find(entity).is_some_and(|entity| entity.child(name).is_some())
}

fn head_digest(record: &Record) -> Digest {
    let head = &record.head;
    let retired = head.retired_at.map_or(0, |at| at.timestamp_micros());
    let mut bytes = Bytes::new();
    bytes.extend(head.id.as_bytes());
    bytes.extend(&head.version.to_be_bytes());
    bytes.extend(&retired.to_be_bytes());
    bytes.digest()
}

/// Under which field the being there of a child row is counted: nobody is kept from its position.
const PRESENCE: &str = "position";

fn presence(entity: &str) -> String {
    format!("{entity}.{PRESENCE}")
}

fn presence_digest(row: &ChildRow) -> Digest {
    field_digest(row.id, row.values.entity().name, &Value::Null)
}

fn cell_digest(row: Uuid, field: &str, cell: &Cell) -> Digest {
    let mut bytes = Bytes::of(row, field);
    bytes.cell(cell);
    bytes.digest()
}

fn field_digest(row: Uuid, field: &str, value: &Value) -> Digest {
    let mut bytes = Bytes::of(row, field);
    match value {
        // As the cell of it is hashed, without making one.
        Value::Text(value) => bytes.text(3, value),
        Value::List(words) => words.iter().for_each(|word| bytes.text(5, word)),
        value => bytes.cell(&value.to_cell()),
    }
    bytes.digest()
}

/// What is hashed, in one piece: the hash of short input costs less than keeping its state.
struct Bytes {
    short: [u8; 256],
    length: usize,
    /// All of it, once it does not fit.
    long: Vec<u8>,
}

impl Bytes {
    fn new() -> Self {
        Self { short: [0; 256], length: 0, long: Vec::new() }
    }

    /// What the hash of a field begins with.
    fn of(row: Uuid, field: &str) -> Self {
        let mut bytes = Self::new();
        bytes.extend(row.as_bytes());
        bytes.extend(field.as_bytes());
        bytes
    }

    fn extend(&mut self, bytes: &[u8]) {
        let end = self.length + bytes.len();
        match self.short.get_mut(self.length..end) {
            Some(place) if self.long.is_empty() => place.copy_from_slice(bytes),
            _ => {
                if self.long.is_empty() {
                    self.long.extend(self.short.iter().take(self.length));
                }
                self.long.extend(bytes);
            }
        }
        self.length = end;
    }

    fn text(&mut self, tag: u8, text: &str) {
        self.extend(&[tag]);
        self.extend(&(text.len() as u64).to_be_bytes());
        self.extend(text.as_bytes());
    }

    fn cell(&mut self, cell: &Cell) {
        match cell {
            Cell::Null => self.extend(&[0]),
            Cell::Bool(flag) => self.extend(&[1, u8::from(*flag)]),
            Cell::Int(int) => {
                self.extend(&[2]);
                self.extend(&int.to_be_bytes());
            }
            Cell::Text(value) => self.text(3, value),
            Cell::Id(id) => {
                self.extend(&[4]);
                self.extend(id.as_bytes());
            }
            Cell::List(words) => words.iter().for_each(|word| self.text(5, word)),
            Cell::Map(map) => map.iter().for_each(|(key, value)| {
                self.text(6, key);
                self.text(7, value);
            }),
        }
    }

    fn digest(&self) -> Digest {
        let short = self.short.get(..self.length).filter(|_| self.long.is_empty());
        Digest(xxh3_128(short.unwrap_or(&self.long)).to_be_bytes())
    }
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, Utc};
    use domain::masters::CUSTOMER;

    use super::*;

    fn customer() -> Record {
        let mut record =
            Record::new(&CUSTOMER, Uuid::from_u128(1), Uuid::nil(), DateTime::<Utc>::MIN_UTC);
        record.values.set("name", Value::Text("Miller".to_owned()));
        record.values.set("city", Value::Text("Leeds".to_owned()));
        record
    }

    fn with_contact(mut record: Record, id: u128, phone: &str) -> Record {
        let contact = CUSTOMER.child("customer_contact").unwrap();
        let mut values = Values::empty(contact);
        values.set("phone", Value::Text(phone.to_owned()));
        record.put_child(ChildRow { id: Uuid::from_u128(id), values });
        record
    }

    #[test]
    fn a_difference_leads_from_one_sum_to_the_other() {
        let before = with_contact(with_contact(customer(), 7, "+441"), 8, "+442");
        let mut after = with_contact(with_contact(customer(), 8, "+443"), 9, "+444");
        after.head.version = 5;
        after.values.set("city", Value::Null);
        after.values.set("notes", Value::Text("pays late".to_owned()));
        let mut sum = FieldDigests::of(&before);
        sum.change(&before, &after);
        assert_eq!(sum, FieldDigests::of(&after));
        let mut there_and_back = FieldDigests::default();
        there_and_back.change(&before, &after);
        there_and_back.change(&after, &before);
        assert_eq!(there_and_back, FieldDigests::default());
    }

    #[test]
    fn a_field_has_one_hash_however_long_it_is() {
        for length in [0, 1, 200, 220, 221, 222, 256, 1_000] {
            let text = "ä".repeat(length / 2) + &"x".repeat(length % 2);
            let row = Uuid::from_u128(7);
            let mut whole = xxhash_rust::xxh3::Xxh3::new();
            let size = (text.len() as u64).to_be_bytes();
            for part in [row.as_bytes(), &b"notes"[..], &[3], &size, text.as_bytes()] {
                whole.update(part);
            }
            let digest = field_digest(row, "notes", &Value::Text(text));
            assert_eq!(digest.to_bytes(), whole.digest128().to_be_bytes(), "{length}");
        }
    }

    #[test]
    fn the_sum_seen_through_a_mask_is_that_of_what_the_mask_shows() {
        let record = with_contact(customer(), 7, "+441");
        let projection = Projection::default();
        assert_eq!(
            FieldDigests::of(&record).seen_through("customer", &projection),
            of_record(&record, &projection)
        );
    }
}
