//! Test only: a device that is signed in and away from its hub, with a clock, rights and rows of the
//! test's choice.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use contract::{Command, Event, Failure, Reply};
use domain::permissions::{
    Grants, Lease, LeaseClock, LeaseTerm, Person, PinnedKey, Policy, StandardRole,
};
use domain::record::{EntityDef, Record};
use ed25519_dalek::SigningKey;
use local_store::{Disk, Key, Store};
use sync_protocol::message::Frame;
use sync_protocol::op::Op;
use sync_protocol::projection::Projection;
use sync_protocol::receipt::Receipt;
use sync_protocol::row::{Schema, WireRow};
use sync_protocol::wire;
use tempfile::TempDir;
use uuid::Uuid;

use crate::commands;
use crate::host::Host;
use crate::http::Hub;
use crate::profile::{Account, Profile, Settings};
use crate::secrets::{DeviceKeys, SessionSecrets, Vault};
use crate::session::{Identity, Session, kept};

pub const TENANT: Uuid = Uuid::from_u128(0x7E);
pub const ANNA: Uuid = Uuid::from_u128(0xA1);
pub const BEN: Uuid = Uuid::from_u128(0xB2);
pub const DEVICE: Uuid = Uuid::from_u128(0xDE);

/// A machine whose time moves when told to, and whose ids count.
pub struct Machine(Mutex<State>);

struct State {
    now: DateTime<Utc>,
    drawn: u64,
}

impl Machine {
    pub fn new() -> Arc<Self> {
        let now = testkit::FixedClock::default().now();
        Arc::new(Self(Mutex::new(State { now, drawn: 0 })))
    }

    pub fn pass(&self, time: TimeDelta) {
        self.0.lock().unwrap().now += time;
    }
}

impl Host for Machine {
    fn now(&self) -> DateTime<Utc> {
        self.0.lock().unwrap().now
    }

    fn zone(&self) -> chrono_tz::Tz {
        chrono_tz::Europe::Berlin
    }

    fn running(&self) -> Duration {
        Duration::ZERO
    }

    fn new_id(&self) -> Uuid {
        let mut bytes = [0; 16];
        self.random(&mut bytes);
        uuid::Builder::from_random_bytes(bytes).into_uuid()
    }

    fn random(&self, bytes: &mut [u8]) {
        let mut state = self.0.lock().unwrap();
        for part in bytes.chunks_mut(8) {
            state.drawn += 1;
            let drawn = state.drawn.to_be_bytes();
            part.copy_from_slice(&drawn[8 - part.len()..]);
        }
    }

    fn notify(&self, _: Event) {}
}

/// The device of Anna.
pub struct Desk {
    _folder: TempDir,
    machine: Arc<Machine>,
    pub session: Arc<Session>,
    position: Mutex<u64>,
}

/// Anna's rights with one of the standard roles.
pub fn rights(role: StandardRole) -> Grants {
    let entities: Vec<&'static EntityDef> = domain::synced::all().collect();
    let roles = StandardRole::role_set();
    let policy = Policy { version: 1, roles: &roles, entities: &entities, tenant_fields: &[] };
    policy.effective(&anna(), &BTreeSet::from([role.key().to_owned()])).unwrap().grants
}

/// Anna, who belongs to no company of her own.
pub fn anna() -> Person {
    Person {
        user_id: ANNA,
        companies: BTreeSet::new(),
        branches: BTreeSet::new(),
        departments: BTreeSet::new(),
        warehouses: BTreeSet::new(),
    }
}

impl Desk {
    pub fn of(role: StandardRole) -> Self {
        Self::with(rights(role))
    }

    /// A desk whose hub is at this address, with a refresh token.
    pub fn at(hub: &str, refresh_token: &str) -> Self {
        Self::made(rights(StandardRole::Manager), hub, refresh_token)
    }

    pub fn with(grants: Grants) -> Self {
        // Nobody listens on the discard port.
        Self::made(grants, "http://127.0.0.1:9", "")
    }

