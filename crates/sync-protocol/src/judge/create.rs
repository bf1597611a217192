//! Creation: the declared defaults, the author's values, every rule. A unique code that is taken is
//! replaced by a provisional one, so that the rest of the work is done.

use domain::permissions::Action;
use domain::record::{EntityDef, Found, Problem, Record, approval, origin};

use super::{Case, validity};
use crate::receipt::{Receipt, RejectCode};

impl Case<'_, '_> {
    pub(super) fn create(&mut self, entity: &'static EntityDef) -> Receipt {
        // The right to create is asked before anything is said of the id.
        if let Err(reason) = self.permitted(Action::Create, entity, None) {
            return self.denied(&reason);
        }
        let id = self.op.intent.id;
        if self.view.record(entity, id) != Found::No {
            // What this op mends was done after all, before the person decided: what they mended is an edit.
            if self.op.replaces.is_some() {
                return self.update(entity);
            }
            let message = "a record with this id exists already; enter it again as a new one";
            return self.refuse(RejectCode::IdTaken, Problem::new("id", "id_taken", message));
        }
        let mut record = Record::new(entity, id, self.author.user, self.moment.now);
        let applied = self.changes(entity).and_then(|changes| changes.apply(&mut record));
        if let Err(problems) = applied {
            return self.reject(RejectCode::Invalid, problems);
        }
        if let Some(kept) = self.writes_kept(entity) {
            return self.refuse(RejectCode::NotPermitted, kept);
        }
        origin::copy_defaults(&mut record, self.view);
        origin::settle_owner(None, &mut record, self.author.user, self.view);
        approval::set_aside(None, &mut record, self.op.op_id, self.act());
        if let Err(reason) = self.permitted(Action::Create, entity, Some(&record)) {
            return self.denied(&reason);
        }
        if let Err(reason) = self.also_permitted(None, &record) {
            return self.denied(&reason);
        }
        if let Some(leased) = self.number_of_another(None, &record) {
            return self.refuse(RejectCode::Invalid, leased);
        }
        let taken = match validity::settle(&mut record, self.view) {
            Ok(taken) => taken,
            Err(problems) => return self.reject(RejectCode::Invalid, problems),
        };
        let title = self.title_for(self.author.user, &record);
        let version = self.put(None, record);
        self.conclude(version, &title, validity::Other::Record, taken, false)
    }
}
