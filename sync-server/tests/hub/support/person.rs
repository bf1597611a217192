//! People and devices that send requests to a hub, and the answers they get.

use std::net::SocketAddr;

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::HeaderMap;
use daybook_server::ids;
use ed25519_dalek::{Signer as _, SigningKey};
use http_body_util::BodyExt as _;
use serde::Serialize;
use serde_json::{Value, json};
use sync_protocol::auth::{LoginReply, RefreshReply, refresh_proof, sign_in_proof};
use tower::ServiceExt as _;
use uuid::Uuid;
use x25519_dalek::{PublicKey, StaticSecret};

use super::cluster::hex;
use super::hub::{PASSWORD, TestHub};

/// One user of one tenant.
#[derive(Clone)]
pub struct Person {
    pub router: Router,
    pub tenant: String,
    pub email: String,
    pub password: String,
    pub address: String,
    /// Of the latest sign-in.
    pub token: Option<String>,
}

impl Person {
    pub fn new(hub: &TestHub, tenant: &str, email: &str) -> Person {
        Person {
            router: hub.router.clone(),
            tenant: tenant.to_owned(),
            email: email.to_owned(),
            password: PASSWORD.to_owned(),
            address: "192.0.2.1".to_owned(),
            token: None,
        }
    }

    /// The same person with another password in mind.
    pub fn who_types(&self, password: &str) -> Person {
        Person { password: password.to_owned(), ..self.clone() }
    }

    /// Tries to sign in without a device.
    pub async fn tries_to_sign_in(&self) -> Answer {
        let body = json!({
            "tenant": self.tenant, "email": self.email, "password": self.password,
        });
        self.post("/api/v1/auth/login").json(&body).send().await
    }

    /// Signs in without a device and keeps the token.
    pub async fn signs_in(&mut self) -> LoginReply {
        let answer = self.tries_to_sign_in().await;
        let reply: LoginReply = answer.read(200);
        self.token = Some(reply.access_token.clone());
        reply
    }

    pub fn post(&self, path: &str) -> Request {
        self.request("POST", path)
    }

    pub fn request(&self, method: &str, path: &str) -> Request {
        let request = Request::new(self.router.clone(), method, path).from(&self.address);
        match &self.token {
            Some(token) => request.header("authorization", &format!("Bearer {token}")),
            None => request,
        }
    }
}

/// Opens what is encrypted to any installation.
pub const ENCRYPTION_SECRET: [u8; 32] = [7; 32];

/// One installation of one person.
#[derive(Clone)]
pub struct Device {
    pub person: Person,
    pub key: SigningKey,
    pub refresh_token: String,
    /// Of the original among copies of it.
    pub marks: Vec<Uuid>,
}

impl Device {
    /// A new installation; not enrolled yet.
    pub fn of(person: &Person) -> Device {
        let key = SigningKey::from_bytes(&ids::random());
        Device { person: person.clone(), key, refresh_token: String::new(), marks: Vec::new() }
    }

    pub fn claim(&self) -> Value {
        let nonce = hex(&ids::random::<16>());
        let message = sign_in_proof(&self.person.tenant, &self.person.email, &nonce);
        json!({
            "name": "Anna's laptop",
            "signing_key": hex(self.key.verifying_key().as_bytes()),
            "encryption_key": hex(PublicKey::from(&StaticSecret::from(ENCRYPTION_SECRET)).as_bytes()),
            "app_version": "0.1.0",
            "nonce": nonce,
            "proof": self.sign(&message),
            "marks": self.marks,
        })
    }

    /// Its signature, as it stands in JSON.
    pub fn sign(&self, message: &[u8]) -> String {
        hex(&self.key.sign(message).to_bytes())
    }

    pub async fn tries_to_sign_in(&self) -> Answer {
        self.tries_to_sign_in_as(json!({})).await
    }

