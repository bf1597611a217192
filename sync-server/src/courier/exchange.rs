//! One exchange by files: what came is judged, what is to be said is written.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::json;
use sync_protocol::courier::{Base, Heading, HubOpening, Label, Part};
use sync_protocol::message::{HelloReply, PushReply, RebuildReason, Standing};
use sync_protocol::op::ChainEnd;
use sync_protocol::wire;
use uuid::Uuid;

use super::ExchangeError;
use super::answer::Telling;
use super::judge::{Judged, sender};
use super::place::{Outgoing, must_be_free};
use super::take::Came;
use crate::audit::{self, Actor, Entry, Outcome};
use crate::auth::lease;
use crate::auth::rights::{self, Rights};
use crate::hub::Hub;
use crate::people::{self, PeopleError};
use crate::store::control::device::Device;
use crate::store::tenant::sync::courier::{self, Said};
use crate::store::tenant::sync::{commit, device};
use crate::store::{self, Connection};
use crate::sync::fork;
use crate::sync::hello::{Greeting, greet, turned_away};

/// What an exchange begins with.
#[derive(Debug, Clone)]
pub enum Brought {
    /// A file that a device wrote.
    File(PathBuf),
    /// Nothing: a file is written from where this device last said, in a file, that it stands.
    Nothing { device: Uuid },
}

/// What was done.
#[derive(Debug, Serialize)]
pub struct Exchanged {
    pub device: Uuid,
    /// The number of the device's file that came.
    pub file: Option<u64>,
    /// The number of the file that was written for it, and what it answers from.
    pub answer: u64,
    pub answers_file: u64,
    /// Operations that were judged now, and those that are answered in the file.
    pub judged: usize,
    pub answered: usize,
    /// `ok`, `rebuild` (a fresh copy is in it), `drain`, `wait`, `refused`, `frozen` or `wipe`.
    pub standing: &'static str,
    /// Until when the device may work with the lease that is in the file.
    pub lease_until: Option<DateTime<Utc>>,
    pub bytes: u64,
}

/// Takes what a device sent and writes what it is to be told.
///
/// # Errors
/// See [`ExchangeError`]. What was judged before an error stays and is answered as a repeat.
pub async fn exchange(
    hub: &Hub,
    slug: &str,
    brought: Brought,
    to: &Path,
) -> Result<Exchanged, ExchangeError> {
    must_be_free(to)?;
    let place = people::tenant(hub, slug).await?;
    let (came, device) = match brought {
        Brought::File(path) => {
            let came = Came::open(hub, &place, &path).await?;
            let device = came.device.clone();
            (Some(came), device)
        }
        Brought::Nothing { device } => {
            let known = hub.control.device(place.id(), device).await?;
            (None, known.ok_or(PeopleError::UnknownDevice(device))?)
        }
    };
    let rights = rights_of(hub, &device).await?;
    let mut connection = hub.directory.connection(&rights.place).await?;
    Exchange { hub, now: hub.clock.now(), rights, device, connection: &mut connection }
        .run(came, to)
        .await
}

pub(super) async fn rights_of(hub: &Hub, device: &Device) -> Result<Arc<Rights>, ExchangeError> {
    let rights = hub.rights.of_device(device).await?;
    Ok(rights.ok_or(PeopleError::UnknownDevice(device.id))?)
}

pub(super) struct Exchange<'a> {
    pub(super) hub: &'a Hub,
    pub(super) now: DateTime<Utc>,
    pub(super) rights: Arc<Rights>,
    pub(super) device: Device,
    pub(super) connection: &'a mut Connection,
}

