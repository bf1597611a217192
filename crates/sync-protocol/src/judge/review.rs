//! Work that a person looks at before it is done: it came under a lease that had ended, or its author may not do any
//! more what they could when they did it. It is kept as it came, and shown to those who may decide as far as they may
//! see it. Whoever applies it does so with their own rights, by what stands then.

mod decide;
mod hold;

use std::borrow::Cow;

use chrono::{DateTime, Utc};
use domain::export_note::EXPORT_NOTE;
use domain::permissions::{Grants, Permission, RowFacts, check_permission};
use domain::record::{EntityDef, Found, Problem, Record, row_facts};
use uuid::Uuid;

use super::{Author, Case, Effect, HubView, Judgement, Moment, judge};
use crate::op::{Op, Verb};
use crate::projection::is_visible;
use crate::receipt::Receipt;

/// Who decides about others' work: whoever settles their conflicts.
pub const DECIDES: Permission = Permission::SYNC_CONFLICT_RESOLVE;

/// The name under which a decision brings the words for the author.
pub const REASON: &str = "reason";

/// The code of work that was sent back to its author.
pub const RETURNED: &str = "returned";

/// Why work is not done by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// Its lease had run out when it came.
    LeaseOver,
    /// Its lease had been taken back.
    LeaseRevoked,
    /// No lease that it names was ever given to its device.
    LeaseUnknown,
    /// Its author or its device has no access any more.
    AccessEnded,
    /// Its lease allowed it, and the rights of now do not.
    RightLost,
}

impl Why {
    const ALL: [Self; 5] = [
        Self::LeaseOver,
        Self::LeaseRevoked,
        Self::LeaseUnknown,
        Self::AccessEnded,
        Self::RightLost,
    ];

    /// The name by which a hub keeps it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::LeaseOver => "lease_over",
            Self::LeaseRevoked => "lease_revoked",
            Self::LeaseUnknown => "lease_unknown",
            Self::AccessEnded => "access_ended",
            Self::RightLost => "right_lost",
        }
    }

    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|why| why.as_str() == name)
    }

    fn said(self, role: &str) -> Problem {
        let said = match self {
            Self::LeaseOver => Problem::new(
                "",
                "review_lease_over",
                "came after the time for which the device could work without the sync server",
            ),
            Self::LeaseRevoked => Problem::new(
                "",
                "review_lease_revoked",
                "came after the rights that it was done with were taken back",
            ),
            Self::LeaseUnknown => Problem::new(
                "",
                "review_lease_unknown",
                "was done with rights that the sync server does not know of",
            ),
            Self::AccessEnded => Problem::new(
                "",
                "review_access_ended",
                "was handed in after its author or their device had lost access",
            ),
            Self::RightLost => Problem::new(
                "",
                "review_right_lost",
                "was allowed when it was done, and is not any more",
            ),
        };
        said.with("role", role)
    }
}

/// What a hub remembers of the lease that an op was made under.
#[derive(Clone, Copy, Debug)]
pub enum Under<'a> {
    /// It holds and gave the rights of now, or the op needs none.
    Now,
    /// It holds, and gave these rights.
    Earlier(&'a Grants),
    /// It holds, and nobody knows any more what it gave.
    Forgotten,
    /// Whatever the op says, a person decides.
    Ended(Why),
}

/// An op that was held, as the hub keeps it.
#[derive(Clone, Debug)]
pub struct Held<'a> {
    pub op: Cow<'a, Op>,
    /// Its author, and their device.
    pub user: Uuid,
    pub device: Uuid,
    pub received_at: DateTime<Utc>,
    pub is_decided: bool,
    /// The open items about it, of everybody.
    pub items: Vec<Cow<'a, Record>>,
}

/// What was decided about a held op.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Decision {
    /// It was judged by the rights of whoever decided, with this receipt.
    Applied(Receipt),
    Returned {
        reason: Option<String>,
    },
}

/// Judges an op as it comes from a device, by the rights of now and by what is known of its lease.
pub fn receive(
    op: &Op,
    author: Author,
    under: Under,
    view: &dyn HubView,
    moment: &mut Moment,
) -> Judgement {
    // Closing an item of one's own changes no record, and an export is out whatever is decided about its note.
    let is_work = op.intent.verb != Verb::Resolve && op.intent.entity != EXPORT_NOTE.name;
    if let Under::Ended(why) = under
        && is_work
    {
        // Rights that nobody ever gave stand for none but those of now.
        let known = why != Why::LeaseUnknown;
        let refused = (!known).then(|| judge(op, author, view, moment)).filter(is_denied);
        return refused.unwrap_or_else(|| hold(op, author, why, view, moment));
    }
    if let Under::Ended(why) = under
        && op.intent.verb == Verb::Resolve
    {
        let mut case = Case { op, about: op.intent.id, author, view, moment, effects: Vec::new() };
        if let Some(receipt) = case.decides_late(why) {
            return Judgement { receipt, effects: case.effects };
        }
    }
    let judgement = judge(op, author, view, moment);
    if !is_work || !is_denied(&judgement) {
        return judgement;
    }
    let allowed_then = match under {
        Under::Now | Under::Ended(_) => false,
        Under::Forgotten => true,
        Under::Earlier(grants) => !is_denied(&judge(op, Author { grants, ..author }, view, moment)),
    };
    match allowed_then {
        true => hold(op, author, Why::RightLost, view, moment),
        false => judgement,
    }
}

/// Keeps an op for somebody to decide about.
pub fn hold(
    op: &Op,
    author: Author,
    why: Why,
    view: &dyn HubView,
    moment: &mut Moment,
) -> Judgement {
    let mut case = Case { op, about: op.intent.id, author, view, moment, effects: Vec::new() };
    let receipt = case.hold(why);
    Judgement { receipt, effects: case.effects }
}

/// The item of somebody who may decide about a held op and has none yet; nothing for anybody else.
pub fn show_to(
    owner: Uuid,
    op: &Op,
    author: Author,
    why: Why,
    view: &dyn HubView,
    moment: &mut Moment,
) -> Vec<Effect> {
    let mut case = Case { op, about: op.intent.id, author, view, moment, effects: Vec::new() };
    case.show_to(owner, why);
    case.effects
}

/// Whether somebody may decide about work of `author` on this record.
pub fn may_decide(grants: &Grants, author: Uuid, subject: &Record) -> bool {
    let facts = facts(author, subject);
    is_visible(grants, subject) && check_permission(grants, DECIDES, Some(&facts)).is_allowed()
}

/// A decision is about the work of its author on this record, and so reaches who is over both.
fn facts(author: Uuid, subject: &Record) -> RowFacts {
    RowFacts { owner_id: Some(author), ..row_facts(subject) }
}

fn is_denied(judgement: &Judgement) -> bool {
    judgement.effects.iter().any(|effect| matches!(effect, Effect::Denied { .. }))
}

/// The record that an op is about: as it stands, or as the op would make it.
fn subject(
    view: &dyn HubView,
    entity: &'static EntityDef,
    op: &Op,
    author: Uuid,
    now: DateTime<Utc>,
) -> Option<(Record, bool)> {
    match view.record(entity, op.intent.id) {
        Found::Yes(record) => Some((record.into_owned(), true)),
        Found::CannotTell => None,
        Found::No => {
            let mut record = Record::new(entity, op.intent.id, author, now);
            // What its fields do not take says nothing of where the record belongs.
            let _ = op.intent.changes.apply(&mut record);
            Some((record, false))
        }
    }
}

#[cfg(test)]
mod tests;
