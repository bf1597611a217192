//! A device at work: it keeps a chain of ops and a copy, and speaks the sync with the hub as the app does.

use std::collections::BTreeMap;

use chrono::DateTime;
use daybook_server::ids;
use domain::permissions::Grants;
use domain::record::{EntityDef, Record, Value};
use domain::{synced, versions};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_bytes::ByteBuf;
use sync_protocol::PROTOCOL_VERSION;
use sync_protocol::device::draft;
use sync_protocol::digest::{Digest, of_record};
use sync_protocol::message::{
    EntityDigest, Frame, Hello, HelloReply, PartDigest, Position, Pull, Push, PushReply,
    SnapshotRequest,
};
use sync_protocol::op::{ChainEnd, Intent, Op, SealedOp};
use sync_protocol::projection::Projection;
use sync_protocol::receipt::Receipt;
use sync_protocol::row::schema_hash;
use sync_protocol::wire::{self, FrameReader};
use uuid::Uuid;

use super::copy::{Copy, apply};
use crate::support::{Answer, Device, Person};

/// A person at one installation.
#[derive(Clone)]
pub struct Desk {
    pub device: Device,
    pub device_id: Uuid,
    pub user: Uuid,
    pub grants: Grants,
    pub chain: ChainEnd,
    pub epoch: u64,
    /// The rights that the copy was made for, and those that the hub last answered under.
    pub held: i64,
    pub policy_version: i64,
    pub lease_serial: u64,
    pub cursor: Option<Position>,
    pub at_least: Position,
    pub copy: Copy,
    pub outbox: Vec<SealedOp>,
    /// Of each record that it pushed, by the receipt.
    pub versions: BTreeMap<Uuid, i64>,
    /// Of the last checkpoint.
    pub digests: Vec<EntityDigest>,
    /// Every byte that came over the wire, unpacked.
    pub heard: Vec<u8>,
}

/// The frames of one or several answers.
#[derive(Default)]
pub struct Stream {
    pub frames: Vec<Frame>,
    pub cursor: Option<Position>,
    pub policy_version: i64,
    pub digests: Vec<EntityDigest>,
    pub parts: Vec<PartDigest>,
    /// Where it goes on.
    pub page: Option<ByteBuf>,
}

impl Desk {
    /// Signs in on a new installation.
    pub async fn of(person: &Person) -> Desk {
        let mut device = Device::of(person);
        let reply = device.signs_in().await;
        let session = reply.session.unwrap();
        let holder = domain::permissions::LeaseHolder {
            tenant_id: reply.tenant_id,
            user_id: reply.user_id,
            device_id: session.device_id,
        };
        let lease = session.lease.verify(&session.lease_key, &holder).unwrap();
        Desk {
            device,
            device_id: session.device_id,
            user: reply.user_id,
            lease_serial: u64::try_from(lease.serial).unwrap(),
            grants: lease.grants,
            chain: ChainEnd::default(),
            epoch: session.epoch,
            held: 0,
            policy_version: 0,
            cursor: None,
            at_least: 0,
            copy: Copy::default(),
            outbox: Vec::new(),
            versions: BTreeMap::new(),
            digests: Vec::new(),
            heard: Vec::new(),
        }
    }

    /// Signs in and fetches everything.
    pub async fn filled(person: &Person) -> Desk {
        let mut desk = Desk::of(person).await;
        desk.says_hello().await;
        desk.fills().await;
        desk
    }

    pub async fn asks(&self, verb: &str, message: &impl Serialize) -> Answer {
        let request = self.device.person.post(&format!("/api/v1/sync/{verb}"));
        let request = request.header("content-type", "application/cbor");
        let request = request.header("content-encoding", "zstd");
        request.bytes(wire::pack(message).unwrap()).send().await
    }

    /// The message of an answer.
    pub fn read<T: DeserializeOwned>(&mut self, answer: &Answer) -> T {
        answer.assert(200);
        assert_eq!(answer.header("content-encoding"), Some("zstd"));
        let plain = wire::decompress(&answer.body, 64 << 20).unwrap();
        self.heard.extend_from_slice(&plain);
        wire::decode(&plain).unwrap()
    }

