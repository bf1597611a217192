//! A Postgres that a story may kill: a cluster of its own, which keeps what it has confirmed.

use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;

use super::program::run;

pub struct Postgres {
    folder: TempDir,
    /// Ends the cluster when this process is gone, however it ended.
    watch: Child,
}

impl Postgres {
    /// # Panics
    /// Where it does not start.
    pub fn start() -> Self {
        // On the disk: the folder for short-lived files may be memory.
        Self::below(Path::new("/var/tmp"))
    }

    /// The same with its files below a folder.
    ///
    /// # Panics
    /// Where it does not start.
    pub fn below(parent: &Path) -> Self {
        let folder = tempfile::Builder::new().prefix("daybook-postgres-").tempdir_in(parent);
        let folder = folder.unwrap_or_else(|error| panic!("no folder: {error}"));
        // Postgres does not run as root, and its user must be able to enter.
        let entered = std::fs::Permissions::from_mode(0o755);
        std::fs::set_permissions(folder.path(), entered)
            .unwrap_or_else(|error| panic!("{}: {error}", folder.path().display()));
        let clear = "cat; \"$0\" stop \"$1\"; rm -rf \"$1\"";
        let watch = Command::new("sh")
            .args(["-c", clear])
            .args([script().as_path(), folder.path()])
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn();
        let watch = watch.unwrap_or_else(|error| panic!("no watch over Postgres: {error}"));
        let postgres = Self { folder, watch };
        postgres.open();
        postgres
    }

    /// Starts it again after [`Postgres::kill`].
    ///
    /// # Panics
    /// Where it does not come up.
    pub fn open(&self) {
        self.script("start");
    }

    pub fn url(&self) -> String {
        self.script("url")
    }

    /// The socket that it listens at.
    pub fn socket(&self) -> PathBuf {
        self.folder.path().join("run").join(SOCKET)
    }

    /// kill -9 of all its processes at once.
    ///
    /// # Panics
    /// Where it does not run.
    pub fn kill(&self) {
        let owner = self.owner();
        // The owner first: it starts no other then.
        let processes: Vec<Pid> = std::iter::once(owner).chain(children(owner)).collect();
        for process in &processes {
            // One that ended meanwhile is as good as killed.
            let _ = kill_process(*process, Signal::KILL);
        }
        // As long as anything is left of them, they count as running.
        for process in processes {
            while Path::new(&format!("/proc/{}", process.as_raw_nonzero())).exists() {
                std::thread::sleep(PAUSE);
            }
        }
    }

    /// kill -9 of one process, chosen by a number. Postgres then ends the others and recovers by itself.
    ///
    /// # Panics
    /// Where it does not run.
    pub fn kill_one(&self, choice: usize) {
        let children = children(self.owner());
        if let Some(process) = children.get(choice % children.len().max(1)) {
            let _ = kill_process(*process, Signal::KILL);
        }
    }

    fn owner(&self) -> Pid {
        let path = self.folder.path().join("data/postmaster.pid");
        let text = std::fs::read_to_string(&path)
            .unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let pid = text.lines().next().and_then(|line| Pid::from_raw(line.trim().parse().ok()?));
        pid.unwrap_or_else(|| panic!("no process in {}", path.display()))
    }

    fn script(&self, verb: &str) -> String {
        let output = run(Command::new(script()).arg(verb).arg(self.folder.path()));
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "Postgres does not {verb}: {said}");
        String::from_utf8_lossy(&output.stdout).trim().to_owned()
    }
}

const PAUSE: Duration = Duration::from_millis(5);

impl Drop for Postgres {
    fn drop(&mut self) {
        drop(self.watch.stdin.take());
        let _ = self.watch.wait();
    }
}

/// The name of the socket of the port that every client takes who is told none.
pub const SOCKET: &str = ".s.PGSQL.5432";

fn script() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../scripts/dev/postgres.sh")
}

/// The processes that a process has started.
fn children(owner: Pid) -> Vec<Pid> {
    let entries = std::fs::read_dir("/proc").into_iter().flatten().flatten();
    let pids = entries.filter_map(|entry| entry.file_name().to_str()?.parse::<i32>().ok());
    let parent = |pid: i32| {
        let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
        // The name stands in parentheses and may hold anything, parentheses too.
        stat.rsplit_once(") ")?.1.split(' ').nth(1)?.parse().ok().and_then(Pid::from_raw)
    };
    pids.filter(|pid| parent(*pid) == Some(owner)).filter_map(Pid::from_raw).collect()
}
