//! The sealed chain, and `daybook-server audit verify`.

use daybook_server::tenant::look_after::look_after_stirred;
use serde_json::{Value, json};

use crate::support::{Device, TestHub};

/// A tenant in which a few things were done, all of them sealed.
async fn with_history(hub: &TestHub, slug: &str) {
    let admin = hub.tenant(slug).await;
    hub.colleague(slug, &format!("sam@{slug}.example"), "sales").await;
    hub.runs(&["role", "set", slug, &format!("sam@{slug}.example"), "accountant"]);
    Device::of(&admin).signs_in().await;
    look_after_stirred(&hub.hub).await;
}

/// What `audit verify` prints, whatever it found.
fn verified(hub: &TestHub, slug: &str) -> Value {
    let output = hub.program(&["audit", "verify", slug, "--json"]).output().unwrap();
    let found: Value = serde_json::from_slice(&output.stdout).unwrap();
    let code = if found["intact"] == true { 0 } else { 5 };
    assert_eq!(output.status.code(), Some(code), "{found}");
    found
}

/// The kinds and places of what was found.
fn findings(found: &Value) -> Vec<(String, Option<i64>)> {
    let kind = |finding: &Value| finding["finding"].as_str().unwrap().to_owned();
    let all = found["findings"].as_array().unwrap().iter();
    all.map(|finding| (kind(finding), finding["place"].as_i64())).collect()
}

fn at(kind: &str, place: i64) -> (String, Option<i64>) {
    (kind.to_owned(), Some(place))
}

#[tokio::test]
async fn what_was_done_is_sealed_in_one_chain_and_holds() {
    let hub = TestHub::start().await;
    with_history(&hub, "acme").await;
    let entries = hub.in_tenant("acme", "SELECT count(*) FROM audit_entry").remove(0);
    let found = verified(&hub, "acme");
    assert_eq!(found["sealed"].to_string(), entries);
    assert_eq!(found["intact"], json!(true));
    assert_eq!(found["unsealed"], json!(0));
    let places = "SELECT min(place), max(place), count(*) FROM audit_chain";
    assert_eq!(hub.in_tenant("acme", places), [format!("1|{entries}|{entries}")]);
    // What comes later goes on where it ended, and nothing is sealed twice.
    let before = hub.in_tenant("acme", "SELECT * FROM audit_chain ORDER BY place");
    hub.hub.directory.pools().stir(hub.hub.control.tenants().await.unwrap()[0].id);
    look_after_stirred(&hub.hub).await;
    hub.runs(&["role", "set", "acme", "sam@acme.example", "user"]);
    let after = hub.in_tenant("acme", "SELECT * FROM audit_chain ORDER BY place");
    assert_eq!(after[..before.len()], before[..]);
    assert_eq!(after.len(), before.len() + 1);
    let (end, anchor) = (after.last().unwrap(), "SELECT place || '|' || hash FROM audit_anchors");
    let anchor = hub.control(anchor).remove(0);
    let (place, hash) = anchor.split_once('|').unwrap();
    assert!(end.starts_with(&format!("{place}|")) && end.ends_with(hash), "{end} {anchor}");
    assert_eq!(verified(&hub, "acme")["intact"], json!(true));
}

