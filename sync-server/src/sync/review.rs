//! Held work is shown to whoever may decide about it by now: also to who came, or was given the right, after it was held.

use chrono::{DateTime, Utc};
use domain::attention::ATTENTION;
use domain::permissions::Grants;
use domain::record::Record;
use sync_protocol::judge::review::{DECIDES, show_to};
use sync_protocol::judge::{Author, Effect, Moment};
use sync_protocol::op::Op;
use uuid::Uuid;

use super::difference::Differences;
use super::known::{HeldOp, Known};
use super::load;
use crate::ids;
use crate::store::tenant::record::{Written, write};
use crate::store::tenant::sync::{commit, review};
use crate::store::{self, Connection, StoreError};

/// Opens an item for each held op that this person may decide about and has none of. Can be repeated.
///
/// # Errors
/// See [`StoreError`].
pub async fn bring(
    connection: &mut Connection,
    grants: &Grants,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let user = grants.user_id;
    if !grants.holds(DECIDES) || !review::any_unseen(connection, user).await? {
        return Ok(());
    }
    let mut tx = store::begin(connection).await?;
    commit::declare_judged(&mut tx).await?;
    let held = review::unseen(&mut tx, user).await?;
    let held: Vec<HeldOp> = held.into_iter().map(load::held::read).collect::<Result<_, _>>()?;
    let ops: Vec<&Op> = held.iter().map(|held| &held.op).collect();
    let mut known = load::load(&mut tx, &ops).await?;
    let mut items = Vec::new();
    for held in &held {
        items.extend(shown(&mut tx, &mut known, user, held, now).await?);
    }
    let written: Vec<Written> = items.iter().map(|after| Written { before: None, after }).collect();
    write(&mut tx, &ATTENTION, &written).await?;
    let mut differences = Differences::default();
    items.iter().for_each(|after| differences.note(None, after));
    differences.store(&mut tx).await?;
    commit::settle(&mut tx).await?;
    store::commit(tx).await
}

async fn shown(
    connection: &mut Connection,
    known: &mut Known,
    user: Uuid,
    held: &HeldOp,
    now: DateTime<Utc>,
) -> Result<Vec<Record>, StoreError> {
    let nothing = Grants::default();
    let author = Author { user: held.user, device: held.device, grants: &nothing };
    loop {
        known.take_lacking();
        let effects = {
            let mut new_id = || ids::row_id(now);
            let mut moment = Moment { now, new_id: &mut new_id };
            show_to(user, &held.op, author, held.why, known, &mut moment)
        };
        if load::fetch_lacking(connection, known).await? {
            continue;
        }
        let put = |effect: Effect| match effect {
            Effect::Put { after, .. } => Some(*after),
            _ => None,
        };
        return Ok(effects.into_iter().filter_map(put).collect());
    }
}
