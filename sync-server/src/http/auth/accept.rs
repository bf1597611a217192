//! `POST /api/v1/auth/invitation/accept`

use axum::extract::State;
use sync_protocol::auth::{AcceptReply, AcceptRequest};

use crate::auth::link;
use crate::http::body::Json;
use crate::http::signed_in::Sender;
use crate::http::{App, Problem};

pub async fn accept(
    State(app): State<App>,
    Sender(address): Sender,
    Json(request): Json<AcceptRequest>,
) -> Result<Json<AcceptReply>, Problem> {
    Ok(Json(link::accept(&app, &request, &address.to_string()).await?))
}
