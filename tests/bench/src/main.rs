//! `bench [--rows N] [--works A,B,C,D,G,H,import] [--json FILE] [--markdown]`: measures the works against limits taken
//! in the same run, on a real hub, a real Postgres and real encrypted stores. It judges nothing but whether
//! each goal is met, and a goal that is missed is no failure of the run.

mod desk;
mod figure;
mod limits;
mod office;
mod processes;
mod report;
mod works;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, ValueEnum};
use system_tests::by_hand::customer;

use crate::figure::Figures;
use crate::office::Office;

/// Whatever stops a run.
pub use system_tests::by_hand::{Failure as Fault, Outcome};

/// Measures the works against limits taken in the same run.
#[derive(Debug, Parser)]
#[command(name = "bench")]
struct Options {
    /// Customers of the tenant.
    #[arg(long, default_value_t = 100_000, value_parser = clap::value_parser!(u32).range(100..))]
    rows: u32,
    /// Which works, with commas between.
    #[arg(long, value_delimiter = ',', default_value = "A,B,C,D,G,H,import")]
    works: Vec<Work>,
    /// Where the figures go as JSON; beside this program by default.
    #[arg(long)]
    json: Option<PathBuf>,
    /// Prints the table as Markdown.
    #[arg(long)]
    markdown: bool,
    /// Serves nothing but one word: the other side of limit L6, started by the program itself.
    #[arg(long, hide = true)]
    endpoint: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Work {
    /// First fill.
    #[value(name = "A", alias = "a")]
    Fill,
    /// Push of pending edits.
    #[value(name = "B", alias = "b")]
    Push,
    /// Pull of changes, of nothing, and by many devices.
    #[value(name = "C", alias = "c")]
    Pull,
    /// An edit on its way from one device to another.
    #[value(name = "D", alias = "d")]
    Live,
    /// What follows a person's rights, and an idle branch (J) and a new tenant (M).
    #[value(name = "G", alias = "g")]
    Scope,
    /// A person at a desk: finding, listing, saving.
    #[value(name = "H", alias = "h")]
    Local,
    /// A file of customers at a desk.
    #[value(name = "import")]
    Import,
}

#[tokio::main]
async fn main() -> ExitCode {
    let options = Options::parse();
    let done = match options.endpoint {
        true => limits::endpoint::serve().await,
        false => run(&options).await,
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(fault) => {
            eprintln!("bench: {fault}");
            ExitCode::FAILURE
        }
    }
}

/// What was measured before a fault is reported all the same.
async fn run(options: &Options) -> Outcome<()> {
    let mut figures = Figures::default();
    say("a hub with one tenant");
    let mut office = Office::open(options.rows).await?;
    let measured = measure(options, &mut office, &mut figures).await;
    let path = options.json.clone().map_or_else(report::default_path, Ok)?;
    let report = report::Report::new(&office, figures).await?;
    report.write(&path)?;
    match options.markdown {
        true => println!("{}", report.markdown()),
        false => println!("{}", report.table()),
    }
    eprintln!("the figures as JSON: {}", path.display());
    measured
}

async fn measure(options: &Options, office: &mut Office, figures: &mut Figures) -> Outcome<()> {
    let wants = |work| options.works.contains(&work);
    say(&format!("{} customers, as pushes of a device", office.rows));
    works::lay(office, figures).await?;
    if wants(Work::Push) {
        works::push(office, figures).await?;
    }
    if wants(Work::Fill) {
        works::fill(office, figures).await?;
    }
    if wants(Work::Pull) {
        works::pull(office, figures).await?;
        works::poll(office, figures).await?;
    }
    if wants(Work::Live) {
        works::live(office, figures).await?;
    }
    if wants(Work::Local) {
        works::local(office, figures).await?;
    }
    if wants(Work::Scope) {
        works::scope(office, figures).await?;
    }
    if wants(Work::Import) {
        works::import(office, figures).await?;
    }
    Ok(())
}

/// Tells on stderr what is measured now.
pub fn say(what: &str) {
    eprintln!("-- {what}");
}
