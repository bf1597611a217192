//! Stories of the API for integrations, told by people with a token and nothing else.

mod external;
mod history;
mod list;
mod openapi;
mod reference;
mod repeat;
mod write;

use serde_json::Value;
use uuid::Uuid;

use crate::support::{Answer, Person};

/// Makes a record and tells its id.
pub async fn made(person: &Person, entity: &str, body: &Value) -> Uuid {
    let answer = person.post(&format!("/api/v1/{entity}")).json(body).send().await;
    answer.assert(201);
    answer.json()["id"].as_str().unwrap().parse().unwrap()
}

pub async fn get(person: &Person, path: &str) -> Answer {
    person.request("GET", &format!("/api/v1/{path}")).send().await
}

/// The fields and rules of a refusal.
pub fn errors(answer: &Answer) -> Vec<(String, String)> {
    let body = answer.json();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let error = |error: &Value| (text(&error["field"]), text(&error["rule"]));
    body["errors"].as_array().unwrap().iter().map(error).collect()
}
