//! A tenant with people in different roles.

use daybook_server::auth::link;
use daybook_server::ids;
use daybook_server::store;
use daybook_server::store::tenant::{role, user};
use uuid::Uuid;

use crate::support::{Person, TestHub};

/// A tenant of its own on a hub of its own.
pub struct Office {
    pub hub: TestHub,
    pub admin: Person,
}

pub const SLUG: &str = "acme";

impl Office {
    pub async fn open() -> Office {
        let hub = TestHub::start().await;
        let admin = hub.tenant(SLUG).await;
        Office { hub, admin }
    }

    /// A colleague with this role, who has come in.
    pub async fn colleague(&self, name: &str, role_key: &str) -> Person {
        self.colleague_known_as(ids::row_id(self.hub.clock.now()), name, role_key).await
    }

    /// A colleague with this id.
    pub async fn colleague_known_as(&self, id: Uuid, name: &str, role_key: &str) -> Person {
        let hub = &self.hub.hub;
        let now = hub.clock.now();
        let place = hub.directory.by_slug(SLUG).await.unwrap().unwrap();
        let mut connection = hub.directory.connection(&place).await.unwrap();
        let mut tx = store::begin(&mut connection).await.unwrap();
        let email = format!("{name}@{SLUG}.example");
        user::invite(&mut tx, id, &email, name, now).await.unwrap();
        role::assign(&mut tx, id, &[role_key.to_owned()], None, now).await.unwrap();
        let link = link::invite(&mut tx, "http://hub", SLUG, id, now).await.unwrap();
        store::commit(tx).await.unwrap();
        let accept = serde_json::json!({
            "tenant": SLUG, "token": link.token, "password": "four horses eat blue hay",
        });
        self.hub.post("/api/v1/auth/invitation/accept").json(&accept).send().await.assert(200);
        Person::new(&self.hub, SLUG, &email)
    }

    /// Gives a person other roles, as an administrator does.
    pub async fn assigns(&self, email: &str, roles: &[&str]) {
        let hub = &self.hub.hub;
        let place = hub.directory.by_slug(SLUG).await.unwrap().unwrap();
        let mut connection = hub.directory.connection(&place).await.unwrap();
        let mut tx = store::begin(&mut connection).await.unwrap();
        let user = user::by_email(&mut tx, email).await.unwrap().unwrap();
        let roles: Vec<String> = roles.iter().map(|role| (*role).to_owned()).collect();
        role::assign(&mut tx, user.id, &roles, None, hub.clock.now()).await.unwrap();
        let version = store::tenant::settings::raise_policy_version(&mut tx).await.unwrap();
        store::commit(tx).await.unwrap();
        hub.control.raise_policy_version(place.id(), version).await.unwrap();
    }

    /// Adds a role of the tenant's own.
    pub async fn adds_role(&self, own: &domain::permissions::Role) {
        let hub = &self.hub.hub;
        let place = hub.directory.by_slug(SLUG).await.unwrap().unwrap();
        let mut connection = hub.directory.connection(&place).await.unwrap();
        role::write(&mut connection, own, false, hub.clock.now()).await.unwrap();
    }

    /// Runs SQL in the tenant's database, as a job of ours would.
    pub fn sql(&self, statement: &str) -> Vec<String> {
        self.hub.in_tenant(SLUG, statement)
    }

    /// Whether every kept digest is what a scan of the tables gives, by forgetting and asking again.
    pub fn count(&self, statement: &str) -> i64 {
        self.sql(statement).remove(0).parse().unwrap()
    }
}
