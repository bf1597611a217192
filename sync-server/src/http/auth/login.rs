//! `POST /api/v1/auth/login`

use axum::extract::State;
use domain::permissions::Permission;
use sync_protocol::auth::{LoginReply, LoginRequest};
use tokio::time::Instant;

use super::until_same_time;
use crate::auth::rights::Standing;
use crate::auth::sign_in::{SignInError, sign_in};
use crate::http::body::Json;
use crate::http::signed_in::Sender;
use crate::http::{App, Code, Problem};
use crate::store::control::usage::Measure;

pub async fn login(
    State(app): State<App>,
    Sender(address): Sender,
    Json(request): Json<LoginRequest>,
) -> Result<Json<LoginReply>, Problem> {
    let started = Instant::now();
    match sign_in(&app, &request, address).await {
        Ok(reply) => {
            metrics::counter!("daybook_sign_ins", "outcome" => "done").increment(1);
            app.meter.count(reply.tenant_id, Measure::SignIns, 1);
            Ok(Json(reply))
        }
        Err(error) => {
            metrics::counter!("daybook_sign_ins", "outcome" => "refused").increment(1);
            until_same_time(started).await;
            Err(error.into())
        }
    }
}

impl From<SignInError> for Problem {
    fn from(error: SignInError) -> Self {
        let standing = |standing| Self::of_standing(standing).unwrap_or_else(Self::not_signed_in);
        match error {
            SignInError::Wrong => Self::not_signed_in(),
            SignInError::TooMany(wait) => wait.into(),
            SignInError::Claim { field, message } => Self::field(field, "form", message),
            SignInError::TenantSuspended => standing(Standing::TenantSuspended),
            SignInError::TenantMigrating => standing(Standing::TenantMigrating),
            SignInError::DeviceRevoked => standing(Standing::DeviceRevoked),
            SignInError::DeviceWiping => standing(Standing::DeviceWiping),
            SignInError::DeviceIsCopy => Self::is_copy(),
            SignInError::MayNotEnrol => Self::not_permitted(Permission::SYNC_DEVICE_ENROL),
            SignInError::DeviceOfAnother => Self::new(
                Code::Conflict,
                "This installation is enrolled for another user. Use a profile of your own.",
            ),
            SignInError::NoRoom => Self::new(
                Code::Conflict,
                "The plan has no room for another device. Revoke one that is not used any more.",
            ),
            SignInError::Hash(error) => error.into(),
            SignInError::Pool(error) => error.into(),
        }
    }
}
