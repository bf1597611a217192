//! A slice of the long simulation; `./daybook-dev simulate` runs as many seeds as one likes.

use simulator::disk::Disk;
use simulator::seeds::{cores, run_all};
use simulator::world::{self, DISKS, Plan, Step, Tally};

/// Of the long run that `./daybook-dev simulate` makes.
const SLICE: u64 = 500;

#[test]
fn five_hundred_worlds_keep_every_promise() {
    let mut sum = Tally::default();
    let run = run_all(1..SLICE + 1, cores(), ("test", DISKS), world::run, |tally| sum += tally);
    if let Err(failure) = run {
        panic!("seed {}: {}", failure.seed, failure.broken);
    }
    // The worlds are eventful, or they prove nothing.
    println!("{sum:?}");
    assert!(sum.actions > SLICE * 200 && sum.faults > SLICE * 20, "{sum:?}");
    assert!(sum.operations > SLICE * 200 && sum.broken_rounds > SLICE * 20, "{sum:?}");
    assert!(sum.stops > SLICE * 4 && sum.full > SLICE, "{sum:?}");
    assert!(sum.restores > SLICE / 2 && sum.forks > SLICE / 20, "{sum:?}");
    assert!(sum.rights > SLICE * 3 && sum.moves > SLICE * 5 && sum.merges > SLICE, "{sum:?}");
    assert!(
        sum.numbers > SLICE * 8 && sum.reviews > SLICE / 10 && sum.files > SLICE / 10,
        "{sum:?}"
    );
    assert!(sum.attention > SLICE * 10 && sum.compared > SLICE * 5, "{sum:?}");
}

#[test]
fn a_seed_runs_twice_alike() {
    let disks: Vec<_> = (0..DISKS).map(|n| Disk::register(&format!("twice-{n}"))).collect();
    for seed in 1..6 {
        assert_eq!(world::run(seed, &disks), world::run(seed, &disks), "seed {seed}");
    }
    let trail = |seed| world::run(seed, &disks).unwrap().trail;
    assert_ne!(trail(1), trail(2), "a trail tells what happened");
}

#[test]
fn worlds_differ_in_size_and_each_is_eventful() {
    let mut sizes = std::collections::BTreeSet::new();
    for seed in 1..200 {
        let plan = Plan::drawn(seed);
        let of = |wanted: fn(&Step) -> bool| plan.steps.iter().filter(|(_, it)| wanted(it)).count();
        assert!(of(|step| matches!(step, Step::Act { .. })) >= 200);
        assert!(of(|step| matches!(step, Step::Fault(_))) >= 20);
        sizes.insert((plan.people.len(), plan.seats.len()));
    }
    let tenants: Vec<usize> = sizes.iter().map(|(tenants, _)| *tenants).collect();
    assert!((1..=3).all(|count| tenants.contains(&count)), "{sizes:?}");
    let devices: Vec<usize> = sizes.iter().map(|(_, devices)| *devices).collect();
    assert!((3..=8).all(|count| devices.contains(&count)), "{sizes:?}");
}
