//! The engine: one profile, its session, and the router from a command to whoever does it. Used by the
//! desktop, the command line and tests alike; clones are one engine.

mod courier;
mod planning;
mod signing;
mod verifying;

use std::collections::BTreeSet;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use contract::{Command, Event, Failure, FailureCode, Reply, RoundReport, SyncPlan};
use local_store::Touched;
use tokio::sync::{Mutex, Notify, watch};

use crate::attachments::Purpose;
use crate::commands;
use crate::history::history;
use crate::host::Host;
use crate::http::HttpError;
use crate::profile::{Profile, Settings};
use crate::secrets::Vault;
use crate::session::{self, Restored, Session};
use crate::status;
use crate::sync::{self, Report, StandingBoard, Stop};

/// How long the hub may take to say how it stands.
const LOOK: Duration = Duration::from_secs(15);

#[derive(Clone)]
pub struct Engine(pub(crate) Arc<Inner>);

pub(crate) struct Inner {
    /// What the environment says; with what the profile keeps it is [`Engine::settings`].
    environment: Settings,
    /// When rounds begin by themselves.
    plan: watch::Sender<SyncPlan>,
    host: Arc<dyn Host>,
    profile: Arc<Profile>,
    vault: Arc<Vault>,
    state: RwLock<State>,
    board: Arc<StandingBoard>,
    /// One at a time: rounds, and whatever changes who is signed in.
    turn: Mutex<()>,
    work: Notify,
    /// One at a time: files on their way.
    pub(crate) transfers: Mutex<()>,
    /// A round came through.
    pub(crate) through: Notify,
    /// What it left over the line for attached files, where there is a limit.
    pub(crate) files_left: watch::Sender<Option<u64>>,
    /// The sync light looks otherwise.
    light: Arc<Notify>,
}

enum State {
    Nobody,
    Open(Arc<Session>),
    /// A copy is there and cannot be opened.
    Shut(Failure),
}

impl Engine {
    /// Owns the profile that the settings name. Where there is no place for secrets, nothing is touched.
    ///
    /// # Errors
    /// `NoKeyring`, `ProfileInUse`, and where the profile's own files cannot be read. A copy that cannot
    /// be opened is no error yet: every command but a sign-in says so.
    pub async fn open(settings: Settings, host: Arc<dyn Host>) -> Result<Self, Failure> {
        let (given, around) = (settings.clone(), Arc::clone(&host));
        let (profile, vault, plan, restored) = crate::blocking(move || {
            let vault = Arc::new(Vault::choose(&given)?);
            let profile = Arc::new(Profile::own(&given.folder()?)?);
            let restored = session::restore(&given.of(&profile), &around, &profile, &vault)?;
            let plan = profile.plan();
            Ok((profile, vault, plan, restored))
        })
        .await?;
        let state = match restored {
            Restored::Nobody => State::Nobody,
            Restored::Session(session) => State::Open(Arc::from(session)),
            Restored::Shut(failure) => State::Shut(failure),
        };
        let light = Arc::new(Notify::new());
        let changed = Arc::clone(&light);
        let board = StandingBoard::new(Arc::clone(&host), move || changed.notify_one());
        Ok(Self(Arc::new(Inner {
            environment: settings,
            plan: watch::Sender::new(plan),
            host,
            profile,
            vault,
            state: RwLock::new(state),
            board: Arc::new(board),
            turn: Mutex::new(()),
            work: Notify::new(),
            transfers: Mutex::new(()),
            through: Notify::new(),
            files_left: watch::Sender::new(None),
            light,
        })))
    }

