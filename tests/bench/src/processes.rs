//! What the hub and Postgres have cost: their processes and the processor time of each, read from /proc.

use std::fs;
use std::time::Duration;

use crate::{Fault, Outcome};

/// Linux counts processor time for programs in hundredths of a second on every architecture.
const TICKS_A_SECOND: u32 = 100;

/// The fields of /proc/PID/stat that are used.
struct Stat {
    name: String,
    parent: u32,
    /// Own time, in user and system mode.
    own: u32,
    /// Time of children that have ended.
    ended: u32,
}

fn stat(pid: u32) -> Option<Stat> {
    let text = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The name stands in parentheses and may hold anything, parentheses too.
    let (before, rest) = text.rsplit_once(") ")?;
    let name = before.split_once('(')?.1.to_owned();
    let fields: Vec<&str> = rest.split(' ').collect();
    let number = |at: usize| fields.get(at)?.parse::<u32>().ok();
    Some(Stat {
        name,
        parent: number(1)?,
        own: number(11)? + number(12)?,
        ended: number(13)? + number(14)?,
    })
}

fn children(pid: u32) -> Vec<(u32, Stat)> {
    let Ok(entries) = fs::read_dir("/proc") else { return Vec::new() };
    let pids = entries.flatten().filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    pids.filter_map(|child| Some((child, stat(child)?)))
        .filter(|(_, stat)| stat.parent == pid)
        .collect()
}

/// The hub that this program started.
///
/// # Errors
/// Where it is not there.
pub fn hub() -> Outcome<u32> {
    // The kernel keeps the first 15 characters of a name.
    let found = children(std::process::id()).into_iter().find(|(_, stat)| {
        stat.name.starts_with("daybook-server") || "daybook-server".starts_with(&stat.name)
    });
    found.map(|(pid, _)| pid).ok_or_else(|| Fault::from("the hub's process is not to be found"))
}

/// The process above one of Postgres.
///
/// # Errors
/// Where it is not there.
pub fn parent(pid: u32) -> Outcome<u32> {
    stat(pid).map(|stat| stat.parent).ok_or_else(|| Fault::from("Postgres is not to be found"))
}

/// Processor time used so far by one process.
pub fn time_of(pid: u32) -> Duration {
    ticks(stat(pid).map_or(0, |stat| stat.own))
}

/// Processor time used so far by a process and all that it started.
pub fn time_of_family(pid: u32) -> Duration {
    let own = stat(pid).map_or(0, |stat| stat.own + stat.ended);
    ticks(own + children(pid).iter().map(|(_, stat)| stat.own).sum::<u32>())
}

fn ticks(count: u32) -> Duration {
    Duration::from_secs(1) * count / TICKS_A_SECOND
}
