//! Files for the courier as the hub takes and answers them, also those of a device that means harm.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use chrono::DateTime;
use daybook_server::courier::{Brought, ExchangeError, Exchanged, exchange, set_lease};
use daybook_server::ids;
use domain::masters::CUSTOMER;
use ed25519_dalek::{Signer as _, SigningKey};
use serde_bytes::ByteBuf;
use sync_protocol::courier::{
    CourierError, DeviceOpening, ENVELOPE, Envelope, Heading, HubOpening, Label, PART_MAX, Part,
    Writer,
};
use sync_protocol::message::{Frame, PushReply, Standing};
use sync_protocol::op::{ChainEnd, SealedOp};
use sync_protocol::wire::{self, FrameReader};
use tempfile::TempDir;
use uuid::Uuid;
use x25519_dalek::{PublicKey, StaticSecret};
use zeroize::Zeroizing;

use super::desk::Desk;
use super::office::{Office, SLUG};
use crate::support::ENCRYPTION_SECRET;

type Parts = Vec<(Part, Vec<u8>)>;

/// A desk without a network, and the folder in which its files lie.
struct Distant {
    office: Office,
    desk: Desk,
    folder: TempDir,
    written: u64,
}

impl Distant {
    async fn open() -> Self {
        let office = Office::open().await;
        let desk = Desk::filled(&office.admin).await;
        Self { office, desk, folder: tempfile::tempdir().unwrap(), written: 0 }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn opening(&self, answered: u64) -> (Part, Vec<u8>) {
        let opening =
            DeviceOpening { hello: self.desk.hello(), answered, purged: None, marks: Vec::new() };
        (Part::Opening, wire::pack(&opening).unwrap())
    }

    fn ops(&self, ops: &[SealedOp]) -> (Part, Vec<u8>) {
        (Part::Ops, wire::pack(&self.desk.push_of(ops)).unwrap())
    }

    /// A file of these parts, signed by this key.
    fn writes_as(&mut self, signer: &SigningKey, parts: &[(Part, Vec<u8>)]) -> PathBuf {
        self.written += 1;
        let hub = &self.office.hub.hub;
        let label = Label {
            heading: Heading::ToHub,
            tenant: self.tenant(),
            device: self.desk.device_id,
            number: self.written,
            answers: 0,
            time: DateTime::UNIX_EPOCH,
        };
        let reader = hub.keys.courier_public();
        let writer = Writer { ephemeral: Zeroizing::new(ids::random()), reader: &reader };
        let sign = |message: &[u8]| signer.sign(message).to_bytes();
        let (envelope, key) = writer.envelope(&label, sign).unwrap();
        let path = self.path(&format!("there-{}", self.written));
        let mut file = std::fs::File::create(&path).unwrap();
        file.write_all(&envelope).unwrap();
        let mut sealer = key.sealer(file);
        for (part, body) in parts {
            sealer.part(*part, body).unwrap();
        }
        sealer.finish().unwrap();
        path
    }

    fn writes(&mut self, parts: &[(Part, Vec<u8>)]) -> PathBuf {
        let signer = self.desk.device.key.clone();
        self.writes_as(&signer, parts)
    }

    fn tenant(&self) -> Uuid {
        let id = self.office.hub.control("SELECT id FROM tenants WHERE slug = 'acme'");
        id[0].parse().unwrap()
    }

    async fn exchange(&self, from: &Path, to: &str) -> Result<Exchanged, ExchangeError> {
        let hub = &self.office.hub.hub;
        exchange(hub, SLUG, Brought::File(from.to_owned()), &self.path(to)).await
    }

    /// What the hub wrote, as the device opens it.
    fn opens(&self, name: &str) -> (HubOpening, Parts) {
        let bytes = std::fs::read(self.path(name)).unwrap();
        let envelope = Envelope::read(&mut bytes.as_slice()).unwrap();
        assert_eq!(envelope.label.heading, Heading::ToDevice);
        let secret = StaticSecret::from(ENCRYPTION_SECRET);
        let own = PublicKey::from(&secret).to_bytes();
        let signer = self.office.hub.hub.keys.lease().verifying_key();
        let key = envelope.unlock(&signer, &own, |theirs| secret.diffie_hellman(theirs)).unwrap();
        let mut reader = key.opener(&bytes[ENVELOPE..]);
        let (first, opening) = reader.part(PART_MAX).unwrap().unwrap();
        assert_eq!(first, Part::Opening);
        let mut parts = Vec::new();
        while let Some(part) = reader.part(PART_MAX).unwrap() {
            parts.push(part);
        }
        (wire::unpack(&opening, PART_MAX).unwrap(), parts)
    }
}

fn receipts(parts: &[(Part, Vec<u8>)]) -> Vec<(Uuid, ByteBuf)> {
    let told = parts.iter().filter(|(part, _)| *part == Part::Receipts);
    told.flat_map(|(_, body)| wire::unpack::<PushReply>(body, PART_MAX).unwrap().receipts).collect()
}

/// The last frame of each part of a kind.
fn ends(parts: &[(Part, Vec<u8>)], kind: Part) -> Vec<Frame> {
    let of_kind = parts.iter().filter(|(part, _)| *part == kind);
    of_kind
        .map(|(_, body)| {
            let (mut frames, mut last) = (FrameReader::new(body.as_slice()).unwrap(), None);
            while let Some(frame) = frames.read::<Frame>().unwrap() {
                last = Some(frame);
            }
            last.unwrap()
        })
        .collect()
}

#[tokio::test]
async fn a_file_is_answered_with_the_same_receipts_however_often_it_comes() {
    let mut distant = Distant::open().await;
    for number in 0..3 {
        distant.desk.creates(&CUSTOMER, &[("name", &format!("Customer {number}"))]);
    }
    let ops = std::mem::take(&mut distant.desk.outbox);
    let parts = [distant.opening(0), distant.ops(&ops)];
    let there = distant.writes(&parts);
    let done = distant.exchange(&there, "back-1").await.unwrap();
    assert_eq!((done.judged, done.answered, done.standing), (3, 3, "ok"));
    let (opening, first) = distant.opens("back-1");
    assert_eq!(opening.base.cursor, distant.desk.cursor);
    assert_eq!(opening.reply.chain, ChainEnd::after(&ops[2]));
    assert!(opening.reply.lease.is_some(), "every file brings a lease");
    assert!(matches!(ends(&first, Part::Pull)[..], [Frame::Checkpoint { .. }]));

    let done = distant.exchange(&there, "back-2").await.unwrap();
    assert_eq!((done.judged, done.answered), (0, 3));
    let (_, again) = distant.opens("back-2");
    assert_eq!(receipts(&again), receipts(&first));
    // Over a network they are the same as well, and without a file of the device.
    let answer = distant.desk.asks("push", &distant.desk.push_of(&ops)).await;
    let reply: PushReply = distant.desk.read(&answer);
    assert_eq!(reply.receipts, receipts(&first));
    let device = distant.desk.device_id;
    let brought = Brought::Nothing { device };
    let hub = &distant.office.hub.hub;
    exchange(hub, SLUG, brought, &distant.path("back-3")).await.unwrap();
    assert_eq!(receipts(&distant.opens("back-3").1), receipts(&first));
    assert_eq!(distant.office.count("SELECT count(*) FROM customer"), 3);
    // A file that is there is not written over.
    let over = distant.exchange(&there, "back-1").await.unwrap_err();
    assert!(matches!(over, ExchangeError::Exists(_)), "{over}");
}

#[tokio::test]
async fn a_device_without_a_copy_gets_one_and_its_own_time_to_work() {
    let mut distant = Distant::open().await;
    distant.desk.cursor = None;
    let device = distant.desk.device_id;
    let hub = distant.office.hub.hub.clone();
    let nobody_said = exchange(&hub, SLUG, Brought::Nothing { device }, &distant.path("x")).await;
    assert!(matches!(nobody_said, Err(ExchangeError::NothingSaid(_))));
    let too_long = set_lease(&hub, SLUG, device, Some(46)).await;
    assert!(matches!(too_long, Err(ExchangeError::Term(_))));
    set_lease(&hub, SLUG, device, Some(45)).await.unwrap();
    let parts = [distant.opening(0)];
    let there = distant.writes(&parts);
    let done = distant.exchange(&there, "back").await.unwrap();
    assert_eq!(done.standing, "rebuild");
    let days = (done.lease_until.unwrap() - distant.office.hub.clock.now()).num_days();
    assert!((44..=45).contains(&days), "{days}");
    let (_, parts) = distant.opens("back");
    assert!(matches!(ends(&parts, Part::Snapshot).last(), Some(Frame::SnapshotEnd { .. })));
    assert!(matches!(ends(&parts, Part::Pull)[..], [Frame::Checkpoint { .. }]));
    // The next hello over a network keeps to it: nothing shorter is given.
    let reply = distant.desk.says_hello().await;
    let holder = domain::permissions::LeaseHolder {
        tenant_id: distant.tenant(),
        user_id: distant.desk.user,
        device_id: device,
    };
    let pinned = daybook_server::auth::lease::pinned_key(&hub.keys).unwrap();
    let lease = reply.lease.unwrap().verify(&pinned, &holder).unwrap();
    assert_eq!((lease.expires_at - lease.issued_at).num_days(), 45);
}

#[tokio::test]
async fn work_whose_forerunner_is_missing_waits_and_is_no_fork() {
    let mut distant = Distant::open().await;
    for number in 0..3 {
        distant.desk.creates(&CUSTOMER, &[("name", &format!("Customer {number}"))]);
    }
    let ops = std::mem::take(&mut distant.desk.outbox);
    let parts = [distant.opening(2), distant.ops(&ops[2..])];
    let there = distant.writes(&parts);
    let done = distant.exchange(&there, "back-1").await.unwrap();
    assert_eq!((done.judged, done.answered, done.standing), (0, 0, "ok"));
    let (opening, _) = distant.opens("back-1");
    assert_eq!((opening.reply.chain.op_seq, opening.base.answered), (0, 2));
    assert_eq!(opening.reply.standing, Standing::Ok);
    let parts = [distant.opening(0), distant.ops(&ops)];
    let there = distant.writes(&parts);
    assert_eq!(distant.exchange(&there, "back-2").await.unwrap().judged, 3);
}

#[tokio::test]
async fn a_copy_of_a_device_gets_nothing_by_file_once_its_person_said_which_is_the_original() {
    let mut distant = Distant::open().await;
    let there = distant.writes(&[distant.opening(0)]);
    distant.exchange(&there, "back-1").await.unwrap();
    let marked = "UPDATE devices SET mark = gen_random_uuid() WHERE id = ";
    distant.office.hub.control(&format!("{marked}'{}'", distant.desk.device_id));
    distant.desk.creates(&CUSTOMER, &[("name", "Ada")]);
    let ops = std::mem::take(&mut distant.desk.outbox);
    let parts = [distant.opening(0), distant.ops(&ops)];
    let there = distant.writes(&parts);
    let refused = distant.exchange(&there, "back-2").await.unwrap_err();
    assert!(matches!(refused, ExchangeError::IsCopy(_)) && refused.is_refusal(), "{refused}");
    assert!(!distant.path("back-2").exists());
    assert_eq!(distant.office.count("SELECT count(*) FROM customer"), 0);
}

#[tokio::test]
async fn a_file_that_means_harm_is_refused_within_its_bounds() {
    let mut distant = Distant::open().await;
    distant.desk.creates(&CUSTOMER, &[("name", "Ada")]);
    let ops = std::mem::take(&mut distant.desk.outbox);
    let (opening, good) = (distant.opening(0), distant.ops(&ops));
    let other = SigningKey::from_bytes(&[1; 32]);
    let forged = distant.writes_as(&other, &[opening.clone(), good.clone()]);
    let bomb = wire::compress(&vec![0; 65 << 20]).unwrap();
    // A list of two million empty texts: each takes many times more memory than bytes.
    let mut list = vec![0x9a, 0x00, 0x20, 0x00, 0x01];
    list.resize(list.len() + 0x20_0001, 0x60);
    let list = wire::compress(&list).unwrap();
    let nest = wire::compress(&vec![0x81; 100_000]).unwrap();
    let noise = vec![0x5a; 1_000];
    let large = vec![0; 9 << 20];
    let evil = [
        vec![],
        vec![good.clone()],
        vec![(Part::Opening, noise.clone())],
        vec![(Part::Opening, bomb.clone())],
        vec![opening.clone(), opening.clone()],
        vec![opening.clone(), (Part::Snapshot, noise.clone())],
        vec![opening.clone(), (Part::Ops, bomb)],
        vec![opening.clone(), (Part::Ops, list)],
        vec![opening.clone(), (Part::Ops, nest)],
        vec![opening.clone(), (Part::Ops, large)],
        vec![opening.clone(), (Part::Ops, noise)],
    ];
    let mut files = vec![forged];
    for parts in evil {
        files.push(distant.writes(&parts));
    }
    for file in files {
        let refused = distant.exchange(&file, "nowhere").await.unwrap_err();
        assert!(refused.is_refusal(), "{}: {refused}", file.display());
        assert!(matches!(refused, ExchangeError::File { .. }), "{refused}");
        assert!(!refused.to_string().contains("Ada"), "{refused}");
        assert!(!distant.path("nowhere").exists());
    }
    assert_eq!(distant.office.count("SELECT count(*) FROM customer"), 0);
    let good = distant.writes(&[opening, good]);
    let mut bytes = std::fs::read(&good).unwrap();
    *bytes.last_mut().unwrap() ^= 1;
    std::fs::write(&good, &bytes).unwrap();
    let damaged = distant.exchange(&good, "nowhere").await.unwrap_err();
    let source = match damaged {
        ExchangeError::File { source, .. } => source,
        other => panic!("{other}"),
    };
    assert!(matches!(source, CourierError::Damaged), "{source}");
    *bytes.last_mut().unwrap() ^= 1;
    std::fs::write(&good, &bytes).unwrap();
    assert_eq!(distant.exchange(&good, "back").await.unwrap().judged, 1);
}
