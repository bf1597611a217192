//! A throw-away Postgres cluster. It is stopped and removed when the test process has ended, however it ended.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::time::Duration;

use daybook_server::ids;

pub struct Cluster {
    pub socket_folder: PathBuf,
}

impl Cluster {
    /// The cluster that the stories share.
    pub fn shared() -> &'static Cluster {
        static SHARED: OnceLock<Cluster> = OnceLock::new();
        SHARED.get_or_init(Cluster::start)
    }

    /// One of its own, for a story that looks at the whole cluster.
    pub fn start() -> Cluster {
        let folder =
            Path::new("/var/tmp").join(format!("daybook-test-{}", hex(&ids::random::<6>())));
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../scripts/dev/postgres.sh");
        let started =
            Command::new(&script).arg("start").arg(&folder).arg("--throwaway").status().unwrap();
        assert!(started.success(), "the test cluster in {} did not start", folder.display());
        // Reads until this process is gone, then clears away. A killed test leaves nothing behind either.
        let clear =
            format!("cat; '{}' stop '{}'; rm -rf '{1}'", script.display(), folder.display());
        let watch = Command::new("sh")
            .args(["-c", &clear])
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        // The pipe stays open as long as the process lives.
        std::mem::forget(watch);
        Cluster { socket_folder: folder.join("run") }
    }

    /// The address of a database, for a login.
    pub fn url(&self, login: &str, password: Option<&str>, database: &str) -> String {
        let host = self.socket_folder.to_str().unwrap().replace('/', "%2F");
        let password = password.map(|password| format!(":{password}")).unwrap_or_default();
        format!("postgres://{login}{password}@{host}/{database}")
    }

    pub fn admin_url(&self, database: &str) -> String {
        self.url("postgres", None, database)
    }

    /// Takes an advisory lock in a database.
    pub fn holds(&self, database: &str, lock: i64) -> Held {
        let url = self.admin_url(database);
        let mut psql = Command::new("psql")
            .args(["-XqAt", "-d", &url])
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        // The pipe stays open, and with it the session.
        let stdin = psql.stdin.as_mut().unwrap();
        writeln!(stdin, "SELECT pg_advisory_lock({lock});").unwrap();
        let taken = format!("SELECT pid FROM pg_locks WHERE objid = {lock} AND granted");
        self.waits_for(database, &taken);
        Held(psql)
    }

    /// Asks until there is a row, and returns its first column.
    #[track_caller]
    pub fn waits_for(&self, database: &str, statement: &str) -> String {
        for _ in 0..1_500 {
            if let Some(found) = self.sql(database, statement).into_iter().next() {
                return found;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        panic!("never seen: {statement}");
    }

    /// Runs SQL as the superuser and returns the first column of each row.
    pub fn sql(&self, database: &str, statement: &str) -> Vec<String> {
        let output = Command::new("psql")
            .args([
                "-XqAt",
                "-v",
                "ON_ERROR_STOP=1",
                "-d",
                &self.admin_url(database),
                "-c",
                statement,
            ])
            .output()
            .unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap().lines().map(str::to_owned).collect()
    }
}

/// An advisory lock that somebody holds until this is dropped.
pub struct Held(Child);

impl Drop for Held {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
