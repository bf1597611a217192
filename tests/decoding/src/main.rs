//! Writes the bytes that fuzzers begin with: what devices and hubs of a simulated world say to each other. Run it
//! after a change of the messages; what fuzzers have added stays.

use std::collections::BTreeMap;
use std::error::Error;
use std::path::Path;

use chrono::DateTime;
use daybook_server::sync::place::{self, PullToken, SnapshotToken, Stage};
use domain::record::Record;
use domain::synced;
use simulator::disk::Disk;
use simulator::world;
use sync_protocol::PROTOCOL_VERSION;
use sync_protocol::courier::{Base, DeviceOpening, HubOpening, Part, head};
use sync_protocol::digest::Digest;
use sync_protocol::message::{
    Capability, EntityDigest, Escrow, Frame, Hello, HelloReply, Push, PushReply, Standing,
};
use sync_protocol::op::{ChainEnd, Hash, SealedOp};
use sync_protocol::projection::Projection;
use sync_protocol::receipt::Receipt;
use sync_protocol::row::{Schema, WireRow};
use sync_protocol::wire;
use uuid::Uuid;

type Outcome<T> = Result<T, Box<dyn Error + Send + Sync>>;

const SEEDS: std::ops::RangeInclusive<u64> = 1..=3;
/// A fuzzer is fast with small inputs.
const ROWS: usize = 3;

fn main() -> Outcome<()> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/corpus");
    let disks: Vec<Disk> = (0..3).map(|n| Disk::register(&format!("corpus-{n}"))).collect();
    let mut pushes: BTreeMap<String, Push> = BTreeMap::new();
    let mut records: BTreeMap<&str, Vec<Record>> = BTreeMap::new();
    for seed in SEEDS {
        let trace = world::trace(seed, &disks).map_err(|broken| format!("{broken:?}"))?;
        for heard in trace.heard {
            // One op of each kind.
            for bytes in heard.push.ops {
                let kind = SealedOp::open(bytes.to_vec())?.op().intent.kind();
                let push = Push { epoch: heard.push.epoch, ops: vec![bytes] };
                pushes.entry(kind).or_insert(push);
            }
        }
        for record in trace.records {
            records.entry(record.entity().name).or_default().push(record);
        }
    }
    let all = Push { epoch: 1, ops: pushes.values().flat_map(|push| push.ops.clone()).collect() };
    pushes.insert("every kind".to_owned(), all);
    for (kind, push) in &pushes {
        write(&folder, "push", kind, &wire::encode(push)?)?;
    }
    let (tenant, device_id) = ("acme".to_owned(), Uuid::from_u128(1));
    if let Some(push) = pushes.get("every kind") {
        let (ops, proof) = (push.ops.clone(), "0".repeat(128));
        let escrow = Escrow { tenant, device_id, ops, proof };
        write(&folder, "push", "handed in", &wire::encode(&escrow)?)?;
    }
    for (kind, push) in &pushes {
        write(&folder, "courier", kind, &inside(push)?)?;
    }
    write(&folder, "courier", "answer", &answer()?)?;
    for (name, bytes) in tokens()? {
        write(&folder, "token", name, &bytes)?;
    }
    for (entity, records) in &records {
        let frames = frames(records.get(..ROWS).unwrap_or(records));
        let bytes = frames.iter().map(wire::encode).collect::<Result<Vec<_>, _>>()?.concat();
        write(&folder, "frames", entity, &bytes)?;
    }
    Ok(())
}

fn write(folder: &Path, target: &str, name: &str, bytes: &[u8]) -> Outcome<()> {
    let folder = folder.join(target);
    std::fs::create_dir_all(&folder)?;
    let name = name.replace([' ', '.'], "-");
    Ok(std::fs::write(folder.join(format!("real-{name}")), bytes)?)
}

