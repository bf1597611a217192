//! What is still in use, told before it is deleted.

use contract::{Chosen, Command, Reply};
use domain::masters::{ITEM, ITEM_CATEGORY, UNIT};
use domain::permissions::{Permission, StandardRole};
use domain::record::{Record, Value};
use uuid::Uuid;

use crate::desk::{Desk, rights};

/// A category with one below it, and three items in it, one of them deleted.
fn shelf(desk: &Desk) -> [Uuid; 2] {
    let unit = [("name", "Leaf"), ("unece_code", "LEF"), ("dimension", "count")];
    let unit = desk.record(&UNIT, &unit);
    let top = desk.record(&ITEM_CATEGORY, &[("name", "Bolts"), ("code", "B")]);
    let mut below = desk.record(&ITEM_CATEGORY, &[("name", "Long bolts"), ("code", "BL")]);
    below.values.set("parent", Value::Id(top.id()));
    let mut items: Vec<Record> = ["B-1", "B-2", "B-3"]
        .iter()
        .map(|sku| {
            let mut item = desk.record(&ITEM, &[("sku", sku), ("name", "Bolt")]);
            item.values.set("uom", Value::Id(unit.id()));
            item.values.set("category", Value::Id(top.id()));
            item
        })
        .collect();
    items[2].head.retired_at = Some(desk.now());
    let ids = [top.id(), below.id()];
    items.extend([unit, top, below]);
    desk.receive(&items);
    ids
}

fn used_by(desk: &Desk, ids: &[Uuid]) -> Vec<(String, u64)> {
    let command =
        Command::UsedBy { entity: "item_category".to_owned(), chosen: Chosen::Ids(ids.to_vec()) };
    let Ok(Reply::UsedBy(users)) = desk.call(command) else { panic!("not what refers to it") };
    let mut users: Vec<_> = users.into_iter().map(|used| (used.entity, used.count)).collect();
    users.sort();
    users
}

#[tokio::test]
async fn what_refers_to_a_category_is_counted_by_kind() {
    let desk = Desk::of(StandardRole::Admin);
    let [top, below] = shelf(&desk);
    let said = |entity: &str, count| (entity.to_owned(), count);
    assert_eq!(used_by(&desk, &[top]), [said("item", 2), said("item_category", 1)]);
    assert_eq!(used_by(&desk, &[below]), []);
    // Those that go along do not count.
    assert_eq!(used_by(&desk, &[top, below]), [said("item", 2)]);
    desk.call(Command::Retire { entity: "item_category".to_owned(), id: top }).unwrap();
    assert_eq!(desk.waiting().len(), 1, "it is allowed all the same");
}

#[tokio::test]
async fn of_what_a_person_may_not_see_there_is_no_count() {
    let mut grants = rights(StandardRole::Admin);
    grants.permissions.remove(&Permission::MASTER_ITEM_VIEW);
    let desk = Desk::with(grants);
    let [top, _] = shelf(&desk);
    assert_eq!(used_by(&desk, &[top]), [("item_category".to_owned(), 1)]);
}
