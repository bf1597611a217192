//! A file for the courier, as both sides read it: its outside, and its parts once they are opened. Bodies are read as
//! they are, and packed here as well: what a fuzzer changes in something packed is mostly its checksum.

use serde::de::DeserializeOwned;
use sync_protocol::courier::{
    Base, DeviceOpening, Envelope, HubOpening, OPENING_MAX, Part, PartReader,
};
use sync_protocol::message::PushReply;
use sync_protocol::wire::{self, ITEMS_MAX};

use crate::push;

/// # Panics
/// Where what was read is written and read again to something else.
pub fn courier(bytes: &[u8]) {
    let _ = Envelope::read(&mut &bytes[..]);
    let mut parts = PartReader::new(bytes);
    while let Ok(Some((part, body))) = parts.part(OPENING_MAX) {
        match part {
            Part::Opening => {
                if let Some(opening) = read::<DeviceOpening>(&body) {
                    let base = Base::said(&opening, 0);
                    assert_eq!(base.answered, opening.answered);
                    same_again(&opening);
                }
                if let Some(opening) = read::<HubOpening>(&body) {
                    same_again(&opening);
                }
            }
            Part::Ops => push(&body),
            Part::Receipts => drop(read::<PushReply>(&body)),
            // As over a network: `frames` reads them.
            Part::Snapshot | Part::Pull => {}
        }
    }
}

fn read<T: DeserializeOwned>(body: &[u8]) -> Option<T> {
    let unpacked = wire::decompress(body, OPENING_MAX);
    if let Ok(read) = unpacked.and_then(|bytes| wire::decode_within(&bytes, ITEMS_MAX)) {
        return Some(read);
    }
    wire::decode_within(body, ITEMS_MAX).ok()
}

fn same_again<T: serde::Serialize + DeserializeOwned + PartialEq + std::fmt::Debug>(value: &T) {
    let bytes = wire::encode(value).unwrap_or_else(|error| panic!("{error}: {value:?}"));
    let again: T = wire::decode(&bytes).unwrap_or_else(|error| panic!("{error}: {value:?}"));
    assert_eq!(*value, again);
}
