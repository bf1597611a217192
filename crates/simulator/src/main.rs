//! `simulate --seeds N [--seed S]`: worlds from S on, each on disks of its own; a seed that breaks a
//! promise is named with the command that replays it.

use std::process::ExitCode;

use clap::Parser;
use simulator::disk::Disk;
use simulator::world::{self, Tally};

/// Devices of each world.
const DEVICES: usize = 3;

#[derive(Parser)]
#[command(name = "simulate", about = "Run devices, a hub and their faults from seeds")]
struct Options {
    /// How many worlds.
    #[arg(long, default_value_t = 300)]
    seeds: u64,
    /// The first seed.
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

fn main() -> ExitCode {
    let Options { seeds, seed } = Options::parse();
    let disks: Vec<_> = (0..DEVICES).map(|n| Disk::register(&format!("simulated-{n}"))).collect();
    let mut sum = Tally::default();
    for seed in seed..seed.saturating_add(seeds) {
        match world::run(seed, &disks) {
            Ok(tally) => sum += tally,
            Err(broken) => {
                eprintln!("seed {seed}: {broken}");
                eprintln!("replay: ./daybook-dev simulate --seeds 1 --seed {seed}");
                return ExitCode::FAILURE;
            }
        }
    }
    println!(
        "{seeds} seeds from {seed}: {} actions, {} operations, {} rounds ({} broken off), \
         {} stops, {} items of Attention; nothing lost, nothing done twice, all equal",
        sum.actions, sum.operations, sum.rounds, sum.broken_rounds, sum.stops, sum.attention
    );
    ExitCode::SUCCESS
}
