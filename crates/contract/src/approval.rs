//! Changes that wait until a second person has approved them.

use std::collections::BTreeMap;

use domain::record::Cell;
use serde::{Deserialize, Serialize};
use ts_rs::TS;
use uuid::Uuid;

/// One proposal that nobody has decided yet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ProposalView {
    pub entity: String,
    pub record: Uuid,
    /// What people call the record.
    pub title: String,
    /// The proposal itself.
    pub id: Uuid,
    /// What was proposed, as far as this person may read it: in full for whoever decides.
    #[ts(type = "Record<string, Cell>")]
    pub proposed: BTreeMap<String, Cell>,
    /// What stands in the same fields, as far as this person may read it; only its end, behind dots, for who decides
    /// and may read no more.
    #[ts(type = "Record<string, Cell>")]
    pub standing: BTreeMap<String, Cell>,
    /// The child rows that proposals are kept in. Who decides may read them there in full, also where the
    /// fields of the record itself are not theirs to read.
    pub kept_in: String,
    /// Absent where it has not been sent yet: then it is this person's own.
    pub proposed_by: Option<Uuid>,
    /// What people call who proposed it, where this device knows.
    pub proposed_by_name: Option<String>,
    pub proposed_at: Option<String>,
    pub own: bool,
    /// How long payments go on waiting after an approval; absent where this device cannot tell, for a company
    /// that it does not hold.
    pub cooling_hours: Option<u32>,
    /// Other records that have the same account, as far as this person may read both.
    pub elsewhere: Vec<SameElsewhere>,
    /// The field of the record that says until when they wait from an approval before.
    pub hold_until: String,
    pub may_approve: bool,
    /// To refuse another's, or to take back one's own.
    pub may_refuse: bool,
}

/// What is done with a proposal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "do", rename_all = "snake_case")]
pub enum ProposalAct {
    Approve,
    /// The reason is told to whoever proposed it.
    Refuse {
        reason: Option<String>,
    },
}

/// Another record with a value that is proposed: one account for two is what a fraud looks like.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct SameElsewhere {
    pub field: String,
    pub record: Uuid,
    /// What people call it.
    pub title: String,
    /// Whether it is in force there; else it waits for an approval there as well.
    pub in_force: bool,
}
