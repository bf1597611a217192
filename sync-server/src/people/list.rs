//! The people of a tenant as they are listed.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use serde::Serialize;
use uuid::Uuid;

use super::staff::Staff;
use super::{PeopleError, tenant};
use crate::hub::Hub;
use crate::store;
use crate::store::tenant::user::{User, UserState};

/// One user.
#[derive(Debug, Serialize)]
pub struct UserView {
    pub id: Uuid,
    pub email: String,
    pub name: String,
    pub state: UserState,
    pub roles: BTreeSet<String>,
    pub created_at: DateTime<Utc>,
}

impl UserView {
    pub(super) fn new(user: &User, state: UserState, staff: &Staff) -> Self {
        Self {
            id: user.id,
            email: user.email.clone(),
            name: user.name.clone(),
            state,
            roles: staff.assigned_to(user),
            created_at: user.created_at,
        }
    }
}

/// Every user of the tenant, by address; also those who were disabled.
///
/// # Errors
/// See [`PeopleError`].
pub async fn users(hub: &Hub, slug: &str) -> Result<Vec<UserView>, PeopleError> {
    let place = tenant(hub, slug).await?;
    let mut connection = hub.directory.connection(&place).await?;
    let mut tx = store::begin(&mut connection).await?;
    let staff = Staff::lock(&mut tx).await?;
    store::commit(tx).await?;
    Ok(staff.users.iter().map(|user| UserView::new(user, user.state, &staff)).collect())
}
