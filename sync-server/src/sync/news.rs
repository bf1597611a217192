//! How far the order of each tenant is known to reach, and telling waiting devices that it went on. A push on this
//! hub is known at once, and one on another hub where that one's word comes through; what nobody tells is found by
//! asking the database, once in a second for all devices of a tenant. It says only that there is news.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use sync_protocol::message::Position;
use tokio::sync::{Notify, watch};
use uuid::Uuid;

use super::herald::{Herald, Word};

/// The database is asked so often while somebody of a tenant waits.
pub const ASK_EVERY: Duration = Duration::from_secs(1);

/// The heads of this many tenants are remembered at one time.
const MOST: usize = 10_000;

/// Who waits, by tenant, and what is known. A tenant of whom nobody waits has no desk.
#[derive(Clone, Default)]
pub struct Newsroom {
    desks: Arc<Mutex<HashMap<Uuid, Desk>>>,
    known: Arc<Mutex<HashMap<Uuid, Known>>>,
    /// The way to the other hubs, where they have one.
    herald: Option<Herald>,
}

/// How far the order of a tenant was known to reach.
#[derive(Clone, Copy)]
struct Known {
    /// The life of the database: in another one the order may have gone back.
    epoch: u64,
    head: Position,
    /// The moment before the database was asked.
    asked: Instant,
}

struct Desk {
    head: watch::Sender<Position>,
    asked: Instant,
    /// Calls one of those who wait to ask the database.
    rumour: Arc<Notify>,
}

/// One that waits.
pub struct Listener {
    room: Newsroom,
    tenant: Uuid,
    /// There until it is dropped.
    head: Option<watch::Receiver<Position>>,
    rumour: Arc<Notify>,
}

impl Newsroom {
    /// One that tells the other hubs of its news, and hears of theirs while [`Newsroom::hear`] runs.
    pub fn new(herald: Option<Herald>) -> Self {
        Self { herald, ..Self::default() }
    }

    /// Hears the other hubs, for as long as this one runs.
    pub async fn hear(self) {
        match &self.herald {
            Some(herald) => herald.run(|word| self.heard(word)).await,
            None => std::future::pending().await,
        }
    }

    /// Another hub says that the order went on. What was known is not trusted any more, and whoever waits asks.
    fn heard(&self, Word { tenant, epoch, head, .. }: Word) {
        let mut known = self.known();
        let news = |known: &Known| (known.epoch, known.head) < (epoch, head);
        match known.get(&tenant) {
            Some(place) if !news(place) => return,
            Some(_) => known.remove(&tenant),
            None => None,
        };
        drop(known);
        if let Some(desk) = self.desks().get(&tenant) {
            desk.rumour.notify_one();
        }
    }

    /// Keeps what this hub itself has just written, after `asked`; tells everyone who waits, and the other hubs.
    pub fn wrote(&self, tenant: Uuid, epoch: u64, head: Position, asked: Instant) {
        self.learn(tenant, epoch, head, asked);
        if let Some(herald) = &self.herald {
            herald.say(tenant, epoch, head);
        }
    }

    /// Tells everyone of the tenant who waits that the order has reached this place.
    pub fn tell(&self, tenant: Uuid, head: Position) {
        if let Some(desk) = self.desks().get(&tenant) {
            desk.head.send_if_modified(|known| {
                let news = head > *known;
                *known = head.max(*known);
                news
            });
        }
    }

    /// Keeps what the database said when it was asked after `asked`, and tells everyone who waits.
    pub fn learn(&self, tenant: Uuid, epoch: u64, head: Position, asked: Instant) {
        let mut known = self.known();
        if known.len() >= MOST && !known.contains_key(&tenant) {
            known.clear();
        }
        let place = known.entry(tenant).or_insert(Known { epoch, head, asked });
        if epoch > place.epoch {
            *place = Known { epoch, head, asked };
        } else if epoch == place.epoch {
            // Two that asked at once may be answered in any order, and the order never goes back.
            place.head = place.head.max(head);
            place.asked = place.asked.max(asked);
        }
        drop(known);
        self.tell(tenant, head);
    }

    /// The newest place in the order of this life of the database, as it was less than a second ago at this hub or
    /// any other; nothing where that is not known.
    pub fn fresh(&self, tenant: Uuid, epoch: u64) -> Option<Position> {
        let known = self.known().get(&tenant).copied();
        let fresh = |known: &Known| known.epoch == epoch && known.asked.elapsed() < ASK_EVERY;
        known.filter(fresh).map(|known| known.head)
    }

