//! The records a new tenant starts with: currencies, units, its company and a chart of accounts. They are entered
//! as the ops of a device that lives on the hub, and judged like anybody's.

mod chart;
mod reference;

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use domain::masters::COMPANY;
use domain::permissions::{Grants, Person, Policy, StandardRole};
use domain::record::{EntityDef, Record, Value};
use domain::synced;
use sync_protocol::device::draft;
use sync_protocol::op::{ChainEnd, Intent, Op, SealedOp};
use sync_protocol::receipt::Receipt;
use sync_protocol::wire::{self, WireError};
use uuid::Uuid;

pub use chart::Chart;

use super::lay_down::Choices;
use crate::audit::Actor;
use crate::ids;
use crate::store::tenant::sync::device;
use crate::store::{Connection, StoreError};
use crate::sync::Sender;
use crate::sync::push::{PushError, push};

/// The device that lives on the hub, and the author of what nobody typed. Ids that no person and no installation
/// is ever given: those are drawn.
pub const HUB_DEVICE: Uuid = Uuid::from_u128(1);
const HUB_AUTHOR: Uuid = Uuid::nil();

/// Why a tenant has not got its first records.
#[derive(Debug, thiserror::Error)]
pub enum FirstRecordsError {
    #[error("the data that every tenant starts with cannot be read: {0}")]
    Data(String),
    #[error("the judge refused what every tenant starts with: {0}")]
    Refused(String),
    #[error(transparent)]
    Wire(#[from] WireError),
    #[error(transparent)]
    Push(#[from] PushError),
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Enters the first records of a tenant called `name`, unless they were entered before. It is one push, and so
/// all of them or none.
///
/// # Errors
/// See [`FirstRecordsError`].
pub async fn enter(
    connection: &mut Connection,
    name: &str,
    choices: &Choices,
    now: DateTime<Utc>,
) -> Result<(), FirstRecordsError> {
    let known = device::find(connection, HUB_DEVICE).await?;
    if known.is_some_and(|known| known.chain.op_seq > 0) {
        return Ok(());
    }
    let mut typist = Typist { now, chain: ChainEnd::default(), ops: Vec::new() };
    let currency = reference::currencies(&mut typist, &choices.currency)?;
    reference::units(&mut typist, &choices.language)?;
    let company = company(&mut typist, name, choices, currency)?;
    chart::accounts(&mut typist, choices, company)?;
    let (grants, actor) = (grants()?, Actor::default());
    let sender = Sender { user: HUB_AUTHOR, device: HUB_DEVICE, grants: &grants, actor: &actor };
    let pushed = push(connection, sender, typist.ops, now).await?;
    for (_, receipt) in &pushed.reply.receipts {
        match wire::decode(receipt)? {
            Receipt::Applied { .. } => {}
            refused => return Err(FirstRecordsError::Refused(format!("{refused:?}"))),
        }
    }
    Ok(())
}

/// Everything that an admin may do.
fn grants() -> Result<Grants, FirstRecordsError> {
    let roles = StandardRole::role_set();
    let entities: Vec<&'static EntityDef> = synced::all().collect();
    let policy = Policy { version: 1, roles: &roles, entities: &entities, tenant_fields: &[] };
    let person = Person { user_id: HUB_AUTHOR, ..Person::default() };
    let admin = BTreeSet::from([StandardRole::Admin.key().to_owned()]);
    let rights = policy.effective(&person, &admin);
    rights.map(|rights| rights.grants).map_err(|error| FirstRecordsError::Data(error.to_string()))
}

fn company(
    typist: &mut Typist,
    name: &str,
    choices: &Choices,
    currency: Uuid,
) -> Result<Record, FirstRecordsError> {
    let mut company = typist.begin(&COMPANY);
    let text = |text: &str| Value::Text(text.to_owned());
    for (field, value) in [
        ("name", text(name)),
        ("legal_name", text(name)),
        ("base_currency", Value::Id(currency)),
        ("locale", text(&choices.language)),
        ("time_zone", text(&choices.time_zone)),
        ("country", text(&choices.country)),
    ] {
        company.values.set(field, value);
    }
    typist.enter(draft::create(&company))?;
    Ok(company)
}

/// Writes ops, one behind the other.
struct Typist {
    now: DateTime<Utc>,
    chain: ChainEnd,
    ops: Vec<Vec<u8>>,
}

impl Typist {
    fn begin(&self, entity: &'static EntityDef) -> Record {
        Record::new(entity, ids::row_id(self.now), HUB_AUTHOR, self.now)
    }

    fn enter(&mut self, intent: Intent) -> Result<(), FirstRecordsError> {
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
}
