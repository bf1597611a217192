//! Attached files on the hub: who may have one, how it comes in, and what is swept away. A file has no rights of
//! its own: it is there for whoever sees a record, and the field in it, that names the file.

pub mod receive;
pub mod sweep;

use domain::record::{Attachment, EntityDef};
use uuid::Uuid;

use crate::store::tenant::attachment::Place;
use crate::store::tenant::record::{self, Hold};
use crate::store::{Connection, StoreError};
use crate::sync::sight::Sight;

/// A file that a record names, for someone who sees that it does.
#[derive(Debug, Clone)]
pub struct Named {
    pub entity: &'static EntityDef,
    pub row_id: Uuid,
    pub file: Attachment,
    hash: [u8; 32],
}

impl Named {
    /// The file with this hash that the record names; `None` alike where there is no such record, where the
    /// person does not see it or the field, and where it names no such file.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn find(
        connection: &mut Connection,
        sight: &Sight,
        entity: &str,
        row_id: Uuid,
        hash: &str,
    ) -> Result<Option<Self>, StoreError> {
        let Some(seen) = sight.find(entity) else { return Ok(None) };
        let records = record::by_ids(connection, seen.entity, &[row_id], Hold::No).await?;
        let record = records.into_iter().find(|record| seen.shows(record));
        let shown = |entity: &str, field: &str| !seen.projection.hides(entity, field);
        let file = record.and_then(|record| record.attached(hash, shown));
        let mut bytes = [0; 32];
        let named = file.filter(|_| hex::decode_to_slice(hash, &mut bytes).is_ok());
        Ok(named.map(|file| Self { entity: seen.entity, row_id, file, hash: bytes }))
    }

    pub fn place(&self) -> Place<'_> {
        Place { entity: self.entity, row_id: self.row_id, hash: &self.hash }
    }

    fn hash(&self) -> &[u8; 32] {
        &self.hash
    }
}
