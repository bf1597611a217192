//! The way from screen to screen, and what is done on it before a picture is taken.

use std::path::{Path, PathBuf};
use std::time::Duration;

use system_tests::desktop::{App, Size, Trouble};
use system_tests::office::{Device, PASSWORD, User};

use crate::line::Line;

/// The size of window that people see most.
const USUAL: Size = Size { width: 1280, height: 800 };

const LARGE: Size = Size { width: 1920, height: 1080 };

/// How slow the line is while the first fill is looked at: each piece of 2 KiB.
const CRAWL: Duration = Duration::from_millis(600);

/// The customer in the pictures: code and name.
const CUSTOMER: (&str, &str) = ("C1001", "Maison Dubreuil SAS");

const ITEM: (&str, &str) = ("BRW-30", "Swan-neck kettle 0.9 l");

/// Where the pictures of one look go.
pub struct Album {
    folder: PathBuf,
    look: &'static str,
}

impl Album {
    pub fn new(folder: &Path, look: &'static str) -> Self {
        Self { folder: folder.to_owned(), look }
    }

    async fn take(&self, app: &App, screen: &str) -> Result<(), Trouble> {
        let path = self.folder.join(format!("{screen}-{}.png", self.look));
        app.picture(&path).await?;
        eprintln!("{}", path.display());
        Ok(())
    }

    /// The same screen in both sizes of window.
    async fn take_both(&self, app: &App, screen: &str) -> Result<(), Trouble> {
        self.take(app, screen).await?;
        app.resize(LARGE).await?;
        self.take(app, &format!("{screen}-1920")).await?;
        app.resize(USUAL).await
    }

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

    /// The screens of a working day.
    ///
    /// # Errors
    /// A screen does not come.
    pub async fn work(&self, app: &App) -> Result<(), Trouble> {
        app.resize(USUAL).await?;
        app.link("Customers").click().await?;
        app.role("row").with_text(CUSTOMER.0).click().await?;
        self.take_both(app, "list").await?;
        app.press("Control+K").await?;
        app.type_text("dub").await?;
        app.role("option").with_text(CUSTOMER.0).appears().await?;
        self.take(app, "palette").await?;
        app.press("Escape").await?;

        open(app, "Customers", CUSTOMER).await?;
        self.take_both(app, "form").await?;
        app.press("F2").await?;
        app.button("Save").appears().await?;
        self.take(app, "form-editing").await?;
        let contact = app.role("group").named("Contact 2");
        app.field("Position").within(&contact).click().await?;
        self.take(app, "form-rows").await?;
        // From the edit to the record, from the record to the list.
        app.press("Escape").await?;
        app.button("Edit").appears().await?;
        app.press("Escape").await?;
        app.heading("Customers").appears().await?;

        app.link("Items").click().await?;
        app.heading("Items").within(&app.role("main")).appears().await?;
        self.take(app, "items").await?;

        self.books(app).await?;
        self.many(app).await?;

        let modules = app.role("navigation").named("Modules");
        app.role("link").with_text("Attention").within(&modules).click().await?;
        app.heading("Attention").appears().await?;
        app.role("button").with_text(CUSTOMER.1).click().await?;
        app.heading(CUSTOMER.1).appears().await?;
        self.take(app, "attention").await?;
        app.role("link").with_text("Sync").within(&modules).click().await?;
        app.heading("Sync").appears().await?;
        self.take(app, "sync").await?;
        app.role("link").with_text("Settings").within(&modules).click().await?;
        app.heading("Settings").appears().await?;
        self.take(app, "settings").await
    }

    /// A tree, and a form with rows that follow each other in time.
    async fn books(&self, app: &App) -> Result<(), Trouble> {
        app.link("Accounts").click().await?;
        app.heading("Accounts").within(&app.role("main")).appears().await?;
        self.take_both(app, "tree").await?;
        app.link("Tax codes").click().await?;
        app.heading("Tax codes").within(&app.role("main")).appears().await?;
        app.press("Enter").await?;
        app.button("Edit").appears().await?;
        app.press("F2").await?;
        app.button("Save").appears().await?;
        self.take(app, "form-versions").await?;
        app.press("Escape").await?;
        app.button("Edit").appears().await
    }

    /// Records that are probably the same, and records from a file.
    async fn many(&self, app: &App) -> Result<(), Trouble> {
        app.link("Customers").click().await?;
        app.heading("Customers").within(&app.role("main")).appears().await?;
        app.press("Alt+D").await?;
        app.heading("Customers that may be the same").appears().await?;
        self.take(app, "duplicates").await?;
        app.press("Control+K").await?;
        app.type_text("import customers").await?;
        app.press("Enter").await?;
        app.heading("Import customers").appears().await?;
        self.take(app, "import").await
    }
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
fn change(device: &Device, entity: &str, key: &str, fields: &[&str]) {
    let record = device.get(entity, key);
    let id = record["id"].as_str().unwrap_or_else(|| panic!("no id in {record}"));
    device.update(entity, id, fields);
}

async fn open(app: &App, list: &str, (key, name): (&str, &str)) -> Result<(), Trouble> {
    app.link(list).click().await?;
    app.heading(list).within(&app.role("main")).appears().await?;
    app.role("row").with_text(key).click().await?;
    app.press("Enter").await?;
    app.heading(name).appears().await
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
