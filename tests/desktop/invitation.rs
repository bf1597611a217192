//! An invited person's first minutes: from the link to the first list, without a terminal.

use system_tests::desktop::{Desk, Trouble};
use system_tests::office::{Hub, PASSWORD};

#[tokio::test]
async fn an_invited_person_chooses_a_password_and_signs_in() -> Result<(), Trouble> {
    let hub = Hub::start();
    let tenant = hub.tenant("invited");
    let (user, invited) = hub.invite(&tenant, "ben", "sales");
    let link = invited["invitation_url"].as_str().unwrap_or_default();
    // The link of the mail names the hub's public address; this one is reached at its own.
    let said = link.split_once('#').map_or("", |(_, said)| said);
    let link = format!("{}/invitation#{said}", hub.url());
    let desk = Desk::new("invited")?;
    let app = desk.open().await?;

    app.button("I have an invitation").click().await?;
    app.field("Invitation link").has_focus().await?;
    app.type_text(&link).await?;
    app.field("New password").fill("too short").await?;
    app.field("The same password again").fill("too short").await?;
    app.press("Enter").await?;
    app.shows("Too short: 12 characters or more").await?;

    app.field("New password").fill(PASSWORD).await?;
    app.field("The same password again").fill(PASSWORD).await?;
    app.press("Enter").await?;
    app.shows("The password is set. Sign in with it.").await?;
    app.field("Sync server").reads(&hub.url()).await?;
    app.field("Tenant").reads(&user.tenant).await?;

    app.field("E-mail").reads(&user.email).await?;
    app.field("Password").has_focus().await?;
    app.type_text(PASSWORD).await?;
    app.press("Enter").await?;
    app.heading("Keep this recovery code").appears().await?;
    app.button("I have kept it").click().await?;
    app.heading("Customers").appears().await?;
    app.close().await
}
