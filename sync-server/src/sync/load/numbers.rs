//! What the judge asks of numbers: who holds a code as one, and whether a series has given any.

use std::collections::{HashMap, HashSet};

use uuid::Uuid;

use crate::store::tenant::number;
use crate::store::{Connection, StoreError};
use crate::sync::known::{CodeKey, Known};

/// Learns which of these codes are numbers that a device holds, and which of these series have given numbers.
///
/// # Errors
/// See [`StoreError`].
pub(super) async fn fetch(
    connection: &mut Connection,
    known: &mut Known,
    codes: HashSet<CodeKey>,
    series: HashSet<Uuid>,
) -> Result<(), StoreError> {
    let mut by_entity: HashMap<&'static str, Vec<String>> = HashMap::new();
    for (entity, code) in codes.into_iter().filter(|code| !known.knows_code(code)) {
        by_entity.entry(entity).or_default().push(code);
    }
    for (entity, codes) in by_entity {
        let asked: Vec<&str> = codes.iter().map(String::as_str).collect();
        for holding in number::holding(connection, entity, &asked).await? {
            known.learn_code((entity, holding.code.clone()), Some(holding));
        }
        for code in codes {
            known.learn_code((entity, code), None);
        }
    }
    if series.is_empty() {
        return Ok(());
    }
    let series: Vec<Uuid> = series.into_iter().collect();
    let given = number::that_have_given(connection, &series).await?;
    series.iter().for_each(|series| known.learn_series(*series, given.contains(series)));
    Ok(())
}
