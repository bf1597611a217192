//! The line between a desk and the hub: open, slow enough to watch a first fill, or cut. It carries bytes
//! and understands none of them.

use std::io::{self, Read as _, Write as _};
use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

/// How many bytes go over the line at once.
const PIECE: usize = 2048;

pub struct Line {
    address: SocketAddr,
    state: Arc<State>,
}

#[derive(Default)]
struct State {
    /// Milliseconds that each piece from the hub takes.
    delay: AtomicU64,
    is_cut: AtomicBool,
    open: Mutex<Vec<TcpStream>>,
}

impl Line {
    /// Opens a line to `hub`; it ends with the program.
    ///
    /// # Errors
    /// No port of the loopback address is free.
    pub fn to(hub: SocketAddr) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let address = listener.local_addr()?;
        let state = Arc::new(State::default());
        let held = Arc::clone(&state);
        thread::spawn(move || {
            for caller in listener.incoming().flatten() {
                // A call that cannot be put through is a call that was cut.
                let _ = held.connect(caller, hub);
            }
        });
        Ok(Self { address, state })
    }

    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// From now on each piece from the hub takes this long.
    pub fn slow_down(&self, delay: Duration) {
        let delay = u64::try_from(delay.as_millis()).unwrap_or(u64::MAX);
        self.state.delay.store(delay, Ordering::Relaxed);
    }

    /// Ends all calls and takes no more until [`Line::mend`].
    pub fn cut(&self) {
        self.state.is_cut.store(true, Ordering::Relaxed);
        for stream in self.state.open().drain(..) {
            // It may have ended by itself.
            let _ = stream.shutdown(Shutdown::Both);
        }
    }

    pub fn mend(&self) {
        self.state.is_cut.store(false, Ordering::Relaxed);
    }
}

impl State {
    fn open(&self) -> std::sync::MutexGuard<'_, Vec<TcpStream>> {
        // A list of streams is whole after every step.
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn connect(self: &Arc<Self>, caller: TcpStream, hub: SocketAddr) -> io::Result<()> {
        if self.is_cut.load(Ordering::Relaxed) {
            return caller.shutdown(Shutdown::Both);
        }
        let called = TcpStream::connect(hub)?;
        self.open().extend([caller.try_clone()?, called.try_clone()?]);
        let (ask, answer) = (caller.try_clone()?, called.try_clone()?);
        thread::spawn(move || carry(ask, called, || 0));
        let state = Arc::clone(self);
        thread::spawn(move || carry(answer, caller, || state.delay.load(Ordering::Relaxed)));
        Ok(())
    }
}

/// Carries bytes one way until either side ends.
fn carry(mut from: TcpStream, mut to: TcpStream, delay: impl Fn() -> u64) {
    let mut piece = [0; PIECE];
    while let Ok(count @ 1..) = from.read(&mut piece) {
        thread::sleep(Duration::from_millis(delay()));
        if piece.get(..count).is_none_or(|bytes| to.write_all(bytes).is_err()) {
            break;
        }
    }
    let _ = to.shutdown(Shutdown::Both);
    let _ = from.shutdown(Shutdown::Both);
}
