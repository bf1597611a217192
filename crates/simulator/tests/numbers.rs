//! A device stops at any write while it gives numbers: each record keeps the one it was given, none is given twice and
//! none is lost.

#![allow(clippy::unwrap_used, reason = "a story that cannot go on has failed")]

use std::collections::BTreeSet;

use chrono::DateTime;
use domain::masters::CUSTOMER;
use domain::record::{Record, Value};
use local_store::{Disk as StoreDisk, Draft, Key, ListQuery, Sealing, Start, Store};
use simulator::disk::{Disk, Stop};
use std::path::Path;
use std::sync::Arc;
use sync_protocol::device::draft;
use sync_protocol::numbers::NumberLease;
use uuid::Uuid;

const PLACE: &str = "/numbers/daybook.db";

fn open(disk: &Disk) -> Store {
    let store_disk = StoreDisk { vfs: Some(disk.name().to_owned()), files: Arc::new(disk.clone()) };
    Store::open(Path::new(PLACE), Key::new([7; 32]), store_disk).unwrap()
}

fn create(disk: &Disk) -> Store {
    let store_disk = StoreDisk { vfs: Some(disk.name().to_owned()), files: Arc::new(disk.clone()) };
    Store::create(Path::new(PLACE), Key::new([7; 32]), store_disk).unwrap()
}

fn lease() -> NumberLease {
    NumberLease {
        lease_id: Uuid::from_u128(1),
        series_id: Uuid::from_u128(2),
        period: String::new(),
        entity: CUSTOMER.name.to_owned(),
        company_id: Uuid::from_u128(3),
        branch_id: None,
        stem: "K-".to_owned(),
        width: 5,
        last: 99_999,
        next: 1,
        days: None,
    }
}

/// A customer without a code; whether they were saved is not known where the device stopped.
fn enter(store: &Store, id: u128) {
    let now = DateTime::UNIX_EPOCH;
    let mut record = Record::new(&CUSTOMER, Uuid::from_u128(id), Uuid::from_u128(9), now);
    record.values.set("name", Value::Text("Weber".to_owned()));
    let entered = Draft {
        op_id: Uuid::from_u128(id | 1 << 100),
        intent: draft::create(&record),
        needs: Vec::new(),
        replaces: None,
        numbered_on: Some(now.date_naive()),
    };
    let _ = store.write(&[entered], Sealing { lease_serial: 1, occurred_at: now });
}

#[test]
fn wherever_a_device_stops_each_number_is_one_customers() {
    let disk = Disk::register("numbers");
    let store = create(&disk);
    store.take_numbers(&[lease()], &BTreeSet::new()).unwrap();
    drop(store);
    let (mut id, mut stops) = (1_u128, 0);
    for at in 1..120 {
        let store = open(&disk);
        disk.stop_after(at);
        // Few writes are needed for one record: the later ones stop between records, or at the end of the log.
        for _ in 0..4 {
            id += 1;
            enter(&store, id);
        }
        drop(store);
        stops += u32::from(disk.has_stopped());
        let kept = usize::try_from(at % 5).unwrap();
        disk.restart(if at % 2 == 0 { Stop::Kill } else { Stop::PowerCut { kept } });
    }
    assert!(stops > 20, "{stops}");
    let store = open(&disk);
    let (mut codes, next) = store
        .read(|view| {
            let listed = view.list(&CUSTOMER, &ListQuery::default(), &Start::Offset(0), 1_000)?;
            let code = |record: &Record| record.get("code").text().unwrap_or_default().to_owned();
            let codes: Vec<String> = listed.rows.iter().map(|row| code(&row.record)).collect();
            Ok((codes, view.number_leases()?[0].next))
        })
        .unwrap();
    codes.sort();
    let count = i64::try_from(codes.len()).unwrap();
    let all: Vec<String> = (1..=count).map(|number| format!("K-{number:05}")).collect();
    assert_eq!(codes, all);
    assert_eq!(next, count + 1);
    assert!(count > 100, "{count}");
}
