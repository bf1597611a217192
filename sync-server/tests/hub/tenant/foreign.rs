//! With a token of one tenant and ids of another, every route answers as if there were no such thing.

use daybook_server::http::router::routes;
use daybook_server::ids;
use domain::masters::CUSTOMER;
use domain::record::{Change, Record, RecordChanges, Value as Field};
use domain::versions;
use serde_bytes::ByteBuf;
use serde_json::{Value, json};
use sync_protocol::device::draft;
use sync_protocol::message::{
    Frame, HelloReply, Listen, Pull, Purge, PurgeReceipt, SnapshotRequest,
};
use sync_protocol::numbers::{HeldNumbers, NumbersRequest};
use sync_protocol::op::{Intent, Verb};
use uuid::Uuid;

use crate::support::{Answer, TestHub};
use crate::sync::desk::{Desk, Stream};

const CANARY: &str = "Quartz Zebra Limited";

/// What an answer says, in its headers too, with all ids made equal.
fn said(answer: &Answer) -> String {
    let headers = answer.headers.iter().filter(|(name, _)| *name != "x-request-id");
    let mut headers: Vec<String> = headers.map(|header| format!("{header:?}")).collect();
    headers.sort();
    let mut body = match answer.body.is_empty() {
        true => Value::Null,
        // An export is a document a line.
        false if answer.header("content-type") == Some("application/x-ndjson") => {
            answer.text().lines().map(|line| serde_json::from_str::<Value>(line).unwrap()).collect()
        }
        false => answer.json(),
    };
    if let Some(members) = body.as_object_mut() {
        for changing in ["request_id", "server_time", "lease"] {
            members.remove(changing);
        }
        // Where a list goes on is sealed, each time anew.
        if members.contains_key("items") {
            members.remove("next");
        }
    }
    masked(&format!("{} {headers:?} {body}", answer.status))
}

/// The text with all ids made equal.
fn masked(text: &str) -> String {
    let mut masked = String::new();
    let mut rest = text;
    while let Some(next) = rest.chars().next() {
        match rest.get(..36).filter(|word| Uuid::try_parse(word).is_ok()) {
            Some(word) => {
                masked.push_str("an-id");
                rest = &rest[word.len()..];
            }
            None => {
                masked.push(next);
                rest = &rest[next.len_utf8()..];
            }
        }
    }
    masked
}

/// A route as the documentation has it: method, path, body.
struct Documented {
    method: String,
    path: String,
    body: Option<Value>,
    components: Value,
}

async fn documented(hub: &TestHub) -> Vec<Documented> {
    let document: Value = hub.get("/openapi.json").send().await.read(200);
    let mut all = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            if operation["x-permission"] != "public" {
                all.push(Documented {
                    method: method.to_uppercase(),
                    path: path.clone(),
                    body: operation.pointer("/requestBody/content").cloned(),
                    components: document["components"]["schemas"].clone(),
                });
            }
        }
    }
    let guarded = routes().iter().filter(|route| !route.line().public).count();
    assert_eq!(all.len(), guarded);
    all
}

impl Documented {
    /// The route as it answers to this id, wherever it takes one.
    async fn asked(&self, desk: &mut Desk, id: Uuid) -> String {
        match self.path.as_str() {
            "/api/v1/sync/hello" => return hello(desk).await,
            "/api/v1/sync/pull" => return pull(desk).await,
            "/api/v1/sync/snapshot" => return snapshot(desk, id).await,
            "/api/v1/sync/push" => return push(desk, id).await,
            "/api/v1/sync/live" => return live(desk).await,
            "/api/v1/sync/numbers" => return numbers(desk, id).await,
            "/api/v1/sync/purged" => return purged(desk, id).await,
            _ => {}
        }
        let hash = id.simple().to_string().repeat(2);
        let mut path = self.path.replace("{entity}", "customer").replace("{hash}", &hash);
        while let Some((start, end)) = path.find('{').zip(path.find('}')) {
            path.replace_range(start..=end, &id.to_string());
        }
        let request = desk.device.person.request(&self.method, &path);
        let answer = match &self.body {
            None => request.send().await,
            Some(content) if content.get("application/octet-stream").is_some() => {
                request.header("upload-offset", "0").bytes(b"a part".to_vec()).send().await
            }
            Some(content) => {
                // A route with messages of its own kind: say above what an id does in them.
                let schema = &content["application/json"]["schema"];
                assert!(schema.is_object(), "no story yet of foreign ids at {path}");
                request.json(&self.sample(schema, id)).send().await
            }
        };
        said(&answer)
    }

