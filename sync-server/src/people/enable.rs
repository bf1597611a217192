//! Letting someone in again who was shut out. Sessions that were ended stay ended: the user signs in anew.

use serde_json::json;

use super::list::UserView;
use super::staff::Staff;
use super::{PeopleError, note, note_on_platform, tenant};
use crate::hub::Hub;
use crate::store;
use crate::store::tenant::user::{self, UserState};

/// Enables a disabled user, with the roles and the password from before; one who never accepted the invitation is
/// invited again. Can be repeated after an interruption.
///
/// # Errors
/// See [`PeopleError`]; the plan must have room.
pub async fn enable(hub: &Hub, slug: &str, email: &str) -> Result<UserView, PeopleError> {
    let place = tenant(hub, slug).await?;
    let now = hub.clock.now();
    let mut connection = hub.directory.connection(&place).await?;
    let mut tx = store::begin(&mut connection).await?;
    let staff = Staff::lock(&mut tx).await?;
    let user = staff.by_email(email)?;
    let mut state = user.state;
    if state == UserState::Disabled {
        if let Some(most) = place.tenant.max_users
            && user::count(&mut tx).await? >= i64::from(most)
        {
            return Err(PeopleError::NoRoom(most));
        }
        state = user::enable(&mut tx, user.id, now).await?;
        let detail = json!({ "state": { "before": user.state, "after": state } });
        note(&mut tx, "user.enable", "user", user.id, detail, now).await?;
    }
    store::commit(tx).await?;
    // Last, as in disabling: until here the user stays out.
    if hub.control.enable_user(place.id(), user.id).await? {
        note_on_platform(hub, &place, "user.enable", json!({ "user": user.id }), now).await?;
    }
    Ok(UserView::new(user, state, &staff))
}
