//! Takes pictures of the app's screens for the documentation, light and dark, from the real program with a
//! real hub: `cargo run -p system-tests --bin pictures -- FOLDER`. It judges nothing but whether they came.

mod album;
mod company;
mod decisions;
mod line;
mod lists;
mod records;
mod walk;

use std::path::PathBuf;
use std::process::ExitCode;

use system_tests::desktop::{Desk, Look, Trouble};

use album::Album;
use company::Company;
use line::Line;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let Some(folder) = std::env::args_os().nth(1).map(PathBuf::from) else {
        eprintln!("usage: pictures FOLDER");
        return ExitCode::from(2);
    };
    match take_all(folder).await {
        Ok(0) => ExitCode::SUCCESS,
        Ok(missing) => {
            eprintln!("{missing} parts of the walk did not come to their end");
            ExitCode::FAILURE
        }
        Err(trouble) => {
            eprintln!("{trouble}");
            ExitCode::FAILURE
        }
    }
}

async fn take_all(folder: PathBuf) -> Result<usize, Trouble> {
    let company = Company::open();
    let line = Line::to(company.address())
        .map_err(|source| Trouble::File { path: "a line to the hub".into(), source })?;
    let colleague = company.colleague();
    company::prepare(&colleague);
    let (light, dark) = (Album::new(&folder, "light"), Album::new(&folder, "dark"));

    // A desk of its own for each first time: it comes only once.
    let evening = Desk::new("evening")?;
    let app = evening.open_with(Look::Dark).await?;
    dark.arrive(&app, &line, &company.admin).await?;
    app.close().await?;

    let desk = Desk::new("day")?;
    let app = desk.open_with(Look::Light).await?;
    light.arrive(&app, &line, &company.admin).await?;
    walk::disagree(&app, &line, &colleague).await?;
    let missing = light.work(&app).await?;
    app.close().await?;

    let app = desk.open_with(Look::Dark).await?;
    let missing = missing + dark.work(&app).await?;
    app.close().await?;
    Ok(missing)
}
