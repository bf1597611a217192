//! A person's installation: the real engine on a profile of its own, with its encrypted store, in this
//! process. It tells when records on it have changed.

use std::sync::Arc;
use std::time::Instant;

use contract::{
    Change, Command, Event, ListPage, ListRequest, RecordChanges, RecordView, Reply, SearchHit,
    SignIn,
};
use domain::record::Cell;
use engine::{Engine, Settings, SystemHost};
use system_tests::office::{PASSWORD, User};
use tempfile::TempDir;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};
use uuid::Uuid;

use crate::{Fault, Outcome};

pub struct Desk {
    pub engine: Engine,
    /// The moments at which customers have changed.
    changed: UnboundedReceiver<Instant>,
    _folder: TempDir,
}

impl Desk {
    /// Signs in on a new installation; nothing is fetched yet.
    ///
    /// # Errors
    /// Where signing in fails.
    pub async fn of(server: &str, user: &User) -> Outcome<Self> {
        // Beside Postgres' data, on the disk: the folder for short-lived files may be memory.
        let folder = tempfile::Builder::new().prefix("daybook-bench-").tempdir_in("/var/tmp")?;
        let passphrase = folder.path().join("passphrase");
        std::fs::write(&passphrase, "a passphrase of the branch server\n")?;
        let settings = Settings {
            home: Some(folder.path().join("home")),
            secrets: Some("file".to_owned()),
            passphrase_file: Some(passphrase),
            ..Settings::default()
        };
        let (sender, changed) = unbounded_channel();
        let host = SystemHost::new(move |event| {
            if matches!(&event, Event::Changed { entity, .. } if entity == "customer") {
                // Nobody listens once the desk is gone.
                let _ = sender.send(Instant::now());
            }
        });
        let engine = Engine::open(settings, Arc::new(host)).await?;
        let desk = Self { engine, changed, _folder: folder };
        desk.call(Command::SignIn(SignIn {
            server: server.to_owned(),
            tenant: user.tenant.clone(),
            email: user.email.clone(),
            password: PASSWORD.to_owned(),
            device_name: None,
            recovery_code: None,
            set_aside: false,
            among_copies: None,
            ca_file: None,
            proxy: None,
        }))
        .await?;
        Ok(desk)
    }

    /// The same with a full copy.
    ///
    /// # Errors
    /// Where the fill fails.
    pub async fn filled(server: &str, user: &User) -> Outcome<Self> {
        let desk = Self::of(server, user).await?;
        desk.engine.round().await?;
        Ok(desk)
    }

    pub async fn call(&self, command: Command) -> Outcome<Reply> {
        Ok(self.engine.call(command).await?)
    }

    /// Forgets the changes so far.
    pub fn forget_changes(&mut self) {
        while self.changed.try_recv().is_ok() {}
    }

    /// Waits for the next change.
    ///
    /// # Errors
    /// Where the engine is gone.
    pub async fn changes(&mut self) -> Outcome<Instant> {
        self.changed.recv().await.ok_or_else(|| Fault::from("the engine is gone"))
    }

    /// Begins a round and waits until it has changed customers; the round goes on with what is left to tidy.
    ///
    /// # Errors
    /// Where the round ends without a change.
    pub async fn round_until_changed(&mut self) -> Outcome<(Instant, Round)> {
        self.forget_changes();
        let engine = self.engine.clone();
        let mut round = tokio::spawn(async move { engine.round().await.map(|_| Instant::now()) });
        tokio::select! {
            biased;
            at = self.changes() => Ok((at?, Round(round))),
            ended = &mut round => {
                let at = ended??;
                // It may have ended between two looks.
                match self.changed.try_recv() {
                    Ok(changed) => Ok((changed, Round(tokio::spawn(async move { Ok(at) })))),
                    Err(_) => Err("the round changed no customer".into()),
                }
            }
        }
    }

    pub async fn first_page(&self) -> Outcome<ListPage> {
        self.page(None, 0).await
    }

    /// A page of the list of customers.
    pub async fn page(&self, sort: Option<&str>, offset: u32) -> Outcome<ListPage> {
        let request = ListRequest {
            entity: "customer".to_owned(),
            filters: Vec::new(),
            search: None,
            sort: sort.map(str::to_owned),
            offset,
            limit: 50,
            retired: false,
        };
        match self.call(Command::List(request)).await? {
            Reply::List(page) => Ok(page),
            other => Err(unexpected(&other)),
        }
    }

    /// A customer by id or code.
    pub async fn get(&self, id: &str) -> Outcome<RecordView> {
        let (entity, id) = ("customer".to_owned(), id.to_owned());
        match self.call(Command::Get { entity, id }).await? {
            Reply::Record(record) => Ok(record),
            other => Err(unexpected(&other)),
        }
    }

    pub async fn search(&self, text: &str) -> Outcome<Vec<SearchHit>> {
        let text = text.to_owned();
        match self.call(Command::Search { text, entity: None, limit: 10 }).await? {
            Reply::Hits(hits) => Ok(hits),
            other => Err(unexpected(&other)),
        }
    }

    /// Saves another phone of a customer.
    pub async fn save_phone(&self, id: Uuid, phone: &str) -> Outcome<()> {
        let change = Change { field: "phone".to_owned(), from: None, to: Cell::from(phone) };
        let changes = RecordChanges { fields: vec![change], children: Vec::new() };
        let entity = "customer".to_owned();
        match self.call(Command::Save { entity, id: Some(id), changes }).await? {
            Reply::Saved(_) => Ok(()),
            other => Err(unexpected(&other)),
        }
    }
}

/// A round on its way.
pub struct Round(tokio::task::JoinHandle<Result<Instant, contract::Failure>>);

impl Round {
    /// When it ended.
    ///
    /// # Errors
    /// Where it failed.
    pub async fn ended(self) -> Outcome<Instant> {
        Ok(self.0.await??)
    }
}

fn unexpected(reply: &Reply) -> Fault {
    format!("an answer to something else: {reply:?}").into()
}
