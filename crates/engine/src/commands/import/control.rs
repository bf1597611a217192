//! One import at a time, and the way to stop it. Shared by the command that works and the one that stops it.

use std::sync::atomic::{AtomicBool, Ordering};

use contract::{Event, Failure, FailureCode, ImportProgress, ImportStage};

use crate::host::Host;

/// Records between two words about how far it is.
const STEP: usize = 250;

/// Whether an import runs, and whether it is to stop.
#[derive(Debug, Default)]
pub struct Imports {
    runs: AtomicBool,
    stop: AtomicBool,
}

impl Imports {
    /// # Errors
    /// `Usage` while another runs.
    pub fn begin(&self) -> Result<Running<'_>, Failure> {
        if self.runs.swap(true, Ordering::AcqRel) {
            let message = "another import is running; wait until it is done, or cancel it";
            return Err(Failure::new(FailureCode::Usage, message));
        }
        self.stop.store(false, Ordering::Release);
        Ok(Running(self))
    }

    /// Stops the one that runs at its next step.
    pub fn cancel(&self) {
        self.stop.store(true, Ordering::Release);
    }
}

/// The import that runs, until it is dropped.
pub struct Running<'a>(&'a Imports);

impl Running<'_> {
    pub fn is_cancelled(&self) -> bool {
        self.0.stop.load(Ordering::Acquire)
    }

    /// Tells how far it is, now and then.
    pub fn tell(&self, host: &dyn Host, stage: ImportStage, done: usize, total: usize) {
        if done.is_multiple_of(STEP) || done == total {
            let count = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
            let progress = ImportProgress { stage, done: count(done), total: count(total) };
            host.notify(Event::Import(progress));
        }
    }
}

impl Drop for Running<'_> {
    fn drop(&mut self) {
        self.0.runs.store(false, Ordering::Release);
    }
}
