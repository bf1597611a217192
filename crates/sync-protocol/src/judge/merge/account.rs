//! Where money goes when two records become one: what nobody does unread, and what a person is told beforehand.
//! That an account is proposed anew is the merge's own to do.

use domain::record::{EntityDef, Problem, Record, approval};

use super::Case;
use crate::judge::Effect;
use crate::projection::Projection;
use crate::receipt::{Receipt, RejectCode};

/// What comes of merging these two that their person is told before they do it, as far as they may read it; the hub
/// refuses what nobody may do unread.
pub fn caution(
    survivor: &Record,
    loser: &Record,
    sight: &Projection,
    called: impl Fn(&Record) -> String,
) -> Option<Problem> {
    let entity = survivor.entity();
    entity.approval?;
    if !reads(sight, entity) {
        let message = "you may not read bank accounts: if the two are paid to different ones, the sync server \
                       refuses to merge them, and somebody who may read them has to";
        return Some(Problem::new("", "accounts_untold", message));
    }
    approval::differ(survivor, loser).then(|| {
        let title = called(survivor);
        let message = format!(
            "payments wait until a second person approves the account of {title}: the two are paid to \
             different ones"
        );
        Problem::new("", "account_waits", message).with("record", title)
    })
}

/// Whether a person may read what is in force of the fields under approval.
pub(super) fn reads(sight: &Projection, entity: &EntityDef) -> bool {
    let mut fields = entity.approval.iter().flat_map(|approval| approval.fields);
    fields.all(|name| !sight.hides(entity.name, name))
}

impl Case<'_, '_> {
    /// What they may not read would come before them as a proposal of their own, and be out of force.
    pub(super) fn denied_unread(&mut self, entity: &EntityDef) -> Receipt {
        let field = entity.approval.and_then(|approval| approval.fields.first());
        self.effects.push(Effect::Denied {
            entity: entity.name.to_owned(),
            id: self.op.intent.id,
            code: "field_not_permitted",
            field: field.map(|name| (*name).to_owned()),
        });
        let message = "the two are paid to different bank accounts, which you may not read; have somebody \
                       merge them who may";
        self.refuse(RejectCode::NotPermitted, Problem::new("", "accounts_unread", message))
    }
}
