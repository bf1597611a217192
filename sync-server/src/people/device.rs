//! The devices of a tenant: listed, shut out, told to destroy their copy.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::json;
use uuid::Uuid;

use super::{PeopleError, note, note_on_platform, tenant};
use crate::audit::Actor;
use crate::hub::Hub;
use crate::store::control::device::{Device, DeviceState};
use crate::store::tenant::sync::device::{self as sync, Healing, Purged};
use crate::store::tenant::user;
use crate::store::{self, Connection, StoreError};
use crate::sync::numbers;

/// One device, with what it may still owe.
#[derive(Debug, Serialize)]
pub struct DeviceView {
    pub id: Uuid,
    pub name: String,
    pub user_id: Uuid,
    /// Absent for a device that belongs to nobody in the list of users.
    pub user_email: Option<String>,
    pub state: DeviceState,
    pub state_since: DateTime<Utc>,
    pub enrolled_at: DateTime<Utc>,
    pub last_seen_at: Option<DateTime<Utc>>,
    pub app_version: Option<String>,
    /// Operations that it had not sent when it was last seen; absent if it never said.
    pub unsent_ops: Option<i64>,
    /// Since when two copies of it are known to be in use, or it to have been set back: neither is served until its
    /// person has said, with their password, which is the original.
    pub frozen_at: Option<DateTime<Utc>>,
    /// The device that it was a copy of.
    pub copy_of: Option<Uuid>,
    /// Operations that had an answer, were lost by a restore of the tenant, and have not come again; absent if
    /// nobody knows.
    pub lost_ops: Option<u64>,
    /// Operations that came again since the restore.
    pub healed_ops: u64,
    /// When the device last said, signed, that nothing is left of what its person may not see any more, and the
    /// version of the rights that it was freed for; absent if nothing ever had to leave it.
    #[serde(flatten)]
    pub purged: Option<Purged>,
}

/// What the tenant's database knows of its devices.
struct Notes {
    healings: HashMap<Uuid, Healing>,
    purges: HashMap<Uuid, Purged>,
}

impl Notes {
    async fn load(connection: &mut Connection) -> Result<Self, StoreError> {
        Ok(Self {
            healings: sync::healings(connection).await?,
            purges: sync::purges(connection).await?,
        })
    }

    fn view(&self, device: Device, user_email: Option<String>) -> DeviceView {
        let nothing_lost = Healing { lost: Some(0), healed: 0 };
        let healing = self.healings.get(&device.id).copied().unwrap_or(nothing_lost);
        DeviceView {
            id: device.id,
            name: device.name,
            user_id: device.user_id,
            user_email,
            state: device.state,
            state_since: device.state_since,
            enrolled_at: device.enrolled_at,
            last_seen_at: device.last_seen_at,
            app_version: device.app_version,
            unsent_ops: device.unsent_ops,
            frozen_at: device.frozen_at,
            copy_of: device.copy_of,
            lost_ops: healing.lost,
            healed_ops: healing.healed,
            purged: self.purges.get(&device.id).copied(),
        }
    }
}

/// Every device that was ever enrolled, the newest first.
///
/// # Errors
/// See [`PeopleError`].
pub async fn list(hub: &Hub, slug: &str) -> Result<Vec<DeviceView>, PeopleError> {
    let place = tenant(hub, slug).await?;
    let mut connection = hub.directory.connection(&place).await?;
    let users = user::all(&mut connection).await?;
    let emails: HashMap<Uuid, String> =
        users.into_iter().map(|user| (user.id, user.email)).collect();
    let notes = Notes::load(&mut connection).await?;
    let devices = hub.control.devices(place.id()).await?;
    let view = |device: Device| {
        let email = emails.get(&device.user_id).cloned();
        notes.view(device, email)
    };
    Ok(devices.into_iter().map(view).collect())
}

/// Shuts a device out. It keeps its copy, which its lease lets nobody use for long.
///
/// # Errors
/// See [`PeopleError`]; a device that is to be wiped stays so.
pub async fn revoke(hub: &Hub, slug: &str, id: Uuid) -> Result<DeviceView, PeopleError> {
    change(hub, slug, id, DeviceState::Revoked).await
}

/// Shuts a device out and tells it, at its next contact, to destroy its copy.
///
/// # Errors
/// See [`PeopleError`].
pub async fn wipe(hub: &Hub, slug: &str, id: Uuid) -> Result<DeviceView, PeopleError> {
    change(hub, slug, id, DeviceState::Wiping).await
}

async fn change(
    hub: &Hub,
    slug: &str,
    id: Uuid,
    state: DeviceState,
) -> Result<DeviceView, PeopleError> {
    let place = tenant(hub, slug).await?;
    let now = hub.clock.now();
    let unknown = || PeopleError::UnknownDevice(id);
    let device = hub.control.device(place.id(), id).await?.ok_or_else(unknown)?;
    use DeviceState::{Active, Revoked, Wiped, Wiping};
    let changes = match (device.state, state) {
        (Wiping | Wiped, Revoked) => return Err(PeopleError::Wiping(device.state)),
        (before, after) if before == after => false,
        (Wiped, Wiping) => false,
        (Active | Revoked | Wiping | Wiped, _) => true,
    };
    let mut connection = hub.directory.connection(&place).await?;
    let user = user::by_id(&mut connection, device.user_id).await?;
    if changes {
        let action = if state == Revoked { "device.revoke" } else { "device.wipe" };
        let detail = json!({ "state": { "before": device.state, "after": state } });
        let mut tx = store::begin(&mut connection).await?;
        note(&mut tx, action, "device", id, detail, now).await?;
        let reason = if state == Revoked { "revoked" } else { "wiped" };
        numbers::void(&mut tx, &Actor::default(), id, reason, now).await?;
        store::commit(tx).await?;
        // Last: from here on every hub forgets what it remembered of the device, and its sessions are over.
        hub.control.set_device_state(place.id(), id, state, now).await?;
        note_on_platform(hub, &place, action, json!({ "device": id }), now).await?;
    }
    let notes = Notes::load(&mut connection).await?;
    let device = hub.control.device(place.id(), id).await?.ok_or_else(unknown)?;
    Ok(notes.view(device, user.map(|user| user.email)))
}
