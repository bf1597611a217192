//! The simulator proves the protocol with a hub in memory. That hub is held to this one: what a simulated world
//! told it, this one is told too, and must answer and end the same.

use std::collections::BTreeMap;

use domain::attention::ATTENTION;
use domain::permissions::StandardRole;
use domain::record::{Record, Value, Values};
use serde_bytes::ByteBuf;
use simulator::disk::Disk;
use simulator::line::Heard;
use simulator::world::{self, Trace, name_of};
use sync_protocol::device::draft;
use sync_protocol::message::{Push, PushReply};
use sync_protocol::op::{ChainEnd, SealedOp};
use sync_protocol::projection::{Projection, is_visible};
use sync_protocol::receipt::Receipt;
use sync_protocol::row::{Schema, WireRow};
use sync_protocol::wire;
use uuid::Uuid;

use super::desk::Desk;
use super::office::Office;

const SEEDS: std::ops::RangeInclusive<u64> = 1..=6;

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn this_hub_and_the_simulators_come_to_the_same() {
    let disks: Vec<Disk> = (0..3).map(|n| Disk::register(&format!("replay-{n}"))).collect();
    let (mut answers, mut different) = (0, 0);
    for seed in SEEDS {
        let trace = world::trace(seed, &disks).unwrap();
        let mut replay = Replay::begin(&trace).await;
        for heard in &trace.heard {
            answers += replay.tells(heard, &trace.merged).await;
        }
        different += replay.answered.len();
        replay.ends_like(&trace).await;
    }
    println!("{answers} receipts for {different} operations were alike");
    assert!(
        different > 100 && answers > different,
        "{answers} receipts for {different} operations"
    );
}

struct Replay {
    office: Office,
    desks: BTreeMap<Uuid, Desk>,
    /// What stands for an id here that each hub draws for itself: of items of Attention, and of rows that a merge copied.
    drawn: BTreeMap<Uuid, Uuid>,
    /// The chains as they are here; ids that each hub draws stand in their ops.
    chains: BTreeMap<Uuid, ChainEnd>,
    sealed: BTreeMap<Uuid, SealedOp>,
    /// The first answer to each op here, as it came.
    answered: BTreeMap<Uuid, ByteBuf>,
}

impl Replay {
    async fn begin(trace: &Trace) -> Self {
        let office = Office::open().await;
        let founder = trace.laid_down[0].head.created_by; // a world never begins empty
        let founder =
            office.colleague_known_as(founder, "founder", StandardRole::Admin.key()).await;
        let mut founder = Desk::of(&founder).await;
        founder.says_hello().await;
        for record in &trace.laid_down {
            founder.seal(draft::create(record));
        }
        let laid_down = founder.pushes().await;
        assert!(
            laid_down.iter().all(|receipt| *receipt == Receipt::Applied { version: 1 }),
            "{laid_down:?}"
        );
        let mut desks = BTreeMap::new();
        for (device, (grants, role)) in &trace.people {
            let name = name_of(grants.user_id);
            let person = office.colleague_known_as(grants.user_id, &name, role.key()).await;
            let mut desk = Desk::of(&person).await;
            desk.says_hello().await;
            desks.insert(*device, desk);
        }
        Self {
            office,
            desks,
            drawn: BTreeMap::new(),
            chains: BTreeMap::new(),
            sealed: BTreeMap::new(),
            answered: BTreeMap::new(),
        }
    }

    /// Tells this hub the same and compares the answers; says how many receipts there were.
    async fn tells(&mut self, heard: &Heard, merged: &BTreeMap<Uuid, Record>) -> usize {
        let ops = heard.push.ops.iter().map(|bytes| SealedOp::open(bytes.to_vec()).unwrap());
        let ops: Vec<ByteBuf> = ops
            .map(|op| ByteBuf::from(self.in_words_of_this_hub(heard.device, &op).bytes().to_vec()))
            .collect();
        let desk = self.desks.get_mut(&heard.device).unwrap();
        let answer = desk.asks("push", &Push { epoch: desk.epoch, ops }).await;
        let there = match &heard.answer {
            Ok(there) => there,
            Err(refused) => {
                assert!(answer.status >= 400, "{refused:?} there, {} here", answer.status);
                return 0;
            }
        };
        let here: PushReply = desk.read(&answer);
        assert_eq!(here.receipts.len(), there.receipts.len());
        for ((op, here), (op_there, there)) in here.receipts.iter().zip(&there.receipts) {
            assert_eq!(op, op_there);
            let first = self.answered.entry(*op).or_insert_with(|| here.clone());
            assert_eq!(first, here, "a repeat is answered byte for byte");
            let (here, there): (Receipt, Receipt) =
                (wire::decode(here).unwrap(), wire::decode(there).unwrap());
            if let (Some(here), Some(there)) = (here.attention(), there.attention()) {
                self.drawn.insert(there, here);
            }
            let translated = told(&there, |id| self.drawn.get(&id).copied().unwrap_or(id));
            assert_eq!(told(&here, |id| id), translated, "{:#?}", self.sealed[op].op());
            if let Some(record) = merged.get(op) {
                self.learns_the_copies(record);
            }
        }
        there.receipts.len()
    }