    /// Tries to sign in and says more of this installation.
    pub async fn tries_to_sign_in_as(&self, said: Value) -> Answer {
        let mut claim = self.claim();
        for (name, value) in said.as_object().unwrap() {
            claim[name] = value.clone();
        }
        let body = json!({
            "tenant": self.person.tenant, "email": self.person.email,
            "password": self.person.password, "device": claim,
        });
        self.person.post("/api/v1/auth/login").json(&body).send().await
    }

    /// Signs in, keeps the tokens.
    pub async fn signs_in(&mut self) -> LoginReply {
        let reply: LoginReply = self.tries_to_sign_in().await.read(200);
        self.keeps(&reply);
        reply
    }

    /// Keeps the tokens of a sign-in.
    pub fn keeps(&mut self, reply: &LoginReply) {
        self.person.token = Some(reply.access_token.clone());
        self.refresh_token = reply.session.as_ref().unwrap().refresh_token.clone();
    }

    /// Tries to exchange a refresh token, signing for it.
    pub async fn tries_to_refresh(&self, token: &str) -> Answer {
        let proof = hex(&self.key.sign(&refresh_proof(token)).to_bytes());
        let body = json!({ "refresh_token": token, "proof": proof, "marks": self.marks });
        self.person.post("/api/v1/auth/refresh").json(&body).send().await
    }

    /// Exchanges the token it holds, and keeps the new ones.
    pub async fn refreshes(&mut self) -> RefreshReply {
        let reply: RefreshReply = self.tries_to_refresh(&self.refresh_token).await.read(200);
        self.person.token = Some(reply.access_token.clone());
        self.refresh_token = reply.refresh_token.clone();
        reply
    }
}

/// A request on its way.
pub struct Request {
    router: Router,
    request: axum::http::request::Builder,
    address: String,
    body: Vec<u8>,
}

impl Request {
    pub fn new(router: Router, method: &str, path: &str) -> Request {
        let request = axum::http::Request::builder().method(method).uri(path);
        Request { router, request, address: "192.0.2.1".to_owned(), body: Vec::new() }
    }

    pub fn from(mut self, address: &str) -> Request {
        self.address = address.to_owned();
        self
    }

    pub fn header(mut self, name: &str, value: &str) -> Request {
        self.request = self.request.header(name, value);
        self
    }

    pub fn json(self, body: &impl Serialize) -> Request {
        let body = serde_json::to_vec(body).unwrap();
        self.header("content-type", "application/json").bytes(body)
    }

    pub fn bytes(mut self, body: Vec<u8>) -> Request {
        self.body = body;
        self
    }

    pub async fn send(self) -> Answer {
        let address: SocketAddr = (self.address.parse::<std::net::IpAddr>().unwrap(), 4711).into();
        let request = self.request.extension(ConnectInfo(address));
        let request = request.body(Body::from(self.body)).unwrap();
        let response = self.router.oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let body = body.collect().await.unwrap().to_bytes().to_vec();
        Answer { status: parts.status.as_u16(), headers: parts.headers, body }
    }
}

/// What came back.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
}

impl Answer {
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    #[track_caller]
    pub fn assert(&self, status: u16) {
        assert_eq!(self.status, status, "{}", self.text());
    }

    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|_| panic!("no JSON: {}", self.text()))
    }

    /// The body of an answer with this status.
    #[track_caller]
    pub fn read<T: serde::de::DeserializeOwned>(&self, status: u16) -> T {
        self.assert(status);
        serde_json::from_slice(&self.body).unwrap()
    }

    /// Asserts that it is this problem, in the form that all have.
    #[track_caller]
    pub fn assert_problem(&self, status: u16, code: &str) {
        self.assert(status);
        let body = self.json();
        assert_eq!(body["code"], code, "{body}");
        assert_eq!(body["status"], status, "{body}");
        for member in ["type", "title", "detail", "errors"] {
            assert!(body.get(member).is_some(), "{member} is missing: {body}");
        }
        assert_eq!(self.headers["content-type"], "application/problem+json");
        assert!(self.headers.contains_key("x-request-id"));
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }
}