    /// Does what a screen asks.
    ///
    /// # Errors
    /// The contract's failures.
    pub async fn call(&self, command: Command) -> Result<Reply, Failure> {
        match command {
            Command::Status => Ok(Reply::Status(self.status().await?)),
            Command::SignIn(request) => Ok(Reply::SignedIn(self.sign_in(request).await?)),
            Command::AcceptInvitation(request) => {
                Ok(Reply::Accepted(session::accept(&self.settings(), request).await?))
            }
            Command::RecoveryCodeShown => {
                let session = self.session()?;
                crate::blocking(move || session.recovery_code_shown()).await?;
                self.0.light.notify_one();
                Ok(Reply::Status(self.status().await?))
            }
            Command::SignOut { wipe } => {
                self.sign_out(wipe).await?;
                Ok(Reply::Status(self.status().await?))
            }
            Command::Sync => Ok(Reply::Round(self.round().await?)),
            Command::WriteCourierFile { path } => {
                Ok(Reply::CourierFile(self.write_courier_file(path).await?))
            }
            Command::ReadCourierFile { path } => {
                Ok(Reply::CourierRead(Box::new(self.read_courier_file(path).await?)))
            }
            Command::SyncPlan => Ok(Reply::SyncPlan(self.plan())),
            Command::KeepSyncPlan(plan) => Ok(Reply::SyncPlan(self.keep_plan(plan).await?)),
            Command::Verify => Ok(Reply::Verified(self.verify().await?)),
            Command::History { entity, id, cursor } => {
                let session = self.session()?;
                Ok(Reply::History(history(&session, entity, id, cursor).await?))
            }
            Command::SaveAttachment { entity, id, hash, path } => {
                let copy = self.copy_attachment(entity, id, hash, Purpose::Save(path)).await?;
                Ok(Reply::AttachmentCopy(copy))
            }
            Command::OpenAttachment { entity, id, hash } => {
                let copy = self.copy_attachment(entity, id, hash, Purpose::Open).await?;
                Ok(Reply::AttachmentCopy(copy))
            }
            command => {
                let session = self.session()?;
                let done = crate::blocking(move || commands::run(&session, command)).await?;
                if let Some(touched) = done.touched {
                    self.tell(touched);
                    self.note().await;
                    self.0.work.notify_one();
                    self.0.light.notify_one();
                }
                Ok(done.answer)
            }
        }
    }

    /// One round with the hub, now.
    ///
    /// # Errors
    /// `Unreachable` where the hub was not reached; what was done before stays.
    pub async fn round(&self) -> Result<RoundReport, Failure> {
        let turn = self.0.turn.lock().await;
        let session = self.session()?;
        let mut report = Report::default();
        let limit = self.plan().limit;
        let outcome = sync::round(&session, &self.0.board, limit, &mut report).await;
        let outcome = sync::escrow::hand_in(&session, &mut report, outcome).await;
        self.settle(&mut report, outcome.as_ref().err()).await;
        let outcome = outcome.map_err(Failure::from);
        if report.wipe {
            drop(session);
            self.destroy().await?;
            drop(turn);
            return Err(sync::escrow::gone(report.handed_in));
        }
        sync::diary::enter(&session, &report, outcome.as_ref().err()).await;
        self.0.light.notify_one();
        drop(turn);
        session::tidy(&session).await;
        outcome?;
        let spent = report.line.sent + report.line.received;
        self.0.files_left.send_replace(limit.map(|limit| limit.saturating_sub(spent)));
        if report.stopped.is_none() {
            self.0.through.notify_one();
        }
        let status = status::of_session(&session, &self.0.board).await?;
        Ok(report.view(status.attention))
    }

    /// Completes when something was done here that waits to be sent.
    pub async fn work_waits(&self) {
        self.0.work.notified().await;
    }

    /// Tells the program's listener of every change of the sync light, until it is dropped.
    pub async fn tell_of_status(&self) {
        loop {
            self.0.light.notified().await;
            if let Ok(status) = self.status().await {
                self.0.host.notify(Event::Status(Box::new(status)));
            }
        }
    }

    /// Finds out whether the hub answers, without syncing. Where nobody is signed in there is none to ask.
    pub async fn probe(&self) -> bool {
        // Only the way to the hub is kept meanwhile: a person may sign out.
        let Ok(hub) = self.session().map(|session| session.identity.hub.clone()) else {
            return false;
        };
        let alive = hub.is_alive().await;
        match alive {
            true => self.0.board.reached(),
            false => self.0.board.missed(),
        }
        alive
    }

    /// Finds out how the hub stands to this device, without syncing: what the status says next is true now.
    pub async fn look(&self) {
        if !self.probe().await {
            return;
        }
        let _turn = self.0.turn.lock().await;
        let Ok(session) = self.session() else { return };
        let asked = tokio::time::timeout(LOOK, sync::ask(&session, &self.0.board)).await;
        match asked {
            Ok(outcome) => self.settle(&mut Report::default(), outcome.err().as_ref()).await,
            Err(_) => self.0.board.missed(),
        }
    }

