//! Stories of a desk whose files somebody carries, and of a hub that writes what the story needs.

use std::fs::File;
use std::io::{BufReader, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use contract::{
    Cell, Change, Command, CourierFile, CourierOutcome, CourierRead, Failure, FailureCode,
    RecordChanges,
};
use domain::permissions::StandardRole;
use ed25519_dalek::{Signer as _, SigningKey, VerifyingKey};
use sync_protocol::courier::{
    Base, DeviceOpening, ENVELOPE, Envelope, Heading, HubOpening, Label, PART_MAX, Part, Writer,
};
use sync_protocol::message::{HelloReply, Push, PushReply, Standing};
use sync_protocol::op::{ChainEnd, SealedOp};
use sync_protocol::receipt::Receipt;
use sync_protocol::wire;
use tempfile::TempDir;
use uuid::Uuid;
use x25519_dalek::{PublicKey, StaticSecret};
use zeroize::Zeroizing;

use super::{read, standing, write};
use crate::commands::fault;
use crate::desk::{DEVICE, Desk, TENANT};
use crate::host::SystemHost;
use crate::session::kept;
use crate::sync::{Report, StandingBoard, Stop};

/// A desk and the hub's keys.
struct Road {
    desk: Desk,
    folder: TempDir,
    hub: StaticSecret,
}

impl Road {
    fn open() -> Self {
        let desk = Desk::of(StandardRole::Manager);
        let hub = StaticSecret::from([4; 32]);
        let key = PublicKey::from(&hub).to_bytes();
        desk.session.store.keep(&[(kept::COURIER_KEY, Some(&key))]).unwrap();
        Self { desk, folder: tempfile::tempdir().unwrap(), hub }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn enters(&self, name: &str) {
        let to = Cell::from(name);
        let fields = vec![Change { field: "name".to_owned(), from: None, to }];
        let changes = RecordChanges { fields, children: Vec::new() };
        let entity = "customer".to_owned();
        self.desk.call(Command::Save { entity, id: None, changes }).unwrap();
    }

    fn writes(&self, name: &str) -> Result<CourierFile, Failure> {
        write(&self.desk.session, &self.path(name))
    }

    /// What the hub finds in a file of the desk.
    fn opens(&self, name: &str) -> (Label, DeviceOpening, Vec<SealedOp>) {
        let mut file = File::open(self.path(name)).unwrap();
        let envelope = Envelope::read(&mut file).unwrap();
        let mut device = [0; 32];
        hex::decode_to_slice(self.desk.session.identity.keys.signing_public(), &mut device)
            .unwrap();
        let signer = VerifyingKey::from_bytes(&device).unwrap();
        let own = PublicKey::from(&self.hub).to_bytes();
        let agree = |theirs: &PublicKey| self.hub.diffie_hellman(theirs);
        let key = envelope.unlock(&signer, &own, agree).unwrap();
        file.seek(SeekFrom::Start(ENVELOPE as u64)).unwrap();
        let mut parts = key.opener(BufReader::new(file));
        let (_, opening) = parts.part(PART_MAX).unwrap().unwrap();
        let mut ops = Vec::new();
        while let Some((part, body)) = parts.part(PART_MAX).unwrap() {
            assert_eq!(part, Part::Ops);
            let push: Push = wire::unpack(&body, PART_MAX).unwrap();
            ops.extend(push.ops.into_iter().map(|op| SealedOp::open(op.into_vec()).unwrap()));
        }
        (envelope.label, wire::unpack(&opening, PART_MAX).unwrap(), ops)
    }

    /// A file of the hub that answers these ops and holds nothing else.
    fn answers(&self, name: &str, label: Label, standing: Standing, ops: &[SealedOp]) -> PathBuf {
        let chain = ops.last().map_or_else(ChainEnd::default, ChainEnd::after);
        let base = Base { epoch: 0, policy_version: 1, cursor: Some(1), answered: 0, answer: 0 };
        let reply = HelloReply {
            standing,
            epoch: 0,
            policy_version: 1,
            server_time: label.time,
            head: 1,
            chain,
            lease: None,
            attachment_max: None,
            backed_up: None,
        };
        let receipt = wire::encode(&Receipt::Applied { version: 1 }).unwrap();
        let receipts: Vec<_> =
            ops.iter().map(|op| (op.op().op_id, receipt.clone().into())).collect();
        let told = PushReply { receipts, position: 1, chain };
        let device = self.desk.session.identity.keys.encryption_key();
        let writer = Writer { ephemeral: Zeroizing::new([6; 32]), reader: &device };
        let signer = SigningKey::from_bytes(&[9; 32]);
        let (envelope, key) =
            writer.envelope(&label, |message| signer.sign(message).to_bytes()).unwrap();
        let path = self.path(name);
        let mut file = File::create(&path).unwrap();
        file.write_all(&envelope).unwrap();
        let mut sealer = key.sealer(file);
        let opening = HubOpening { base, reply };
        sealer.part(Part::Opening, &wire::pack(&opening).unwrap()).unwrap();
        sealer.part(Part::Receipts, &wire::pack(&told).unwrap()).unwrap();
        sealer.finish().unwrap();
        path
    }

    async fn reads(&self, path: &Path) -> Result<CourierRead, Failure> {
        Ok(self.takes(path, &mut Report::default()).await?)
    }

    /// Whether the copy is to be destroyed once it is read.
    async fn is_ordered_gone(&self, path: &Path) -> bool {
        let mut report = Report::default();
        self.takes(path, &mut report).await.unwrap();
        report.wipe
    }

    async fn takes(&self, path: &Path, report: &mut Report) -> Result<CourierRead, Stop> {
        let host = Arc::new(SystemHost::new(|_| {}));
        let board = Arc::new(StandingBoard::new(host, || {}));
        read(&self.desk.session, &board, path, report).await
    }

    fn unanswered(&self) -> u64 {
        self.desk.session.store.read(|view| view.unanswered()).unwrap()
    }
}

fn label(number: u64, time: DateTime<Utc>) -> Label {
    let heading = Heading::ToDevice;
    Label { heading, tenant: TENANT, device: DEVICE, number, answers: 1, time }
}

#[tokio::test]
async fn each_file_repeats_what_has_no_answer_and_writing_is_not_sending() {
    let road = Road::open();
    road.enters("Ada");
    let written = road.writes("there-1").unwrap();
    assert_eq!((written.number, written.changes), (1, 1));
    road.enters("Ben");
    assert_eq!(road.writes("there-2").unwrap().changes, 2);
    let (label, opening, ops) = road.opens("there-2");
    assert_eq!((label.number, label.answers, label.device), (2, 0, DEVICE));
    assert_eq!((opening.answered, opening.hello.cursor), (0, Some(1)));
    assert_eq!(ops.iter().map(|op| op.op().op_seq).collect::<Vec<_>>(), [1, 2]);
    assert_eq!(road.unanswered(), 2);
    let over = road.writes("there-2").unwrap_err();
    assert_eq!(over.code, FailureCode::Usage);
    assert_eq!(road.opens("there-2").2.len(), 2, "what was there is as it was");
    let page = road.desk.session.store.read(|view| Ok(standing(view))).map_err(fault).unwrap();
    let last = page.unwrap().written.unwrap();
    assert_eq!((last.number, last.changes, last.waiting), (2, 2, 2));

    let unknown = Desk::of(StandardRole::Manager);
    let refused = write(&unknown.session, &road.path("there-3")).unwrap_err();
    assert!(refused.message.contains("sign in once more"), "{refused}");
    assert!(!road.path("there-3").exists());
}

#[tokio::test]
async fn an_answer_is_taken_once_and_an_old_one_sets_no_clock_back() {
    let road = Road::open();
    let early = road.desk.now();
    for name in ["Ada", "Ben"] {
        road.enters(name);
    }
    road.writes("there").unwrap();
    let (_, _, ops) = road.opens("there");
    road.desk.pass(TimeDelta::days(5));
    // Work goes on meanwhile.
    road.enters("Cleo");
    let answer = road.answers("back", label(1, early), Standing::Ok, &ops);
    let read = road.reads(&answer).await.unwrap();
    assert_eq!((read.came_of_it, read.round.pushed), (CourierOutcome::Taken, 2));
    assert_eq!(road.unanswered(), 1, "what was entered since waits for another file");
    assert!(road.desk.session.time() >= early + TimeDelta::days(5));
    let again = road.reads(&answer).await.unwrap();
    assert_eq!((again.came_of_it, again.round.pushed), (CourierOutcome::Older, 0));
    assert_eq!(road.writes("there-2").unwrap().changes, 1);
    assert_eq!(road.opens("there-2").0.answers, 1);
}

#[tokio::test]
async fn a_refusal_stands_until_a_newer_word_and_another_s_file_is_refused_by_name() {
    let road = Road::open();
    road.enters("Ada");
    let now = road.desk.now();
    let suspended = || Standing::Refused { reason: "the account is suspended".to_owned() };
    let refusal = road.answers("refusal", label(2, now), suspended(), &[]);
    let failure = road.reads(&refusal).await.unwrap_err();
    assert!(failure.message.contains("suspended"), "{failure}");
    assert_eq!(road.unanswered(), 1);
    let before = road.answers("before", label(1, now), suspended(), &[]);
    assert_eq!(road.reads(&before).await.unwrap().came_of_it, CourierOutcome::Older);

    let other = |label: Label| road.answers("other", label, Standing::Ok, &[]);
    let elsewhere = Label { tenant: Uuid::from_u128(5), ..label(3, now) };
    let failure = road.reads(&other(elsewhere)).await.unwrap_err();
    assert!(failure.message.contains("another organisation, not for Acme"), "{failure}");
    let colleague = Label { device: Uuid::from_u128(6), ..label(3, now) };
    let failure = road.reads(&other(colleague)).await.unwrap_err();
    assert!(failure.message.contains("this one is \"Desk\""), "{failure}");
    road.writes("there").unwrap();
    let failure = road.reads(&road.path("there")).await.unwrap_err();
    assert!(failure.message.contains("a device wrote this file"), "{failure}");
    assert_eq!(failure.code, FailureCode::Refused);
}

#[tokio::test]
async fn a_copy_with_work_in_no_file_is_not_destroyed_by_one() {
    let road = Road::open();
    road.enters("Ada");
    road.writes("there").unwrap();
    road.enters("Ben");
    let now = road.desk.now();
    let order = road.answers("order", label(1, now), Standing::Wipe, &[]);
    for _ in 0..2 {
        let failure = road.reads(&order).await.unwrap_err();
        assert_eq!(failure.code, FailureCode::Refused);
        assert!(failure.message.contains("write one more file"), "{failure}");
        assert_eq!(failure.problems[0].rule, "courier_not_handed_in");
    }
    // A file that is on its way is not yet at the hub.
    assert_eq!(road.writes("there-2").unwrap().changes, 2);
    road.reads(&order).await.unwrap_err();
    let second = Label { answers: 2, ..label(2, now) };
    let order = road.answers("order-2", second, Standing::Wipe, &[]);
    assert!(road.is_ordered_gone(&order).await);

    let idle = Road::open();
    let unasked = Label { answers: 0, ..label(1, now) };
    let order = idle.answers("order", unasked, Standing::Wipe, &[]);
    assert!(idle.is_ordered_gone(&order).await, "there is nothing to hand in");
}

#[tokio::test]
async fn a_machine_that_was_set_back_counts_its_files_from_where_the_hub_does() {
    let road = Road::open();
    road.enters("Ada");
    road.writes("there-1").unwrap();
    let now = road.desk.now();
    let later = Label { answers: 7, ..label(1, now) };
    // What the machine wrote last before it was set back is not known here, and was perhaps other work.
    let order = road.answers("order", later, Standing::Wipe, &[]);
    road.reads(&order).await.unwrap_err();
    assert_eq!(road.writes("there-8").unwrap().number, 8);

    // Also a file that brings nothing says it.
    let road = Road::open();
    let later = Label { answers: 7, ..label(1, road.desk.now()) };
    let older = road.answers("back", later, Standing::Ok, &[]);
    assert_eq!(road.reads(&older).await.unwrap().came_of_it, CourierOutcome::Older);
    assert_eq!(road.writes("there").unwrap().number, 8);
}
