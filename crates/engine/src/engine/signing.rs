//! Who owns the profile's copy: signing in and out, and letting go of a copy. What a session does is its own.

use std::path::PathBuf;
use std::sync::Arc;

use contract::{Failure, FailureCode, SignedIn, SyncPlan};

use super::{Engine, State};
use crate::profile::{ProfileError, files};
use crate::session::{self, Door, Restored};
use crate::status;

impl Engine {
    pub(super) async fn sign_in(&self, request: contract::SignIn) -> Result<SignedIn, Failure> {
        let _turn = self.0.turn.lock().await;
        if let State::Shut(failure) = &*self.state()
            && request.recovery_code.is_none()
            && !request.set_aside
        {
            return Err(failure.clone());
        }
        // The copy has one owner at a time: the session that is open lets go of it first.
        let before = self.put(State::Nobody);
        let mut settings = self.settings();
        settings.ca_file = request.ca_file.as_ref().map(PathBuf::from).or(settings.ca_file);
        settings.proxy = request.proxy.clone().or(settings.proxy);
        let (ca_file, proxy) = (request.ca_file.clone(), request.proxy.clone());
        let door = Door {
            settings,
            host: Arc::clone(&self.0.host),
            profile: Arc::clone(&self.0.profile),
            vault: Arc::clone(&self.0.vault),
        };
        if let State::Open(session) = before {
            session::let_go(session).await?;
        }
        let begun = match session::sign_in(door, request).await {
            Ok(begun) => begun,
            Err(failure) => {
                self.reopen().await;
                return Err(failure);
            }
        };
        self.put(State::Open(Arc::new(begun.session)));
        self.keep_way(ca_file, proxy).await?;
        self.0.board.forget();
        self.0.board.reached();
        self.0.work.notify_one();
        self.0.light.notify_one();
        let status = self.status().await?;
        Ok(SignedIn {
            recovery_code: status.recovery_code.clone(),
            status,
            set_aside: begun.set_aside.as_ref().map(|aside| aside.place.display().to_string()),
            set_aside_unsent: begun.set_aside.and_then(|aside| aside.unsent),
        })
    }

    pub(super) async fn sign_out(&self, wipe: bool) -> Result<(), Failure> {
        let _turn = self.0.turn.lock().await;
        let session = match &*self.state() {
            State::Nobody => return Ok(()),
            State::Open(session) => Arc::clone(session),
            State::Shut(failure) => return Err(failure.clone()),
        };
        if wipe {
            let status = status::of_session(&session, &self.0.board).await?;
            if status.pending > 0 {
                let message = format!(
                    "{} changes wait to be sent and would be lost; sync first, then wipe",
                    status.pending
                );
                return Err(Failure::new(FailureCode::Refused, message));
            }
        }
        session::end(&session).await?;
        drop(session);
        if wipe {
            self.destroy().await?;
        } else if let State::Open(session) = self.put(State::Nobody) {
            session::let_go(session).await?;
        }
        self.0.board.forget();
        self.0.light.notify_one();
        // Whoever waits for this session's hub stops.
        self.0.work.notify_one();
        Ok(())
    }

    /// Keeps the way that a sign-in has just gone. A file of certificates may lie on a medium that is taken away.
    async fn keep_way(
        &self,
        ca_file: Option<String>,
        proxy: Option<String>,
    ) -> Result<(), Failure> {
        if let Some(path) = ca_file {
            let inner = Arc::clone(&self.0);
            let keep = move || {
                let fault = |source| ProfileError::Folder { path: path.clone(), source };
                let pem = std::fs::read(&path).map_err(fault)?;
                Ok(inner.profile.replace(files::CA, &pem)?)
            };
            crate::blocking(keep).await?;
        }
        if proxy.is_some() {
            self.keep_plan(SyncPlan { proxy, ..self.plan() }).await?;
        }
        Ok(())
    }

    /// Destroys the copy of the open session.
    pub(super) async fn destroy(&self) -> Result<(), Failure> {
        if let State::Open(session) = self.put(State::Nobody) {
            session::wipe(session).await?;
        }
        self.0.board.forget();
        Ok(())
    }

    /// After a sign-in that failed: what was there before is there again.
    async fn reopen(&self) {
        let (inner, settings) = (Arc::clone(&self.0), self.settings());
        let restored = crate::blocking(move || {
            session::restore(&settings, &inner.host, &inner.profile, &inner.vault)
        });
        self.put(match restored.await {
            Ok(Restored::Nobody) => State::Nobody,
            Ok(Restored::Session(session)) => State::Open(Arc::from(session)),
            Ok(Restored::Shut(failure)) | Err(failure) => State::Shut(failure),
        });
    }
}
