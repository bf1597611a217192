//! The figures of a run as a table, as Markdown and as JSON, with the machine and the settings they hold for.

use std::path::{Path, PathBuf};

use serde::Serialize;

use crate::Outcome;
use crate::figure::{Figure, Figures};
use crate::limits::postgres;
use crate::office::Office;

#[derive(Debug, Serialize)]
pub struct Report {
    pub rows: u32,
    pub build: &'static str,
    pub machine: String,
    pub postgres: String,
    pub figures: Vec<Figure>,
}

const COLUMNS: [&str; 7] = ["Work", "Measured", "Value", "Ratio", "Goal", "", "Peers"];

impl Report {
    /// # Errors
    /// Where Postgres does not say how it is set.
    pub async fn new(office: &Office, figures: Figures) -> Outcome<Self> {
        let mut figures = figures.0;
        // Limits first, then the works in their order.
        figures.sort_by_key(|figure| (!figure.work.starts_with('L'), figure.work));
        let build = if cfg!(debug_assertions) { "DEBUG (figures mean nothing)" } else { "release" };
        Ok(Self {
            rows: office.rows,
            build,
            machine: machine(),
            postgres: postgres::settings(office).await?,
            figures,
        })
    }

    /// # Errors
    /// Where the file cannot be written.
    pub fn write(&self, path: &Path) -> Outcome<()> {
        let text = serde_json::to_string_pretty(self)?;
        std::fs::write(path, text).map_err(|e| format!("{}: {e}", path.display()).into())
    }

    /// The table for people at a terminal.
    pub fn table(&self) -> String {
        let rows: Vec<[String; 7]> =
            std::iter::once(COLUMNS.map(str::to_owned)).chain(self.lines()).collect();
        let mut widths = [0; 7];
        for row in &rows {
            for (width, cell) in widths.iter_mut().zip(row) {
                *width = (*width).max(cell.chars().count());
            }
        }
        let mut text = format!("{}\n\n", self.circumstances());
        for row in &rows {
            let cells = row.iter().zip(widths).map(|(cell, width)| format!("{cell:<width$}"));
            let line = cells.collect::<Vec<_>>().join("  ");
            text.push_str(line.trim_end());
            text.push('\n');
        }
        text
    }

    /// The table for the README.
    pub fn markdown(&self) -> String {
        let line = |cells: &[String; 7]| format!("| {} |\n", cells.join(" | "));
        let mut text = format!("{}\n\n", self.circumstances());
        text.push_str(&line(&COLUMNS.map(str::to_owned)));
        text.push_str("| --- | --- | ---: | ---: | --- | --- | --- |\n");
        for row in self.lines() {
            text.push_str(&line(&row));
        }
        text
    }

    fn circumstances(&self) -> String {
        format!(
            "{} customers, {} build, {}; {}.",
            crate::figure::number(f64::from(self.rows)),
            self.build,
            self.machine,
            self.postgres
        )
    }

    fn lines(&self) -> impl Iterator<Item = [String; 7]> {
        self.figures.iter().map(|figure| {
            [
                figure.work.to_owned(),
                figure.what.clone(),
                figure.reads(),
                figure.ratio_reads(),
                figure.goal_reads(),
                figure.met_reads().to_owned(),
                figure.peers.to_owned(),
            ]
        })
    }
}

/// Cores and memory.
fn machine() -> String {
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    let memory = std::fs::read_to_string("/proc/meminfo").unwrap_or_default();
    let kibibytes = memory.split_whitespace().nth(1).and_then(|word| word.parse::<u64>().ok());
    let gibibytes = (kibibytes.unwrap_or_default() + (1 << 19)) >> 20;
    format!("{cores} cores, {gibibytes} GiB, shared")
}

/// Beside this program.
///
/// # Errors
/// Where the program does not know where it is.
pub fn default_path() -> Outcome<PathBuf> {
    Ok(std::env::current_exe()?.with_file_name("bench.json"))
}
