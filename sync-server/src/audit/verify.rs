//! Verifying: the chain is walked from its first link to its last, against what the entries say now and against
//! the anchor outside the tenant's database.

use serde::Serialize;
use uuid::Uuid;

use super::chain::next;
use super::values_digest;
use crate::hub::Hub;
use crate::store::control::tenant::TenantState;
use crate::store::pool::PoolError;
use crate::store::tenant::audit_chain::{self, End, KeptValues, Link, Written};
use crate::store::{self, StoreError, Tx};
use crate::tenant::manage::ManageError;

/// Links that are read at once.
const AT_ONCE: i64 = 5_000;

/// Something that was done to the audit from outside.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "finding", rename_all = "snake_case")]
pub enum Finding {
    /// Links are missing before this place.
    LinkDeleted { place: i64 },
    /// The entry of this link is gone.
    EntryDeleted { place: i64, entry_id: Uuid },
    /// The entry, its place, or what stands before it is not what was sealed.
    Changed { place: i64, entry_id: Uuid },
    /// The values of the entry are not what was sealed.
    ValuesChanged { place: i64, entry_id: Uuid },
    /// The entry was neither sealed nor does it wait for it: its link is gone, or it was put in.
    Unlinked { entry_id: Uuid },
    /// The chain does not reach the place that was noted outside, or is another one there.
    Cut { anchored_place: i64 },
}

/// What was found.
#[derive(Debug, Serialize)]
pub struct Verified {
    pub intact: bool,
    pub sealed: u64,
    /// Entries that wait to be sealed.
    pub unsealed: i64,
    /// Entries whose values were erased. That is allowed, by law, and told.
    pub erased: u64,
    pub findings: Vec<Finding>,
}

/// Why nothing was verified.
#[derive(Debug, thiserror::Error)]
pub enum VerifyError {
    #[error(transparent)]
    Tenant(#[from] ManageError),
    #[error(transparent)]
    Pool(#[from] PoolError),
}

impl From<StoreError> for VerifyError {
    fn from(error: StoreError) -> Self {
        Self::Pool(error.into())
    }
}

/// Verifies the audit of a tenant.
///
/// # Errors
/// See [`VerifyError`]. What is wrong with the audit is no error but a finding.
pub async fn verify(hub: &Hub, slug: &str) -> Result<Verified, VerifyError> {
    let place = hub.directory.by_slug(slug).await?;
    let place = place.ok_or_else(|| ManageError::Unknown(slug.to_owned()))?;
    let state = place.state();
    if !matches!(state, TenantState::Active | TenantState::Suspended) {
        let needed = "active or suspended";
        return Err(ManageError::State { slug: slug.to_owned(), state, needed }.into());
    }
    // Before the chain is read: that one only gets longer.
    let anchor = hub.control.audit_anchor(place.id(), place.tenant.epoch).await?;
    let mut connection = hub.directory.connection_unnoticed(&place).await?;
    let mut tx = store::begin(&mut connection).await?;
    audit_chain::freeze(&mut tx).await?;
    let verified = walk(&mut tx, anchor).await?;
    store::roll_back(tx).await?;
    Ok(verified)
}

/// Walks the chain that this transaction sees, which must hold the anchor.
///
/// # Errors
/// See [`StoreError`].
pub async fn walk(tx: &mut Tx<'_>, anchor: Option<End>) -> Result<Verified, StoreError> {
    let mut walk = Walk { anchor, ..Walk::default() };
    while walk.on(tx).await? {}
    let unsealed = audit_chain::count_unsealed(tx).await?;
    let unlinked = audit_chain::loose(tx).await?;
    if let Some(anchor) = walk.anchor {
        walk.findings.push(Finding::Cut { anchored_place: anchor.place });
    }
    walk.findings.extend(unlinked.into_iter().map(|entry_id| Finding::Unlinked { entry_id }));
    Ok(Verified {
        intact: walk.findings.is_empty(),
        sealed: walk.sealed,
        unsealed,
        erased: walk.erased,
        findings: walk.findings,
    })
}

#[derive(Default)]
struct Walk {
    end: Option<End>,
    /// The anchor, until it was met.
    anchor: Option<End>,
    sealed: u64,
    erased: u64,
    findings: Vec<Finding>,
}

impl Walk {
    /// Goes on for a stretch. Returns whether there may be more.
    async fn on(&mut self, tx: &mut Tx<'_>) -> Result<bool, StoreError> {
        let from = self.end.as_ref().map_or(0, |end| end.place);
        let links = audit_chain::links_after(tx, from, AT_ONCE).await?;
        let ids: Vec<Uuid> = links.iter().map(|link| link.entry_id).collect();
        let entries = audit_chain::entries(tx, &ids).await?;
        let values = audit_chain::values(tx, &ids).await?;
        let more = !links.is_empty();
        for link in links {
            let (entry, values) = (entries.get(&link.entry_id), values.get(&link.entry_id));
            self.judge(&link, entry, values);
            self.pass(link);
        }
        Ok(more)
    }

    fn judge(&mut self, link: &Link, entry: Option<&Written>, values: Option<&KeptValues>) {
        let (place, entry_id) = (link.place, link.entry_id);
        let follows = place == self.end.as_ref().map_or(1, |end| end.place + 1);
        if !follows {
            self.findings.push(Finding::LinkDeleted { place });
        }
        let Some(entry) = entry else {
            self.findings.push(Finding::EntryDeleted { place, entry_id });
            return;
        };
        // Behind a gap the hash cannot be told: what it was over is gone.
        if follows && next(self.end.as_ref(), entry).hash != link.hash {
            self.findings.push(Finding::Changed { place, entry_id });
        }
        match (&entry.values_digest, values) {
            (Some(_), None) => self.erased += 1,
            (digest, Some(values))
                if digest.as_deref() != digest_of(values).as_ref().map(<[u8; 32]>::as_slice) =>
            {
                self.findings.push(Finding::ValuesChanged { place, entry_id });
            }
            _ => {}
        }
    }

    /// Goes on from what the link says, so that one change is told once.
    fn pass(&mut self, link: Link) {
        self.sealed += 1;
        let end = End { place: link.place, hash: link.hash };
        if self.anchor.as_ref() == Some(&end) {
            self.anchor = None;
        }
        self.end = Some(end);
    }
}

/// Nothing for a salt that never was one.
fn digest_of(values: &KeptValues) -> Option<[u8; 32]> {
    let salt = values.salt.as_slice().try_into().ok()?;
    Some(values_digest(salt, &values.changes))
}
