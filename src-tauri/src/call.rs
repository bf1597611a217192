//! The only door between the page and the program: a command goes in, a reply or a failure comes
//! out, both JSON of the shapes in `contract`. It decides nothing and knows no command by name.

use contract::{Command, Failure, FailureCode, Reply};
use serde_json::Value;

/// Hands one request of the page to the engine.
///
/// # Errors
/// `usage` for a request that is none of the contract's commands; otherwise what the engine says.
/// This build carries no engine yet, so it answers every command with `internal`.
#[tauri::command]
pub async fn call(request: Value) -> Result<Reply, Failure> {
    let _command: Command = read(request)?;
    Err(Failure::new(FailureCode::Internal, "This build of Daybook carries no engine."))
}

fn read(request: Value) -> Result<Command, Failure> {
    serde_json::from_value(request).map_err(|error| {
        Failure::new(FailureCode::Usage, format!("The page asked for something unknown: {error}."))
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_request_outside_the_contract_is_refused_as_such() {
        for request in [json!({}), json!({ "command": "format_disk" }), json!("status")] {
            let failure = read(request).expect_err("no such command");
            assert_eq!(failure.code, FailureCode::Usage);
        }
        assert!(matches!(read(json!({ "command": "status" })), Ok(Command::Status)));
    }
}
