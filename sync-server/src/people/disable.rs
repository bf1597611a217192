//! Shutting someone out. What the user did stays, and so does the address.

use serde_json::json;

use super::list::UserView;
use super::staff::Staff;
use super::{PeopleError, note, note_on_platform, tenant};
use crate::hub::Hub;
use crate::store;
use crate::store::tenant::user::{self, UserState};

/// Disables a user and ends the user's sessions on every device. Can be repeated after an interruption.
///
/// # Errors
/// See [`PeopleError`]; the last administrator stays.
pub async fn disable(hub: &Hub, slug: &str, email: &str) -> Result<UserView, PeopleError> {
    let place = tenant(hub, slug).await?;
    let now = hub.clock.now();
    let mut connection = hub.directory.connection(&place).await?;
    let mut tx = store::begin(&mut connection).await?;
    let staff = Staff::lock(&mut tx).await?;
    let user = staff.by_email(email)?;
    staff.keep_an_admin(user, None)?;
    if user.state != UserState::Disabled {
        user::disable(&mut tx, user.id, now).await?;
        let detail = json!({ "state": { "before": user.state, "after": UserState::Disabled } });
        note(&mut tx, "user.disable", "user", user.id, detail, now).await?;
    }
    store::commit(tx).await?;
    // Last, and the part that a restore of the tenant's database does not take back: from here on every hub
    // forgets what it remembered of the user.
    hub.control.disable_user(place.id(), user.id, now).await?;
    note_on_platform(hub, &place, "user.disable", json!({ "user": user.id }), now).await?;
    Ok(UserView::new(user, UserState::Disabled, &staff))
}
