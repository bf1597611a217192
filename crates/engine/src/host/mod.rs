//! What the engine asks of the program it runs in: time, ids, randomness, and an ear for events. The
//! desktop, the command line and the tests each bring theirs; everything behind it takes arguments.

mod system;

use std::time::Duration;

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use contract::Event;
use uuid::Uuid;

pub use system::SystemHost;

/// The program around the engine.
pub trait Host: Send + Sync + 'static {
    /// The machine's clock: shown to people, never used for a decision alone.
    fn now(&self) -> DateTime<Utc>;

    /// Where the machine says that it is, for what people say by their own clock.
    fn zone(&self) -> Tz;

    /// How long the program has run, by a clock that nobody sets.
    fn running(&self) -> Duration;

    /// A new id; time-ordered, so that rows made one after another lie side by side.
    fn new_id(&self) -> Uuid;

    /// Fills the bytes from a generator fit for keys.
    fn random(&self, bytes: &mut [u8]);

    /// Tells the program something unasked. Called from any thread; must not block.
    fn notify(&self, event: Event);
}
