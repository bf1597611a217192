//! `prove NAME [--OPTION N …]`: the long runs, in a release build, with what they counted.

use std::process::ExitCode;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use system_tests::proof::{self, Absence, Points};

/// So soon a person works again after a kill.
const SOON: Duration = Duration::from_secs(5);

/// So much more goes over a line that is cut than over one that holds.
const MOST_AGAIN: f64 = 1.5;

const USAGE: &str = "\
usage: prove kill [--client N] [--hub N] [--postgres N] [--rows N] [--seed S]
       prove replies [--pushes N] [--seed S]
       prove ninety-days [--ops N] [--pieces N]";

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let Some((name, options)) = words.split_first() else { return usage() };
    let Some(options) = Options::of(options) else { return usage() };
    let seed = options.number("--seed").unwrap_or_else(seed_of_the_clock);
    match name.as_str() {
        "kill" => kill(&options, seed),
        "replies" => replies(&options, seed),
        "ninety-days" => ninety_days(&options),
        _ => usage(),
    }
}

fn kill(options: &Options, seed: u64) -> ExitCode {
    let points = Points {
        client: options.count("--client", 200),
        hub: options.count("--hub", 200),
        postgres: options.count("--postgres", 50),
    };
    let rows = u32::try_from(options.count("--rows", 200_000)).unwrap_or(u32::MAX);
    println!("prove kill: seed {seed}, {points:?}, {rows} rows");
    let killed = proof::kill(points, rows, seed);
    println!(
        "prove kill: {:?}, {} operations on {} records: 0 lost, 0 done twice, nothing damaged; \
         a list and a save at most {:.1} s after the start of a device, a whole round at most {:.1} s after \
         that of a hub or a Postgres",
        killed.kills,
        killed.operations,
        killed.records,
        killed.slowest_at_desk.as_secs_f64(),
        killed.slowest.as_secs_f64()
    );
    match killed.slowest.max(killed.slowest_at_desk) <= SOON {
        true => ExitCode::SUCCESS,
        false => ExitCode::FAILURE,
    }
}

fn replies(options: &Options, seed: u64) -> ExitCode {
    let pushes = options.count("--pushes", 500);
    println!("prove replies: seed {seed}, {pushes} lost replies");
    let done = proof::replies(pushes, seed);
    println!(
        "prove replies: {} replies lost after the commit, {} operations, {} receipts told again, \
         {} pushes too early: each done once, 0 receipts changed",
        done.lost, done.ops, done.repeats, done.too_early
    );
    ExitCode::SUCCESS
}

fn ninety_days(options: &Options) -> ExitCode {
    let ops = options.count("--ops", 5_000);
    let pieces = options.number("--pieces").unwrap_or(10);
    println!("prove ninety-days: {ops} operations, a line cut after each of {pieces} parts");
    let back = proof::ninety_days(Absence { ops, pieces });
    let ([up, down], [more_up, more_down]) = (back.whole, back.passed);
    let share = (more_up + more_down) as f64 / (up + down) as f64;
    println!(
        "prove ninety-days: {} cuts; {more_up} bytes up and {more_down} down, where {up} and {down} are enough on \
         a line that holds ({share:.2} times): 0 lost, 0 done twice, 0 come back to life",
        back.cuts
    );
    match share < MOST_AGAIN {
        true => ExitCode::SUCCESS,
        false => ExitCode::FAILURE,
    }
}

/// Options, each with its number.
struct Options(Vec<(String, u64)>);

impl Options {
    fn of(words: &[String]) -> Option<Self> {
        let pairs = words.chunks(2).map(|pair| match pair {
            [name, number] if name.starts_with("--") => Some((name.clone(), number.parse().ok()?)),
            _ => None,
        });
        pairs.collect::<Option<_>>().map(Self)
    }

    fn number(&self, name: &str) -> Option<u64> {
        self.0.iter().find(|(known, _)| known == name).map(|(_, number)| *number)
    }

    fn count(&self, name: &str, otherwise: usize) -> usize {
        let number = self.number(name).map(usize::try_from);
        number.and_then(Result::ok).unwrap_or(otherwise)
    }
}

fn usage() -> ExitCode {
    eprintln!("{USAGE}");
    ExitCode::from(2)
}

/// A run without a seed takes one from the clock and prints it.
#[expect(clippy::disallowed_methods, reason = "the edge of this program reads the clock")]
fn seed_of_the_clock() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs())
}
