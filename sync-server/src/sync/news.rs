//! Telling waiting devices that something changed. A push on this hub is told at once; what another hub or a SQL
//! job did is found by asking the database, once for all devices of a tenant. It says only that there is news.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use sync_protocol::message::Position;
use tokio::sync::watch;
use uuid::Uuid;

/// The database is asked so often while somebody of a tenant waits.
pub const ASK_EVERY: Duration = Duration::from_secs(1);

/// Who waits, by tenant. A tenant of whom nobody waits is not here.
#[derive(Clone, Default)]
pub struct Newsroom(Arc<Mutex<HashMap<Uuid, Desk>>>);

struct Desk {
    head: watch::Sender<Position>,
    asked: Instant,
}

/// One that waits.
pub struct Listener {
    room: Newsroom,
    tenant: Uuid,
    /// There until it is dropped.
    head: Option<watch::Receiver<Position>>,
}

impl Newsroom {
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

    /// Begins to wait for news of a tenant.
    pub fn listen(&self, tenant: Uuid) -> Listener {
        let mut desks = self.desks();
        let fresh = || Desk { head: watch::Sender::new(0), asked: Instant::now() };
        let head = desks.entry(tenant).or_insert_with(fresh).head.subscribe();
        Listener { room: self.clone(), tenant, head: Some(head) }
    }

    /// The state is plain data and is never left half changed: a panic elsewhere does not spoil it.
    fn desks(&self) -> MutexGuard<'_, HashMap<Uuid, Desk>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Listener {
    /// Waits until the order is known to have gone beyond a place; answers with the newest one.
    pub async fn beyond(&mut self, after: Position) -> Position {
        if let Some(receiver) = &mut self.head {
            let news = receiver.wait_for(|head| *head > after).await.map(|head| *head);
            if let Ok(head) = news {
                return head;
            }
        }
        // The desk stays as long as this listener does; should that ever fail, there is no news.
        std::future::pending().await
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
        assert_eq!((first.beyond(6).await, second.beyond(0).await), (7, 7));
        assert!(!first.is_to_ask());
        drop((first, second));
        assert!(room.desks().is_empty());
    }
}
