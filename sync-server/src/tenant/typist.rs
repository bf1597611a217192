//! The device that lives on the hub, and types what nobody else types. What it enters is judged like anybody's.

use std::collections::BTreeSet;

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
use crate::store::{Connection, StoreError};
use crate::sync::Sender;
use crate::sync::push::{PushError, push};

/// The device, and the author of what nobody typed. Ids that no person and no installation is ever given: those
/// are drawn.
pub const HUB_DEVICE: Uuid = Uuid::from_u128(1);
const HUB_AUTHOR: Uuid = Uuid::nil();

/// Why something was not entered.
#[derive(Debug, thiserror::Error)]
pub enum TypistError {
    #[error("the judge refused what the hub itself entered: {0}")]
    Refused(String),
    #[error(transparent)]
    Role(#[from] RoleError),
    #[error(transparent)]
    Wire(#[from] WireError),
    #[error(transparent)]
    Push(#[from] PushError),
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Writes ops, one behind the other, and sends them as one push.
pub(super) struct Typist {
    now: DateTime<Utc>,
    chain: ChainEnd,
    ops: Vec<Vec<u8>>,
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
        self.ops.push(op.bytes().to_vec());
        Ok(())
    }

    /// Sends what was entered, with the rights of an admin.
    pub(super) async fn send(self, connection: &mut Connection) -> Result<(), TypistError> {
        let (grants, actor) = (grants()?, Actor::default());
        let sender =
            Sender { user: HUB_AUTHOR, device: HUB_DEVICE, grants: &grants, actor: &actor };
        let pushed = push(connection, sender, self.ops, self.now).await?;
        for (_, receipt) in &pushed.reply.receipts {
            match wire::decode(receipt)? {
                Receipt::Applied { .. } => {}
                refused => return Err(TypistError::Refused(format!("{refused:?}"))),
            }
        }
        Ok(())
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