    fn known(&self) -> MutexGuard<'_, HashMap<Uuid, Known>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Begins to wait for news of a tenant.
    pub fn listen(&self, tenant: Uuid) -> Listener {
        let mut desks = self.desks();
        let fresh =
            || Desk { head: watch::Sender::new(0), asked: Instant::now(), rumour: Arc::default() };
        let desk = desks.entry(tenant).or_insert_with(fresh);
        let (head, rumour) = (desk.head.subscribe(), desk.rumour.clone());
        drop(desks);
        Listener { room: self.clone(), tenant, head: Some(head), rumour }
    }

    /// The state is plain data and is never left half changed: a panic elsewhere does not spoil it.
    fn desks(&self) -> MutexGuard<'_, HashMap<Uuid, Desk>> {
        self.desks.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Listener {
    /// Waits until the order is known to have gone beyond a place, and answers with the newest one; or with nothing
    /// where this listener is called to ask the database, because another hub says so.
    pub async fn beyond(&mut self, after: Position) -> Option<Position> {
        let Self { head, rumour, .. } = self;
        let known = async {
            if let Some(receiver) = head
                && let Ok(head) = receiver.wait_for(|head| *head > after).await
            {
                return Some(*head);
            }
            // The desk stays as long as this listener does; should that ever fail, there is no news.
            std::future::pending().await
        };
        tokio::select! {
            biased;
            news = known => news,
            () = rumour.notified() => None,
        }
    }

    /// Whether it is this listener's turn to ask the database.
    pub fn is_to_ask(&self) -> bool {
        match self.room.desks().get_mut(&self.tenant) {
            Some(desk) if desk.asked.elapsed() >= ASK_EVERY => {
                desk.asked = Instant::now();
                true
            }
            _ => false,
        }
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        self.head = None;
        let mut desks = self.room.desks();
        if desks.get(&self.tenant).is_some_and(|desk| desk.head.receiver_count() == 0) {
            desks.remove(&self.tenant);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn who_waits_is_told_once_the_order_goes_on_and_nobody_is_remembered() {
        let (room, tenant) = (Newsroom::default(), Uuid::from_u128(1));
        let mut first = room.listen(tenant);
        let mut second = room.listen(tenant);
        room.tell(Uuid::from_u128(2), 90);
        room.tell(tenant, 7);
        room.tell(tenant, 5);
        assert_eq!((first.beyond(6).await, second.beyond(0).await), (Some(7), Some(7)));
        assert!(!first.is_to_ask());
        drop((first, second));
        assert!(room.desks().is_empty());
    }

    #[tokio::test]
    async fn a_word_of_another_hub_is_asked_after_and_not_believed() {
        let (room, tenant, now) = (Newsroom::default(), Uuid::from_u128(1), Instant::now);
        let says = |epoch, head| {
            let word = serde_json::json!({
                "hub": Uuid::from_u128(9), "tenant": tenant, "epoch": epoch, "head": head,
            });
            room.heard(serde_json::from_value(word).unwrap());
        };
        room.learn(tenant, 1, 7, now() + ASK_EVERY);
        let mut waiting = room.listen(tenant);
        says(1, 7);
        assert_eq!(room.fresh(tenant, 1), Some(7), "that was known");
        says(1, Position::MAX);
        assert_eq!(room.fresh(tenant, 1), None);
        assert_eq!(waiting.beyond(7).await, None);
        room.learn(tenant, 1, 8, now());
        assert_eq!(waiting.beyond(7).await, Some(8));
        says(2, 1);
        assert_eq!((room.fresh(tenant, 1), waiting.beyond(8).await), (None, None));
    }

    #[test]
    fn a_head_is_trusted_for_a_second_and_an_older_answer_does_not_take_its_place() {
        let (room, tenant) = (Newsroom::default(), Uuid::from_u128(1));
        assert_eq!(room.fresh(tenant, 1), None);
        let later = Instant::now() + ASK_EVERY;
        room.learn(tenant, 1, 9, later);
        room.learn(tenant, 1, 7, later + ASK_EVERY);
        assert_eq!(room.fresh(tenant, 1), Some(9));
        room.learn(tenant, 2, 3, later);
        assert_eq!((room.fresh(tenant, 2), room.fresh(tenant, 1)), (Some(3), None));
        let (other, long_ago) = (Uuid::from_u128(2), Instant::now());
        room.learn(other, 1, 5, long_ago);
        std::thread::sleep(ASK_EVERY);
        assert_eq!(room.fresh(other, 1), None, "it was a second ago");
    }
}
