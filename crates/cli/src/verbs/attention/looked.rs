//! Which version of a record a person was shown beside what they wrote, from one run of the program to the next:
//! nobody decides about what they have not seen.

use contract::{AttentionItem, Command, Failure, FailureCode, Reply};
use engine::Engine;
use uuid::Uuid;

use crate::verbs::unexpected;

const HABIT: &str = "attention.shown";

/// So many items are remembered, the last that were shown. Of others the person is asked to look first.
const MOST: usize = 200;

type Looked = Vec<(Uuid, Option<i64>)>;

/// Remembers that these were shown as they are.
///
/// # Errors
/// Where the copy cannot be written.
pub async fn note(engine: &Engine, items: &[AttentionItem]) -> Result<(), Failure> {
    if items.is_empty() {
        return Ok(());
    }
    let mut looked = read(engine).await?;
    looked.retain(|(id, _)| items.iter().all(|item| item.id != *id));
    looked.extend(items.iter().map(|item| (item.id, item.record_version)));
    let last = looked.split_off(looked.len().saturating_sub(MOST));
    // Ids and numbers always have a JSON form.
    let value = serde_json::to_string(&last).unwrap_or_default();
    let keep = Command::KeepHabit { name: HABIT.to_owned(), value: Some(value) };
    engine.call(keep).await.map(|_| ())
}

/// The version that was shown of the item's record.
///
/// # Errors
/// `Usage` where the item was not shown here.
pub async fn version(engine: &Engine, item: &AttentionItem) -> Result<Option<i64>, Failure> {
    let looked = read(engine).await?;
    let version = looked.into_iter().find(|(id, _)| *id == item.id).map(|(_, version)| version);
    version.ok_or_else(|| {
        let message = format!("look at it first: daybook attention show {}", item.id);
        Failure::new(FailureCode::Usage, message)
    })
}

async fn read(engine: &Engine) -> Result<Looked, Failure> {
    match engine.call(Command::Habit { name: HABIT.to_owned() }).await? {
        // What cannot be read is as good as none.
        Reply::Habit(kept) => {
            Ok(kept.and_then(|kept| serde_json::from_str(&kept).ok()).unwrap_or_default())
        }
        _ => Err(unexpected()),
    }
}
