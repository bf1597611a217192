//! The only door between the page and the program: a request goes in, a reply or a failure comes
//! out, both JSON. It decides nothing and knows no command by name.

use serde_json::{Value, json};

/// Hands one request of the page to the engine.
///
/// # Errors
/// A failure of the shape `{code, message}`. Until the engine is linked, every request is refused.
#[tauri::command]
pub async fn call(request: Value) -> Result<Value, Value> {
    let command = request.get("command").and_then(Value::as_str).unwrap_or_default();
    Err(json!({
        "code": "not_available",
        "message": format!("This build has no engine, so it cannot answer \"{command}\"."),
    }))
}
