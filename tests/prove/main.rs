//! `prove NAME --points N --seed S`: the long runs, in a release build, with what they counted.

use std::process::ExitCode;
use std::time::{SystemTime, UNIX_EPOCH};

use system_tests::proof;

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let Some(name) = words.first() else { return usage() };
    let option = |option: &str| {
        let at = words.iter().position(|word| word == option)?;
        words.get(at + 1)?.parse::<u64>().ok()
    };
    let seed = option("--seed").unwrap_or_else(seed_of_the_clock);
    let points = usize::try_from(option("--points").unwrap_or(50)).unwrap_or(usize::MAX);
    match name.as_str() {
        "kill" => {
            println!("prove kill: seed {seed}, {points} points each");
            let killed = proof::kill(points, seed);
            println!(
                "prove kill: {} client kills, {} hub kills, {} operations on {} records: \
                 0 lost, 0 done twice",
                killed.client_kills, killed.hub_kills, killed.operations, killed.records
            );
            ExitCode::SUCCESS
        }
        _ => usage(),
    }
}

fn usage() -> ExitCode {
    eprintln!("usage: prove kill [--points N] [--seed S]");
    ExitCode::from(2)
}

/// A run without a seed takes one from the clock and prints it.
#[expect(clippy::disallowed_methods, reason = "the edge of this program reads the clock")]
fn seed_of_the_clock() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs())
}
