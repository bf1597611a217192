//! How fast files travel: never faster than half of what the line gives, so that rounds, and whoever else is on
//! the line, have the other half.

use std::time::Duration;

use tokio::time::Instant;

/// The longest rest: the last part may have waited for something else than the line.
const LONGEST: Duration = Duration::from_secs(2);

pub struct Pace(Instant);

impl Pace {
    pub fn begin() -> Self {
        Self(Instant::now())
    }

    /// Rests as long as the last part took.
    pub async fn rest(&mut self) {
        tokio::time::sleep(self.0.elapsed().min(LONGEST)).await;
        self.0 = Instant::now();
    }
}
