//! Whether the hub is alive, whether it is ready, and what it counts. Readiness and counters are on the private
//! address only.

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use metrics_exporter_prometheus::PrometheusHandle;
use serde::Serialize;
use utoipa::ToSchema;

use super::App;
use super::body::Json;

#[derive(Serialize, ToSchema)]
pub(super) struct Alive {
    status: &'static str,
}

/// `GET /healthz`: the process runs and answers. Says nothing of the databases.
pub(super) async fn healthz() -> Json<Alive> {
    Json(Alive { status: "alive" })
}

#[derive(Serialize)]
struct Ready {
    control_database: &'static str,
    migrations: &'static str,
}

/// `GET /readyz`: the control database answers, and its schema is this program's.
async fn readyz(State((app, _)): State<(App, PrometheusHandle)>) -> Response {
    let (status, ready) = match app.control.is_current().await {
        Ok(true) => {
            (StatusCode::OK, Ready { control_database: "reachable", migrations: "current" })
        }
        Ok(false) => (
            StatusCode::SERVICE_UNAVAILABLE,
            Ready { control_database: "reachable", migrations: "not current" },
        ),
        Err(error) => {
            tracing::warn!(?error, "not ready");
            let ready = Ready { control_database: "not reachable", migrations: "unknown" };
            (StatusCode::SERVICE_UNAVAILABLE, ready)
        }
    };
    (status, Json(ready)).into_response()
}

/// `GET /metrics`: counters in Prometheus' text format.
async fn metrics_text(State((app, handle)): State<(App, PrometheusHandle)>) -> String {
    let (in_use, idle) = app.directory.pools().count();
    let number = |count: usize| f64::from(u32::try_from(count).unwrap_or(u32::MAX)); // float: a gauge, never money
    metrics::gauge!("daybook_tenant_connections", "state" => "in_use").set(number(in_use));
    metrics::gauge!("daybook_tenant_connections", "state" => "idle").set(number(idle));
    handle.render()
}

/// The routes of the private address.
pub(super) fn private(app: App, handle: PrometheusHandle) -> Router {
    Router::new()
        .route("/healthz", get(healthz))
        .route("/readyz", get(readyz))
        .route("/metrics", get(metrics_text))
        .with_state((app, handle))
}
