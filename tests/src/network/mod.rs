//! What stands between a company's desks and its hubs: TLS with an authority of the company's own, a proxy by which
//! alone the hub is reached, and one address for several. All are real ones; none does what a network does to a
//! connection (see `proxy`).

mod front;
mod gate;
mod turns;

use std::net::{Ipv4Addr, SocketAddr};

use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::{Builder, Runtime};

pub use front::Front;
pub use gate::Gate;
pub use turns::{Carried, Turns};

/// A server of the test's, until it is dropped.
struct Serving {
    address: SocketAddr,
    runtime: Option<Runtime>,
}

impl Serving {
    /// Hands each connection to `serve`.
    fn with<F: Future<Output = ()> + Send + 'static>(
        serve: impl Fn(TcpStream) -> F + Send + 'static,
    ) -> Self {
        let built = Builder::new_multi_thread().worker_threads(1).enable_all().build();
        let runtime = built.unwrap_or_else(|error| panic!("no runtime: {error}"));
        let listener = runtime.block_on(TcpListener::bind((Ipv4Addr::LOCALHOST, 0)));
        let listener = listener.unwrap_or_else(|error| panic!("it does not listen: {error}"));
        let address = listener.local_addr().unwrap_or_else(|error| panic!("no address: {error}"));
        runtime.spawn(async move {
            loop {
                // One that is gone before it is taken is nobody's.
                let Ok((stream, _)) = listener.accept().await else { continue };
                tokio::spawn(serve(stream));
            }
        });
        Self { address, runtime: Some(runtime) }
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}