#[tokio::test]
async fn an_edit_a_deletion_and_a_reorder_are_found() {
    let hub = TestHub::start().await;
    let second = "(SELECT entry_id FROM audit_chain WHERE place = 2)";
    let third = "(SELECT entry_id FROM audit_chain WHERE place = 3)";
    let unbound = "ALTER TABLE audit_chain DROP CONSTRAINT audit_chain_entry_id_fkey,
                                           DROP CONSTRAINT audit_chain_entry_id_key;";
    let tampered = [
        (
            "edited",
            format!("UPDATE audit_entry SET user_id = NULL, address = 'x' WHERE id = {second}"),
            vec![at("changed", 2)],
        ),
        (
            "backdated",
            format!("UPDATE audit_entry SET at = at - interval '1 day' WHERE id = {third}"),
            vec![at("changed", 3)],
        ),
        (
            "rewritten",
            "UPDATE audit_value SET changes = '{}' WHERE entry_id =
                 (SELECT id FROM audit_entry WHERE action = 'role.set')"
                .to_owned(),
            vec![("values_changed".to_owned(), None)],
        ),
        (
            "deleted",
            format!("{unbound} DELETE FROM audit_entry WHERE id = {second}"),
            vec![at("entry_deleted", 2)],
        ),
        (
            "unlinked",
            "DELETE FROM audit_chain WHERE place = 2".to_owned(),
            vec![at("link_deleted", 3), ("unlinked".to_owned(), None)],
        ),
        (
            "swapped",
            format!(
                "{unbound} UPDATE audit_chain SET entry_id =
                     CASE place WHEN 2 THEN {third} ELSE {second} END WHERE place IN (2, 3)"
            ),
            vec![at("changed", 2), at("changed", 3)],
        ),
        (
            "moved",
            "UPDATE audit_chain SET place = 1000 WHERE place = 2;
             UPDATE audit_chain SET place = 2 WHERE place = 3;
             UPDATE audit_chain SET place = 3 WHERE place = 1000"
                .to_owned(),
            vec![at("changed", 2), at("changed", 3), at("changed", 4)],
        ),
        (
            "slipped-in",
            "INSERT INTO audit_entry (id, at, action, outcome)
             VALUES (gen_random_uuid(), now(), 'nothing', 'done')"
                .to_owned(),
            vec![("unlinked".to_owned(), None)],
        ),
        (
            "cut",
            "WITH cut AS (DELETE FROM audit_chain WHERE place = (SELECT max(place) FROM audit_chain)
                          RETURNING entry_id)
             DELETE FROM audit_value WHERE entry_id IN (SELECT entry_id FROM cut);
             DELETE FROM audit_entry WHERE id NOT IN (SELECT entry_id FROM audit_chain)"
                .to_owned(),
            vec![("cut".to_owned(), None)],
        ),
    ];
    for (slug, statement, expected) in tampered {
        with_history(&hub, slug).await;
        assert_eq!(verified(&hub, slug)["intact"], json!(true), "{slug}");
        hub.in_tenant(slug, &statement);
        let mut found = findings(&verified(&hub, slug));
        if slug == "rewritten" {
            found[0].1 = None;
        }
        assert_eq!(found, expected, "{slug}");
    }
}

#[tokio::test]
async fn a_chain_that_was_made_anew_after_an_edit_is_not_the_one_that_was_anchored() {
    let hub = TestHub::start().await;
    with_history(&hub, "acme").await;
    hub.in_tenant(
        "acme",
        "UPDATE audit_entry SET user_id = NULL WHERE action = 'role.set' OR user_id IS NOT NULL;
         INSERT INTO audit_unsealed SELECT entry_id FROM audit_chain;
         DELETE FROM audit_chain",
    );
    hub.hub.directory.pools().stir(hub.hub.control.tenants().await.unwrap()[0].id);
    look_after_stirred(&hub.hub).await;
    assert_eq!(findings(&verified(&hub, "acme")), [("cut".to_owned(), None)]);
}

#[tokio::test]
async fn a_persons_values_can_be_erased_and_the_chain_still_holds() {
    let hub = TestHub::start().await;
    with_history(&hub, "acme").await;
    let erased = hub.in_tenant("acme", "DELETE FROM audit_value RETURNING entry_id").len();
    let found = verified(&hub, "acme");
    assert_eq!(found["intact"], json!(true));
    assert_eq!(found["erased"], json!(erased));
    assert!(erased > 0);
}

#[tokio::test]
async fn several_sealers_make_one_chain() {
    let hub = TestHub::start().await;
    hub.tenant("acme").await;
    let tenant = hub.hub.control.tenants().await.unwrap()[0].id;
    hub.in_tenant(
        "acme",
        "WITH new AS (INSERT INTO audit_entry (id, at, action, outcome)
                      SELECT gen_random_uuid(), now(), 'test.' || n, 'done'
                      FROM generate_series(1, 12000) n RETURNING id)
         INSERT INTO audit_unsealed SELECT id FROM new",
    );
    let seal = || async {
        hub.hub.directory.pools().stir(tenant);
        look_after_stirred(&hub.hub).await;
    };
    tokio::join!(seal(), seal(), seal(), seal());
    hub.eventually(async || {
        seal().await;
        hub.in_tenant("acme", "SELECT count(*) FROM audit_unsealed") == ["0"]
    })
    .await;
    assert_eq!(verified(&hub, "acme")["intact"], json!(true));
}
