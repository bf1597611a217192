//! How the device stands to the hub, as the sync light shows it: reached or not and since when, what
//! the sync does now, the last refusal. Keeps nothing over the end of the program.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use chrono::{DateTime, Utc};
use contract::{Failure, Step};

use crate::host::Host;

/// The last contact, or the lack of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contact {
    pub online: bool,
    pub offline_since: Option<DateTime<Utc>>,
    pub step: Step,
    /// The last round's refusal.
    pub refused: Option<Failure>,
    /// When the next round begins by itself, where the plan says so.
    pub next_round: Option<DateTime<Utc>>,
}

impl Default for Contact {
    fn default() -> Self {
        let (online, offline_since, step) = (false, None, Step::Idle);
        Self { online, offline_since, step, refused: None, next_round: None }
    }
}

/// Told by rounds, read by screens. `changed` is called whenever the light looks otherwise.
pub struct StandingBoard {
    contact: Mutex<Contact>,
    host: Arc<dyn Host>,
    changed: Box<dyn Fn() + Send + Sync>,
}

impl StandingBoard {
    pub fn new(host: Arc<dyn Host>, changed: impl Fn() + Send + Sync + 'static) -> Self {
        Self { contact: Mutex::default(), host, changed: Box::new(changed) }
    }

    pub fn contact(&self) -> Contact {
        self.lock().clone()
    }

    /// The sync does this now.
    pub fn step(&self, step: Step) {
        self.change(|contact| contact.step = step);
    }

    /// The hub answered.
    pub fn reached(&self) {
        self.change(|contact| {
            contact.online = true;
            contact.offline_since = None;
        });
    }

    /// The hub did not answer.
    pub fn missed(&self) {
        let now = self.host.now();
        self.change(|contact| {
            contact.online = false;
            contact.offline_since.get_or_insert(now);
        });
    }

    /// What a round was refused with, if it was.
    pub fn refused(&self, failure: Option<Failure>) {
        self.change(|contact| contact.refused = failure);
    }

    /// The next round begins by itself then, or when something happens.
    pub fn next_round(&self, at: Option<DateTime<Utc>>) {
        self.change(|contact| contact.next_round = at);
    }

    /// Nobody is signed in any more.
    pub fn forget(&self) {
        self.change(|contact| *contact = Contact::default());
    }

    fn change(&self, change: impl FnOnce(&mut Contact)) {
        let differs = {
            let mut contact = self.lock();
            let before = contact.clone();
            change(&mut contact);
            *contact != before
        };
        if differs {
            (self.changed)();
        }
    }

    fn lock(&self) -> MutexGuard<'_, Contact> {
        // A thread that panicked here left plain values, each whole.
        self.contact.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;
    use crate::host::SystemHost;

    #[test]
    fn the_light_remembers_since_when_the_hub_is_away() {
        let told = Arc::new(AtomicUsize::new(0));
        let counter = Arc::clone(&told);
        let host = Arc::new(SystemHost::new(|_| {}));
        let board = StandingBoard::new(host, move || {
            counter.fetch_add(1, Ordering::Relaxed);
        });
        board.missed();
        let since = board.contact().offline_since;
        assert!(since.is_some());
        board.missed();
        assert_eq!(board.contact().offline_since, since);
        board.reached();
        board.reached();
        assert_eq!(board.contact().offline_since, None);
        assert_eq!(told.load(Ordering::Relaxed), 2, "only a change is told");
    }
}
