//! Pushes whose reply is lost after the hub has done them, and what a device then sends: the same again, cut into
//! other pieces, in another order, twice. Each op has one effect, and one receipt, whose bytes never change.

use std::collections::BTreeMap;
use std::ops::Range;

use rand::seq::SliceRandom as _;
use rand::{RngExt as _, SeedableRng as _};
use rand_chacha::ChaCha8Rng;
use sync_protocol::message::PushReply;
use sync_protocol::op::{Op, SealedOp};
use sync_protocol::receipt::{Receipt, RejectCode};
use sync_protocol::wire;
use uuid::Uuid;

use crate::by_hand::{Device, Outcome, customer};
use crate::office::{Hub, Tenant};
use crate::proxy::{Fault, Proxy, Way};

/// Most new ops of one push.
const NEW: u32 = 8;
/// A reply's head alone is longer: any place before this is inside of it.
const REPLY: u64 = 150;
/// Replies between two sign-ins.
const SIGN_IN: usize = 20;
/// Ids that are used again for something else, at the end of a run.
const REUSED: usize = 5;

/// What a run did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Replied {
    /// Replies that were lost after the commit.
    pub lost: usize,
    pub ops: usize,
    /// Receipts of ops that the hub had taken before, each held to the first.
    pub repeats: usize,
    /// Pushes that left out what comes before them.
    pub too_early: usize,
}

struct World {
    hub: Hub,
    database: String,
    proxy: Proxy,
    device: Device,
    currency: Uuid,
    random: ChaCha8Rng,
    /// How often each customer was edited.
    edits: Vec<u32>,
    sealed: Vec<SealedOp>,
    /// The ops before this one have their receipts.
    heard: usize,
    receipts: BTreeMap<Uuid, Vec<u8>>,
    done: Replied,
}

/// Loses `pushes` replies.
///
/// # Panics
/// Where an op was done twice, lost, or answered otherwise than the first time.
pub fn replies(pushes: usize, seed: u64) -> Replied {
    let hub = Hub::start();
    let tenant = hub.tenant("replies");
    super::by_hand(async {
        let mut world = World::begin(hub, &tenant, seed).await?;
        while world.done.lost < pushes {
            world.works()?;
            world.sends_too_early().await?;
            world.sends_in_vain().await?;
            if world.random.random_ratio(1, 3) {
                world.sends_again().await?;
            }
            if world.done.lost.is_multiple_of(SIGN_IN) {
                world.device.signs_in_again(&tenant.admin).await?;
            }
            if world.done.lost.is_multiple_of(50) {
                eprintln!("{:?} of {pushes} replies", world.done);
            }
        }
        world.sends_again().await?;
        world.compares()?;
        world.uses_ids_again().await?;
        world.compares()?;
        world.forks().await?;
        Ok(world.done)
    })
}

impl World {
    async fn begin(hub: Hub, tenant: &Tenant, seed: u64) -> Outcome<Self> {
        let database = hub.database_of(tenant);
        let currency = hub.sql(&database, "SELECT id FROM currency LIMIT 1").parse()?;
        let proxy = Proxy::before(hub.address(), seed);
        let device = Device::enrol(proxy.address(), &tenant.admin, 1).await?;
        Ok(Self {
            hub,
            database,
            proxy,
            device,
            currency,
            random: ChaCha8Rng::seed_from_u64(seed),
            edits: Vec::new(),
            sealed: Vec::new(),
            heard: 0,
            receipts: BTreeMap::new(),
            done: Replied::default(),
        })
    }

    /// Makes and edits customers.
    fn works(&mut self) -> Outcome<()> {
        for _ in 0..self.random.random_range(1..=NEW) {
            let (known, user) = (self.edits.len(), self.device.user);
            let intent = if known < 3 || self.random.random_ratio(1, 3) {
                self.edits.push(0);
                customer::creation(u32::try_from(known)?, self.currency, user)?
            } else {
                let chosen = self.random.random_range(0..known);
                self.edits[chosen] += 1;
                customer::edit(u32::try_from(chosen)?, self.edits[chosen] - 1, user)?
            };
            self.sealed.push(self.device.seal(intent)?);
        }
        self.done.ops = self.sealed.len();
        Ok(())
    }

    /// Sends what comes after ops that the hub has not: nothing of it is taken.
    async fn sends_too_early(&mut self) -> Outcome<()> {
        let known = self.taken()?;
        if self.sealed.len() - known < 2 {
            return Ok(());
        }
        let from = self.random.random_range(known + 1..self.sealed.len());
        let push = self.device.push_of(&self.sealed[from..])?;
        let answer = self.device.answer_to(&push).await?;
        let said = String::from_utf8_lossy(&answer.body);
        assert!(answer.status == 409 && said.contains("chain_gap"), "{}: {said}", answer.status);
        assert_eq!(self.taken()?, known, "something of it was taken");
        self.done.too_early += 1;
        Ok(())
    }

    /// Sends the new ops, and as many before them as it happens; the hub takes them, and nobody hears of it.
    async fn sends_in_vain(&mut self) -> Outcome<()> {
        let from = self.random.random_range(self.heard..=self.taken()?);
        let push = self.device.push_of(&self.sealed[from..])?;
        let after = self.random.random_range(0..REPLY);
        self.proxy.does(Fault::Cut { way: Way::Down, after });
        let answer = self.device.answer_to(&push).await;
        assert!(answer.is_err(), "the reply came through: {answer:?}");
        assert_eq!(self.proxy.cuts(), 1);
        assert_eq!(self.taken()?, self.sealed.len(), "the reply was cut before the commit");
        self.device.dials_again().await?;
        self.done.lost += 1;
        Ok(())
    }

