//! One person's machine: a home and a profile of its own, a virtual screen, a session bus and a real,
//! unlocked keyring. Two desks share nothing. It knows nothing of what the app shows.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

use tempfile::TempDir;

use super::process::{PATIENCE, PAUSE, Running};
use super::{App, Trouble};

/// Whether the desktop asks its programs to be light or dark.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Look {
    Light,
    Dark,
}

/// The largest window a story may ask for fits on it.
const SCREEN: &str = "1920x1080x24";

/// Fields end in this order: the programs before their screen, the folder last.
#[derive(Debug)]
pub struct Desk {
    name: String,
    keyring: Option<Running>,
    bus: (Running, String),
    screen: (Running, String),
    folder: TempDir,
}

impl Desk {
    /// Sets up a machine for one person. The name marks the pictures taken there.
    ///
    /// # Errors
    /// A program of the desktop is not installed (`./daybook-dev packages` installs them) or does
    /// not come up.
    pub fn new(name: &str) -> Result<Self, Trouble> {
        let folder = TempDir::with_prefix(format!("daybook-desk-{name}-"))
            .map_err(|source| Trouble::File { path: std::env::temp_dir(), source })?;
        let home = folder.path();
        for part in ["home", "runtime", "profile"] {
            make_private(&home.join(part))?;
        }
        let screen = Running::start_and_hear(
            private(home, Command::new("Xvfb"))
                .args(["-displayfd", "1", "-screen", "0", SCREEN, "-nolisten", "tcp"])
                .stderr(Stdio::null()),
        )?;
        let bus = Running::start_and_hear(
            private(home, Command::new("dbus-daemon"))
                .args(["--session", "--nofork", "--nopidfile", "--print-address=1"])
                .stderr(Stdio::null()),
        )?;
        let keyring = unlock_keyring(private(home, Command::new("gnome-keyring-daemon")), &bus.1)?;
        Ok(Self { name: name.to_owned(), keyring: Some(keyring), bus, screen, folder })
    }

    pub fn name(&self) -> &str {
        &self.name
    }

    /// The folder of the app's profile, as `DAYBOOK_HOME` names it. It outlives the app.
    pub fn profile(&self) -> PathBuf {
        self.folder.path().join("profile")
    }

    /// The files in which the keyring keeps its secrets, sealed.
    pub fn keyring_folder(&self) -> PathBuf {
        self.folder.path().join("home/.local/share/keyrings")
    }

    /// What the keyring holds for Daybook: the secrets, as any program of this person may ask for them.
    ///
    /// # Errors
    /// The keyring's own program to ask it is not installed.
    pub fn secrets(&self) -> Result<Vec<String>, Trouble> {
        let mut asked = self.command("secret-tool");
        let output = asked.args(["search", "--all", "--unlock", "service", "daybook"]).output();
        let program = || "secret-tool".to_owned();
        let output = output.map_err(|source| Trouble::Start { program: program(), source })?;
        let text = String::from_utf8_lossy(&output.stdout);
        Ok(text
            .lines()
            .filter_map(|line| line.strip_prefix("secret = "))
            .map(str::to_owned)
            .collect())
    }

    /// The keyring is lost, as with a machine that was set up anew: an empty one is in its place.
    ///
    /// # Errors
    /// As [`Desk::new`].
    pub fn lose_keyring(&mut self) -> Result<(), Trouble> {
        drop(self.keyring.take());
        let path = self.keyring_folder();
        std::fs::remove_dir_all(&path).map_err(|source| Trouble::File { path, source })?;
        let home = self.folder.path();
        let keyring =
            unlock_keyring(private(home, Command::new("gnome-keyring-daemon")), &self.bus.1)?;
        self.keyring = Some(keyring);
        Ok(())
    }

    /// Opens the app on this desk's profile.
    ///
    /// # Errors
    /// The app is not built, or its window does not come up.
    pub async fn open(&self) -> Result<App, Trouble> {
        self.open_with(Look::Light).await
    }

    /// Opens the app on a light or a dark desktop.
    ///
    /// # Errors
    /// As [`Desk::open`].
    pub async fn open_with(&self, look: Look) -> Result<App, Trouble> {
        App::open(self, look).await
    }

    /// A command that runs on this desk: it sees the desk's home, screen, bus and profile, and
    /// nothing of the machine around it.
    pub fn command(&self, program: impl AsRef<std::ffi::OsStr>) -> Command {
        let mut command = private(self.folder.path(), Command::new(program));
        command
            .env("DISPLAY", format!(":{}", self.screen.1))
            .env("DBUS_SESSION_BUS_ADDRESS", &self.bus.1)
            .env("DAYBOOK_HOME", self.profile());
        command
    }
}

fn make_private(path: &Path) -> Result<(), Trouble> {
    use std::os::unix::fs::DirBuilderExt as _;
    let made = std::fs::DirBuilder::new().mode(0o700).create(path);
    made.map_err(|source| Trouble::File { path: path.to_owned(), source })
}

/// Cuts a command off from the caller's own session.
fn private(folder: &Path, mut command: Command) -> Command {
    let home = folder.join("home");
    command
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .env("LANG", "C.UTF-8")
        .env("TZ", "Europe/Berlin")
        .env("XDG_RUNTIME_DIR", folder.join("runtime"))
        .env("XDG_DATA_HOME", home.join(".local/share"))
        .env("XDG_CONFIG_HOME", home.join(".config"))
        .env("XDG_CACHE_HOME", home.join(".cache"))
        .env("HOME", home);
    command
}

/// Starts the keyring, unlocked by a password only this desk uses, and waits until the bus knows it.
fn unlock_keyring(mut command: Command, bus: &str) -> Result<Running, Trouble> {
    command
        .env("DBUS_SESSION_BUS_ADDRESS", bus)
        .args(["--foreground", "--unlock", "--components=secrets"])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    let mut keyring = Running::start(&mut command)?;
    if let Some(mut input) = keyring.input() {
        let program = || "gnome-keyring-daemon".to_owned();
        input
            .write_all(b"the password of this desk")
            .map_err(|source| Trouble::Start { program: program(), source })?;
    }
    let end = Instant::now() + PATIENCE;
    while !is_on_bus("org.freedesktop.secrets", bus)? {
        if Instant::now() > end {
            let expected = "the bus does not know it as the secret service";
            return Err(Trouble::Silent { program: "gnome-keyring-daemon", expected });
        }
        std::thread::sleep(PAUSE);
    }
    Ok(keyring)
}

/// Asks the bus, not the service: a question to the service would make the bus start another one.
fn is_on_bus(name: &str, bus: &str) -> Result<bool, Trouble> {
    let output = Command::new("dbus-send")
        .args([&format!("--bus={bus}"), "--print-reply=literal", "--dest=org.freedesktop.DBus"])
        .args(["/org/freedesktop/DBus", "org.freedesktop.DBus.NameHasOwner"])
        .arg(format!("string:{name}"))
        .output();
    let output =
        output.map_err(|source| Trouble::Start { program: "dbus-send".to_owned(), source })?;
    Ok(String::from_utf8_lossy(&output.stdout).contains("true"))
}