    fn made(grants: Grants, hub: &str, refresh_token: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let machine = Machine::new();
        let host: Arc<dyn Host> = Arc::clone(&machine) as Arc<dyn Host>;
        let profile = Arc::new(Profile::own(&folder.path().join("home")).unwrap());
        let passphrase = folder.path().join("passphrase");
        std::fs::write(&passphrase, "a passphrase").unwrap();
        let settings = Settings {
            secrets: Some("file".to_owned()),
            passphrase_file: Some(passphrase),
            ..Settings::default()
        };
        let vault = Vault::choose(&settings).unwrap();
        let keys = DeviceKeys::draw(&*host);
        let store = Store::create(&profile.database(), Key::new(*keys.database()), Disk::default());
        let store = store.unwrap();
        let hub_key = SigningKey::from_bytes(&[9; 32]);
        let lease_key = PinnedKey::new(1, hub_key.verifying_key().to_bytes()).unwrap();
        let now = host.now();
        let lease = Lease::issue(TENANT, DEVICE, 17, grants, LeaseTerm::default(), now);
        let lease = wire::encode(&lease.sign(&hub_key)).unwrap();
        let clock = wire::encode(&LeaseClock::at_contact(now, now)).unwrap();
        store.keep(&[(kept::LEASE, Some(&lease)), (kept::CLOCK, Some(&clock))]).unwrap();
        let identity = Identity {
            host,
            profile,
            vault: Arc::new(vault),
            profile_id: Uuid::nil(),
            account: account(),
            keys,
            marks: Vec::new(),
            hub: Hub::at(hub, &Settings::default()).unwrap(),
        };
        let secrets = SessionSecrets { refresh_token: refresh_token.to_owned(), lease_key };
        let session = Arc::new(Session::over(identity, secrets, None, store, true).unwrap());
        let desk = Self { _folder: folder, machine, session, position: Mutex::new(0) };
        desk.receive(&[]);
        desk
    }

    pub fn now(&self) -> DateTime<Utc> {
        self.machine.now()
    }

    pub fn pass(&self, time: TimeDelta) {
        self.machine.pass(time);
    }

    pub fn call(&self, command: Command) -> Result<Reply, Failure> {
        Ok(commands::run(&self.session, command)?.answer)
    }

    /// Rows that the hub sends, as one checkpoint.
    pub fn receive(&self, records: &[Record]) {
        let mut position = self.position.lock().unwrap();
        *position += 1;
        let store = &self.session.store;
        let mut intake = store.begin_pull(None).unwrap();
        let mut take = |frame| store.take(&mut intake, frame).unwrap();
        for (index, record) in (0..).zip(records) {
            let schema = Schema::of(record.entity());
            take(Frame::Schema { index, schema });
            let row = WireRow::of(record, &Projection::default());
            take(Frame::Put { entity: index, bucket: 1, row });
        }
        let cursor = *position;
        let (digests, parts) = (Vec::new(), Vec::new());
        let server_time = self.now();
        take(Frame::Checkpoint { cursor, policy_version: 1, digests, parts, server_time });
    }

    /// The hub has taken all that waits; what became of it comes with the next rows.
    pub fn sent(&self) {
        let next = *self.position.lock().unwrap() + 1;
        let receipt = wire::encode(&Receipt::Applied { version: 2 }).unwrap();
        let waiting = self.waiting();
        let answers: Vec<_> = waiting.iter().map(|op| (op.op_id, receipt.clone())).collect();
        self.session.store.save_receipts(&answers, next).unwrap();
    }

    /// A record as the hub has it, at version 1, of Anna's.
    pub fn record(&self, entity: &'static EntityDef, fields: &[(&str, &str)]) -> Record {
        let mut record =
            testkit::records::record(entity, self.machine.new_id(), self.now(), fields);
        if entity.position("owner_id").is_some() && record.get("owner_id").is_null() {
            record.values.set("owner_id", domain::record::Value::Id(ANNA));
        }
        record.head.version = 1;
        record
    }

    /// The ops that wait, oldest first.
    pub fn waiting(&self) -> Vec<Op> {
        let ops = self.session.store.read(|view| view.waiting(100)).unwrap();
        ops.into_iter().map(|waiting| waiting.op).collect()
    }
}

fn account() -> Account {
    Account {
        server: "http://127.0.0.1:9".to_owned(),
        tenant: "acme".to_owned(),
        tenant_id: TENANT,
        tenant_name: "Acme".to_owned(),
        user_id: ANNA,
        user_name: "Anna".to_owned(),
        email: "anna@acme.example".to_owned(),
        device_id: DEVICE,
        device_name: "Desk".to_owned(),
    }
}
