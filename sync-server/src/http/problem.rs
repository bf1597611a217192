//! What goes wrong, as a client sees it: RFC 9457 problem details with a code from ONE short list. No SQL, no
//! path of the machine and no secret is in it; what the operator needs to know is in the log.

use std::time::Duration;

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use domain::permissions::Permission;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::auth::rights::Standing;
use crate::store::StoreError;
use crate::store::pool::PoolError;

/// Every code there is. Clients act on the code and show the detail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Code {
    /// The request itself cannot be read.
    InvalidRequest,
    /// Fields are wrong; `errors` says which.
    InvalidFields,
    NotSignedIn,
    NotPermitted,
    TenantSuspended,
    DeviceRevoked,
    /// Two copies of the device are in use; its person says which is the original.
    DeviceFrozen,
    /// Another copy of the device was said to be the original.
    DeviceIsCopy,
    /// The device is to destroy its copy.
    DeviceWiping,
    NotFound,
    MethodNotAllowed,
    /// It stands against what is there.
    Conflict,
    /// The record is not as the request says that it was seen.
    Stale,
    /// A change must say which state of the record it is about.
    PreconditionRequired,
    /// The key of this request was used before for another one.
    KeyReused,
    /// Operations are missing before the first one of a push.
    ChainGap,
    /// A copy of the device's file is in use.
    ChainForked,
    /// A newer Daybook made these operations: the hub has to be updated before it can take them.
    HubOutdated,
    /// The hub was restored: the device fetches everything anew.
    EpochChanged,
    /// The person sees something else now: the device fetches everything anew.
    RightsChanged,
    /// The device was away for so long that nobody can say what it lacks: it fetches everything anew.
    CursorExpired,
    BodyTooLarge,
    UnsupportedMediaType,
    TooManyAttempts,
    /// The link was used, is too old, or never was one.
    LinkNotValid,
    /// Busy, or a database is away: the same request may succeed shortly.
    Unavailable,
    TimedOut,
    Internal,
}

