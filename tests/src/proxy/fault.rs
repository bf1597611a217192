//! What a proxy may be told to do, and the telling: orders hold for every connection at once, and each direction of
//! each connection draws from a sequence of its own.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rand::{RngExt as _, SeedableRng as _};
use rand_chacha::ChaCha8Rng;
use tokio::sync::watch;

/// A direction, seen from who connects.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// What is sent.
    Up,
    /// What is answered.
    Down,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    None,
    /// Whatever comes waits for a time between these two.
    Delay {
        least: Duration,
        most: Duration,
    },
    /// So few bytes at a time go this way, with a pause after each.
    Drip {
        way: Way,
        bytes: usize,
        pause: Duration,
    },
    /// Nothing goes this way, and nobody is told. What was held goes on with the next order.
    Dead(Way),
    /// Connections are taken, and nothing is heard on any of them.
    Silent,
    /// Once: so many bytes go this way, over all connections together, and with the next one its connection is cut.
    /// `Cut { way: Down, after: 0 }` lets a request be done and takes its whole answer.
    Cut {
        way: Way,
        after: u64,
    },
    /// Each connection is cut after a number of bytes in one direction that is drawn, below this.
    Cuts {
        below: u64,
    },
}

#[derive(Clone, Copy, Debug)]
struct Order {
    number: u64,
    fault: Fault,
}

/// What has come of the order in force.
#[derive(Debug, Default)]
struct Done {
    order: u64,
    /// Bytes that went the way of a single cut.
    passed: u64,
    cuts: u64,
}

pub(super) struct Orders {
    seed: u64,
    told: watch::Sender<Order>,
    done: Mutex<Done>,
    /// Bytes that went on since the beginning: up, and down.
    passed: [AtomicU64; 2],
}

/// One direction of one connection, and what holds for it.
pub(super) struct Gate {
    way: Way,
    orders: Arc<Orders>,
    told: watch::Receiver<Order>,
    random: ChaCha8Rng,
    /// The order that the rest belongs to.
    order: u64,
    /// Bytes that may still pass before the connection is cut, where each is.
    left: u64,
}

/// What may be done with bytes that wait at a gate.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Leave {
    /// So many of them go on; then there is a pause.
    Pass { bytes: usize, before: Duration, after: Duration },
    /// They wait for another order.
    Hold,
    /// So many of them go on, and then the connection breaks off.
    Cut { bytes: usize },
}

impl Orders {
    pub fn new(seed: u64) -> Arc<Self> {
        let (told, _) = watch::channel(Order { number: 0, fault: Fault::None });
        Arc::new(Self { seed, told, done: Mutex::default(), passed: Default::default() })
    }

    pub fn give(&self, fault: Fault) {
        self.told.send_modify(|order| *order = Order { number: order.number + 1, fault });
    }

    pub fn cuts(&self) -> u64 {
        let order = self.told.borrow().number;
        let done = self.done();
        if done.order == order { done.cuts } else { 0 }
    }

    pub fn passed(&self, way: Way) -> u64 {
        self.passed[way as usize].load(Ordering::Relaxed)
    }

    pub fn gate(self: &Arc<Self>, way: Way, connection: u64) -> Gate {
        let stream = connection * 2 + u64::from(way == Way::Down);
        let mut random = ChaCha8Rng::seed_from_u64(self.seed);
        random.set_stream(stream);
        let (orders, told) = (self.clone(), self.told.subscribe());
        Gate { way, orders, told, random, order: u64::MAX, left: 0 }
    }

    /// Waits while nothing is to be heard of any connection.
    pub async fn until_it_answers(&self) {
        // It cannot end before this does: both belong to the proxy.
        let _ = self.told.subscribe().wait_for(|order| order.fault != Fault::Silent).await;
    }

    fn done(&self) -> MutexGuard<'_, Done> {
        self.done.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What has come of this order; an earlier one is forgotten.
    fn done_of(&self, order: u64) -> MutexGuard<'_, Done> {
        let mut done = self.done();
        if done.order != order {
            *done = Done { order, ..Done::default() };
        }
        done
    }
}

impl Gate {
    /// What is to be done with so many bytes that wait here.
    pub fn leave(&mut self, waiting: usize) -> Leave {
        let Order { number, fault } = *self.told.borrow_and_update();
        let all = Leave::Pass { bytes: waiting, before: Duration::ZERO, after: Duration::ZERO };
        if self.order != number {
            self.order = number;
            if let Fault::Cuts { below } = fault {
                self.left = self.random.random_range(0..below.max(1));
            }
        }
        match fault {
            Fault::Delay { least, most } => {
                let before =
                    least + most.saturating_sub(least).mul_f64(self.random.random::<f64>());
                Leave::Pass { bytes: waiting, before, after: Duration::ZERO }
            }
            Fault::Drip { way, bytes, pause } if way == self.way => {
                Leave::Pass { bytes: bytes.clamp(1, waiting), before: Duration::ZERO, after: pause }
            }
            Fault::Dead(way) if way == self.way => Leave::Hold,
            Fault::Silent => Leave::Hold,
            Fault::Cut { way, after } if way == self.way => self.cut_once(number, after, waiting),
            Fault::Cuts { .. } => match usize::try_from(self.left).unwrap_or(usize::MAX) {
                left if left < waiting => {
                    self.orders.done_of(number).cuts += 1;
                    Leave::Cut { bytes: left }
                }
                _ => {
                    self.left -= waiting as u64;
                    all
                }
            },
            Fault::None | Fault::Drip { .. } | Fault::Dead(_) | Fault::Cut { .. } => all,
        }
    }

    fn cut_once(&self, order: u64, after: u64, waiting: usize) -> Leave {
        let mut done = self.orders.done_of(order);
        let left = usize::try_from(after - done.passed.min(after)).unwrap_or(usize::MAX);
        if done.cuts > 0 || left >= waiting {
            done.passed += waiting as u64;
            return Leave::Pass { bytes: waiting, before: Duration::ZERO, after: Duration::ZERO };
        }
        done.cuts += 1;
        Leave::Cut { bytes: left }
    }

    /// So many bytes went on.
    pub fn count(&self, bytes: usize) {
        self.orders.passed[self.way as usize].fetch_add(bytes as u64, Ordering::Relaxed);
    }

    /// Waits for another order.
    pub async fn other_order(&mut self) {
        // It cannot end before this does: both belong to the proxy.
        let _ = self.told.changed().await;
    }
}
