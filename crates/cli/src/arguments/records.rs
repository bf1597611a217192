//! The words about records: `list`, `history`, `attention`.

use clap::{Args, Subcommand};

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
pub struct History {
    pub entity: String,
    /// Its id, or its key or code.
    pub record: String,
    /// At most this many changes; all of them otherwise.
    #[arg(long)]
    pub limit: Option<u32>,
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
    /// Decide about somebody else's work that waits for a review.
    #[command(group = clap::ArgGroup::new("decision").required(true))]
    Review {
        id: String,
        /// Do it, with your own rights and by what stands now.
        #[arg(long, group = "decision")]
        apply: bool,
        /// Send it back to its author.
        #[arg(long = "return", group = "decision")]
        returns: bool,
        /// What the author is told.
        #[arg(long, value_name = "TEXT", conflicts_with = "apply")]
        reason: Option<String>,
    },
}

#[derive(Debug, Args)]
pub struct Merge {
    pub entity: String,
    pub survivor: String,
    pub loser: String,
    /// A field whose value the survivor takes from the loser.
    #[arg(long)]
    pub take: Vec<String>,
    /// Also where payments wait for it.
    #[arg(long)]
    pub yes: bool,
}
