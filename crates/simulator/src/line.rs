//! The simulated network between one device and the hub: an answer or a question may be lost, and a
//! push that seemed lost may arrive again, long after others.

use chrono::{DateTime, Utc};
use domain::permissions::Grants;
use rand::RngExt as _;
use rand_chacha::ChaCha8Rng;
use sync_protocol::judge::{Author, Moment};
use sync_protocol::message::{Frame, Hello, HelloReply, Pull, Push, PushReply, SnapshotRequest};
use sync_protocol::wire;
use uuid::Uuid;

use crate::device::{Broken, Line};
use crate::hub::{MemoryHub, PushRefused};
use crate::ids::Ids;

/// Rows of one page: few, so that a pull has several.
const PAGE_ROWS: usize = 5;

/// How often things go wrong, in tenths of a percent of the requests.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Weather {
    /// The question never reaches the hub.
    pub lost: u32,
    /// The hub does it, the answer is lost.
    pub unanswered: u32,
    /// The push arrives once more, at once.
    pub twice: u32,
    /// A push of earlier days arrives just before this request.
    pub late: u32,
}

/// A push that the network may deliver again.
pub struct Copy {
    pub device: Uuid,
    pub grants: Grants,
    pub push: Push,
}

/// A push as the hub got it, repeats included, with its answer.
#[derive(Clone, Debug)]
pub struct Heard {
    pub device: Uuid,
    pub push: Push,
    pub answer: Result<PushReply, PushRefused>,
}

/// One round's connection.
pub struct SimulatedLine<'a> {
    pub hub: &'a mut MemoryHub,
    pub device: Uuid,
    pub grants: Grants,
    pub weather: Weather,
    pub random: &'a mut ChaCha8Rng,
    pub ids: &'a mut Ids,
    pub now: DateTime<Utc>,
    /// Every push that ever was on this network.
    pub copies: &'a mut Vec<Copy>,
    /// What reached the hub, in its order.
    pub heard: &'a mut Vec<Heard>,
    /// Texts that must not come down this line, and what of them did.
    pub forbidden: &'a [String],
    pub leaks: &'a mut Vec<String>,
}

impl SimulatedLine<'_> {
    fn happens(&mut self, per_mille: u32) -> bool {
        per_mille > 0 && self.random.random_range(0..1000) < per_mille
    }

    /// Lets a question through, or not; an old push may come before it.
    fn ask(&mut self) -> Result<(), Broken> {
        if self.happens(self.weather.late) && !self.copies.is_empty() {
            let at = self.random.random_range(0..self.copies.len());
            let copy = &self.copies[at]; // `at` is below the length
            let (device, grants, push) = (copy.device, copy.grants.clone(), copy.push.clone());
            // Nobody waits for this answer any more.
            let _ = self.deliver(device, &grants, &push);
        }
        if self.happens(self.weather.lost) { Err(Broken) } else { Ok(()) }
    }

    fn answer<T>(&mut self, answer: T) -> Result<T, Broken> {
        if self.happens(self.weather.unanswered) { Err(Broken) } else { Ok(answer) }
    }

    fn deliver(
        &mut self,
        device: Uuid,
        grants: &Grants,
        push: &Push,
    ) -> Result<PushReply, PushRefused> {
        let author = Author { user: grants.user_id, device, grants };
        let ids = &mut *self.ids;
        let mut new_id = || ids.draw();
        let answer =
            self.hub.push(author, push, &mut Moment { now: self.now, new_id: &mut new_id });
        self.heard.push(Heard { device, push: push.clone(), answer: answer.clone() });
        answer
    }

    fn listen(&mut self, frames: &[Frame]) {
        if self.forbidden.is_empty() {
            return;
        }
        let bytes = wire::encode(&frames).unwrap_or_default();
        for text in self.forbidden {
            if bytes.windows(text.len()).any(|window| window == text.as_bytes()) {
                self.leaks.push(text.clone());
            }
        }
    }
}

impl Line for SimulatedLine<'_> {
    fn hello(&mut self, hello: &Hello) -> Result<HelloReply, Broken> {
        self.ask()?;
        let reply = self.hub.hello(self.device, &self.grants, hello, self.now);
        self.answer(reply)
    }

    fn push(&mut self, push: &Push) -> Result<PushReply, Broken> {
        self.ask()?;
        let (device, grants) = (self.device, self.grants.clone());
        let reply = self.deliver(device, &grants, push);
        if self.happens(self.weather.twice) {
            // The second arrival gets an answer too; this one is lost.
            let _ = self.deliver(device, &grants, push);
        }
        self.copies.push(Copy { device, grants, push: push.clone() });
        // A refused push is tried again in another round, after a new hello.
        let reply = reply.map_err(|_| Broken)?;
        self.answer(reply)
    }

    fn pull(&mut self, pull: &Pull) -> Result<Option<Vec<Frame>>, Broken> {
        self.ask()?;
        let frames = self.hub.pull(&self.grants, pull, PAGE_ROWS, self.now);
        self.listen(frames.as_deref().unwrap_or_default());
        self.answer(frames)
    }

    fn snapshot(&mut self, request: &SnapshotRequest) -> Result<Vec<Frame>, Broken> {
        self.ask()?;
        let frames = self.hub.snapshot(&self.grants, request, PAGE_ROWS);
        self.listen(&frames);
        self.answer(frames)
    }
}
