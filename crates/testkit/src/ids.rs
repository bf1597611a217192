//! Ids that are the same in every run and grow, as UUIDv7 does.

use std::cell::Cell;

use uuid::{Builder, Uuid};

/// A source of UUIDv7 with its own sequence; two sources with different seeds never give the same id.
#[derive(Debug)]
pub struct Ids {
    seed: u16,
    next: Cell<u64>,
}

/// Milliseconds since 1970 of the first id: 2026-03-02T08:00:00Z.
const START: u64 = 1_772_438_400_000;

impl Ids {
    pub fn seeded(seed: u16) -> Self {
        Self { seed, next: Cell::new(0) }
    }

    pub fn next(&self) -> Uuid {
        let count = self.next.get();
        self.next.set(count + 1);
        let mut random = [0; 10];
        let (head, tail) = random.split_at_mut(2);
        head.copy_from_slice(&self.seed.to_be_bytes());
        tail.copy_from_slice(&count.to_be_bytes());
        Builder::from_unix_timestamp_millis(START + count, &random).into_uuid()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_repeat_grow_and_differ_by_seed() {
        let (first, again, other) = (Ids::seeded(1), Ids::seeded(1), Ids::seeded(2));
        let mut last = Uuid::nil();
        for _ in 0..1_000 {
            let id = first.next();
            assert_eq!(id, again.next());
            assert_ne!(id, other.next());
            assert!(id > last);
            assert_eq!(id.get_version_num(), 7);
            last = id;
        }
    }
}
