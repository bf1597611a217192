//! Starts the one window of the desktop app. It holds no business, no SQL and no network: every
//! request of the page goes through [`call::call`].

// On Windows a released app must not open a console beside its window.
#![cfg_attr(not(debug_assertions), windows_subsystem = "windows")]

mod call;

use std::process::ExitCode;

use tauri::{App, Manager as _, RunEvent, WebviewWindowBuilder, async_runtime};

use call::Engines;

fn main() -> ExitCode {
    let app = tauri::Builder::default()
        // Asks where a file is to lie; the engine writes it.
        .plugin(tauri_plugin_dialog::init())
        .manage(Engines::default())
        .invoke_handler(tauri::generate_handler![call::call])
        .setup(|app| Ok(open_window(app)?))
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

/// Opens the window of the configuration; its title is the page's, which names the screen.
fn open_window(app: &App) -> tauri::Result<()> {
    for window in &app.config().app.windows {
        WebviewWindowBuilder::from_config(app, window)?
            .on_document_title_changed(|window, title| {
                // A title that cannot be set is no reason to trouble anyone.
                let _ = window.set_title(&title);
            })
            .build()?;
    }
    Ok(())
}
