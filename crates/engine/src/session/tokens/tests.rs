//! Staying signed in over lost replies, ended tokens and ended sessions.

use serde_json::json;

use super::*;
use crate::desk::Desk;
use crate::http::canned::{Answer, Canned};

fn renewed(access: &str, refresh: &str) -> Answer {
    let reply = json!({
        "access_token": access, "access_expires_in": 600, "refresh_token": refresh,
    });
    Answer::Json(200, reply.to_string())
}

fn done() -> Answer {
    Answer::Json(204, String::new())
}

fn refused() -> Answer {
    let problem = json!({ "status": 401, "code": "not_signed_in", "detail": "Sign in." });
    Answer::Json(401, problem.to_string())
}

/// Asks the hub for something that takes a token.
async fn ask(desk: &Desk) -> Result<(), HttpError> {
    let identity = &desk.session.identity;
    let request = |token: String| async move { identity.hub.logout(&token).await };
    desk.session.tokens.with(identity, request).await
}

/// The refresh token that a request carried.
fn carried(request: &str) -> String {
    let (_, body) = request.split_once("\r\n\r\n").unwrap();
    let body: serde_json::Value = serde_json::from_str(body).unwrap();
    body["refresh_token"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_lost_reply_is_asked_for_once_more_with_the_same_token() {
    let answers = vec![Answer::Lost, renewed("a1", "r1"), done(), done()];
    let hub = Canned::with(answers).await;
    let desk = Desk::at(&hub.address, "r0");
    ask(&desk).await.unwrap();
    ask(&desk).await.unwrap();
    let asked = hub.asked();
    assert_eq!((carried(&asked[0]), carried(&asked[1])), ("r0".to_owned(), "r0".to_owned()));
    assert!(asked[2].contains("Bearer a1") && asked[3].contains("Bearer a1"));
    let identity = &desk.session.identity;
    let kept = identity.vault.session(&identity.profile, identity.profile_id).unwrap().unwrap();
    assert_eq!(kept.refresh_token, "r1", "it is kept before anything is done with it");
}

#[tokio::test]
async fn a_token_that_the_hub_takes_no_more_is_renewed_once() {
    let answers = vec![renewed("a1", "r1"), refused(), renewed("a2", "r2"), done()];
    let hub = Canned::with(answers).await;
    let desk = Desk::at(&hub.address, "r0");
    ask(&desk).await.unwrap();
    let asked = hub.asked();
    assert!(asked[1].contains("Bearer a1") && asked[3].contains("Bearer a2"));
    assert_eq!(carried(&asked[2]), "r1");
}

#[tokio::test]
async fn a_session_that_was_ended_is_not_asked_for_again() {
    let hub = Canned::with(vec![refused()]).await;
    let desk = Desk::at(&hub.address, "r0");
    assert!(matches!(ask(&desk).await, Err(HttpError::Unauthorized)));
    assert!(desk.session.tokens.has_ended());
    assert!(matches!(ask(&desk).await, Err(HttpError::Unauthorized)));
    assert_eq!(hub.asked().len(), 1);
}
