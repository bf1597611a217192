//! The answer to a write: the judge's receipt as a status and a body. It is what a repeat with the same key gets,
//! byte for byte, so it holds nothing of the one request and no value of the record.

use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use domain::record::EntityDef;
use serde_json::json;
use sync_protocol::receipt::{Receipt, RejectCode};
use uuid::Uuid;

use super::input::Input;
use super::read::etag;
use crate::http::problem::FieldError;
use crate::http::{Code, Problem};
use crate::store::tenant::api_answer::ApiAnswer;

/// What an op came to.
pub(super) enum Outcome {
    /// It had its effect, which stays.
    Done(Answer),
    /// Nothing of it stays; with the code and the field of a denial.
    Refused(Problem, Option<(&'static str, Option<String>)>),
}

/// An answer that can be kept.
pub(super) struct Answer {
    pub status: StatusCode,
    pub version: Option<i64>,
    pub created: Option<Uuid>,
    pub body: Vec<u8>,
}

impl Answer {
    /// Of a write that was done, or had nothing to do.
    pub fn done(id: Uuid, version: i64, outcome: &str, created: bool) -> Self {
        let body = json!({ "id": id, "version": version, "outcome": outcome }).to_string();
        let status = if created { StatusCode::CREATED } else { StatusCode::OK };
        let created = created.then_some(id);
        Self { status, version: Some(version), created, body: body.into_bytes() }
    }

    pub fn problem(problem: Problem) -> Result<Self, Problem> {
        let (status, details) = (problem.code.status(), problem.details_for_all());
        let body = serde_json::to_vec(&details).map_err(|error| Problem::internal(&error))?;
        Ok(Self { status, version: None, created: None, body })
    }

    pub fn kept(self, request_hash: &[u8; 32]) -> ApiAnswer {
        ApiAnswer {
            request_hash: request_hash.to_vec(),
            // Below 600.
            status: i16::try_from(self.status.as_u16()).unwrap_or(500),
            version: self.version,
            created_id: self.created,
            body: self.body,
        }
    }
}

/// An answer as it goes out, the first time and every time.
pub(super) fn response(entity: &EntityDef, answer: ApiAnswer) -> Response {
    let status = u16::try_from(answer.status).ok().and_then(|code| StatusCode::from_u16(code).ok());
    let status = status.unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut response = (status, answer.body).into_response();
    let headers = response.headers_mut();
    let kind = match status.is_success() {
        true => "application/json",
        false => "application/problem+json",
    };
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    if let Some(version) = answer.version {
        headers.insert(header::ETAG, etag(version));
    }
    let location = answer.created_id.map(|id| format!("/api/v1/{}/{id}", entity.name));
    if let Some(Ok(location)) = location.map(HeaderValue::try_from) {
        headers.insert(header::LOCATION, location);
    }
    response
}

/// The header by which a client names a write.
pub(super) const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");

/// What an op is about, for its answer.
pub(super) struct About<'a> {
    pub entity: &'static EntityDef,
    pub id: Uuid,
    pub creates: bool,
    /// The version that the record must have had, where the request names one.
    pub demanded: Option<i64>,
    pub input: &'a Input,
}

impl About<'_> {
    /// The outcome of a judged op.
    pub fn outcome(&self, receipt: Receipt) -> Outcome {
        match receipt {
            // Somebody came between the reading and the judgement.
            Receipt::Merged { .. } | Receipt::Conflict { .. } if self.demanded.is_some() => {
                Outcome::Refused(stale(), None)
            }
            Receipt::Applied { version } => {
                Outcome::Done(Answer::done(self.id, version, "applied", self.creates))
            }
            Receipt::Merged { version } => {
                Outcome::Done(Answer::done(self.id, version, "merged", self.creates))
            }
            Receipt::Conflict { version, attention, fields } => {
                self.conflict(version, attention, &fields)
            }
            Receipt::Rejected { code, problems, .. } => self.rejected(code, problems),
            Receipt::Waiting { .. } | Receipt::Review { .. } => {
                // It needs no other op, and no lease.
                Outcome::Refused(Problem::new(Code::Internal, "The hub failed."), None)
            }
        }
    }

    fn conflict(&self, version: i64, attention: Uuid, fields: &[String]) -> Outcome {
        let is_unique =
            |field: &String| self.entity.field(field).is_some_and(|field| field.is_folded());
        // On a device the value would get a provisional form; whoever waits for the answer mends it at once.
        if fields.iter().all(is_unique) {
            let message = "another record has this value already; choose another";
            let mut problem = Problem::new(Code::Conflict, message);
            problem.errors = fields.iter().map(|field| error(field, "unique", message)).collect();
            return Outcome::Refused(problem, None);
        }
        let message = "a person must decide it; what you sent is kept in Attention";
        let mut problem =
            Problem::new(Code::Conflict, format!("Done in part: for the rest, {message}."));
        problem.errors = fields
            .iter()
            .map(|field| error(&self.input.told(field), "conflict", message))
            .collect();
        problem.attention = Some(attention);
        match Answer::problem(problem) {
            Ok(answer) => Outcome::Done(Answer { version: Some(version), ..answer }),
            Err(fault) => Outcome::Refused(fault, None),
        }
    }

    fn rejected(&self, code: RejectCode, problems: Vec<domain::record::Problem>) -> Outcome {
        let first = problems.first();
        let rule = first.map(|problem| problem.rule.clone()).unwrap_or_default();
        let field = first.map(|problem| problem.field.clone()).filter(|field| !field.is_empty());
        let told = problems.first().map(|problem| problem.message.clone()).unwrap_or_default();
        let errors: Vec<FieldError> = problems
            .into_iter()
            .map(|problem| error(&self.input.told(&problem.field), &problem.rule, &problem.message))
            .collect();
        let (code, denied) = match code {
            RejectCode::NotFound => {
                return Outcome::Refused(Problem::not_found(), Some(("not_found", None)));
            }
            RejectCode::NotPermitted => (Code::NotPermitted, Some((denial(&rule), field))),
            RejectCode::Invalid => (Code::InvalidFields, None),
            RejectCode::IdTaken => (Code::Conflict, None),
            RejectCode::OpIdReused => (Code::KeyReused, None),
            RejectCode::UnknownKind => (Code::Internal, None),
        };
        let detail = match code {
            Code::InvalidFields => "Some fields break a rule; each error says which.".to_owned(),
            _ => told,
        };
        let mut problem = Problem::new(code, detail);
        problem.errors = errors.into_iter().filter(|error| !error.field.is_empty()).collect();
        Outcome::Refused(problem, denied)
    }
}

/// The code of a denial, as the judge's audit has it.
fn denial(rule: &str) -> &'static str {
    match rule {
        "field_not_permitted" => "field_not_permitted",
        "row_not_permitted" => "row_not_permitted",
        _ => "not_permitted",
    }
}

pub(super) fn stale() -> Problem {
    Problem::new(Code::Stale, "The record was changed since; read it again.")
}

fn error(field: &str, rule: &str, message: &str) -> FieldError {
    FieldError { field: field.to_owned(), rule: rule.to_owned(), message: message.to_owned() }
}
