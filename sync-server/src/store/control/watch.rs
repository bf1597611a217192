//! Hears from the control database which tenant's access has changed, on any hub. It tells; it forgets nothing
//! itself.

use std::time::Duration;

use sqlx::postgres::PgListener;
use uuid::Uuid;

use super::Control;
use crate::store::StoreError;

/// A subscription to changes of tenants, devices and sessions.
pub struct Watch {
    listener: PgListener,
}

impl Control {
    /// Subscribes, on a connection of its own.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn watch(&self) -> Result<Watch, StoreError> {
        let mut listener = PgListener::connect_with(&self.pool).await?;
        listener.eager_reconnect(false);
        listener.listen("daybook_access").await?;
        Ok(Watch { listener })
    }
}

impl Watch {
    /// The next tenant whose access changed, or nothing when `patience` is over and the connection was proved
    /// to be alive.
    ///
    /// # Errors
    /// The connection is lost: changes may have been missed, and this subscription is over.
    pub async fn next(&mut self, patience: Duration) -> Result<Option<Uuid>, StoreError> {
        match tokio::time::timeout(patience, self.listener.try_recv()).await {
            Ok(Ok(Some(notice))) => Ok(Uuid::try_parse(notice.payload()).ok()),
            Ok(Ok(None)) => {
                let closed = std::io::Error::from(std::io::ErrorKind::ConnectionAborted);
                Err(sqlx::Error::Io(closed).into())
            }
            Ok(Err(error)) => Err(error.into()),
            Err(_) => {
                sqlx::query("SELECT 1").execute(&mut self.listener).await?;
                Ok(None)
            }
        }
    }
}
