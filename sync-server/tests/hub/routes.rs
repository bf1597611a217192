//! The list of routes against the router and the OpenAPI document.

use std::collections::BTreeSet;
use std::process::Command;

use daybook_server::http::route::{Access, get};
use daybook_server::http::router::{router, router_of};
use domain::permissions::Permission;
use serde_json::Value;

use crate::support::TestHub;

/// What `daybook-server routes --json` prints: (method, path, permission, public).
fn listed() -> BTreeSet<(String, String, Option<String>, bool)> {
    let output = Command::new(env!("CARGO_BIN_EXE_daybook-server"))
        .args(["routes", "--json"])
        .env_clear()
        .output()
        .unwrap();
    assert!(output.status.success());
    let lines: Vec<Value> = serde_json::from_slice(&output.stdout).unwrap();
    let text = |value: &Value| value.as_str().map(str::to_owned);
    lines
        .iter()
        .map(|line| {
            let public = line["public"].as_bool().unwrap();
            let (method, path) = (text(&line["method"]), text(&line["path"]));
            (method.unwrap(), path.unwrap(), text(&line["permission"]), public)
        })
        .collect()
}

#[tokio::test]
async fn the_openapi_document_has_the_listed_routes_with_their_permissions_and_no_other() {
    let hub = TestHub::start().await;
    let document: Value = hub.get("/openapi.json").send().await.read(200);
    let mut documented = BTreeSet::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let access = operation["x-permission"].as_str().unwrap();
            let public = access == "public";
            let permission = access.contains(':').then(|| access.to_owned());
            assert_eq!(operation.get("security").is_none(), public, "{method} {path}");
            documented.insert((method.to_uppercase(), path.clone(), permission, public));
        }
    }
    assert_eq!(documented, listed());
}

#[tokio::test]
async fn every_listed_route_answers_and_lets_in_only_whom_it_says() {
    let hub = TestHub::start().await;
    for (method, path, permission, public) in listed() {
        let path = path.replace(['{', '}'], "x");
        let answer = hub.request(&method, &path).send().await;
        assert!(![404, 405].contains(&answer.status), "{method} {path}: {}", answer.text());
        if public {
            assert_ne!(answer.status, 401, "{method} {path}");
            assert_eq!(permission, None);
        } else {
            answer.assert_problem(401, "not_signed_in");
        }
    }
}

#[tokio::test]
async fn few_routes_are_public_and_each_path_has_no_other_method() {
    let listed = listed();
    assert!(listed.iter().filter(|(.., public)| *public).count() <= 12);
    let hub = TestHub::start().await;
    let paths: BTreeSet<&String> = listed.iter().map(|(_, path, ..)| path).collect();
    for path in paths {
        for method in ["GET", "POST", "PUT", "PATCH", "DELETE"] {
            let known = listed.iter().any(|(m, p, ..)| m == method && p == path);
            let answer = hub.request(method, &path.replace(['{', '}'], "x")).send().await;
            assert_eq!(answer.status != 405, known, "{method} {path}: {}", answer.text());
        }
    }
}

#[test]
fn the_permissions_that_are_printed_are_the_catalogue() {
    let output = Command::new(env!("CARGO_BIN_EXE_daybook-server"))
        .args(["permissions", "--json"])
        .env_clear()
        .output()
        .unwrap();
    let lines: Vec<Value> = serde_json::from_slice(&output.stdout).unwrap();
    assert!(lines.len() >= 165);
    let admin = |line: &Value| line["roles"][0]["role"] == "admin";
    assert!(lines.iter().all(admin));
}

#[tokio::test]
async fn the_router_has_the_listed_paths_and_no_other() {
    let hub = TestHub::start().await;
    // What axum shows of itself: nothing else tells what a router serves.
    let shown = format!("{:?}", router(&hub.hub));
    let mut served: BTreeSet<&str> =
        shown.split('"').filter(|word| word.starts_with('/')).collect();
    // The answer to what is not there.
    for fallback in ["/", "/{*__private__axum_fallback}"] {
        assert!(served.remove(fallback), "{fallback} {shown}");
    }
    hub.get("/").send().await.assert_problem(404, "not_found");
    let listed = listed();
    let listed: BTreeSet<&str> = listed.iter().map(|(_, path, ..)| path.as_str()).collect();
    assert_eq!(served, listed);
}

#[tokio::test]
async fn a_route_with_a_permission_lets_in_who_holds_it_and_audits_who_does_not() {
    let hub = TestHub::start().await;
    let mut anna = hub.tenant("acme").await;
    let mut sam = hub.colleague("acme", "sam@acme.example", "sales").await;
    let permission = Permission::ADMIN_SETTINGS_EDIT;
    let probe = get("/probe", Access::Permission(permission), async || "in");
    assert_eq!(probe.line().permission, Some(permission));
    let routes = router_of(vec![probe], &hub.hub);
    for person in [&mut anna, &mut sam] {
        person.signs_in().await;
        person.router = routes.clone();
    }
    let answer = anna.request("GET", "/probe").send().await;
    assert_eq!((answer.status, answer.text().as_str()), (200, "in"));
    sam.request("GET", "/probe").send().await.assert_problem(403, "not_permitted");
    sam.token = None;
    sam.request("GET", "/probe").send().await.assert_problem(401, "not_signed_in");
    let noted = "SELECT count(*) FROM audit_entry WHERE action = 'request' AND outcome = 'denied'";
    assert_eq!(hub.in_tenant("acme", noted), ["1"]);
}
