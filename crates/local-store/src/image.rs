//! The hub's image of a record as bytes that describe themselves: an image may outlive the declaration it
//! was written under.

use domain::record::{EntityDef, Record};
use sync_protocol::projection::Projection;
use sync_protocol::row::{Schema, WireRow};
use sync_protocol::wire;

use crate::error::Result;

pub(crate) fn encode(record: &Record) -> Result<Vec<u8>> {
    // What the person may not see is not in the record: nothing is left to hide.
    let row = WireRow::of(record, &Projection::default());
    Ok(wire::encode(&(Schema::of(record.entity()), row))?)
}

/// What an image holds that this version does not know any more is left out: the program that renamed or dropped it has
/// the row held against the hub's sums.
///
/// # Errors
/// `Wire` where the bytes are no image.
pub(crate) fn decode(entity: &'static EntityDef, bytes: &[u8]) -> Result<Record> {
    let (schema, row): (Schema, WireRow) = wire::decode(bytes)?;
    Ok(row.read(entity, &schema)?.0)
}
