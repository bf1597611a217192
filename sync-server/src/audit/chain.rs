//! The hash that binds an entry to its place and to everything before it. Pure; where links are kept is the
//! store's.

use sha2::{Digest as _, Sha256};

use crate::store::tenant::audit_chain::{End, Link, Written};

/// What stands before the first link.
const BEGINNING: &[u8] = b"daybook audit chain, form 1";

/// The link of an entry behind an end of the chain.
pub(super) fn next(end: Option<&End>, entry: &Written) -> Link {
    let place = end.map_or(1, |end| end.place + 1);
    let before = end.map_or(BEGINNING, |end| end.hash.as_slice());
    Link { place, entry_id: entry.id, hash: hash(before, place, entry).to_vec() }
}

/// SHA-256 over the hash before, the place, and every column of the entry: each with a byte that says whether
/// there is a value, its length, and the value. The values of what was changed are in it by their salted digest
/// alone, so that they can be erased and the chain still holds.
fn hash(before: &[u8], place: i64, entry: &Written) -> [u8; 32] {
    let id = |id: &Option<uuid::Uuid>| id.map(|id| id.into_bytes().to_vec());
    let text = |text: &Option<String>| text.as_ref().map(|text| text.as_bytes().to_vec());
    let columns = [
        Some(entry.id.into_bytes().to_vec()),
        Some(entry.at.timestamp_micros().to_be_bytes().to_vec()),
        id(&entry.user_id),
        id(&entry.device_id),
        text(&entry.address),
        id(&entry.op_id),
        Some(entry.action.as_bytes().to_vec()),
        Some(entry.outcome.as_bytes().to_vec()),
        text(&entry.entity),
        id(&entry.row_id),
        entry.values_digest.clone(),
    ];
    let mut hash = Sha256::new();
    hash.update(before);
    hash.update(place.to_be_bytes());
    for column in columns {
        match column {
            None => hash.update([0]),
            Some(bytes) => {
                hash.update([1]);
                // A column is far shorter than 2^64 bytes.
                hash.update((bytes.len() as u64).to_be_bytes());
                hash.update(bytes);
            }
        }
    }
    hash.finalize().into()
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;
    use uuid::Uuid;

    use super::*;

    fn entry() -> Written {
        Written {
            id: Uuid::from_u128(1),
            at: DateTime::UNIX_EPOCH,
            user_id: None,
            device_id: None,
            address: None,
            op_id: None,
            action: "customer.update".to_owned(),
            outcome: "done".to_owned(),
            entity: None,
            row_id: None,
            values_digest: None,
        }
    }

    #[test]
    fn every_column_the_place_and_what_came_before_are_in_the_hash() {
        let changed = |change: &dyn Fn(&mut Written)| {
            let mut entry = entry();
            change(&mut entry);
            hash(&[7; 32], 5, &entry)
        };
        let some = Some(Uuid::from_u128(2));
        let hashes = [
            changed(&|_| {}),
            hash(&[8; 32], 5, &entry()),
            hash(&[7; 32], 6, &entry()),
            changed(&|entry| entry.id = Uuid::from_u128(9)),
            changed(&|entry| entry.at = DateTime::from_timestamp_micros(1).unwrap()),
            changed(&|entry| entry.user_id = some),
            changed(&|entry| entry.device_id = some),
            changed(&|entry| entry.address = Some(String::new())),
            changed(&|entry| entry.op_id = some),
            changed(&|entry| entry.action = "customer.updat".to_owned()),
            changed(&|entry| entry.outcome = "edone".to_owned()),
            changed(&|entry| entry.entity = Some(String::new())),
            changed(&|entry| entry.row_id = some),
            changed(&|entry| entry.values_digest = Some(vec![1; 32])),
        ];
        let different: std::collections::BTreeSet<_> = hashes.iter().collect();
        assert_eq!(different.len(), hashes.len());
    }

    #[test]
    fn text_does_not_move_from_one_column_to_the_next() {
        let with = |action: &str, outcome: &str| {
            let entry =
                Written { action: action.to_owned(), outcome: outcome.to_owned(), ..entry() };
            hash(&[], 1, &entry)
        };
        assert_ne!(with("ab", "c"), with("a", "bc"));
    }

    #[test]
    fn a_link_follows_the_end() {
        let first = next(None, &entry());
        assert_eq!(first.place, 1);
        let end = End { place: first.place, hash: first.hash };
        assert_eq!(next(Some(&end), &entry()).place, 2);
    }
}
