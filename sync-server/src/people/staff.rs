//! The users and roles of a tenant as they stand, read while the policy is locked: what the rules about people
//! are asked on.

use std::collections::{BTreeMap, BTreeSet};

use domain::permissions::{Grants, Reason, RoleSet, an_admin_remains};
use domain::record::OwnFields;
use uuid::Uuid;

use super::PeopleError;
use crate::auth::rights::grants_of;
use crate::store::tenant::user::{self, User, UserState, fold_email};
use crate::store::tenant::{own_field, role, settings};
use crate::store::{StoreError, Tx};

pub(super) struct Staff {
    policy_version: i64,
    pub(super) roles: RoleSet,
    pub(super) users: Vec<User>,
    assigned: BTreeMap<Uuid, BTreeSet<String>>,
    own_fields: OwnFields,
}

impl Staff {
    /// Reads everything, and lets nobody else change people or roles until the transaction ends.
    pub(super) async fn lock(tx: &mut Tx<'_>) -> Result<Self, StoreError> {
        let policy_version = settings::lock_policy(tx).await?;
        let mut assigned: BTreeMap<Uuid, BTreeSet<String>> = BTreeMap::new();
        for (user, role) in role::assignments(tx).await? {
            assigned.entry(user).or_default().insert(role);
        }
        let (roles, users) = (role::all(tx).await?, user::all(tx).await?);
        let own_fields = own_field::all(tx).await?;
        Ok(Self { policy_version, roles, users, assigned, own_fields })
    }

    pub(super) fn by_email(&self, email: &str) -> Result<&User, PeopleError> {
        let folded = fold_email(email);
        let found = self.users.iter().find(|user| fold_email(&user.email) == folded);
        found.ok_or_else(|| PeopleError::UnknownUser(email.to_owned()))
    }

    pub(super) fn assigned_to(&self, user: &User) -> BTreeSet<String> {
        self.assigned.get(&user.id).cloned().unwrap_or_default()
    }

    /// Refuses keys that no role of the tenant has.
    pub(super) fn check_roles(&self, keys: &BTreeSet<String>) -> Result<(), PeopleError> {
        match keys.iter().find(|key| self.roles.get(key).is_none()) {
            Some(key) => Err(PeopleError::UnknownRole(key.clone())),
            None if keys.is_empty() => {
                let message = "a user has at least one role".to_owned();
                Err(PeopleError::Field { field: "role", message })
            }
            None => Ok(()),
        }
    }

    /// What a user may do with these roles.
    pub(super) fn grants(
        &self,
        user: &User,
        roles: &BTreeSet<String>,
    ) -> Result<Grants, StoreError> {
        grants_of(self.policy_version, &self.roles, &self.own_fields, user, roles)
    }

    /// Refuses a change after which nobody active administers the tenant any more. `after` gives the user's
    /// roles then, or nothing for a user who is active no more. A tenant whose first admin has not come in
    /// yet has none to lose.
    pub(super) fn keep_an_admin(
        &self,
        user: &User,
        after: Option<&BTreeSet<String>>,
    ) -> Result<(), PeopleError> {
        let (mut now, mut then) = (Vec::new(), Vec::new());
        for person in self.users.iter().filter(|person| person.state == UserState::Active) {
            let roles = self.assigned_to(person);
            let grants = self.grants(person, &roles)?;
            if person.id != user.id {
                then.push(grants.clone());
            } else if let Some(roles) = after {
                then.push(self.grants(person, roles)?);
            }
            now.push(grants);
        }
        match (an_admin_remains(&now), an_admin_remains(&then)) {
            (Ok(()), Err(Reason::LastAdmin)) => Err(Reason::LastAdmin.into()),
            _ => Ok(()),
        }
    }
}