    pub fn hello(&self) -> Hello {
        Hello {
            protocol_version: PROTOCOL_VERSION,
            capabilities: Vec::new(),
            schema_version: versions::declared().current,
            schema: schema_hash().unwrap(),
            epoch: self.epoch,
            policy_version: self.held,
            lease_serial: self.lease_serial,
            cursor: self.cursor,
            chain: self.chain,
            clock: DateTime::UNIX_EPOCH,
        }
    }

    pub async fn says_hello(&mut self) -> HelloReply {
        let answer = self.asks("hello", &self.hello()).await;
        let reply: HelloReply = self.read(&answer);
        self.policy_version = reply.policy_version;
        self.epoch = reply.epoch;
        reply
    }

    /// Puts an intent at the end of the chain.
    pub fn seal(&mut self, intent: Intent) -> Uuid {
        self.seal_after(intent, Vec::new(), None)
    }

    pub fn seal_after(&mut self, intent: Intent, needs: Vec<Uuid>, replaces: Option<Uuid>) -> Uuid {
        let op_id = ids::opaque_id();
        let op = SealedOp::seal(Op {
            op_id,
            op_seq: self.chain.op_seq + 1,
            prev_hash: self.chain.hash,
            lease_serial: self.lease_serial,
            occurred_at: DateTime::UNIX_EPOCH,
            needs,
            replaces,
            intent,
        });
        let op = op.unwrap();
        self.chain = ChainEnd::after(&op);
        self.outbox.push(op);
        op_id
    }

    /// Makes a record with these texts and enters it.
    pub fn creates(&mut self, entity: &'static EntityDef, fields: &[(&str, &str)]) -> Uuid {
        let record = self.drafts(entity, fields);
        self.seal(draft::create(&record));
        record.id()
    }

    /// A record that is not entered yet.
    pub fn drafts(&self, entity: &'static EntityDef, fields: &[(&str, &str)]) -> Record {
        let now = DateTime::UNIX_EPOCH;
        let id = ids::row_id(DateTime::from_timestamp(1_800_000_000, 0).unwrap());
        let mut record = Record::new(entity, id, self.user, now);
        write(&mut record, fields);
        record
    }

    /// Edits what it holds.
    pub fn edits(&mut self, entity: &str, id: Uuid, fields: &[(&str, &str)]) -> Uuid {
        let seen = self.holds(entity, id).clone();
        let mut left = seen.clone();
        write(&mut left, fields);
        self.seal(draft::update(&seen, &left).unwrap())
    }

    pub fn retires(&mut self, entity: &str, id: Uuid) -> Uuid {
        let seen = self.holds(entity, id).clone();
        self.seal(draft::retire(&seen))
    }

    #[track_caller]
    pub fn holds(&self, entity: &str, id: Uuid) -> &Record {
        self.copy.get(&(entity.to_owned(), id)).unwrap_or_else(|| panic!("no {entity} {id} here"))
    }

    pub fn text(&self, entity: &str, id: Uuid, field: &str) -> String {
        self.holds(entity, id).get(field).text().unwrap_or_default().to_owned()
    }

    /// The open items of Attention.
    pub fn attention(&self) -> Vec<&Record> {
        let items = self.copy.iter().filter(|((entity, _), _)| entity == "attention");
        items.map(|(_, record)| record).filter(|record| !record.is_retired()).collect()
    }

    pub fn push_of(&self, ops: &[SealedOp]) -> Push {
        let ops = ops.iter().map(|op| ByteBuf::from(op.bytes().to_vec())).collect();
        Push { epoch: self.epoch, ops }
    }

    /// Sends the outbox; answers with the receipts.
    pub async fn pushes(&mut self) -> Vec<Receipt> {
        let sent = std::mem::take(&mut self.outbox);
        let answer = self.asks("push", &self.push_of(&sent)).await;
        let reply: PushReply = self.read(&answer);
        assert_eq!(reply.receipts.len(), sent.len());
        assert_eq!(reply.chain, self.chain);
        self.at_least = reply.position;
        let receipts: Vec<Receipt> =
            reply.receipts.iter().map(|(_, bytes)| wire::decode(bytes).unwrap()).collect();
        for (op, receipt) in sent.iter().zip(&receipts) {
            if let Receipt::Applied { version }
            | Receipt::Merged { version }
            | Receipt::Conflict { version, .. } = receipt
            {
                self.versions.insert(op.op().intent.id, *version);
            }
        }
        receipts
    }

