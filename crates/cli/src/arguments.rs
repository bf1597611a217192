//! The verbs of `daybook` and what each takes. It checks the form of words and nothing else.

use std::ffi::OsString;
use std::time::Duration;

use clap::error::ErrorKind;
use clap::{Args, Parser, Subcommand};
use contract::{Failure, FailureCode};
use uuid::Uuid;

#[derive(Debug, Parser)]
#[command(
    name = "daybook",
    version,
    about = "Daybook without a window: sign in, sync, and work on records from a terminal or a script",
    after_help = "Exit codes: 0 done, 1 a fault of ours, 2 usage, 3 not signed in or rights run out, \
                  4 not permitted, 5 refused by a rule, 6 sync server not reachable (local work is kept), \
                  7 something needs attention, 8 the local copy cannot be opened.\n\n\
                  DAYBOOK_HOME chooses the profile's folder. DAYBOOK_SECRETS=file with \
                  DAYBOOK_PASSPHRASE_FILE keeps the keys in a file instead of the keyring."
)]
pub struct Arguments {
    /// Print JSON on stdout and nothing else; messages go to stderr.
    #[arg(long, global = true)]
    pub json: bool,
    #[command(subcommand)]
    pub verb: Verb,
}

#[derive(Debug, Subcommand)]
pub enum Verb {
    /// Sign in and enrol this profile as a device.
    Login(Login),
    /// Accept an invitation: set your first password.
    Accept(Accept),
    /// End the session; the local copy stays.
    Logout {
        /// Destroy the local copy and its keys as well; refused while work waits to be sent.
        #[arg(long)]
        wipe: bool,
    },
    /// Who is signed in, what waits, until when the rights hold.
    Status,
    /// One round with the sync server.
    Sync(Sync),
    /// List records.
    List(List),
    /// Print one record.
    Get {
        entity: String,
        /// Its id, or its key or code.
        record: String,
    },
    /// Create a record.
    Create {
        entity: String,
        /// FIELD=VALUE; a reference by id, key or code; child rows as a JSON list.
        #[arg(value_name = "FIELD=VALUE")]
        fields: Vec<String>,
    },
    /// Edit a record.
    Update {
        entity: String,
        /// Its id, or its key or code.
        record: String,
        /// FIELD=VALUE; an empty value clears the field; child rows as a JSON list, where a row with an
        /// id is edited and `"remove": true` takes it out.
        #[arg(value_name = "FIELD=VALUE", required = true)]
        fields: Vec<String>,
    },
    /// Delete a record: it is retired.
    Delete {
        entity: String,
        /// Its id, or its key or code.
        record: String,
    },
    /// What waits until a second person has approved it.
    Approvals,
    /// Approve what somebody proposed for a record, such as a supplier's new bank account.
    Approve {
        entity: String,
        /// Its id, or its key or code.
        record: String,
        /// Which proposal, where several wait.
        #[arg(long, value_name = "ID")]
        proposal: Option<Uuid>,
    },
    /// Refuse what somebody proposed for a record, or take back what you proposed.
    Refuse {
        entity: String,
        /// Its id, or its key or code.
        record: String,
        /// Which proposal, where several wait.
        #[arg(long, value_name = "ID")]
        proposal: Option<Uuid>,
        /// Told to whoever proposed it.
        #[arg(long)]
        reason: Option<String>,
    },
    /// Attach a file to a record.
    Attach(Attach),
    /// List the files of a record, with where each is.
    Attachments {
        entity: String,
        /// Its id, or its key or code.
        record: String,
    },
    /// Write a file of a record to the disk, or take it away.
    #[command(subcommand)]
    Attachment(Attachment),
    /// Records that are probably the same, with what speaks for it.
    Duplicates {
        entity: String,
        /// Print at most so many groups.
        #[arg(long, default_value_t = 100)]
        limit: u32,
    },
    /// Say of records that look the same that they are not.
    Distinct {
        entity: String,
        /// Their ids, keys or codes.
        #[arg(num_args = 2.., required = true)]
        records: Vec<String>,
    },
    /// Make one record of two: what refers to LOSER refers to SURVIVOR.
    Merge {
        entity: String,
        survivor: String,
        loser: String,
        /// A field whose value the survivor takes from the loser.
        #[arg(long)]
        take: Vec<String>,
    },
    /// Bring the records of a file in: CSV, XLSX or JSON lines.
    Import(Import),
    /// The imports of this device.
    #[command(subcommand)]
    Imports(Imports),
    /// Write the records that you may see into a file: .csv, .xlsx or .jsonl.
    Export(Export),
    /// What needs a decision.
    #[command(subcommand)]
    Attention(Attention),
    /// Check the local copy and its parity with the sync server.
    Verify,
}

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

