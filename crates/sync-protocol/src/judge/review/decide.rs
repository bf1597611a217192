//! Deciding about an op that was held: applied by the rights of whoever decides, or sent back to its author.

use chrono::SecondsFormat;
use domain::attention::{
    ATTENTION, DECIDED, IN_REVIEW, MINE, REASON_ROWS, REJECTED, REVIEW, THEIRS,
};
use domain::permissions::{Approval, Reason, SOLE_PERSON_DELAY, Submission, may_approve};
use domain::record::{Cell, ChildRow, Found, Problem, Problems, Record, Value, clean};
use domain::synced;
use uuid::Uuid;

use super::{DECIDES, Decision, Held, REASON, RETURNED, Why, facts, subject};
use crate::device::overlay::decided;
use crate::judge::attention::Item;
use crate::judge::{Author, Case, Effect};
use crate::merge::path::FieldPath;
use crate::op::Verb;
use crate::projection::is_visible;
use crate::receipt::{Receipt, RejectCode};

/// As much of a reason as is kept, in characters.
const REASON_MAX: usize = 2_000;

impl<'a> Case<'a, '_> {
    /// Decides about held work, by an item of whoever decides.
    pub(in crate::judge) fn decide(&mut self, item: Record) -> Receipt {
        let view = self.view;
        let held = match item.get("op_id").id().map(|op_id| view.held(op_id)) {
            Some(Found::Yes(held)) => held,
            Some(Found::CannotTell) => return self.cannot_judge_now(),
            Some(Found::No) | None => return self.not_found(),
        };
        let Some(entity) = synced::find(&held.op.intent.entity) else { return self.not_found() };
        let Some((subject, _)) = subject(view, entity, &held.op, held.user, self.moment.now) else {
            return self.cannot_judge_now();
        };
        if held.is_decided {
            return self.too_late(&held, &subject);
        }
        if let Err(receipt) = self.may_decide(&item, &held, &subject) {
            return receipt;
        }
        match self.chosen() {
            Some(MINE) => self.apply(item, &held),
            Some(THEIRS) => self.send_back(item, &held),
            _ => {
                let message = "say whether it is applied or returned";
                let problem = Problem::new(FieldPath::RECORD, "required", message);
                self.decline(item, RejectCode::Invalid, vec![problem])
            }
        }
    }

    /// A decision about somebody else's work that was made under a lease which has ended: whoever made it decides anew.
    /// Nothing where the op is none.
    pub(super) fn decides_late(&mut self, why: Why) -> Option<Receipt> {
        let item = self.standing(&ATTENTION)?;
        let is_open = item.get("kind").text() == Some(REVIEW) && !item.is_retired();
        is_open.then(|| self.decline(item, RejectCode::Invalid, vec![why.said("")]))
    }

    fn may_decide(&mut self, item: &Record, held: &Held, subject: &Record) -> Result<(), Receipt> {
        let denied = |case: &mut Self, reason: &Reason| {
            case.effects.push(Effect::Denied {
                entity: held.op.intent.entity.clone(),
                id: held.op.intent.id,
                code: reason.code(),
                field: reason.field().map(str::to_owned),
            });
            let problem = Problem::new("", reason.code(), reason.to_string());
            Err(case.decline(item.clone(), RejectCode::NotPermitted, vec![problem]))
        };
        if !is_visible(self.author.grants, subject) {
            return denied(self, &Reason::NotFound);
        }
        let facts = facts(held.user, subject);
        let submission =
            Submission { permission: DECIDES, row: &facts, made_by: held.user, amount: None };
        let Some(deciders) = self.deciders(held.user, subject) else {
            return Err(self.cannot_judge_now());
        };
        let alone = deciders == [held.user];
        match may_approve(self.author.grants, &submission, alone) {
            Ok(Approval::Now) => Ok(()),
            Ok(Approval::AfterDelay) => {
                let from = held.received_at + SOLE_PERSON_DELAY;
                if self.moment.now >= from {
                    return Ok(());
                }
                let from = from.to_rfc3339_opts(SecondsFormat::Secs, true);
                let message = format!("nobody else may decide this, and you may from {from} on");
                let problem = Problem::new("", "review_too_early", message).with("from", from);
                Err(self.decline(item.clone(), RejectCode::Invalid, vec![problem]))
            }
            Err(reason) => denied(self, &reason),
        }
    }

    /// What the op says about the whole.
    fn chosen(&self) -> Option<&'a str> {
        let changes = &self.op.intent.changes;
        let whole = changes.fields.iter().find(|change| change.field == FieldPath::RECORD);
        match whole.map(|change| &change.to) {
            Some(Cell::Text(text)) => Some(text),
            _ => None,
        }
    }

    fn reason_given(&self) -> Option<String> {
        let changes = &self.op.intent.changes;
        match changes.fields.iter().find(|change| change.field == REASON).map(|it| &it.to) {
            Some(Cell::Text(text)) => {
                let text = clean(text);
                let signs = text.chars().map(|sign| if sign.is_control() { ' ' } else { sign });
                let cut: String = signs.take(REASON_MAX).collect();
                Some(cut).filter(|text| !text.trim().is_empty())
            }
            _ => None,
        }
    }

    fn apply(&mut self, item: Record, held: &Held) -> Receipt {
        if matches!(held.op.intent.verb, Verb::Approve | Verb::Refuse | Verb::Merge) {
            // Such an op says what its author has looked at; nobody decides by what somebody else saw.
            let message =
                "is a decision of its own; return this, and decide it at the record itself";
            let problem = Problem::new("", "review_own_decision", message);
            return self.decline(item, RejectCode::Invalid, vec![problem]);
        }
        let mut case = Case {
            op: &held.op,
            about: held.op.intent.id,
            // The number in a code is its device's, whoever brings it in.
            author: Author { device: held.device, ..self.author },
            view: self.view,
            moment: &mut *self.moment,
            effects: Vec::new(),
        };
        let receipt = case.receipt();
        let effects = case.effects;
        match receipt {
            Receipt::Rejected { code, problems, .. } => {
                let denials = effects.into_iter().filter(|it| matches!(it, Effect::Denied { .. }));
                self.effects.extend(denials);
                self.decline(item, code, problems)
            }
            Receipt::Waiting { .. } | Receipt::Review { .. } => {
                let message = "builds on other work that was not accepted yet; decide that first";
                let problem = Problem::new("", "review_needs_other", message);
                self.decline(item, RejectCode::Invalid, vec![problem])
            }
            done => {
                self.effects.extend(effects);
                let version = self.close(item, held, |_| None);
                self.decided(held, Decision::Applied(done));
                Receipt::Applied { version }
            }
        }
    }

    fn send_back(&mut self, item: Record, held: &Held) -> Receipt {
        let reason = self.reason_given();
        let said = match &reason {
            None => Problem::new("", "review_returned", "was looked at and sent back to you"),
            Some(reason) => {
                let message = format!("was looked at and sent back to you: {reason}");
                Problem::new("", "review_returned_for", message).with("reason", reason.clone())
            }
        };
        let by = self.author.user;
        let returned = |case: &mut Self| Some((by, case.reason_row(0, &said)));
        let version = self.close(item, held, returned);
        self.decided(held, Decision::Returned { reason });
        Receipt::Applied { version }
    }

    fn decided(&mut self, held: &Held, decision: Decision) {
        let (op_id, author, kind) = (held.op.op_id, held.user, held.op.intent.kind());
        self.effects.push(Effect::Decided { op_id, author, kind, decision });
    }

    /// Takes everybody's items off the list. The author's stays where the work came back to them, with the reason.
    fn close(
        &mut self,
        own: Record,
        held: &Held,
        returned: impl Fn(&mut Self) -> Option<(Uuid, ChildRow)>,
    ) -> i64 {
        let others = held.items.iter().filter(|other| other.id() != own.id());
        for other in others {
            let mut after = other.clone().into_owned();
            let is_authors = after.get("kind").text() == Some(IN_REVIEW);
            match returned(self).filter(|_| is_authors) {
                Some((by, reason)) => {
                    let text = |text: &str| Value::Text(text.to_owned());
                    after.values.set("kind", text(REJECTED));
                    after.values.set("code", text(RETURNED));
                    after.values.set("by_user", Value::Id(by));
                    after.values.set("message", reason.values.get("message").clone());
                    with_reasons(&mut after, vec![reason]);
                }
                None => after.head.retired_at = Some(self.moment.now),
            }
            self.put(Some(other.clone().into_owned()), after);
        }
        let mut after = decided(own.clone(), self.op);
        after.head.retired_at = Some(self.moment.now);
        self.put(Some(own), after)
    }

    /// Says why a decision is not carried out, in the item that it was about; it stays open.
    fn decline(&mut self, item: Record, code: RejectCode, problems: Vec<Problem>) -> Receipt {
        let mut after = item.clone();
        // The first one says why there is an item at all.
        let first = item.collection(REASON_ROWS).first().map(|row| (*row).clone());
        let rows = problems.iter().enumerate();
        let rows: Vec<_> = rows.map(|(index, said)| self.reason_row(index + 1, said)).collect();
        with_reasons(&mut after, first.into_iter().chain(rows).collect());
        let attention = Some(item.id());
        self.put(Some(item), after);
        Receipt::Rejected { code, problems, attention }
    }

    /// Somebody else decided first: that counts, and whoever came second is told.
    fn too_late(&mut self, held: &Held, subject: &Record) -> Receipt {
        let view = self.view;
        let said = Problem::new("", "decided", "was decided already");
        let mut case = Case {
            op: &held.op,
            about: held.op.intent.id,
            author: self.author,
            view,
            moment: &mut *self.moment,
            effects: Vec::new(),
        };
        let owner = case.author.user;
        let title = match is_visible(case.author.grants, subject) {
            true => case.title_for(owner, subject),
            false => String::new(),
        };
        let item = Item {
            owner,
            kind: DECIDED,
            title: &title,
            by_user: None,
            code: DECIDED,
            reasons: Problems(vec![said.clone()]),
        };
        let attention = Some(case.open_item(item, &[]));
        let effects = case.effects;
        self.effects.extend(effects);
        Receipt::Rejected { code: RejectCode::Invalid, problems: vec![said], attention }
    }
}

/// Puts these reasons in the place of an item's own.
fn with_reasons(item: &mut Record, reasons: Vec<ChildRow>) {
    let gone: Vec<Uuid> = item.collection(REASON_ROWS).iter().map(|row| row.id).collect();
    for id in gone {
        item.remove_child(REASON_ROWS, id);
    }
    for reason in reasons {
        item.put_child(reason);
    }
}
