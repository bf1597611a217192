//! The planted defects of a device: what a wrong device would do with its store, done from outside of the right one.

use domain::synced;
use local_store::{Store, StoreError};
use sync_protocol::message::{Frame, Push};
use sync_protocol::op::SealedOp;
use sync_protocol::projection::Projection;
use sync_protocol::receipt::Receipt;
use sync_protocol::row::{Schema, WireRow};
use sync_protocol::wire;
use uuid::Uuid;

use super::Trouble;
use super::driver::Driver;

/// A bucket that no hub gives.
const NOWHERE: u32 = u32::MAX;

impl Driver<'_> {
    /// The cursor of an answer, before its rows.
    pub(super) fn keep_cursor(&self, frames: &[Frame]) -> Result<(), Trouble> {
        let Some(Frame::Checkpoint { cursor, policy_version, server_time, .. }) = frames.last()
        else {
            return Ok(());
        };
        apply(self.store, Vec::new(), (*cursor, *policy_version), *server_time)
    }

    /// Takes ops off the outbox as if they were answered.
    pub(super) fn empty_outbox(&self, ops: &[Vec<u8>]) -> Result<(), Trouble> {
        let unanswered = self.store.read(|view| view.first_unanswered())?.unwrap_or(u64::MAX);
        let mut answers = Vec::new();
        for bytes in ops {
            let sealed = SealedOp::open(bytes.clone())?;
            if sealed.op().op_seq >= unanswered {
                let version = sealed.op().intent.base_version + 1;
                answers.push((sealed.op().op_id, wire::encode(&Receipt::Applied { version })?));
            }
        }
        self.store.save_receipts(&answers, 0)?;
        Ok(())
    }

    /// The rows as they are shown with work that was refused on top.
    pub(super) fn refused_rows(
        &self,
        push: &Push,
        receipts: &[(Uuid, Vec<u8>)],
    ) -> Result<Vec<Frame>, Trouble> {
        let mut frames = Vec::new();
        for (bytes, (_, receipt)) in push.ops.iter().zip(receipts) {
            if wire::decode::<Receipt>(receipt)?.has_effect() {
                continue;
            }
            let sealed = SealedOp::open(bytes.to_vec())?;
            let intent = &sealed.op().intent;
            let numbered = (0_u16..).zip(synced::all());
            let found = numbered.into_iter().find(|(_, entity)| entity.name == intent.entity);
            let Some((index, entity)) = found else { continue };
            if let Some(held) = self.store.read(|view| view.get(entity, intent.id))? {
                let layout = Frame::Schema { index, schema: Schema::of(entity) };
                if !frames.contains(&layout) {
                    frames.push(layout);
                }
                let row = WireRow::of(&held.record, &Projection::default());
                frames.push(Frame::Put { entity: index, bucket: NOWHERE, row });
            }
        }
        Ok(frames)
    }

    /// Writes them as if the hub had sent them.
    pub(super) fn keep_refused(&self, frames: Vec<Frame>) -> Result<(), Trouble> {
        let (cursor, policy_version) = self
            .store
            .read(|view| Ok((view.cursor()?.unwrap_or_default(), view.policy_version()?)))?;
        let never = chrono::DateTime::UNIX_EPOCH;
        apply(self.store, frames, (cursor, policy_version), never)
    }
}

fn apply(
    store: &Store,
    frames: Vec<Frame>,
    (cursor, policy_version): (u64, i64),
    server_time: chrono::DateTime<chrono::Utc>,
) -> Result<(), Trouble> {
    let (digests, parts) = (Vec::new(), Vec::new());
    let end = Frame::Checkpoint { cursor, policy_version, digests, parts, server_time };
    let mut intake = store.begin_pull(None)?;
    for frame in frames.into_iter().chain([end]) {
        store.take(&mut intake, frame).map_err(|error: StoreError| Trouble::Store(error))?;
    }
    Ok(())
}
