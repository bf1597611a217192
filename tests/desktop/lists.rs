//! A list in the window: marked, changed at once, kept by name.

use serde_json::{Value, json};
use system_tests::desktop::{Desk, Trouble};
use system_tests::office::Hub;

use crate::arriving::sign_in;

#[tokio::test]
async fn marked_records_are_changed_at_once_and_the_list_is_kept_by_name() -> Result<(), Trouble> {
    let hub = Hub::start();
    let tenant = hub.tenant("lists");
    let seed = hub.device_of(&tenant.admin);
    for (code, name, city) in [("C1", "Ada", "Kiel"), ("C2", "Bo", "Kiel"), ("C3", "Cleo", "Graz")]
    {
        let fields = [("code", code), ("name", name), ("city", city)];
        let fields = fields.map(|(field, value)| format!("{field}={value}"));
        seed.create("customer", &fields.each_ref().map(String::as_str));
    }
    seed.sync();
    let desk = Desk::new("lists")?;
    let app = desk.open().await?;
    sign_in(&app, &hub, &tenant.admin).await?;

    app.role("row").with_text("Ada").appears().await?;
    app.press("Down").await?;
    app.press("Space").await?;
    app.press("Down").await?;
    app.press("Space").await?;
    app.shows("2 marked").await?;
    app.press("Alt+E").await?;
    app.dialog("Edit 2 records").appears().await?;
    app.type_text("Territory").await?;
    app.press("Enter").await?;
    app.field("Territory").has_focus().await?;
    app.type_text("North").await?;
    app.shows("2 records will be changed.").await?;
    app.press("Control+S").await?;
    app.shows("2 records changed").await?;

    app.press("Control+F").await?;
    app.type_text("bo").await?;
    app.role("row").with_text("Cleo").disappears().await?;
    app.press("Alt+V").await?;
    app.role("group").named("Views").has_focus().await?;
    app.press("Tab").await?;
    app.field("Name of the view").has_focus().await?;
    app.type_text("Just Bo").await?;
    app.press("Enter").await?;
    app.button("Views").with_text("Just Bo").appears().await?;
    app.press("Control+F").await?;
    app.press("Escape").await?;
    app.role("row").with_text("Cleo").appears().await?;
    app.press("Alt+V").await?;
    app.role("group").named("Views").has_focus().await?;
    app.press("1").await?;
    app.role("row").with_text("Cleo").disappears().await?;
    app.close().await?;

    // The view is there again after a new start, and what was changed has come to the hub.
    let app = desk.open().await?;
    app.heading("Customers").appears().await?;
    app.press("Alt+V").await?;
    app.role("group").named("Views").has_focus().await?;
    app.press("1").await?;
    app.role("row").with_text("Cleo").disappears().await?;
    // Until a round has sent it; right after the start the light may not have counted yet.
    let north = |customer: &&Value| customer["fields"]["territory"] == json!("North");
    let arrived = || {
        seed.sync();
        seed.list("customer").iter().filter(north).count()
    };
    let mut tries = 0..100;
    while arrived() < 2 {
        assert!(tries.next().is_some(), "what was changed never came to the sync server");
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    app.close().await
}
