//! `POST /api/v1/auth/refresh`

use axum::extract::State;
use sync_protocol::auth::{RefreshReply, RefreshRequest};

use crate::auth::session::{self, SessionError};
use crate::http::body::Json;
use crate::http::{App, Problem};

pub async fn refresh(
    State(app): State<App>,
    Json(request): Json<RefreshRequest>,
) -> Result<Json<RefreshReply>, Problem> {
    Ok(Json(session::refresh(&app, &request).await?))
}

impl From<SessionError> for Problem {
    fn from(error: SessionError) -> Self {
        match error {
            SessionError::NotSignedIn => Self::not_signed_in(),
            SessionError::NotServed(standing) => {
                Self::of_standing(standing).unwrap_or_else(Self::not_signed_in)
            }
            SessionError::IsCopy => Self::is_copy(),
            SessionError::Pool(error) => error.into(),
        }
    }
}
