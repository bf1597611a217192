//! Calling a user by another name. What the user did and does stands beside it on every device from the next round on.

use serde_json::json;

use super::list::UserView;
use super::staff::Staff;
use super::{PeopleError, note, note_on_platform, tenant};
use crate::hub::Hub;
use crate::store;
use crate::store::tenant::user;

/// Gives a user another name.
///
/// # Errors
/// See [`PeopleError`].
pub async fn rename(
    hub: &Hub,
    slug: &str,
    email: &str,
    name: &str,
) -> Result<UserView, PeopleError> {
    let name = user::name(name)
        .map_err(|message| PeopleError::Field { field: "name", message: message.to_owned() })?;
    let place = tenant(hub, slug).await?;
    let now = hub.clock.now();
    let mut connection = hub.directory.connection(&place).await?;
    let mut tx = store::begin(&mut connection).await?;
    let staff = Staff::lock(&mut tx).await?;
    let user = staff.by_email(email)?;
    let renames = user.name != name;
    if renames {
        user::rename(&mut tx, user.id, name, now).await?;
        let detail = json!({ "name": { "before": user.name, "after": name } });
        note(&mut tx, "user.rename", "user", user.id, detail, now).await?;
    }
    store::commit(tx).await?;
    if renames {
        note_on_platform(hub, &place, "user.rename", json!({ "user": user.id }), now).await?;
    }
    let view = UserView::new(user, user.state, &staff);
    Ok(UserView { name: name.to_owned(), ..view })
}
