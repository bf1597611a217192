//! Work of an older program in the words of this one. An op is read so wherever it is read, on the hub before it is
//! judged and on the device before it is shown; its bytes, and the hashes over them, stay as they were written.

use domain::record::{Change, ChildChange, RecordChanges};
use domain::versions::{Changed, Step, Versions};

use crate::op::{Intent, Verb};

/// Brings an intent up to date. One of a version that is not known (0, or newer than this program) stays as it is.
#[must_use]
pub fn upcast(mut intent: Intent, versions: &Versions) -> Intent {
    if !(1..versions.current).contains(&intent.kind_version) {
        return intent;
    }
    let since = |step: &&Step| step.version > intent.kind_version;
    for step in versions.steps.iter().filter(since) {
        // What decides an item of Attention names its fields as the item does, whose words a migration looks after.
        if intent.verb == Verb::Resolve {
            break;
        }
        take(step, &intent.entity, &mut intent.changes);
        if let Some(loser) = &mut intent.loser {
            take(step, &intent.entity, &mut loser.seen);
        }
    }
    intent.kind_version = versions.current;
    intent
}

/// One step, on what is said of a record of this entity.
fn take(step: &Step, entity: &str, changes: &mut RecordChanges) {
    if step.entity == entity {
        rewrite(step.change, &mut changes.fields);
    }
    let rows = changes.children.iter_mut().filter(|row| row.entity == step.entity);
    rows.for_each(|ChildChange { fields, .. }| rewrite(step.change, fields));
}

fn rewrite(change: Changed, fields: &mut Vec<Change>) {
    match change {
        Changed::Renamed { from, to } => {
            let named = fields.iter_mut().filter(|field| field.field == from);
            named.for_each(|field| to.clone_into(&mut field.field));
        }
        Changed::Rewritten(rewrite) => rewrite(fields),
    }
}

#[cfg(test)]
mod tests;
