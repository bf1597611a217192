//! What a new tenant starts with.

use daybook_server::tenant::create::create;

use crate::support::{TestHub, order};
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
    // What comes with a chart is on the device as well, with its rows.
    let years = of("fiscal_year");
    assert_eq!(years.len(), 2);
    assert!(years.iter().all(|year| year.collection("fiscal_period").len() == 12));
    assert_eq!(of("tax_code").len(), 4);
    assert!(of("tax_code").iter().all(|tax| tax.collection("tax_rate").len() == 1));
    assert!(of("payment_terms").len() >= 9 && of("payment_method").len() == 6);
    assert!(of("journal").len() == 20 && of("number_series").len() == 20);
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

/// Lets the creation of a tenant fail once its database is there, and before anything is in it.
async fn stops_before_the_first_records(hub: &TestHub) {
    hub.control(
        "CREATE FUNCTION stop() RETURNS trigger LANGUAGE plpgsql AS
             $$ BEGIN RAISE EXCEPTION 'stopped'; END $$;
         CREATE TRIGGER stop BEFORE UPDATE ON tenants
             FOR EACH ROW WHEN (NEW.creation_step = 'opened') EXECUTE FUNCTION stop()",
    );
    assert!(create(&hub.hub, &order("acme")).await.is_err());
    hub.control("DROP TRIGGER stop ON tenants");
}

#[tokio::test]
async fn what_is_refused_is_named_and_a_rerun_enters_all_of_it() {
    let hub = TestHub::start().await;
    stops_before_the_first_records(&hub).await;
    let nobody = uuid::Uuid::nil();
    hub.in_tenant(
        "acme",
        &format!(
            "INSERT INTO currency (id, version, created_at, created_by, updated_at, updated_by,
                                   name, iso_code, iso_code_folded, minor_units)
             SELECT gen_random_uuid(), 1, now(), '{nobody}', now(), '{nobody}', 'Old', code,
                    lower(code), 2
             FROM unnest(ARRAY['XOF', 'XAF']) AS code"
        ),
    );
    // It is refused as often as it is tried, and never taken as done.
    for _ in 0..2 {
        let refusal = create(&hub.hub, &order("acme")).await.err().unwrap().to_string();
        for told in ["currency.iso_code (unique): ", "nothing of it is kept"] {
            assert!(refusal.contains(told), "{refusal}");
        }
        assert_eq!(refusal.matches("currency.iso_code").count(), 2, "{refusal}");
        let there = "SELECT (SELECT count(*) FROM sync_op), (SELECT count(*) FROM company),
                            (SELECT count(*) FROM attention), (SELECT count(*) FROM currency),
                            (SELECT count(*) FROM tenant_settings)";
        assert_eq!(hub.in_tenant("acme", there), ["0|0|0|2|0"]);
        let step = "SELECT state || ' ' || creation_step FROM tenants";
        assert_eq!(hub.control(step), ["creating opened"]);
    }
    // The program says so too, and ends as with every refusal.
    let again = ["tenant", "create", "acme", "--name", "acme Trading"];
    let again = [&again[..], &["--admin-email", "admin@acme.example"]].concat();
    assert!(hub.is_refused(&again).contains("currency.iso_code (unique): "));
    hub.in_tenant("acme", "DELETE FROM currency");
    let admin = hub.tenant("acme").await;
    let desk = Desk::filled(&admin).await;
    let of = |entity: &str| desk.copy.keys().filter(|(name, _)| name == entity).count();
    assert_eq!(of("company"), 1);
    assert!(of("currency") > 140 && of("account") > 90);
}

#[tokio::test]
async fn a_name_that_no_company_can_have_is_refused_before_anything_is_made() {
    let hub = TestHub::start().await;
    for (field, name) in [("name", "Acme\tTrading"), ("name", " "), ("admin_name", "Anna\nBell")] {
        let mut order = order("acme");
        match field {
            "name" => order.name = name.to_owned(),
            _ => order.admin_name = name.to_owned(),
        }
        let refusal = create(&hub.hub, &order).await.err().unwrap().to_string();
        assert!(refusal.starts_with(&format!("{field}: must ")), "{refusal}");
    }
    assert_eq!(hub.control("SELECT count(*) FROM tenants"), ["0"]);
}
