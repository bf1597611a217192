//! How a person arrives: signs in at the window and gets a copy of what they may see.

use system_tests::desktop::{App, Trouble};
use system_tests::office::{Hub, PASSWORD, User};

/// Signs in on a new device and waits for the list of customers.
pub async fn sign_in(app: &App, hub: &Hub, user: &User) -> Result<(), Trouble> {
    app.field("Sync server").fill(&hub.url()).await?;
    app.field("Tenant").fill(&user.tenant).await?;
    app.field("E-mail").fill(&user.email).await?;
    app.field("Password").fill(PASSWORD).await?;
    app.button("Sign in").click().await?;
    app.heading("Keep this recovery code").appears().await?;
    app.button("I have kept it").click().await?;
    app.heading("Customers").appears().await
}
