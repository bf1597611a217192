//! A proxy that does to connections what networks do to them: it delays, drips, cuts them and falls silent. What it
//! does is told at run time, and what it draws comes from a seed. It looks at no byte of what passes.

mod fault;
mod pump;
#[cfg(test)]
mod tests;

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream, UnixListener, UnixStream};
use tokio::runtime::{Builder, Runtime};

use self::fault::Orders;
pub use self::fault::{Fault, Way};

/// It stands between those who connect to it and the one place that they mean.
pub struct Proxy {
    orders: Arc<Orders>,
    address: Option<SocketAddr>,
    /// It takes connections until this is dropped.
    runtime: Option<Runtime>,
}

/// Where it passes connections on to.
#[derive(Clone, Debug)]
enum Target {
    Address(SocketAddr),
    Socket(PathBuf),
}

enum Listener {
    Address(TcpListener),
    Socket(UnixListener),
}

trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Stream for T {}

impl Proxy {
    /// Before a place on this machine's network, at an address of its own.
    ///
    /// # Panics
    /// Where it cannot listen.
    pub fn before(target: SocketAddr, seed: u64) -> Self {
        let runtime = runtime();
        let bound = std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).and_then(|bound| {
            bound.set_nonblocking(true)?;
            let _inside = runtime.enter();
            Ok((bound.local_addr()?, TcpListener::from_std(bound)?))
        });
        let bound = bound.unwrap_or_else(|error| panic!("the proxy does not listen: {error}"));
        let (address, listener) = bound;
        let listener = Listener::Address(listener);
        Self::serving(runtime, listener, Target::Address(target), Some(address), seed)
    }

    /// Before a Unix socket, at another one.
    ///
    /// # Panics
    /// Where it cannot listen.
    pub fn before_socket(target: &Path, own: &Path, seed: u64) -> Self {
        let runtime = runtime();
        let bound = {
            let _inside = runtime.enter();
            UnixListener::bind(own)
        };
        let listener = bound.unwrap_or_else(|error| panic!("{}: {error}", own.display()));
        let (listener, target) = (Listener::Socket(listener), Target::Socket(target.to_owned()));
        Self::serving(runtime, listener, target, None, seed)
    }

    fn serving(
        runtime: Runtime,
        listener: Listener,
        target: Target,
        address: Option<SocketAddr>,
        seed: u64,
    ) -> Self {
        let orders = Orders::new(seed);
        runtime.spawn(serve(listener, target, orders.clone()));
        Self { orders, address, runtime: Some(runtime) }
    }

    /// Where it listens.
    ///
    /// # Panics
    /// Where that is a socket in a folder.
    pub fn address(&self) -> SocketAddr {
        self.address.unwrap_or_else(|| panic!("this proxy has no address on the network"))
    }

    pub fn url(&self) -> String {
        format!("http://{}", self.address())
    }

    /// From now on it does this, to connections there are and to new ones; what it did before is over.
    pub fn does(&self, fault: Fault) {
        self.orders.give(fault);
    }

    /// How many bytes have gone this way since it began.
    pub fn passed(&self, way: Way) -> u64 {
        self.orders.passed(way)
    }

    /// How many connections it has cut since the fault was told.
    pub fn cuts(&self) -> u64 {
        self.orders.cuts()
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        // A story may be told in a runtime of its own, where another must not be waited for.
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

fn runtime() -> Runtime {
    let built = Builder::new_multi_thread().worker_threads(1).enable_all().build();
    built.unwrap_or_else(|error| panic!("no runtime for the proxy: {error}"))
}

async fn serve(listener: Listener, target: Target, orders: Arc<Orders>) {
    for connection in 0.. {
        // One that is gone before it is taken is nobody's.
        let Ok(caller) = listener.accept().await else { continue };
        tokio::spawn(join(caller, target.clone(), orders.clone(), connection));
    }
}

/// One connection, until an end closes it or it is cut.
async fn join(caller: Box<dyn Stream>, target: Target, orders: Arc<Orders>, connection: u64) {
    orders.until_it_answers().await;
    // Where nobody is there, the caller's connection ends as it would without a proxy.
    let Ok(called) = target.connect().await else { return };
    let (from_caller, to_caller) = tokio::io::split(caller);
    let (from_called, to_called) = tokio::io::split(called);
    let up = pump::pump(from_caller, to_called, orders.gate(Way::Up, connection));
    let down = pump::pump(from_called, to_caller, orders.gate(Way::Down, connection));
    // The first that breaks off takes the other with it.
    let _ = tokio::try_join!(up, down);
}

impl Listener {
    async fn accept(&self) -> io::Result<Box<dyn Stream>> {
        Ok(match self {
            Self::Address(listener) => {
                let (stream, _) = listener.accept().await?;
                stream.set_nodelay(true)?;
                Box::new(stream)
            }
            Self::Socket(listener) => Box::new(listener.accept().await?.0),
        })
    }
}

impl Target {
    async fn connect(&self) -> io::Result<Box<dyn Stream>> {
        Ok(match self {
            Self::Address(address) => {
                let stream = TcpStream::connect(address).await?;
                stream.set_nodelay(true)?;
                Box::new(stream)
            }
            Self::Socket(path) => Box::new(UnixStream::connect(path).await?),
        })
    }
}
