//! Two records become one on the hub: what follows in its tables, in the feed, in the audit and on other devices.

use domain::masters::{ITEM, ITEM_CATEGORY, SUPPLIER};
use domain::record::{ChildRow, Record, Value};
use sync_protocol::device::draft;
use sync_protocol::receipt::Receipt;
use uuid::Uuid;

use super::desk::Desk;
use super::office::Office;

/// A unit that every tenant begins with.
fn piece(desk: &Desk) -> String {
    let unit = |record: &&Record| {
        record.entity().name == "unit" && record.get("unece_code").text() == Some("C62")
    };
    desk.copy.values().find(unit).unwrap().id().to_string()
}

fn refers(record: &Record, child: &str, field: &str) -> Vec<Option<Uuid>> {
    record.collection(child).iter().map(|row| row.values.get(field).id()).collect()
}

#[tokio::test]
async fn everything_follows_in_one_step_and_every_change_is_in_the_audit() {
    let office = Office::open().await;
    let mut anna = Desk::filled(&office.admin).await;
    let uom = piece(&anna);
    let stays = anna.creates(&ITEM, &[("name", "Bolt"), ("sku", "B-1"), ("uom", &uom)]);
    let goes = anna.creates(&ITEM, &[("name", "Bolt M8"), ("sku", "B-OLD"), ("uom", &uom)]);
    let mut supplier = anna.drafts(&SUPPLIER, &[("name", "Kontor")]);
    let mut price = SUPPLIER.child("supplier_price").unwrap().defaults();
    price.set("item", Value::Id(goes));
    price.set("price", Value::Decimal("2".parse().unwrap()));
    supplier.put_child(ChildRow { id: Uuid::from_u128(7), values: price });
    anna.seal(draft::create(&supplier));
    let receipts = anna.syncs().await;
    assert!(receipts.iter().all(|r| matches!(r, Receipt::Applied { .. })), "{receipts:?}");
    let bob = office.colleague("bob", "manager").await;
    let mut bob = Desk::filled(&bob).await;

    let merge = draft::merge(anna.holds("item", stays), anna.holds("item", goes), &[]);
    let op = anna.seal(merge);
    assert_eq!(anna.syncs().await, [Receipt::Applied { version: 2 }]);
    bob.syncs().await;
    for desk in [&anna, &bob] {
        assert_eq!(desk.holds("item", goes).merged_into(), Some(stays));
        assert!(desk.holds("item", goes).is_retired());
        let aliases = desk.holds("item", stays).get("aliases").clone();
        assert_eq!(aliases, Value::List(vec!["B-OLD".to_owned()]));
        let supplier = desk.holds("supplier", supplier.id());
        assert_eq!(refers(supplier, "supplier_price", "item"), [Some(stays)]);
    }
    let sql = format!("SELECT entity FROM audit_entry WHERE op_id = '{op}' ORDER BY entity");
    assert_eq!(office.hub.in_tenant("acme", &sql), ["item", "item", "supplier"]);
    // The old number is not given again.
    let again = bob.creates(&ITEM, &[("name", "Nut"), ("sku", "b-old"), ("uom", &uom)]);
    bob.syncs().await;
    assert_ne!(bob.text("item", again, "sku"), "b-old");
}

#[tokio::test]
async fn a_tax_id_goes_from_the_loser_to_the_survivor() {
    let office = Office::open().await;
    let mut anna = Desk::filled(&office.admin).await;
    let stays = anna.creates(&SUPPLIER, &[("name", "Kontor"), ("country", "DE")]);
    let tax = [("name", "Kontor KG"), ("country", "DE"), ("tax_id", "DE136695976")];
    let goes = anna.creates(&SUPPLIER, &tax);
    anna.syncs().await;
    let take = ["country", "postal_code", "tax_id"];
    let merge = draft::merge(anna.holds("supplier", stays), anna.holds("supplier", goes), &take);
    anna.seal(merge);
    assert_eq!(anna.syncs().await, [Receipt::Applied { version: 2 }]);
    assert_eq!(anna.text("supplier", stays, "tax_id"), "DE136695976");
    assert_eq!(anna.text("supplier", goes, "tax_id"), "");
}

#[tokio::test]
async fn work_of_one_push_before_and_after_a_merge_ends_at_the_survivor() {
    let office = Office::open().await;
    let mut anna = Desk::filled(&office.admin).await;
    let uom = piece(&anna);
    let stays = anna.creates(&ITEM_CATEGORY, &[("name", "Bolts")]);
    let goes = anna.creates(&ITEM_CATEGORY, &[("name", "Bolt")]);
    anna.syncs().await;
    let item = |desk: &mut Desk, sku: &str| {
        let category = goes.to_string();
        let fields = [("name", sku), ("sku", sku), ("uom", uom.as_str()), ("category", &category)];
        desk.creates(&ITEM, &fields)
    };
    let before = item(&mut anna, "B-1");
    let merge =
        draft::merge(anna.holds("item_category", stays), anna.holds("item_category", goes), &[]);
    anna.seal(merge);
    let after = item(&mut anna, "B-2");
    let receipts = anna.syncs().await;
    assert!(receipts.iter().all(|r| matches!(r, Receipt::Applied { .. })), "{receipts:?}");
    for id in [before, after] {
        assert_eq!(anna.holds("item", id).get("category").id(), Some(stays));
    }
}
