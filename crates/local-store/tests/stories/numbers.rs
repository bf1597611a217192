//! A device that is away gives its own numbers: each once, in their order, with the record that gets it.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use domain::masters::{CUSTOMER, SUPPLIER};
use sync_protocol::numbers::NumberLease;
use uuid::Uuid;

use crate::device::Device;
use crate::hub::Hub;

fn lease(id: u128, stem: &str, next: i64, last: i64) -> NumberLease {
    NumberLease {
        lease_id: Uuid::from_u128(id),
        series_id: Uuid::from_u128(77),
        period: String::new(),
        entity: "customer".to_owned(),
        company_id: Uuid::from_u128(88),
        branch_id: None,
        stem: stem.to_owned(),
        width: 3,
        last,
        next,
        days: None,
    }
}

fn holds(device: &Device, leases: &[NumberLease]) {
    device.store().take_numbers(leases, &BTreeSet::new()).unwrap();
}

/// A customer who is saved without a code; the code they were given.
fn new_customer(device: &Device, fields: &[(&str, &str)]) -> Option<String> {
    let record = device.new_record(&CUSTOMER, &[fields, &[("name", "Weber")]].concat());
    let (id, _) = device.create(&record);
    device.text(&CUSTOMER, id, "code")
}

fn left(device: &Device) -> Vec<i64> {
    device.read(|view| view.number_leases()).iter().map(NumberLease::left).collect()
}

#[test]
fn codes_follow_each_other_until_none_is_left_and_work_goes_on_without() {
    let mut device = Device::new(1);
    holds(&device, &[lease(2, "K-", 101, 102), lease(1, "K-", 7, 8)]);
    let code = |device: &Device| new_customer(device, &[]).unwrap_or_default();
    assert_eq!([code(&device), code(&device), code(&device)], ["K-007", "K-008", "K-101"]);
    device.restart();
    assert_eq!(left(&device), [0, 1]);
    assert_eq!([code(&device), code(&device)], ["K-102", ""]);
    assert_eq!(device.read(|view| view.unanswered()), 5);
}

#[test]
fn a_code_that_was_typed_stays_and_is_not_given_to_another() {
    let device = Device::new(1);
    holds(&device, &[lease(1, "K-", 1, 9)]);
    assert_eq!(new_customer(&device, &[("code", " k-002 ")]).as_deref(), Some("k-002"));
    assert_eq!(new_customer(&device, &[]).as_deref(), Some("K-001"));
    assert_eq!(new_customer(&device, &[]).as_deref(), Some("K-003"));
    // Another master has numbers of its own, or none.
    let supplier = device.new_record(&SUPPLIER, &[("name", "Fontana")]);
    let (id, _) = device.create(&supplier);
    assert_eq!(device.text(&SUPPLIER, id, "code"), None);
}

#[test]
fn at_new_year_the_numbers_of_the_new_year_are_there() {
    let device = Device::new(1);
    let day = |year, month, day| NaiveDate::from_ymd_opt(year, month, day).unwrap();
    let today = device.clock.now().date_naive();
    let before =
        NumberLease { days: Some((day(2001, 1, 1), day(2001, 12, 31))), ..lease(1, "A-", 1, 9) };
    let now = NumberLease { days: Some((today, today)), ..lease(2, "B-", 1, 9) };
    let coming =
        NumberLease { days: Some((day(2090, 1, 1), day(2090, 12, 31))), ..lease(3, "C-", 1, 9) };
    holds(&device, &[before, coming.clone(), now]);
    assert_eq!(new_customer(&device, &[]).as_deref(), Some("B-001"));
    let then = device.read(|view| view.next_code(&CUSTOMER, (None, None), day(2090, 1, 1)));
    assert_eq!(then.as_deref(), Some("C-001"));
}

#[test]
fn numbers_of_a_branch_are_for_what_is_of_that_branch() {
    let device = Device::new(1);
    let (company, branch) = (Uuid::from_u128(88), Uuid::from_u128(99));
    let of_branch = NumberLease { branch_id: Some(branch), ..lease(1, "B-", 1, 9) };
    holds(&device, &[of_branch, lease(2, "K-", 1, 9)]);
    let (company, branch) = (company.to_string(), branch.to_string());
    let here = [("company_id", company.as_str()), ("branch_id", branch.as_str())];
    assert_eq!(new_customer(&device, &here).as_deref(), Some("B-001"));
    assert_eq!(new_customer(&device, &here[..1]).as_deref(), Some("K-001"));
    let elsewhere = Uuid::from_u128(5).to_string();
    assert_eq!(new_customer(&device, &[("company_id", elsewhere.as_str())]), None);
}

#[test]
fn what_the_hub_says_never_takes_a_number_back_and_what_it_does_not_name_is_given_back() {
    let device = Device::new(1);
    holds(&device, &[lease(1, "K-", 1, 9), lease(2, "L-", 1, 9)]);
    new_customer(&device, &[]);
    new_customer(&device, &[]);
    // An answer that was under way since before.
    holds(&device, &[lease(1, "K-", 1, 9)]);
    assert_eq!(new_customer(&device, &[]).as_deref(), Some("K-003"));
    assert_eq!(left(&device), [6]);
    let returned = device.read(|view| view.returned_numbers());
    assert_eq!(returned.iter().map(|lease| lease.stem.as_str()).collect::<Vec<_>>(), ["L-"]);
    // The machine was set back; the hub knows better.
    holds(&device, &[lease(1, "K-", 6, 9)]);
    assert_eq!(new_customer(&device, &[]).as_deref(), Some("K-006"));
}

#[test]
fn what_is_given_back_is_drawn_from_no_more_until_the_hub_was_told() {
    let device = Device::new(1);
    holds(&device, &[lease(1, "K-", 1, 9)]);
    device.store().return_numbers().unwrap();
    assert_eq!(new_customer(&device, &[]), None);
    let returned = device.read(|view| view.returned_numbers());
    assert_eq!(
        returned.iter().map(|lease| lease.lease_id).collect::<Vec<_>>(),
        [Uuid::from_u128(1)]
    );
    let told = BTreeSet::from([Uuid::from_u128(1)]);
    device.store().take_numbers(&[lease(2, "K-", 1, 9)], &told).unwrap();
    assert_eq!(device.read(|view| view.returned_numbers()), []);
    assert_eq!(new_customer(&device, &[]).as_deref(), Some("K-001"));
}

#[test]
fn numbers_outlast_a_fill() {
    let device = Device::new(1);
    let mut hub = Hub::default();
    hub.put(device.new_record(&CUSTOMER, &[("code", "K-002"), ("name", "Öztürk")]));
    holds(&device, &[lease(1, "K-", 1, 9)]);
    assert_eq!(new_customer(&device, &[]).as_deref(), Some("K-001"));
    hub.fill(device.store());
    // What came with the fill has its code already.
    assert_eq!(new_customer(&device, &[]).as_deref(), Some("K-003"));
    assert_eq!(left(&device), [6]);
}
