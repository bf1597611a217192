//! The frames of one answer into the copy or into its side file, while they come over the network.
//! Everything here blocks.

use std::sync::Arc;

use contract::Step;
use local_store::{Applied, Intake, Side, StoreError, Taken};
use serde_bytes::ByteBuf;
use sync_protocol::message::{Frame, Position, Pull};

use super::Stop;
use super::budget::Budget;
use super::standing::StandingBoard;
use crate::http::{Frames, HttpError};
use crate::session::Session;

/// How an answer ended.
pub enum Ended {
    /// Ask again from here.
    Page(ByteBuf),
    SnapshotEnd {
        cursor: Position,
        policy_version: i64,
    },
    Checkpoint(Applied),
}

/// A screen is told of the progress after so many rows.
const TELL_ROWS: u64 = 2_000;

/// How far a round has come in receiving, and whether it has room for more.
#[derive(Clone)]
pub struct Progress {
    board: Arc<StandingBoard>,
    budget: Budget,
    filling: bool,
    pub rows: u64,
    /// Those before the last page.
    stored: u64,
    /// How many follow that page, where the hub has counted them.
    pub left: Option<u64>,
}

impl Progress {
    pub fn new(board: &Arc<StandingBoard>, budget: &Budget) -> Self {
        let (board, budget) = (Arc::clone(board), budget.clone());
        Self { board, budget, filling: false, rows: 0, stored: 0, left: None }
    }

    /// A screen hears of it from here on, as of a fill or as of news.
    pub fn begin(&mut self, filling: bool) {
        (self.filling, self.rows, self.stored, self.left) = (filling, 0, 0, None);
        self.tell();
    }

    fn heard(&mut self, frame: &Frame) {
        match frame {
            Frame::Put { .. } => {
                self.rows += 1;
                if self.rows.is_multiple_of(TELL_ROWS) {
                    self.tell();
                }
            }
            Frame::Page { left, .. } => {
                (self.stored, self.left) = (self.rows, *left);
                self.tell();
            }
            _ => {}
        }
    }

    fn tell(&self) {
        let number = |rows: u64| u32::try_from(rows).unwrap_or(u32::MAX);
        let (rows, expected) =
            (number(self.rows), self.left.map(|left| number(self.stored + left)));
        self.board.step(match self.filling {
            true => Step::Filling { rows, expected },
            false => Step::Receiving { rows, expected },
        });
    }
}

pub fn into_live(
    session: &Session,
    frames: Frames,
    request: &Pull,
    progress: &mut Progress,
) -> Result<Ended, Stop> {
    let mut intake = session.store.begin_pull(request.page.as_ref())?;
    if !request.anew.is_empty() {
        intake = intake.for_this_round();
    }
    let take = |intake: &mut Intake, frame| session.store.take(intake, frame);
    taken(frames, &mut intake, take, progress)
}

/// Gives the side file back; where the answer broke off it is dropped, and resumed by the last page that came.
pub fn into_side(
    mut side: Side,
    frames: Frames,
    page: Option<&ByteBuf>,
    progress: &mut Progress,
) -> Result<(Side, Ended), Stop> {
    let mut intake = side.begin(page)?;
    let take = |intake: &mut Intake, frame| side.take(intake, frame);
    let ended = taken(frames, &mut intake, take, progress);
    if ended.is_err() || progress.budget.is_spent() {
        side.keep_page()?;
    }
    Ok((side, ended?))
}

fn taken(
    mut frames: Frames,
    intake: &mut Intake,
    mut take: impl FnMut(&mut Intake, Frame) -> Result<Taken, StoreError>,
    progress: &mut Progress,
) -> Result<Ended, Stop> {
    let mut page = None;
    while let Some(frame) = frames.read()? {
        progress.heard(&frame);
        match take(intake, frame)? {
            Taken::More => {}
            // A snapshot goes on after a page, where there is room for more; a pull ends there.
            Taken::Page(next) => {
                page = Some(next);
                if progress.budget.is_spent() {
                    break;
                }
            }
            Taken::SnapshotEnd { cursor, policy_version } => {
                return Ok(Ended::SnapshotEnd { cursor, policy_version });
            }
            Taken::Checkpoint(applied) => return Ok(Ended::Checkpoint(applied)),
        }
    }
    match page {
        Some(page) => Ok(Ended::Page(page)),
        None => Err(HttpError::Broken.into()),
    }
}
