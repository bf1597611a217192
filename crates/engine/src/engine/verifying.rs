//! Whether the copy is whole, and whether it is what the hub says.

use std::sync::Arc;

use contract::{Failure, Verified};

use super::Engine;
use crate::commands;
use crate::sync::{self, Report, Stop};

impl Engine {
    pub(super) async fn verify(&self) -> Result<Verified, Failure> {
        let session = self.session()?;
        let local = Arc::clone(&session);
        let found = crate::blocking(move || {
            local.held()?.must_be_open()?;
            commands::read(&local, |view| view.verify().map_err(commands::fault))
        })
        .await?;
        let mut findings = found.findings;
        let _turn = self.0.turn.lock().await;
        let mut report = Report::default();
        let proven = sync::prove(&session, &self.0.board, &mut report).await;
        self.settle(&mut report, proven.as_ref().err()).await;
        findings.extend(report.mismatches.iter().map(|mismatch| {
            format!(
                "{}: {} records here and {} on the sync server, or their content differs; they are \
                 fetched anew at the next sync",
                mismatch.entity, mismatch.held_rows, mismatch.hub_rows
            )
        }));
        let compared_with_server = match proven {
            Ok(()) => true,
            Err(Stop::Http(_)) => false,
            Err(Stop::Failed(failure)) => {
                findings.push(failure.message);
                false
            }
        };
        Ok(Verified { ok: findings.is_empty(), findings, compared_with_server })
    }
}
