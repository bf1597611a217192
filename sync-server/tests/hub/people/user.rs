//! `daybook-server user …`

use crate::support::{Device, TestHub};

fn invitation<'a>(email: &'a str, role: &'a str) -> [&'a str; 9] {
    ["user", "invite", "acme", "--email", email, "--name", "Sam Seller", "--role", role]
}

#[tokio::test]
async fn an_invited_user_comes_in_once_with_the_link_and_has_the_roles() {
    let hub = TestHub::start().await;
    hub.tenant("acme").await;
    let mut order = invitation("Sam@Acme.example", "sales").to_vec();
    order.extend(["--role", "user"]);
    let invited = hub.runs(&order);
    let token = invited["invitation_token"].as_str().unwrap();
    assert!(invited["invitation_url"].as_str().unwrap().ends_with(token));
    hub.accepts("acme", token, "Sam Seller").await.assert(200);
    hub.accepts("acme", token, "Sam Seller").await.assert_problem(422, "link_not_valid");
    let mut sam = crate::support::Person::new(&hub, "acme", "sam@acme.example");
    let reply = sam.signs_in().await;
    assert_eq!(reply.user_name, "Sam Seller");
    assert_eq!(invited["id"], reply.user_id.to_string());

    let users = hub.runs(&["user", "list", "acme"]);
    let line = |user: &serde_json::Value| {
        (user["email"].clone(), user["state"].clone(), user["roles"].clone())
    };
    assert_eq!(
        users.as_array().unwrap().iter().map(line).collect::<Vec<_>>(),
        [
            ("admin@acme.example".into(), "active".into(), serde_json::json!(["admin"])),
            ("Sam@acme.example".into(), "active".into(), serde_json::json!(["sales", "user"])),
        ]
    );
    let noted =
        hub.in_tenant("acme", "SELECT count(*) FROM audit_entry WHERE action = 'user.invite'");
    assert_eq!(noted, ["1"]);
}

#[tokio::test]
async fn an_invitation_that_was_lost_is_made_again_and_the_old_link_dies_with_it() {
    let hub = TestHub::start().await;
    hub.tenant("acme").await;
    let first = hub.runs(&invitation("sam@acme.example", "user"));
    let second = hub.runs(&invitation("SAM@acme.example", "sales"));
    assert_eq!(first["id"], second["id"]);
    let token =
        |invited: &serde_json::Value| invited["invitation_token"].as_str().unwrap().to_owned();
    hub.accepts("acme", &token(&second), "Sam").await.assert(200);
    hub.accepts("acme", &token(&first), "Sam").await.assert_problem(422, "link_not_valid");
    let roles = hub.in_tenant("acme", "SELECT role_key FROM user_role ORDER BY 1");
    assert_eq!(roles, ["admin", "sales"]);
    assert!(hub.is_refused(&invitation("sam@acme.example", "user")).contains("is a user already"));
}

#[tokio::test]
async fn an_invitation_names_what_is_wrong_with_it() {
    let hub = TestHub::start().await;
    hub.tenant("acme").await;
    for (order, told) in [
        (invitation("sam@acme.example", "boss"), "role: there is no role `boss`"),
        (invitation("sam at acme", "sales"), "email: "),
    ] {
        let refusal = hub.is_refused(&order);
        assert!(refusal.contains(told), "{refusal}");
    }
    let mut elsewhere = invitation("sam@acme.example", "sales");
    elsewhere[2] = "beta";
    assert!(hub.is_refused(&elsewhere).contains("there is no tenant `beta`"));
    assert_eq!(hub.in_tenant("acme", "SELECT count(*) FROM app_user"), ["1"]);
}

