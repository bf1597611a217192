//! Numbers that a device holds to give codes with: while it does, nobody else gives one of them.

use domain::numbering::is_numbered;
use domain::record::{Found, Problem, Record, fold_code};

use super::Case;

impl Case<'_, '_> {
    /// What is wrong with a code that is written: it is a number that another device may be giving at this moment.
    pub(super) fn number_of_another(
        &self,
        before: Option<&Record>,
        after: &Record,
    ) -> Option<Problem> {
        let entity = after.entity();
        if !is_numbered(entity) {
            return None;
        }
        let code = after.get(entity.key).text()?;
        let folded = fold_code(code);
        let stands = before.and_then(|record| record.get(entity.key).text()).map(fold_code);
        if stands.as_ref() == Some(&folded) {
            return None;
        }
        match self.view.number_holder(entity, &folded) {
            Found::Yes(device) if device != self.author.device => {
                let message = format!(
                    "\"{code}\" is a number that another device holds for its own records; leave it empty or \
                     choose another"
                );
                Some(Problem::new(entity.key, "number_leased", message))
            }
            Found::Yes(_) | Found::No | Found::CannotTell => None,
        }
    }
}
