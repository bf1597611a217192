//! The decision about an item of Attention. Keeping what one wrote is an edit of its own, before this
//! op in the chain; here the decision is noted and the item closed.

use domain::attention::{IN_REVIEW, REVIEW};
use domain::permissions::Action;
use domain::record::{EntityDef, Problem};

use super::Case;
use crate::device::overlay::decided;
use crate::receipt::{Receipt, RejectCode};

impl Case<'_, '_> {
    pub(super) fn resolve(&mut self, entity: &'static EntityDef) -> Receipt {
        let Some(current) = self.standing(entity) else { return self.not_found() };
        let facts = domain::record::row_facts(&current);
        let decision =
            domain::permissions::check(self.author.grants, Action::Edit, entity, Some(&facts), &[]);
        if let Err(reason) = decision.into_result() {
            return self.denied(&reason);
        }
        // Also where it was closed meanwhile: whoever decides second is told so.
        if current.get("kind").text() == Some(REVIEW) {
            return self.decide(current);
        }
        if current.get("kind").text() == Some(IN_REVIEW) && !current.is_retired() {
            let message =
                "somebody else decides about this; it comes back to you if they return it";
            let problem = Problem::new("", "in_review", message);
            return self.refuse(RejectCode::Invalid, problem);
        }
        if current.is_retired() {
            return Receipt::Applied { version: current.head.version };
        }
        let mut record = decided(current.clone(), self.op);
        record.head.retired_at = Some(self.moment.now);
        Receipt::Applied { version: self.put(Some(current), record) }
    }
}
