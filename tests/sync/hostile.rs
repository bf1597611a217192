//! Bytes that no Daybook sends: each is refused with words, in the memory of an ordinary request, and the hub serves
//! the next person as before.

use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_bytes::ByteBuf;
use serde_json::{Value, json};
use sync_protocol::message::{Hello, Push, SnapshotRequest};
use sync_protocol::op::{ChainEnd, Op, SealedOp};
use sync_protocol::receipt::Receipt;
use sync_protocol::wire;
use system_tests::by_hand::{Device, Line, Outcome, PACKED, customer, request};
use system_tests::office::{Hub, Tenant};
use uuid::Uuid;

/// What is done to an op that was good.
type Damage = Box<dyn Fn(&mut Op)>;

const MIB: usize = 1 << 20;
/// What a hub may take for one request, whatever it is sent, beyond what it holds anyway.
const MEMORY: u64 = 256 << 20;
/// Answers that say what is wrong with the request. 500 and 504 are none, and neither is no answer.
const REFUSALS: [u16; 6] = [400, 409, 410, 413, 415, 422];

struct Office {
    hub: Hub,
    tenant: Tenant,
    device: Device,
}

impl Office {
    async fn open(slug: &str) -> Outcome<Self> {
        let hub = Hub::start();
        let tenant = hub.tenant(slug);
        let device = Device::enrol(hub.address(), &tenant.admin, 1).await?;
        Ok(Self { hub, tenant, device })
    }

    /// Sends this and holds the hub to its bounds; answers what it said.
    async fn sends(&mut self, what: &str, request: &[u8]) -> Outcome<(u16, Vec<u8>)> {
        self.hub.program().forgets_peak();
        let before = self.hub.program().peak_memory();
        let answer = self.device.answer_to(request).await;
        let answer = answer.map_err(|error| format!("{what}: {error}\n{}", self.hub.log()))?;
        let taken = self.hub.program().peak_memory().saturating_sub(before);
        assert!(taken <= MEMORY, "{what} took {} MiB", taken >> 20);
        // Others are served, and it has not begun anew.
        assert_ne!(answer.status, 500, "{what}: {}\n{}", answer.status, self.hub.log());
        assert!(!self.hub.log().contains("panicked"), "{what}: {}", self.hub.log());
        Ok((answer.status, answer.body))
    }

    async fn refused(&mut self, what: &str, request: &[u8]) -> Outcome<()> {
        let (status, body) = self.sends(what, request).await?;
        let said: Value = serde_json::from_slice(&body).unwrap_or_default();
        assert!(REFUSALS.contains(&status), "{what}: {status} {said}");
        assert!(said["code"].is_string() && said["detail"].is_string(), "{what}: {status} {said}");
        Ok(())
    }

    /// Bytes as the body of a push, packed.
    fn push(&self, plain: &[u8]) -> Outcome<Vec<u8>> {
        Ok(self.device.request_of("push", &PACKED, &wire::compress(plain)?))
    }

    /// A device that behaves works as if nothing had been.
    async fn serves(&mut self) -> Outcome<()> {
        let mut other = Device::enrol(self.hub.address(), &self.tenant.admin, 9).await?;
        assert!(other.counts_anew().await? > 0);
        Ok(())
    }
}

/// The head of a CBOR value of a kind (RFC 8949, 3.1), with a length of eight bytes.
fn head(kind: u8, length: u64) -> Vec<u8> {
    [&[kind << 5 | 27][..], &length.to_be_bytes()].concat()
}

/// A push up to its ops.
fn before_ops(epoch: u64) -> Vec<u8> {
    let mut bytes = vec![0xa2];
    for part in [wire::encode(&"epoch"), wire::encode(&epoch), wire::encode(&"ops")] {
        bytes.extend(part.unwrap_or_else(|error| panic!("{error}")));
    }
    bytes
}

/// A zstd frame that holds bytes for somebody else and unpacks to nothing (RFC 8878, 3.1.2).
fn skippable(size: u32) -> Vec<u8> {
    let mut frame = vec![0x50, 0x2A, 0x4D, 0x18];
    frame.extend(size.to_le_bytes());
    frame.resize(frame.len() + size as usize, 0);
    frame
}