/// What a device's file holds with this push in it, opened.
fn inside(push: &Push) -> Outcome<Vec<u8>> {
    let hello = Hello {
        protocol_version: PROTOCOL_VERSION,
        capabilities: vec![Capability::KeepsUnknown],
        schema_version: 1,
        schema: Hash([7; 32]),
        epoch: push.epoch,
        policy_version: 3,
        lease_serial: 2,
        cursor: Some(300),
        chain: ChainEnd { op_seq: push.ops.len() as u64, hash: Hash([9; 32]) },
        clock: DateTime::UNIX_EPOCH,
    };
    let opening = DeviceOpening { hello, answered: 0, purged: None, marks: Vec::new() };
    Ok([part(Part::Opening, wire::encode(&opening)?)?, part(Part::Ops, wire::encode(push)?)?]
        .concat())
}

/// What a hub's file holds, without its frames.
fn answer() -> Outcome<Vec<u8>> {
    let chain = ChainEnd { op_seq: 1, hash: Hash([9; 32]) };
    let base = Base { epoch: 1, policy_version: 3, cursor: Some(300), answered: 0, answer: 0 };
    let reply = HelloReply {
        standing: Standing::Ok,
        epoch: 1,
        policy_version: 3,
        server_time: DateTime::UNIX_EPOCH,
        head: 301,
        chain,
        lease: None,
        attachment_max: Some(1 << 28),
        backed_up: None,
    };
    let opening = wire::encode(&HubOpening { base, reply })?;
    let receipt = wire::encode(&Receipt::Applied { version: 1 })?.into();
    let receipts = vec![(Uuid::from_u128(1), receipt)];
    let told = wire::encode(&PushReply { receipts, position: 301, chain })?;
    Ok([part(Part::Opening, opening)?, part(Part::Receipts, told)?].concat())
}

fn part(part: Part, body: Vec<u8>) -> Outcome<Vec<u8>> {
    Ok([head(part, &body)?.to_vec(), body].concat())
}

fn tokens() -> Outcome<Vec<(&'static str, Vec<u8>)>> {
    let changed = || ["customer".to_owned(), "item".to_owned()].into();
    let id = Uuid::from_u128(0x0190_0000_0000_7000_8000_0000_0000_0001);
    let at = || Some((7, "customer".to_owned(), id));
    let pull = |stage| {
        let (changed, policies) = (changed(), vec![1]);
        PullToken { since: 40, upto: 300, stage, changed, policies, left: Some(9) }
    };
    let snapshot = |after| {
        let (head, fingerprint, entity) = (300, [7; 32], "item".to_owned());
        SnapshotToken { head, fingerprint, entity, after, left: None }
    };
    Ok(vec![
        ("lacking", place::write(&pull(Stage::Lacking { entity: 3, after: Some(id) }))?.into_vec()),
        ("left", place::write(&pull(Stage::Left(at())))?.into_vec()),
        ("left from the first", place::write(&pull(Stage::Left(None)))?.into_vec()),
        ("changed", place::write(&pull(Stage::Changed { bucket: 2, after: at() }))?.into_vec()),
        ("snapshot", place::write(&snapshot(Some(id)))?.into_vec()),
        ("snapshot of the next", place::write(&snapshot(None))?.into_vec()),
    ])
}

/// An answer of a hub with these rows of one entity, of which the last leaves again.
fn frames(records: &[Record]) -> Vec<Frame> {
    let mut frames = Vec::new();
    let Some(entity) = records.first().map(Record::entity) else { return frames };
    let place = synced::all().position(|known| known.name == entity.name);
    let index = place.and_then(|place| u16::try_from(place).ok()).unwrap_or_default();
    frames.push(Frame::Schema { index, schema: Schema::of(entity) });
    frames.push(Frame::Drop { entity: index, bucket: Some(2) });
    frames.push(Frame::Redact { fields: vec!["customer.credit_limit".to_owned()] });
    for record in records {
        let row = WireRow::of(record, &Projection::default());
        frames.push(Frame::Put { entity: index, bucket: 1, row });
    }
    if let Some(last) = records.last() {
        frames.push(Frame::Leave { entity: index, id: last.id() });
    }
    let digests = vec![EntityDigest {
        entity: entity.name.to_owned(),
        rows: records.len() as u64,
        digest: Digest::default(),
    }];
    let server_time = DateTime::UNIX_EPOCH;
    frames.push(Frame::Checkpoint {
        cursor: 9,
        policy_version: 1,
        digests,
        parts: Vec::new(),
        server_time,
    });
    frames
}
