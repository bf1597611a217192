//! `daybook-server serve`

use tokio::signal::unix::{SignalKind, signal};
use tracing_subscriber::EnvFilter;

use super::failure::Failure;
use crate::clock::Clock;
use crate::http::serve::serve as serve_hub;
use crate::hub::Hub;

pub(super) fn serve() -> Result<(), Failure> {
    let config = super::config()?;
    tracing_subscriber::fmt()
        .json()
        .flatten_event(true)
        .with_current_span(true)
        .with_span_list(false)
        .with_env_filter(EnvFilter::new(&config.log))
        .init();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        let mut terminated = signal(SignalKind::terminate())?;
        let mut interrupted = signal(SignalKind::interrupt())?;
        let hub = Hub::open(config, Clock::system()).await?;
        let ready = |addresses: crate::http::serve::Addresses| {
            tracing::info!(public = %addresses.public, private = %addresses.private, "serving");
        };
        let ends = async move {
            tokio::select! {
                _ = terminated.recv() => {}
                _ = interrupted.recv() => {}
            }
        };
        Ok(serve_hub(hub, ready, ends).await?)
    })
}
