//! Deciding what somebody proposed for fields that a second person approves: brought into effect with payments
//! held for a while, or refused. Nobody approves their own, but for the only person who may: after a delay.

use chrono::{DateTime, SecondsFormat, Utc};
use domain::attention::DECIDED;
use domain::permissions::{
    Approval as When, SOLE_PERSON_DELAY, Submission, check_permission, may_approve,
};
use domain::record::approval::{self, Act};
use domain::record::{
    Approval, Cell, ChildAction, ChildChange, ChildRow, EntityDef, Found, Problem, Problems,
    Record, read_field, row_facts,
};

use super::attention::Item;
use super::{Case, validity};
use crate::receipt::{Receipt, RejectCode};

impl Case<'_, '_> {
    /// Refuses work that writes what only the judge writes: a proposal laid beside a record by hand, or the hold
    /// lifted.
    pub(super) fn writes_kept(&self, entity: &EntityDef) -> Option<Problem> {
        let path = approval::kept_path(entity, &self.op.intent.changes)?;
        let message = "is written by the sync server alone; leave it out";
        Some(Problem::new(path, "kept", message))
    }

    pub(super) fn act(&self) -> Act {
        Act { by: self.author.user, at: self.moment.now }
    }

    pub(super) fn approve(&mut self, entity: &'static EntityDef) -> Receipt {
        let (current, row) = match self.proposal(entity) {
            Ok(found) => found,
            Err(receipt) => return receipt,
        };
        let Some(approval) = entity.approval else { return self.not_found() };
        if current.is_retired() {
            let message =
                "the record was deleted meanwhile; bring it back and approve then, or refuse";
            let problem = Problem::new("", "deleted_meanwhile", message);
            return self.refuse(RejectCode::Invalid, problem);
        }
        let made_by = row.values.get(approval::PROPOSED_BY).id().unwrap_or_default();
        let facts = row_facts(&current);
        let submission =
            Submission { permission: approval.permission, row: &facts, made_by, amount: None };
        let own = made_by == self.author.user;
        let alone = own && !self.view.others_hold(approval.permission, self.author.user);
        match may_approve(self.author.grants, &submission, alone) {
            Ok(When::Now) => {}
            Ok(When::AfterDelay) => {
                if let Some(from) = not_before(&row, self.moment.now) {
                    let from = from.to_rfc3339_opts(SecondsFormat::Secs, true);
                    let message =
                        format!("nobody else may approve this, and you may from {from} on");
                    let problem = Problem::new("", "too_early", message).with("from", from);
                    return self.refuse(RejectCode::Invalid, problem);
                }
            }
            Err(reason) => return self.denied(&reason),
        }
        if !self.saw(approval, &row) {
            let message = "is not what you saw; look at it once more";
            let problem = Problem::new("", "changed", message);
            return self.refuse(RejectCode::Invalid, problem);
        }
        let mut record = current.clone();
        let Found::Yes(cooling) = (approval.cooling)(&current, self.view) else {
            return self.cannot_judge_now();
        };
        let act = self.act();
        let replaced = approval::approve(&mut record, row, act, alone, cooling);
        if let Err(problems) = validity::settle(&mut record, self.view) {
            return self.reject(RejectCode::Invalid, problems);
        }
        for other in &replaced {
            let said = "another change of these fields was approved before yours";
            self.tell(&current, other, Problem::new("", "proposal_replaced", said));
        }
        Receipt::Applied { version: self.put(Some(current), record) }
    }

