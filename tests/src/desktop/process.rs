//! Programs that a desk starts: each in a process group of its own, and none outlives its owner.

use std::io::{BufRead as _, BufReader};
use std::net::{Ipv4Addr, TcpListener};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal};

use super::Trouble;

/// How long a program may take to come up or to go.
pub const PATIENCE: Duration = Duration::from_secs(20);

/// How long a program gets to end by itself before it is killed.
const GRACE: Duration = Duration::from_secs(5);

/// How often something is asked again.
pub const PAUSE: Duration = Duration::from_millis(50);

/// A running program and all it started. Dropping it ends them.
#[derive(Debug)]
pub struct Running {
    child: Child,
}

impl Running {
    pub fn start(command: &mut Command) -> Result<Self, Trouble> {
        let program = command.get_program().to_string_lossy().into_owned();
        match command.process_group(0).spawn() {
            Ok(child) => Ok(Self { child }),
            Err(source) => Err(Trouble::Start { program, source }),
        }
    }

    /// Starts a program and reads the one line in which it says where it can be reached.
    pub fn start_and_hear(command: &mut Command) -> Result<(Self, String), Trouble> {
        let program = command.get_program().to_string_lossy().into_owned();
        let mut running = Self::start(command.stdout(Stdio::piped()))?;
        let mut line = String::new();
        if let Some(output) = running.child.stdout.take() {
            // The line ends by itself: the program writes it, or its end closes the pipe.
            let read = BufReader::new(output).read_line(&mut line);
            read.map_err(|source| Trouble::Start { program: program.clone(), source })?;
        }
        let line = line.trim().to_owned();
        if line.is_empty() {
            let source = std::io::Error::other("it ended without saying where it listens");
            return Err(Trouble::Start { program, source });
        }
        Ok((running, line))
    }

    pub fn input(&mut self) -> Option<std::process::ChildStdin> {
        self.child.stdin.take()
    }

    fn has_ended(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(Some(_)) | Err(_))
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let group = Pid::from_child(&self.child);
        // A group that is gone already is as good as ended.
        let _ = rustix::process::kill_process_group(group, Signal::TERM);
        let end = Instant::now() + GRACE;
        while !self.has_ended() && Instant::now() < end {
            std::thread::sleep(PAUSE);
        }
        let _ = rustix::process::kill_process_group(group, Signal::KILL);
        let _ = self.child.wait();
    }
}

/// A port on the loopback address that was free a moment ago.
pub fn free_port() -> Result<u16, Trouble> {
    let bound = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).and_then(|bound| bound.local_addr());
    match bound {
        Ok(address) => Ok(address.port()),
        Err(source) => Err(Trouble::Start { program: "a listener on loopback".to_owned(), source }),
    }
}

/// The folder that cargo puts programs into: the one this very program lies in, or below.
pub fn build_folder() -> Result<PathBuf, Trouble> {
    let here = std::env::current_exe()
        .map_err(|source| Trouble::Start { program: "the test".to_owned(), source })?;
    let folder = here.parent().unwrap_or(&here);
    let is_nested = folder.file_name().is_some_and(|name| name == "deps");
    Ok(folder.parent().filter(|_| is_nested).unwrap_or(folder).to_owned())
}

/// One of our own programs, as it was built last.
pub fn built_program(name: &str) -> Result<PathBuf, Trouble> {
    let path = build_folder()?.join(name);
    if path.is_file() {
        return Ok(path);
    }
    let program = path.display().to_string();
    Err(Trouble::Missing { program, cure: "build it with ./daybook-dev build" })
}

/// The processes that run `program` with `variable=value` in their environment.
pub fn processes_of(program: &Path, variable: &str, value: &Path) -> Vec<Pid> {
    let wanted = format!("{variable}={}", value.display());
    let Ok(entries) = std::fs::read_dir("/proc") else { return Vec::new() };
    let numbers = entries.flatten().filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    numbers
        .filter(|number: &i32| {
            let folder = PathBuf::from(format!("/proc/{number}"));
            let runs_it = std::fs::read_link(folder.join("exe")).is_ok_and(|exe| exe == program);
            let environment = std::fs::read(folder.join("environ")).unwrap_or_default();
            runs_it && environment.split(|byte| *byte == 0).any(|line| line == wanted.as_bytes())
        })
        .filter_map(Pid::from_raw)
        .collect()
}
