//! Keeping an op for a person: who decides about it, and what each of them and its author is shown.

use domain::attention::{IN_REVIEW, REVIEW};
use domain::record::{Cell, Found, Problems, Record};
use domain::synced;
use uuid::Uuid;

use super::{Why, may_decide, subject};
use crate::judge::attention::Item;
use crate::judge::{Case, Effect};
use crate::merge::FieldConflict;
use crate::merge::path::FieldPath;
use crate::receipt::Receipt;

impl Case<'_, '_> {
    pub(super) fn hold(&mut self, why: Why) -> Receipt {
        let (view, op, author) = (self.view, self.op, self.author.user);
        let Some(entity) = synced::find(&op.intent.entity) else { return self.receipt() };
        let Some((subject, stands)) = subject(view, entity, op, author, self.moment.now) else {
            return self.cannot_judge_now();
        };
        let Some(deciders) = self.deciders(author, &subject) else {
            return self.cannot_judge_now();
        };
        let role = deciders.iter().find_map(|user| view.deciding_role(*user)).unwrap_or_default();
        let title = self.title();
        let reasons = Problems(vec![why.said(&role)]);
        let own = Item {
            owner: author,
            kind: IN_REVIEW,
            title: &title,
            by_user: None,
            code: IN_REVIEW,
            reasons: reasons.clone(),
        };
        let attention = self.open_item(own, &self.wanted());
        for owner in deciders {
            self.show(owner, &subject, stands, reasons.clone());
        }
        self.effects.push(Effect::Held { op_id: op.op_id, why });
        Receipt::Review { role, attention }
    }

    pub(super) fn show_to(&mut self, owner: Uuid, why: Why) {
        let (view, op, author) = (self.view, self.op, self.author.user);
        let Some(entity) = synced::find(&op.intent.entity) else { return };
        let Some((subject, stands)) = subject(view, entity, op, author, self.moment.now) else {
            return;
        };
        let deciders = self.deciders(author, &subject).unwrap_or_default();
        if deciders.contains(&owner) {
            let role = view.deciding_role(owner).unwrap_or_default();
            self.show(owner, &subject, stands, Problems(vec![why.said(&role)]));
        }
    }

    /// Who decides: everybody else who may, or, where there is nobody else, the author.
    pub(super) fn deciders(&self, author: Uuid, subject: &Record) -> Option<Vec<Uuid>> {
        let Found::Yes(staff) = self.view.staff() else { return None };
        let may = |user: &Uuid| match self.view.grants_of(*user) {
            Found::Yes(grants) => may_decide(&grants, author, subject),
            Found::No | Found::CannotTell => false,
        };
        let (own, others): (Vec<Uuid>, Vec<Uuid>) =
            staff.into_iter().filter(may).partition(|user| *user == author);
        Some(if others.is_empty() { own } else { others })
    }

    /// Opens the item of somebody who may decide: what was meant, and what stands now.
    fn show(&mut self, owner: Uuid, subject: &Record, stands: bool, reasons: Problems) {
        let whole = FieldConflict {
            path: FieldPath::Record,
            base: None,
            mine: Cell::Text(self.op.intent.verb.to_string()),
            theirs: Cell::Null,
        };
        let now = |conflict: FieldConflict| {
            let theirs = conflict.path.read(subject).filter(|_| stands).unwrap_or_default();
            FieldConflict { theirs, ..conflict }
        };
        let fields: Vec<FieldConflict> =
            std::iter::once(whole).chain(self.wanted().into_iter().map(now)).collect();
        let title = self.title_for(owner, subject);
        let item = Item {
            owner,
            kind: REVIEW,
            title: &title,
            by_user: Some(self.author.user),
            code: REVIEW,
            reasons,
        };
        self.open_item(item, &fields);
    }
}
