//! A list that is taken out as a file, one that is long, and the palette that finds everything.

use serde_json::json;
use system_tests::desktop::{App, Desk, Trouble};
use system_tests::office::{Hub, Tenant};

use crate::arriving::sign_in;

/// Answers the computer's own dialog, which no browser driver reaches, with a place for the file.
const CHOOSE: &str = r"
    const [place] = arguments;
    const real = window.fetch;
    window.fetch = (address, request) =>
      decodeURIComponent(String(address?.url ?? address)).includes('plugin:dialog|save')
        ? Promise.resolve(new Response(JSON.stringify(place), {
            headers: { 'Content-Type': 'application/json', 'Tauri-Response': 'ok' },
          }))
        : real(address, request);
";

async fn three_customers(name: &str) -> Result<(Hub, Tenant, Desk, App), Trouble> {
    let hub = Hub::start();
    let tenant = hub.tenant(name);
    let seed = hub.device_of(&tenant.admin);
    for (code, name, city) in
        [("C1", "Ada", "Kiel"), ("C2", "=1+1 Bo", "Kiel"), ("C3", "Cleo", "Graz")]
    {
        let fields = [("code", code), ("name", name), ("city", city)];
        let fields = fields.map(|(field, value)| format!("{field}={value}"));
        seed.create("customer", &fields.each_ref().map(String::as_str));
    }
    seed.sync();
    let desk = Desk::new(name)?;
    let app = desk.open().await?;
    sign_in(&app, &hub, &tenant.admin).await?;
    app.role("row").with_text("Cleo").appears().await?;
    Ok((hub, tenant, desk, app))
}

#[tokio::test]
async fn a_list_is_taken_out_as_it_is_shown() -> Result<(), Trouble> {
    let (_hub, _tenant, desk, app) = three_customers("takingout").await?;
    let file = desk.profile().join("customers.csv");
    app.ask(CHOOSE, vec![json!(file)]).await?;
    app.press("Control+F").await?;
    app.type_text("kiel").await?;
    app.role("row").with_text("Cleo").disappears().await?;
    app.press("Alt+X").await?;
    app.dialog("Export Customers").appears().await?;
    app.shows("2 records, as the list stands").await?;
    app.press("Control+Enter").await?;
    app.shows("2 records written to").await?;
    app.shows(&file.to_string_lossy()).await?;
    app.press("Escape").await?;
    app.dialog("Export Customers").disappears().await?;
    let written = std::fs::read_to_string(&file).expect("the file that was named");
    let lines: Vec<&str> = written.trim_start_matches('\u{feff}').lines().collect();
    assert_eq!(lines.len(), 3, "{written}");
    assert!(lines[0].starts_with("code,name,"), "{written}");
    assert!(lines[2].starts_with("C2,'=1+1 Bo,"), "a formula is made harmless: {written}");
    app.close().await
}

#[tokio::test]
async fn the_palette_forgives_a_slip_and_offers_what_the_screen_can_do() -> Result<(), Trouble> {
    let (_hub, _tenant, desk, app) = three_customers("palette").await?;
    app.press("Control+K").await?;
    app.role("option").with_text("Alt+X").appears().await?;
    app.type_text("supliers").await?;
    app.role("option").with_text("Partners").appears().await?;
    app.press("Enter").await?;
    app.heading("Suppliers").appears().await?;

    // Killed at once, it opens where one was.
    app.shows("Whom you buy from").await?;
    app.kill().await?;
    let app = desk.open().await?;
    app.heading("Suppliers").appears().await?;

    app.press("Control+K").await?;
    app.type_text("C3").await?;
    app.role("option").with_text("Cleo").appears().await?;
    app.press("Enter").await?;
    app.heading("Cleo").appears().await?;
    app.press("Escape").await?;
    app.press("Control+K").await?;
    app.role("option").with_text("Cleo").appears().await?;
    app.type_text("home").await?;
    app.press("Enter").await?;
    app.heading("Home").appears().await?;
    app.button("Cleo").click().await?;
    app.heading("Cleo").appears().await?;
    app.close().await
}

#[tokio::test]
async fn both_ends_of_a_long_list_are_one_key_away() -> Result<(), Trouble> {
    const MANY: usize = 3_000;
    let hub = Hub::start();
    let tenant = hub.tenant("longlist");
    let seed = hub.device_of(&tenant.admin);
    let file = seed.folder().join("many.csv");
    let lines = (0..MANY).map(|each| format!("L{each:06},Customer {each:06}\n"));
    std::fs::write(&file, format!("code,name\n{}", lines.collect::<String>())).expect("a file");
    seed.run(&["import", "customer", &file.to_string_lossy()]).expect_done();
    seed.sync();
    let desk = Desk::new("longlist")?;
    let app = desk.open().await?;
    sign_in(&app, &hub, &tenant.admin).await?;
    app.shows("3,000 records").await?;
    app.role("row").with_text("Customer 000000").appears().await?;
    app.press("Down").await?;
    app.press("End").await?;
    app.role("row").with_text("Customer 002999").appears().await?;
    app.role("row").with_text("Customer 000000").disappears().await?;
    app.press("Home").await?;
    app.role("row").with_text("Customer 000000").appears().await?;
    app.shows("3,000 records").await?;
    app.close().await
}
