//! What the judge asked for that was not loaded: a list of wishes, and nothing of what they found.

use std::collections::{HashMap, HashSet};

use domain::record::{EntityDef, Record};
use uuid::Uuid;

use super::{CodeKey, Key, PeerKey, ValueKey, unique_values};

/// What was asked for and is not known.
#[derive(Debug, Default)]
pub struct Lacking {
    pub records: HashMap<&'static str, (&'static EntityDef, HashSet<Uuid>)>,
    pub holders: HashSet<ValueKey>,
    pub peers: HashSet<PeerKey>,
    pub referrers: HashSet<Key>,
    pub users: HashSet<Uuid>,
    /// Codes that may be numbers which a device holds.
    pub codes: HashSet<CodeKey>,
    /// Number series of which it is asked whether they have given numbers.
    pub series: HashSet<Uuid>,
    /// What other people may do.
    pub staff: bool,
}

impl Lacking {
    pub fn is_empty(&self) -> bool {
        let Self { records, holders, peers, referrers, users, codes, series, staff } = self;
        let keys = records.is_empty() && holders.is_empty() && peers.is_empty();
        keys && referrers.is_empty()
            && users.is_empty()
            && codes.is_empty()
            && series.is_empty()
            && !staff
    }

    pub fn want_record(&mut self, entity: &'static EntityDef, id: Uuid) {
        self.records.entry(entity.name).or_insert_with(|| (entity, HashSet::new())).1.insert(id);
    }

    /// Wants the holders of all unique values of a record.
    pub fn want_holders(&mut self, record: &Record) {
        self.holders.extend(unique_values(record));
    }
}
