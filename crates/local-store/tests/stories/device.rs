//! A device with a real encrypted file in a folder of its own, and the person at it.

use std::path::PathBuf;

use chrono::TimeDelta;
use domain::record::{EntityDef, Record};
use local_store::{Disk, Draft, Held, Key, Sealing, Store, StoreError, Touched, View, Written};
use sync_protocol::device::draft;
use sync_protocol::op::Intent;
use tempfile::TempDir;
use testkit::{FixedClock, Ids};
use uuid::Uuid;

pub const KEY: [u8; 32] = [0x5a; 32];

pub struct Device {
    pub folder: TempDir,
    pub store: Option<Store>,
    pub ids: Ids,
    pub clock: FixedClock,
}

impl Device {
    pub fn new(seed: u16) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("daybook.db");
        let store = Store::create(&path, Key::new(KEY), Disk::default()).unwrap();
        Self { folder, store: Some(store), ids: Ids::seeded(seed), clock: FixedClock::default() }
    }

    pub fn path(&self) -> PathBuf {
        self.folder.path().join("daybook.db")
    }

    pub fn store(&self) -> &Store {
        self.store.as_ref().unwrap()
    }

    /// Ends the program and starts it again.
    pub fn restart(&mut self) {
        self.store = None;
        self.store = Some(Store::open(&self.path(), Key::new(KEY), Disk::default()).unwrap());
    }

    pub fn read<T>(&self, read: impl FnOnce(&View) -> Result<T, StoreError>) -> T {
        self.store().read(read).unwrap()
    }

    pub fn get(&self, entity: &EntityDef, id: Uuid) -> Option<Held> {
        self.read(|view| view.get(entity, id))
    }

    /// The text of one field of a held record.
    pub fn text(&self, entity: &EntityDef, id: Uuid, field: &str) -> Option<String> {
        let held = self.get(entity, id).unwrap();
        held.record.get(field).text().map(str::to_owned)
    }

    pub fn try_write(&self, intents: Vec<Intent>) -> Result<(Vec<Uuid>, Written), StoreError> {
        self.clock.pass(TimeDelta::seconds(1));
        let drafts: Vec<Draft> = intents
            .into_iter()
            .map(|intent| Draft {
                op_id: self.ids.next(),
                intent,
                needs: Vec::new(),
                replaces: None,
                numbered_on: Some(self.clock.now().date_naive()),
            })
            .collect();
        let sealing = Sealing { lease_serial: 1, occurred_at: self.clock.now() };
        let written = self.store().write(&drafts, sealing)?;
        Ok((drafts.iter().map(|draft| draft.op_id).collect(), written))
    }

    pub fn write(&self, intent: Intent) -> Uuid {
        self.try_write(vec![intent]).unwrap().0[0]
    }

    /// Creates a record; answers its id and the op's.
    pub fn create(&self, record: &Record) -> (Uuid, Uuid) {
        (record.id(), self.write(draft::create(record)))
    }

    /// Edits a held record.
    pub fn edit(&self, entity: &EntityDef, id: Uuid, fields: &[(&str, &str)]) -> Uuid {
        let seen = self.get(entity, id).unwrap().record;
        let mut left = seen.clone();
        testkit::records::set(&mut left.values, fields);
        self.write(draft::update(&seen, &left).unwrap())
    }

    pub fn new_record(&self, entity: &'static EntityDef, fields: &[(&str, &str)]) -> Record {
        testkit::records::record(entity, self.ids.next(), self.clock.now(), fields)
    }
}

/// The ids of what was touched.
pub fn ids(touched: &Touched) -> Vec<Uuid> {
    match touched {
        Touched::Records(records) => records.iter().map(|(_, id)| *id).collect(),
        Touched::Everything => Vec::new(),
    }
}
