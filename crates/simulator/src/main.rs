//! `simulate`: worlds from seeds on all cores. A seed that breaks a promise is made as small as it goes and named with
//! the command that replays it. With a planted defect, the search for a seed that finds it.

use std::process::ExitCode;
use std::sync::atomic::{AtomicU64, Ordering};

use clap::Parser;
use simulator::disk::Disk;
use simulator::plant::Defect;
use simulator::reduce::{StepList, reduce};
use simulator::seeds::{Failure, cores, run_all};
use simulator::world::{Broken, DEVICES, Plan, Tally, run_plan};

/// As often a failing world is run again to make it smaller.
const RUNS: usize = 600;

#[derive(Parser)]
#[command(name = "simulate", about = "Run devices, hubs and their faults from seeds")]
struct Options {
    /// How many worlds; one where `--only` is given.
    #[arg(long, default_value_t = 500)]
    seeds: u64,
    /// The first seed.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Worlds that run at once; as many as there are cores, unless said otherwise.
    #[arg(long)]
    threads: Option<usize>,
    /// Only these steps of the world, as a reduced failure names them: 3,17,40-44.
    #[arg(long)]
    only: Option<StepList>,
    /// Plant a defect, and succeed where a seed finds it.
    #[arg(long)]
    plant: Option<Defect>,
    /// Run each seed twice, and hold their trails against each other.
    #[arg(long)]
    twice: bool,
    /// Name a failing seed as it is.
    #[arg(long)]
    whole: bool,
}

impl Options {
    fn plan(&self, seed: u64) -> Plan {
        match &self.only {
            Some(StepList(steps)) => Plan::drawn(seed).only(steps),
            None => Plan::drawn(seed),
        }
    }

    fn run(&self, seed: u64, disks: &[Disk]) -> Result<Tally, Broken> {
        let plan = self.plan(seed);
        let tally = run_plan(&plan, disks, self.plant)?;
        if self.twice {
            let again = run_plan(&plan, disks, self.plant)?;
            if again.trail != tally.trail {
                let (first, second) = (tally.trail, again.trail);
                return Err(Broken(format!("two runs left two trails: {first} and {second}")));
            }
        }
        Ok(tally)
    }

    /// The command that shows a failure, as small as it goes.
    fn command(&self, seed: u64) -> String {
        let steps: Vec<usize> = self.plan(seed).steps.iter().map(|(number, _)| *number).collect();
        let mut command = format!("./daybook-dev simulate --seeds 1 --seed {seed}");
        if let Some(defect) = self.plant {
            command.push_str(&format!(" --plant {defect}"));
        }
        if self.whole || self.twice {
            return command;
        }
        let disks: Vec<Disk> =
            (0..DEVICES).map(|n| Disk::register(&format!("reduce-{n}"))).collect();
        let fails =
            |steps: &[usize]| run_plan(&Plan::drawn(seed).only(steps), &disks, self.plant).is_err();
        let left = reduce(&steps, RUNS, fails);
        for (number, step) in &Plan::drawn(seed).only(&left).steps {
            eprintln!("  {number}: {step:?}");
        }
        format!("{command} --only {}", StepList(left))
    }
}

fn main() -> ExitCode {
    let options = Options::parse();
    let (first, seeds) = (options.seed, if options.only.is_some() { 1 } else { options.seeds });
    let threads = options.threads.unwrap_or_else(cores);
    let (mut sum, done) = (Tally::default(), AtomicU64::new(0));
    let run = |seed, disks: &[Disk]| options.run(seed, disks);
    let range = first..first.saturating_add(seeds);
    let result = run_all(range, threads, ("simulated", DEVICES), run, |tally| {
        done.fetch_add(1, Ordering::Relaxed);
        sum += tally;
    });
    let done = done.into_inner();
    match (result, options.plant) {
        (Ok(()), None) => {
            println!(
                "{seeds} seeds from {first}: {} actions, {} operations, {} rounds ({} broken off), {} faults, \
                 {} stops, {} changes of rights, {} items of Attention; nothing lost, nothing done twice, all equal",
                sum.actions,
                sum.operations,
                sum.rounds,
                sum.broken_rounds,
                sum.faults,
                sum.stops,
                sum.rights,
                sum.attention
            );
            if done == 1 {
                println!("trail {}", sum.trail);
            }
            ExitCode::SUCCESS
        }
        (Ok(()), Some(defect)) => {
            eprintln!("{seeds} seeds from {first} did not find {defect}");
            ExitCode::FAILURE
        }
        (Err(Failure { seed, broken }), None) => {
            eprintln!("seed {seed}: {broken}");
            eprintln!("replay: {}", options.command(seed));
            ExitCode::FAILURE
        }
        (Err(Failure { seed, broken }), Some(defect)) => {
            println!("seed {seed} finds {defect} after {done} others: {broken}");
            println!("replay: {}", options.command(seed));
            ExitCode::SUCCESS
        }
    }
}
