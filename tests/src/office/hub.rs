//! A hub as its operator runs it: the real program on the test's Postgres.

use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};
use tempfile::TempDir;

use super::program::{Program, run};
use super::{Device, PASSWORD};
use crate::desktop::built_program;

/// How often the hub is asked whether it is ready, and the pause between.
const TRIES: u32 = 300;
const PAUSE: Duration = Duration::from_millis(100);

/// A hub with a control database of its own, unless it stands beside another.
pub struct Hub {
    /// Removed with the last hub of the database.
    folder: Arc<TempDir>,
    /// Settings besides the usual ones.
    settings: Vec<(&'static str, String)>,
    /// The address of its Postgres, without a database.
    server: String,
    database: String,
    address: SocketAddr,
    private: SocketAddr,
    program: Option<Program>,
}

/// A tenant and its administrator.
#[derive(Clone, Debug)]
pub struct Tenant {
    pub slug: String,
    pub admin: User,
}

/// Someone who can sign in.
#[derive(Clone, Debug)]
pub struct User {
    pub tenant: String,
    pub email: String,
}

impl Hub {
    /// Starts a hub and waits until it is ready.
    ///
    /// # Panics
    /// Where there is no test Postgres (`./daybook-dev test` provides one) or the hub does not come up.
    pub fn start() -> Self {
        Self::with(&[])
    }

