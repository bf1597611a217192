//! The tenant's own fields in an op: each read by its declaration, and what a declaration leaves to a person.

use std::borrow::Cow;

use domain::record::{EntityDef, Problems, Record, RecordChanges};

use super::Case;
use crate::merge::FieldConflict;
use crate::merge::path::FieldPath;

impl<'a> Case<'a, '_> {
    /// The op's changes, with own fields in the texts that are kept for them.
    ///
    /// # Errors
    /// Each own field that is not declared or whose declaration does not take the value.
    pub(super) fn changes(&self, entity: &EntityDef) -> Result<Cow<'a, RecordChanges>, Problems> {
        let changes = &self.op.intent.changes;
        let rows = changes.children.iter().flat_map(|row| &row.fields);
        // No declared field has a point in its name.
        if !changes.fields.iter().chain(rows).any(|change| change.field.contains('.')) {
            return Ok(Cow::Borrowed(changes));
        }
        let mut settled = changes.clone();
        self.view.own_fields().settle(entity, &mut settled)?;
        Ok(Cow::Owned(settled))
    }

    /// Takes back what was merged into own fields that are left to a person whenever somebody else changed the
    /// record since.
    pub(super) fn hold_back(
        &self,
        changes: &RecordChanges,
        current: &Record,
        record: &mut Record,
        conflicts: &mut Vec<FieldConflict>,
    ) {
        let entity = current.entity();
        let fields = self.view.own_fields();
        for change in changes.fields.iter().filter(|change| !change.is_witness()) {
            let Some(place) = entity.place(&change.field) else { continue };
            let reviewed = fields.at(entity, &place).is_some_and(|own| own.reviewed);
            let standing = current.values.at(&place).into_owned();
            if !reviewed || *record.values.at(&place) == standing {
                continue;
            }
            conflicts.push(FieldConflict {
                path: FieldPath::Field(change.field.clone()),
                base: change.from.clone(),
                mine: change.to.clone(),
                theirs: standing.to_cell(),
            });
            record.values.put(&place, standing);
        }
    }
}
