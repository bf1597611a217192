//! Work that a person looks at before it is done: what the memory hub holds, the lease that it was made under, and
//! what was decided about it.

use std::borrow::Cow;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use domain::attention::ATTENTION;
use domain::permissions::Grants;
use domain::record::{Found, Record};
use sync_protocol::judge::review::{DECIDES, show_to};
use sync_protocol::judge::{Author, Decision, Effect, Held, Moment, Under, Why};
use sync_protocol::op::Op;
use uuid::Uuid;

use super::{KeptOp, MemoryHub};

/// An op that is held, or was.
#[derive(Clone)]
pub(super) struct HeldWork {
    why: Why,
    since: DateTime<Utc>,
    decided: bool,
}

impl HeldWork {
    /// Whether an op is held by its judgement.
    pub fn of(effects: &[Effect], now: DateTime<Utc>) -> Option<Self> {
        effects.iter().find_map(|effect| match effect {
            Effect::Held { why, .. } => Some(Self { why: *why, since: now, decided: false }),
            _ => None,
        })
    }
}

impl MemoryHub {
    /// How many ops were ever held for somebody.
    pub fn reviews(&self) -> usize {
        self.ops.values().filter(|kept| kept.held.is_some()).count()
    }

    /// Remembers what a lease gives, that the person's devices are told of now.
    pub(super) fn note_lease(&mut self, grants: &Grants) {
        let of = (grants.user_id, grants.policy_version);
        self.leases.entry(of).or_insert_with(|| Arc::new(grants.clone()));
    }

    /// The lease of an op: its serial is the version of the rights that it gave.
    pub(super) fn under(&self, op: &Op, author: Author) -> Under<'_> {
        let Ok(version) = i64::try_from(op.lease_serial) else { return Under::Forgotten };
        match self.leases.get(&(author.user, version)) {
            _ if version == author.grants.policy_version => Under::Now,
            Some(gave) => Under::Earlier(gave),
            None => Under::Forgotten,
        }
    }

    pub(super) fn held_work(&self, op_id: Uuid) -> Found<Held<'_>> {
        let held = self.ops.get(&op_id).and_then(|kept| Some((kept, kept.held.as_ref()?)));
        let Some((kept, held)) = held else { return Found::No };
        let open = self.items_of(op_id).filter(|item| !item.is_retired());
        Found::Yes(Held {
            op: Cow::Borrowed(&kept.op),
            user: kept.user,
            device: kept.device,
            received_at: held.since,
            is_decided: held.decided,
            items: open.map(Cow::Borrowed).collect(),
        })
    }

    fn items_of(&self, op_id: Uuid) -> impl Iterator<Item = &Record> {
        let items = self.of_entity(ATTENTION.name).map(|kept| &kept.record);
        items.filter(move |item| item.get("op_id").id() == Some(op_id))
    }

    /// Opens an item for each held op that this person may decide about by now and has none of.
    pub(super) fn bring_reviews(&mut self, grants: &Grants, moment: &mut Moment) {
        let user = grants.user_id;
        if !grants.holds(DECIDES) {
            return;
        }
        let open = |kept: &&KeptOp| kept.held.as_ref().is_some_and(|held| !held.decided);
        let unseen = self.ops.values().filter(open).filter(|kept| {
            !self.items_of(kept.op.op_id).any(|item| item.get("owner_id").id() == Some(user))
        });
        let nothing = Grants::default();
        let mut shown = Vec::new();
        for kept in unseen {
            let Some(held) = &kept.held else { continue };
            let author = Author { user: kept.user, device: kept.device, grants: &nothing };
            shown.extend(show_to(user, &kept.op, author, held.why, self, moment));
        }
        for effect in shown {
            if let Effect::Put { after, .. } = effect {
                self.position += 1;
                self.keep(*after, self.position, (None, moment.now));
            }
        }
    }

    /// Notes what was decided about a held op.
    pub(super) fn note_decision(&mut self, op_id: Uuid, decision: Decision) {
        let Some(kept) = self.ops.get_mut(&op_id) else { return };
        if let Some(held) = &mut kept.held {
            held.decided = true;
        }
        if let Decision::Applied(receipt) = decision {
            kept.effects += u32::from(receipt.has_effect());
            kept.later = Some(receipt);
        }
    }
}

/// The held ops that are done with these effects.
pub(super) fn applied(effects: &[Effect]) -> Vec<Uuid> {
    let applied = effects.iter().filter_map(|effect| match effect {
        Effect::Decided { op_id, decision: Decision::Applied(_), .. } => Some(*op_id),
        _ => None,
    });
    applied.collect()
}
