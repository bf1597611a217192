//! Starts the one window of the desktop app. It holds no business, no SQL and no network: every
//! request of the page goes through [`call::call`].

// On Windows a released app must not open a console beside its window.
#![cfg_attr(not(debug_assertions), windows_subsystem = "windows")]

mod call;

use std::process::ExitCode;

fn main() -> ExitCode {
    let outcome = tauri::Builder::default()
        .invoke_handler(tauri::generate_handler![call::call])
        .run(tauri::generate_context!());
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("Daybook could not open its window: {error}");
            ExitCode::FAILURE
        }
    }
}
