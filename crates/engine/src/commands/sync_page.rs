//! `SyncPage`: what waits, what was sent, how the device stands.

use std::collections::BTreeSet;

use contract::{Failure, FilesStanding, OutboxEntry, SyncPage};
use domain::permissions::Action;
use domain::record::Cell;
use domain::synced;
use local_store::{View, WaitingOp};

use super::fault;
use crate::session::{Held, Session};
use crate::sync::{courier, diary};

/// The page shows so many of the oldest that wait, and of the newest that were answered.
const WAITING_MAX: usize = 1000;
const SENT_MAX: usize = 200;

pub fn sync_page(session: &Session, held: &Held, view: &View) -> Result<SyncPage, Failure> {
    let entries = |ops: Vec<WaitingOp>| {
        ops.into_iter().map(|op| entry(view, held, op)).collect::<Result<Vec<_>, Failure>>()
    };
    Ok(SyncPage {
        waiting: entries(view.waiting(WAITING_MAX).map_err(fault)?)?,
        sent: entries(view.sent(SENT_MAX).map_err(fault)?)?,
        rounds: diary::rounds(view)?,
        files: files(view)?,
        courier: courier::standing(view)?,
        server: session.identity.account.server.clone(),
        device: session.identity.account.device_name.clone(),
        file_bytes: view.file_bytes().map_err(fault)?,
    })
}

/// Each content once, however many records name it.
fn files(view: &View) -> Result<FilesStanding, Failure> {
    let epoch = view.epoch().map_err(fault)?;
    let mut seen = BTreeSet::new();
    let mut standing = FilesStanding::default();
    for named in view.named_files().map_err(fault)? {
        let hash = named.file.hash();
        let known = view.attachment_standing(named.entity, named.row_id, hash).map_err(fault)?;
        if known.attached_here && known.hub_epoch != Some(epoch) {
            standing.to_send += 1;
        }
        if !seen.insert(hash.to_owned()) {
            continue;
        }
        match view.sealed_file(hash).map_err(fault)? {
            Some(file) if file.whole => {
                standing.here += 1;
                standing.here_bytes += file.size;
            }
            _ => {
                standing.absent += 1;
                standing.absent_bytes += named.file.size();
            }
        }
    }
    Ok(standing)
}

fn entry(view: &View, held: &Held, waiting: WaitingOp) -> Result<OutboxEntry, Failure> {
    let WaitingOp { op, receipt } = waiting;
    Ok(OutboxEntry {
        op_id: op.op_id,
        kind: op.intent.kind(),
        entity: op.intent.entity.clone(),
        row_id: op.intent.id,
        title: title(view, held, &op.intent)?,
        occurred_at: op.occurred_at,
        receipt,
    })
}

/// What the record is called now, else what the op itself calls it.
fn title(view: &View, held: &Held, intent: &sync_protocol::op::Intent) -> Result<String, Failure> {
    let Some(entity) = synced::find(&intent.entity) else { return Ok(String::new()) };
    if held.check(Action::View, entity, None, &[]).is_ok() {
        let titles = view.titles(entity, &[intent.id]).map_err(fault)?;
        if let Some(title) = titles.into_iter().next() {
            return Ok(title.title);
        }
    }
    let name = intent.changes.fields.iter().find(|change| change.field == "name");
    Ok(match name.map(|change| &change.to) {
        Some(Cell::Text(name)) => name.clone(),
        _ => String::new(),
    })
}