    /// Sends all that no reply was heard of, cut anew and in any order, and some of what was heard of.
    async fn sends_again(&mut self) -> Outcome<()> {
        let mut pieces = Vec::new();
        let mut from = self.heard;
        while from < self.sealed.len() {
            let to = self.sealed.len().min(from + self.random.random_range(1..=2 * NEW as usize));
            pieces.push(from..to);
            from = to;
        }
        for _ in 0..2 {
            let from = self.random.random_range(0..self.sealed.len());
            pieces.push(from..self.sealed.len().min(from + self.random.random_range(1..=50)));
        }
        pieces.shuffle(&mut self.random);
        for piece in pieces {
            self.sends_piece(piece).await?;
        }
        self.heard = self.sealed.len();
        Ok(())
    }

    async fn sends_piece(&mut self, piece: Range<usize>) -> Outcome<()> {
        let ops = &self.sealed[piece];
        let reply: PushReply = self.device.told(&self.device.push_of(ops)?).await?;
        let asked = ops.iter().map(|op| op.op().op_id);
        assert!(
            asked.eq(reply.receipts.iter().map(|(op, _)| *op)),
            "other receipts than asked for"
        );
        for (op, bytes) in reply.receipts {
            let first = self.receipts.entry(op).or_insert_with(|| bytes.to_vec());
            assert_eq!(*first, *bytes, "another receipt of {op}");
            self.done.repeats += 1;
        }
        Ok(())
    }

    /// How many ops the hub has taken.
    fn taken(&self) -> Outcome<usize> {
        let count = "SELECT count(*) FROM sync_op WHERE kind LIKE 'customer.%'";
        Ok(self.hub.sql(&self.database, count).parse()?)
    }

    /// The hub holds each op once, each with the receipt that was told, and the customers as they were left.
    fn compares(&self) -> Outcome<()> {
        let stored = "SELECT op_id || ' ' || encode(receipt, 'hex') FROM sync_op \
                      WHERE kind LIKE 'customer.%' ORDER BY op_id";
        let told =
            self.receipts.iter().map(|(op, receipt)| format!("{op} {}", hex::encode(receipt)));
        let told: Vec<String> = told.collect();
        assert_eq!(self.hub.sql(&self.database, stored).lines().collect::<Vec<_>>(), told);
        for bytes in self.receipts.values() {
            let receipt: Receipt = wire::decode(bytes)?;
            assert!(matches!(receipt, Receipt::Applied { .. }), "{receipt:?}");
        }
        let twice = "SELECT count(*) FROM (SELECT FROM audit_entry WHERE outcome = 'done' \
                     AND action LIKE 'customer.%' GROUP BY op_id HAVING count(*) <> 1) AS twice";
        assert_eq!(self.hub.sql(&self.database, twice), "0", "effects in the audit");
        let rows =
            self.hub.sql(&self.database, "SELECT id, version, phone FROM customer ORDER BY id");
        let mut expected: Vec<String> = (0_u32..)
            .zip(&self.edits)
            .map(|(n, edits)| {
                format!("{}|{}|{}", customer::id(n), edits + 1, customer::phone(n, *edits))
            })
            .collect();
        expected.sort_unstable();
        assert_eq!(rows.lines().collect::<Vec<_>>(), expected);
        Ok(())
    }

    /// New ops under ids that were used before: refused, whatever they want, and said so in the audit.
    async fn uses_ids_again(&mut self) -> Outcome<()> {
        for _ in 0..REUSED {
            let used = self.random.random_range(0..self.sealed.len());
            let (used, other) = (self.sealed[used].op().op_id, self.another_intent()?);
            let op = self.device.extend(Op { op_id: used, ..other })?;
            let push = self.device.push_of(std::slice::from_ref(&op))?;
            let first: PushReply = self.device.told(&push).await?;
            let again: PushReply = self.device.told(&push).await?;
            assert_eq!(first.receipts, again.receipts);
            let receipt: Receipt = wire::decode(&first.receipts[0].1)?;
            let refused = matches!(receipt, Receipt::Rejected { code: RejectCode::OpIdReused, .. });
            assert!(refused, "{receipt:?}");
        }
        self.audited("sync.op_id_reused", REUSED)
    }

    /// Another op at a place of the chain that is taken: a copy of the device's file is at work.
    async fn forks(&mut self) -> Outcome<()> {
        let place = self.random.random_range(0..self.sealed.len());
        let (there, other) = (self.sealed[place].op().clone(), self.another_intent()?);
        let forked = SealedOp::seal(Op { intent: other.intent, ..there })?;
        let push = self.device.push_of(&[forked])?;
        let answer = self.device.answer_to(&push).await?;
        let said = String::from_utf8_lossy(&answer.body);
        assert!(answer.status == 409 && said.contains("chain_forked"), "{}: {said}", answer.status);
        self.audited("sync.chain_forked", 1)
    }

    fn another_intent(&self) -> Outcome<Op> {
        // An edit that nobody has made yet.
        let intent = customer::edit(0, self.edits[0], self.device.user)?;
        Ok(self.device.next_op(intent))
    }

    fn audited(&self, action: &str, times: usize) -> Outcome<()> {
        let count = format!(
            "SELECT count(*) FROM audit_entry WHERE outcome = 'denied' AND action = '{action}'"
        );
        assert_eq!(self.hub.sql(&self.database, &count), times.to_string(), "{action}");
        Ok(())
    }
}
