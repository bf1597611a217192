//! The people of a tenant, their roles and their devices, as they are managed. Who asks has been let in before:
//! an operator at the hub acts with the platform's authority and has no roles of their own, so that the rules
//! about one's own roles and about giving what one holds bind nobody here. The last administrator stays all the
//! same. How someone signs in is `auth`'s.

pub mod device;
pub mod disable;
pub mod enable;
mod error;
pub mod invite;
pub mod list;
pub mod place;
pub mod rename;
pub mod role;
mod staff;

use chrono::{DateTime, Utc};
use serde_json::json;
use uuid::Uuid;

pub use error::PeopleError;

use crate::audit::{self, Actor, Entry, Outcome};
use crate::hub::Hub;
use crate::ids;
use crate::store::Connection;
use crate::store::control::tenant::TenantState;
use crate::tenant::directory::TenantPlace;
use crate::tenant::manage::ManageError;

/// The tenant, if its people can be managed now. A suspended one's can.
pub(crate) async fn tenant(hub: &Hub, slug: &str) -> Result<TenantPlace, PeopleError> {
    let place = hub.directory.by_slug(slug).await?;
    let place = place.ok_or_else(|| ManageError::Unknown(slug.to_owned()))?;
    let state = place.state();
    if !matches!(state, TenantState::Active | TenantState::Suspended) {
        let needed = "active or suspended";
        return Err(ManageError::State { slug: slug.to_owned(), state, needed }.into());
    }
    Ok(place)
}

/// Tells the tenant's audit what the platform did to one of its users or devices.
pub(crate) async fn note(
    connection: &mut Connection,
    action: &str,
    entity: &str,
    id: Uuid,
    mut detail: serde_json::Value,
    now: DateTime<Utc>,
) -> Result<(), PeopleError> {
    detail["by"] = json!("platform operator");
    let entry = Entry::new(Actor::default(), action, Outcome::Done).about(entity, id);
    let entry = entry.with(&detail)?;
    Ok(audit::append(connection, vec![entry], now).await?)
}

/// Tells the platform's audit, after everything else is done.
async fn note_on_platform(
    hub: &Hub,
    place: &TenantPlace,
    action: &str,
    detail: serde_json::Value,
    now: DateTime<Utc>,
) -> Result<(), PeopleError> {
    let id = ids::row_id(now);
    Ok(hub.control.note_platform_action(id, Some(place.id()), action, detail, now).await?)
}
