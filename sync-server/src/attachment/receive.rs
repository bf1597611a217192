//! Taking a file in: what has come so far, the next bytes of it, and whether the whole is what it was said to be.

use chrono::{DateTime, Utc};
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use super::Named;
use crate::ids;
use crate::store::tenant::attachment::{self, Content};
use crate::store::{self, Connection, StoreError};

/// Why nothing more was taken.
#[derive(Debug, thiserror::Error)]
pub enum ReceiveError {
    #[error("a file may have at most {0} bytes")]
    TooLarge(u64),
    #[error("the tenant's plan has no room for this file; remove others, or change the plan")]
    NoRoom,
    #[error("the file goes on at byte {received}")]
    Elsewhere { received: u64 },
    #[error("the file has fewer bytes than were sent")]
    TooLong,
    #[error("what was sent is not the file with this SHA-256; send it anew from its beginning")]
    WrongHash,
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// How much a file may take.
#[derive(Debug, Clone, Copy)]
pub struct Room {
    /// Bytes of one file.
    pub file: u64,
    /// Bytes of all files of the tenant, where its plan has a limit.
    pub tenant: Option<i64>,
}

/// Where a file stands on its way in.
#[derive(Debug, Clone, Copy)]
pub struct Standing {
    pub received: u64,
    pub complete: bool,
}

/// Where the file stands that this device is to send; begins it where nothing has come.
///
/// # Errors
/// `TooLarge` and `NoRoom`; see [`StoreError`].
pub async fn begin(
    connection: &mut Connection,
    named: &Named,
    device: Uuid,
    room: Room,
    now: DateTime<Utc>,
) -> Result<Standing, ReceiveError> {
    let mut tx = store::begin(connection).await?;
    let Some(content) = open(&mut tx, named, device, room, now).await? else {
        return Ok(Standing { received: named.file.size(), complete: true });
    };
    let left = named.file.size().saturating_sub(length(content.received));
    if let Some(most) = room.tenant {
        let full = attachment::stored(&mut tx).await?.saturating_add_unsigned(left) > most;
        if full {
            return Err(ReceiveError::NoRoom);
        }
    }
    let standing = settle(&mut tx, named, &content, content.received, now).await?;
    store::commit(tx).await?;
    standing
}

/// Takes the next bytes of a file. After the last, the whole is compared with its hash: where it is another,
/// nothing of it is kept.
///
/// # Errors
/// See [`ReceiveError`].
pub async fn receive(
    connection: &mut Connection,
    named: &Named,
    device: Uuid,
    room: Room,
    (offset, bytes): (u64, &[u8]),
    now: DateTime<Utc>,
) -> Result<Standing, ReceiveError> {
    let mut tx = store::begin(connection).await?;
    let Some(content) = open(&mut tx, named, device, room, now).await? else {
        return Ok(Standing { received: named.file.size(), complete: true });
    };
    let received = length(content.received);
    if offset != received {
        return Err(ReceiveError::Elsewhere { received });
    }
    let end = offset.saturating_add(u64::try_from(bytes.len()).unwrap_or(u64::MAX));
    if end > named.file.size() {
        return Err(ReceiveError::TooLong);
    }
    let received = match bytes {
        [] => content.received,
        bytes => attachment::append(&mut tx, &content, bytes).await?,
    };
    let standing = settle(&mut tx, named, &content, received, now).await?;
    store::commit(tx).await?;
    standing
}

/// What this device has sent, locked; `None` where all of it is here, from whomever.
async fn open(
    tx: &mut Connection,
    named: &Named,
    device: Uuid,
    room: Room,
    now: DateTime<Utc>,
) -> Result<Option<Content>, ReceiveError> {
    if named.file.size() > room.file {
        return Err(ReceiveError::TooLarge(room.file));
    }
    if attachment::arrived(tx, &named.place()).await?.is_some() {
        return Ok(None);
    }
    let size = i64::try_from(named.file.size()).map_err(|_| ReceiveError::TooLarge(room.file))?;
    let id = ids::row_id(now);
    Ok(Some(attachment::on_its_way(tx, &named.place(), size, device, id, now).await?))
}

/// Where the file stands now; the inner refusal is of what has come, and is to be kept like the rest.
async fn settle(
    tx: &mut Connection,
    named: &Named,
    content: &Content,
    received: i64,
    now: DateTime<Utc>,
) -> Result<Result<Standing, ReceiveError>, ReceiveError> {
    if received < content.size {
        return Ok(Ok(Standing { received: length(received), complete: false }));
    }
    let mut hash = Sha256::new();
    let mut at = 0;
    while at < received {
        let part = attachment::part(tx, content.id, at).await?;
        if part.is_empty() {
            break; // a gap, which the hash tells
        }
        at += i64::try_from(part.len()).unwrap_or(i64::MAX);
        hash.update(&part);
    }
    if <[u8; 32]>::from(hash.finalize()) != *named.hash() {
        attachment::forget(tx, content.id).await?;
        return Ok(Err(ReceiveError::WrongHash));
    }
    attachment::arrive(tx, &named.place(), content.id, now).await?;
    Ok(Ok(Standing { received: length(received), complete: true }))
}

/// No length in the database is below zero.
fn length(stored: i64) -> u64 {
    u64::try_from(stored).unwrap_or_default()
}
