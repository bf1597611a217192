//! Sending what was attached here and fetching what records name, one file after the other. Whatever stops it, the
//! next time goes on where this one ended. A file that the hub does not take or have keeps no other waiting.

use std::sync::Arc;

use contract::Failure;
use domain::record::EntityDef;
use local_store::{NamedFile, RowState, SealedFile, Standing};
use sync_protocol::attachment::PART_MAX;
use uuid::Uuid;

use super::cabinet;
use super::pace::Pace;
use super::sealed::PART;
use crate::commands::fault;
use crate::http::HttpError;
use crate::session::Session;
use crate::sync::{Budget, Stop};

/// Sent with one request. On a line of 64 kB a second it takes four seconds.
const SENT: usize = 4 * PART;
const _: () = assert!(SENT <= PART_MAX);
/// How often the hub may say that a file goes on elsewhere.
const AGAIN_MAX: usize = 3;
/// The hub's answer where there is no such file, no such record, or none that may be seen.
const NOT_FOUND: u16 = 404;

/// What became of the files that were due.
#[derive(Clone, Debug, Default)]
pub struct Transferred {
    /// The records whose files were sent or fetched, or of whose files something was learned.
    pub touched: Vec<(&'static EntityDef, Uuid)>,
}

enum Due {
    Send(NamedFile, SealedFile),
    Fetch(NamedFile),
}

/// Sends and fetches what is due, and stops between two parts where the budget is spent.
///
/// # Errors
/// Where the hub was not reached, or the disk refuses. What was done before stays done.
pub async fn transfer(session: &Arc<Session>, budget: &Budget) -> Result<Transferred, Stop> {
    let here = Arc::clone(session);
    let due = crate::blocking(move || due(&here)).await?;
    let mut done = Transferred::default();
    for due in due {
        if budget.is_spent() {
            break;
        }
        let (named, moved) = match due {
            Due::Send(named, file) => {
                let moved = send(session, &named, file, budget).await;
                (named, moved)
            }
            Due::Fetch(named) => {
                let moved = fetch(session, &named, budget).await;
                (named, moved)
            }
        };
        match moved {
            Ok(true) => done.touched.push((named.entity, named.row_id)),
            Ok(false) => {}
            // This file alone: too large, refused, or not as it should be.
            Err(Stop::Http(error @ (HttpError::Refused { .. } | HttpError::TooLarge))) => {
                tracing::warn!(%error, "an attached file stays where it is");
            }
            Err(stop) => return Err(stop),
        }
    }
    Ok(done)
}

fn due(session: &Session) -> Result<Vec<Due>, Failure> {
    let read = session.store.read(|view| {
        let epoch = view.epoch()?;
        let mut due = Vec::new();
        for named in view.named_files()? {
            let (entity, row_id, hash) = (named.entity, named.row_id, named.file.hash());
            let standing = view.attachment_standing(entity, row_id, hash)?;
            let whole = view.sealed_file(hash)?.filter(|file| file.whole);
            match whole {
                None => due.push(Due::Fetch(named)),
                // The hub takes a file once it has the record that names it.
                Some(file) if standing.attached_here && standing.hub_epoch != Some(epoch) => {
                    let row = view.get(entity, row_id)?;
                    if row.is_some_and(|row| row.state != RowState::Pending) {
                        due.push(Due::Send(named, file));
                    }
                }
                Some(_) => {}
            }
        }
        Ok(due)
    });
    read.map_err(fault)
}

/// Sends one file; answers whether the hub has it now.
async fn send(
    session: &Arc<Session>,
    named: &NamedFile,
    file: SealedFile,
    budget: &Budget,
) -> Result<bool, Stop> {
    let (identity, hub) = (&session.identity, budget.hub());
    let place = &address(named);
    for _ in 0..AGAIN_MAX {
        let begin = |token: String| async move { hub.begin_file(&token, place).await };
        let mut standing = match session.tokens.with(identity, begin).await {
            Err(HttpError::Refused { status: NOT_FOUND, .. }) => return Ok(false),
            standing => standing?,
        };
        let mut pace = Pace::begin();
        let gone_on = loop {
            if standing.complete {
                note(session, named, |epoch| Standing {
                    attached_here: true,
                    hub_epoch: Some(epoch),
                    missing: false,
                })
                .await?;
                return Ok(true);
            }
            if budget.is_spent() {
                return Ok(false);
            }
            let (here, file, from) = (Arc::clone(session), file.clone(), standing.received);
            let bytes = crate::blocking(move || part(&here, &file, from)).await?;
            let bytes = &bytes;
            let part = |token: String| async move {
                hub.send_part(&token, place, from, bytes.clone()).await
            };
            standing = match session.tokens.with(identity, part).await {
                // Another run of this device, or a hub that was restored, has more or less of it.
                Err(HttpError::Refused { status: 409, .. }) => break Ok(()),
                Err(error) => break Err(error),
                Ok(standing) => standing,
            };
            pace.rest().await;
        };
        gone_on?;
    }
    Ok(false)
}

/// The bytes that are sent next.
fn part(session: &Session, file: &SealedFile, from: u64) -> Result<Vec<u8>, Failure> {
    let (mut opener, mut before) = session.cabinet.open(file, from).map_err(super::disk)?;
    let mut bytes = Vec::with_capacity(SENT);
    while bytes.len() < SENT {
        let Some(part) = opener.part().map_err(super::disk)? else { break };
        bytes.extend_from_slice(part.get(before..).unwrap_or_default());
        before = 0;
    }
    bytes.truncate(SENT);
    Ok(bytes)
}

/// Fetches one file; answers whether anything was learned of it.
///
/// # Errors
/// As [`transfer`].
pub async fn fetch(
    session: &Arc<Session>,
    named: &NamedFile,
    budget: &Budget,
) -> Result<bool, Stop> {
    let (here, wanted) = (Arc::clone(session), named.clone());
    let file = crate::blocking(move || place_for(&here, &wanted)).await?;
    if file.whole {
        return Ok(true);
    }
    let (here, resumed) = (Arc::clone(session), file.clone());
    let resume = move || here.cabinet.resume(&resumed).map_err(super::disk);
    let (mut sealer, from) = crate::blocking(resume).await?;
    let (identity, hub) = (&session.identity, budget.hub());
    let place = &address(named);
    let request = |token: String| async move { hub.fetch_file(&token, place, from).await };
    let mut content = match session.tokens.with(identity, request).await {
        Err(HttpError::Refused { status: NOT_FOUND, .. }) => {
            return lacking(session, named).await;
        }
        content => content?,
    };
    let (mut left, mut pace) = (file.size - from, Pace::begin());
    while left > 0 {
        let bytes = content.next(SENT).await?;
        if bytes.is_empty() {
            return Err(HttpError::Broken.into());
        }
        if bytes.len() as u64 > left {
            return Err(HttpError::Unreadable("it sends more of a file than there is").into());
        }
        left -= bytes.len() as u64;
        sealer = crate::blocking(move || {
            sealer.write(&bytes).map_err(super::disk)?;
            Ok(sealer)
        })
        .await?;
        // It goes on behind what is here.
        if left > 0 && budget.is_spent() {
            return Ok(false);
        }
        pace.rest().await;
    }
    let here = Arc::clone(session);
    let ended = crate::blocking(move || {
        if !here.cabinet.end(&file, sealer).map_err(super::disk)? {
            tracing::warn!("an attached file arrived with another content; it is fetched anew");
            return Ok(false);
        }
        // Where nothing names it any more, it was let go meanwhile.
        here.store.sealed_file_arrived(&file).map_err(fault)
    });
    Ok(ended.await?)
}

/// The place of a file that is on its way here, the one of an earlier time where there is one.
fn place_for(session: &Session, named: &NamedFile) -> Result<SealedFile, Failure> {
    let hash = named.file.hash();
    let known = session.store.read(|view| view.sealed_file(hash)).map_err(fault)?;
    if let Some(known) = known {
        return Ok(known);
    }
    let file = cabinet::arriving(session.host(), hash.to_owned(), named.file.size());
    session.store.keep_sealed_file(&file).map_err(fault)?;
    Ok(file)
}

/// The hub has it not: whoever attached it has yet to send it.
async fn lacking(session: &Arc<Session>, named: &NamedFile) -> Result<bool, Stop> {
    let (here, asked) = (Arc::clone(session), named.clone());
    let was = crate::blocking(move || {
        let (entity, row_id, hash) = (asked.entity, asked.row_id, asked.file.hash());
        here.store.read(|view| view.attachment_standing(entity, row_id, hash)).map_err(fault)
    })
    .await?;
    if was.missing {
        return Ok(false);
    }
    note(session, named, move |_| Standing { missing: true, ..was }).await?;
    Ok(true)
}

async fn note(
    session: &Arc<Session>,
    named: &NamedFile,
    standing: impl FnOnce(u64) -> Standing + Send + 'static,
) -> Result<(), Stop> {
    let (here, named) = (Arc::clone(session), named.clone());
    let note = move || {
        let (entity, row_id, hash) = (named.entity, named.row_id, named.file.hash());
        let epoch = here.store.read(|view| view.epoch())?;
        here.store.keep_attachment_standing(entity, row_id, hash, standing(epoch))
    };
    Ok(crate::blocking(move || note().map_err(fault)).await?)
}

/// How the hub calls it.
fn address(named: &NamedFile) -> String {
    format!("{}/{}/{}", named.entity.name, named.row_id, named.file.hash())
}
