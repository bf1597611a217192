//! `simulate`: worlds from seeds on all cores. A seed that breaks a promise is made as small as it goes and named with
//! the command that replays it. With a planted defect, the search for a seed that finds it.

use std::process::ExitCode;
use std::time::{Duration, Instant};

use clap::Parser;
use simulator::disk::Disk;
use simulator::plant::Defect;
use simulator::reduce::{StepList, reduce};
use simulator::seeds::{Failure, cores, run_all};
use simulator::world::{Broken, DISKS, Plan, Tally, run_plan};

/// It is said how far a run is after so many seeds.
const TELL: u64 = 500;
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
    /// Run all seeds whatever happens, and name each that fails.
    #[arg(long)]
    to_the_end: bool,
    /// Fail where the seeds take more minutes than that.
    #[arg(long)]
    within: Option<u64>,
    /// Plant each defect in turn; succeed where each is found by one of the seeds.
    #[arg(long, conflicts_with_all = ["plant", "only", "to_the_end"])]
    every_defect: bool,
}

/// What the seeds came to.
struct Run {
    sum: Tally,
    /// Seeds that kept every promise.
    kept: u64,
    took: Duration,
    failures: Vec<Failure<Broken>>,
}

impl Options {
    fn plan(&self, seed: u64) -> Plan {
        match &self.only {
            Some(StepList(steps)) => Plan::drawn(seed).only(steps),
            None => Plan::drawn(seed),
        }
    }

    fn run_one(&self, seed: u64, disks: &[Disk], defect: Option<Defect>) -> Result<Tally, Broken> {
        let plan = self.plan(seed);
        let tally = run_plan(&plan, disks, defect)?;
        if self.twice {
            let again = run_plan(&plan, disks, defect)?;
            if again.trail != tally.trail {
                let (first, second) = (tally.trail, again.trail);
                return Err(Broken(format!("two runs left two trails: {first} and {second}")));
            }
        }
        Ok(tally)
    }

    fn run(&self, defect: Option<Defect>) -> Run {
        let (sum, failures, took) = (Tally::default(), Vec::new(), Duration::ZERO);
        let mut run = Run { sum, kept: 0, took, failures };
        let begun = Instant::now();
        let range = self.seed..self.seed.saturating_add(self.seeds);
        let name = defect.map_or("simulated".to_owned(), |defect| defect.to_string());
        let one = |seed, disks: &[Disk]| match self.run_one(seed, disks, defect) {
            Err(broken) if self.to_the_end => Ok(Err(Failure { seed, broken })),
            Err(broken) => Err(broken),
            Ok(tally) => Ok(Ok(tally)),
        };
        let threads = self.threads.unwrap_or_else(cores);
        let ended = run_all(range, threads, (name.as_str(), DISKS), one, |result| match result {
            Ok(tally) => {
                run.kept += 1;
                run.sum += tally;
                if run.kept.is_multiple_of(TELL) && self.seeds > TELL {
                    eprintln!("{name}: {} seeds in {} s", run.kept, begun.elapsed().as_secs());
                }
            }
            Err(failure) => {
                eprintln!("seed {}: {}", failure.seed, failure.broken);
                run.failures.push(failure);
            }
        });
        run.failures.extend(ended.err());
        run.took = begun.elapsed();
        run
    }

    /// The command that shows a failure, as small as it goes.
    fn command(&self, seed: u64, defect: Option<Defect>) -> String {
        let steps: Vec<usize> = self.plan(seed).steps.iter().map(|(number, _)| *number).collect();
        let mut command = format!("./daybook-dev simulate --seeds 1 --seed {seed}");
        if let Some(defect) = defect {
            command.push_str(&format!(" --plant {defect}"));
        }
        if self.whole || self.twice {
            return command;
        }
        let disks: Vec<Disk> =
            (0..DISKS).map(|n| Disk::register(&format!("reduce-{seed}-{n}"))).collect();
        let fails =
            |steps: &[usize]| run_plan(&Plan::drawn(seed).only(steps), &disks, defect).is_err();
        let left = reduce(&steps, RUNS, fails);
        for (number, step) in &Plan::drawn(seed).only(&left).steps {
            eprintln!("  {number}: {step:?}");
        }
        format!("{command} --only {}", StepList(left))
    }

    fn simulate(&self) -> ExitCode {
        let run = self.run(None);
        let minutes = run.took.as_secs_f64() / 60.0;
        if run.failures.is_empty() {
            let (seeds, first, sum) = (self.seeds, self.seed, run.sum);
            println!(
                "{seeds} seeds from {first}: {} actions, {} operations, {} rounds ({} broken off), {} faults, \
                 {} stops, {} restores, {} copied files, {} changes of rights, {} numbers given, {} items of Attention, {} held for review, {} files taken; nothing lost \
                 but {} operations that a hub lost after their device had to give them up, nothing done twice, \
                 all equal",
                sum.actions,
                sum.operations,
                sum.rounds,
                sum.broken_rounds,
                sum.faults,
                sum.stops,
                sum.restores,
                sum.forks,
                sum.rights,
                sum.numbers,
                sum.attention,
                sum.reviews,
                sum.files,
                sum.gone
            );
            if run.kept == 1 {
                println!("trail {}", sum.trail);
            } else {
                let threads = self.threads.unwrap_or_else(cores);
                println!("{minutes:.1} minutes on {threads} threads");
            }
            if let Some(within) = self.within.filter(|within| minutes > *within as f64) {
                eprintln!("that is more than {within} minutes");
                return ExitCode::FAILURE;
            }
            return ExitCode::SUCCESS;
        }
        for Failure { seed, broken } in &run.failures {
            eprintln!("seed {seed}: {broken}");
            eprintln!("replay: {}", self.command(*seed, None));
        }
        eprintln!("{} of {} seeds failed", run.failures.len(), self.seeds);
        ExitCode::FAILURE
    }

    /// Whether the seeds find the defect.
    fn find(&self, defect: Defect) -> bool {
        let run = self.run(Some(defect));
        let Some(Failure { seed, broken }) = run.failures.first() else {
            eprintln!("{} seeds from {} did not find {defect}", self.seeds, self.seed);
            return false;
        };
        let broken = broken.0.lines().next().unwrap_or_default();
        println!("seed {seed} finds {defect} after {} others: {broken}", run.kept);
        if !self.every_defect {
            println!("replay: {}", self.command(*seed, Some(defect)));
        }
        true
    }
}

fn main() -> ExitCode {
    let mut options = Options::parse();
    if options.only.is_some() {
        options.seeds = 1;
    }
    let found = match options.plant {
        Some(defect) => options.find(defect),
        None if options.every_defect => {
            let found = Defect::ALL.iter().filter(|(defect, _)| options.find(*defect)).count();
            println!("{found} of {} defects were found", Defect::ALL.len());
            found == Defect::ALL.len()
        }
        None => return options.simulate(),
    };
    if found { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
