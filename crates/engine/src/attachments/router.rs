//! The engine's commands that wait for the network for a file: a transfer, and a copy of what may not be here yet.

use std::sync::Arc;
use std::time::Duration;

use contract::{AttachmentCopy, Failure, FailureCode};
use local_store::Touched;
use uuid::Uuid;

use super::{fetch, transfer};
use crate::Engine;
use crate::commands;
use crate::session::Session;
use crate::sync::Budget;

/// What a file is written out for.
pub enum Purpose {
    /// To a path, or among the person's downloads.
    Save(Option<String>),
    Open,
}

/// How often a transfer looks whether somebody waits for its end.
const LOOKS: Duration = Duration::from_millis(50);

impl Engine {
    /// Sends the files that were attached here, and fetches those that are named here and not here yet. A
    /// sign-out does not wait for it, and no round does.
    ///
    /// # Errors
    /// `Unreachable` where the hub was not reached; the next call goes on where this one ended.
    pub async fn transfer(&self) -> Result<(), Failure> {
        let _one = self.0.transfers.lock().await;
        let session = self.session()?;
        let left = *self.0.files_left.borrow();
        let budget = Budget::of(&session.identity.hub, left);
        let done = tokio::select! {
            done = transfer(&session, &budget) => done?,
            () = closing(&session) => return Ok(()),
        };
        if !done.touched.is_empty() {
            self.tell(Touched::Records(done.touched));
        }
        Ok(())
    }

    /// Completes when a round came through.
    pub(crate) async fn round_came_through(&self) {
        self.0.through.notified().await;
    }

    pub(crate) async fn copy_attachment(
        &self,
        entity: String,
        id: Uuid,
        hash: String,
        purpose: Purpose,
    ) -> Result<AttachmentCopy, Failure> {
        let session = self.session()?;
        let find = |session: Arc<Session>| {
            let (entity, hash) = (entity.clone(), hash.clone());
            crate::blocking(move || {
                let held = session.held()?;
                held.must_be_open()?;
                commands::read(&session, |view| {
                    commands::attachments::named(view, &held, &entity, id, &hash)
                })
            })
        };
        let (named, mut sealed) = find(Arc::clone(&session)).await?;
        if sealed.is_none() {
            let _one = self.0.transfers.lock().await;
            // A person asked for it: it comes whole.
            let budget = Budget::of(&session.identity.hub, None);
            tokio::select! {
                fetched = fetch(&session, &named, &budget) => fetched?,
                () = closing(&session) => return Err(not_here()),
            };
            (_, sealed) = find(Arc::clone(&session)).await?;
        }
        let sealed = sealed.ok_or_else(not_here)?;
        crate::blocking(move || match purpose {
            Purpose::Save(path) => {
                commands::attachments::copy_out(&session, &named, &sealed, path.as_deref())
            }
            Purpose::Open => commands::attachments::open_out(&session, &named, &sealed),
        })
        .await
    }
}

/// Completes when somebody waits to be alone with the copy.
async fn closing(session: &Session) {
    while !session.is_closing() {
        tokio::time::sleep(LOOKS).await;
    }
}

fn not_here() -> Failure {
    let message = "the sync server does not have this file yet: it comes once the device on which it was \
                   attached has sent it";
    Failure::new(FailureCode::NotFound, message)
}
