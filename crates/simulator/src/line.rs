//! The simulated network between one device and its hub: a question or an answer may be lost, a push may arrive
//! twice, late, or long after others. What comes down is held against what the person may see.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use domain::masters::CUSTOMER;
use domain::permissions::{Grants, ReadRight};
use domain::synced;
use rand::RngExt as _;
use rand_chacha::ChaCha8Rng;
use sync_protocol::judge::Moment;
use sync_protocol::message::{Frame, Hello, HelloReply, Pull, Push, PushReply, SnapshotRequest};
use sync_protocol::numbers::{NumbersReply, NumbersRequest};
use sync_protocol::projection::{Projection, is_visible};
use sync_protocol::row::WireRow;
use sync_protocol::wire;
use uuid::Uuid;

use crate::device::{Broken, Line, Sent};
use crate::hub::{Begun, PushRefused};
use crate::ids::Ids;
use crate::trail::Trail;
use crate::world::tenant::{RATING, Tenant};

/// Rows of one page: few, so that a pull has several.
const PAGE_ROWS: usize = 8;

/// How often things go wrong, in tenths of a percent of the requests.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Weather {
    /// The question never reaches the hub.
    pub lost: u32,
    /// The hub does it, the answer is lost.
    pub unanswered: u32,
    /// The push arrives once more, while the hub is still at the first.
    pub twice: u32,
    /// A push of earlier days arrives just before this request.
    pub late: u32,
    /// The push is under way, or in a transaction that takes its time, and arrives after others or never.
    pub delayed: u32,
}

/// A push that is under way or may come again.
pub struct Copy {
    tenant: usize,
    device: Uuid,
    push: Push,
    /// The hub is at it already.
    begun: Option<Begun>,
}

/// A push as the hub got it, repeats included, with its answer.
#[derive(Clone, Debug)]
pub struct Heard {
    pub tenant: usize,
    pub device: Uuid,
    pub push: Push,
    pub answer: Result<PushReply, PushRefused>,
}

/// What was ever on the network.
#[derive(Default)]
pub struct Network {
    copies: Vec<Copy>,
    /// What reached the hubs, in its order.
    pub heard: Vec<Heard>,
    /// What was sent in the name of devices that never made it.
    pub forged: Vec<Heard>,
    /// Whose each device is.
    pub users: BTreeMap<Uuid, Uuid>,
    /// What came down to one who may not see it, in words.
    pub leaks: Vec<String>,
}

/// One round's connection.
pub struct SimulatedLine<'a> {
    pub tenant: &'a mut Tenant,
    pub person: usize,
    pub device: Uuid,
    pub weather: Weather,
    pub random: &'a mut ChaCha8Rng,
    pub ids: &'a mut Ids,
    pub now: DateTime<Utc>,
    pub net: &'a mut Network,
    pub trail: &'a mut Trail,
    /// Texts that must not come down this line.
    pub forbidden: &'a [String],
    /// The rights that the hub told of.
    pub told: Option<Grants>,
}

impl SimulatedLine<'_> {
    fn happens(&mut self, per_mille: u32) -> bool {
        per_mille > 0 && self.random.random_range(0..1000) < per_mille
    }

    /// Lets a question through, or not; an old push may come before it, or another life of the hub.
    fn ask(&mut self) -> Result<(), Broken> {
        self.tenant.come_to_a_restore();
        if self.happens(self.weather.late) {
            let number = self.tenant.number;
            let of_here =
                (0..self.net.copies.len()).filter(|at| self.net.copies[*at].tenant == number);
            let of_here: Vec<usize> = of_here.collect();
            if !of_here.is_empty() {
                let at = of_here[self.random.random_range(0..of_here.len())];
                let copy = &mut self.net.copies[at]; // an index of it, just above
                let (device, push, begun) = (copy.device, copy.push.clone(), copy.begun.take());
                // Nobody waits for this answer any more.
                let _ = self.deliver(device, &push, begun);
            }
        }
        if self.happens(self.weather.lost) { Err(Broken) } else { Ok(()) }
    }

    fn answer<T>(&mut self, answer: T) -> Result<T, Broken> {
        if self.happens(self.weather.unanswered) { Err(Broken) } else { Ok(answer) }
    }

    /// `None` where the hub died.
    fn deliver(
        &mut self,
        device: Uuid,
        push: &Push,
        begun: Option<Begun>,
    ) -> Option<Result<PushReply, PushRefused>> {
        let begun = begun.unwrap_or_else(|| self.tenant.hub.begin());
        let user = self.net.users.get(&device).copied().unwrap_or_default();
        self.trail.message("push", &(device, push));
        let answer = self.tenant.push((device, user), (push, &begun), self.now, self.ids)?;
        if let Ok(reply) = &answer {
            self.trail.message("answer", reply);
        }
        let (tenant, push) = (self.tenant.number, push.clone());
        self.net.heard.push(Heard { tenant, device, push, answer: answer.clone() });
        Some(answer)
    }

    /// Everything that comes down must be what the person may see at this moment.
    fn listen(&mut self, frames: &[Frame]) {
        let bytes = wire::encode(&frames).unwrap_or_default();
        self.trail.bytes(&bytes);
        let grants = self.tenant.grants(self.person);
        let text = String::from_utf8_lossy(&bytes);
        // Their own words stay theirs.
        let own = format!("{RATING} {}", grants.user_id);
        let reads = grants.field_right(&CUSTOMER, "extra.rating").read == ReadRight::Full;
        let rating = !reads && text.matches(RATING).count() > text.matches(&own).count();
        let mut leaks: Vec<String> =
            self.forbidden.iter().filter(|it| text.contains(it.as_str())).cloned().collect();
        leaks.extend(rating.then(|| RATING.to_owned()));
        for leak in &mut leaks {
            let tells = |frame: &&Frame| format!("{frame:?}").contains(leak.as_str());
            *leak = format!("\"{leak}\": {:?}", frames.iter().find(tells));
        }
        let mut sights: BTreeMap<u16, Projection> = BTreeMap::new();
        for frame in frames {
            let Frame::Put { entity, row, .. } = frame else { continue };
            let Some(declared) = synced::all().nth(usize::from(*entity)) else { continue };
            let sight = sights.entry(*entity).or_insert_with(|| Projection::of(grants, declared));
            let stands = self.tenant.hub.standing(declared, row.id());
            let shown = stands.filter(|record| is_visible(grants, record));
            if shown.is_none_or(|record| WireRow::of(record, sight) != *row) {
                leaks.push(format!("{} {} as it may not be seen", declared.name, row.id()));
            }
        }
        self.net.leaks.append(&mut leaks);
    }
}

