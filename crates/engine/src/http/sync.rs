//! The messages of a sync round, as requests. A pull and a snapshot are read frame by frame while they
//! come, on a thread that may block.

use std::io::Read;
use std::time::Duration;

use futures_util::TryStreamExt as _;
use reqwest::Method;
use sync_protocol::history::History;
use sync_protocol::message::{
    Escrow, EscrowReply, Frame, Hello, HelloReply, Listen, News, Pull, PurgeReceipt, Push,
    PushReply, SnapshotRequest,
};
use sync_protocol::numbers::{NumbersReply, NumbersRequest};
use sync_protocol::wire::{FrameReader, WireError};
use tokio_util::io::{StreamReader, SyncIoBridge};

use super::client::unreadable;
use super::{HttpError, Hub};

/// The frames of one answer, in order, as they come over the network. Reading blocks.
pub struct Frames {
    reader: FrameReader<Box<dyn Read + Send>>,
}

impl Frames {
    /// The frames of an answer that is here already, packed as it goes over the network.
    ///
    /// # Errors
    /// Where it cannot be read.
    pub fn of(body: Vec<u8>) -> Result<Self, WireError> {
        let reader: Box<dyn Read + Send> = Box::new(std::io::Cursor::new(body));
        Ok(Self { reader: FrameReader::new(reader)? })
    }

    /// The next frame; `None` at the end of the answer.
    ///
    /// # Errors
    /// Where the answer breaks off or is no frame.
    pub fn read(&mut self) -> Result<Option<Frame>, WireError> {
        self.reader.read()
    }
}

/// How long a hub may take to say that it is alive.
const PROBE: Duration = Duration::from_secs(2);

impl Hub {
    /// Whether the hub answers at all.
    pub async fn is_alive(&self) -> bool {
        matches!(tokio::time::timeout(PROBE, self.alive()).await, Ok(true))
    }

    /// # Errors
    /// See [`HttpError`].
    pub async fn hello(&self, token: &str, hello: &Hello) -> Result<HelloReply, HttpError> {
        self.packed("api/v1/sync/hello", token, hello).await
    }

    /// # Errors
    /// See [`HttpError`].
    pub async fn push(&self, token: &str, push: &Push) -> Result<PushReply, HttpError> {
        self.packed("api/v1/sync/push", token, push).await
    }

    /// Hands in work that this device may not push any more; its key speaks for it.
    ///
    /// # Errors
    /// `Unauthorized` where the hub takes none this way.
    pub async fn escrow(&self, escrow: &Escrow) -> Result<EscrowReply, HttpError> {
        self.unpacked("api/v1/sync/escrow", None, escrow).await
    }

    /// Tells how far the numbers are used that this device holds, and asks for more.
    ///
    /// # Errors
    /// See [`HttpError`].
    pub async fn numbers(
        &self,
        token: &str,
        request: &NumbersRequest,
    ) -> Result<NumbersReply, HttpError> {
        self.packed("api/v1/sync/numbers", token, request).await
    }

    /// # Errors
    /// See [`HttpError`].
    pub async fn purged(&self, token: &str, receipt: &PurgeReceipt) -> Result<(), HttpError> {
        self.opened("api/v1/sync/purged", token, receipt).await.map(|_| ())
    }

    /// Asks for news; the hub holds the request until there is some, or for a while.
    ///
    /// # Errors
    /// See [`HttpError`].
    pub async fn live(&self, token: &str, listen: &Listen) -> Result<News, HttpError> {
        self.packed("api/v1/sync/live", token, listen).await
    }

    /// What became of a record, a page of it.
    ///
    /// # Errors
    /// `Refused` with the status 404 where the hub has no such record for this person.
    pub async fn history(
        &self,
        token: &str,
        entity: &str,
        id: &str,
        cursor: Option<&str>,
    ) -> Result<History, HttpError> {
        // A cursor is made of signs that stand for themselves in a query.
        let cursor = cursor.map(|cursor| format!("?cursor={cursor}")).unwrap_or_default();
        let path = format!("api/v1/{entity}/{id}/history{cursor}");
        let request = self.request(Method::GET, &path, Some(token))?;
        self.read_json(self.send(request).await?).await
    }

    /// # Errors
    /// `Gone` where the device must fill anew.
    pub async fn pull(&self, token: &str, pull: &Pull) -> Result<Frames, HttpError> {
        let response = self.opened("api/v1/sync/pull", token, pull).await?;
        self.frames(response)
    }

    /// # Errors
    /// As [`Hub::pull`].
    pub async fn snapshot(
        &self,
        token: &str,
        request: &SnapshotRequest,
    ) -> Result<Frames, HttpError> {
        let response = self.opened("api/v1/sync/snapshot", token, request).await?;
        self.frames(response)
    }

    fn frames(&self, response: reqwest::Response) -> Result<Frames, HttpError> {
        let meter = self.meter();
        let stream = response.bytes_stream().map_err(std::io::Error::other);
        let stream = stream.inspect_ok(move |chunk| meter.received(chunk.len()));
        let reader: Box<dyn Read + Send> =
            Box::new(SyncIoBridge::new(StreamReader::new(Box::pin(stream))));
        let reader = FrameReader::new(reader).map_err(|e| unreadable(&e))?;
        Ok(Frames { reader })
    }
}
