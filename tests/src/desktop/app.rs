//! The running app: its window, its keys, its words, and the ways in which it ends.

use std::net::{Ipv4Addr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use fantoccini::actions::{
    InputSource as _, KeyAction, KeyActions, MOUSE_BUTTON_LEFT, MouseActions, PointerAction,
};
use fantoccini::error::CmdError;
use fantoccini::wd::Capabilities;
use fantoccini::wd::TimeoutConfiguration;
use fantoccini::{Client, ClientBuilder};
use hyper_util::client::legacy::connect::HttpConnector;
use rustix::process::Signal;
use serde_json::{Value, json};

use super::process::{
    PATIENCE, PAUSE, Running, build_folder, built_program, free_port, processes_of,
};
use super::{Control, Desk, Look, Trouble, keys, page};

const WEBKIT_DRIVER: &str = "/usr/bin/WebKitWebDriver";

/// How long a script in the page may take: one that looks at everything on a large screen, while others use the
/// processor.
const SCRIPT: Duration = Duration::from_secs(120);

/// The inner size of a window.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Size {
    pub width: u32,
    pub height: u32,
}

/// One run of the app. Dropping it ends the app as a power cut would not: by asking it to stop.
#[derive(Debug)]
pub struct App {
    client: Client,
    driver: Running,
    program: PathBuf,
    profile: PathBuf,
    desk: String,
    pictures: AtomicU32,
    /// How large the page is drawn, in per cent.
    zoom: AtomicU32,
}

impl App {
    pub(super) async fn open(desk: &Desk, look: Look) -> Result<Self, Trouble> {
        let program = built_program("daybook-desktop")?;
        let (port, native_port) = (free_port()?, free_port()?);
        let mut command = desk.command(tauri_driver()?);
        if look == Look::Dark {
            command.env("GTK_THEME", "Adwaita:dark");
        }
        command
            .args(["--port", &port.to_string(), "--native-port", &native_port.to_string()])
            .args(["--native-driver", WEBKIT_DRIVER])
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        let driver = Running::start(&mut command)?;
        // The first port opens before the second; a session asked for in between would fail.
        for port in [port, native_port] {
            wait_for_port(port).await?;
        }
        let wanted = json!({
            "browserName": "wry",
            "tauri:options": { "application": program },
        });
        let wanted: Capabilities = wanted.as_object().cloned().unwrap_or_default();
        let client = ClientBuilder::new(HttpConnector::new())
            .capabilities(wanted)
            .connect(&format!("http://127.0.0.1:{port}"))
            .await?;
        client.update_timeouts(TimeoutConfiguration::new(Some(SCRIPT), None, None)).await?;
        Ok(Self {
            client,
            driver,
            program,
            profile: desk.profile(),
            desk: desk.name().to_owned(),
            pictures: AtomicU32::new(0),
            zoom: AtomicU32::new(100),
        })
    }

    /// The title of the page.
    ///
    /// # Errors
    /// The app is gone.
    pub async fn title(&self) -> Result<String, Trouble> {
        Ok(self.client.title().await?)
    }

    /// Runs a script in the page and gives back what it returns. For questions that a person could
    /// not answer by looking; everything else goes through controls.
    ///
    /// # Errors
    /// The script throws, or the app is gone.
    pub async fn ask(&self, script: &str, arguments: Vec<Value>) -> Result<Value, Trouble> {
        Ok(self.client.execute(script, arguments).await?)
    }

    /// Runs a script that answers through the callback which is its last argument.
    ///
    /// # Errors
    /// As [`App::ask`].
    pub async fn ask_and_wait(
        &self,
        script: &str,
        arguments: Vec<Value>,
    ) -> Result<Value, Trouble> {
        Ok(self.client.execute_async(script, arguments).await?)
    }

    // -- what is on the screen ---------------------------------------------------------------

