//! Any master at the window: in the menu, in its list, in a form, by nothing but its declaration.

use system_tests::desktop::{Desk, Trouble};
use system_tests::office::Hub;

use crate::arriving::sign_in;

#[tokio::test]
async fn any_master_is_typed_at_the_window() -> Result<(), Trouble> {
    let name = system_tests::any_master();
    let entity = domain::masters::find(&name).unwrap_or_else(|| panic!("no master {name}"));
    let (one, many) = (entity.label.en, entity.plural.en);
    let hub = Hub::start();
    let tenant = hub.tenant("any-master");
    let desk = Desk::new("any-master")?;
    let app = desk.open().await?;
    sign_in(&app, &hub, &tenant.admin).await?;

    let modules = app.role("navigation").named("Modules");
    app.role("link").with_text(many).within(&modules).click().await?;
    app.heading(many).within(&app.role("main").named("Work")).appears().await?;
    app.press("Alt+N").await?;
    app.heading(&format!("New: {one}")).appears().await?;
    app.field("Name").fill("Äußerst genau").await?;
    app.field("Code").fill("Z-1").await?;
    app.press("Control+S").await?;
    app.button("Save").disappears().await?;
    app.heading("Äußerst genau").appears().await?;
    app.press("Escape").await?;
    // In a list or in a tree.
    app.heading(many).within(&app.role("main").named("Work")).appears().await?;
    app.shows("Äußerst genau").await?;

    // At the sync server, and on another device.
    app.shows("All saved").await?;
    let other = hub.device_of(&tenant.admin);
    other.sync();
    assert_eq!(other.found(&name, "genau").len(), 1);
    app.close().await
}
