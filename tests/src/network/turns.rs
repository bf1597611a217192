//! Several hubs behind one address, as a load balancer puts them there: each request goes to the next one that is up,
//! also where a client would have kept its connection. It counts what it carries.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, copy_bidirectional};
use tokio::net::TcpStream;

use super::Serving;

/// The longest head of a request.
const HEAD_MAX: usize = 16 << 10;

pub struct Turns {
    serving: Serving,
    round: Arc<Round>,
}

struct Round {
    hubs: Vec<SocketAddr>,
    next: AtomicUsize,
    carried: Mutex<Vec<Carried>>,
}

/// One request and its answer, heads included.
#[derive(Clone, Debug)]
pub struct Carried {
    /// The first line of the request.
    pub asked: String,
    /// Bytes to the hub, and from it.
    pub sent: u64,
    pub received: u64,
}

impl Turns {
    pub fn between(hubs: impl IntoIterator<Item = SocketAddr>) -> Self {
        let round = Arc::new(Round {
            hubs: hubs.into_iter().collect(),
            next: AtomicUsize::new(0),
            carried: Mutex::default(),
        });
        let served = Arc::clone(&round);
        let serving = Serving::with(move |stream| {
            let round = Arc::clone(&served);
            async move { round.serve(stream).await }
        });
        Self { serving, round }
    }

    pub fn url(&self) -> String {
        format!("http://{}", self.serving.address)
    }

    /// The requests that have ended since this was last asked.
    pub fn carried(&self) -> Vec<Carried> {
        std::mem::take(&mut self.round.carried.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Round {
    async fn serve(&self, mut caller: TcpStream) {
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") && head.len() < HEAD_MAX {
            let Ok(byte) = caller.read_u8().await else { return };
            head.push(byte);
        }
        let asked = String::from_utf8_lossy(&head).lines().next().unwrap_or_default().to_owned();
        let size = head.len() as u64;
        // The next request comes on a connection of its own, and so to the next hub.
        head.truncate(head.len().saturating_sub(2));
        head.extend_from_slice(b"connection: close\r\n\r\n");
        let Some(mut hub) = self.dial().await else { return };
        if hub.write_all(&head).await.is_err() {
            return;
        }
        if let Ok((body, received)) = copy_bidirectional(&mut caller, &mut hub).await {
            let carried = Carried { asked, sent: size + body, received };
            self.carried.lock().unwrap_or_else(PoisonError::into_inner).push(carried);
        }
    }

    /// The next hub that takes the connection.
    async fn dial(&self) -> Option<TcpStream> {
        for _ in &self.hubs {
            let turn = self.next.fetch_add(1, Ordering::Relaxed);
            if let Ok(hub) = TcpStream::connect(*self.hubs.get(turn % self.hubs.len())?).await {
                return Some(hub);
            }
        }
        None
    }
}
