//! `POST /api/v1/auth/login`

use domain::permissions::{LeaseHolder, Permission};

use crate::support::{Device, Person, TestHub};

#[tokio::test]
async fn an_invited_admin_comes_in_on_a_device_and_holds_a_lease_for_it() {
    let hub = TestHub::start().await;
    let admin = hub.tenant("acme").await;
    let mut laptop = Device::of(&admin);
    let reply = laptop.signs_in().await;
    assert_eq!(reply.tenant_name, "acme Trading");
    assert_eq!(reply.user_name, "Anna Admin");
    let session = reply.session.unwrap();
    let holder = LeaseHolder {
        tenant_id: reply.tenant_id,
        user_id: reply.user_id,
        device_id: session.device_id,
    };
    let lease = session.lease.verify(&session.lease_key, &holder).unwrap();
    assert_eq!(lease.serial, 1);
    assert!(lease.grants.holds(Permission::ADMIN_ROLE_MANAGE));
    assert_eq!(session.epoch, 1);

    let again = laptop.signs_in().await.session.unwrap();
    assert_eq!(again.device_id, session.device_id, "the same installation stays one device");
    let devices = hub.control("SELECT count(*) FROM devices");
    assert_eq!(devices, ["1"]);
}

#[tokio::test]
async fn unknown_disabled_and_other_tenants_users_get_one_and_the_same_answer() {
    let hub = TestHub::start().await;
    let admin = hub.tenant("acme").await;
    let other = hub.tenant("beta").await;
    let disabled = hub.tenant("gamma").await;
    hub.in_tenant("gamma", "UPDATE app_user SET state = 'disabled'");
    let invited = hub.create("delta").await;
    let mut bodies = Vec::new();
    for person in [
        admin.who_types("four horses eat green hay"),
        Person { email: "nobody@acme.example".into(), ..admin.clone() },
        Person { email: other.email.clone(), ..admin.clone() },
        Person { tenant: "nowhere".into(), ..admin.clone() },
        Person::new(&hub, "delta", &invited.admin_email),
        disabled,
    ] {
        let answer = person.tries_to_sign_in().await;
        answer.assert_problem(401, "not_signed_in");
        bodies.push(answer.body);
    }
    assert!(bodies.iter().all(|body| *body == bodies[0]));
    admin.tries_to_sign_in().await.assert(200);
}

#[tokio::test]
async fn an_access_token_of_a_session_ends_with_it() {
    let hub = TestHub::start().await;
    let mut admin = hub.tenant("acme").await;
    let reply = admin.signs_in().await;
    assert!(reply.session.is_none());
    admin.post("/api/v1/auth/logout").send().await.assert(204);
    hub.hub.control.end_sessions(reply.tenant_id, reply.user_id).await.unwrap();
    let deadline = std::time::Instant::now() + std::time::Duration::from_secs(10);
    // Another hub hears of it by way of the control database; so does this one.
    while admin.post("/api/v1/auth/logout").send().await.status != 401 {
        assert!(std::time::Instant::now() < deadline, "the ended session is still served");
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
}

#[tokio::test]
async fn a_claim_that_is_not_signed_by_its_key_enrols_nothing() {
    let hub = TestHub::start().await;
    let admin = hub.tenant("acme").await;
    let laptop = Device::of(&admin);
    let mut claim = laptop.claim();
    claim["signing_key"] = Device::of(&admin).claim()["signing_key"].clone();
    let body = serde_json::json!({
        "tenant": admin.tenant, "email": admin.email, "password": admin.password, "device": claim,
    });
    let answer = admin.post("/api/v1/auth/login").json(&body).send().await;
    answer.assert_problem(422, "invalid_fields");
    assert_eq!(answer.json()["errors"][0]["field"], "device.proof");
    assert_eq!(hub.control("SELECT count(*) FROM devices"), ["0"]);
}

#[tokio::test]
async fn a_body_that_is_not_in_form_is_told_which_field_is_wrong() {
    let hub = TestHub::start().await;
    let field = async |body: serde_json::Value| {
        let answer = hub.post("/api/v1/auth/login").json(&body).send().await;
        answer.assert_problem(422, "invalid_fields");
        answer.json()["errors"][0]["field"].as_str().unwrap().to_owned()
    };
    let whole = serde_json::json!({ "tenant": "acme", "email": "a@b.example", "password": "x" });
    let mut body = whole.clone();
    body.as_object_mut().unwrap().remove("email");
    assert_eq!(field(body).await, "email");
    let mut body = whole.clone();
    body["password"] = 7.into();
    assert_eq!(field(body).await, "password");
    let mut body = whole;
    body["device"] = serde_json::json!({ "name": "Laptop" });
    assert_eq!(field(body).await, "device.signing_key");
    let text = hub.post("/api/v1/auth/login").header("content-type", "text/plain").send().await;
    text.assert_problem(415, "unsupported_media_type");
    let broken = hub.post("/api/v1/auth/login").header("content-type", "application/json");
    broken.bytes(b"{\"tenant\": ".to_vec()).send().await.assert_problem(400, "invalid_request");
}
