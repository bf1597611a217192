//! Tables `refresh_families` and `refresh_tokens`: how a device stays signed in. A token is exchanged once for
//! the next one; using it again, but for one forgiven retry, ends the family.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::Control;
use crate::store::{StoreError, Tx};

/// SHA-256 of a refresh token.
pub type TokenHash = [u8; 32];

/// A family: one sign-in of one device.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Family {
    pub id: Uuid,
    pub tenant_id: Uuid,
    pub user_id: Uuid,
    pub device_id: Uuid,
    pub session_version: i64,
    pub expires_at: DateTime<Utc>,
    pub ended_at: Option<DateTime<Utc>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FamilyEnd {
    Logout,
    Reuse,
    Replaced,
}

impl FamilyEnd {
    const fn name(self) -> &'static str {
        match self {
            Self::Logout => "logout",
            Self::Reuse => "reuse",
            Self::Replaced => "replaced",
        }
    }
}

/// What became of an exchange.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exchange {
    /// The new token is good, the old one is not any more.
    Done,
    /// The token was exchanged before and the retry is used up: the family has been ended.
    Reused,
    /// The token or its family is gone.
    Gone,
}

impl Control {
    /// Starts a family with its first token and ends the device's earlier ones.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn start_family(
        &self,
        family: &Family,
        token: &TokenHash,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let mut tx = self.begin().await?;
        sqlx::query(
            "UPDATE refresh_families SET ended_at = $2, ended_because = $3
             WHERE device_id = $1 AND ended_at IS NULL",
        )
        .bind(family.device_id)
        .bind(now)
        .bind(FamilyEnd::Replaced.name())
        .execute(&mut *tx)
        .await?;
        sqlx::query(
            "INSERT INTO refresh_families (id, tenant_id, user_id, device_id, session_version,
                                           created_at, expires_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7)",
        )
        .bind(family.id)
        .bind(family.tenant_id)
        .bind(family.user_id)
        .bind(family.device_id)
        .bind(family.session_version)
        .bind(now)
        .bind(family.expires_at)
        .execute(&mut *tx)
        .await?;
        insert_token(&mut tx, family.id, token, now).await?;
        tx.commit().await?;
        Ok(())
    }

    /// The family that a token belongs to, whether or not the token is still good.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn family_of_token(&self, token: &TokenHash) -> Result<Option<Family>, StoreError> {
        Ok(sqlx::query_as(
            "SELECT f.id, f.tenant_id, f.user_id, f.device_id, f.session_version, f.expires_at, f.ended_at
             FROM refresh_families f JOIN refresh_tokens t ON t.family_id = f.id WHERE t.hash = $1",
        )
        .bind(token.as_slice())
        .fetch_optional(self.pool())
        .await?)
    }

    /// When the sign-in began that a device lives by now; nothing if it was ended.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn signed_in_since(&self, device: Uuid) -> Result<Option<DateTime<Utc>>, StoreError> {
        let since = sqlx::query_scalar(
            "SELECT max(created_at) FROM refresh_families WHERE device_id = $1 AND ended_at IS NULL",
        );
        Ok(since.bind(device).fetch_one(self.pool()).await?)
    }

    /// Exchanges a token for the next one and moves the family's end. The caller has checked who asks.
    ///
    /// A token that was exchanged before is forgiven as long as what it was exchanged for has not been used: then
    /// the reply was lost on the way, and the lost token is withdrawn. On a bad line that happens several times in a
    /// row; who stole the token gains nothing by it, as only one of its successors ever lives.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn exchange_token(
        &self,
        old: &TokenHash,
        new: &TokenHash,
        expires_at: DateTime<Utc>,
        now: DateTime<Utc>,
    ) -> Result<Exchange, StoreError> {
        let mut tx = self.begin().await?;
        // The family's row is the lock: two exchanges of one family come one after the other.
        let family: Option<Uuid> = sqlx::query_scalar(
            "SELECT f.id FROM refresh_families f JOIN refresh_tokens t ON t.family_id = f.id
             WHERE t.hash = $1 AND f.ended_at IS NULL AND f.expires_at > $2 FOR UPDATE OF f",
        )
        .bind(old.as_slice())
        .bind(now)
        .fetch_optional(&mut *tx)
        .await?;
        let Some(family) = family else { return Ok(Exchange::Gone) };
        let token: TokenRow = sqlx::query_as(
            "SELECT t.successor, s.used_at AS successor_used_at
             FROM refresh_tokens t LEFT JOIN refresh_tokens s ON s.hash = t.successor
             WHERE t.hash = $1",
        )
        .bind(old.as_slice())
        .fetch_one(&mut *tx)
        .await?;
        if token.successor_used_at.is_some() {
            end(&mut tx, family, FamilyEnd::Reuse, now).await?;
            tx.commit().await?;
            return Ok(Exchange::Reused);
        }
        sqlx::query("DELETE FROM refresh_tokens WHERE hash = $1")
            .bind(token.successor)
            .execute(&mut *tx)
            .await?;
        insert_token(&mut tx, family, new, now).await?;
        sqlx::query(
            "UPDATE refresh_tokens SET used_at = coalesce(used_at, $2), successor = $3 WHERE hash = $1",
        )
        .bind(old.as_slice())
        .bind(now)
        .bind(new.as_slice())
        .execute(&mut *tx)
        .await?;
        sqlx::query("UPDATE refresh_families SET expires_at = $2 WHERE id = $1")
            .bind(family)
            .bind(expires_at)
            .execute(&mut *tx)
            .await?;
        tx.commit().await?;
        Ok(Exchange::Done)
    }

    /// Ends a family; does nothing to one that has ended.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn end_family(
        &self,
        id: Uuid,
        because: FamilyEnd,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let mut tx = self.begin().await?;
        end(&mut tx, id, because, now).await?;
        Ok(tx.commit().await?)
    }

    /// Ends what a device is signed in with.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn end_families_of_device(
        &self,
        device: Uuid,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        sqlx::query(
            "UPDATE refresh_families SET ended_at = $2, ended_because = 'logout'
             WHERE device_id = $1 AND ended_at IS NULL",
        )
        .bind(device)
        .bind(now)
        .execute(self.pool())
        .await?;
        Ok(())
    }

    /// Removes families that ended or ran out before this instant, and their tokens with them.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn forget_families(&self, before: DateTime<Utc>) -> Result<u64, StoreError> {
        let done =
            sqlx::query("DELETE FROM refresh_families WHERE least(ended_at, expires_at) < $1")
                .bind(before)
                .execute(self.pool())
                .await?;
        Ok(done.rows_affected())
    }
}

#[derive(sqlx::FromRow)]
struct TokenRow {
    successor: Option<Vec<u8>>,
    successor_used_at: Option<DateTime<Utc>>,
}

async fn insert_token(
    tx: &mut Tx<'_>,
    family: Uuid,
    token: &TokenHash,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    sqlx::query("INSERT INTO refresh_tokens (hash, family_id, issued_at) VALUES ($1, $2, $3)")
        .bind(token.as_slice())
        .bind(family)
        .bind(now)
        .execute(&mut **tx)
        .await?;
    Ok(())
}

async fn end(
    tx: &mut Tx<'_>,
    family: Uuid,
    because: FamilyEnd,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    sqlx::query(
        "UPDATE refresh_families SET ended_at = $2, ended_because = $3
         WHERE id = $1 AND ended_at IS NULL",
    )
    .bind(family)
    .bind(now)
    .bind(because.name())
    .execute(&mut **tx)
    .await?;
    Ok(())
}
