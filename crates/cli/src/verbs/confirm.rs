//! What a person is told before they do something that more comes of than they would expect: it is done where they
//! say `--yes`.

use contract::{Command, Failure, FailureCode, Problem, Reply, UsedBy};
use engine::Engine;

use super::unexpected;
use crate::output::Output;

/// Goes on where nothing is to be said, or the person knows it.
///
/// # Errors
/// `Refused`, with what is to be said.
pub fn sure(cautions: Vec<Problem>, yes: bool, output: Output) -> Result<(), Failure> {
    if cautions.is_empty() {
        return Ok(());
    }
    let words: Vec<&str> = cautions.iter().map(|caution| caution.message.as_str()).collect();
    let said = words.join("; ");
    if yes {
        output.say(&format!("daybook: {said}"));
        return Ok(());
    }
    let message = format!("{said}; say --yes to do it all the same");
    Err(Failure { code: FailureCode::Refused, message, problems: cautions })
}

/// What refers to records that are about to be deleted, with the count of each kind.
///
/// # Errors
/// The engine's failures.
pub async fn in_use(engine: &Engine, command: Command) -> Result<Vec<Problem>, Failure> {
    let Reply::UsedBy(users) = engine.call(command).await? else { return Err(unexpected()) };
    if users.is_empty() {
        return Ok(Vec::new());
    }
    let Reply::Entities(entities) = engine.call(Command::Describe).await? else {
        return Err(unexpected());
    };
    let called = |used: &UsedBy| {
        let entity = entities.iter().find(|entity| entity.name == used.entity);
        let label = entity.map(|entity| match used.count {
            1 => entity.label.en.to_lowercase(),
            _ => entity.plural.en.to_lowercase(),
        });
        format!("{} {}", used.count, label.unwrap_or_else(|| used.entity.clone()))
    };
    let list: Vec<String> = users.iter().map(called).collect();
    let message = format!("still in use, and stays so: {}", list.join(", "));
    let problem = users.iter().fold(Problem::new("", "in_use", message), |problem, used| {
        problem.with(used.entity.as_str(), used.count.to_string())
    });
    Ok(vec![problem])
}