impl Code {
    pub const fn status(self) -> StatusCode {
        match self {
            Self::InvalidRequest => StatusCode::BAD_REQUEST,
            Self::InvalidFields | Self::LinkNotValid => StatusCode::UNPROCESSABLE_ENTITY,
            Self::NotSignedIn => StatusCode::UNAUTHORIZED,
            Self::NotPermitted
            | Self::TenantSuspended
            | Self::DeviceRevoked
            | Self::DeviceFrozen
            | Self::DeviceIsCopy
            | Self::DeviceWiping => StatusCode::FORBIDDEN,
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
            Self::Conflict
            | Self::KeyReused
            | Self::ChainGap
            | Self::ChainForked
            | Self::HubOutdated => StatusCode::CONFLICT,
            Self::Stale => StatusCode::PRECONDITION_FAILED,
            Self::PreconditionRequired => StatusCode::PRECONDITION_REQUIRED,
            Self::EpochChanged | Self::RightsChanged | Self::CursorExpired => StatusCode::GONE,
            Self::BodyTooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::UnsupportedMediaType => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::TooManyAttempts => StatusCode::TOO_MANY_REQUESTS,
            Self::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
            Self::TimedOut => StatusCode::GATEWAY_TIMEOUT,
            Self::Internal => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    pub const fn name(self) -> &'static str {
        match self {
            Self::InvalidRequest => "invalid_request",
            Self::InvalidFields => "invalid_fields",
            Self::NotSignedIn => "not_signed_in",
            Self::NotPermitted => "not_permitted",
            Self::TenantSuspended => "tenant_suspended",
            Self::DeviceRevoked => "device_revoked",
            Self::DeviceFrozen => "device_frozen",
            Self::DeviceIsCopy => "device_is_copy",
            Self::DeviceWiping => "device_wiping",
            Self::NotFound => "not_found",
            Self::MethodNotAllowed => "method_not_allowed",
            Self::Conflict => "conflict",
            Self::Stale => "stale",
            Self::PreconditionRequired => "precondition_required",
            Self::KeyReused => "key_reused",
            Self::ChainGap => "chain_gap",
            Self::ChainForked => "chain_forked",
            Self::HubOutdated => "hub_outdated",
            Self::EpochChanged => "epoch_changed",
            Self::RightsChanged => "rights_changed",
            Self::CursorExpired => "cursor_expired",
            Self::BodyTooLarge => "body_too_large",
            Self::UnsupportedMediaType => "unsupported_media_type",
            Self::TooManyAttempts => "too_many_attempts",
            Self::LinkNotValid => "link_not_valid",
            Self::Unavailable => "unavailable",
            Self::TimedOut => "timed_out",
            Self::Internal => "internal",
        }
    }

    const fn title(self) -> &'static str {
        match self {
            Self::InvalidRequest => "The request cannot be read",
            Self::InvalidFields => "Some fields are wrong",
            Self::NotSignedIn => "Not signed in",
            Self::NotPermitted => "Not permitted",
            Self::TenantSuspended => "The tenant is suspended",
            Self::DeviceRevoked => "The device was revoked",
            Self::DeviceFrozen => "Two copies of the device are in use",
            Self::DeviceIsCopy => "The device is a copy of another",
            Self::DeviceWiping => "The device is to be wiped",
            Self::NotFound => "Not found",
            Self::MethodNotAllowed => "This address does not take this method",
            Self::Conflict => "It stands against what is there",
            Self::Stale => "The record was changed since",
            Self::PreconditionRequired => "The request does not say which state it is about",
            Self::KeyReused => "The key was used for another request",
            Self::ChainGap => "Operations are missing",
            Self::ChainForked => "The chain of operations is forked",
            Self::HubOutdated => "The hub is older than these operations",
            Self::EpochChanged => "The hub was restored",
            Self::RightsChanged => "The rights have changed",
            Self::CursorExpired => "The copy is too old to be brought up to date",
            Self::BodyTooLarge => "The request is too large",
            Self::UnsupportedMediaType => "This kind of body is not understood",
            Self::TooManyAttempts => "Too many attempts",
            Self::LinkNotValid => "The link is not valid",
            Self::Unavailable => "Not available at the moment",
            Self::TimedOut => "It took too long",
            Self::Internal => "The hub failed",
        }
    }
}

/// One wrong field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FieldError {
    pub field: String,
    pub rule: String,
    /// What is wrong and what to do.
    pub message: String,
}

/// An error on its way to the client. The request's middleware writes the body, with the request's id.
#[derive(Debug, Clone)]
pub struct Problem {
    pub code: Code,
    pub detail: String,
    pub errors: Vec<FieldError>,
    /// The item of Attention that waits for a person's decision.
    pub attention: Option<Uuid>,
    pub retry_after: Option<Duration>,
}

/// The body of an error.
#[derive(Serialize, ToSchema)]
pub struct ProblemDetails {
    #[serde(rename = "type")]
    pub kind: String,
    pub title: &'static str,
    pub status: u16,
    pub code: Code,
    pub detail: String,
    pub errors: Vec<FieldError>,
    /// The item of Attention that waits for a person's decision.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub attention: Option<Uuid>,
    /// Absent from 401, whose body is always the same, and from an answer that a repeat gets byte for byte; the
    /// header `x-request-id` is there all the same.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub request_id: Option<String>,
}

impl Problem {
    pub fn new(code: Code, detail: impl Into<String>) -> Self {
        let (errors, attention, retry_after) = (Vec::new(), None, None);
        Self { code, detail: detail.into(), errors, attention, retry_after }
    }

    /// The one answer to everyone who is not signed in, whatever the reason.
    pub fn not_signed_in() -> Self {
        Self::new(Code::NotSignedIn, "Sign in and try again.")
    }

    pub fn not_permitted(permission: Permission) -> Self {
        Self::new(Code::NotPermitted, format!("This takes the permission {permission}."))
    }

