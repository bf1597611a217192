//! A side file that begins as a copy of the live one: a checkpoint that cannot be applied without making
//! saves wait is applied there, while the live file is read and written as always.

use rusqlite::backup::Backup;

use super::{CAUGHT, Side};
use crate::apply::{Applied, Due};
use crate::connection::{Purpose, connect};
use crate::error::Result;
use crate::kept;
use crate::migrate::migrate;
use crate::store::{Store, Touched};

impl Store {
    /// Applies a checkpoint to a copy and puts it in the live file's place, with what was saved meanwhile on
    /// top. Answers `None`, with the live file as it was, where content has to leave (what goes with a row must not
    /// be carried over again), or something does not add up.
    ///
    /// # Errors
    /// Where the copy cannot be written; the live file is then as it was.
    pub(crate) fn apply_beside(&self, due: &Due) -> Result<Option<Applied>> {
        let applied = self.copy().and_then(|mut side| {
            let applied = side.apply(due)?;
            let leaves = applied.purged > 0 || applied.redacted;
            // What does not add up is noted where it stands, and mended part by part.
            let stays = !leaves && applied.mismatches.is_empty();
            if stays {
                self.swap_in(side)?;
            }
            Ok(stays.then_some(applied))
        });
        if !matches!(&applied, Ok(Some(_))) {
            self.forget_fill()?;
        }
        // The rows of the copy have other numbers where they were made meanwhile.
        Ok(applied?.map(|applied| Applied { touched: Touched::Everything, ..applied }))
    }

    /// Copies the live file, staged frames and all. Whoever finds the copy after a stop goes on with it as with
    /// a fill that caught up to where the live file was.
    fn copy(&self) -> Result<Side> {
        self.transact(|db| kept::set(db.connection, CAUGHT, Some(&[1])))?;
        self.forget_fill()?;
        let mut connection = connect(&self.fill_place(), Purpose::Fill)?;
        // One step: page by page it would begin anew with each save.
        self.read(|view| Ok(Backup::new(view.db.connection, &mut connection)?.step(-1)?))?;
        // The copy says of itself, too, that it has a log.
        connection.query_row("PRAGMA journal_mode = TRUNCATE", (), |_| Ok(()))?;
        let numbers = migrate(&mut connection)?;
        Side::over(connection, numbers)
    }
}
