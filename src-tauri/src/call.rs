//! The only door between the page and the program: a command goes in, a reply or a failure comes
//! out, both JSON of the shapes in `contract`. It decides nothing and knows no command by name.

use std::ops::ControlFlow;
use std::sync::Arc;

use contract::{Command, Event, Failure, FailureCode, Reply};
use engine::{Engine, Settings, SystemHost, keep_in_sync};
use serde_json::Value;
use tauri::{AppHandle, Emitter as _, Manager as _, async_runtime};
use tokio::sync::Mutex;

/// The name under which the page hears what the engine tells unasked.
const EVENT: &str = "daybook";

/// The engine, once it could be opened. While it cannot (another program has the profile, there is no
/// keyring), each request tries again and is told why.
#[derive(Default)]
pub struct Engines(Mutex<Option<Engine>>);

impl Engines {
    async fn get(&self, app: &AppHandle) -> Result<Engine, Failure> {
        let mut held = self.0.lock().await;
        if let Some(engine) = &*held {
            return Ok(engine.clone());
        }
        let engine = open(app.clone()).await?;
        *held = Some(engine.clone());
        Ok(engine)
    }

    /// Keeps what the engine has only in memory, before the program ends.
    pub async fn close(&self) {
        if let Some(engine) = self.0.lock().await.take() {
            engine.close().await;
        }
    }
}

/// Hands one request of the page to the engine.
///
/// # Errors
/// `usage` for a request that is none of the contract's commands; otherwise what the engine says.
#[tauri::command]
pub async fn call(app: AppHandle, request: Value) -> Result<Reply, Failure> {
    let command = read(request)?;
    let engine = app.state::<Engines>().get(&app).await?;
    engine.call(command).await
}

async fn open(app: AppHandle) -> Result<Engine, Failure> {
    let host = SystemHost::new(move |event: Event| {
        // A window that is closing hears nothing any more, and need not.
        let _ = app.emit(EVENT, &event);
    });
    let engine = Engine::open(Settings::from_environment(), Arc::new(host)).await?;
    let synced = engine.clone();
    async_runtime::spawn(async move {
        // The light tells how each round went.
        keep_in_sync(&synced, None, |_| ControlFlow::Continue(())).await;
    });
    let told = engine.clone();
    async_runtime::spawn(async move { told.tell_of_status().await });
    Ok(engine)
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