    /// Whether the hub answered when it was last asked.
    pub(crate) fn is_online(&self) -> bool {
        self.0.board.contact().online
    }

    pub fn host(&self) -> &dyn Host {
        &*self.0.host
    }

    /// Keeps what is only in memory. Call it before the program ends.
    pub async fn close(&self) {
        let Ok(session) = self.session() else { return };
        let kept = crate::blocking(move || {
            session.keep_clock();
            Ok(())
        });
        // A clock that is not kept is behind by the seconds since it last was.
        let _ = kept.await;
    }

    async fn status(&self) -> Result<contract::Status, Failure> {
        let session = match &*self.state() {
            State::Nobody => None,
            State::Open(session) => Some(Arc::clone(session)),
            State::Shut(failure) => return Err(failure.clone()),
        };
        match session {
            Some(session) => status::of_session(&session, &self.0.board).await,
            None => Ok(status::of_nobody()),
        }
    }

    /// After a round: the light, the listeners, the note beside the copy.
    async fn settle(&self, report: &mut Report, stop: Option<&Stop>) {
        let board = &self.0.board;
        board.step(contract::Step::Idle);
        match stop {
            None => {
                board.reached();
                board.refused(None);
            }
            // It may be there: whoever watches it finds out.
            Some(Stop::Http(HttpError::Busy { .. })) => {}
            Some(Stop::Http(error)) if error.is_no_contact() => board.missed(),
            Some(stop) => {
                board.reached();
                let failure = stop.failure();
                if matches!(failure.code, FailureCode::TwoCopies | FailureCode::IsCopy) {
                    self.give_up_numbers().await;
                }
                board.refused(Some(failure));
            }
        }
        self.spread(report).await;
    }

    /// What was done is told to whoever shows it.
    async fn spread(&self, report: &mut Report) {
        for touched in report.touched.drain(..) {
            self.tell(touched);
        }
        self.note().await;
        self.0.light.notify_one();
    }

    /// Another copy of this device may have drawn the numbers that it holds: none is given any more.
    async fn give_up_numbers(&self) {
        let Ok(session) = self.session() else { return };
        let given_up = crate::blocking(move || {
            session.store.take_numbers(&[], &BTreeSet::new()).map_err(commands::fault)
        });
        if let Err(failure) = given_up.await {
            tracing::warn!(%failure, "the numbers of this device could not be given up");
        }
    }

    /// Notes beside the copy what waits in it, for the day when it cannot be opened.
    async fn note(&self) {
        let Ok(session) = self.session() else { return };
        if let Err(failure) = status::note_unsent(&session).await {
            tracing::warn!(%failure, "what waits could not be noted beside the copy");
        }
    }

    pub(crate) fn tell(&self, touched: Touched) {
        let mut changed: Vec<(&'static str, Vec<uuid::Uuid>)> = Vec::new();
        match touched {
            // No ids: any of them.
            Touched::Everything => {
                changed.extend(domain::synced::all().map(|entity| (entity.name, Vec::new())));
            }
            Touched::Records(records) => {
                for (entity, id) in records {
                    match changed.iter_mut().find(|(name, _)| *name == entity.name) {
                        Some((_, ids)) => ids.push(id),
                        None => changed.push((entity.name, vec![id])),
                    }
                }
            }
        }
        for (entity, ids) in changed {
            self.0.host.notify(Event::Changed { entity: entity.to_owned(), ids });
        }
    }

    pub(crate) fn session(&self) -> Result<Arc<Session>, Failure> {
        match &*self.state() {
            State::Open(session) => Ok(Arc::clone(session)),
            State::Shut(failure) => Err(failure.clone()),
            State::Nobody => {
                let message = "nobody is signed in; sign in first (daybook login)";
                Err(Failure::new(FailureCode::NotSignedIn, message))
            }
        }
    }

    fn state(&self) -> std::sync::RwLockReadGuard<'_, State> {
        // A thread that panicked here left one state or the other, whole.
        self.0.state.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn put(&self, state: State) -> State {
        let mut held = self.0.state.write().unwrap_or_else(PoisonError::into_inner);
        std::mem::replace(&mut held, state)
    }
}
