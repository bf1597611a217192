//! THE LIST: every route of the hub's public address, with who may use it. Nothing is served that does not
//! stand here.

use axum::Router;
use axum::middleware::from_fn_with_state;
use axum::response::IntoResponse as _;
use domain::record::OCTET_STREAM;
use sync_protocol::attachment::{Received, UPLOAD_OFFSET};
use sync_protocol::auth::{
    AcceptReply, AcceptRequest, ForgotRequest, LoginReply, LoginRequest, RefreshReply,
    RefreshRequest, ResetRequest, WipedRequest,
};
use tower_http::cors::{Any, CorsLayer};

use utoipa::openapi::path::{Parameter, ParameterBuilder, ParameterIn};
use utoipa::openapi::schema::Type;
use utoipa::openapi::{ObjectBuilder, Required};

use super::health::Alive;
use super::route::Access::{Contact, Public, SignedIn};
use super::route::PublicRoute::{
    AcceptInvitation, ConfirmWipe, ForgotPassword, HandIn, Healthz, Login, OpenApi, Refresh,
    ResetPassword,
};
use super::route::{Route, get, patch, post};
use super::{App, Code, Problem, api, auth, health, openapi, request, sync};

const ATTACHMENT: &str = "/api/v1/sync/attachments/{entity}/{id}/{hash}";

/// Where the bytes of a request belong in the file.
fn upload_offset() -> Parameter {
    let bytes = ObjectBuilder::new().schema_type(Type::Integer);
    let parameter = ParameterBuilder::new().name(UPLOAD_OFFSET).parameter_in(ParameterIn::Header);
    parameter.required(Required::True).schema(Some(bytes)).build()
}

/// Every route.
#[rustfmt::skip]
pub fn routes() -> Vec<Route> {
    let mut routes = vec![
        get("/healthz", Public(Healthz), health::healthz)
            .about("Whether the hub runs").gives::<Alive>(),
        get("/openapi.json", Public(OpenApi), openapi::document)
            .about("This document").gives_media("application/json"),

        post("/api/v1/auth/login", Public(Login), auth::login::login)
            .about("Sign in, and enrol the device").takes::<LoginRequest>().gives::<LoginReply>(),
        post("/api/v1/auth/refresh", Public(Refresh), auth::refresh::refresh)
            .about("Exchange a refresh token").takes::<RefreshRequest>().gives::<RefreshReply>(),
        post("/api/v1/auth/logout", SignedIn, auth::logout::logout)
            .about("End this session"),
        post("/api/v1/auth/password/forgot", Public(ForgotPassword), auth::forgot::forgot)
            .about("Ask for a mail with a link to a new password").takes::<ForgotRequest>(),
        post("/api/v1/auth/password/reset", Public(ResetPassword), auth::reset::reset)
            .about("Set a new password with such a link").takes::<ResetRequest>(),
        post("/api/v1/auth/invitation/accept", Public(AcceptInvitation), auth::accept::accept)
            .about("Accept an invitation with a password").takes::<AcceptRequest>().gives::<AcceptReply>(),
        post("/api/v1/auth/device/wiped", Public(ConfirmWipe), auth::wiped::wiped)
            .about("Say that this device's copy was destroyed, as it was told").takes::<WipedRequest>(),

        post("/api/v1/sync/hello", Contact, sync::hello::hello)
            .about("How the hub stands to this device").takes_media(sync::MEDIA_TYPE).gives_media(sync::MEDIA_TYPE),
        post("/api/v1/sync/push", SignedIn, sync::push::push)
            .about("Send operations; each is judged by itself").takes_media(sync::MEDIA_TYPE).gives_media(sync::MEDIA_TYPE),
        post("/api/v1/sync/escrow", Public(HandIn), sync::escrow::escrow)
            .about("Hand in operations of a device that is not served any more, for others to decide about")
            .takes_media(sync::MEDIA_TYPE).gives_media(sync::MEDIA_TYPE),
        post("/api/v1/sync/pull", SignedIn, sync::pull::pull)
            .about("Receive what changed").takes_media(sync::MEDIA_TYPE).gives_media(sync::MEDIA_TYPE),
        post("/api/v1/sync/snapshot", SignedIn, sync::snapshot::snapshot)
            .about("Receive everything anew").takes_media(sync::MEDIA_TYPE).gives_media(sync::MEDIA_TYPE),
        post("/api/v1/sync/purged", SignedIn, sync::purged::purged)
            .about("Say that nothing is left of what this device may not hold any more").takes_media(sync::MEDIA_TYPE),
        post("/api/v1/sync/live", SignedIn, sync::live::live)
            .about("Be told when there is something to pull").takes_media(sync::MEDIA_TYPE).gives_media(sync::MEDIA_TYPE),
        post("/api/v1/sync/numbers", SignedIn, sync::numbers::numbers)
            .about("Tell how far numbers are used, and be given more").takes_media(sync::MEDIA_TYPE).gives_media(sync::MEDIA_TYPE),
        // Who may have a file is asked of the record that names it.
        post(ATTACHMENT, SignedIn, sync::attachments::begin)
            .about("How much of an attached file has come").gives::<Received>(),
        patch(ATTACHMENT, SignedIn, sync::attachments::receive)
            .about("Send the next bytes of an attached file").reads([upload_offset()])
            .takes_media(OCTET_STREAM).gives::<Received>(),
        get(ATTACHMENT, SignedIn, sync::attachments::send)
            .about("Receive an attached file").gives_media(OCTET_STREAM),
    ];
    // Every master has the same ones; each takes what the master's declaration says.
    routes.extend(api::routes());
    routes
}

/// The router of the public address.
pub fn router(app: &App) -> Router {
    router_of(routes(), app)
}

/// A router of these routes, each behind its guard.
pub fn router_of(routes: Vec<Route>, app: &App) -> Router {
    let router = routes.into_iter().fold(Router::new(), |router, route| route.add_to(router, app));
    let router = router
        .fallback(|| async { Problem::not_found().into_response() })
        .method_not_allowed_fallback(|| async {
            let detail = "This address does not take this method.";
            Problem::new(Code::MethodNotAllowed, detail).into_response()
        })
        .layer(from_fn_with_state(app.clone(), request::around));
    let origins = &app.config.listen.cors_origins;
    let router = match origins.is_empty() {
        true => router,
        false => router.layer(
            CorsLayer::new().allow_origin(origins.clone()).allow_methods(Any).allow_headers(Any),
        ),
    };
    router.with_state(app.clone())
}
