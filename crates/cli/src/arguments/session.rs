//! The words about the session and the rounds: `login`, `accept`, `sync`.

use std::time::Duration;

use clap::Args;

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
    /// Stay and sync at this interval, like 4h or 30m; 1s at least.
    #[arg(long, value_name = "TIME", value_parser = interval)]
    pub every: Option<Duration>,
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
}
