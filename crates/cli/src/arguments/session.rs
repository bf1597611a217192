//! The words about the session and the rounds: `login`, `accept`, `sync`.

use std::time::Duration;

use clap::Args;
use contract::QuietHours;

#[derive(Debug, Args)]
pub struct Login {
    /// The sync server's address.
    #[arg(long)]
    pub server: String,
    /// The tenant's short name.
    #[arg(long)]
    pub tenant: String,
    #[arg(long)]
    pub email: String,
    /// Read the password from the first line of stdin instead of asking for it.
    #[arg(long)]
    pub password_stdin: bool,
    /// What to call this device; the machine's name otherwise.
    #[arg(long, value_name = "NAME")]
    pub device_name: Option<String>,
    /// The keyring lost this profile's keys: ask for the recovery code (with --password-stdin, its
    /// second line).
    #[arg(long)]
    pub recover: bool,
    /// Put a local copy that cannot be opened aside, untouched, and begin anew.
    #[arg(long, conflicts_with = "recover")]
    pub set_aside: bool,
    /// Of two copies of this Daybook that are in use, or of a computer that was set back: this is the original, and
    /// goes on as it was.
    #[arg(long, conflicts_with_all = ["copy", "set_aside"])]
    pub original: bool,
    /// Of two copies of this Daybook: this is the copy. It goes on as a device of its own, and what was entered on it is
    /// carried over.
    #[arg(long, conflicts_with = "set_aside")]
    pub copy: bool,
    /// Believe the certificates in this PEM file besides the system's, from now on; the profile keeps a copy.
    #[arg(long, value_name = "FILE")]
    pub ca: Option<String>,
    /// Go by this proxy from now on, like http://proxy:3128, in place of the one in HTTPS_PROXY or ALL_PROXY.
    #[arg(long, value_name = "URL")]
    pub proxy: Option<String>,
}

#[derive(Args)]
pub struct Accept {
    /// The link of the invitation.
    #[arg(
        long,
        value_name = "URL",
        required_unless_present = "token",
        conflicts_with_all = ["server", "tenant", "token"]
    )]
    pub link: Option<String>,
    /// The sync server's address, where there is a token instead of a link.
    #[arg(long, requires_all = ["tenant", "token"])]
    pub server: Option<String>,
    /// The tenant's short name.
    #[arg(long, requires = "token")]
    pub tenant: Option<String>,
    /// The token of the invitation; it works once.
    #[arg(long, requires_all = ["server", "tenant"])]
    pub token: Option<String>,
    /// What to be called; the name on the invitation otherwise.
    #[arg(long)]
    pub name: Option<String>,
    /// Read the new password from the first line of stdin instead of asking for it.
    #[arg(long)]
    pub password_stdin: bool,
}

// A link holds a token, which must not reach a log by way of a debug print.
impl std::fmt::Debug for Accept {
    fn fmt(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
        f.debug_struct("Accept").field("server", &self.server).finish_non_exhaustive()
    }
}

#[derive(Debug, Args)]
pub struct Sync {
    /// Stay and keep in sync: at once when there is work here or news there, and when the sync server is back.
    #[arg(long, conflicts_with = "every")]
    pub watch: bool,
    /// Stay and sync about so often, like 4h or 30m; 1s at least. Kept as this profile's plan, like what follows.
    #[arg(long, value_name = "TIME", value_parser = interval)]
    pub every: Option<Duration>,
    /// Begin no round by yourself in these hours by the clock of this machine, like 20:00-06:00; none: in no hours.
    #[arg(long, value_name = "FROM-UNTIL", value_parser = quiet)]
    pub quiet: Option<Quiet>,
    /// Write a file for somebody who carries it to the sync server, in place of a round: all work without an answer.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["watch", "every", "quiet", "limit"])]
    pub to_file: Option<String>,
    /// Take a file that the sync server wrote in answer, in place of a round.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["watch", "every", "quiet", "limit", "to_file"])]
    pub from_file: Option<String>,
    /// End a round once so much went over the line, like 2MB, and go on with the next; none: without a limit.
    #[arg(long, value_name = "SIZE", value_parser = limit)]
    pub limit: Option<Limit>,
}

