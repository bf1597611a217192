//! A slice of the long simulation; `./daybook-dev simulate` runs as many seeds as one likes.

use std::process::Command;

use simulator::disk::Disk;
use simulator::world;

/// Worlds of one process. A device that stops leaves its SQLite connection in memory, as a dead process
/// would; it goes with the process.
const BATCH: u64 = 25;

#[test]
fn three_hundred_worlds_keep_every_promise() {
    for seed in (1..=300).step_by(usize::try_from(BATCH).unwrap()) {
        let (seeds, seed) = (BATCH.to_string(), seed.to_string());
        let run = Command::new(env!("CARGO_BIN_EXE_simulate"))
            .args(["--seeds", &seeds, "--seed", &seed])
            .output()
            .unwrap();
        println!("{}", String::from_utf8_lossy(&run.stdout));
        assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
    }
}

#[test]
fn a_seed_runs_twice_alike() {
    let disks: Vec<_> = (0..3).map(|n| Disk::register(&format!("twice-{n}"))).collect();
    assert_eq!(world::run(5, &disks), world::run(5, &disks));
}
