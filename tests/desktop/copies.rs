//! A machine that was set back and used before it asked: the window says what happened and what is safe, and the
//! password settles it.

use system_tests::desktop::{App, Desk, Trouble};
use system_tests::office::{Hub, PASSWORD, Tenant};

use crate::arriving::sign_in;

async fn enter(app: &App, name: &str) -> Result<(), Trouble> {
    app.link("Customers").click().await?;
    app.heading("Customers").within(&app.role("main").named("Work")).appears().await?;
    app.press("Alt+N").await?;
    app.field("Name").fill(name).await?;
    app.press("Control+S").await?;
    app.button("Save").disappears().await
}

/// Waits until the hub has it and the window knows: before that the window still says what was true a moment ago.
async fn is_sent(app: &App, hub: &Hub, tenant: &Tenant, name: &str) -> Result<(), Trouble> {
    let (database, held) = (hub.database_of(tenant), format!("name = '{name}'"));
    let count = format!("select count(*) from customer where {held}");
    let wanted = "What was saved should reach the sync server.";
    app.until(wanted, async || Ok(hub.sql(&database, &count) == "1")).await?;
    app.stops_showing("waiting").await?;
    app.shows("All saved").await
}

/// The profile as a machine keeps it, in the place of what is there.
fn set(from: &std::path::Path, to: &std::path::Path) {
    let _ = std::fs::remove_dir_all(to);
    std::fs::create_dir_all(to).unwrap_or_else(|error| panic!("no folder: {error}"));
    for file in std::fs::read_dir(from).into_iter().flatten().flatten() {
        std::fs::copy(file.path(), to.join(file.file_name()))
            .unwrap_or_else(|error| panic!("{}: {error}", file.path().display()));
    }
}

#[tokio::test]
async fn a_person_whose_machine_was_set_back_is_told_and_goes_on_with_their_password()
-> Result<(), Trouble> {
    let mut hub = Hub::start();
    let tenant = hub.tenant("setback");
    let desk = Desk::new("anna")?;
    let app = desk.open().await?;
    sign_in(&app, &hub, &tenant.admin).await?;
    enter(&app, "Morning").await?;
    is_sent(&app, &hub, &tenant, "Morning").await?;
    app.close().await?;
    let morning = tempfile::tempdir().unwrap_or_else(|error| panic!("no folder: {error}"));
    set(&desk.profile(), morning.path());

    let app = desk.open().await?;
    enter(&app, "Noon").await?;
    is_sent(&app, &hub, &tenant, "Noon").await?;
    app.close().await?;
    set(morning.path(), &desk.profile());
    hub.stop();
    let app = desk.open().await?;
    enter(&app, "Evening").await?;
    app.shows("1 waiting").await?;
    hub.open();

    app.shows("In use twice").await?;
    // It can be worked on meanwhile.
    enter(&app, "Night").await?;
    app.role("link").with_text("In use twice").click().await?;
    app.heading("This Daybook is in use twice").appears().await?;
    app.shows("this computer was set back to an earlier day").await?;
    app.shows("Nothing you entered is lost").await?;
    app.field("Password").fill("not this one at all").await?;
    app.button("This is the original: go on here").click().await?;
    app.shows("password are not right").await?;
    // By the keyboard alone: Enter says that it is the original.
    app.field("Password").fill(PASSWORD).await?;
    app.press("Enter").await?;
    app.shows("All saved").await?;
    app.heading("This Daybook is in use twice").disappears().await?;
    app.close().await?;

    let other = hub.device_of(&tenant.admin);
    other.sync();
    let mut names: Vec<String> = other
        .list("customer")
        .iter()
        .map(|row| row["fields"]["name"].as_str().unwrap_or_default().to_owned())
        .collect();
    names.sort();
    assert_eq!(names, ["Evening", "Morning", "Night", "Noon"]);
    Ok(())
}
