//! How a route is written down: method, path, who may use it, handler, and what goes in and out. From these the
//! router, `routes --json` and the OpenAPI document are made, so none can leave the others behind. A route
//! without an [`Access`] cannot be written.

use std::borrow::Cow;

use axum::Router;
use axum::handler::Handler;
use axum::routing::{MethodFilter, MethodRouter, on};
use domain::permissions::{Action, Guard, Permission};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa::openapi::path::Parameter;
use utoipa::openapi::{RefOr, Schema};

use super::App;
use super::guard;

/// Who may use a route.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Anyone: one of the few of [`PublicRoute`].
    Public(PublicRoute),
    /// Whoever is signed in and in good standing.
    SignedIn,
    /// Whoever has a good token, in whatever standing: the handler answers by it. For what a device must learn
    /// when it is not served any more.
    Contact,
    /// Whoever holds the permission.
    Permission(Permission),
    /// Whoever may do this to the records of the entity that the guard is of.
    Guarded(Guard, Action),
}

impl Access {
    /// The permissions that it takes, all of them.
    pub fn permissions(self) -> Vec<Permission> {
        match self {
            Self::Permission(permission) => vec![permission],
            Self::Guarded(guard, action) => guard.needed(action).collect(),
            Self::Public(_) | Self::SignedIn | Self::Contact => Vec::new(),
        }
    }
}

/// The routes that are open to anyone. There are no others, and never more than twelve.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PublicRoute {
    Healthz,
    OpenApi,
    Login,
    Refresh,
    ForgotPassword,
    ResetPassword,
    AcceptInvitation,
    ConfirmWipe,
    HandIn,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Method {
    Get,
    Post,
    Put,
    Patch,
    Delete,
}

/// What a body holds.
#[derive(Clone)]
pub(super) enum Content {
    /// JSON of the schema that has this name.
    Json { name: String, schema: Schemas },
    /// Bytes of another kind, by media type.
    Other(&'static str),
}

pub(super) type Schemas = Vec<(String, RefOr<Schema>)>;

/// One route.
pub struct Route {
    pub method: Method,
    pub path: Cow<'static, str>,
    pub access: Access,
    /// What it is for, in one line.
    pub about: Cow<'static, str>,
    /// What stands in the query and in headers.
    pub(super) parameters: Vec<Parameter>,
    pub(super) takes: Option<Content>,
    pub(super) gives: Option<Content>,
    /// The status of a request that was done, where it is not 200 or 204.
    pub(super) success: Option<u16>,
    handler: MethodRouter<App>,
}

/// A route as `routes --json` lists it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RouteLine {
    pub method: Method,
    pub path: Cow<'static, str>,
    /// The permission it takes, the last of several; absent for public routes and for those that only take being
    /// signed in.
    pub permission: Option<Permission>,
    pub public: bool,
}

macro_rules! method {
    ($function:ident, $method:ident, $filter:ident) => {
        /// A route with this method.
        pub fn $function<H, T>(
            path: impl Into<Cow<'static, str>>,
            access: Access,
            handler: H,
        ) -> Route
        where
            H: Handler<T, App>,
            T: 'static,
        {
            Route::new(Method::$method, path.into(), access, on(MethodFilter::$filter, handler))
        }
    };
}

method!(get, Get, GET);
method!(post, Post, POST);
method!(put, Put, PUT);
method!(patch, Patch, PATCH);
method!(delete, Delete, DELETE);

impl Route {
    fn new(
        method: Method,
        path: Cow<'static, str>,
        access: Access,
        handler: MethodRouter<App>,
    ) -> Self {
        let (about, parameters) = (Cow::Borrowed(""), Vec::new());
        let (takes, gives, success) = (None, None, None);
        Self { method, path, access, about, parameters, takes, gives, success, handler }
    }

    /// What it is for, in one line.
    #[must_use]
    pub fn about(mut self, about: impl Into<Cow<'static, str>>) -> Self {
        self.about = about.into();
        self
    }

    /// The JSON that it takes.
    #[must_use]
    pub fn takes<T: ToSchema>(mut self) -> Self {
        self.takes = Some(json::<T>());
        self
    }

    /// The JSON that it gives.
    #[must_use]
    pub fn gives<T: ToSchema>(mut self) -> Self {
        self.gives = Some(json::<T>());
        self
    }

    /// The JSON that it takes, by a schema that no Rust type stands for.
    #[must_use]
    pub(super) fn takes_schema(mut self, name: &str, schema: Schemas) -> Self {
        self.takes = Some(Content::Json { name: name.to_owned(), schema });
        self
    }

    /// The JSON that it gives, likewise.
    #[must_use]
    pub(super) fn gives_schema(mut self, name: &str, schema: Schemas) -> Self {
        self.gives = Some(Content::Json { name: name.to_owned(), schema });
        self
    }

    /// What it reads from the query or from headers.
    #[must_use]
    pub(super) fn reads(mut self, parameters: impl IntoIterator<Item = Parameter>) -> Self {
        self.parameters.extend(parameters);
        self
    }

    /// The status of a request that was done.
    #[must_use]
    pub(super) fn succeeds(mut self, status: u16) -> Self {
        self.success = Some(status);
        self
    }

    /// A body of another kind that it takes.
    #[must_use]
    pub fn takes_media(mut self, media_type: &'static str) -> Self {
        self.takes = Some(Content::Other(media_type));
        self
    }

    /// A body of another kind that it gives.
    #[must_use]
    pub fn gives_media(mut self, media_type: &'static str) -> Self {
        self.gives = Some(Content::Other(media_type));
        self
    }

    /// The route as it is listed.
    pub fn line(&self) -> RouteLine {
        RouteLine {
            method: self.method,
            path: self.path.clone(),
            permission: self.access.permissions().pop(),
            public: matches!(self.access, Access::Public(_)),
        }
    }

    /// Adds the route to a router, behind its guard.
    pub(super) fn add_to(self, router: Router<App>, app: &App) -> Router<App> {
        router.route(&self.path, guard::before(self.handler, self.access, app))
    }
}

fn json<T: ToSchema>() -> Content {
    let mut schema = vec![(T::name().into_owned(), T::schema())];
    T::schemas(&mut schema);
    Content::Json { name: T::name().into_owned(), schema }
}
