//! The verbs of `daybook` and what each takes. It checks the form of words and nothing else.

mod files;
mod records;
mod session;

use std::ffi::OsString;

use clap::error::ErrorKind;
use clap::{Parser, Subcommand};
use contract::{Failure, FailureCode};
use uuid::Uuid;

pub use files::{Attach, Attachment, Export, Import, Imports};
pub use records::{Attention, History, List, Merge};
pub use session::{Accept, Limit, Login, Quiet, Sync};

#[derive(Debug, Parser)]
#[command(
    name = "daybook",
    version,
    about = "Daybook without a window: sign in, sync, and work on records from a terminal or a script",
    after_help = "Exit codes: 0 done, 1 a fault of ours, 2 usage, 3 not signed in or rights run out, \
                  4 not permitted, 5 refused by a rule, 6 sync server not reachable (local work is kept), \
                  7 something needs attention, 8 the local copy cannot be opened.\n\n\
                  DAYBOOK_HOME chooses the profile's folder. DAYBOOK_SECRETS=file with \
                  DAYBOOK_PASSPHRASE_FILE keeps the keys in a file instead of the keyring. HTTPS_PROXY, ALL_PROXY and \
                  NO_PROXY say by which proxy it goes."
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
    /// The fields of an entity: name, label, kind, and whether it is required.
    Fields { entity: String },
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
        /// Also where others refer to it.
        #[arg(long)]
        yes: bool,
    },
    /// Bring a deleted record back.
    Restore {
        entity: String,
        /// Its id, or its key or code.
        record: String,
    },
    /// Who changed what of a record, newest first.
    History(History),
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
    Merge(Merge),
    /// Bring the records of a file in: CSV, XLSX or JSON lines.
    Import(Import),
    /// The imports of this device.
    #[command(subcommand)]
    Imports(Imports),
    /// Write the records that you may see into a file: .csv, .xlsx or .jsonl.
    Export(Export),
    /// What needs a decision; without a further word: the list of it.
    Attention {
        #[command(subcommand)]
        verb: Option<Attention>,
    },
    /// Check the local copy and its parity with the sync server.
    Verify,
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
    fn attention_alone_is_its_list() {
        let read = Arguments::try_parse_from(["daybook", "attention", "--json"]).unwrap();
        assert!(read.json && matches!(read.verb, Verb::Attention { verb: None }));
        let read = Arguments::try_parse_from(["daybook", "attention", "list"]).unwrap();
        assert!(matches!(read.verb, Verb::Attention { verb: Some(Attention::List) }));
    }

    #[test]
    fn a_descending_order_is_no_flag() {
        let read =
            Arguments::try_parse_from(["daybook", "list", "customer", "--sort", "-name", "--json"]);
        let Verb::List(list) = read.unwrap().verb else { panic!("list is a list") };
        assert_eq!(list.sort.as_deref(), Some("-name"));
        let words = ["daybook", "export", "customer", "--to", "c.csv", "--sort", "-name"];
        let read = Arguments::try_parse_from(words);
        let Verb::Export(export) = read.unwrap().verb else { panic!("export is an export") };
        assert_eq!(export.sort.as_deref(), Some("-name"));
    }
}
