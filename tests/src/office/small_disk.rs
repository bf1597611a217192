//! A disk that is soon full: a tmpfs of a fixed size. Root mounts it; anybody else in a namespace of their own, which
//! the rest reaches through /proc.

use std::fs::OpenOptions;
use std::io::{BufRead as _, BufReader, ErrorKind, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use tempfile::TempDir;

const MOUNT: &str =
    r#"mount -t tmpfs -o size="$1",mode=0777 daybook "$0" && echo there && cat && umount -l "$0""#;

pub struct SmallDisk {
    /// Where it is mounted; removed when it is not any more.
    _folder: TempDir,
    /// Keeps it mounted until this process is gone, however it ended.
    holder: Child,
    path: PathBuf,
}

impl SmallDisk {
    /// One of so many MiB.
    ///
    /// # Panics
    /// Where it cannot be mounted.
    pub fn of_mib(mib: u32) -> Self {
        let folder = tempfile::Builder::new().prefix("daybook-disk-").tempdir_in("/var/tmp");
        let folder = folder.unwrap_or_else(|error| panic!("no folder: {error}"));
        let entered = std::os::unix::fs::PermissionsExt::from_mode(0o755);
        std::fs::set_permissions(folder.path(), entered)
            .unwrap_or_else(|error| panic!("{}: {error}", folder.path().display()));
        let root = rustix::process::getuid().is_root();
        let mut command = match root {
            true => Command::new("sh"),
            false => Command::new("unshare"),
        };
        if !root {
            command.args(["--user", "--map-root-user", "--mount", "sh"]);
        }
        let size = format!("{mib}m");
        let holder = command
            .args(["-c", MOUNT])
            .args([folder.path(), Path::new(&size)])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn();
        let mut holder = holder.unwrap_or_else(|error| panic!("no disk: {error}"));
        let mut said = String::new();
        if let Some(stdout) = holder.stdout.take() {
            // Nothing was said where the mount failed.
            let _ = BufReader::new(stdout).read_line(&mut said);
        }
        assert_eq!(said, "there\n", "a tmpfs of {size} was not mounted");
        let path = match root {
            true => folder.path().to_owned(),
            false => {
                let below = folder.path().strip_prefix("/").unwrap_or(folder.path());
                PathBuf::from(format!("/proc/{}/root", holder.id())).join(below)
            }
        };
        Self { _folder: folder, holder, path }
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Takes the room that is left, but for so many bytes.
    ///
    /// # Panics
    /// Where it cannot be written at all.
    pub fn fills_up_to(&self, left: u64) {
        let path = self.ballast();
        let file = OpenOptions::new().create(true).append(true).open(&path);
        let mut file = file.unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let block = [0; 4096];
        loop {
            match file.write(&block) {
                Ok(_) => {}
                Err(error) if error.kind() == ErrorKind::StorageFull => break,
                Err(error) => panic!("{}: {error}", path.display()),
            }
        }
        let written = file.metadata().map_or(0, |about| about.len());
        let cut = file.set_len(written.saturating_sub(left));
        cut.unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    }

    /// Gives the room back.
    pub fn empties(&self) {
        // What is not there takes no room.
        let _ = std::fs::remove_file(self.ballast());
    }

    fn ballast(&self) -> PathBuf {
        self.path.join("ballast")
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        drop(self.holder.stdin.take());
        let _ = self.holder.wait();
    }
}
