//! Rounds by files that somebody carries: one at a time, like those over a network, and with these.

use std::path::PathBuf;
use std::sync::Arc;

use contract::{CourierFile, CourierRead, Failure, Step};

use super::Engine;
use crate::session::{self, Session};
use crate::status;
use crate::sync::{self, Report, Stop};

impl Engine {
    pub(super) async fn write_courier_file(&self, path: String) -> Result<CourierFile, Failure> {
        let _turn = self.0.turn.lock().await;
        let session = self.session()?;
        let path = PathBuf::from(path);
        crate::blocking(move || sync::courier::write(&session, &path)).await
    }

    pub(super) async fn read_courier_file(&self, path: String) -> Result<CourierRead, Failure> {
        let turn = self.0.turn.lock().await;
        let session = self.session()?;
        let mut report = Report::default();
        let path = PathBuf::from(path);
        let read = sync::courier::read(&session, &self.0.board, &path, &mut report).await;
        self.0.board.step(Step::Idle);
        self.spread(&mut report).await;
        if report.wipe {
            self.hand_in_beside_files(&session, &mut report).await?;
            drop(session);
            self.destroy().await?;
            return Err(sync::escrow::gone(report.handed_in));
        }
        drop(turn);
        session::tidy(&session).await;
        let mut read = read.map_err(Failure::from)?;
        read.round.attention = status::of_session(&session, &self.0.board).await?.attention;
        Ok(read)
    }

    /// Before a copy is destroyed that a file ordered destroyed: the hub has heard of its work in a file, and one that a
    /// network leads to is handed what it did not take from there, or lost since.
    async fn hand_in_beside_files(
        &self,
        session: &Arc<Session>,
        report: &mut Report,
    ) -> Result<(), Failure> {
        let handed_in = sync::escrow::hand_in(session, report, Ok(())).await;
        self.spread(report).await;
        match handed_in {
            Err(Stop::Http(error)) if error.is_no_contact() => Ok(()),
            handed_in => handed_in.map_err(Failure::from),
        }
    }
}
