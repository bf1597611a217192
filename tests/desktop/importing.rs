//! The files of a real company through the import screen of the window: the mapping is looked at, what is refused
//! is named by line and column and goes where the person says, and another device has every value.

use std::path::Path;

use system_tests::company_files::{self, File};
use system_tests::desktop::{App, Control, Desk, Trouble};
use system_tests::office::Hub;

use crate::arriving::sign_in;

#[tokio::test]
async fn the_files_of_a_company_are_imported_at_the_window() -> Result<(), Trouble> {
    let Some(folder) = company_files::folder() else {
        println!("DAYBOOK_TRIAL_DATA names no folder: there was nothing to read");
        return Ok(());
    };
    let hub = Hub::start();
    let tenant = hub.tenant("northwind-window");
    let ben = hub.device_of(&hub.user(&tenant, "ben", "admin"));
    company_files::declare_own_fields(&ben);
    ben.sync();
    let desk = Desk::new("importing")?;
    let app = desk.open().await?;
    sign_in(&app, &hub, &tenant.admin).await?;

    for file in &company_files::FILES {
        let path = folder.join(file.name);
        import(&app, file, &path, company_files::rows(&path).len()).await?;
    }
    app.shows("All saved").await?;
    ben.sync();
    for file in &company_files::FILES {
        company_files::compare(&ben, file, &company_files::rows(&folder.join(file.name)));
    }
    app.close().await
}

#[tokio::test]
async fn an_import_is_taken_back_but_for_what_was_changed_since() -> Result<(), Trouble> {
    let hub = Hub::start();
    let tenant = hub.tenant("taken-back");
    let desk = Desk::new("taken-back")?;
    let app = desk.open().await?;
    sign_in(&app, &hub, &tenant.admin).await?;
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("yards.csv");
    let lines = "code,name,email\nW1,Werft,a@b.example\nW2,Wal,none\nW3,Winde,c@d.example\n";
    std::fs::write(&path, lines).expect("a file");

    open_screen(&app, "Customers").await?;
    app.role("file").named("File to import").give(&path).await?;
    let errors = app.role("table").named("Errors");
    let wrong = app.role("row").within(&errors).with_text("none");
    let words = wrong.text().await?;
    assert!(words.starts_with('3') && words.contains("email"), "line and column: {words}");
    start(&app, 2).await?;
    app.button("See the Customers").appears().await?;

    // Somebody goes on with one of them; the import waits where it was left.
    app.link("Customers").click().await?;
    app.role("row").with_text("Winde").click().await?;
    app.press("Enter").await?;
    app.heading("Winde").appears().await?;
    app.press("F2").await?;
    let address = app.role("region").named("Address");
    app.field("City").within(&address).fill("Kiel").await?;
    app.press("Control+S").await?;
    app.button("Save").disappears().await?;
    command(&app, "Import Customers").await?;
    app.button("Take back").click().await?;
    let ask = app.dialog("Take back the import of yards.csv?");
    app.button("Take back").within(&ask).click().await?;
    app.shows("Taken back: 1 deleted, 0 put back.").await?;
    let left = app.role("list").named("Records left as they are");
    app.role("listitem").within(&left).with_text("Winde").appears().await?;
    app.shows("was changed since").await?;

    // The same header goes where it went, and what was taken back is said to come back.
    app.role("file").named("File to import").give(&path).await?;
    app.shows("This header was imported before").await?;
    app.shows("was deleted and comes back").await?;
    app.close().await
}

/// From the list of a master to its records.
async fn import(app: &App, file: &File, path: &Path, count: usize) -> Result<(), Trouble> {
    let entity = domain::masters::find(file.entity).expect("a master");
    let many = entity.plural.en;
    open_screen(app, many).await?;
    app.role("file").named("File to import").give(path).await?;
    app.shows("Nothing is written yet.").await?;
    for (column, place) in file.maps {
        let own = place.trim_start_matches("extra.");
        choose(app, &format!("{column} goes to"), own).await?;
    }
    if file.entity == "customer" {
        // "UK" is no code of its own; what it was taken for is said.
        app.shows("“UK” is read as GB").await?;
    }
    for (field, value) in file.set {
        let field = entity.field(field).expect("a field").label.en;
        app.role("row")
            .with_text(field)
            .within(&app.role("table").named("Errors"))
            .appears()
            .await?;
        choose(app, "Field for every record", field).await?;
        app.field("Value for every record").fill(value).await?;
        app.press("Enter").await?;
        app.button(&format!("No {field} for every record")).appears().await?;
    }
    if file.refused_to_notes {
        let errors = app.role("table").named("Errors");
        errors.appears().await?;
        choose(app, "Values a field refuses", "keep in “Notes”").await?;
        errors.disappears().await?;
    }
    start(app, count).await?;
    app.button(&format!("See the {many}")).click().await?;
    app.heading(many).within(&app.role("main").named("Work")).appears().await
}

async fn open_screen(app: &App, many: &str) -> Result<(), Trouble> {
    let title = format!("Import {many}");
    command(app, &title).await?;
    app.heading(&title).appears().await?;
    app.button("Choose a file …").has_focus().await
}

/// Does by its words what the palette offers.
async fn command(app: &App, words: &str) -> Result<(), Trouble> {
    app.press("Control+K").await?;
    app.dialog("Search or go to").appears().await?;
    app.type_text(words).await?;
    app.role("option").with_text(words).appears().await?;
    app.press("Enter").await
}

/// Opens a list and takes what is called like this.
async fn choose(app: &App, list: &str, text: &str) -> Result<(), Trouble> {
    ready(app, &app.field(list)).await?;
    app.field(list).click().await?;
    app.field(list).has_focus().await?;
    app.type_text(text).await?;
    app.press("Enter").await
}

/// Imports what was looked at.
async fn start(app: &App, count: usize) -> Result<(), Trouble> {
    let button = app.button(&format!("Import {count} records"));
    ready(app, &button).await?;
    button.click().await
}

/// While the file is looked at, nothing can be said of it.
async fn ready(app: &App, control: &Control<'_>) -> Result<(), Trouble> {
    let wanted = format!("The {control} should take something.");
    app.until(&wanted, async || Ok(control.attribute("disabled").await?.is_none())).await
}
