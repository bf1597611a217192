//! What leads a copy from what its parts were made for to what its person sees now. What changed in the order since is
//! `pull`'s.

use sync_protocol::message::Pull;
use sync_protocol::view::{Change, View};
use uuid::Uuid;

use super::pull::PullError;
use super::sight::Sight;
use crate::store::tenant::sync::{bucket, view};
use crate::store::{Connection, StoreError};

/// More changes of the rights than one answer is led through.
const POLICIES: usize = 8;

/// What the person saw under these versions of the policy.
pub(super) async fn views(
    connection: &mut Connection,
    user: Uuid,
    policies: Vec<i64>,
) -> Result<Vec<View>, PullError> {
    if policies.len() > POLICIES {
        return Err(PullError::Rights);
    }
    let mut views = Vec::with_capacity(policies.len());
    for policy in policies {
        let noted = view::find(connection, user, policy).await?;
        views.push(noted.as_deref().and_then(View::read).ok_or(PullError::Rights)?);
    }
    Ok(views)
}

/// What a copy needs besides what changed in the order: because its person sees something else than its parts were
/// made for, or because a part of it is doubted.
pub(super) async fn change(
    connection: &mut Connection,
    sight: &Sight,
    request: &Pull,
    held: &[View],
) -> Result<Change, StoreError> {
    let mut change = Change::default();
    if held.is_empty() && request.anew.is_empty() {
        return Ok(change);
    }
    let buckets = bucket::all(connection).await?;
    let shown = View::of(sight.grants());
    for before in held {
        change.join(Change::between(before, &shown, &buckets));
    }
    for (entity, bucket) in &request.anew {
        let Some(seen) = sight.find(entity) else { continue };
        change.drops.push((seen.entity, Some(*bucket)));
        if buckets.iter().any(|(known, facts)| known == bucket && seen.admits(facts)) {
            change.send(seen.entity, *bucket);
        }
    }
    Ok(change)
}