    pub fn button(&self, name: &str) -> Control<'_> {
        self.role("button").named(name)
    }

    /// Anything one types into, by its label.
    pub fn field(&self, name: &str) -> Control<'_> {
        self.role("field").named(name)
    }

    pub fn heading(&self, name: &str) -> Control<'_> {
        self.role("heading").named(name)
    }

    pub fn link(&self, name: &str) -> Control<'_> {
        self.role("link").named(name)
    }

    pub fn dialog(&self, name: &str) -> Control<'_> {
        self.role("dialog").named(name)
    }

    /// Something by its ARIA role; narrow it with [`Control::named`] or [`Control::with_text`].
    pub fn role(&self, role: &'static str) -> Control<'_> {
        Control::new(self, role)
    }

    /// Waits until the page shows some words.
    ///
    /// # Errors
    /// They do not appear.
    pub async fn shows(&self, words: &str) -> Result<(), Trouble> {
        self.until(&format!("The page should show \"{words}\"."), async || {
            Ok(self.ask(page::SHOWS, vec![json!(words)]).await? == json!(true))
        })
        .await
    }

    /// Waits until the page no longer shows some words.
    ///
    /// # Errors
    /// They stay.
    pub async fn stops_showing(&self, words: &str) -> Result<(), Trouble> {
        self.until(&format!("The page should no longer show \"{words}\"."), async || {
            Ok(self.ask(page::SHOWS, vec![json!(words)]).await? == json!(false))
        })
        .await
    }

    /// Waits until something is true. `wanted` says what, as a sentence.
    ///
    /// # Errors
    /// It does not become true.
    pub async fn until(
        &self,
        wanted: &str,
        mut is_true: impl AsyncFnMut() -> Result<bool, Trouble>,
    ) -> Result<(), Trouble> {
        let end = Instant::now() + PATIENCE;
        loop {
            if is_true().await? {
                return Ok(());
            }
            if Instant::now() > end {
                return Err(self.unmet(wanted).await);
            }
            tokio::time::sleep(PAUSE).await;
        }
    }

    // -- what a person does ------------------------------------------------------------------

    /// Presses one chord: `Control+K`, `Alt+C`, `F2`, `Enter`.
    ///
    /// # Errors
    /// The text names no keys, or the app is gone.
    pub async fn press(&self, keys: &str) -> Result<(), Trouble> {
        let keys = keys::chord(keys)?;
        let down = keys.iter().map(|key| KeyAction::Down { value: *key });
        let up = keys.iter().rev().map(|key| KeyAction::Up { value: *key });
        let start = KeyActions::new("keyboard".to_owned());
        let strokes = down.chain(up).fold(start, |strokes, action| strokes.then(action));
        Ok(self.client.perform_actions(strokes).await?)
    }

    /// Types text key by key; each stroke goes to what has the focus at that moment, as from a keyboard.
    ///
    /// # Errors
    /// The app is gone.
    pub async fn strike(&self, text: &str) -> Result<(), Trouble> {
        let start = KeyActions::new("keyboard".to_owned());
        let strokes = text.chars().fold(start, |strokes, sign| {
            let down = KeyAction::Down { value: sign };
            strokes.then(down).then(KeyAction::Up { value: sign })
        });
        Ok(self.client.perform_actions(strokes).await?)
    }

    /// Types text into whatever has the focus.
    ///
    /// # Errors
    /// The app is gone, or what has the focus takes no text.
    pub async fn type_text(&self, text: &str) -> Result<(), Trouble> {
        Ok(self.client.active_element().await?.send_keys(text).await?)
    }

    /// Makes the window this large.
    ///
    /// # Errors
    /// The app is gone, or refuses the size.
    pub async fn resize(&self, size: Size) -> Result<(), Trouble> {
        self.client.set_window_rect(0, 0, size.width, size.height).await?;
        self.until(
            &format!("The window should be {} × {}.", size.width, size.height),
            async || {
                let inner = self.ask("return [innerWidth, innerHeight]", Vec::new()).await?;
                Ok(inner == json!([size.width, size.height]))
            },
        )
        .await
    }

    /// Says how large the page is drawn, in per cent, from now on: the driver does not know, and would click
    /// where things are at 100.
    pub fn is_drawn_at(&self, zoom: u32) {
        self.zoom.store(zoom, Ordering::Relaxed);
    }

    pub(super) fn zoom(&self) -> u32 {
        self.zoom.load(Ordering::Relaxed)
    }

    /// Clicks a place of the page, as it is drawn.
    pub(super) async fn click_at(&self, x: f64, y: f64) -> Result<(), CmdError> {
        let scale = f64::from(self.zoom()) / 100.0;
        let button = MOUSE_BUTTON_LEFT;
        let click = MouseActions::new("mouse".to_owned())
            .then(PointerAction::MoveTo { duration: None, x: x * scale, y: y * scale })
            .then(PointerAction::Down { button })
            .then(PointerAction::Up { button });
        self.client.perform_actions(click).await
    }

    // -- pictures ----------------------------------------------------------------------------

    /// Writes a picture (PNG) of the window once what was done last is painted.
    ///
    /// # Errors
    /// The app is gone, or the file cannot be written.
    pub async fn picture(&self, path: &Path) -> Result<(), Trouble> {
        self.client.execute_async(page::SETTLE, Vec::new()).await?;
        let png = self.client.screenshot().await?;
        let file = |source| Trouble::File { path: path.to_owned(), source };
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder).map_err(file)?;
        }
        std::fs::write(path, png).map_err(file)
    }

    /// The error for something that never came true, with what the screen shows instead.
    pub(super) async fn unmet(&self, wanted: &str) -> Trouble {
        let outline = match self.ask(page::OUTLINE, Vec::new()).await {
            Ok(outline) => outline.as_str().unwrap_or_default().to_owned(),
            Err(trouble) => format!("  (nothing: {trouble})"),
        };
        let picture = match self.picture_of_trouble().await {
            Ok(path) => path.display().to_string(),
            Err(trouble) => format!("none: {trouble}"),
        };
        Trouble::Unmet { wanted: wanted.to_owned(), outline, picture }
    }

    async fn picture_of_trouble(&self) -> Result<PathBuf, Trouble> {
        let number = self.pictures.fetch_add(1, Ordering::Relaxed);
        let name = format!("{}-{}-{number}.png", self.desk, std::process::id());
        let path = build_folder()?.join("pictures-of-trouble").join(name);
        self.picture(&path).await?;
        Ok(path)
    }

    // -- its end -----------------------------------------------------------------------------

    /// Closes the window, as a person would.
    ///
    /// # Errors
    /// The app is gone already.
    pub async fn close(self) -> Result<(), Trouble> {
        let Self { client, driver, program, profile, .. } = self;
        client.close().await?;
        wait_until_gone(&program, &profile).await?;
        drop(driver);
        Ok(())
    }

    /// Ends the app as a power cut would: at once, with nothing saved on the way out.
    ///
    /// # Errors
    /// It runs no more, or cannot be killed.
    pub async fn kill(self) -> Result<(), Trouble> {
        let processes = processes_of(&self.program, "DAYBOOK_HOME", &self.profile);
        if processes.is_empty() {
            let expected = "it ended before it could be killed";
            return Err(Trouble::Silent { program: "daybook-desktop", expected });
        }
        for process in processes {
            rustix::process::kill_process(process, Signal::KILL).map_err(|error| {
                Trouble::Start { program: "kill".to_owned(), source: error.into() }
            })?;
        }
        wait_until_gone(&self.program, &self.profile).await
    }

    pub(super) fn client(&self) -> &Client {
        &self.client
    }
}

