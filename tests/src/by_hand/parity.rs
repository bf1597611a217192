//! Counting anew what the hub keeps sums of: every row is fetched, and its digest is made of what it holds.

use std::collections::{BTreeMap, HashMap};

use domain::synced;
use serde_bytes::ByteBuf;
use sync_protocol::digest::{Digest, of_record};
use sync_protocol::message::{Bucket, EntityDigest, Frame};
use sync_protocol::projection::Projection;
use sync_protocol::row::{Schema, WireRow};
use sync_protocol::wire::FrameReader;
use uuid::Uuid;

use super::{Device, Failure, Outcome};

/// What came, without the rows themselves.
#[derive(Default)]
struct Copy {
    schemas: HashMap<u16, Schema>,
    rows: HashMap<(String, Uuid), (Bucket, Digest)>,
}

/// How an answer ended.
enum End {
    Page(ByteBuf),
    Snapshot,
    Checkpoint(Vec<EntityDigest>),
}

impl Device {
    /// Fetches everything and holds its sums to those that the hub keeps. Answers how many rows there are.
    ///
    /// # Errors
    /// Where an answer breaks off, or a sum is another.
    pub async fn counts_anew(&mut self) -> Outcome<usize> {
        let mut copy = Copy::default();
        let mut page = None;
        loop {
            let body = self.ask(&self.snapshot_from(page.take())?).await?;
            match self.takes(&mut copy, &body)? {
                End::Page(token) => page = Some(token),
                End::Snapshot => break,
                End::Checkpoint(_) => return Err("a checkpoint inside a snapshot".into()),
            }
        }
        loop {
            let body = self.ask(&self.pull(page.take())?).await?;
            match self.takes(&mut copy, &body)? {
                End::Page(token) => page = Some(token),
                End::Snapshot => return Err("a snapshot inside a pull".into()),
                End::Checkpoint(told) => return copy.held_to(&told),
            }
        }
    }

    fn takes(&mut self, copy: &mut Copy, body: &[u8]) -> Outcome<End> {
        copy.schemas.clear();
        let mut frames = FrameReader::new(body)?;
        let mut end = None;
        while let Some(frame) = frames.read::<Frame>()? {
            match frame {
                Frame::Schema { index, schema } => {
                    copy.schemas.insert(index, schema);
                }
                Frame::Put { entity, bucket, row } => {
                    let key = (copy.entity(entity)?.entity.clone(), row.id());
                    let digest = self.digest(copy.entity(entity)?, row)?;
                    copy.rows.insert(key, (bucket, digest));
                }
                Frame::Leave { entity, id } => {
                    let key = (copy.entity(entity)?.entity.clone(), id);
                    copy.rows.remove(&key);
                }
                Frame::Drop { entity, bucket } => {
                    let name = copy.entity(entity)?.entity.clone();
                    let gone = |held: Bucket| bucket.is_none_or(|bucket| bucket == held);
                    copy.rows.retain(|(entity, _), (held, _)| *entity != name || !gone(*held));
                }
                Frame::Redact { .. } => return Err("rights that change meanwhile".into()),
                Frame::Page { token, .. } => end = Some(End::Page(token)),
                Frame::SnapshotEnd { cursor, .. } => {
                    self.cursor = Some(cursor);
                    end = Some(End::Snapshot);
                }
                Frame::Checkpoint { cursor, digests, .. } => {
                    self.cursor = Some(cursor);
                    end = Some(End::Checkpoint(digests));
                }
            }
        }
        end.ok_or_else(|| Failure::from("an answer without an end"))
    }

    fn digest(&self, schema: &Schema, row: WireRow) -> Outcome<Digest> {
        let entity = synced::find(&schema.entity);
        let entity = entity.ok_or_else(|| format!("there is no {}", schema.entity))?;
        let record = row.into_record(entity, schema)?;
        Ok(of_record(&record, &Projection::of(&self.grants, entity)))
    }
}

impl Copy {
    fn entity(&self, index: u16) -> Outcome<&Schema> {
        self.schemas.get(&index).ok_or_else(|| Failure::from("a row of an entity without a name"))
    }

    fn held_to(&self, told: &[EntityDigest]) -> Outcome<usize> {
        let mut sums: BTreeMap<&str, (u64, Digest)> = BTreeMap::new();
        for ((entity, _), (_, digest)) in &self.rows {
            let (rows, sum) = sums.entry(entity).or_default();
            (*rows, *sum) = (*rows + 1, sum.plus(*digest));
        }
        for EntityDigest { entity, rows, digest } in told {
            let counted = sums.remove(entity.as_str()).unwrap_or_default();
            if counted != (*rows, *digest) {
                return Err(format!(
                    "{entity}: {counted:?} counted, {rows} and {digest:?} kept by the hub"
                )
                .into());
            }
        }
        match sums.keys().next() {
            Some(entity) => Err(format!("the hub keeps no sum of {entity}").into()),
            None => Ok(self.rows.len()),
        }
    }
}
