//! The frames of one answer into the copy or into its side file, while they come over the network.
//! Everything here blocks.

use std::sync::{Arc, mpsc};
use std::thread;

use contract::Step;
use local_store::{Applied, Piece, Side, StoreError, Taken, Unpacker};
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

    fn heard(&mut self, piece: &Piece) {
        match piece {
            Piece::Nothing => {}
            Piece::Row(_) => self.heard_row(),
            Piece::Frame(frame) => self.heard_frame(frame),
        }
    }

    fn heard_row(&mut self) {
        self.rows += 1;
        if self.rows.is_multiple_of(TELL_ROWS) {
            self.tell();
        }
    }

    fn heard_frame(&mut self, frame: &Frame) {
        match frame {
            Frame::Put { .. } => self.heard_row(),
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
    taken(frames, |frame| session.store.take(&mut intake, frame), progress)
}

/// Pieces that are handed over together, and how many such batches may wait.
const BATCH: usize = 256;
const BATCHES: usize = 8;

/// Gives the side file back; where the answer broke off it is dropped, and resumed by the last page that came.
/// Frames are read on a thread beside the one that writes them.
pub fn into_side(
    mut side: Side,
    frames: Frames,
    page: Option<&ByteBuf>,
    progress: &mut Progress,
) -> Result<(Side, Ended), Stop> {
    let mut intake = side.begin(page)?;
    let (unpacker, budget) = (side.unpacker(), progress.budget.clone());
    let (sender, pieces) = mpsc::sync_channel(BATCHES);
    let ended = thread::scope(|scope| {
        scope.spawn(move || unpack(frames, unpacker, &budget, &sender));
        let mut page = None;
        for batch in pieces {
            for piece in batch? {
                progress.heard(&piece);
                if let Some(ended) = went_on(side.take_piece(&mut intake, piece)?, &mut page) {
                    return Ok(ended);
                }
            }
        }
        broke_off(page)
    });
    if ended.is_err() || progress.budget.is_spent() {
        side.keep_page()?;
    }
    Ok((side, ended?))
}

type Batch = Result<Vec<Piece>, Stop>;

/// Reads until the answer ends, the limit is reached at a page, or nobody takes what is read.
fn unpack(
    mut frames: Frames,
    mut unpacker: Unpacker,
    budget: &Budget,
    sender: &mpsc::SyncSender<Batch>,
) {
    let mut next = || -> Result<Option<Piece>, Stop> {
        frames.read()?.map(|frame| Ok(unpacker.read(frame)?)).transpose()
    };
    let mut batch = Vec::with_capacity(BATCH);
    loop {
        let piece = next();
        let ended = match &piece {
            Ok(Some(Piece::Frame(Frame::Page { .. }))) => budget.is_spent(),
            Ok(Some(_)) => false,
            Ok(None) | Err(_) => true,
        };
        let failed = match piece {
            Ok(piece) => {
                batch.extend(piece);
                None
            }
            Err(stop) => Some(stop),
        };
        if ended || batch.len() == BATCH {
            // Nobody takes it where writing has failed: that is told there.
            let taken = sender.send(Ok(std::mem::take(&mut batch)));
            let told = failed.map_or(Ok(()), |stop| sender.send(Err(stop)));
            if ended || taken.is_err() || told.is_err() {
                return;
            }
        }
    }
}

fn taken(
    mut frames: Frames,
    mut take: impl FnMut(Frame) -> Result<Taken, StoreError>,
    progress: &mut Progress,
) -> Result<Ended, Stop> {
    let mut page = None;
    while let Some(frame) = frames.read()? {
        progress.heard_frame(&frame);
        if let Some(ended) = went_on(take(frame)?, &mut page) {
            return Ok(ended);
        }
        if page.is_some() && progress.budget.is_spent() {
            break;
        }
    }
    broke_off(page)
}

/// Whether the answer is over; a snapshot goes on after a page, where there is room for more, a pull ends there.
fn went_on(taken: Taken, page: &mut Option<ByteBuf>) -> Option<Ended> {
    match taken {
        Taken::More => None,
        Taken::Page(next) => {
            *page = Some(next);
            None
        }
        Taken::SnapshotEnd { cursor, policy_version } => {
            Some(Ended::SnapshotEnd { cursor, policy_version })
        }
        Taken::Checkpoint(applied) => Some(Ended::Checkpoint(applied)),
    }
}

/// An answer that is over without its end goes on at its last page.
fn broke_off(page: Option<ByteBuf>) -> Result<Ended, Stop> {
    page.map(Ended::Page).ok_or_else(|| HttpError::Broken.into())
}
