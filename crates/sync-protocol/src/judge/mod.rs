//! The hub's judge: one op against the records as they stand, by the author's rights as they are now.
//! Pure: it reads through [`HubView`] and says what must be written; it writes nothing itself.

mod approve;
mod attention;
mod create;
mod merge;
mod numbers;
mod own;
mod resolve;
mod retire;
pub mod review;
mod staged;
mod update;
mod validity;

use std::borrow::Cow;

use chrono::{DateTime, Utc};
use domain::permissions::{Action, Grants, Permission, Reason, check, check_permission};
use domain::record::{EntityDef, Found, Lookup, Problem, Problems, Record, row_facts};
use domain::{synced, versions};
use uuid::Uuid;

use crate::op::{Op, Verb};
use crate::projection::{Projection, is_visible};
use crate::receipt::{Receipt, RejectCode};

pub use attention::Item;
pub use merge::{caution, may_be_taken, unfit};
pub use review::{Decision, Held, Under, Why, hold, receive};

/// Whose op it is, with their rights of this moment.
#[derive(Clone, Copy, Debug)]
pub struct Author<'a> {
    pub user: Uuid,
    pub device: Uuid,
    pub grants: &'a Grants,
}

/// What the judge may look at: all records, and the receipts of earlier ops.
pub trait HubView: Lookup {
    /// The stored receipt of an op; `None` where the hub never received it.
    fn receipt(&self, op_id: Uuid) -> Option<Receipt>;

    /// Every master that refers to this record, itself or in one of its rows, retired ones included.
    fn referrers(&self, target: &'static EntityDef, id: Uuid) -> Found<Vec<Cow<'_, Record>>>;

    /// The device that holds this number of a series (a code of the entity, by `fold_code`), if one does.
    fn number_holder(&self, _entity: &'static EntityDef, _folded: &str) -> Found<Uuid> {
        Found::No
    }

    /// Whether somebody else who has come in and may work holds the permission, on whatever rows.
    fn others_hold(&self, permission: Permission, user: Uuid) -> bool;

    /// The rights of somebody else as they are now; none where they may not work.
    fn grants_of(&self, user: Uuid) -> Found<Cow<'_, Grants>>;

    /// Everyone who has come in and may work. Nobody where no work is ever held for review.
    fn staff(&self) -> Found<Vec<Uuid>> {
        Found::Yes(Vec::new())
    }

    /// The key of the role by which this person decides about others' work.
    fn deciding_role(&self, _user: Uuid) -> Option<String> {
        None
    }

    /// An op that was held for review, as it stands.
    fn held(&self, _op_id: Uuid) -> Found<Held<'_>> {
        Found::No
    }
}

/// Hub time and a source of ids, passed in.
pub struct Moment<'a> {
    pub now: DateTime<Utc>,
    pub new_id: &'a mut dyn FnMut() -> Uuid,
}

/// Something the hub writes in the same transaction as the receipt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Effect {
    /// The record as it was (`None` if new) and as it is now, its version one higher.
    Put { before: Option<Box<Record>>, after: Box<Record> },
    /// An attempt that was not permitted, for the audit.
    Denied { entity: String, id: Uuid, code: &'static str, field: Option<String> },
    /// The op waits for a person to decide.
    Held { op_id: Uuid, why: Why },
    /// What a person decided about an op that was held, which is somebody's (`author`).
    Decided { op_id: Uuid, author: Uuid, kind: String, decision: Decision },
}

/// The answer to an op with everything it causes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Judgement {
    pub receipt: Receipt,
    pub effects: Vec<Effect>,
}

/// Judges one op.
pub fn judge(op: &Op, author: Author, view: &dyn HubView, moment: &mut Moment) -> Judgement {
    let mut case = Case { op, about: op.intent.id, author, view, moment, effects: Vec::new() };
    let receipt = case.receipt();
    Judgement { receipt, effects: case.effects }
}

/// Refuses an op that was judged good and that the store does not take; what was entered goes to
/// Attention as with every refusal.
pub fn refuse(
    op: &Op,
    author: Author,
    view: &dyn HubView,
    moment: &mut Moment,
    problem: Problem,
) -> Judgement {
    let mut case = Case { op, about: op.intent.id, author, view, moment, effects: Vec::new() };
    let receipt = case.refuse(RejectCode::Invalid, problem);
    Judgement { receipt, effects: case.effects }
}

/// One op under judgement.
struct Case<'a, 'm> {
    op: &'a Op,
    /// The record that its items of Attention are about.
    about: Uuid,
    author: Author<'a>,
    view: &'a dyn HubView,
    moment: &'a mut Moment<'m>,
    effects: Vec<Effect>,
}