    /// Refuses what another proposed, or takes back what one proposed oneself.
    pub(super) fn refuse_proposal(&mut self, entity: &'static EntityDef) -> Receipt {
        let (current, row) = match self.proposal(entity) {
            Ok(found) => found,
            Err(receipt) => return receipt,
        };
        let Some(approval) = entity.approval else { return self.not_found() };
        let own = row.values.get(approval::PROPOSED_BY).id() == Some(self.author.user);
        let needed = if own { entity.guard.edit } else { approval.permission };
        let facts = row_facts(&current);
        let decision = check_permission(self.author.grants, needed, Some(&facts));
        if let Err(reason) = decision.into_result() {
            return self.denied(&reason);
        }
        let reason = match self.reason(entity, approval) {
            Ok(reason) => reason,
            Err(problem) => return self.refuse(RejectCode::Invalid, problem),
        };
        let mut record = current.clone();
        let act = self.act();
        approval::refuse(&mut record, row.clone(), act, reason.as_deref());
        if !own {
            let said = match reason {
                None => Problem::new("", "proposal_refused", "your change was refused"),
                Some(reason) => {
                    let message = format!("your change was refused: {reason}");
                    Problem::new("", "proposal_refused_for", message).with("reason", reason)
                }
            };
            self.tell(&current, &row, said);
        }
        Receipt::Applied { version: self.put(Some(current), record) }
    }

    /// The record and the proposal that the op is about, if the author may know of them and nobody has decided.
    fn proposal(&mut self, entity: &'static EntityDef) -> Result<(Record, ChildRow), Receipt> {
        let Some(approval) = entity.approval else {
            let problem = Problem::new("", "unknown_kind", "nothing of this needs an approval");
            return Err(self.refuse(RejectCode::UnknownKind, problem));
        };
        let Some(current) = self.standing(entity) else { return Err(self.not_found()) };
        let row = self.named(approval).and_then(|named| current.child(&named.entity, named.id));
        let Some(row) = row.cloned() else {
            let message = "there is no such proposal; look at the record once more";
            let problem = Problem::new("", "no_proposal", message);
            return Err(self.refuse(RejectCode::Invalid, problem));
        };
        if row.values.get(approval::STATE).text() != Some(approval::PENDING) {
            let message = "was decided already";
            let problem = Problem::new("", "decided", message);
            return Err(self.refuse(RejectCode::Invalid, problem));
        }
        Ok((current, row))
    }

    /// The one row that the op names, and nothing beside it.
    fn named(&self, approval: &Approval) -> Option<&ChildChange> {
        let changes = &self.op.intent.changes;
        match changes.children.as_slice() {
            [row]
                if changes.fields.is_empty()
                    && row.entity == approval.proposals
                    && row.action == ChildAction::Edit =>
            {
                Some(row)
            }
            _ => None,
        }
    }

    /// Whether the op bears witness of every value that it brings into effect: nobody approves unseen.
    fn saw(&self, approval: &Approval, row: &ChildRow) -> bool {
        let Some(named) = self.named(approval) else { return false };
        approval.fields.iter().all(|name| {
            let told = named.fields.iter().find(|change| change.field == *name);
            let told = told.filter(|change| change.is_witness());
            let told = told.map_or(&Cell::Null, |change| &change.to);
            read_field(row.values.entity(), name, told)
                .is_ok_and(|(_, value)| value == *row.values.get(name))
        })
    }

    fn reason(&self, entity: &EntityDef, approval: &Approval) -> Result<Option<String>, Problem> {
        let named = self.named(approval);
        let given = named.and_then(|row| row.fields.iter().find(|c| c.field == approval::REASON));
        let (Some(given), Some(rows)) = (given, entity.child(approval.proposals)) else {
            return Ok(None);
        };
        let (_, value) = read_field(rows, approval::REASON, &given.to)?;
        Ok(value.text().map(str::to_owned))
    }

    /// Tells whoever proposed something that it does not come into effect. The values stand in the proposal,
    /// under the masks of its fields.
    fn tell(&mut self, record: &Record, row: &ChildRow, reason: Problem) {
        let Some(owner) = row.values.get(approval::PROPOSED_BY).id() else { return };
        let title = self.title_for(owner, record);
        let item = Item {
            owner,
            kind: DECIDED,
            title: &title,
            by_user: Some(self.author.user),
            code: DECIDED,
            reasons: Problems(vec![reason]),
        };
        self.open_item(item, &[]);
    }
}

/// From when on the only person who may approve their own proposal may do so, where that is still to come.
fn not_before(row: &ChildRow, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    let from = approval::proposed(row)?.checked_add_signed(SOLE_PERSON_DELAY)?;
    (now < from).then_some(from)
}
