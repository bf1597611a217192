//! Whether a hub's databases are whole after a kill: their pages and indexes, the chain of the audit, and the sums
//! that are kept beside the rows.

use crate::by_hand::Device;
use crate::office::{Hub, Tenant};

/// Every page of every table, and every index with all that it must hold. The extension is gone again at its end.
const WHOLE: &str = "
    CREATE EXTENSION amcheck;
    SELECT c.relname || ': ' || found.msg
    FROM pg_class AS c, LATERAL verify_heapam(c.oid) AS found
    WHERE c.relkind = 'r' AND c.relpersistence = 'p';
    SELECT count(*) FROM (
        SELECT bt_index_check(c.oid, true)
        FROM pg_index AS i JOIN pg_class AS c ON c.oid = i.indexrelid
        JOIN pg_am AS a ON a.oid = c.relam
        WHERE a.amname = 'btree' AND c.relpersistence = 'p' AND i.indisready AND i.indisvalid
        OFFSET 0) AS checked;
    ROLLBACK";

/// # Panics
/// Where anything is damaged; the message names it.
pub fn whole(hub: &Hub, tenant: &Tenant, databases: [&str; 2]) {
    for database in databases {
        // One statement is one transaction, unless it says otherwise.
        let said = hub.sql(database, &format!("BEGIN; {WHOLE}"));
        let indexes: u32 =
            said.parse().unwrap_or_else(|_| panic!("{database} is damaged:\n{said}"));
        assert!(indexes > 50, "only {indexes} indexes of {database} were looked at");
    }
    let audit = hub.ask(&["audit", "verify", &tenant.slug, "--json"]);
    assert_eq!(audit["intact"], true, "{audit}");
    super::by_hand(async {
        let mut device = Device::enrol(hub.address(), &tenant.admin, u16::MAX).await?;
        let rows = device.counts_anew().await?;
        assert!(rows > 0, "there is nothing on the hub");
        Ok(())
    });
}