#[tokio::test]
async fn a_plan_has_room_for_so_many_users_and_a_disabled_one_takes_none() {
    let hub = TestHub::start().await;
    hub.tenant("acme").await;
    hub.control("UPDATE tenants SET max_users = 2");
    hub.runs(&invitation("sam@acme.example", "sales"));
    let refusal = hub.is_refused(&invitation("tom@acme.example", "sales"));
    assert!(refusal.contains("room for 2 users"), "{refusal}");
    hub.runs(&["user", "disable", "acme", "sam@acme.example"]);
    hub.runs(&invitation("tom@acme.example", "sales"));
    let refusal = hub.is_refused(&invitation("sam@acme.example", "sales"));
    assert!(refusal.contains("disabled user"), "{refusal}");
}

#[tokio::test]
async fn a_disabled_user_is_out_on_every_device_at_once_and_cannot_come_back() {
    let hub = TestHub::start().await;
    hub.tenant("acme").await;
    let sam = hub.colleague("acme", "sam@acme.example", "sales").await;
    let mut laptop = Device::of(&sam);
    laptop.signs_in().await;
    hub.runs(&["user", "disable", "acme", "sam@acme.example"]);
    hub.eventually(async || laptop.person.post("/api/v1/auth/logout").send().await.status == 401)
        .await;
    laptop.tries_to_refresh(&laptop.refresh_token).await.assert_problem(401, "not_signed_in");
    sam.tries_to_sign_in().await.assert_problem(401, "not_signed_in");
    // Once more, as after an interruption: nothing else is told.
    hub.runs(&["user", "disable", "acme", "sam@acme.example"]);
    let noted =
        hub.in_tenant("acme", "SELECT count(*) FROM audit_entry WHERE action = 'user.disable'");
    assert_eq!(noted, ["1"]);
}

#[tokio::test]
async fn an_enabled_user_comes_back_with_the_old_password_and_no_old_session() {
    let hub = TestHub::start().await;
    hub.tenant("acme").await;
    let sam = hub.colleague("acme", "sam@acme.example", "sales").await;
    let mut laptop = Device::of(&sam);
    laptop.signs_in().await;
    hub.runs(&["user", "disable", "acme", "sam@acme.example"]);
    sam.tries_to_sign_in().await.assert_problem(401, "not_signed_in");
    let enabled = hub.runs(&["user", "enable", "acme", "SAM@acme.example"]);
    assert_eq!(
        (&enabled["state"], &enabled["roles"]),
        (&"active".into(), &serde_json::json!(["sales"]))
    );
    hub.eventually(async || sam.tries_to_sign_in().await.status == 200).await;
    laptop.tries_to_refresh(&laptop.refresh_token).await.assert_problem(401, "not_signed_in");
    laptop.signs_in().await;
    // Once more, as after an interruption: nothing else is told.
    hub.runs(&["user", "enable", "acme", "sam@acme.example"]);
    let noted =
        hub.in_tenant("acme", "SELECT count(*) FROM audit_entry WHERE action = 'user.enable'");
    assert_eq!(noted, ["1"]);
    let noted = "SELECT count(*) FROM platform_audit WHERE action = 'user.enable'";
    assert_eq!(hub.control(noted), ["1"]);
}

#[tokio::test]
async fn who_is_enabled_needs_room_in_the_plan_and_may_be_no_more_than_invited() {
    let hub = TestHub::start().await;
    hub.tenant("acme").await;
    hub.runs(&invitation("sam@acme.example", "sales"));
    hub.runs(&["user", "disable", "acme", "sam@acme.example"]);
    hub.control("UPDATE tenants SET max_users = 1");
    let enable = ["user", "enable", "acme", "sam@acme.example"];
    assert!(hub.is_refused(&enable).contains("room for 1 users"));
    hub.control("UPDATE tenants SET max_users = 2");
    assert_eq!(hub.runs(&enable)["state"], "invited");
    assert!(hub.is_refused(&["user", "enable", "acme", "tom@acme.example"]).contains("no user"));
}

#[tokio::test]
async fn a_disabling_that_the_tenants_backup_forgot_holds_until_the_user_is_enabled() {
    let hub = TestHub::start().await;
    hub.tenant("acme").await;
    let sam = hub.colleague("acme", "sam@acme.example", "sales").await;
    hub.runs(&["user", "disable", "acme", "sam@acme.example"]);
    hub.in_tenant("acme", "UPDATE app_user SET state = 'active'");
    sam.tries_to_sign_in().await.assert_problem(401, "not_signed_in");
    hub.runs(&["user", "enable", "acme", "sam@acme.example"]);
    hub.eventually(async || sam.tries_to_sign_in().await.status == 200).await;
}