    /// A value that fits a schema, with the id wherever one may stand.
    fn sample(&self, schema: &Value, id: Uuid) -> Value {
        if let Some(name) = schema["$ref"].as_str() {
            return self.sample(&self.components[name.rsplit('/').next().unwrap()], id);
        }
        for choice in ["oneOf", "anyOf", "allOf"] {
            if let Some(choices) = schema[choice].as_array() {
                let null = |schema: &&Value| schema["type"] != "null";
                return self.sample(choices.iter().find(null).unwrap(), id);
            }
        }
        if let Some(first) = schema["enum"].as_array().and_then(|values| values.first()) {
            return first.clone();
        }
        let kind = match &schema["type"] {
            Value::Array(kinds) => kinds.iter().find(|kind| *kind != "null").cloned().unwrap(),
            kind => kind.clone(),
        };
        match kind.as_str() {
            Some("object") => {
                let properties = schema["properties"].as_object().cloned().unwrap_or_default();
                let value = |schema| self.sample(schema, id);
                properties.iter().map(|(name, schema)| (name.clone(), value(schema))).collect()
            }
            Some("array") => json!([self.sample(&schema["items"], id)]),
            Some("integer" | "number") => json!(1),
            Some("boolean") => json!(true),
            // Where a standard says what may stand, no id stands; and whether a random one looks like an IBAN is chance.
            _ if schema["format"].as_str().is_some_and(|format| format != "uuid") => json!("none"),
            _ => json!(id),
        }
    }
}

async fn readable(desk: &Desk, verb: &str, message: &impl serde::Serialize) -> Answer {
    let request = desk.device.person.post(&format!("/api/v1/sync/{verb}"));
    request.header("accept", "application/json").json(message).send().await
}

/// Its message has no place for an id: it answers by the token's own tenant alone.
async fn hello(desk: &mut Desk) -> String {
    let answer = readable(desk, "hello", &desk.hello()).await;
    let _: HelloReply = answer.read(200);
    said(&answer)
}

/// Its message has no place for an id: it answers by the token's own tenant alone.
async fn live(desk: &mut Desk) -> String {
    let listen = Listen { epoch: desk.epoch, after: 0 };
    readable(desk, "live", &listen).await.assert(200);
    String::new()
}

/// Numbers that it never held are nobody's.
async fn numbers(desk: &mut Desk, id: Uuid) -> String {
    let told = HeldNumbers { lease_id: id, series_id: id, period: String::new(), next: 7 };
    let request = NumbersRequest {
        epoch: desk.epoch,
        request_id: id,
        held: vec![told.clone()],
        returned: vec![told],
        wants: true,
    };
    said(&readable(desk, "numbers", &request).await)
}

/// Word of a purge, signed for another tenant and another device.
async fn purged(desk: &mut Desk, id: Uuid) -> String {
    let position = desk.cursor.unwrap_or_default();
    let purge = Purge { epoch: desk.epoch, policy_version: desk.held, position };
    let proof = desk.device.sign(&purge.proof(id, id));
    said(&readable(desk, "purged", &PurgeReceipt { purge, proof }).await)
}

/// What frames say, but when.
fn frames(mut stream: Stream) -> String {
    for frame in &mut stream.frames {
        if let Frame::Checkpoint { server_time, .. } = frame {
            *server_time = chrono::DateTime::UNIX_EPOCH;
        }
    }
    masked(&format!("{:?}", stream.frames))
}

/// Buckets are numbered in each tenant by itself: whatever number is asked for, it is one of the own tenant's.
async fn pull(desk: &mut Desk) -> String {
    let doubtful = vec!["customer".to_owned()];
    let anew = (0..100).map(|bucket| ("customer".to_owned(), bucket)).collect();
    let pull = Pull { cursor: 0, doubtful, anew, ..desk.pull() };
    let answer = desk.asks("pull", &pull).await;
    answer.assert(200);
    frames(desk.stream(&answer.body))
}

