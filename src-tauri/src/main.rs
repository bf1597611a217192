//! Starts the one window of the desktop app. It holds no business, no SQL and no network: every
//! request of the page goes through [`call::call`].

// On Windows a released app must not open a console beside its window.
#![cfg_attr(not(debug_assertions), windows_subsystem = "windows")]

mod call;

use std::process::ExitCode;

use tauri::{Manager as _, RunEvent, async_runtime};

use call::Engines;

fn main() -> ExitCode {
    let app = tauri::Builder::default()
        .manage(Engines::default())
        .invoke_handler(tauri::generate_handler![call::call])
        .build(tauri::generate_context!());
    match app {
        Ok(app) => {
            app.run(|app, event| {
                if matches!(event, RunEvent::Exit) {
                    async_runtime::block_on(app.state::<Engines>().close());
                }
            });
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("Daybook could not open its window: {error}");
            ExitCode::FAILURE
        }
    }
}
