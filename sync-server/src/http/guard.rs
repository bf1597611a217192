//! The guard before each route: finds out who speaks and whether they may, before the handler runs. What a
//! handler then does with rows is judged again, by the rules.

use std::net::{IpAddr, SocketAddr};

use axum::extract::{ConnectInfo, Request, State};
use axum::http::header;
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse as _, Response};
use axum::routing::MethodRouter;

use super::route::Access;
use super::signed_in::SignedIn;
use super::{App, Problem};
use crate::audit::{self, Entry, Outcome};
use crate::auth::session;
use crate::store;
use crate::store::control::usage::Measure;

/// Puts the guard for this access before a handler.
pub(super) fn before(handler: MethodRouter<App>, access: Access, app: &App) -> MethodRouter<App> {
    match access {
        Access::Public(_) => handler,
        _ => handler.layer(from_fn_with_state((app.clone(), access), guard)),
    }
}

async fn guard(
    State((app, access)): State<(App, Access)>,
    mut request: Request,
    next: Next,
) -> Response {
    let visitor = Visitor::of(&request);
    match admit(&app, access, visitor).await {
        Ok(signed_in) => {
            let span = tracing::Span::current();
            span.record("tenant", tracing::field::display(signed_in.tenant_id()));
            span.record("user", tracing::field::display(signed_in.user_id()));
            let (meter, tenant) = (&app.meter, signed_in.tenant_id());
            request.extensions_mut().insert(signed_in);
            meter.count(tenant, Measure::Requests, 1);
            let request = request.map(|body| meter.counted(body, tenant, Measure::BytesIn));
            let response = next.run(request).await;
            response.map(|body| meter.counted(body, tenant, Measure::BytesOut))
        }
        Err(problem) => problem.into_response(),
    }
}

/// What the guard looks at. A request itself cannot be held while a database is asked.
struct Visitor {
    token: Option<String>,
    address: IpAddr,
    method: String,
    path: String,
}

impl Visitor {
    fn of(request: &Request) -> Self {
        let connection = request.extensions().get::<ConnectInfo<SocketAddr>>();
        Self {
            token: bearer(request).map(str::to_owned),
            address: address_of(connection),
            method: request.method().to_string(),
            path: request.uri().path().to_owned(),
        }
    }
}

async fn admit(app: &App, access: Access, visitor: Visitor) -> Result<SignedIn, Problem> {
    let claims = visitor.token.as_deref().and_then(|token| session::claims_of(app, token));
    let claims = claims.ok_or_else(Problem::not_signed_in)?;
    let rights = app.rights.of(&claims).await?.ok_or_else(Problem::not_signed_in)?;
    let standing = rights.standing(&claims);
    let signed_in = SignedIn { claims, rights, standing, address: visitor.address };
    if access == Access::Contact {
        return Ok(signed_in);
    }
    if let Some(problem) = Problem::of_standing(standing) {
        return Err(problem);
    }
    let mut needed = access.permissions().into_iter();
    if let Some(permission) = needed.find(|permission| !signed_in.rights.holds(*permission)) {
        note_denial(app, &signed_in, &visitor).await?;
        return Err(Problem::not_permitted(permission));
    }
    Ok(signed_in)
}

async fn note_denial(app: &App, signed_in: &SignedIn, visitor: &Visitor) -> Result<(), Problem> {
    let what = serde_json::json!({ "method": visitor.method, "path": visitor.path });
    let entry = Entry::new(signed_in.actor(), "request", Outcome::Denied).with(&what);
    let entry = entry.map_err(|error| Problem::internal(&error))?;
    let mut connection = signed_in.connection(app).await?;
    let mut tx = store::begin(&mut connection).await?;
    audit::append(&mut tx, vec![entry], app.clock.now()).await?;
    Ok(store::commit(tx).await?)
}

fn bearer(request: &Request) -> Option<&str> {
    let value = request.headers().get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

/// Where the connection came from. Headers that claim another address are not looked at.
pub(super) fn address_of(connection: Option<&ConnectInfo<SocketAddr>>) -> IpAddr {
    // Without a connection (a request made inside the process) every sender is the same one.
    connection.map_or(IpAddr::from([0, 0, 0, 0]), |ConnectInfo(address)| address.ip())
}