impl Case<'_, '_> {
    fn receipt(&mut self) -> Receipt {
        let intent = &self.op.intent;
        let entity = synced::find(&intent.entity);
        let ours = intent.kind_version == versions::declared().current;
        let Some(entity) = entity.filter(|_| ours) else {
            let message = "this kind of work is not known to the sync server; update Daybook";
            return self.refuse(RejectCode::UnknownKind, Problem::new("", "unknown_kind", message));
        };
        if let Some(needs) = self.missing() {
            return self.wait(needs);
        }
        // What the sync keeps itself is changed only by the verb made for it, masters never by that.
        if (intent.verb == Verb::Resolve) != (entity.name == domain::attention::ATTENTION.name) {
            let message = "this cannot be done to such a record";
            return self.refuse(RejectCode::UnknownKind, Problem::new("", "unknown_kind", message));
        }
        match intent.verb {
            Verb::Create => self.create(entity),
            Verb::Update => self.update(entity),
            Verb::Retire => self.retire(entity),
            Verb::Merge => self.merge(entity),
            Verb::Resolve => self.resolve(entity),
            Verb::Approve => self.approve(entity),
            Verb::Refuse => self.refuse_proposal(entity),
        }
    }

    /// The first op that this one needs and that was not done.
    fn missing(&self) -> Option<Uuid> {
        let done = |id: &Uuid| self.view.receipt(*id).is_some_and(|receipt| receipt.has_effect());
        self.op.needs.iter().copied().find(|id| !done(id))
    }

    /// The record the op is about, if the author may know of it.
    fn standing(&self, entity: &'static EntityDef) -> Option<Record> {
        self.visible(entity, self.op.intent.id)
    }

    /// A record of which the author may know.
    fn visible(&self, entity: &'static EntityDef, id: Uuid) -> Option<Record> {
        match self.view.record(entity, id) {
            Found::Yes(record) => {
                is_visible(self.author.grants, &record).then(|| record.into_owned())
            }
            Found::No | Found::CannotTell => None,
        }
    }

    /// What the author may read of the entity.
    fn sight(&self, entity: &'static EntityDef) -> Projection {
        Projection::of(self.author.grants, entity)
    }

    /// Asks the decision function about the record and about the fields that the op writes.
    fn permitted(
        &self,
        action: Action,
        entity: &'static EntityDef,
        row: Option<&Record>,
    ) -> Result<(), Reason> {
        let changes = &self.op.intent.changes;
        let facts = row.map(row_facts);
        let written = |fields: &[domain::record::Change]| -> Vec<String> {
            fields.iter().filter(|c| !c.is_witness()).map(|c| c.field.clone()).collect()
        };
        let ask = |entity: &EntityDef, action: Action, fields: &[String]| {
            let names: Vec<&str> = fields.iter().map(String::as_str).collect();
            check(self.author.grants, action, entity, facts.as_ref(), &names).into_result()
        };
        // A name that is not declared is a mistake in the input, not a question of rights.
        let declared = |entity: &EntityDef, fields: Vec<String>| -> Vec<String> {
            fields.into_iter().filter(|name| entity.place(name).is_some()).collect()
        };
        ask(entity, action, &declared(entity, written(&changes.fields)))?;
        for child in &changes.children {
            let Some(kind) = entity.child(&child.entity) else { continue };
            ask(kind, action, &declared(kind, written(&child.fields)))?;
        }
        Ok(())
    }

    /// Asks for what the declaration wants beside the guard (see [`EntityDef::also_needs`]).
    fn also_permitted(&self, before: Option<&Record>, after: &Record) -> Result<(), Reason> {
        let facts = row_facts(after);
        let needs = (after.entity().also_needs)(before, after).into_iter();
        let ask = |permission| check_permission(self.author.grants, permission, Some(&facts));
        needs.map(ask).try_for_each(domain::permissions::Decision::into_result)
    }

    fn denied(&mut self, reason: &Reason) -> Receipt {
        self.effects.push(Effect::Denied {
            entity: self.op.intent.entity.clone(),
            id: self.op.intent.id,
            code: reason.code(),
            field: reason.field().map(str::to_owned),
        });
        let code = match reason {
            Reason::NotFound => RejectCode::NotFound,
            _ => RejectCode::NotPermitted,
        };
        let field = reason.field().unwrap_or_default();
        let problem = Problem::new(field, reason.code(), reason.to_string());
        self.refuse(
            code,
            match reason {
                Reason::NotPermitted { permission } | Reason::RowNotPermitted { permission } => {
                    problem.with("permission", permission.to_string())
                }
                Reason::AboveLimit { currency } => problem.with("currency", currency),
                _ => problem,
            },
        )
    }

    fn not_found(&mut self) -> Receipt {
        // The same words as for a row that may not be seen.
        self.denied(&Reason::NotFound)
    }

    fn refuse(&mut self, code: RejectCode, problem: Problem) -> Receipt {
        self.reject(code, Problems(vec![problem]))
    }

    /// Of what is looked up not all is at hand. Whoever judges fetches it and judges again, so that nobody gets
    /// this answer.
    fn cannot_judge_now(&mut self) -> Receipt {
        let message = "cannot be judged now; it is offered again";
        self.refuse(RejectCode::Invalid, Problem::new("", "not_known", message))
    }

    /// Writes a changed record, one version on.
    fn put(&mut self, before: Option<Record>, mut after: Record) -> i64 {
        after.head.version = before.as_ref().map_or(0, |record| record.head.version) + 1;
        after.head.updated_at = self.moment.now;
        after.head.updated_by = self.author.user;
        let version = after.head.version;
        self.effects.push(Effect::Put { before: before.map(Box::new), after: Box::new(after) });
        version
    }
}
