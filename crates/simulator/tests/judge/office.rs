//! A hub in memory and the people at their desks, for the stories of the judge. No rule is told here.

use chrono::{DateTime, TimeDelta, Utc};
use domain::attention::{ATTENTION, FIELD_ROWS, REASON_ROWS};
use domain::permissions::{Grants, StandardRole};
use domain::record::{Cell, EntityDef, Lookup as _, Record, read_field};
use serde_bytes::ByteBuf;
use simulator::hub::{MemoryHub, PushRefused};
use simulator::people::grants;
use sync_protocol::device::draft;
use sync_protocol::judge::{Author, Moment};
use sync_protocol::message::{Push, PushReply};
use sync_protocol::op::{ChainEnd, Intent, Op, SealedOp};
use sync_protocol::receipt::Receipt;
use sync_protocol::wire;
use uuid::Uuid;

/// A hub with its own clock and ids.
pub struct Office {
    pub hub: MemoryHub,
    pub now: DateTime<Utc>,
    pub ids: u128,
}

/// Whose item, what kind, and (path, mine, theirs) of its fields.
pub type OpenItem = (Uuid, String, Vec<(String, String, String)>);

/// One person at one device.
pub struct Desk {
    pub grants: Grants,
    pub device: Uuid,
    pub end: ChainEnd,
}

impl Office {
    pub fn new() -> Self {
        Self { hub: MemoryHub::new(1), now: DateTime::UNIX_EPOCH, ids: 1 << 64 }
    }

    pub fn id(&mut self) -> Uuid {
        self.ids += 1;
        Uuid::from_u128(self.ids)
    }

    pub fn desk(&mut self, role: StandardRole) -> Desk {
        let user = self.id();
        let grants = grants(user, role, 1, &self.hub.own_fields());
        Desk { grants, device: self.id(), end: ChainEnd::default() }
    }

    /// The hub knows what this person may do, also when somebody else speaks.
    pub fn employs(&mut self, desk: &Desk) {
        self.hub.staff.push(desk.grants.clone());
    }

    pub fn record(&mut self, entity: &'static EntityDef, fields: &[(&str, &str)]) -> Record {
        let id = self.id();
        let mut record = Record::new(entity, id, Uuid::nil(), self.now);
        set(&mut record, fields);
        record
    }

    pub fn laid_down(&mut self, entity: &'static EntityDef, fields: &[(&str, &str)]) -> Record {
        let record = self.record(entity, fields);
        self.hub.lay_down(record.clone());
        self.standing(&record)
    }

    pub fn standing(&self, record: &Record) -> Record {
        self.hub.standing(record.entity(), record.id()).cloned().unwrap()
    }

    pub fn push(&mut self, desk: &mut Desk, intents: Vec<Intent>) -> Vec<Receipt> {
        let ops = intents.into_iter().map(|intent| self.seal(desk, intent, vec![])).collect();
        self.send(desk, ops).unwrap()
    }

    pub fn seal(&mut self, desk: &mut Desk, intent: Intent, needs: Vec<Uuid>) -> SealedOp {
        let op = Op {
            op_id: self.id(),
            op_seq: desk.end.op_seq + 1,
            prev_hash: desk.end.hash,
            lease_serial: 1,
            occurred_at: self.now,
            needs,
            replaces: None,
            intent,
        };
        let sealed = SealedOp::seal(op).unwrap();
        desk.end = ChainEnd::after(&sealed);
        sealed
    }

    pub fn send(&mut self, desk: &Desk, ops: Vec<SealedOp>) -> Result<Vec<Receipt>, PushRefused> {
        let reply = self.send_raw(desk, &ops)?;
        Ok(reply.receipts.iter().map(|(_, bytes)| wire::decode(bytes).unwrap()).collect())
    }

    pub fn send_raw(&mut self, desk: &Desk, ops: &[SealedOp]) -> Result<PushReply, PushRefused> {
        self.now += TimeDelta::seconds(1);
        let ops = ops.iter().map(|op| ByteBuf::from(op.bytes())).collect();
        let mut next = self.ids;
        let mut new_id = || {
            next += 1;
            Uuid::from_u128(next)
        };
        let author =
            Author { user: desk.grants.user_id, device: desk.device, grants: &desk.grants };
        let mut moment = Moment { now: self.now, new_id: &mut new_id };
        let reply = self.hub.push(author, &Push { epoch: 1, ops }, &mut moment);
        self.ids = next;
        reply
    }

    /// The fields and the rules for which there are items.
    pub fn reasons(&self) -> Vec<(String, String)> {
        let open = self.hub.records().filter(|r| r.entity().name == ATTENTION.name);
        let rows = open.flat_map(|item| item.collection(REASON_ROWS));
        let text = |row: &domain::record::ChildRow, name: &str| {
            row.values.get(name).text().unwrap_or_default().to_owned()
        };
        rows.map(|row| (text(row, "path"), text(row, "rule"))).collect()
    }

    /// What stands open in Attention.
    pub fn attention(&self) -> Vec<OpenItem> {
        let open = self.hub.records().filter(|r| r.entity().name == ATTENTION.name);
        open.filter(|item| !item.is_retired())
            .map(|item| {
                let text = |row: &domain::record::ChildRow, name: &str| {
                    row.values.get(name).text().unwrap_or_default().to_owned()
                };
                let rows = item.collection(FIELD_ROWS);
                let rows = rows
                    .iter()
                    .map(|row| (text(row, "path"), text(row, "mine"), text(row, "theirs")));
                let kind = item.get("kind").text().unwrap().to_owned();
                (item.get("owner_id").id().unwrap(), kind, rows.collect())
            })
            .collect()
    }
}

pub fn set(record: &mut Record, fields: &[(&str, &str)]) {
    for (name, text) in fields {
        let (place, value) = read_field(record.entity(), name, &Cell::from(*text)).unwrap();
        record.values.put(&place, value);
    }
    record.normalise();
}

pub fn edited(seen: &Record, fields: &[(&str, &str)]) -> Intent {
    let mut left = seen.clone();
    set(&mut left, fields);
    draft::update(seen, &left).unwrap()
}
