//! What is written for a device: the answers to its work, and what leads it from where it said that it stands to one
//! state of the database as its person may see it now.

use std::collections::HashSet;

use chrono::{DateTime, Utc};
use serde_bytes::ByteBuf;
use sync_protocol::courier::{CourierError, Part};
use sync_protocol::message::{Frame, Position, Pull, PushReply};
use sync_protocol::wire::{self, FrameReader};
use uuid::Uuid;

use super::ExchangeError;
use super::place::Outgoing;
use crate::store::Connection;
use crate::store::tenant::sync::{commit, op};
use crate::sync::hello::{Held, keep_view};
use crate::sync::pull::pull;
use crate::sync::segments::Segments;
use crate::sync::sight::Sight;
use crate::sync::snapshot::{Progress, Shelf};

/// Receipts in one part.
const RECEIPTS: i64 = 1_000;

/// A person's view of a tenant's database, and where what is told of it goes.
pub(super) struct Telling<'a> {
    pub connection: &'a mut Connection,
    pub sight: &'a Sight,
    pub epoch: u64,
    pub now: DateTime<Utc>,
    pub out: &'a mut Outgoing,
}

impl Telling<'_> {
    fn part(&mut self, part: Part, body: &[u8]) -> Result<(), ExchangeError> {
        let at = self.out.at();
        self.out.sealer().part(part, body).map_err(at)
    }

    /// The answers of a push; answers how many.
    pub fn replies(&mut self, replies: &[PushReply]) -> Result<usize, ExchangeError> {
        let mut told = 0;
        for reply in replies {
            self.part(Part::Receipts, &wire::pack(reply)?)?;
            told += reply.receipts.len();
        }
        Ok(told)
    }

    /// The answers to everything of the device that has one, from a place of its chain on: also to work that came
    /// another way, of which the answer may be lost. So whatever frames the device takes from here, it never holds
    /// effects of its own work without the answer.
    pub async fn answers(
        &mut self,
        device: Uuid,
        after: u64,
        told: &HashSet<Uuid>,
    ) -> Result<usize, ExchangeError> {
        let position = commit::head(self.connection).await?;
        let (mut after, mut count) = (after, 0);
        loop {
            let page = op::answers_after(self.connection, device, after, RECEIPTS).await?;
            let Some(last) = page.last() else { return Ok(count) };
            after = last.op_seq.cast_unsigned();
            let chain = last.end()?;
            let receipts: Vec<(Uuid, ByteBuf)> = page
                .into_iter()
                .filter(|op| !told.contains(&op.op_id))
                .map(|op| (op.op_id, ByteBuf::from(op.receipt)))
                .collect();
            if !receipts.is_empty() {
                count += receipts.len();
                self.part(Part::Receipts, &wire::pack(&PushReply { receipts, position, chain })?)?;
            }
        }
    }

    /// Everything that the person may hold, up to a checkpoint.
    pub async fn fresh(&mut self) -> Result<(), ExchangeError> {
        // This program ends with the file: nothing is kept for another one.
        let segments = Segments::default();
        let shelf = Shelf { segments: &segments, tenant: Uuid::nil(), epoch: self.epoch };
        let begun = Progress::begin(self.connection, self.sight, shelf, None, self.now).await?;
        let cursor = begun.head();
        let mut progress = Some(begun);
        while let Some(place) = progress {
            let place = place.in_another_answer();
            let part = place.read(self.connection, self.sight, shelf).await?;
            let (written, next) = part.write(self.sight, shelf)?;
            progress = next;
            self.part(Part::Snapshot, &written.concat())?;
        }
        self.changes(cursor, self.sight.grants().policy_version).await
    }

    /// What changed after a place for a copy that was made under this version of the rights, up to a checkpoint.
    pub async fn changes(
        &mut self,
        cursor: Position,
        policy_version: i64,
    ) -> Result<(), ExchangeError> {
        let mut request = Pull {
            epoch: self.epoch,
            policy_version,
            cursor,
            doubtful: Vec::new(),
            anew: Vec::new(),
            at_least: 0,
            page: None,
        };
        loop {
            let before =
                match keep_view(self.connection, self.sight, policy_version, self.now).await? {
                    Held::Same => None,
                    Held::Earlier(view) => Some(view),
                    Held::Unknown | Held::Outdated => return Err(ExchangeError::Changed),
                };
            let bytes =
                pull(self.connection, self.sight, &request, before.as_ref(), self.now).await?;
            self.part(Part::Pull, &bytes)?;
            request.page = next_page(&bytes).map_err(self.out.at())?;
            if request.page.is_none() {
                return Ok(());
            }
        }
    }
}

/// Where a pull goes on whose frames these are; nothing at its checkpoint.
fn next_page(bytes: &[u8]) -> Result<Option<ByteBuf>, CourierError> {
    let mut frames = FrameReader::new(bytes)?;
    let mut page = None;
    while let Some(frame) = frames.read::<Frame>()? {
        page = match frame {
            Frame::Page { token, .. } => Some(token),
            _ => None,
        };
    }
    Ok(page)
}
