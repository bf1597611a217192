//! `daybook-server tenant sample`

use crate::support::TestHub;
use crate::sync::desk::Desk;

#[tokio::test]
async fn the_sample_is_on_every_device_and_nothing_of_it_needs_attention() {
    let hub = TestHub::start().await;
    let admin = hub.tenant("acme").await;
    let loaded = hub.runs(&["tenant", "sample", "acme"]);
    let desk = Desk::filled(&admin).await;
    for entity in ["branch", "item_category", "item", "customer", "supplier"] {
        let held = desk.copy.keys().filter(|(name, _)| name == entity).count();
        assert_eq!(loaded["entered"][entity], held, "{entity}");
        assert!(held > 0);
    }
    let items = desk.copy.iter().filter(|((entity, _), _)| entity == "item");
    let item = items.map(|(_, item)| item).find(|item| item.get("sku").text() == Some("ESP-10"));
    let item = item.unwrap();
    let category = desk.holds("item_category", item.get("category").id().unwrap());
    assert_eq!(category.get("code").text(), Some("ESP"));
    assert!(desk.attention().is_empty());
}

#[tokio::test]
async fn running_it_twice_changes_nothing_and_what_people_did_since_stays() {
    let hub = TestHub::start().await;
    let admin = hub.tenant("acme").await;
    hub.runs(&["tenant", "sample", "acme"]);
    let mut desk = Desk::filled(&admin).await;
    let by_code = |desk: &Desk, code: &str| {
        let found = desk.copy.iter().find(|((entity, _), record)| {
            entity == "customer" && record.get("code").text() == Some(code)
        });
        found.unwrap().0.1
    };
    let (first, second) = (by_code(&desk, "C1001"), by_code(&desk, "C1002"));
    desk.edits("customer", first, &[("name", "Renamed")]);
    desk.retires("customer", second);
    desk.syncs().await;
    let before = hub.in_tenant("acme", "SELECT count(*), max(op_seq) FROM sync_op");
    let again = hub.runs(&["tenant", "sample", "acme"]);
    assert_eq!(again["entered"], serde_json::json!({}));
    assert!(again["kept"].as_u64().unwrap() > 300);
    assert_eq!(hub.in_tenant("acme", "SELECT count(*), max(op_seq) FROM sync_op"), before);
    assert!(hub.is_refused(&["tenant", "sample", "beta"]).contains("there is no tenant"));
}
