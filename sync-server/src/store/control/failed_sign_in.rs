//! Table `failed_sign_ins`: wrong guesses, counted by what they have in common. Keys are hashes: the table
//! names nobody.

use chrono::{DateTime, Utc};

use super::Control;
use crate::store::StoreError;

/// What guesses are counted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bucket {
    Account,
    Address,
    Device,
    Reset,
}

impl Bucket {
    const fn name(self) -> &'static str {
        match self {
            Self::Account => "account",
            Self::Address => "address",
            Self::Device => "device",
            Self::Reset => "reset",
        }
    }
}

impl Control {
    /// The instants of the newest failures in a bucket since an instant, newest first, at most `most`.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn failures(
        &self,
        bucket: Bucket,
        key: &[u8; 32],
        since: DateTime<Utc>,
        most: i64,
    ) -> Result<Vec<DateTime<Utc>>, StoreError> {
        Ok(sqlx::query_scalar(
            "SELECT at FROM failed_sign_ins WHERE bucket = $1 AND key = $2 AND at > $3
             ORDER BY at DESC LIMIT $4",
        )
        .bind(bucket.name())
        .bind(key.as_slice())
        .bind(since)
        .bind(most)
        .fetch_all(self.pool())
        .await?)
    }

    /// # Errors
    /// See [`StoreError`].
    pub async fn note_failure(
        &self,
        bucket: Bucket,
        key: &[u8; 32],
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        sqlx::query("INSERT INTO failed_sign_ins (bucket, key, at) VALUES ($1, $2, $3)")
            .bind(bucket.name())
            .bind(key.as_slice())
            .bind(now)
            .execute(self.pool())
            .await?;
        Ok(())
    }

    /// Takes back one failure that was noted before its outcome was known.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn forgive_failure(
        &self,
        bucket: Bucket,
        key: &[u8; 32],
        noted_at: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        sqlx::query(
            "DELETE FROM failed_sign_ins WHERE ctid = (
                 SELECT ctid FROM failed_sign_ins WHERE bucket = $1 AND key = $2 AND at = $3 LIMIT 1)",
        )
        .bind(bucket.name())
        .bind(key.as_slice())
        .bind(noted_at)
        .execute(self.pool())
        .await?;
        Ok(())
    }

    /// Removes failures before an instant: they no longer count.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn forget_failures(&self, before: DateTime<Utc>) -> Result<u64, StoreError> {
        let done = sqlx::query("DELETE FROM failed_sign_ins WHERE at < $1")
            .bind(before)
            .execute(self.pool())
            .await?;
        Ok(done.rows_affected())
    }
}
