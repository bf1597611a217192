//! A list in the window: marked, changed at once, kept by name; and every screen under the eyes of axe, in
//! both languages.

use serde_json::{Value, json};
use system_tests::desktop::{App, Desk, Look, Trouble};
use system_tests::office::Hub;

use crate::arriving::sign_in;

/// What axe-core is, as npm brought it.
const AXE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../ui/node_modules/axe-core/axe.min.js");

/// Serious faults of accessibility on the screen, with contrast, one line each.
async fn faults(app: &App) -> Result<Vec<String>, Trouble> {
    let axe = std::fs::read_to_string(AXE).expect("npm ci brought axe-core");
    app.ask(&axe, Vec::new()).await?;
    let look = r"
        const done = arguments[arguments.length - 1];
        window.axe.run(document, { resultTypes: ['violations'] }).then((found) => done(
          found.violations
            .filter(({ impact }) => impact === 'serious' || impact === 'critical')
            .flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html.slice(0, 200)}`)),
        ), (error) => done([String(error)]));
    ";
    let found = app.ask_and_wait(look, Vec::new()).await?;
    Ok(serde_json::from_value(found).expect("a list of lines"))
}

async fn nobody_is_kept_out(app: &App, screen: &str) -> Result<(), Trouble> {
    assert_eq!(faults(app).await?, Vec::<String>::new(), "{screen}");
    Ok(())
}

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

#[tokio::test]
async fn no_screen_keeps_anybody_out_light_or_dark() -> Result<(), Trouble> {
    let hub = Hub::start();
    let tenant = hub.tenant("axe");
    let seed = hub.device_of(&tenant.admin);
    seed.create("customer", &["name=Café Zimt", "code=C1", "email=post@example.com"]);
    seed.sync();
    let desk = Desk::new("axe")?;
    let app = desk.open_with(Look::Light).await?;
    nobody_is_kept_out(&app, "sign-in").await?;
    sign_in(&app, &hub, &tenant.admin).await?;
    screens(&app).await?;
    app.close().await?;
    let app = desk.open_with(Look::Dark).await?;
    app.link("Customers").click().await?;
    screens(&app).await?;
    app.close().await
}

async fn screens(app: &App) -> Result<(), Trouble> {
    app.role("row").with_text("Café Zimt").appears().await?;
    nobody_is_kept_out(app, "list").await?;
    app.press("Alt+L").await?;
    app.button("Apply").appears().await?;
    nobody_is_kept_out(app, "filter").await?;
    // The open list of fields goes first.
    app.until("the filter is closed", async || {
        app.press("Escape").await?;
        Ok(app.button("Apply").count().await? == 0)
    })
    .await?;
    app.press("Alt+V").await?;
    app.button("Keep this list").appears().await?;
    nobody_is_kept_out(app, "views").await?;
    app.press("Escape").await?;
    app.button("Keep this list").disappears().await?;
    app.role("row").with_text("Café Zimt").click().await?;
    app.press("Enter").await?;
    app.heading("Café Zimt").appears().await?;
    nobody_is_kept_out(app, "record").await?;
    app.press("F2").await?;
    app.field("Name").appears().await?;
    nobody_is_kept_out(app, "edit").await?;
    app.press("Escape").await?;
    for (link, heading) in [("Accounts", "Accounts"), ("Sync", "Sync"), ("Settings", "Settings")] {
        app.link(link).click().await?;
        app.heading(heading).within(&app.role("main").named("Work")).appears().await?;
        nobody_is_kept_out(app, heading).await?;
    }
    app.link("Customers").click().await?;
    app.heading("Customers").appears().await
}
