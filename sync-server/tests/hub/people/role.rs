//! `daybook-server role …`

use crate::support::{Device, TestHub};

#[tokio::test]
async fn the_roles_are_listed_with_who_has_them() {
    let hub = TestHub::start().await;
    hub.tenant("acme").await;
    let roles = hub.runs(&["role", "list", "acme"]);
    let roles = roles.as_array().unwrap();
    assert_eq!(roles.len(), 7);
    let admin = roles.iter().find(|role| role["key"] == "admin").unwrap();
    assert_eq!((&admin["users"], &admin["standard"]), (&1.into(), &true.into()));
    assert!(admin["permissions"].as_array().unwrap().len() >= 165);
}

#[tokio::test]
async fn new_roles_hold_from_the_next_contact_on_and_raise_the_policy_version() {
    let hub = TestHub::start().await;
    hub.tenant("acme").await;
    let sam = hub.colleague("acme", "sam@acme.example", "sales").await;
    let before = Device::of(&sam).signs_in().await.session.unwrap().lease;
    let set = hub.runs(&["role", "set", "acme", "sam@acme.example", "accountant", "user"]);
    assert_eq!(set["roles"], serde_json::json!(["accountant", "user"]));
    assert_eq!(set["policy_version"], 2);
    let after = Device::of(&sam).signs_in().await.session.unwrap().lease;
    assert_ne!(before, after);
    assert_eq!(hub.control("SELECT policy_version FROM tenants"), ["2"]);
    assert_eq!(hub.in_tenant("acme", "SELECT policy_version FROM tenant_settings"), ["2"]);
    let roles = hub.in_tenant("acme", "SELECT role_key FROM user_role ORDER BY 1");
    assert_eq!(roles, ["accountant", "admin", "user"]);
    let noted =
        "SELECT changes->'roles'->>'before' FROM audit_value JOIN audit_entry ON id = entry_id
                 WHERE action = 'role.set'";
    assert_eq!(hub.in_tenant("acme", noted), [r#"["sales"]"#]);
}

#[tokio::test]
async fn the_last_administrator_stays_one_and_an_unknown_role_is_refused() {
    let hub = TestHub::start().await;
    hub.tenant("acme").await;
    let set = |email, role| ["role", "set", "acme", email, role];
    let refusal = hub.is_refused(&set("admin@acme.example", "manager"));
    assert!(refusal.contains("has to stay administrator"), "{refusal}");
    assert!(hub.is_refused(&set("admin@acme.example", "boss")).contains("no role `boss`"));
    assert!(hub.is_refused(&set("who@acme.example", "sales")).contains("no user who@acme.example"));
    assert_eq!(hub.in_tenant("acme", "SELECT policy_version FROM tenant_settings"), ["1"]);
    hub.colleague("acme", "ben@acme.example", "admin").await;
    hub.runs(&set("admin@acme.example", "manager"));
}

#[tokio::test]
async fn of_two_administrators_who_are_made_less_at_once_one_remains() {
    let hub = TestHub::start().await;
    hub.tenant("acme").await;
    hub.colleague("acme", "ben@acme.example", "admin").await;
    let spawn = |email| {
        let mut program = hub.program(&["role", "set", "acme", email, "sales", "--json"]);
        program.stdout(std::process::Stdio::null()).stderr(std::process::Stdio::null());
        program.spawn().unwrap()
    };
    let mut both = [spawn("admin@acme.example"), spawn("ben@acme.example")];
    let mut codes = both.each_mut().map(|run| run.wait().unwrap().code());
    codes.sort();
    assert_eq!(codes, [Some(0), Some(5)]);
    let left = "SELECT count(*) FROM user_role WHERE role_key = 'admin'";
    assert_eq!(hub.in_tenant("acme", left), ["1"]);
}
