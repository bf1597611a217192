//! The device that lives on the hub, and types what nobody else types. What it enters is judged like anybody's.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use chrono::{DateTime, Utc};
use domain::permissions::{Grants, Person, Policy, RoleError, StandardRole};
use domain::record::{EntityDef, Record};
use domain::synced;
use sync_protocol::op::{ChainEnd, Intent, Op, SealedOp};
use sync_protocol::receipt::Receipt;
use sync_protocol::wire::{self, WireError};
use uuid::Uuid;

use crate::audit::Actor;
use crate::ids;
use crate::store::tenant::sync::device;
use crate::store::{self, Connection, StoreError};
use crate::sync::Sender;
use crate::sync::leases::Leases;
use crate::sync::push::{self, PushError, push};

/// The device, and the author of what nobody typed. Ids that no person and no installation is ever given: those
/// are drawn.
pub const HUB_DEVICE: Uuid = Uuid::from_u128(1);
pub const HUB_AUTHOR: Uuid = Uuid::nil();

/// Why something was not entered.
#[derive(Debug, thiserror::Error)]
pub enum TypistError {
    /// Nothing of what was sent is kept: sent again, all of it is judged anew.
    #[error("what the hub itself enters was refused, and nothing of it is kept: {}", listed(.0))]
    Refused(Vec<Refusal>),
    #[error(transparent)]
    Role(#[from] RoleError),
    #[error(transparent)]
    Wire(#[from] WireError),
    #[error(transparent)]
    Push(#[from] PushError),
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// One rule that one of the records broke.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    pub entity: String,
    /// Empty for the record as a whole.
    pub field: String,
    pub rule: String,
    pub message: String,
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { entity, field, rule, message } = self;
        let dot = if field.is_empty() { "" } else { "." };
        write!(f, "{entity}{dot}{field} ({rule}): {message}")
    }
}

/// So many are told; how many more there are is said.
const TOLD: usize = 20;

fn listed(refusals: &[Refusal]) -> String {
    let mut told: Vec<String> = refusals.iter().take(TOLD).map(Refusal::to_string).collect();
    if let Some(more) = refusals.len().checked_sub(TOLD).filter(|more| *more > 0) {
        told.push(format!("and {more} more"));
    }
    told.join("; ")
}

/// Writes ops, one behind the other, and sends them as one push.
pub(super) struct Typist {
    now: DateTime<Utc>,
    chain: ChainEnd,
    ops: Vec<SealedOp>,
}

impl Typist {
    /// Goes on where the device's chain ends.
    pub(super) async fn at(
        connection: &mut Connection,
        now: DateTime<Utc>,
    ) -> Result<Self, StoreError> {
        let known = device::find(connection, HUB_DEVICE).await?;
        let chain = known.map_or_else(ChainEnd::default, |known| known.chain);
        Ok(Self { now, chain, ops: Vec::new() })
    }

    /// Whether the device has entered something, now or ever before.
    pub(super) fn has_typed(&self) -> bool {
        self.chain.op_seq > 0
    }

    pub(super) fn begin(&self, entity: &'static EntityDef) -> Record {
        Record::new(entity, self.new_id(), HUB_AUTHOR, self.now)
    }

    /// An id for a record or a child row.
    pub(super) fn new_id(&self) -> Uuid {
        ids::row_id(self.now)
    }

    pub(super) fn enter(&mut self, intent: Intent) -> Result<(), TypistError> {
        let op = SealedOp::seal(Op {
            op_id: ids::row_id(self.now),
            op_seq: self.chain.op_seq + 1,
            prev_hash: self.chain.hash,
            lease_serial: 0,
            occurred_at: self.now,
            needs: Vec::new(),
            replaces: None,
            intent,
        })?;
        self.chain = ChainEnd::after(&op);
        self.ops.push(op);
        Ok(())
    }

    /// Sends what was entered, with the rights of an admin. All of it is kept or, if one op is not done as it was
    /// meant, none, with the device's chain where it was.
    pub(super) async fn send(self, connection: &mut Connection) -> Result<(), TypistError> {
        let (grants, actor) = (grants()?, Actor::default());
        let sender = Sender {
            user: HUB_AUTHOR,
            device: HUB_DEVICE,
            grants: &grants,
            actor: &actor,
            leases: &Leases::Unneeded,
            answered_to: 0,
        };
        let entities: BTreeMap<Uuid, &str> =
            self.ops.iter().map(|op| (op.op().op_id, op.op().intent.entity.as_str())).collect();
        let ops = self.ops.iter().map(|op| op.bytes().to_vec()).collect();
        let mut tx = store::begin(connection).await?;
        let pushed = push(&mut tx, sender, push::read(ops)?, self.now).await?;
        let mut refusals = Vec::new();
        for (op_id, receipt) in &pushed.reply.receipts {
            let entity = entities.get(op_id).copied().unwrap_or_default();
            refusals.extend(refused(entity, wire::decode(receipt)?));
        }
        if refusals.is_empty() {
            return Ok(store::commit(tx).await?);
        }
        store::roll_back(tx).await?;
        Err(TypistError::Refused(refusals))
    }
}

/// What of a record was not done as it was meant.
fn refused(entity: &str, receipt: Receipt) -> Vec<Refusal> {
    let refusal = |field: String, rule: &str, message: String| Refusal {
        entity: entity.to_owned(),
        field,
        rule: rule.to_owned(),
        message,
    };
    match receipt {
        Receipt::Applied { .. } | Receipt::Merged { .. } => Vec::new(),
        Receipt::Rejected { code, problems, .. } if problems.is_empty() => {
            vec![refusal(String::new(), code.as_str(), "the judge refused it".to_owned())]
        }
        Receipt::Rejected { problems, .. } => problems
            .into_iter()
            .map(|problem| refusal(problem.field, &problem.rule, problem.message))
            .collect(),
        Receipt::Conflict { fields, .. } => fields
            .into_iter()
            .map(|field| refusal(field, "conflict", "somebody else wrote it before".to_owned()))
            .collect(),
        Receipt::Review { .. } => {
            vec![refusal(String::new(), "review", "a person has to look at it".to_owned())]
        }
        Receipt::Waiting { needs, .. } => {
            let message = format!("it waits for the operation {needs}, which was not done");
            vec![refusal(String::new(), "waiting", message)]
        }
    }
}

/// Everything that an admin may do.
fn grants() -> Result<Grants, RoleError> {
    let roles = StandardRole::role_set();
    let entities: Vec<&'static EntityDef> = synced::all().collect();
    let policy = Policy { version: 1, roles: &roles, entities: &entities, tenant_fields: &[] };
    let person = Person { user_id: HUB_AUTHOR, ..Person::default() };
    let admin = BTreeSet::from([StandardRole::Admin.key().to_owned()]);
    policy.effective(&person, &admin).map(|rights| rights.grants)
}