    /// Finds the contacts that a merge copied here, each under an id of its own, by what they say.
    fn learns_the_copies(&mut self, there: &Record) {
        let contacts = there.collection("customer_contact");
        let names = contacts.iter().map(|row| {
            let name = row.values.get("name").text().unwrap_or_default();
            (name.to_owned(), row.id)
        });
        let listed = self.office.sql(&format!(
            "SELECT name || '|' || id FROM customer_contact WHERE parent_id = '{}'",
            there.id()
        ));
        let of_line = |line: &String| {
            let (name, id) = line.rsplit_once('|')?;
            Some((name.to_owned(), id.parse::<Uuid>().ok()?))
        };
        let mut here: Vec<(String, Uuid)> = listed.iter().filter_map(of_line).collect();
        let known = |id: &Uuid| self.drawn.get(id).copied().unwrap_or(*id);
        let mut there: Vec<(String, Uuid)> = names.collect();
        there.retain(|(_, id)| {
            let at = here.iter().position(|(_, other)| *other == known(id));
            at.map(|at| here.remove(at)).is_none()
        });
        here.sort_unstable();
        there.sort_unstable();
        for ((here_name, here), (there_name, there)) in here.into_iter().zip(there) {
            assert_eq!(here_name, there_name);
            self.drawn.insert(there, here);
        }
    }

    fn in_words_of_this_hub(&mut self, device: Uuid, op: &SealedOp) -> SealedOp {
        if let Some(sealed) = self.sealed.get(&op.op().op_id) {
            return sealed.clone();
        }
        let mut op = op.op().clone();
        let chain = self.chains.entry(device).or_default();
        op.prev_hash = chain.hash;
        let rows = op.intent.changes.children.iter_mut().map(|change| &mut change.id);
        for id in rows.chain([&mut op.intent.id]) {
            *id = self.drawn.get(id).copied().unwrap_or(*id);
        }
        let sealed = SealedOp::seal(op).unwrap();
        *chain = ChainEnd::after(&sealed);
        self.sealed.insert(sealed.op().op_id, sealed.clone());
        sealed
    }

    async fn ends_like(mut self, trace: &Trace) {
        for (device, (grants, _)) in &trace.people {
            let desk = self.desks.get_mut(device).unwrap();
            desk.fills().await;
            let of_this_world = |record: &&Record| {
                record.entity().name == ATTENTION.name
                    || trace.records.iter().any(|there| there.id() == record.id())
            };
            let mut here: Vec<String> =
                desk.copy.values().filter(of_this_world).map(shown).collect();
            let visible = trace.records.iter().filter(|record| is_visible(grants, record));
            let mut there: Vec<String> = visible
                .map(|record| {
                    let entity = record.entity();
                    let row = WireRow::of(record, &Projection::of(grants, entity));
                    shown(&row.into_record(entity, &Schema::of(entity)).unwrap())
                })
                .collect();
            here.sort_unstable();
            there.sort_unstable();
            for (here, there) in here.iter().zip(&there) {
                assert_eq!(here, there);
            }
            assert_eq!(here.len(), there.len());
        }
    }
}

/// A receipt with the ids that are drawn by each hub translated.
fn told(receipt: &Receipt, here: impl Fn(Uuid) -> Uuid) -> Receipt {
    let mut receipt = receipt.clone();
    match &mut receipt {
        Receipt::Applied { .. } | Receipt::Merged { .. } => {}
        Receipt::Conflict { attention, .. }
        | Receipt::Waiting { attention, .. }
        | Receipt::Review { attention, .. } => {
            *attention = here(*attention);
        }
        Receipt::Rejected { attention, .. } => *attention = attention.map(here),
    }
    receipt
}

/// Everything of a record that two hubs must agree on: not the time, and no id that each draws for itself.
fn shown(record: &Record) -> String {
    let is_item = record.entity().name == ATTENTION.name;
    let id = |id: Uuid| if is_item { String::new() } else { id.to_string() };
    let filled = |values: &Values| -> Vec<String> {
        let told = |value: &Value| !matches!(value, Value::Null | Value::Instant(_));
        let filled = values.iter().filter(|(_, value)| told(value));
        filled.map(|(field, value)| format!("{}={value:?}", field.name)).collect()
    };
    let rows = record.children().iter();
    let mut children: Vec<_> = rows.map(|row| filled(&row.values)).collect();
    children.sort_unstable();
    let values = filled(&record.values);
    let (version, retired) = (record.head.version, record.is_retired());
    format!(
        "{} {} v{version} {retired} {values:?} {children:?}",
        record.entity().name,
        id(record.id())
    )
}