#[derive(Debug, Args)]
pub struct List {
    pub entity: String,
    /// Only records whose field has this value; may be given several times.
    #[arg(long = "where", value_name = "FIELD=VALUE")]
    pub filters: Vec<String>,
    /// Only records with these words, as prefixes.
    #[arg(long)]
    pub search: Option<String>,
    /// Order by this field; with a leading - the other way round.
    #[arg(long, allow_hyphen_values = true)]
    pub sort: Option<String>,
    /// At most this many records; all of them otherwise.
    #[arg(long)]
    pub limit: Option<u32>,
    /// Deleted records as well.
    #[arg(long)]
    pub retired: bool,
}

#[derive(Debug, Args)]
pub struct Attach {
    pub entity: String,
    /// Its id, or its key or code.
    pub record: String,
    pub file: String,
    /// What to call it; as it is called on the disk otherwise.
    #[arg(long)]
    pub name: Option<String>,
    /// The field that names it; `attachments` otherwise.
    #[arg(long)]
    pub field: Option<String>,
}

#[derive(Debug, Subcommand)]
pub enum Attachment {
    /// Write the file to a path, or into a folder; nothing is written over.
    Save {
        entity: String,
        /// Its id, or its key or code.
        record: String,
        /// Its name, or the beginning of its SHA-256.
        file: String,
        #[arg(long, default_value = ".")]
        to: String,
    },
    /// Take the file away from the record.
    Remove {
        entity: String,
        /// Its id, or its key or code.
        record: String,
        /// Its name, or the beginning of its SHA-256.
        file: String,
    },
}

#[derive(Debug, Args)]
pub struct Import {
    pub entity: String,
    pub file: String,
    /// Say what would come of it, by line and column; write nothing.
    #[arg(long)]
    pub dry_run: bool,
    /// The form of the file; by its name otherwise.
    #[arg(long, value_parser = ["csv", "xlsx", "jsonl"])]
    pub format: Option<String>,
    /// Of a text, like utf-8 or windows-1252; recognised otherwise.
    #[arg(long)]
    pub encoding: Option<String>,
    /// Between the cells of a CSV: one sign, or tab; recognised otherwise.
    #[arg(long)]
    pub delimiter: Option<String>,
    /// Around the cells of a CSV; recognised otherwise.
    #[arg(long)]
    pub quote: Option<String>,
    /// The sheet of an XLSX; the first otherwise.
    #[arg(long)]
    pub sheet: Option<String>,
    /// Before the decimals of a number; recognised otherwise.
    #[arg(long, value_parser = ["point", "comma"])]
    pub decimal: Option<String>,
    /// The pattern of dates, like DD.MM.YYYY; recognised otherwise.
    #[arg(long)]
    pub dates: Option<String>,
    /// Where a column goes: a field, contact.1.name, extra.NAME, external_ids.SYSTEM, "not active", name#1 and
    /// name#2 for parts of a text, or ignore; may be given several times, and is remembered for this header.
    #[arg(long = "map", value_name = "COLUMN=FIELD")]
    pub mapping: Vec<String>,
    /// A value for every record that the file does not have; may be given several times.
    #[arg(long = "set", value_name = "FIELD=VALUE")]
    pub set: Vec<String>,
    /// The system whose ids the file has: its key column is taken for them.
    #[arg(long, value_name = "NAME")]
    pub system: Option<String>,
    /// An empty cell empties the field; otherwise it leaves it as it is.
    #[arg(long)]
    pub clear_empty: bool,
    /// Where values go that their own fields do not take, each as a line COLUMN: VALUE (notes, for example);
    /// otherwise such a row is refused.
    #[arg(long, value_name = "FIELD")]
    pub refused_to: Option<String>,
    /// Write nothing where any row is refused.
    #[arg(long)]
    pub all_or_nothing: bool,
}

