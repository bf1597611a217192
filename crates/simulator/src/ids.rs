//! Ids from the seed: they grow with time, as real ones do.

use uuid::Uuid;

#[derive(Clone, Debug, Default)]
pub struct Ids {
    given: u64,
}

impl Ids {
    pub fn draw(&mut self) -> Uuid {
        self.given += 1;
        // The high half counts up; the low half scatters, like the random part of a real id.
        let low = self.given.wrapping_mul(0x9E37_79B9_7F4A_7C15);
        Uuid::from_u64_pair(self.given << 16, low)
    }
}
