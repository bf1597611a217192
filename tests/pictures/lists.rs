//! Many records on the screen: lists, what narrows them, what is done with many at once, a tree.

use system_tests::desktop::{App, Trouble};

use crate::album::Album;
use crate::company::CUSTOMER;
use crate::walk::{arrived, go};

impl Album {
    pub async fn lists(&self, app: &App) -> Result<(), Trouble> {
        go(app, "Customers").await?;
        app.role("row").with_text(CUSTOMER.0).click().await?;
        self.take(app, "list").await?;
        app.press("?").await?;
        app.dialog("Keyboard").appears().await?;
        self.take(app, "keys").await?;
        app.press("Escape").await?;
        app.dialog("Keyboard").disappears().await?;
        go(app, "Items").await?;
        app.role("row").with_text("BRW-30").appears().await?;
        self.take(app, "items").await?;
        go(app, "Employees").await?;
        app.shows("Nothing yet").await?;
        self.take(app, "list-empty").await
    }

    pub async fn narrowed(&self, app: &App) -> Result<(), Trouble> {
        go(app, "Customers").await?;
        app.press("Control+F").await?;
        app.type_text("nobody at all").await?;
        app.shows("No results").await?;
        self.take(app, "list-no-results").await?;
        app.press("Escape").await?;
        let row = app.role("row").with_text(CUSTOMER.0);
        row.click().await?;
        app.press("Alt+L").await?;
        app.button("Apply").appears().await?;
        self.take(app, "list-filter").await?;
        // The open list of fields goes first.
        app.until("the filter is closed", async || {
            app.press("Escape").await?;
            Ok(app.button("Apply").count().await? == 0)
        })
        .await?;
        row.click().await?;
        app.press("Alt+F").await?;
        let filters = app.role("group").named("Filters");
        filters.appears().await?;
        self.take(app, "list-filtered").await?;

        app.press("Alt+V").await?;
        app.role("group").named("Views").has_focus().await?;
        app.field("Name of the view").fill("Our key accounts").await?;
        app.press("Enter").await?;
        app.button("Views").with_text("Our key accounts").appears().await?;
        app.press("Alt+V").await?;
        app.role("group").named("Views").has_focus().await?;
        self.take(app, "list-views").await?;
        app.button("Back to the whole list").click().await?;
        filters.disappears().await?;
        app.button("Columns").click().await?;
        app.role("group").named("Columns").appears().await?;
        self.take(app, "list-columns").await?;
        app.press("Escape").await?;
        app.role("group").named("Columns").disappears().await?;
        app.press("Alt+X").await?;
        app.role("dialog").appears().await?;
        self.take(app, "export").await?;
        app.press("Escape").await?;
        app.role("dialog").disappears().await
    }

    pub async fn marked(&self, app: &App) -> Result<(), Trouble> {
        go(app, "Customers").await?;
        app.role("row").with_text(CUSTOMER.0).click().await?;
        for _ in 0..3 {
            app.press("Space").await?;
            app.press("Down").await?;
        }
        app.shows("3 marked").await?;
        self.take(app, "list-marked").await?;
        app.press("Alt+E").await?;
        let dialog = app.dialog("Edit 3 records");
        dialog.appears().await?;
        app.type_text("Territory").await?;
        app.press("Enter").await?;
        app.field("Territory").has_focus().await?;
        app.type_text("Loire").await?;
        app.shows("3 records will be changed.").await?;
        self.take(app, "bulk-edit").await?;
        app.press("Escape").await?;
        dialog.disappears().await?;
        app.press("Control+Delete").await?;
        app.dialog("Delete 3 records?").appears().await?;
        app.shows("3 records will be").await?;
        self.take(app, "bulk-delete").await?;
        app.press("Escape").await?;
        app.dialog("Delete 3 records?").disappears().await?;
        app.press("Escape").await?;
        app.stops_showing("3 marked").await
    }

    pub async fn searches(&self, app: &App) -> Result<(), Trouble> {
        app.press("Control+K").await?;
        app.role("dialog").appears().await?;
        self.take(app, "palette-first").await?;
        app.type_text("dub").await?;
        app.role("option").with_text(CUSTOMER.0).appears().await?;
        self.take(app, "palette").await?;
        app.type_text("xyzzy").await?;
        app.shows("No results").await?;
        self.take(app, "palette-no-results").await?;
        app.press("Escape").await?;
        app.role("dialog").disappears().await
    }

    /// A tree, and rows that follow each other in time.
    pub async fn books(&self, app: &App) -> Result<(), Trouble> {
        go(app, "Accounts").await?;
        for key in ["Down", "Right", "Right", "Right"] {
            app.press(key).await?;
        }
        self.take(app, "tree").await?;
        go(app, "Tax codes").await?;
        app.role("row").with_text("GB-20").click().await?;
        app.press("Enter").await?;
        app.button("Edit").appears().await?;
        self.take(app, "versions").await?;
        app.press("F2").await?;
        app.button("Save").appears().await?;
        self.take(app, "versions-editing").await?;
        app.press("Escape").await?;
        app.button("Edit").appears().await?;
        app.press("Escape").await?;
        arrived(app, "Tax codes").await
    }
}