    /// The same with these settings as well.
    ///
    /// # Panics
    /// As [`Hub::start`].
    pub fn with(settings: &[(&'static str, &str)]) -> Self {
        let url = std::env::var("DAYBOOK_TEST_POSTGRES_URL").unwrap_or_else(|_| {
            panic!("DAYBOOK_TEST_POSTGRES_URL is not set; ./daybook-dev test starts a Postgres for the tests")
        });
        Self::made(&url, settings)
    }

    /// The same on the Postgres at this address, as its superuser; which database it names means nothing.
    ///
    /// # Panics
    /// Where it does not come up.
    pub fn on(postgres: &str) -> Self {
        Self::made(postgres, &[])
    }

    fn made(postgres: &str, settings: &[(&'static str, &str)]) -> Self {
        let server = postgres.rsplit_once('/').map_or(postgres, |(server, _)| server).to_owned();
        let folder = tempfile::tempdir().unwrap_or_else(|error| panic!("no folder: {error}"));
        let secret: String = std::iter::repeat_n("5a", 32).collect();
        let key = folder.path().join("secret.key");
        write_private(&key, &secret);
        let name = folder.path().file_name().unwrap_or_default().to_string_lossy().to_lowercase();
        let database: String =
            name.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).collect();
        let database = format!("control{database}");
        let create = format!("create database \"{database}\"");
        let maintenance = format!("{server}/postgres");
        let made = run(Command::new("psql").args([&maintenance, "-qc", &create]));
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        let settings = settings.iter().map(|(name, value)| (*name, (*value).to_owned()));
        Self::opened(Arc::new(folder), settings.collect(), server, database)
    }

    /// Starts another hub on the same databases, with the same settings.
    ///
    /// # Panics
    /// Where it does not come up.
    pub fn beside(&self) -> Self {
        let (folder, settings) = (Arc::clone(&self.folder), self.settings.clone());
        Self::opened(folder, settings, self.server.clone(), self.database.clone())
    }

    fn opened(
        folder: Arc<TempDir>,
        settings: Vec<(&'static str, String)>,
        server: String,
        database: String,
    ) -> Self {
        let (address, private) = (free(), free());
        let mut hub = Self { folder, settings, server, database, address, private, program: None };
        // Between looking for a port and taking it, another program may have taken it.
        while let Err(log) = hub.try_open() {
            assert!(log.contains("Address already in use"), "the hub ended:\n{log}");
            (hub.address, hub.private) = (free(), free());
        }
        hub
    }

    /// Starts the program again after [`Hub::stop`] or [`Hub::kill`], at the same address.
    ///
    /// # Panics
    /// Where it does not come up.
    pub fn open(&mut self) {
        if let Err(log) = self.try_open() {
            panic!("the hub ended:\n{log}");
        }
    }

    /// What it logged, where it ended before it was ready.
    fn try_open(&mut self) -> Result<(), String> {
        let log = std::fs::OpenOptions::new().create(true).append(true).open(self.log_file());
        let log = log.unwrap_or_else(|error| panic!("no log: {error}"));
        let also = log.try_clone().unwrap_or_else(|error| panic!("no log: {error}"));
        let mut command = self.command(&["serve"]);
        command.stdout(log).stderr(also);
        let mut program = Program::start(&mut command);
        for _ in 0..TRIES {
            if self.is_ready() {
                self.program = Some(program);
                return Ok(());
            }
            if program.has_ended() {
                return Err(self.log());
            }
            std::thread::sleep(PAUSE);
        }
        panic!("the hub did not become ready:\n{}", self.log());
    }

    /// Waits until the running program serves, whatever became of its Postgres meanwhile.
    ///
    /// # Panics
    /// Where it does not.
    pub fn becomes_ready(&self) {
        let ready = (0..TRIES).any(|_| {
            let ready = self.is_ready();
            if !ready {
                std::thread::sleep(PAUSE);
            }
            ready
        });
        assert!(ready, "the hub did not become ready:\n{}", self.log());
    }

    /// Its program has these settings as well when it is started next.
    pub fn set(&mut self, settings: &[(&'static str, String)]) {
        self.settings.extend_from_slice(settings);
    }

    /// kill -9.
    pub fn kill(&mut self) {
        self.program = None;
    }

    /// The running program.
    ///
    /// # Panics
    /// Where it was stopped.
    pub fn program(&self) -> &Program {
        self.program.as_ref().unwrap_or_else(|| panic!("the hub does not run"))
    }

    /// From now on the hub is not reachable; nothing else is lost.
    pub fn stop(&mut self) {
        self.kill();
    }

    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Where it serves its clients.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    pub fn log(&self) -> String {
        std::fs::read_to_string(self.log_file()).unwrap_or_default()
    }

    fn log_file(&self) -> PathBuf {
        self.folder.path().join(format!("hub-{}.log", self.address.port()))
    }

    /// A command of `daybook-server` against this hub, ready to run.
    ///
    /// # Panics
    /// Where the program was not built.
    pub fn command(&self, words: &[&str]) -> Command {
        let program = built_program("daybook-server").unwrap_or_else(|error| panic!("{error}"));
        let mut command = Command::new(program);
        for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("DAYBOOK_")) {
            command.env_remove(name);
        }
        command
            .args(words)
            .env("DAYBOOK_ENV", "development")
            .env("DAYBOOK_CONTROL_DATABASE_URL", self.postgres_url(&self.database))
            .env("DAYBOOK_SECRET_KEY_FILE", self.folder.path().join("secret.key"))
            .env("DAYBOOK_BACKUP_URL", format!("file://{}", self.folder.path().display()))
            .env("DAYBOOK_LISTEN", self.address.to_string())
            .env("DAYBOOK_LISTEN_PRIVATE", self.private.to_string())
            .envs(self.settings.iter().map(|(name, value)| (*name, value)));
        command
    }

    /// Runs a command that prints JSON.
    ///
    /// # Panics
    /// Where it fails.
    pub fn ask(&self, words: &[&str]) -> Value {
        let output = run(&mut self.command(words));
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "daybook-server {words:?}: {said}");
        serde_json::from_slice(&output.stdout)
            .unwrap_or_else(|error| panic!("daybook-server {words:?} printed no JSON: {error}"))
    }

    /// A tenant with its standard data; the administrator has accepted the invitation.
    ///
    /// # Panics
    /// Where it cannot be made.
    pub fn tenant(&self, slug: &str) -> Tenant {
        let email = format!("admin@{slug}.example");
        let words = ["tenant", "create", slug, "--name", slug, "--admin-email", &email, "--json"];
        let invited = self.ask(&words);
        let admin = User { tenant: slug.to_owned(), email };
        self.accept(&admin, &invited);
        Tenant { slug: slug.to_owned(), admin }
    }

    /// A user with one of the standard roles.
    ///
    /// # Panics
    /// Where they cannot be invited.
    pub fn user(&self, tenant: &Tenant, name: &str, role: &str) -> User {
        let (user, invited) = self.invite(tenant, name, role);
        self.accept(&user, &invited);
        user
    }

    /// A user who has not accepted yet, with the invitation.
    ///
    /// # Panics
    /// Where they cannot be invited.
    pub fn invite(&self, tenant: &Tenant, name: &str, role: &str) -> (User, Value) {
        let email = format!("{name}@{}.example", tenant.slug);
        let words = ["user", "invite", &tenant.slug, "--email", &email, "--name", name];
        let invited = self.ask(&[&words[..], &["--role", role, "--json"]].concat());
        (User { tenant: tenant.slug.clone(), email }, invited)
    }

    /// A new device on which nobody has signed in.
    pub fn device(&self) -> Device {
        Device::new(&self.url())
    }

    /// A new device on which the user has signed in.
    ///
    /// # Panics
    /// Where signing in fails.
    pub fn device_of(&self, user: &User) -> Device {
        self.device_at(&self.url(), user)
    }

    /// The same for one that reaches the hub by another address.
    ///
    /// # Panics
    /// Where signing in fails.
    pub fn device_at(&self, url: &str, user: &User) -> Device {
        let device = Device::new(url);
        let words = ["login", "--tenant", &user.tenant, "--email", &user.email];
        device.login(&words, PASSWORD).expect_done();
        device
    }

    /// A device on which nobody has signed in, whose server is known by this address.
    pub fn device_for(&self, url: &str) -> Device {
        Device::new(url)
    }

    fn accept(&self, user: &User, invited: &Value) {
        let body = json!({
            "tenant": user.tenant,
            "token": invited["invitation_token"],
            "password": PASSWORD,
        });
        let (status, said) = self.post("/api/v1/auth/invitation/accept", None, &body);
        assert!((200..300).contains(&status), "the invitation was not accepted: {status} {said}");
    }

    /// Runs SQL in a database of this cluster as its superuser; the rows as psql prints them.
    ///
    /// # Panics
    /// Where it fails.
    pub fn sql(&self, database: &str, statement: &str) -> String {
        let output =
            run(Command::new("psql").args([&self.postgres_url(database), "-XqAtc", statement]));
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8_lossy(&output.stdout).trim().to_owned()
    }

    /// Where its files are, and the backups of its tenants.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    pub fn control_database(&self) -> &str {
        &self.database
    }

    /// The name of a tenant's database.
    ///
    /// # Panics
    /// Where there is no such tenant.
    pub fn database_of(&self, tenant: &Tenant) -> String {
        let shown = self.ask(&["tenant", "show", &tenant.slug, "--json"]);
        let name = shown["database"].as_str();
        name.unwrap_or_else(|| panic!("no database in {shown}")).to_owned()
    }

    fn postgres_url(&self, database: &str) -> String {
        format!("{}/{database}", self.server)
    }

    fn is_ready(&self) -> bool {
        TcpStream::connect_timeout(&self.private, Duration::from_secs(1)).is_ok() && {
            let url = format!("http://{}/readyz", self.private);
            let mut curl = Command::new("curl");
            curl.args(["-fsS", "--noproxy", "*", "--max-time", "5", "-o", "/dev/null", &url]);
            run(&mut curl).status.success()
        }
    }
}

fn free() -> SocketAddr {
    let bound = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).and_then(|bound| bound.local_addr());
    bound.unwrap_or_else(|error| panic!("no free port: {error}"))
}

fn write_private(path: &Path, text: &str) {
    use std::os::unix::fs::PermissionsExt as _;
    let written = std::fs::write(path, text)
        .and_then(|()| std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o600)));
    written.unwrap_or_else(|error| panic!("{}: {error}", PathBuf::from(path).display()));
}
