//! What needs a person: probable duplicates, a file of records, proposals, disagreements, and faults.

use serde_json::json;
use system_tests::desktop::{App, Trouble};

use crate::album::Album;
use crate::company::CUSTOMER;
use crate::walk::{arrived, command, go, scroll_to};

/// Gives the page a file, as the window of the system would after a choice.
const CHOOSE: &str = r"
    const [name, text] = arguments;
    const files = new DataTransfer();
    files.items.add(new File([text], name, { type: 'text/csv' }));
    const input = document.querySelector('main input[type=file]');
    input.files = files.files;
    input.dispatchEvent(new Event('change', { bubbles: true }));
";

/// Makes the screen of duplicates fail while it is drawn, and nothing else.
const BREAK: &str = r"
    const whole = Array.prototype.flatMap;
    Array.prototype.flatMap = function (...how) {
        if (this[0]?.groups) throw new Error('a fault made for this picture');
        return whole.apply(this, how);
    };
";

impl Album {
    pub async fn duplicates(&self, app: &App) -> Result<(), Trouble> {
        go(app, "Customers").await?;
        app.press("Alt+D").await?;
        arrived(app, "Customers that may be the same").await?;
        self.take(app, "duplicates").await?;
        app.press("Control+Enter").await?;
        app.role("dialog").appears().await?;
        self.take(app, "merge").await?;
        app.press("Escape").await?;
        app.role("dialog").disappears().await
    }

    pub async fn import(&self, app: &App) -> Result<(), Trouble> {
        command(app, "Import Customers").await?;
        arrived(app, "Import Customers").await?;
        self.take(app, "import").await?;
        // Each look brings customers of its own: the second would find those of the first.
        let file = include_str!("customers.csv").replace("NW-", &format!("{}-", self.look));
        app.ask(CHOOSE, vec![json!("customers 2025.csv"), json!(file)]).await?;
        app.role("table").named("Columns").appears().await?;
        self.take(app, "import-mapping").await?;
        scroll_to(app, "table[aria-label=Errors]").await?;
        self.take(app, "import-errors").await?;
        app.role("button").with_text("Import 6 records").click().await?;
        app.shows("Imported").await?;
        self.take(app, "import-done").await
    }

    /// Approvals, Attention and sync.
    pub async fn agreed(&self, app: &App) -> Result<(), Trouble> {
        let modules = app.role("navigation").named("Modules");
        let place = |name: &str| app.role("link").with_text(name).within(&modules);
        place("Approvals").click().await?;
        arrived(app, "Waiting for approval").await?;
        app.role("button").with_text("Approve").appears().await?;
        self.take(app, "approvals").await?;
        place("Attention").click().await?;
        arrived(app, "Attention").await?;
        app.role("button").with_text(CUSTOMER.1).click().await?;
        app.heading(CUSTOMER.1).appears().await?;
        self.take(app, "attention").await?;
        place("Sync").click().await?;
        arrived(app, "Sync").await?;
        self.take(app, "sync").await
    }

    pub async fn program(&self, app: &App) -> Result<(), Trouble> {
        go(app, "Home").await?;
        self.take(app, "home").await?;
        go(app, "Settings").await?;
        self.take(app, "settings").await?;
        app.role("button").with_text("admin@").click().await?;
        app.role("menuitem").with_text("Sign out").appears().await?;
        self.take(app, "menu").await?;
        app.role("menuitem").with_text("Sign out").click().await?;
        app.dialog("Sign out").appears().await?;
        self.take(app, "sign-out").await?;
        app.press("Escape").await?;
        app.dialog("Sign out").disappears().await
    }

    pub async fn german(&self, app: &App) -> Result<(), Trouble> {
        go(app, "Customers").await?;
        command(app, "Deutsch").await?;
        arrived(app, "Kunden").await?;
        self.take(app, "german").await?;
        command(app, "English").await?;
        arrived(app, "Customers").await
    }

    /// A record that is not there, and a part of the program that failed.
    pub async fn faults(&self, app: &App) -> Result<(), Trouble> {
        let nowhere = "location.hash = '#/list/customer/0197a000-0000-7000-8000-000000000000'";
        app.ask(nowhere, Vec::new()).await?;
        app.shows("This record is not here").await?;
        self.take(app, "not-found").await?;
        app.ask(BREAK, Vec::new()).await?;
        app.ask("location.hash = '#/duplicates/customer'", Vec::new()).await?;
        app.shows("This part of the screen stopped").await?;
        self.take(app, "fault").await?;
        app.ask("setTimeout(() => location.reload())", Vec::new()).await?;
        go(app, "Customers").await
    }
}