async fn wait_until_gone(program: &Path, profile: &Path) -> Result<(), Trouble> {
    let end = Instant::now() + PATIENCE;
    while !processes_of(program, "DAYBOOK_HOME", profile).is_empty() {
        if Instant::now() > end {
            let expected = "it does not end";
            return Err(Trouble::Silent { program: "daybook-desktop", expected });
        }
        tokio::time::sleep(PAUSE).await;
    }
    Ok(())
}

async fn wait_for_port(port: u16) -> Result<(), Trouble> {
    let end = Instant::now() + PATIENCE;
    while TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_err() {
        if Instant::now() > end {
            let expected = "its ports do not answer";
            return Err(Trouble::Silent { program: "tauri-driver", expected });
        }
        tokio::time::sleep(PAUSE).await;
    }
    Ok(())
}

/// The bridge that `./daybook-dev test` installs and names.
fn tauri_driver() -> Result<PathBuf, Trouble> {
    let cure = "./daybook-dev test installs tauri-driver and names it in DAYBOOK_TAURI_DRIVER";
    let named = std::env::var_os("DAYBOOK_TAURI_DRIVER").map(PathBuf::from);
    let home = std::env::var_os("XDG_CACHE_HOME")
        .map(PathBuf::from)
        .or_else(|| Some(PathBuf::from(std::env::var_os("HOME")?).join(".cache")));
    let usual = home.map(|cache| cache.join("daybook/tools/bin/tauri-driver"));
    match named.or(usual).filter(|path| path.is_file()) {
        Some(path) => Ok(path),
        None => Err(Trouble::Missing { program: "tauri-driver".to_owned(), cure }),
    }
}
