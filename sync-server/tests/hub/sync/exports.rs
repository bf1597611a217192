//! What a device took out of the product: told to the hub by an op, and kept in its audit.

use domain::export_note::{EXPORT_NOTE, Taken};
use sync_protocol::device::draft;
use sync_protocol::receipt::{Receipt, RejectCode};
use uuid::Uuid;

use super::desk::Desk;
use super::office::Office;

/// Enters the note of an export as the app does before it writes the file.
fn exports(desk: &mut Desk, owner: Uuid) -> Uuid {
    let mut note = desk.drafts(&EXPORT_NOTE, &[]);
    let columns = vec!["id", "name", "contact.email"];
    let taken = Taken { entity: "customer", records: 17, columns, format: "xlsx" };
    taken.write(&mut note, owner);
    desk.seal(draft::create(&note));
    note.id()
}

fn told(office: &Office, user: Uuid) -> Vec<String> {
    office.sql(&format!(
        "SELECT e.outcome || ' ' || e.action || ' ' || e.entity || ' ' || (e.row_id IS NULL)
             || ' ' || (e.op_id IS NOT NULL AND e.device_id IS NOT NULL)
             || ' ' || (v.changes::jsonb ->> 'rows') || ' ' || (v.changes::jsonb ->> 'columns')
             || ' ' || (v.changes::jsonb ->> 'format')
             || ' ' || coalesce(v.changes::jsonb ->> 'code', '-')
         FROM audit_entry e JOIN audit_value v ON v.entry_id = e.id
         WHERE e.user_id = '{user}' AND (e.action LIKE '%.export' OR e.action LIKE 'export_note%')
         ORDER BY e.id"
    ))
}

const WHAT: &str = r#"17 ["id", "name", "contact.email"] xlsx"#;

#[tokio::test]
async fn an_export_made_offline_is_in_the_audit_once_it_is_pushed_and_on_no_other_device() {
    let office = Office::open().await;
    let carl = office.colleague("carl", "accountant").await;
    let mut carl = Desk::filled(&carl).await;
    let user = carl.user;
    let note = exports(&mut carl, user);
    assert!(carl.syncs().await.iter().all(Receipt::has_effect));
    let done = format!("done customer.export customer true true {WHAT} -");
    assert_eq!(told(&office, carl.user), std::slice::from_ref(&done));
    assert_eq!(carl.text("export_note", note, "entity"), "customer");
    // An administrator may see every export in the audit; the note stays with its author.
    let anna = Desk::filled(&office.admin).await;
    assert!(!anna.copy.keys().any(|(entity, _)| entity == "export_note"));

    // It stands as it was written.
    carl.edits("export_note", note, &[("records", "1")]);
    carl.retires("export_note", note);
    for receipt in carl.syncs().await {
        let Receipt::Rejected { code, problems, .. } = receipt else { panic!("{receipt:?}") };
        assert_eq!((code, problems[0].rule.as_str()), (RejectCode::Invalid, "fixed"));
    }
    assert!(told(&office, carl.user).contains(&done));
    assert_eq!(office.count("SELECT count(*) FROM export_note WHERE records = 17"), 1);
}

#[tokio::test]
async fn an_export_without_the_right_or_in_anothers_name_is_refused_and_audited() {
    let office = Office::open().await;
    let anna = Desk::filled(&office.admin).await;
    let tina = office.colleague("tina", "sales").await;
    let mut tina = Desk::filled(&tina).await;
    let user = tina.user;
    exports(&mut tina, user);
    let receipt = tina.syncs().await.remove(0);
    let Receipt::Rejected { code, .. } = receipt else { panic!("{receipt:?}") };
    assert_eq!(code, RejectCode::NotPermitted);
    // What was taken all the same is told.
    let denied = format!("denied customer.export customer true true {WHAT} not_permitted");
    assert_eq!(told(&office, user), [denied]);

    let carl = office.colleague("carl", "accountant").await;
    let mut carl = Desk::filled(&carl).await;
    exports(&mut carl, anna.user);
    let receipt = carl.syncs().await.remove(0);
    let Receipt::Rejected { code, .. } = receipt else { panic!("{receipt:?}") };
    assert_eq!(code, RejectCode::Invalid);
    let failed = format!("failed customer.export customer true true {WHAT} invalid");
    assert_eq!(told(&office, carl.user), [failed]);
    assert_eq!(office.count("SELECT count(*) FROM export_note"), 0);
}