    /// The one answer for what is not there and what may not be seen.
    pub fn not_found() -> Self {
        Self::new(Code::NotFound, "There is nothing at this address.")
    }

    pub fn field(field: &str, rule: &str, message: impl Into<String>) -> Self {
        let error =
            FieldError { field: field.to_owned(), rule: rule.to_owned(), message: message.into() };
        let mut problem = Self::new(Code::InvalidFields, format!("{field}: {}", error.message));
        problem.errors.push(error);
        problem
    }

    pub fn unavailable(retry_after: Duration) -> Self {
        let detail = "The hub is busy or cannot reach a database. Try again shortly.";
        Self { retry_after: Some(retry_after), ..Self::new(Code::Unavailable, detail) }
    }

    /// A fault of the hub: the log says what, the client does not learn it.
    pub fn internal(error: &(dyn std::error::Error + 'static)) -> Self {
        let mut causes = String::new();
        let mut next = Some(error);
        while let Some(cause) = next {
            causes.push_str(&format!("{}{cause}", if causes.is_empty() { "" } else { ": " }));
            next = cause.source();
        }
        tracing::error!(error = %causes, "a request failed");
        Self::new(Code::Internal, "The hub failed. Try again; if it stays, tell whoever runs it.")
    }

    /// Why somebody with a good token is not served, or nothing if they are.
    pub fn of_standing(standing: Standing) -> Option<Self> {
        let code = match standing {
            Standing::Good => return None,
            Standing::SessionEnded => return Some(Self::not_signed_in()),
            Standing::TenantMigrating => return Some(Self::unavailable(Duration::from_secs(5))),
            Standing::TenantSuspended => Code::TenantSuspended,
            Standing::DeviceRevoked => Code::DeviceRevoked,
            Standing::DeviceFrozen => Code::DeviceFrozen,
            Standing::DeviceWiping => Code::DeviceWiping,
        };
        let detail = match code {
            Code::TenantSuspended => "The tenant is suspended. Its administrator knows why.",
            Code::DeviceRevoked => "This device was revoked. Ask an administrator.",
            Code::DeviceFrozen => {
                "Two copies of this device are in use. Sign in and say which is the original."
            }
            _ => "This device was told to destroy its copy.",
        };
        Some(Self::new(code, detail))
    }

    /// The answer to a copy of which the original is known.
    pub fn is_copy() -> Self {
        let detail = "Another copy of this device is the original. Sign in here as a copy of it.";
        Self::new(Code::DeviceIsCopy, detail)
    }

    /// The body, for a request with this id.
    pub fn details(self, request_id: &str) -> ProblemDetails {
        let request_id = (self.code != Code::NotSignedIn).then(|| request_id.to_owned());
        ProblemDetails { request_id, ..self.details_for_all() }
    }

    /// The body without anything of the one request.
    pub fn details_for_all(self) -> ProblemDetails {
        ProblemDetails {
            kind: format!("urn:daybook:problem:{}", self.code.name()),
            title: self.code.title(),
            status: self.code.status().as_u16(),
            code: self.code,
            detail: self.detail,
            errors: self.errors,
            attention: self.attention,
            request_id: None,
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = self.code.status().into_response();
        if let Some(wait) = self.retry_after {
            let seconds = wait.as_secs() + u64::from(wait.subsec_nanos() > 0);
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        if self.code == Code::NotSignedIn {
            let scheme = HeaderValue::from_static("Bearer");
            response.headers_mut().insert(header::WWW_AUTHENTICATE, scheme);
        }
        response.extensions_mut().insert(self);
        response
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        if error.is_transient() {
            tracing::warn!(?error, "a database was not available");
            return Self::unavailable(Duration::from_secs(2));
        }
        Self::internal(&error)
    }
}

impl From<PoolError> for Problem {
    fn from(error: PoolError) -> Self {
        match error {
            PoolError::Busy => Self::unavailable(Duration::from_secs(2)),
            PoolError::Store(error) => error.into(),
        }
    }
}
