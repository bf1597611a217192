//! Rounds by files that somebody carries: one at a time, like those over a network, and with these.

use std::path::PathBuf;

use contract::{CourierFile, CourierRead, Failure, FailureCode, Step};

use super::Engine;
use crate::session;
use crate::status;
use crate::sync::{self, Report};

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
            drop(session);
            self.destroy().await?;
            let message = "an administrator ordered this device to destroy its copy; it is gone";
            return Err(Failure::new(FailureCode::ServerRefused, message));
        }
        drop(turn);
        session::tidy(&session).await;
        let mut read = read.map_err(Failure::from)?;
        read.round.attention = status::of_session(&session, &self.0.board).await?.attention;
        Ok(read)
    }
}
