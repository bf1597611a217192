//! Takes pictures of the app's screens for the documentation, light and dark, in two sizes, from the
//! real program: `cargo run -p system-tests --bin pictures -- FOLDER`. It judges nothing.

use std::path::PathBuf;
use std::process::ExitCode;

use system_tests::desktop::{App, Desk, Look, Size, Trouble};

/// The sizes of window that people see most.
const SIZES: [Size; 2] = [Size { width: 1280, height: 800 }, Size { width: 1920, height: 1080 }];

const LOOKS: [(Look, &str); 2] = [(Look::Light, "light"), (Look::Dark, "dark")];

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let Some(folder) = std::env::args_os().nth(1).map(PathBuf::from) else {
        eprintln!("usage: pictures FOLDER");
        return ExitCode::from(2);
    };
    match take_all(&folder).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(trouble) => {
            eprintln!("{trouble}");
            ExitCode::FAILURE
        }
    }
}

async fn take_all(folder: &std::path::Path) -> Result<(), Trouble> {
    for (look, look_name) in LOOKS {
        let desk = Desk::new(look_name)?;
        let app = desk.open_with(look).await?;
        for size in SIZES {
            app.resize(size).await?;
            let suffix = format!("{look_name}-{}x{}.png", size.width, size.height);
            walk(&app, folder, &suffix).await?;
        }
        app.close().await?;
    }
    Ok(())
}

/// Goes from screen to screen and takes a picture of each.
async fn walk(app: &App, folder: &std::path::Path, suffix: &str) -> Result<(), Trouble> {
    let path = folder.join(format!("start-{suffix}"));
    app.picture(&path).await?;
    eprintln!("{}", path.display());
    Ok(())
}
