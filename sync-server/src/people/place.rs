//! Where someone works: the companies, branches and departments that scopes and row rules of their roles ask for.

use domain::masters::{BRANCH, COMPANY};
use domain::record::{EntityDef, fold_code};
use serde::Serialize;
use serde_json::json;
use uuid::Uuid;

use super::staff::Staff;
use super::{PeopleError, note, note_on_platform, tenant};
use crate::hub::Hub;
use crate::store::tenant::record::{self, Hold};
use crate::store::tenant::settings;
use crate::store::tenant::user::{self, Places};
use crate::store::{self, Connection};

/// Where someone is to work, each by code or id.
#[derive(Debug, Clone, Default)]
pub struct Order {
    pub companies: Vec<String>,
    pub branches: Vec<String>,
    pub departments: Vec<String>,
}

/// Where a user works now. A department stands for all below it as well.
#[derive(Debug, Serialize)]
pub struct Placed {
    pub id: Uuid,
    pub email: String,
    #[serde(flatten)]
    pub places: Places,
    /// The policy version from which on this holds.
    pub policy_version: i64,
}

/// Lets a user work in exactly these places. Can be repeated after an interruption.
///
/// # Errors
/// See [`PeopleError`]; a place that is not there is one.
pub async fn place(
    hub: &Hub,
    slug: &str,
    email: &str,
    order: &Order,
) -> Result<Placed, PeopleError> {
    let place = tenant(hub, slug).await?;
    let now = hub.clock.now();
    let mut connection = hub.directory.connection(&place).await?;
    let mut tx = store::begin(&mut connection).await?;
    let staff = Staff::lock(&mut tx).await?;
    let user = staff.by_email(email)?;
    let after = Places {
        companies: find(&mut tx, "company", &COMPANY, &order.companies).await?,
        branches: find(&mut tx, "branch", &BRANCH, &order.branches).await?,
        departments: find(&mut tx, "department", &BRANCH, &order.departments).await?,
    };
    let before = user::places(&mut tx, user.id).await?;
    let detail = json!({ "places": { "before": before, "after": after } });
    if before != after {
        // The policy version rises with it.
        user::set_places(&mut tx, user.id, &after, now).await?;
        note(&mut tx, "user.place", "user", user.id, detail.clone(), now).await?;
    }
    let policy_version = settings::read(&mut tx).await?.policy_version;
    store::commit(tx).await?;
    // Last: the hubs hear of it and read the rights anew, and devices get another lease.
    hub.control.raise_policy_version(place.id(), policy_version).await?;
    if before != after {
        note_on_platform(hub, &place, "user.place", json!({ "user": user.id }), now).await?;
    }
    Ok(Placed { id: user.id, email: user.email.clone(), places: after, policy_version })
}

/// The ids of the records with these codes or ids, in their order.
async fn find(
    connection: &mut Connection,
    field: &'static str,
    entity: &'static EntityDef,
    named: &[String],
) -> Result<Vec<Uuid>, PeopleError> {
    let mut found = Vec::new();
    for name in named {
        let id = match Uuid::try_parse(name) {
            Ok(id) => {
                let held = record::by_ids(connection, entity, &[id], Hold::No).await?;
                held.first().map(|record| record.id())
            }
            Err(_) => by_code(connection, entity, name).await?,
        };
        let missing = || PeopleError::UnknownPlace { field, name: name.clone() };
        found.push(id.ok_or_else(missing)?);
    }
    found.sort_unstable();
    found.dedup();
    Ok(found)
}

async fn by_code(
    connection: &mut Connection,
    entity: &'static EntityDef,
    code: &str,
) -> Result<Option<Uuid>, PeopleError> {
    let Some(field) = entity.field("code") else { return Ok(None) };
    let folded = fold_code(code);
    let held = record::holders(connection, entity, field, &[(None, folded.as_str())]).await?;
    Ok(held.first().map(|holder| holder.id))
}