/// Hours as they were said, or that there are to be none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Quiet(pub Option<QuietHours>);

/// Bytes, or that there is to be no limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limit(pub Option<u64>);

const NONE: &str = "none";

/// Which times of a day there are, the engine knows.
fn quiet(text: &str) -> Result<Quiet, String> {
    if text == NONE {
        return Ok(Quiet(None));
    }
    let (from, until) = text.split_once('-').ok_or("write them like 20:00-06:00, or none")?;
    Ok(Quiet(Some(QuietHours { from: from.trim().to_owned(), until: until.trim().to_owned() })))
}

/// Reads a size as it is written on a bill: in powers of 1000.
fn limit(text: &str) -> Result<Limit, String> {
    if text == NONE {
        return Ok(Limit(None));
    }
    let wrong = || "write it like 2MB, 500kB or 1GB, or none".to_owned();
    let text = text.trim();
    let digits = text.find(|sign: char| !sign.is_ascii_digit()).unwrap_or(text.len());
    let (number, unit) = text.split_at(digits);
    let factor: u64 = match unit.trim().to_ascii_lowercase().as_str() {
        "kb" => 1_000,
        "mb" => 1_000_000,
        "gb" => 1_000_000_000,
        _ => return Err(wrong()),
    };
    let number: u64 = number.parse().map_err(|_| wrong())?;
    number.checked_mul(factor).map(|bytes| Limit(Some(bytes))).ok_or_else(wrong)
}

/// Reads an interval as people write it. Without a pause between them, rounds would only wear out both sides.
fn interval(text: &str) -> Result<Duration, String> {
    let interval = humantime::parse_duration(text)
        .map_err(|error| format!("{error}; write it like 4h, 30m or 10s"))?;
    match interval >= LEAST_INTERVAL {
        true => Ok(interval),
        false => Err("the least interval is 1s".to_owned()),
    }
}

const LEAST_INTERVAL: Duration = Duration::from_secs(1);

#[cfg(test)]
mod tests {
    use clap::Parser as _;

    use super::*;
    use crate::arguments::{Arguments, Verb};

    #[test]
    fn intervals_are_read_as_people_write_them() {
        let every = |text| {
            let read = Arguments::try_parse_from(["daybook", "sync", "--every", text]).ok()?;
            let Verb::Sync(sync) = read.verb else { return None };
            sync.every
        };
        assert_eq!(every("4h"), Some(Duration::from_secs(4 * 3600)));
        assert_eq!(every("1h 30m"), Some(Duration::from_secs(90 * 60)));
        assert_eq!(every("1s"), Some(Duration::from_secs(1)));
        for text in ["soon", "0s", "0", "999ms", "-1h", "4", ""] {
            assert_eq!(every(text), None, "{text}");
        }
    }

    #[test]
    fn hours_and_sizes_are_read_as_people_write_them() {
        let hours = QuietHours { from: "20:00".to_owned(), until: "06:00".to_owned() };
        assert_eq!(quiet("20:00-06:00"), Ok(Quiet(Some(hours.clone()))));
        assert_eq!(quiet("20:00 - 06:00"), Ok(Quiet(Some(hours))));
        assert_eq!(quiet("none"), Ok(Quiet(None)));
        assert!(quiet("at night").is_err());
        let sizes = [("2MB", 2_000_000), ("500 kB", 500_000), ("1gb", 1_000_000_000)];
        for (text, bytes) in sizes {
            assert_eq!(limit(text), Ok(Limit(Some(bytes))), "{text}");
        }
        assert_eq!(limit("none"), Ok(Limit(None)));
        for text in ["", "MB", "2", "2 MiB", "-2MB", "1.5MB", "99999999999999999999GB"] {
            assert!(limit(text).is_err(), "{text}");
        }
    }
}
