//! Text that no database and no terminal takes, on every route that reads JSON.

use serde_json::{Value, json};

use crate::support::{Device, TestHub};

const UNSEEN: [&str; 4] = ["\u{0}", "\u{1b}[31m", "\n", "\u{85}"];

#[tokio::test]
async fn a_control_character_is_refused_by_name_wherever_it_stands() {
    let hub = TestHub::start().await;
    let admin = hub.tenant("acme").await;
    let id = "0190f1f0-0000-7000-8000-000000000000";
    let known: [(&str, Value); 6] = [
        ("login", json!({ "tenant": "acme", "email": admin.email, "password": "p" })),
        ("password/forgot", json!({ "tenant": "acme", "email": admin.email })),
        ("password/reset", json!({ "tenant": "acme", "token": "t", "password": "p" })),
        (
            "invitation/accept",
            json!({ "tenant": "acme", "token": "t", "password": "p", "name": "Anna" }),
        ),
        ("device/wiped", json!({ "tenant": "acme", "device_id": id, "proof": "p" })),
        ("refresh", json!({ "refresh_token": "t", "proof": "p" })),
    ];
    for (route, body) in known {
        for field in body.as_object().unwrap().keys() {
            for unseen in UNSEEN {
                let mut body = body.clone();
                body[field] = format!("{}{unseen}", body[field].as_str().unwrap()).into();
                let answer = hub.post(&format!("/api/v1/auth/{route}")).json(&body).send().await;
                answer.assert_problem(422, "invalid_fields");
                assert_eq!(answer.json()["errors"][0]["field"], *field, "{route} {unseen:?}");
            }
        }
    }
    let device = Device::of(&admin);
    let mut claim = device.claim();
    claim["name"] = "red\u{1b}[31m".into();
    let body = json!({
        "tenant": "acme", "email": admin.email, "password": admin.password, "device": claim,
    });
    let answer = hub.post("/api/v1/auth/login").json(&body).send().await;
    answer.assert_problem(422, "invalid_fields");
    assert_eq!(answer.json()["errors"][0]["field"], "device.name");
    // Nothing of it was counted as a guess, and nothing is stored.
    assert_eq!(hub.control("SELECT count(*) FROM devices"), ["0"]);
    assert_eq!(hub.control("SELECT count(*) FROM failed_sign_ins"), ["0"]);
}
