//! One record on the screen: read, edited, made, its files, its past, and the fields of the company's own.

use system_tests::desktop::{App, Trouble};

use crate::album::Album;
use crate::company::{CUSTOMER, OWN_FIELD};
use crate::walk::{arrived, open, scroll_to};

impl Album {
    pub async fn record(&self, app: &App) -> Result<(), Trouble> {
        open(app, "Customers", CUSTOMER).await?;
        self.take(app, "form").await?;
        scroll_to(app, ".files").await?;
        self.take(app, "attachments").await?;
        app.button("History").click().await?;
        app.heading("History").appears().await?;
        app.shows("changed this").await?;
        self.take(app, "history").await?;
        app.button("History").click().await?;
        app.press("Alt+Delete").await?;
        app.role("dialog").appears().await?;
        self.take(app, "delete").await?;
        app.press("Escape").await?;
        app.role("dialog").disappears().await?;
        app.press("Escape").await?;
        arrived(app, "Customers").await
    }

    pub async fn record_edited(&self, app: &App) -> Result<(), Trouble> {
        open(app, "Customers", CUSTOMER).await?;
        app.press("F2").await?;
        app.button("Save").appears().await?;
        self.take(app, "form-editing").await?;
        let contact = app.role("group").named("Contact 2");
        app.field("Position").within(&contact).click().await?;
        self.take(app, "form-rows").await?;
        app.field("Payment terms").click().await?;
        app.press("Alt+C").await?;
        app.dialog("New: Payment terms").appears().await?;
        self.take(app, "create-in-place").await?;
        app.press("Escape").await?;
        app.dialog("New: Payment terms").disappears().await?;
        // From the edit to the record, from the record to the list.
        app.press("Escape").await?;
        app.button("Edit").appears().await?;
        app.press("Escape").await?;
        arrived(app, "Customers").await
    }

    pub async fn record_made(&self, app: &App) -> Result<(), Trouble> {
        app.link("Customers").click().await?;
        arrived(app, "Customers").await?;
        app.press("Alt+N").await?;
        app.heading("New: Customer").appears().await?;
        app.field("Name").within(&app.role("main")).appears().await?;
        self.take(app, "form-new").await?;
        app.field("Website").fill("not an address at all").await?;
        app.press("Control+S").await?;
        app.shows("need to be corrected").await?;
        self.take(app, "form-refused").await?;
        app.press("Escape").await?;
        app.dialog("Leave without saving?").appears().await?;
        self.take(app, "leave").await?;
        app.button("Leave without saving").click().await?;
        arrived(app, "Customers").await
    }

    pub async fn own_fields(&self, app: &App) -> Result<(), Trouble> {
        open(app, "Own fields", (OWN_FIELD, OWN_FIELD)).await?;
        app.press("F2").await?;
        app.button("Save").appears().await?;
        self.take(app, "own-fields").await?;
        app.press("Escape").await?;
        app.button("Edit").appears().await?;
        app.press("Escape").await?;
        arrived(app, "Own fields").await
    }
}
