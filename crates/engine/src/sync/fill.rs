//! The frames of one answer into the copy or into its side file, while they come over the network.
//! Everything here blocks.

use local_store::{Applied, Intake, Side, StoreError, Taken};
use serde_bytes::ByteBuf;
use sync_protocol::message::{Frame, Position};

use contract::Step;

use super::Stop;
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
        rows: u64,
    },
    Checkpoint(Applied),
}

/// A screen is told of the progress of a fill after so many rows.
const TELL_ROWS: u64 = 2_000;

pub fn into_live(session: &Session, frames: Frames, page: Option<&ByteBuf>) -> Result<Ended, Stop> {
    let mut intake = session.store.begin_pull(page)?;
    let take = |intake: &mut Intake, frame| session.store.take(intake, frame);
    taken(frames, &mut intake, take, |_| {})
}

/// Gives the side file back; after an error it is dropped, and resumed by its last page.
pub fn into_side(
    mut side: Side,
    board: &StandingBoard,
    frames: Frames,
    page: Option<&ByteBuf>,
) -> Result<(Side, Ended), Stop> {
    let mut intake = side.begin(page)?;
    let ended = taken(
        frames,
        &mut intake,
        |intake: &mut Intake, frame| side.take(intake, frame),
        |rows| {
            let rows = u32::try_from(rows).unwrap_or(u32::MAX);
            board.step(Step::Filling { rows, expected: None });
        },
    )?;
    Ok((side, ended))
}

fn taken(
    mut frames: Frames,
    intake: &mut Intake,
    mut take: impl FnMut(&mut Intake, Frame) -> Result<Taken, StoreError>,
    tell: impl Fn(u64),
) -> Result<Ended, Stop> {
    let (mut rows, mut page) = (0, None);
    while let Some(frame) = frames.read()? {
        if matches!(frame, Frame::Put { .. }) {
            rows += 1;
            if rows % TELL_ROWS == 0 {
                tell(rows);
            }
        }
        match take(intake, frame)? {
            Taken::More => {}
            // A snapshot goes on after a page; a pull ends there.
            Taken::Page(next) => page = Some(next),
            Taken::SnapshotEnd { cursor, policy_version } => {
                return Ok(Ended::SnapshotEnd { cursor, policy_version, rows });
            }
            Taken::Checkpoint(applied) => return Ok(Ended::Checkpoint(applied)),
        }
    }
    match page {
        Some(page) => Ok(Ended::Page(page)),
        None => Err(HttpError::Broken.into()),
    }
}