async fn snapshot(desk: &mut Desk, id: Uuid) -> String {
    let whole = desk.snapshot_from(None).await;
    let (epoch, policy_version) = (desk.epoch, desk.policy_version);
    let page = Some(ByteBuf::from(id.as_bytes().to_vec()));
    let request = SnapshotRequest { epoch, policy_version, page };
    let answer = readable(desk, "snapshot", &request).await;
    frames(whole) + &said(&answer)
}

/// Every verb on the id, a record with the id, and one that refers to it.
async fn push(desk: &mut Desk, id: Uuid) -> String {
    let now = chrono::DateTime::UNIX_EPOCH;
    let seen = Record::new(&CUSTOMER, id, desk.user, now);
    let mut left = seen.clone();
    left.values.set("name", Field::Text("Guess".to_owned()));
    let mut referring = desk.drafts(&CUSTOMER, &[("name", "Refers")]);
    referring.values.set("currency", Field::Id(id));
    let intent = |entity: &str, verb, fields| Intent {
        entity: entity.to_owned(),
        verb,
        kind_version: versions::declared().current,
        id,
        base_version: 1,
        changes: RecordChanges { fields, children: Vec::new() },
        loser: None,
    };
    let keep = Change {
        field: "name".to_owned(),
        from: None,
        to: domain::record::Cell::Text("mine".to_owned()),
    };
    for intent in [
        draft::update(&seen, &left).unwrap(),
        draft::retire(&left),
        intent("attention", Verb::Resolve, vec![keep]),
        intent("attention", Verb::Update, Vec::new()),
        draft::create(&referring),
        draft::create(&left),
    ] {
        desk.seal(intent);
    }
    desk.seal_after(draft::retire(&left), vec![id], Some(id));
    let receipts = desk.pushes().await;
    masked(&format!("{receipts:?}"))
}

#[tokio::test]
async fn on_every_route_the_ids_of_another_tenant_are_ids_of_nothing() {
    let hub = TestHub::start().await;
    let (acme, beta) = (hub.tenant("acme").await, hub.tenant("beta").await);
    let mut theirs = Desk::filled(&beta).await;
    let row = theirs.creates(&CUSTOMER, &[("name", CANARY), ("city", CANARY)]);
    let op = theirs.outbox[0].op().op_id;
    // Refused, and so an item of Attention.
    theirs.creates(&CUSTOMER, &[("city", CANARY)]);
    theirs.syncs().await;
    let everything = "SELECT (SELECT string_agg(c::text, '|' ORDER BY id) FROM customer c),
                             (SELECT count(*) FROM sync_op), (SELECT count(*) FROM audit_entry)";
    let before = hub.in_tenant("beta", everything);
    assert!(before[0].contains(CANARY));
    let tenant = hub.hub.control.tenant_by_slug("beta").await.unwrap().unwrap().id;
    let item = theirs.attention()[0].id();
    let foreign = [tenant, theirs.user, theirs.device_id, row, op, item];

    let mut at_records = Desk::filled(&acme).await;
    for route in documented(&hub).await {
        let mut nothing = None;
        for id in std::iter::once(ids::opaque_id()).chain(foreign) {
            // What a desk has sent or pulled before is a part of the answer; a request to a record stands alone.
            let stands_alone =
                !["/api/v1/sync/", "/api/v1/auth/"].iter().any(|part| route.path.starts_with(part));
            let mut fresh = None;
            let desk = match stands_alone {
                true => &mut at_records,
                false => fresh.insert(Desk::filled(&acme).await),
            };
            let answer = route.asked(desk, id).await;
            let nothing = nothing.get_or_insert_with(|| answer.clone());
            assert_eq!(answer, *nothing, "{} {}", route.method, route.path);
            assert!(!desk.heard(CANARY), "{} {}", route.method, route.path);
        }
    }
    assert_eq!(hub.in_tenant("beta", everything), before);
}
