//! Serving: two addresses, the work behind the requests, and an end that lets running requests finish.

use std::future::Future;
use std::net::SocketAddr;
use std::sync::OnceLock;
use std::time::Duration;

use chrono::TimeDelta;
use metrics_exporter_prometheus::{BuildError, PrometheusBuilder, PrometheusHandle};
use tokio::net::TcpListener;

use super::{App, health, router};
use crate::auth::throttle;
use crate::tenant::look_after::{look_after_stirred, run as look_after_each};

/// The hub could not begin to serve.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    #[error("cannot listen on {address} ({variable}): {source}")]
    Listen { variable: &'static str, address: SocketAddr, source: std::io::Error },
    #[error("the connection to the world broke: {0}")]
    Io(#[from] std::io::Error),
    #[error("the counters cannot be set up: {0}")]
    Metrics(#[from] BuildError),
}

/// Where the hub listens, once it does.
#[derive(Debug, Clone, Copy)]
pub struct Addresses {
    pub public: SocketAddr,
    pub private: SocketAddr,
}

/// Serves until `ends`, then lets running requests finish for a while. Calls `ready` once it listens.
///
/// # Errors
/// See [`ServeError`].
pub async fn serve(
    app: App,
    ready: impl FnOnce(Addresses),
    ends: impl Future<Output = ()> + Send + 'static,
) -> Result<(), ServeError> {
    let handle = recorder()?;
    let listen = &app.config.listen;
    let public = bind("DAYBOOK_LISTEN", listen.public).await?;
    let private = bind("DAYBOOK_LISTEN_PRIVATE", listen.private).await?;
    let addresses = Addresses { public: public.local_addr()?, private: private.local_addr()? };
    let private = axum::serve(private, health::private(app.clone(), handle));
    let behind = [
        tokio::spawn(app.rights.clone().listen()),
        tokio::spawn(app.news.clone().hear()),
        tokio::spawn(sweep(app.clone())),
        tokio::spawn(forget(app.clone())),
        tokio::spawn(look_after(app.clone())),
        tokio::spawn(meter(app.clone())),
        tokio::spawn(sweep_attachments(app.clone())),
        // Ends with the process: readiness is asked for until the last moment.
        tokio::spawn(async move {
            if let Err(error) = private.await {
                tracing::error!(%error, "the private address is not served any more");
            }
        }),
    ];
    ready(addresses);
    let result = run(app.clone(), public, ends).await;
    for task in behind {
        task.abort();
    }
    // What the last requests did.
    look_after_stirred(&app).await;
    write_usage(&app).await;
    result
}

async fn run(
    app: App,
    listener: TcpListener,
    ends: impl Future<Output = ()> + Send + 'static,
) -> Result<(), ServeError> {
    let patience = app.config.limits.shutdown_time;
    let closing = app.closing.clone();
    let service = router::router(&app).into_make_service_with_connect_info::<SocketAddr>();
    let ended = async move {
        ends.await;
        tracing::info!("shutting down");
        // Open streams hear of it and end by themselves.
        closing.send_replace(true);
    };
    let serving = axum::serve(listener, service).with_graceful_shutdown(ended);
    let mut closed = app.closing.subscribe();
    let too_long = async move {
        // The sender lives as long as the hub, so that waiting for its word cannot fail.
        let _ = closed.wait_for(|closing| *closing).await;
        tokio::time::sleep(patience).await;
    };
    tokio::select! {
        result = serving => Ok(result?),
        () = too_long => {
            tracing::warn!("requests were still running at the end of the time allowed for them");
            Ok(())
        }
    }
}

async fn bind(variable: &'static str, address: SocketAddr) -> Result<TcpListener, ServeError> {
    let bound = TcpListener::bind(address).await;
    bound.map_err(|source| ServeError::Listen { variable, address, source })
}

/// The counters, one set for the process.
fn recorder() -> Result<PrometheusHandle, BuildError> {
    static RECORDER: OnceLock<PrometheusHandle> = OnceLock::new();
    if let Some(handle) = RECORDER.get() {
        return Ok(handle.clone());
    }
    let handle = PrometheusBuilder::new().install_recorder()?;
    Ok(RECORDER.get_or_init(|| handle).clone())
}

/// Closes connections to tenants' databases that nobody uses.
async fn sweep(app: App) {
    let mut each = tokio::time::interval(Duration::from_secs(15));
    loop {
        each.tick().await;
        app.directory.pools().sweep().await;
    }
}

/// Seals the audit of every tenant, and tells where their policies stand.
async fn look_after(app: App) {
    look_after_each(&app).await;
}

/// Clears away attached files that no record names any more.
async fn sweep_attachments(app: App) {
    crate::attachment::sweep::run(&app).await;
}

/// Writes what the tenants used.
async fn meter(app: App) {
    let mut each = tokio::time::interval(Duration::from_secs(10));
    loop {
        each.tick().await;
        write_usage(&app).await;
    }
}

async fn write_usage(app: &App) {
    if let Err(error) = app.meter.write(&app.control, app.clock.now()).await {
        tracing::warn!(?error, "what the tenants used is written later");
    }
}

/// Forgets what counts no more: old guesses, ended sessions.
async fn forget(app: App) {
    let mut each = tokio::time::interval(Duration::from_secs(600));
    loop {
        each.tick().await;
        let now = app.clock.now();
        let guesses = app.control.forget_failures(now - throttle::WINDOW).await;
        // A month is kept, so that a session that ended can still be explained.
        let sessions = app.control.forget_families(now - TimeDelta::days(30)).await;
        if let Err(error) = guesses.and(sessions) {
            tracing::warn!(?error, "old guesses and sessions are not cleared away");
        }
    }
}