#[derive(Debug, Subcommand)]
pub enum Imports {
    /// Every import of this device, newest first.
    List,
    /// Take one back: what nobody has changed since is deleted or put back, the rest is named.
    Undo { id: String },
}

#[derive(Debug, Args)]
pub struct Export {
    pub entity: String,
    /// The file; one that is there is replaced.
    #[arg(long, value_name = "FILE")]
    pub to: String,
    /// The form of the file; by its name otherwise.
    #[arg(long, value_parser = ["csv", "xlsx", "jsonl"])]
    pub format: Option<String>,
    /// Only records whose field has this value; may be given several times.
    #[arg(long = "where", value_name = "FIELD=VALUE")]
    pub filters: Vec<String>,
    /// Only records with these words, as prefixes.
    #[arg(long)]
    pub search: Option<String>,
    /// Deleted records as well.
    #[arg(long)]
    pub retired: bool,
}

#[derive(Debug, Subcommand)]
pub enum Attention {
    /// Everything that needs a decision.
    List,
    /// One item, with what I wrote, what stands and the common base.
    Show { id: String },
    /// Decide: for all fields with --keep, or for each as FIELD=mine or FIELD=theirs.
    Resolve {
        id: String,
        /// Whose values to keep in all fields that are not named.
        #[arg(long, value_parser = ["mine", "theirs"])]
        keep: Option<String>,
        #[arg(value_name = "FIELD=mine|theirs")]
        decisions: Vec<String>,
        /// Write this instead of either, or beside it; may be given several times.
        #[arg(long = "set", value_name = "FIELD=VALUE")]
        mended: Vec<String>,
    },
}

impl Arguments {
    /// The words of this program's call.
    ///
    /// # Errors
    /// What `clap` has to print, which is no fault where help or the version is asked for; and whether
    /// JSON was asked for too.
    pub fn read() -> Result<Self, (clap::Error, bool)> {
        Self::try_parse().map_err(|error| (error, asks_for_json(std::env::args_os())))
    }
}

/// Whether `--json` is among words that could not be read as a whole.
fn asks_for_json(words: impl Iterator<Item = OsString>) -> bool {
    words.skip(1).take_while(|word| word != "--").any(|word| word == "--json")
}

/// What was wrong with the words, without how they are meant to be.
pub fn wrong_words(error: &clap::Error) -> Failure {
    let text = error.render().to_string();
    let message = match error.kind() {
        // Here `clap` prints the help alone.
        ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
            "a verb is missing; see daybook --help"
        }
        _ => text.split("\n\nUsage:").next().unwrap_or(&text).trim_start_matches("error: ").trim(),
    };
    Failure::new(FailureCode::Usage, message)
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory as _;

    #[test]
    fn the_verbs_do_not_contradict_each_other() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn a_descending_order_is_no_flag() {
        let read =
            Arguments::try_parse_from(["daybook", "list", "customer", "--sort", "-name", "--json"]);
        let Verb::List(list) = read.unwrap().verb else { panic!("list is a list") };
        assert_eq!(list.sort.as_deref(), Some("-name"));
    }

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
