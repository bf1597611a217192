//! The window itself: it opens, it keeps strangers out, and it comes back after a power cut.

use std::io::ErrorKind;
use std::net::TcpListener;

use serde_json::json;
use system_tests::desktop::{Desk, Look, Size, Trouble};

#[tokio::test]
async fn the_app_opens_its_window() -> Result<(), Trouble> {
    let desk = Desk::new("opens")?;
    let app = desk.open().await?;

    app.heading("Sign in").appears().await?;
    assert_eq!(app.title().await?, "Sign in – Daybook");
    let inner = app.ask("return [innerWidth, innerHeight]", vec![]).await?;
    assert_eq!(inner, json!([1280, 800]));
    app.close().await
}

#[tokio::test]
async fn the_app_opens_again_after_a_power_cut() -> Result<(), Trouble> {
    let desk = Desk::new("power-cut")?;
    desk.open().await?.kill().await?;

    let app = desk.open().await?;
    app.heading("Sign in").appears().await?;
    app.close().await
}

#[tokio::test]
async fn the_page_reaches_nothing_but_the_engine() -> Result<(), Trouble> {
    let desk = Desk::new("locked-in")?;
    let app = desk.open().await?;
    let outside = TcpListener::bind("127.0.0.1:0").expect("loopback is there");
    outside.set_nonblocking(true).expect("a socket can be told not to wait");
    let address = outside.local_addr().expect("it is bound").to_string();

    let strangers = app
        .ask_and_wait(
            r#"
            const [address, done] = arguments;
            const invoke = window.__TAURI_INTERNALS__.invoke;
            const refused = (promise) => promise.then(() => false, () => true);
            Promise.all([
              refused(fetch(`http://${address}/`, { mode: "no-cors" })),
              refused(invoke("plugin:app|version")),
              refused(invoke("plugin:window|close", { label: "main" })),
              refused(import("data:text/javascript,export default 1")),
            ]).then(done);
            "#,
            vec![json!(address)],
        )
        .await?;
    assert_eq!(strangers, json!([true, true, true, true]), "network, app, window, foreign code");
    let knocked = outside.accept().map_err(|error| error.kind());
    assert!(
        matches!(knocked, Err(ErrorKind::WouldBlock)),
        "the page reached the network: {knocked:?}"
    );

    let answer = app
        .ask_and_wait(
            r#"
            const done = arguments[arguments.length - 1];
            window.__TAURI_INTERNALS__.invoke("call", { request: { command: "format_disk" } })
              .then(() => done("done"), (failure) => done(failure.code));
            "#,
            vec![],
        )
        .await?;
    assert_eq!(answer, json!("usage"), "the engine's door is open, and knows its commands");

    let frozen = app.ask("return Object.isFrozen(Object.prototype)", vec![]).await?;
    assert_eq!(frozen, json!(true));
    app.close().await
}

#[tokio::test]
async fn the_app_hears_that_the_desktop_is_dark() -> Result<(), Trouble> {
    let desk = Desk::new("looks")?;
    let is_dark = "return matchMedia('(prefers-color-scheme: dark)').matches";
    for (look, dark) in [(Look::Light, false), (Look::Dark, true)] {
        let app = desk.open_with(look).await?;
        assert_eq!(app.ask(is_dark, vec![]).await?, json!(dark), "{look:?}");
        app.close().await?;
    }
    Ok(())
}

#[tokio::test]
async fn the_window_takes_a_large_and_a_small_screen() -> Result<(), Trouble> {
    let desk = Desk::new("sizes")?;
    let app = desk.open().await?;
    for (width, height) in [(1920, 1080), (960, 600)] {
        app.resize(Size { width, height }).await?;
    }
    app.close().await
}
