//! Sealing: what is committed is chained, in order, by one sealer a tenant at a time, on whichever hub. No writer
//! waits for it.

use super::chain::next;
use crate::store::tenant::audit_chain::{self, End, Link};
use crate::store::{self, Connection, StoreError};

/// Entries in one transaction.
const AT_ONCE: i64 = 5_000;

/// Seals what there is, and returns the new end of the chain; nothing if there was nothing to seal, or if
/// somebody else seals.
///
/// # Errors
/// See [`StoreError`]; what was sealed before it stays.
pub async fn seal(connection: &mut Connection) -> Result<Option<End>, StoreError> {
    let mut reached = None;
    loop {
        let mut tx = store::begin(connection).await?;
        if !audit_chain::try_lock(&mut tx).await? {
            store::roll_back(tx).await?;
            return Ok(reached);
        }
        let entries = audit_chain::unsealed(&mut tx, AT_ONCE).await?;
        if entries.is_empty() {
            store::roll_back(tx).await?;
            return Ok(reached);
        }
        let mut end = audit_chain::end(&mut tx).await?;
        let mut links: Vec<Link> = Vec::with_capacity(entries.len());
        for entry in &entries {
            let link = next(end.as_ref(), entry);
            end = Some(End { place: link.place, hash: link.hash.clone() });
            links.push(link);
        }
        audit_chain::extend(&mut tx, &links).await?;
        store::commit(tx).await?;
        reached = end;
    }
}
