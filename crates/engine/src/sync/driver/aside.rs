//! A fill: a file beside the live one takes a whole copy in, and then its place.

use std::sync::Arc;

use contract::{Failure, FailureCode};
use local_store::Side;
use serde_bytes::ByteBuf;
use sync_protocol::courier::Part;
use sync_protocol::device::round::Event;
use sync_protocol::message::{RebuildReason, SnapshotRequest};

use super::{Driver, count};
use crate::commands::fault;
use crate::http::{Frames, HttpError};
use crate::session::keep_receipt;
use crate::sync::fill::{self, Ended};
use crate::sync::round::unexpected;
use crate::sync::{Stop, blocking};

impl Driver<'_> {
    pub(super) async fn begin_fill(&mut self, epoch: u64) -> Result<Option<Event>, Stop> {
        drop(self.side.take());
        let session = Arc::clone(self.session);
        let side = crate::blocking(move || session.store.begin_fill(epoch).map_err(fault)).await?;
        self.side = Some(side);
        Ok(None)
    }

    pub(super) async fn swap_in(&mut self) -> Result<Option<Event>, Stop> {
        let side = self.open_side().await?;
        let session = Arc::clone(self.session);
        let touched = crate::blocking(move || {
            let touched = session.store.swap_in(side).map_err(fault)?;
            // What was in the file before is gone with it.
            let purge = session.store.read(|view| view.purge()).map_err(fault)?;
            keep_receipt(&session, purge)?;
            Ok(touched)
        })
        .await?;
        self.report.touched.push(touched);
        Ok(None)
    }

    pub(super) async fn snapshot(
        &mut self,
        mut request: SnapshotRequest,
    ) -> Result<Option<Event>, Stop> {
        self.progress.begin(true);
        loop {
            let (identity, hub) = (&self.session.identity, self.budget.hub());
            let asked = &request;
            let send = |token: String| async move { hub.snapshot(&token, asked).await };
            let sent = match self.carried {
                Some(_) => Ok(self.frames_by_file(Part::Snapshot).await?),
                None => self.session.tokens.with(identity, send).await,
            };
            let frames = match sent {
                Ok(frames) => frames,
                // The page was of another hub or too old: begin at the beginning.
                Err(HttpError::Refused { status: 422, .. }) if request.page.is_some() => {
                    return Ok(Some(Event::MustRebuild { reason: RebuildReason::Cursor }));
                }
                Err(error) => return Err(error.into()),
            };
            match self.take_aside(frames, request.page.clone()).await? {
                Ended::Page(_) if self.budget.is_spent() => return Ok(None),
                Ended::Page(page) => request.page = Some(page),
                Ended::SnapshotEnd { cursor, policy_version } => {
                    let rows = count(self.progress.rows);
                    self.report.pulled = self.report.pulled.saturating_add(rows);
                    return Ok(Some(Event::SnapshotEnd { cursor, policy_version }));
                }
                Ended::Checkpoint(_) => return Err(unexpected()),
            }
        }
    }

    pub(super) async fn take_aside(
        &mut self,
        frames: Frames,
        page: Option<ByteBuf>,
    ) -> Result<Ended, Stop> {
        let side = self.open_side().await?;
        let mut progress = self.progress.clone();
        let (side, ended, progress) = blocking(move || {
            let (side, ended) = fill::into_side(side, frames, page.as_ref(), &mut progress)?;
            Ok((side, ended, progress))
        })
        .await?;
        (self.side, self.progress) = (Some(side), progress);
        Ok(ended)
    }

    /// The side file of this round, or the one that an earlier round left.
    async fn open_side(&mut self) -> Result<Side, Stop> {
        if let Some(side) = self.side.take() {
            return Ok(side);
        }
        let session = Arc::clone(self.session);
        let side = crate::blocking(move || session.store.resume_fill().map_err(fault)).await?;
        side.ok_or_else(|| {
            Failure::new(FailureCode::Internal, "the fill that was begun is gone").into()
        })
    }
}
