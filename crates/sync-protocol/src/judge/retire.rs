//! Deletion: the record is retired and kept. One that was edited since the author saw it stays,
//! inactive, and the author is told; the outcome is the same in both orders.

use domain::attention::RETIRED_EDIT;
use domain::permissions::Action;
use domain::record::{Cell, EntityDef, Problems, Value};

use super::Case;
use super::attention::Item;
use super::update::BACK_INACTIVE;
use crate::merge::path::FieldPath;
use crate::merge::{FieldConflict, changed_since};
use crate::receipt::{Receipt, RejectCode};

impl Case<'_, '_> {
    pub(super) fn retire(&mut self, entity: &'static EntityDef) -> Receipt {
        if let Err(reason) = self.permitted(Action::Retire, entity, None) {
            return self.denied(&reason);
        }
        let Some(current) = self.standing(entity) else { return self.not_found() };
        if let Err(reason) = self.permitted(Action::Retire, entity, Some(&current)) {
            return self.denied(&reason);
        }
        if current.is_retired() {
            return Receipt::Applied { version: current.head.version };
        }
        let mut kept = Problems::default();
        (entity.keeps)(&current, self.view, &mut kept);
        if !kept.is_empty() {
            return self.reject(RejectCode::Invalid, kept);
        }
        let mut record = current.clone();
        let edits = match current.head.version > self.op.intent.base_version {
            true => changed_since(&current, &self.op.intent.changes, &self.sight(entity)),
            false => Vec::new(),
        };
        if edits.is_empty() {
            record.head.retired_at = Some(self.moment.now);
            return Receipt::Applied { version: self.put(Some(current), record) };
        }
        let title = self.title_for(self.author.user, &current);
        let by_user = self.writer_since(&current);
        record.values.set("active", Value::Bool(false));
        let version = self.put(Some(current), record);
        let mut fields = vec![FieldConflict {
            path: FieldPath::Record,
            base: None,
            mine: Cell::Text("deleted".to_owned()),
            theirs: Cell::Text("edited".to_owned()),
        }];
        fields.extend(edits);
        let item = Item {
            owner: self.author.user,
            kind: RETIRED_EDIT,
            title: &title,
            by_user,
            code: RETIRED_EDIT,
            reasons: Item::because(RETIRED_EDIT, BACK_INACTIVE),
        };
        let attention = self.open_item(item, &fields);
        let fields = fields.iter().map(|conflict| conflict.path.to_string()).collect();
        Receipt::Conflict { version, attention, fields }
    }
}
