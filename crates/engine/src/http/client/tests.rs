//! Whom a client believes, and what it does not follow.

use std::path::Path;
use std::sync::Arc;

use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use rustls::ServerConfig;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

use super::*;
use crate::http::canned::{Answer, Canned, reply, request};

/// A hub behind TLS, with a certificate of an authority whose own is written to the file.
async fn secure_hub(ca_file: &Path) -> String {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let mut authority = CertificateParams::new(Vec::<String>::new()).unwrap();
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let authority_key = KeyPair::generate().unwrap();
    let authority_cert = authority.self_signed(&authority_key).unwrap();
    std::fs::write(ca_file, authority_cert.pem()).unwrap();
    let key = KeyPair::generate().unwrap();
    let issuer = Issuer::new(authority, authority_key);
    let cert = CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
    let cert: CertificateDer = cert.signed_by(&key, &issuer).unwrap().into();
    let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(key.serialize_der()));
    let config = ServerConfig::builder().with_no_client_auth().with_single_cert(vec![cert], key);
    let acceptor = TlsAcceptor::from(Arc::new(config.unwrap()));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        loop {
            let (stream, _) = listener.accept().await.unwrap();
            // A client that does not believe us hangs up here.
            let Ok(mut stream) = acceptor.accept(stream).await else { continue };
            request(&mut stream).await;
            reply(&mut stream, &Answer::Json(200, "{}".to_owned())).await;
        }
    });
    format!("https://localhost:{port}")
}

#[tokio::test]
async fn an_authority_of_ones_own_is_believed_when_it_is_named_and_only_then() {
    let folder = tempfile::tempdir().unwrap();
    let ca_file = folder.path().join("ca.pem");
    let address = secure_hub(&ca_file).await;
    let named = Settings { ca_file: Some(ca_file.clone()), ..Settings::default() };
    assert!(Hub::at(&address, &named).unwrap().is_alive().await);
    // Another authority, so that the machine's own certificates do not matter.
    let other = folder.path().join("other.pem");
    secure_hub(&other).await;
    let stranger = Settings { ca_file: Some(other), ..Settings::default() };
    let told = Hub::at(&address, &stranger).unwrap().told("x", None, &()).await.unwrap_err();
    assert!(
        matches!(&told, HttpError::Unreachable { reason, .. } if reason.contains("certificate")),
        "{told}"
    );
}

#[tokio::test]
async fn a_file_without_a_certificate_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ca.pem");
    std::fs::write(&path, "no certificate").unwrap();
    let settings = Settings { ca_file: Some(path.clone()), ..Settings::default() };
    let refused = Hub::at("https://localhost", &settings).unwrap_err();
    assert!(refused.to_string().contains("ca.pem"), "{refused}");
    std::fs::remove_file(path).unwrap();
    assert!(Hub::at("https://localhost", &settings).is_err());
}

#[tokio::test]
async fn an_answer_that_never_ends_is_not_taken_in() {
    let endless = "x".repeat(ANSWER_MAX + 1);
    let hub = Canned::with(vec![Answer::Json(200, endless)]).await;
    let hub = Hub::at(&hub.address, &Settings::default()).unwrap();
    let answer: Result<serde_json::Value, _> = hub.json("x", None, &()).await;
    assert!(matches!(answer, Err(HttpError::Unreadable(_))));
}

#[tokio::test]
async fn what_is_no_hub_is_not_reached_and_said_in_plain_words() {
    let page = "<html><title>Hotel: please sign in</title></html>";
    let portal = Canned::with(vec![Answer::Page(page.to_owned()); 2]).await;
    let portal = Hub::at(&portal.address, &Settings::default()).unwrap();
    let answer: Result<serde_json::Value, _> = portal.json("x", None, &()).await;
    let told = answer.unwrap_err();
    assert!(told.is_no_contact());
    let failure = contract::Failure::from(told);
    assert_eq!(failure.code.exit_code(), 6, "{failure}");
    for inside in ["Error", "expected", "Semantic", "{", "line 1"] {
        assert!(!failure.message.contains(inside), "{failure}");
    }
    assert!(!portal.is_alive().await, "its page is no sign of life of a hub");
}

#[tokio::test]
async fn a_damaged_answer_is_said_to_be_one_in_plain_words() {
    let hub = Canned::with(vec![Answer::Json(200, "{\"op_seq\": tru".to_owned())]).await;
    let hub = Hub::at(&hub.address, &Settings::default()).unwrap();
    let answer: Result<serde_json::Value, _> = hub.packed("x", "t", &()).await;
    let failure = contract::Failure::from(answer.unwrap_err());
    assert_eq!(failure.code.exit_code(), 6, "{failure}");
    let broken = crate::sync::Stop::from(sync_protocol::wire::WireError::Decode(
        "Io(Error { kind: UnexpectedEof })".to_owned(),
    ));
    let failure = contract::Failure::from(broken);
    assert_eq!(failure.code.exit_code(), 6, "{failure}");
    assert!(!failure.message.contains("Io("), "{failure}");
}
