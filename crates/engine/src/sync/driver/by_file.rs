//! The hub's side of a round from a file that it wrote, where that is what the round has.

use std::sync::Arc;

use sync_protocol::courier::Part;
use sync_protocol::device::round::{Doubt, Event, Outcome, Target};
use sync_protocol::message::HelloReply;

use super::Driver;
use crate::commands::fault;
use crate::http::Frames;
use crate::session::Session;
use crate::sync::courier::Carried;
use crate::sync::round::{Report, unexpected, words};
use crate::sync::standing::StandingBoard;
use crate::sync::{Stop, blocking, local};

impl<'a> Driver<'a> {
    /// A round with what this file says.
    pub fn by_file(
        carried: Carried,
        session: &'a Arc<Session>,
        board: &'a Arc<StandingBoard>,
        report: &'a mut Report,
    ) -> Self {
        Self { carried: Some(carried), ..Self::new(session, board, report) }
    }

    /// The hub was heard of, and not reached.
    pub(super) async fn greeted_by_file(&mut self, reply: HelloReply) -> Result<HelloReply, Stop> {
        self.hub_chain = reply.chain.op_seq;
        let (session, server_time) = (Arc::clone(self.session), reply.server_time);
        let most = reply.attachment_max;
        crate::blocking(move || {
            session.heard_of(server_time).map_err(fault)?;
            local::keep_attachment_max(&session, most)
        })
        .await?;
        Ok(reply)
    }

    /// Nothing is sent: the answers that came are stored, and the round goes on where there are no more. What has none
    /// waits for another file.
    pub(super) async fn answered_by_file(&mut self) -> Result<Event, Stop> {
        let session = Arc::clone(self.session);
        let answers = self.ask_file(move |carried| carried.answers(&session)).await?;
        match answers {
            // Whether there is something to pull the file's own hello says.
            Some(reply) => match self.receipts(reply).await? {
                Event::Pushed { left, .. } => Ok(Event::Pushed { position: 0, left }),
                event => Ok(event),
            },
            None => Ok(Event::Pushed { position: 0, left: 0 }),
        }
    }

    pub(super) async fn frames_by_file(&mut self, part: Part) -> Result<Frames, Stop> {
        self.ask_file(move |carried| carried.frames(part)).await
    }

    /// What a round asks for anew. A file has no other answer: a copy that does not match says so in the next file
    /// that is written here, and one that is being filled is not taken.
    pub(super) fn to_be_mended(
        &self,
        doubts: Vec<Doubt>,
        into: Target,
    ) -> Result<Vec<Doubt>, Stop> {
        match (&self.carried, into) {
            (None, _) => Ok(doubts),
            (Some(_), Target::Side) if !doubts.is_empty() => Err(words(Outcome::NoParity).into()),
            (Some(_), _) => Ok(Vec::new()),
        }
    }

    async fn ask_file<T: Send + 'static>(
        &mut self,
        ask: impl FnOnce(&mut Carried) -> Result<T, Stop> + Send + 'static,
    ) -> Result<T, Stop> {
        let mut carried = self.carried.take().ok_or_else(unexpected)?;
        let (carried, answer) = blocking(move || {
            let answer = ask(&mut carried);
            Ok((carried, answer))
        })
        .await?;
        self.carried = Some(carried);
        answer
    }
}
