//! Table `own_field`: the fields that the tenant has given its records, read together wherever rights are worked
//! out or an op is judged.

use domain::masters::OWN_FIELD;
use domain::permissions::RowFilter;
use domain::record::{OwnField, OwnFields};

use super::record;
use crate::store::{Connection, StoreError};

/// Rows read at a time.
const PAGE: i64 = 1_000;

/// Every declaration, those out of use as well.
///
/// # Errors
/// See [`StoreError`].
pub async fn all(connection: &mut Connection) -> Result<OwnFields, StoreError> {
    let (mut fields, mut after) = (Vec::new(), None);
    loop {
        let page =
            record::page(connection, &OWN_FIELD, &RowFilter::Everything, after, PAGE).await?;
        fields.extend(page.iter().filter_map(OwnField::of));
        match page.last() {
            Some(last) => after = Some(last.id()),
            None => return Ok(OwnFields::new(fields)),
        }
    }
}
