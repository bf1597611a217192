//! `POST /api/v1/auth/password/forgot` and `/reset`

use chrono::TimeDelta;

use crate::support::{Answer, Device, Person, TestHub};

const NEW: &str = "seven geese cross quiet rivers";

async fn forgets(person: &Person) -> Answer {
    let body = serde_json::json!({ "tenant": person.tenant, "email": person.email });
    person.post("/api/v1/auth/password/forgot").json(&body).send().await
}

async fn resets(person: &Person, token: &str, password: &str) -> Answer {
    let body = serde_json::json!({ "tenant": person.tenant, "token": token, "password": password });
    person.post("/api/v1/auth/password/reset").json(&body).send().await
}

/// The token in the newest mail of a tenant.
fn mailed_token(hub: &TestHub, slug: &str) -> String {
    let newest = "SELECT payload->>'text' FROM outbox ORDER BY id DESC LIMIT 1";
    let mail = hub.in_tenant(slug, newest).join("\n");
    mail.split("token=").nth(1).unwrap().split_whitespace().next().unwrap().to_owned()
}

#[tokio::test]
async fn a_new_password_ends_every_session_and_the_old_password() {
    let hub = TestHub::start().await;
    let admin = hub.tenant("acme").await;
    let mut laptop = Device::of(&admin);
    laptop.signs_in().await;
    let mut browser = admin.clone();
    browser.signs_in().await;
    forgets(&admin).await.assert(204);
    let token = mailed_token(&hub, "acme");

    // A password that is refused leaves the link good for another try.
    let refused = resets(&admin, &token, "password1234").await;
    refused.assert_problem(422, "invalid_fields");
    assert_eq!(refused.json()["errors"][0]["field"], "password");
    resets(&admin, &token, NEW).await.assert(204);

    hub.eventually(async || laptop.person.post("/api/v1/auth/logout").send().await.status == 401)
        .await;
    browser.post("/api/v1/auth/logout").send().await.assert_problem(401, "not_signed_in");
    laptop.tries_to_refresh(&laptop.refresh_token).await.assert_problem(401, "not_signed_in");
    admin.tries_to_sign_in().await.assert_problem(401, "not_signed_in");
    laptop.person = admin.who_types(NEW);
    laptop.signs_in().await;
    resets(&admin, &token, "another good long password")
        .await
        .assert_problem(422, "link_not_valid");
    laptop.refreshes().await;
}

#[tokio::test]
async fn whether_there_is_an_account_is_not_told() {
    let hub = TestHub::start().await;
    let admin = hub.tenant("acme").await;
    let disabled = hub.colleague("acme", "sam@acme.example", "sales").await;
    hub.runs(&["user", "disable", "acme", "sam@acme.example"]);
    let invited = hub.create("delta").await;
    let mut answers = Vec::new();
    for person in [
        admin.clone(),
        disabled,
        Person { email: "nobody@acme.example".into(), ..admin.clone() },
        Person { tenant: "nowhere".into(), ..admin.clone() },
        Person::new(&hub, "delta", &invited.admin_email),
    ] {
        let mut answer = forgets(&person).await;
        answer.headers.remove("x-request-id");
        answers.push((answer.status, answer.headers, answer.body));
    }
    assert_eq!(answers[0].0, 204);
    assert!(answers.iter().all(|answer| *answer == answers[0]));
    assert_eq!(hub.in_tenant("acme", "SELECT payload->>'to' FROM outbox"), ["admin@acme.example"]);
    assert_eq!(hub.in_tenant("delta", "SELECT count(*) FROM outbox"), ["0"]);
}

#[tokio::test]
async fn mails_are_few_for_an_account_that_is_there_and_for_one_that_is_not() {
    let hub = TestHub::start().await;
    let admin = hub.tenant("acme").await;
    let nobody = Person { email: "nobody@acme.example".into(), ..admin.clone() };
    for person in [&admin, &nobody] {
        for _ in 0..3 {
            forgets(person).await.assert(204);
        }
        let fourth = forgets(person).await;
        fourth.assert_problem(429, "too_many_attempts");
        assert!(fourth.header("retry-after").is_some());
    }
    assert_eq!(hub.in_tenant("acme", "SELECT count(*) FROM outbox"), ["3"]);
    hub.clock.advance(TimeDelta::minutes(16));
    forgets(&admin).await.assert(204);
}

#[tokio::test]
async fn a_link_is_good_for_half_an_hour_in_its_tenant_and_for_its_purpose_alone() {
    let hub = TestHub::start().await;
    let admin = hub.tenant("acme").await;
    let other = hub.tenant("beta").await;
    forgets(&admin).await.assert(204);
    let token = mailed_token(&hub, "acme");
    resets(&other, &token, NEW).await.assert_problem(422, "link_not_valid");
    hub.accepts("acme", &token, "Eve").await.assert_problem(422, "link_not_valid");
    resets(&admin, "no-token", NEW).await.assert_problem(422, "link_not_valid");
    hub.clock.advance(TimeDelta::minutes(31));
    resets(&admin, &token, NEW).await.assert_problem(422, "link_not_valid");
    admin.tries_to_sign_in().await.assert(200);
}