impl Line for SimulatedLine<'_> {
    fn hello(&mut self, hello: &Hello) -> Result<HelloReply, Broken> {
        self.ask()?;
        self.trail.message("hello", hello);
        let grants = self.tenant.grants(self.person).clone();
        let mut new_id = || self.ids.draw();
        let mut moment = Moment { now: self.now, new_id: &mut new_id };
        let reply = self.tenant.hub.hello(self.device, &grants, hello, &mut moment);
        self.trail.message("greeting", &reply);
        let reply = self.answer(reply)?;
        self.told = Some(grants);
        Ok(reply)
    }

    fn push(&mut self, push: &Push) -> Result<Option<PushReply>, Broken> {
        self.ask()?;
        let (tenant, device, copied) = (self.tenant.number, self.device, push.clone());
        let copy = Copy { tenant, device, push: copied, begun: None };
        if self.happens(self.weather.delayed) {
            let begun = Some(self.tenant.hub.begin());
            self.net.copies.push(Copy { begun, ..copy });
            return Err(Broken);
        }
        self.net.copies.push(copy);
        let begun = self.tenant.hub.begin();
        let reply = if self.happens(self.weather.twice) {
            // The second arrival gets an answer too; this one is lost.
            let second = self.tenant.hub.begin();
            let reply = self.deliver(device, push, Some(begun));
            let _ = self.deliver(device, push, Some(second));
            reply
        } else {
            self.deliver(device, push, Some(begun))
        };
        match reply.ok_or(Broken)? {
            Ok(reply) => self.answer(Some(reply)),
            Err(PushRefused::Forked) => self.answer(None),
            // It is tried again in another round, after a new hello.
            Err(_) => Err(Broken),
        }
    }

    fn pull(&mut self, pull: &Pull) -> Result<Sent, Broken> {
        self.ask()?;
        self.trail.message("pull", pull);
        let grants = self.tenant.grants(self.person).clone();
        let frames = self.tenant.hub.pull(&grants, pull, PAGE_ROWS, self.now);
        self.listen(frames.as_deref().unwrap_or_default());
        self.answer(frames)
    }

    fn snapshot(&mut self, request: &SnapshotRequest) -> Result<Sent, Broken> {
        self.ask()?;
        let grants = self.tenant.grants(self.person).clone();
        // The rights changed in the middle of the round: the next hello tells of it.
        if request.policy_version != grants.policy_version {
            return Err(Broken);
        }
        let frames = self.tenant.hub.snapshot(&grants, request, PAGE_ROWS);
        self.listen(frames.as_deref().unwrap_or_default());
        self.answer(frames)
    }

    fn numbers(&mut self, request: &NumbersRequest) -> Result<NumbersReply, Broken> {
        self.ask()?;
        self.trail.message("numbers", request);
        let reply = self.tenant.give_numbers((self.device, self.person), request, self.ids);
        let reply = reply.ok_or(Broken)?;
        self.trail.message("leases", &reply);
        self.answer(reply)
    }
}