#[tokio::test]
async fn messages_that_promise_more_than_they_hold_or_hold_more_than_they_say() -> Outcome<()> {
    let mut office = Office::open("promises").await?;
    let (epoch, good) =
        (office.device.epoch, wire::encode(&Push { epoch: office.device.epoch, ops: Vec::new() })?);
    let push = |ops: Vec<u8>| [before_ops(epoch), ops].concat();
    let plain: Vec<(&str, Vec<u8>)> = vec![
        ("nothing", Vec::new()),
        ("no CBOR", vec![0xff; 1_000]),
        ("a list of 2^64 ops", push(head(4, u64::MAX))),
        ("a list of 2^40 ops of which one is there", push([head(4, 1 << 40), vec![0x40]].concat())),
        ("an op of 2^63 bytes", push([head(4, 1), head(2, 1 << 63)].concat())),
        ("an op of 4 GiB of which nothing is there", push([head(4, 1), head(2, 1 << 32)].concat())),
        ("a message that breaks off", good[..good.len() - 1].to_vec()),
        ("a message with a tail", [good.clone(), vec![0]].concat()),
        ("a key that is there twice", [&[0xa3][..], &good[1..], &before_ops(7)[1..8]].concat()),
        ("depth", push(vec![0x81; 100_000])),
        ("depth without lengths", push(vec![0x9f; 100_000])),
        ("tags on tags", push(vec![0xc1; 100_000])),
        ("a million ops", push([head(4, 1_000_000), vec![0x40; 1_000_000]].concat())),
        ("as many ops as fit", push([head(4, 60 << 20), vec![0x40; 60 * MIB]].concat())),
        (
            "bytes in pieces without an end",
            push([vec![0x81, 0x5f], [0x41, 7].repeat(MIB)].concat()),
        ),
        (
            "no number for an epoch",
            [&before_ops(1)[..7], &[0xf9, 0x7e, 0x00], &before_ops(1)[8..], &[0x80]].concat(),
        ),
        ("65 MiB of nothing", vec![0; 65 * MIB]),
    ];
    for (what, bytes) in plain {
        let request = office.push(&bytes)?;
        office.refused(what, &request).await?;
    }
    let packed: Vec<(&str, Vec<u8>)> = vec![
        ("frames that unpack to nothing", skippable(0).repeat(MIB - 1)),
        ("a frame that is skipped and is not there", skippable(16)[..20].to_vec()),
        ("no zstd", good.clone()),
        ("half of a frame", wire::compress(&vec![7; MIB])?[..40].to_vec()),
    ];
    for (what, bytes) in packed {
        let request = office.device.request_of("push", &PACKED, &bytes);
        office.refused(what, &request).await?;
    }
    office.serves().await
}

#[tokio::test]
async fn the_same_in_json_and_from_somebody_who_has_not_signed_in() -> Outcome<()> {
    let mut office = Office::open("json").await?;
    let empty = |item: &str, size: usize| {
        format!("[{}{item}]", format!("{item},").repeat(size / (item.len() + 1))).into_bytes()
    };
    let bodies: Vec<(&str, Vec<u8>)> = vec![
        ("depth", b"[".repeat(7 * MIB)),
        ("depth of objects", b"{\"a\":".repeat(MIB)),
        ("empty lists", empty("[]", 7 * MIB)),
        ("empty lists, as many as unpack", empty("[]", 60 * MIB)),
        ("no number", b"{\"epoch\": NaN, \"ops\": []}".to_vec()),
        ("a number beyond all", b"{\"epoch\": 1e999, \"ops\": []}".to_vec()),
        ("a key twice", b"{\"epoch\": 1, \"epoch\": 1, \"ops\": []}".to_vec()),
        ("half a text", b"{\"epoch\": \"\\ud800\", \"ops\": []}".to_vec()),
        ("no UTF-8", b"{\"epoch\": \"\xff\xfe\", \"ops\": []}".to_vec()),
        (
            "a million ops",
            format!("{{\"epoch\": 1, \"ops\": {}}}", String::from_utf8(empty("[]", 3 * MIB))?)
                .into_bytes(),
        ),
    ];
    let json = ["content-type: application/json", "content-encoding: zstd"];
    for (what, body) in &bodies {
        let body = wire::compress(body)?;
        let push = office.device.request_of("push", &json, &body);
        office.refused(what, &push).await?;
        let stranger = request("/api/v1/auth/login", None, &json, &body);
        office.refused(what, &stranger).await?;
    }
    let long = "x".repeat(7 * MIB);
    let login = json!({ "tenant": long, "email": long.get(..9), "password": "four horses" });
    let stranger =
        request("/api/v1/auth/login", None, &json, &wire::compress(login.to_string().as_bytes())?);
    let (status, _) = office.sends("a slug of 7 MiB", &stranger).await?;
    assert!(status == 401 || REFUSALS.contains(&status), "{status}");
    office.serves().await
}

