//! The sync light while the sync server goes away and comes back: nobody touches the app.

use system_tests::desktop::{Desk, Trouble};
use system_tests::office::Hub;

use crate::arriving::sign_in;

#[tokio::test]
async fn the_light_follows_the_sync_server() -> Result<(), Trouble> {
    let mut hub = Hub::start();
    let tenant = hub.tenant("light");
    let desk = Desk::new("light")?;
    let app = desk.open().await?;
    sign_in(&app, &hub, &tenant.admin).await?;
    app.shows("All saved").await?;
    for _ in 0..2 {
        hub.stop();
        app.shows("Nothing waiting · offline since").await?;
        hub.open();
        app.shows("All saved").await?;
    }
    app.close().await
}
