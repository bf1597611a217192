//! The tenant's database is gone, and a backup is all there is.

use domain::masters::CUSTOMER;
use sync_protocol::message::{PushReply, RebuildReason, Standing};
use sync_protocol::receipt::Receipt;
use sync_protocol::wire;

use super::desk::Desk;
use super::office::{Office, SLUG};
use crate::support::TestHub;

async fn office() -> (Office, std::path::PathBuf) {
    let folder = daybook_server::ids::opaque_id().simple().to_string();
    let folder = std::env::temp_dir().join(format!("daybook-{folder}"));
    std::fs::create_dir(&folder).unwrap();
    let hub =
        TestHub::with(&[("DAYBOOK_BACKUP_URL", &format!("file://{}", folder.display()))]).await;
    let admin = hub.tenant(SLUG).await;
    (Office { hub, admin }, folder)
}

#[tokio::test]
async fn without_the_old_database_nobody_gets_back_what_the_control_database_took_away() {
    let (office, folder) = office().await;
    let ben = office.colleague("ben", "manager").await;
    let carla = office.colleague("carla", "manager").await;
    let mut anna = Desk::filled(&office.admin).await;
    let (mut bens, mut carlas) = (Desk::filled(&ben).await, Desk::filled(&carla).await);
    anna.creates(&CUSTOMER, &[("name", "Ada")]);
    anna.pushes().await;
    let told = office.hub.runs(&["tenant", "backup", SLUG]);
    let backup = told["name"].as_str().unwrap().to_owned();

    // Since then: work, a device that was lost, somebody who left, and rights that rose.
    for name in ["Ben", "Carl", "Dora"] {
        anna.creates(&CUSTOMER, &[("name", name)]);
    }
    let lost = anna.outbox.clone();
    anna.pushes().await;
    let device = office.hub.control("SELECT id FROM devices ORDER BY enrolled_at").remove(1);
    office.hub.runs(&["device", "revoke", SLUG, &device]);
    office.hub.runs(&["user", "disable", SLUG, "carla@acme.example"]);
    office.assigns("admin@acme.example", &["admin", "accountant"]).await;
    let height = "SELECT policy_version FROM tenants WHERE slug = 'acme'";
    let seen: i64 = office.hub.control(height)[0].parse().unwrap();
    let database = office.hub.control("SELECT database_name FROM tenants").remove(0);
    let drop = format!("DROP DATABASE \"{database}\" WITH (FORCE)");
    office.hub.cluster.sql("postgres", &drop);

    let restored = office.hub.runs(&["tenant", "restore", SLUG, &backup, "--yes"]);
    assert_eq!(restored["people_kept"], false, "{restored}");
    assert!(restored["policy_version"].as_i64().unwrap() > seen, "{restored}");
    let control = || office.hub.control(height)[0].parse::<i64>().unwrap() > seen;
    office.hub.eventually(async || control()).await;
    let rebuild =
        |reply: Standing| matches!(reply, Standing::Rebuild { reason: RebuildReason::Epoch });
    office.hub.eventually(async || rebuild(anna.clone().says_hello().await.standing)).await;
    assert!(rebuild(anna.says_hello().await.standing));
    assert!(matches!(bens.says_hello().await.standing, Standing::Refused { .. }));
    assert!(matches!(carlas.says_hello().await.standing, Standing::Refused { .. }));

    // One of the three left the device with its record: the others come all the same, and it is told.
    let answer = anna.asks("push", &anna.push_of(&lost[1..])).await;
    let reply: PushReply = anna.read(&answer);
    assert_eq!((reply.receipts.len(), reply.chain), (2, anna.chain));
    assert_eq!(office.count("SELECT count(*) FROM customer"), 3);
    let noted = "SELECT count(*) FROM audit_entry WHERE action = 'sync.ops_lost'";
    assert_eq!(office.count(noted), 1);
    anna.fills().await;
    let listed = office.hub.runs(&["device", "list", SLUG]);
    let annas = listed.as_array().unwrap().last().unwrap();
    assert_eq!((annas["lost_ops"].is_null(), annas["healed_ops"].as_u64()), (true, Some(0)));
    std::fs::remove_dir_all(folder).unwrap();
}

#[tokio::test]
async fn a_second_restore_before_a_device_came_back_does_not_shut_it_out() {
    let (office, folder) = office().await;
    let mut anna = Desk::filled(&office.admin).await;
    anna.creates(&CUSTOMER, &[("name", "Ada")]);
    anna.pushes().await;
    let told = office.hub.runs(&["tenant", "backup", SLUG]);
    let backup = told["name"].as_str().unwrap().to_owned();
    for name in ["Ben", "Carl"] {
        anna.creates(&CUSTOMER, &[("name", name)]);
    }
    let lost = anna.outbox.clone();
    anna.pushes().await;
    for epoch in anna.epoch + 1..=anna.epoch + 2 {
        office.hub.runs(&["tenant", "restore", SLUG, &backup, "--yes"]);
        let lives = async || anna.clone().says_hello().await.epoch == epoch;
        office.hub.eventually(lives).await;
    }
    anna.says_hello().await;
    // Ben left the device with his record: what was entered after him is taken all the same.
    let answer = anna.asks("push", &anna.push_of(&lost[1..])).await;
    let reply: PushReply = anna.read(&answer);
    assert_eq!((reply.receipts.len(), reply.chain), (1, anna.chain));
    let count =
        |name: &str| office.count(&format!("SELECT count(*) FROM customer WHERE name = '{name}'"));
    assert_eq!((count("Ben"), count("Carl")), (0, 1));
    // Another copy of the file has both, and offers them: each is done once.
    for _ in 0..2 {
        let answer = anna.asks("push", &anna.push_of(&lost)).await;
        let reply: PushReply = anna.read(&answer);
        assert!(reply.receipts.iter().all(|(_, bytes)| {
            wire::decode::<Receipt>(bytes).is_ok_and(|receipt| receipt.has_effect())
        }));
        assert_eq!((count("Ben"), count("Carl"), reply.chain), (1, 1, anna.chain));
    }
    let noted = "SELECT count(*) FROM audit_entry WHERE action = 'sync.ops_lost'";
    assert_eq!(office.count(noted), 1);
    std::fs::remove_dir_all(folder).unwrap();
}
