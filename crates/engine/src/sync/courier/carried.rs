//! A file of the hub in the place of the network: what a round asks for is in it, in the order in which rounds ask.

use std::fs::File;
use std::io::BufReader;

use contract::{Failure, FailureCode};
use sync_protocol::courier::{CourierError, PART_MAX, Part, PartReader, Unsealed};
use sync_protocol::message::{HelloReply, PushReply};
use sync_protocol::wire;

use crate::commands::fault;
use crate::http::Frames;
use crate::session::Session;
use crate::sync::Stop;

pub(super) type Parts = PartReader<Unsealed<BufReader<File>>>;

/// The hub's side of a round as a file tells it. Reading blocks.
pub struct Carried {
    pub reply: HelloReply,
    parts: Parts,
}

impl Carried {
    pub(super) fn new(reply: HelloReply, parts: Parts) -> Self {
        Self { reply, parts }
    }

    /// The next answers, if there are more.
    ///
    /// # Errors
    /// Where the file is not what was written.
    pub fn answers(&mut self, session: &Session) -> Result<Option<PushReply>, Stop> {
        let Some(body) = self.next(Part::Receipts)? else { return Ok(None) };
        let mut reply: PushReply = wire::unpack(&body, PART_MAX)?;
        // What this device does not keep any more was answered long ago.
        let made = session.store.read(|view| {
            let made = reply.receipts.iter().map(|(id, _)| Ok(view.made(*id)?.is_some()));
            made.collect::<Result<Vec<bool>, local_store::StoreError>>()
        });
        let mut made = made.map_err(fault)?.into_iter();
        reply.receipts.retain(|_| made.next() == Some(true));
        Ok(Some(reply))
    }

    /// The next frames of a snapshot or a pull.
    ///
    /// # Errors
    /// `ServerRefused` where there are none: the hub wrote them for what this device was then.
    pub fn frames(&mut self, part: Part) -> Result<Frames, Stop> {
        match self.next(part)? {
            Some(body) => Ok(Frames::of(body)?),
            None => {
                let message = "the file holds no copy for what this device is by now; its answers were taken. Write \
                               another file for the courier, and have it answered";
                Err(Failure::new(FailureCode::ServerRefused, message).into())
            }
        }
    }

    /// The next part of this kind; what comes before it is of no use to the round.
    fn next(&mut self, wanted: Part) -> Result<Option<Vec<u8>>, Stop> {
        while self.parts.peek().map_err(unreadable)?.is_some_and(|part| part <= wanted) {
            match self.parts.part(PART_MAX).map_err(unreadable)? {
                Some((part, body)) if part == wanted => return Ok(Some(body)),
                _ => {}
            }
        }
        Ok(None)
    }
}

pub(super) fn unreadable(error: CourierError) -> Stop {
    Failure::new(FailureCode::Refused, error.to_string()).into()
}
