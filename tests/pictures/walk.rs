//! The way from screen to screen. A screen that does not come is told, and the walk goes on with the next.

use std::time::Duration;

use serde_json::json;
use system_tests::desktop::{App, Trouble};
use system_tests::office::{Device, PASSWORD, User};

use crate::album::{Album, USUAL};
use crate::company::{CUSTOMER, ITEM};
use crate::line::Line;

/// How slow the line is while the first fill is looked at: each piece of 2 KiB.
const CRAWL: Duration = Duration::from_millis(600);

impl Album {
    /// From the sign-in to the first list.
    ///
    /// # Errors
    /// A screen does not come.
    pub async fn arrive(&self, app: &App, line: &Line, user: &User) -> Result<(), Trouble> {
        app.resize(USUAL).await?;
        app.button("I have an invitation").click().await?;
        app.heading("Accept an invitation").appears().await?;
        app.field("New password").fill("too short").await?;
        app.press("Enter").await?;
        self.take(app, "invitation").await?;
        app.press("Escape").await?;
        app.field("Sync server").fill(&line.url()).await?;
        app.field("Tenant").fill(&user.tenant).await?;
        app.field("E-mail").fill(&user.email).await?;
        app.field("Password").fill(PASSWORD).await?;
        self.take(app, "sign-in").await?;
        app.button("Sign in").click().await?;
        app.heading("Keep this recovery code").appears().await?;
        line.slow_down(CRAWL);
        self.take(app, "recovery-code").await?;
        app.button("I have kept it").click().await?;
        app.heading("Getting your records").appears().await?;
        self.take(app, "first-fill").await?;
        line.slow_down(Duration::ZERO);
        app.heading("Customers").appears().await
    }

    /// The screens of a working day. Answers how many of them did not come.
    ///
    /// # Errors
    /// The app is gone.
    pub async fn work(&self, app: &App) -> Result<usize, Trouble> {
        let mut missing = 0;
        app.resize(USUAL).await?;
        missing += told(app, self.lists(app).await).await?;
        missing += told(app, self.narrowed(app).await).await?;
        missing += told(app, self.marked(app).await).await?;
        missing += told(app, self.searches(app).await).await?;
        missing += told(app, self.record(app).await).await?;
        missing += told(app, self.record_edited(app).await).await?;
        missing += told(app, self.record_made(app).await).await?;
        missing += told(app, self.books(app).await).await?;
        missing += told(app, self.own_fields(app).await).await?;
        missing += told(app, self.duplicates(app).await).await?;
        missing += told(app, self.import(app).await).await?;
        missing += told(app, self.agreed(app).await).await?;
        missing += told(app, self.program(app).await).await?;
        missing += told(app, self.german(app).await).await?;
        missing += told(app, self.faults(app).await).await?;
        Ok(missing)
    }
}

/// What went wrong on a part of the way is told, and the app is put back to where it can go on.
async fn told(app: &App, outcome: Result<(), Trouble>) -> Result<usize, Trouble> {
    let Err(trouble) = outcome else { return Ok(0) };
    eprintln!("{trouble}");
    app.resize(USUAL).await?;
    // After the answer: a page that goes while it is asked gives none.
    app.ask("setTimeout(() => location.reload())", Vec::new()).await?;
    app.role("navigation").named("Modules").appears().await?;
    Ok(1)
}

/// Goes to a place of the menu.
pub async fn go(app: &App, place: &str) -> Result<(), Trouble> {
    let modules = app.role("navigation").named("Modules");
    app.role("link").with_text(place).named(place).within(&modules).click().await?;
    arrived(app, place).await
}

pub async fn arrived(app: &App, heading: &str) -> Result<(), Trouble> {
    app.heading(heading).within(&app.role("main")).appears().await
}

/// Goes to a list and opens the record of this key and name.
pub async fn open(app: &App, list: &str, (key, name): (&str, &str)) -> Result<(), Trouble> {
    go(app, list).await?;
    app.role("row").with_text(key).click().await?;
    app.press("Enter").await?;
    app.heading(name).appears().await
}

/// Does by its words what the palette offers.
pub async fn command(app: &App, words: &str) -> Result<(), Trouble> {
    app.press("Control+K").await?;
    app.role("dialog").appears().await?;
    app.type_text(words).await?;
    app.role("option").with_text(words).appears().await?;
    app.press("Enter").await
}

/// Brings the first element of this selector to the top of what scrolls around it.
pub async fn scroll_to(app: &App, selector: &str) -> Result<(), Trouble> {
    let script = "document.querySelector(arguments[0])?.scrollIntoView({ block: 'start' })";
    app.ask(script, vec![json!(selector)]).await?;
    Ok(())
}

/// Two people change the same two records, one of them without a connection.
///
/// # Errors
/// The app does not do what a person would do.
pub async fn disagree(app: &App, line: &Line, colleague: &Device) -> Result<(), Trouble> {
    line.cut();
    let theirs =
        ["email=accounts@maison-dubreuil.example", "credit_limit=4000", "phone=+33 4 2689300"];
    change(colleague, "customer", CUSTOMER.0, &theirs);
    change(colleague, "item", ITEM.0, &["sales_price=67.5"]);
    colleague.sync();

    let mine = [
        ("Contact", "E-mail", "buchhaltung@maison-dubreuil.example"),
        ("Terms", "Credit limit", "3500"),
    ];
    edit(app, "Customers", CUSTOMER, &mine).await?;
    edit(app, "Items", ITEM, &[("Prices", "Sales price", "69.9")]).await?;
    line.mend();
    app.link("Sync: 2 need attention").appears().await
}

/// Changes the record of this key at the colleague's machine.
pub fn change(device: &Device, entity: &str, key: &str, fields: &[&str]) {
    let record = device.get(entity, key);
    let id = record["id"].as_str().unwrap_or_else(|| panic!("no id in {record}"));
    device.update(entity, id, fields);
}

/// Writes into fields, each named by its section and its label.
async fn edit(
    app: &App,
    list: &str,
    record: (&str, &str),
    fields: &[(&str, &str, &str)],
) -> Result<(), Trouble> {
    open(app, list, record).await?;
    app.press("F2").await?;
    for (section, field, text) in fields {
        let section = app.role("region").named(section);
        app.field(field).within(&section).fill(text).await?;
    }
    app.press("Control+S").await?;
    app.button("Save").disappears().await
}
