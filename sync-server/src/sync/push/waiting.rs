//! Ops that wait for an op which was refused or held: once that one was mended or applied, they are judged again. Their receipt
//! stands; what becomes of them is a change of its own that arrives by pull.

use domain::attention::ATTENTION;
use domain::record::Record;
use sync_protocol::judge::{Effect, HubView as _};
use sync_protocol::op::{Op, SealedOp};
use sync_protocol::receipt::Receipt;
use uuid::Uuid;

use super::page::Page;
use super::received::Received;
use super::sitting::{self, Case, Whose};
use super::{PushError, Sender, trace};
use crate::store::tenant::sync::op;
use crate::store::{Connection, StoreError};
use crate::sync::known::{HeldOp, Known};
use crate::sync::load;

/// One that waits, with the item of Attention that says so.
struct Patient {
    op: Op,
    whose: Whose,
    item: Option<Uuid>,
    settled: bool,
}

/// The ops that may be judged again by this group, in the order of their chain.
#[derive(Default)]
pub struct Waiting {
    patients: Vec<Patient>,
    /// What each waits for from now on.
    noted: Vec<(Uuid, Option<Uuid>)>,
}

impl Waiting {
    /// Those that wait for what this group mends, or for held work that it decides. Of those that wait for what is mended
    /// only the sender's own, from whichever of their devices: nobody is judged by another's rights. One that the group itself mends is not judged again: what takes its place
    /// is.
    ///
    /// # Errors
    /// See [`PushError`].
    pub async fn load(
        connection: &mut Connection,
        sender: Sender<'_>,
        ops: &[(&Received, &Op)],
        held: &[HeldOp],
    ) -> Result<Self, PushError> {
        let replaced = ops.iter().filter_map(|(_, op)| op.replaces);
        let mended: Vec<Uuid> = replaced.chain(held.iter().map(|held| held.op.op_id)).collect();
        if mended.is_empty() {
            return Ok(Self::default());
        }
        let (mut patients, mut noted) = (Vec::new(), Vec::new());
        for waiting in op::waiting(connection, &mended).await? {
            let of_held = held.iter().any(|held| held.user == waiting.user_id);
            if waiting.user_id != sender.user && !of_held {
                continue;
            }
            if mended.contains(&waiting.op_id) {
                noted.push((waiting.op_id, None));
                continue;
            }
            let item = load::receipt(&waiting.receipt)?.attention();
            let op = SealedOp::open(waiting.payload)?.op().clone();
            let whose = Whose::Waiting { user: waiting.user_id, device: waiting.device_id };
            patients.push(Patient { op, whose, item, settled: false });
        }
        Ok(Self { patients, noted })
    }

    pub fn ops(&self) -> impl Iterator<Item = &Op> {
        self.patients.iter().map(|patient| &patient.op)
    }

    /// Locks the items that may be closed.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn lock_items(
        &self,
        connection: &mut Connection,
        known: &mut Known,
    ) -> Result<(), StoreError> {
        let items = self.patients.iter().filter_map(|patient| patient.item).collect();
        load::lock_records(connection, known, &ATTENTION, items).await
    }

    /// Judges again those whose needs are done by now.
    ///
    /// # Errors
    /// See [`PushError`].
    pub async fn release(
        &mut self,
        connection: &mut Connection,
        case: Case<'_>,
        known: &mut Known,
        page: &mut Page<'_>,
    ) -> Result<(), PushError> {
        for patient in self.patients.iter_mut().filter(|patient| !patient.settled) {
            let op = &patient.op;
            let done =
                |needs: &Uuid| known.receipt(*needs).is_some_and(|receipt| receipt.has_effect());
            if !op.needs.iter().all(done) {
                continue;
            }
            // What the person decided while it waited is decided: they dropped it, or did it anew.
            if patient.item.is_some_and(|item| open(known, item).is_none()) {
                patient.settled = true;
                self.noted.push((op.op_id, None));
                continue;
            }
            let judgement = sitting::judge(connection, case, patient.whose, op, known).await?;
            if let Receipt::Waiting { needs, .. } = judgement.receipt {
                self.noted.push((op.op_id, Some(needs)));
                continue;
            }
            patient.settled = true;
            self.noted.push((op.op_id, None));
            trace::note(case.sender, op, &judgement, &mut page.entries)?;
            page.take(judgement.effects, known)?;
            known.learn_receipt(op.op_id, op.replaces, judgement.receipt);
            let item = patient.item;
            if let Some(closed) = item.and_then(|item| closed(known, item, case)) {
                page.take(vec![closed], known)?;
            }
        }
        Ok(())
    }

    /// Stores what became of them.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn note(&self, connection: &mut Connection) -> Result<(), StoreError> {
        if self.noted.is_empty() {
            return Ok(());
        }
        op::set_waits(connection, &self.noted).await
    }
}

fn open(known: &Known, item: Uuid) -> Option<&Record> {
    known.get(&(ATTENTION.name, item)).filter(|record| !record.is_retired())
}

/// The item that said "waiting", taken off the list.
fn closed(known: &Known, item: Uuid, case: Case<'_>) -> Option<Effect> {
    let before = open(known, item)?;
    let mut after = before.clone();
    after.head.retired_at = Some(case.now);
    after.head.version += 1;
    after.head.updated_at = case.now;
    after.head.updated_by = case.sender.user;
    Some(Effect::Put { before: Some(Box::new(before.clone())), after: Box::new(after) })
}
