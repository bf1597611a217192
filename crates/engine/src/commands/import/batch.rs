//! What an import wrote, kept in the copy by the ids of its ops: what stood in the records is in the ops alone,
//! and goes with them when a person may see it no more.

use std::collections::BTreeSet;

use contract::{Failure, ImportBatch};
use domain::record::EntityDef;
use local_store::View;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::commands::{self, fault};
use crate::session::Session;

const LIST: &str = "import.batches";

/// One import.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Batch {
    pub id: Uuid,
    pub entity: String,
    pub file: String,
    pub at: String,
    pub new: u32,
    pub changed: u32,
    pub undone: bool,
    /// In how many steps it was written; the ops of each are kept apart.
    steps: u32,
}

impl Batch {
    pub fn begin(session: &Session, entity: &EntityDef, file: &str) -> Self {
        let host = session.host();
        let name = std::path::Path::new(file).file_name();
        Self {
            id: host.new_id(),
            entity: entity.name.to_owned(),
            file: name.map_or_else(|| file.to_owned(), |name| name.to_string_lossy().into_owned()),
            at: host.now().to_rfc3339_opts(chrono::SecondsFormat::Micros, true),
            new: 0,
            changed: 0,
            undone: false,
            steps: 0,
        }
    }

    /// Notes the ops of the next step, before they are written: those that are never made undo nothing.
    ///
    /// # Errors
    /// Where the copy cannot be written.
    pub fn step(&mut self, session: &Session, ops: &[Uuid]) -> Result<(), Failure> {
        let place = self.place(self.steps);
        self.steps += 1;
        let ops: Vec<u8> = ops.iter().flat_map(|id| *id.as_bytes()).collect();
        self.keep(session, &[(place.as_str(), Some(ops.as_slice()))])
    }

    /// Keeps what is known of it by now.
    ///
    /// # Errors
    /// Where the copy cannot be written.
    pub fn keep(&self, session: &Session, more: &[(&str, Option<&[u8]>)]) -> Result<(), Failure> {
        let mut list = commands::read(session, list)?;
        match list.iter_mut().find(|batch| batch.id == self.id) {
            Some(batch) => *batch = self.clone(),
            None => list.push(self.clone()),
        }
        // Texts and numbers always have a JSON form.
        let bytes = serde_json::to_vec(&list).unwrap_or_default();
        let mut values = vec![(LIST, Some(bytes.as_slice()))];
        values.extend_from_slice(more);
        session.store.keep(&values).map_err(fault)
    }

    /// Its ops, the last first.
    ///
    /// # Errors
    /// Where the copy cannot be read.
    pub fn ops(&self, view: &View) -> Result<Vec<Uuid>, Failure> {
        let mut ops = Vec::new();
        for step in 0..self.steps {
            let kept = view.kept(&self.place(step)).map_err(fault)?.unwrap_or_default();
            ops.extend(kept.chunks_exact(16).filter_map(|id| Uuid::from_slice(id).ok()));
        }
        ops.reverse();
        Ok(ops)
    }

    fn place(&self, step: u32) -> String {
        format!("import.batch.{}.{step}", self.id)
    }
}

fn list(view: &View) -> Result<Vec<Batch>, Failure> {
    let kept = view.kept(LIST).map_err(fault)?;
    Ok(kept.and_then(|bytes| serde_json::from_slice(&bytes).ok()).unwrap_or_default())
}

/// The ops by which an import can be undone that was not.
///
/// # Errors
/// Where the copy cannot be read.
pub fn needed_ops(view: &View) -> Result<BTreeSet<Uuid>, Failure> {
    let mut needed = BTreeSet::new();
    for batch in list(view)?.iter().filter(|batch| !batch.undone) {
        needed.extend(batch.ops(view)?);
    }
    Ok(needed)
}

/// # Errors
/// Where the copy cannot be read.
pub fn find(view: &View, id: Uuid) -> Result<Option<Batch>, Failure> {
    Ok(list(view)?.into_iter().find(|batch| batch.id == id))
}

/// The imports of this device, newest first.
///
/// # Errors
/// Where the copy cannot be read.
pub fn batches(view: &View) -> Result<Vec<ImportBatch>, Failure> {
    let newest_first = list(view)?.into_iter().rev();
    Ok(newest_first
        .map(|Batch { id, entity, file, at, new, changed, undone, .. }| ImportBatch {
            id,
            entity,
            file,
            at,
            new,
            changed,
            undone,
        })
        .collect())
}