impl Exchange<'_> {
    async fn run(mut self, came: Option<Came>, to: &Path) -> Result<Exchanged, ExchangeError> {
        let file = came.as_ref().map(|came| came.label.number);
        let stored = courier::said(self.connection, self.device.id).await?;
        let said = newest(came.as_ref(), stored);
        let said = said.ok_or(ExchangeError::NothingSaid(self.device.id))?;
        let openings = came.iter().map(|came| &came.opening).chain([&said.opening]);
        if !openings.into_iter().all(|opening| self.device.is_known_by(&opening.marks)) {
            let entry = Entry::new(self.actor(), "device.exchange", Outcome::Denied);
            self.append(entry.about("device", self.device.id)).await?;
            return Err(ExchangeError::IsCopy(self.device.id));
        }
        let turned = turned_away(self.rights.standing_of_device(), self.now);
        let (mut reply, judged) = match turned {
            Some(standing) => {
                let judged = self.keep_last_work(came).await?;
                (self.turned_away(standing, &said), Judged { replies: Vec::new(), ..judged })
            }
            None => self.serve(came, &said).await?,
        };
        if matches!(reply.standing, Standing::Ok) && said.opening.hello.cursor.is_none() {
            reply.standing = Standing::Rebuild { reason: RebuildReason::Cursor };
        }
        let lease_until = self.lease(&mut reply).await?;
        courier::note_said(self.connection, self.device.id, &said).await?;
        let number = courier::next_answer(self.connection, self.device.id, said.answer).await?;
        let standing = name(&reply.standing);
        let (answered, bytes) = self.write(&said, reply, &judged.replies, number, to).await?;
        let done = Exchanged {
            device: self.device.id,
            file,
            answer: number,
            answers_file: said.file,
            judged: judged.ops,
            answered,
            standing,
            lease_until,
            bytes,
        };
        self.note(&done).await?;
        Ok(done)
    }

    /// Whoever is turned away learns nothing but that.
    fn turned_away(&self, standing: Standing, said: &Said) -> HelloReply {
        let hello = &said.opening.hello;
        HelloReply {
            standing,
            epoch: self.epoch(),
            policy_version: hello.policy_version,
            server_time: self.now,
            head: 0,
            chain: hello.chain,
            lease: None,
            attachment_max: None,
            backed_up: None,
        }
    }

    /// As over a network: the hello first, then the work, if the hello lets it.
    async fn serve(
        &mut self,
        came: Option<Came>,
        said: &Said,
    ) -> Result<(HelloReply, Judged), ExchangeError> {
        let epoch = self.epoch();
        let actor = self.actor();
        let hello = &said.opening.hello;
        let Greeting { standing, .. } = {
            let sight = self.rights.sight();
            let sender = sender(&self.rights, &self.device, &actor);
            greet(self.connection, sender, sight, epoch, hello, self.now).await?
        };
        if standing == Standing::Frozen {
            let sender = sender(&self.rights, &self.device, &actor);
            let op_seq = hello.chain.op_seq;
            fork::freeze(&self.hub.control, self.connection, sender, op_seq, self.now).await?;
            return Ok((self.turned_away(standing, said), Judged::default()));
        }
        let served = matches!(standing, Standing::Ok | Standing::Drain | Standing::Rebuild { .. });
        let mut judged = Judged::default();
        if let Some(came) = came.filter(|_| served) {
            self.judge(came, false, &mut judged).await?;
        }
        if judged.froze {
            return Ok((self.turned_away(Standing::Frozen, said), Judged::default()));
        }
        let known = device::find(self.connection, self.device.id).await?;
        let reply = HelloReply {
            standing,
            epoch,
            policy_version: self.rights.grants.policy_version,
            server_time: self.now,
            head: commit::head(self.connection).await?,
            chain: known.map_or_else(ChainEnd::default, |known| known.chain),
            lease: None,
            attachment_max: Some(self.hub.config.limits.attachment),
            // What a device may forget it is told on a network, where the hub knows its chain as it is now.
            backed_up: None,
        };
        Ok((reply, judged))
    }

    /// Every file brings a new lease: nobody knows when the courier comes again.
    async fn lease(
        &mut self,
        reply: &mut HelloReply,
    ) -> Result<Option<DateTime<Utc>>, ExchangeError> {
        if !matches!(reply.standing, Standing::Ok | Standing::Drain | Standing::Rebuild { .. }) {
            return Ok(None);
        }
        let (hub, device) = (self.hub, self.device.id);
        let (tenant, grants) = (&self.rights.place.tenant, &self.rights.grants);
        let seconds = courier::lease_seconds(self.connection, device).await?;
        let lease =
            lease::issue(&hub.control, &hub.keys, tenant, device, grants, seconds, self.now);
        reply.lease = Some(lease.await?);
        Ok(hub.control.newest_lease(device).await?.map(|lease| lease.expires_at))
    }

    /// Writes the file; answers how many answers are in it, and its bytes.
    async fn write(
        &mut self,
        said: &Said,
        reply: HelloReply,
        replies: &[PushReply],
        number: u64,
        to: &Path,
    ) -> Result<(usize, u64), ExchangeError> {
        let label = Label {
            heading: Heading::ToDevice,
            tenant: self.rights.place.id(),
            device: self.device.id,
            number,
            answers: said.file,
            time: self.now,
        };
        let reader = <&[u8; 32]>::try_from(self.device.encryption_key.as_slice());
        let reader = reader
            .map_err(|_| store::StoreError::Damaged("a device's key has no 32 bytes".to_owned()))?;
        let mut out = Outgoing::begin(self.hub, to, &label, reader)?;
        let base = Base::said(&said.opening, said.answer);
        let standing = reply.standing.clone();
        let opening = wire::pack(&HubOpening { base, reply })?;
        let at = out.at();
        out.sealer().part(Part::Opening, &opening).map_err(at)?;
        let mut answered = 0;
        if matches!(standing, Standing::Ok | Standing::Drain | Standing::Rebuild { .. }) {
            let (epoch, now) = (self.epoch(), self.now);
            let sight = self.rights.sight();
            let mut telling =
                Telling { connection: self.connection, sight, epoch, now, out: &mut out };
            let told = replies.iter().flat_map(|reply| &reply.receipts).map(|(id, _)| *id);
            let told: HashSet<Uuid> = told.collect();
            answered = telling.replies(replies)?;
            answered += telling.answers(self.device.id, said.opening.answered, &told).await?;
            match (standing, base.cursor) {
                (Standing::Ok, Some(cursor)) => {
                    telling.changes(cursor, base.policy_version).await?;
                }
                (Standing::Rebuild { .. }, _) => telling.fresh().await?,
                _ => {}
            }
            // Rights that were lost meanwhile are not served from what was known before.
            let rights = rights_of(self.hub, &self.device).await?;
            if rights.standing_of_device() != rights::Standing::Good
                || rights.grants.policy_version != self.rights.grants.policy_version
            {
                return Err(ExchangeError::Changed);
            }
        }
        Ok((answered, out.finish()?))
    }

    async fn note(&mut self, done: &Exchanged) -> Result<(), ExchangeError> {
        let detail = json!({
            "by": "platform operator", "file": done.file, "answer": done.answer,
            "judged": done.judged, "answered": done.answered, "standing": done.standing,
        });
        let entry = Entry::new(self.actor(), "device.exchange", Outcome::Done);
        let entry =
            entry.about("device", self.device.id).with(&detail).map_err(PeopleError::from)?;
        self.append(entry).await
    }

    async fn append(&mut self, entry: Entry) -> Result<(), ExchangeError> {
        let mut tx = store::begin(self.connection).await?;
        audit::append(&mut tx, vec![entry], self.now).await?;
        Ok(store::commit(tx).await?)
    }

    pub(super) fn epoch(&self) -> u64 {
        // The control database holds it above zero.
        u64::try_from(self.rights.place.tenant.epoch).unwrap_or_default()
    }

    pub(super) fn actor(&self) -> Actor {
        Actor { user: Some(self.device.user_id), device: Some(self.device.id), address: None }
    }
}

/// The device's word that counts: that of its newest file, whichever comes last.
fn newest(came: Option<&Came>, stored: Option<Said>) -> Option<Said> {
    let came = came.map(|came| Said {
        file: came.label.number,
        answer: came.label.answers,
        opening: came.opening.clone(),
    });
    match (came, stored) {
        (Some(came), Some(stored)) if stored.file > came.file => Some(stored),
        (Some(came), _) => Some(came),
        (None, stored) => stored,
    }
}

const fn name(standing: &Standing) -> &'static str {
    match standing {
        Standing::Ok => "ok",
        Standing::Drain => "drain",
        Standing::Rebuild { .. } => "rebuild",
        Standing::Wait { .. } => "wait",
        Standing::Refused { .. } => "refused",
        Standing::Frozen => "frozen",
        Standing::Wipe => "wipe",
    }
}