    pub fn pull(&self) -> Pull {
        Pull {
            epoch: self.epoch,
            policy_version: self.held,
            cursor: self.cursor.unwrap_or_default(),
            doubtful: Vec::new(),
            anew: Vec::new(),
            at_least: self.at_least,
            page: None,
        }
    }

    /// One page of a pull.
    pub async fn pulls_page(&mut self, page: Option<ByteBuf>) -> Stream {
        let request = Pull { page, ..self.pull() };
        let answer = self.asks("pull", &request).await;
        answer.assert(200);
        self.stream(&answer.body)
    }

    pub fn stream(&mut self, body: &[u8]) -> Stream {
        self.heard.extend(wire::decompress(body, 256 << 20).unwrap());
        let mut reader = FrameReader::new(body).unwrap();
        let mut stream = Stream::default();
        while let Some(frame) = reader.read::<Frame>().unwrap() {
            match &frame {
                Frame::Page { token, .. } => stream.page = Some(token.clone()),
                Frame::Checkpoint { cursor, policy_version, digests, parts, .. } => {
                    stream.page = None;
                    (stream.cursor, stream.policy_version) = (Some(*cursor), *policy_version);
                    (stream.digests, stream.parts) = (digests.clone(), parts.clone());
                }
                Frame::SnapshotEnd { cursor, policy_version } => {
                    stream.page = None;
                    (stream.cursor, stream.policy_version) = (Some(*cursor), *policy_version);
                }
                _ => {}
            }
            stream.frames.push(frame);
        }
        stream
    }

    /// Pulls to a checkpoint, staged, and proves parity.
    pub async fn pulls(&mut self) {
        let mut staged = self.copy.clone();
        let mut page = None;
        loop {
            let stream = self.pulls_page(page).await;
            apply(&mut staged, &stream.frames);
            page = stream.page;
            if let Some(cursor) = stream.cursor {
                self.copy = staged;
                (self.cursor, self.held) = (Some(cursor), stream.policy_version);
                self.proves(&stream.digests);
                self.digests = stream.digests;
                return;
            }
        }
    }

    pub async fn snapshot_from(&mut self, page: Option<ByteBuf>) -> Stream {
        let (epoch, policy_version) = (self.epoch, self.policy_version);
        let answer = self.asks("snapshot", &SnapshotRequest { epoch, policy_version, page }).await;
        answer.assert(200);
        self.stream(&answer.body)
    }

    /// Fetches everything anew.
    pub async fn fills(&mut self) {
        let stream = self.snapshot_from(None).await;
        self.copy = Copy::default();
        apply(&mut self.copy, &stream.frames);
        self.stands_at(&stream);
        self.pulls().await;
    }

    /// Keeps where a snapshot has brought it.
    pub fn stands_at(&mut self, stream: &Stream) {
        assert!(stream.cursor.is_some());
        (self.cursor, self.held) = (stream.cursor, stream.policy_version);
    }

    /// Sends, then receives.
    pub async fn syncs(&mut self) -> Vec<Receipt> {
        let receipts = if self.outbox.is_empty() { Vec::new() } else { self.pushes().await };
        self.pulls().await;
        receipts
    }

    /// What it holds must sum up to what the hub says.
    #[track_caller]
    pub fn proves(&self, digests: &[EntityDigest]) {
        for told in digests {
            let (rows, digest) = self.sum(&told.entity);
            assert_eq!((rows, digest), (told.rows, told.digest), "{}", told.entity);
        }
    }

    pub fn sum(&self, entity: &str) -> (u64, Digest) {
        let projection = Projection::of(&self.grants, synced::find(entity).unwrap());
        let own = self.copy.iter().filter(|((name, _), _)| name == entity);
        own.fold((0, Digest::default()), |(rows, digest), (_, record)| {
            (rows + 1, digest.plus(of_record(record, &projection)))
        })
    }

    pub fn heard(&self, text: &str) -> bool {
        self.heard.windows(text.len()).any(|window| window == text.as_bytes())
    }
}

/// Writes texts as a person types them.
pub fn write(record: &mut Record, fields: &[(&str, &str)]) {
    for (name, text) in fields {
        let kind = record.entity().field(name).unwrap().kind;
        let value = match *text {
            "" => Value::Null,
            text => kind.read(&text.into()).unwrap(),
        };
        record.values.set(name, value);
    }
}