#[tokio::test]
async fn the_last_administrator_cannot_be_disabled() {
    let hub = TestHub::start().await;
    hub.tenant("acme").await;
    let disable = ["user", "disable", "acme", "admin@acme.example"];
    assert!(hub.is_refused(&disable).contains("has to stay administrator"));
    // Somebody who is only invited does not count.
    let invited = hub.runs(&invitation("ben@acme.example", "admin"));
    assert!(hub.is_refused(&disable).contains("has to stay administrator"));
    let token = invited["invitation_token"].as_str().unwrap();
    hub.accepts("acme", token, "Ben").await.assert(200);
    assert_eq!(hub.runs(&disable)["state"], "disabled");
}

#[tokio::test]
async fn where_a_user_works_is_named_by_code_and_audited() {
    let hub = TestHub::start().await;
    hub.tenant("acme").await;
    hub.runs(&["tenant", "sample", "acme"]);
    hub.runs(&invitation("sam@acme.example", "sales"));
    let found = hub.in_tenant("acme", "SELECT code, id FROM branch ORDER BY code LIMIT 1");
    let (code, id) = found[0].split_once('|').unwrap();
    let mut order = vec!["user", "place", "acme", "sam@acme.example"];
    let lower = code.to_lowercase();
    order.extend(["--branch", code, "--branch", id, "--department", &lower]);
    let placed = hub.runs(&order);
    assert_eq!(placed["branches"], serde_json::json!([id]));
    assert_eq!(placed["departments"], serde_json::json!([id]));
    assert_eq!(placed["companies"], serde_json::json!([]));
    hub.runs(&order);
    let noted =
        hub.in_tenant("acme", "SELECT count(*) FROM audit_entry WHERE action = 'user.place'");
    assert_eq!(noted, ["1"]);
    let elsewhere = ["user", "place", "acme", "sam@acme.example", "--company", "NOWHERE"];
    assert!(
        hub.is_refused(&elsewhere).contains("company: there is none with the code or id NOWHERE")
    );
    assert_eq!(hub.runs(&order[..4])["branches"], serde_json::json!([]));
}

#[tokio::test]
async fn a_name_that_commands_a_terminal_is_refused_and_one_that_is_there_is_written_out() {
    let hub = TestHub::start().await;
    hub.tenant("acme").await;
    let invite = |name: &str| {
        let order = [
            "user",
            "invite",
            "acme",
            "--email",
            "red@acme.example",
            "--name",
            name,
            "--role",
            "sales",
        ];
        hub.is_refused(&order)
    };
    for name in ["a\u{1b}[31mred", "two\nlines", "a\u{85}b"] {
        assert!(invite(name).contains("name: must not have control characters"));
    }
    assert_eq!(hub.in_tenant("acme", "SELECT count(*) FROM app_user"), ["1"]);
    // Kept before that was a rule.
    hub.in_tenant("acme", "UPDATE app_user SET name = E'a\\x1b[31mred'");
    let listed = hub.program(&["user", "list", "acme"]).output().unwrap().stdout;
    let listed = String::from_utf8(listed).unwrap();
    assert!(listed.contains("a\\u{1b}[31mred"), "{listed:?}");
    assert!(!listed.contains('\u{1b}'));
}

#[tokio::test]
async fn who_accepts_an_invitation_is_told_which_name_is_none() {
    let hub = TestHub::start().await;
    let created = hub.create("acme").await;
    for name in ["", "  ", &"x".repeat(201)] {
        let answer = hub.accepts("acme", &created.invitation_token, name).await;
        answer.assert_problem(422, "invalid_fields");
        assert_eq!(answer.json()["errors"][0]["field"], "name");
    }
    hub.accept(&created).await;
}
