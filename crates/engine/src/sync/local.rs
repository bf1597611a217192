//! What a round begins with: what the device knows of itself, and the next of its ops. Reads the copy
//! and changes nothing.

use contract::Failure;
use local_store::{FillStage, Limits};
use serde_bytes::ByteBuf;
use sync_protocol::device::round::{Fill, Local};
use sync_protocol::message::Cursors;
use sync_protocol::row::schema_hash;

use crate::commands::fault;
use crate::session::{Session, kept};

/// How much one push carries: far below what the hub takes, so that progress shows on a slow link.
const PUSH: Limits = Limits { ops: 500, bytes: 1 << 20 };

/// The next ops for the hub: those without an answer, and before them what it does not hold.
pub struct Batch {
    pub ops: Vec<ByteBuf>,
    pub unanswered: u64,
}

impl Batch {
    /// # Errors
    /// Where the copy cannot be read.
    pub fn next(session: &Session, hub_chain: u64) -> Result<Self, Failure> {
        session
            .store
            .read(|view| {
                let first = view.first_unanswered()?.unwrap_or(u64::MAX).min(hub_chain + 1);
                let ops = view.ops_from(first, PUSH)?.into_iter().map(ByteBuf::from).collect();
                Ok(Self { ops, unanswered: view.unanswered()? })
            })
            .map_err(fault)
    }
}

/// What the device knows of itself.
///
/// # Errors
/// Where the copy cannot be read, or the lease in it is not to be believed.
pub fn local(session: &Session) -> Result<Local, Failure> {
    let filling = session.store.filling().map_err(fault)?;
    let lease_serial = u64::try_from(session.lease_serial()?).unwrap_or_default();
    let schema = schema_hash().map_err(|error| fault(error.into()))?;
    session
        .store
        .read(|view| {
            let refetch = view.kept(kept::REFETCH)?.is_some();
            let cursors = if refetch { Cursors::new() } else { view.cursors()? };
            let policy = view.kept(kept::POLICY)?.and_then(|bytes| bytes.try_into().ok());
            // A first fill that broke off says which life of the hub it is of.
            let epoch = match (&filling, view.epoch()?) {
                (Some(filling), 0) => filling.epoch,
                (_, epoch) => epoch,
            };
            let fill =
                filling.filter(|filling| filling.epoch == epoch).map(|filling| {
                    match filling.stage {
                        FillStage::Snapshot { page } => Fill::Snapshot { page },
                        FillStage::CatchUp { cursors } => Fill::CatchUp { cursors },
                    }
                });
            Ok(Local {
                epoch,
                policy_version: policy.map_or(0, i64::from_be_bytes),
                lease_serial,
                schema,
                cursors,
                chain: view.chain()?,
                unanswered: view.unanswered()?,
                fill,
            })
        })
        .map_err(fault)
}
