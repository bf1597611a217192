//! What a new tenant starts with.

use crate::support::TestHub;
use crate::sync::desk::Desk;

#[tokio::test]
async fn a_new_tenant_has_currencies_units_and_a_company_with_its_chart() {
    let hub = TestHub::start().await;
    let admin = hub.tenant("acme").await;
    let desk = Desk::filled(&admin).await;
    let of = |entity: &str| -> Vec<_> {
        desk.copy.iter().filter(|((name, _), _)| name == entity).map(|(_, r)| r).collect()
    };
    assert!(of("currency").len() > 140);
    assert!(of("unit").iter().any(|unit| unit.get("unece_code").text() == Some("KGM")));
    let [company] = of("company")[..] else { panic!("one company") };
    assert_eq!(company.get("name").text(), Some("acme Trading"));
    assert_eq!(company.get("time_zone").text(), Some("Europe/Berlin"));
    let euro = desk.holds("currency", company.get("base_currency").id().unwrap());
    assert_eq!(euro.get("iso_code").text(), Some("EUR"));
    let receivable = desk.holds("account", company.get("ar_account").id().unwrap());
    assert_eq!(receivable.get("account_type").text(), Some("receivable"));
    assert!(receivable.get("blocked").is_true());
    let accounts = of("account");
    assert!(accounts.len() > 90);
    let roots = accounts.iter().filter(|account| account.get("parent").is_null());
    assert!(roots.into_iter().all(|account| account.get("is_group").is_true()));
    assert!(desk.attention().is_empty());
}

#[tokio::test]
async fn the_first_records_are_entered_once_and_judged_and_audited_like_anybodys() {
    let hub = TestHub::start().await;
    hub.create("acme").await;
    let count = |statement: &str| hub.in_tenant("acme", statement).remove(0);
    let before = count("SELECT count(*) FROM sync_op");
    assert_eq!(count("SELECT count(*) FROM sync_op WHERE op_seq > 0"), before);
    assert_eq!(
        count("SELECT count(*) FROM audit_entry WHERE outcome = 'done' AND op_id IS NOT NULL"),
        before
    );
    assert_eq!(count("SELECT count(*) FROM sync_commit"), "1");
    // A creation that was interrupted right after this step does it again and changes nothing.
    hub.control("UPDATE tenants SET state = 'creating', creation_step = 'opened'");
    assert!(hub.create("acme").await.created);
    assert_eq!(count("SELECT count(*) FROM sync_op"), before);
    assert_eq!(count("SELECT count(*) FROM company"), "1");
}