/// A page of a pull as the hub writes them, with places that it never writes.
#[derive(Debug, Serialize)]
enum Stage {
    Lacking { entity: u16, after: Uuid },
    Left((i64, &'static str, Uuid)),
    Changed { bucket: u32, after: (i64, &'static str, Uuid) },
}

fn token(stage: &Stage, policy_version: i64) -> Outcome<ByteBuf> {
    #[derive(Serialize)]
    struct Token<'a> {
        since: u64,
        upto: u64,
        stage: &'a Stage,
        changed: [&'a str; 0],
        policies: [i64; 1],
    }
    let (since, upto, policies) = (u64::MAX - 1, u64::MAX, [policy_version]);
    let token = Token { since, upto, stage, changed: [], policies };
    Ok(ByteBuf::from(wire::encode(&token)?))
}

#[tokio::test]
async fn places_and_pages_that_the_hub_never_gave() -> Outcome<()> {
    let mut office = Office::open("places").await?;
    let good = office.device.pull(None)?;
    office.device.ask(&good).await?;
    let (epoch, policy_version) = (office.device.epoch, office.device.policy_version);
    // Beyond any order: it is answered that there is nothing, or to begin anew.
    for cursor in [u64::MAX, u64::MAX - 1, i64::MAX as u64, i64::MAX as u64 + 1] {
        office.device.cursor = Some(cursor);
        let pull = office.device.pull(None)?;
        assert_eq!(office.sends("a pull from beyond", &pull).await?.0, 200);
        let hello = office.device.hello()?;
        assert_eq!(office.sends("a hello from beyond", &hello).await?.0, 200);
    }
    office.device.cursor = None;
    let names = |token: Value| wire::encode(&token).map(ByteBuf::from);
    let far = u64::MAX;
    let mut pages = vec![
        ("nothing", Vec::new()),
        ("no CBOR", vec![0xff; 100]),
        ("a page of 7 MiB", vec![7; 7 * MIB]),
        ("a text of 2^60 bytes", head(3, 1 << 60)),
        ("depth", vec![0x81; 10_000]),
    ];
    for (what, stage, changed) in [
        (
            "an entity that there is not",
            json!({ "Lacking": { "entity": 65_535, "after": null } }),
            json!(["no such thing"]),
        ),
        ("a stage that there is not", json!({ "Elsewhere": null }), json!([])),
    ] {
        let token = json!({ "since": 0, "upto": far, "stage": stage, "changed": changed });
        pages.push((what, names(token)?.into_vec()));
    }
    for (what, page) in pages {
        let page = Some(ByteBuf::from(page));
        let pull = office.device.pull(page.clone())?;
        office.refused(what, &pull).await?;
        let snapshot = wire::pack(&SnapshotRequest { epoch, policy_version, page })?;
        let snapshot = office.device.request_of("snapshot", &PACKED, &snapshot);
        office.refused(what, &snapshot).await?;
    }
    // Ones that could have been given, at the end of everything: there is nothing after them.
    for stage in [
        Stage::Left((i64::MAX, "customer", Uuid::max())),
        Stage::Changed { bucket: u32::MAX, after: (i64::MAX, "customer", Uuid::max()) },
        Stage::Lacking { entity: u16::MAX, after: Uuid::max() },
    ] {
        let pull = office.device.pull(Some(token(&stage, policy_version)?))?;
        assert_eq!(office.sends(&format!("{stage:?}"), &pull).await?.0, 200);
    }
    let nul = Stage::Left((1, "cus\0tomer", Uuid::nil()));
    let pull = office.device.pull(Some(token(&nul, policy_version)?))?;
    office.refused("an entity with a NUL", &pull).await?;
    let chain = ChainEnd { op_seq: u64::MAX, ..ChainEnd::default() };
    let said = Hello {
        protocol_version: u16::MAX,
        capabilities: Vec::new(),
        schema_version: u16::MAX,
        schema: Default::default(),
        epoch: u64::MAX,
        policy_version: i64::MIN,
        lease_serial: u64::MAX,
        cursor: Some(u64::MAX),
        chain,
        clock: DateTime::<Utc>::MAX_UTC,
    };
    let hello = office.device.request_of("hello", &PACKED, &wire::pack(&said)?);
    assert_eq!(office.sends("a hello of the largest numbers", &hello).await?.0, 200);
    office.serves().await
}

#[tokio::test]
async fn ops_that_no_form_could_have_made_are_each_answered_and_the_chain_goes_on() -> Outcome<()> {
    let mut office = Office::open("ops").await?;
    let currency =
        office.hub.sql(&office.hub.database_of(&office.tenant), "SELECT id FROM currency LIMIT 1");
    let currency = currency.parse()?;
    let user = office.device.user;
    let (mut number, mut first) = (0, None);
    let mut ops: Vec<(&str, Damage)> = vec![
        ("a NUL in a text", Box::new(|op| set(op, "name", "a\0b"))),
        ("a text of 10 MB", Box::new(|op| set(op, "name", &"x".repeat(10_000_000)))),
        (
            "a NUL in the name of a field",
            Box::new(|op| op.intent.changes.fields[0].field = "na\0me".to_owned()),
        ),
        (
            "a NUL in the name of an entity",
            Box::new(|op| op.intent.entity = "cus\0tomer".to_owned()),
        ),
        ("an entity of 1 MB", Box::new(|op| op.intent.entity = "x".repeat(1_000_000))),
        ("a number that is none", Box::new(|op| set(op, "credit_limit", "NaN"))),
        ("a number without end", Box::new(|op| set(op, "credit_limit", &"9".repeat(100_000)))),
        ("a version beyond all", Box::new(|op| op.intent.base_version = i64::MAX)),
        ("a version below all", Box::new(|op| op.intent.base_version = i64::MIN)),
        ("a kind of no version", Box::new(|op| op.intent.kind_version = 0)),
        ("a lease beyond all", Box::new(|op| op.lease_serial = u64::MAX)),
        ("a time before all", Box::new(|op| op.occurred_at = DateTime::<Utc>::MIN_UTC)),
        ("a time after all", Box::new(|op| op.occurred_at = DateTime::<Utc>::MAX_UTC)),
        ("a need of itself", Box::new(|op| op.needs = vec![op.op_id])),
        ("needs without number", Box::new(|op| op.needs = vec![Uuid::max(); 100_000])),
        ("itself in its own place", Box::new(|op| op.replaces = Some(op.op_id))),
    ];
    // One id for two things, the second of which no database takes.
    ops.push(("a NUL under an id that was used", Box::new(|op| set(op, "name", "a\0b"))));
    for (what, change) in &ops {
        number += 1;
        let mut op = office.device.next_op(customer::creation(number, currency, user)?);
        change(&mut op);
        let used = *first.get_or_insert(op.op_id);
        if what.ends_with("was used") {
            op.op_id = used;
        }
        let op = office.device.extend(op)?;
        let push = office.device.push_of(std::slice::from_ref(&op))?;
        let (status, body) = office.sends(what, &push).await?;
        assert_eq!(status, 200, "{what}: {}", String::from_utf8_lossy(&body));
        let reply: sync_protocol::message::PushReply = wire::unpack(&body, 64 << 20)?;
        let receipt: Receipt = wire::decode(&reply.receipts[0].1)?;
        assert_eq!(reply.chain, ChainEnd::after(&op), "{what}");
        let harmless =
            ["a version", "a lease", "a time", "itself"].iter().any(|it| what.starts_with(it));
        assert!(harmless || !receipt.has_effect(), "{what}: {receipt:?}");
    }
    // A place beyond what is counted, and none.
    for op_seq in [0, u64::MAX, i64::MAX as u64 + 1] {
        let intent = customer::creation(number + 1, currency, user)?;
        let op = SealedOp::seal(Op { op_seq, ..office.device.next_op(intent) })?;
        let push = office.device.push_of(&[op])?;
        office.refused("a place beyond what is counted", &push).await?;
    }
    // What came of them reaches other devices, and nothing in it keeps them from reading the rest.
    office.serves().await
}

fn set(op: &mut Op, field: &str, text: &str) {
    let change = op.intent.changes.fields.iter_mut().find(|change| change.field == field);
    change.unwrap_or_else(|| panic!("no {field}")).to = text.into();
}

#[tokio::test]
async fn a_connection_that_says_little_or_nothing_costs_nothing() -> Outcome<()> {
    let mut office = Office::open("quiet").await?;
    let mut lines = Vec::new();
    for _ in 0..200 {
        let mut line = Line::to(office.hub.address()).await?;
        line.says(
            b"POST /api/v1/auth/login HTTP/1.1\r\nhost: hub\r\ncontent-length: 8388608\r\n\r\n{",
        )
        .await?;
        lines.push(line);
    }
    let hello = office.device.hello()?;
    assert_eq!(office.sends("a hello among them", &hello).await?.0, 200);
    drop(lines);
    office.serves().await
}
