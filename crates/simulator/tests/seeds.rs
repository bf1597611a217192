//! A slice of the long simulation; `./daybook-dev simulate` runs as many seeds as one likes.

use simulator::disk::Disk;
use simulator::world::{self, Tally};

#[test]
fn three_hundred_worlds_keep_every_promise() {
    let disks: Vec<_> = (0..3).map(|n| Disk::register(&format!("test-{n}"))).collect();
    let mut sum = Tally::default();
    for seed in 1..=300 {
        match world::run(seed, &disks) {
            Ok(tally) => sum += tally,
            Err(broken) => panic!("seed {seed}: {broken}"),
        }
    }
    // The worlds are eventful, or they prove nothing.
    println!("{sum:?}");
    assert!(sum.operations > 3_000 && sum.broken_rounds > 300 && sum.stops > 300, "{sum:?}");
    assert!(sum.attention > 100 && sum.merges > 100, "{sum:?}");
}

#[test]
fn a_seed_runs_twice_alike() {
    let disks: Vec<_> = (0..3).map(|n| Disk::register(&format!("twice-{n}"))).collect();
    assert_eq!(world::run(5, &disks), world::run(5, &disks));
}
