//! The versions of the declarations: which one this program declares, and what those before it called otherwise.
//! It holds no declaration (each stands with its master) and moves no row: migrations do that.

use crate::record::Change;

/// What this program is, among those that were before it.
#[derive(Clone, Copy, Debug)]
pub struct Versions {
    /// The version of the declarations, and of every intent that this program writes. A release that changes a
    /// declaration has the next one.
    pub current: u16,
    /// The oldest version whose programs can hold the rows of this one. Since then only fields, child rows and
    /// entities came, which an older program keeps or leaves out; whatever else changes (a name, a kind, what a field
    /// may hold) raises it, and older programs may send and not receive.
    pub readable: u16,
    /// What intents say otherwise that were written before, in the order of the versions. A step may go when no device
    /// can come back from before it: after 13 months.
    pub steps: &'static [Step],
}

/// One change of the declarations between two versions.
#[derive(Clone, Copy, Debug)]
pub struct Step {
    /// The first version that has it: work of earlier ones is brought up to date by it.
    pub version: u16,
    /// The release that brought it, for whoever asks whether it may go.
    pub release: &'static str,
    /// The master or child whose fields it changes.
    pub entity: &'static str,
    pub change: Changed,
}

#[derive(Clone, Copy, Debug)]
pub enum Changed {
    /// A field goes by another name. The migration that renames the column renames it in open items of Attention too:
    /// what is decided there names fields as the item does.
    Renamed { from: &'static str, to: &'static str },
    /// What no name says: a field that was split or put together, or counts in another unit. It rewrites what an
    /// intent says of one row, and knows nothing but that: the same words always become the same words. A change that
    /// was a witness stays one.
    Rewritten(fn(&mut Vec<Change>)),
}

/// Nothing was released yet: there is one version, and nothing before it.
static DECLARED: Versions = Versions { current: 1, readable: 1, steps: &[] };

/// The versions of this program.
pub fn declared() -> &'static Versions {
    #[cfg(debug_assertions)]
    if let Some(other) = stand_in::OTHER.get() {
        return other;
    }
    &DECLARED
}

/// A later program, before it is written: a build for tests can be told that it is one, so that two versions of
/// Daybook can meet. No released program has this.
#[cfg(debug_assertions)]
pub mod stand_in {
    use std::ffi::OsStr;
    use std::sync::OnceLock;

    use super::{Changed, Step, Versions};

    pub(super) static OTHER: OnceLock<Versions> = OnceLock::new();

    /// The name of the variable that a test gives a program; only the edges read it.
    pub const VARIABLE: &str = "DAYBOOK_STAND_IN_VERSIONS";

    /// Makes this program another version, as the variable says: `CURRENT READABLE [VERSION:ENTITY.FROM>TO …]`. Without
    /// it the program stays what it is.
    ///
    /// # Errors
    /// The word that is none of these.
    pub fn become_one(variable: Option<&OsStr>) -> Result<(), String> {
        let Some(words) = variable else { return Ok(()) };
        let words = words.to_string_lossy();
        let mut words = words.split_whitespace();
        let mut number = || {
            let word = words.next().unwrap_or_default();
            word.parse::<u16>().map_err(|_| format!("{VARIABLE}: {word} is no version"))
        };
        let (current, readable) = (number()?, number()?);
        let steps = words.map(|word| step(word).ok_or_else(|| format!("{VARIABLE}: {word}")));
        let steps: Vec<Step> = steps.collect::<Result<_, _>>()?;
        // A process is one version for its whole life.
        OTHER.get_or_init(|| Versions { current, readable, steps: steps.leak() });
        Ok(())
    }

    fn step(word: &str) -> Option<Step> {
        let word: &'static str = word.to_owned().leak();
        let (version, change) = word.split_once(':')?;
        let (place, to) = change.split_once('>')?;
        let (entity, from) = place.split_once('.')?;
        let (version, release) = (version.parse().ok()?, "a stand-in");
        Some(Step { version, release, entity, change: Changed::Renamed { from, to } })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::synced;

    #[test]
    fn every_step_leads_to_what_is_declared() {
        let Versions { current, readable, steps } = DECLARED;
        assert!((1..=current).contains(&readable));
        assert!(steps.is_sorted_by_key(|step| step.version));
        for (at, step) in steps.iter().enumerate() {
            assert!((2..=current).contains(&step.version), "{step:?}");
            let entity = synced::table(step.entity).unwrap_or_else(|| panic!("{step:?}"));
            if let Changed::Renamed { from, to } = step.change {
                // Later steps may rename it again; after the last it is declared.
                let mut later = steps[at + 1..].iter().filter(|it| it.entity == step.entity);
                let moves_on = later.any(|it| match it.change {
                    Changed::Renamed { from, .. } => from == to,
                    Changed::Rewritten(_) => true,
                });
                assert!(moves_on || entity.field(to).is_some(), "{step:?}");
                assert!(entity.field(from).is_none(), "{from} is another field today");
            }
        }
    }
}
