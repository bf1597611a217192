//! Programs that are run to their end, and ones that run until they are stopped or killed.

use std::io::Write as _;
use std::process::{Child, Command, Output, Stdio};

/// Runs a program to its end and keeps what it printed.
///
/// # Panics
/// Where the program cannot be started.
pub fn run(command: &mut Command) -> Output {
    run_with_input(command, "")
}

/// The same, with a text on its standard input.
///
/// # Panics
/// Where the program cannot be started.
pub fn run_with_input(command: &mut Command, input: &str) -> Output {
    let name = command.get_program().to_string_lossy().into_owned();
    let child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn();
    let mut child = child.unwrap_or_else(|error| panic!("{name} did not start: {error}"));
    if let Some(mut stdin) = child.stdin.take() {
        // A program that does not read its input may close it first.
        let _ = stdin.write_all(input.as_bytes());
    }
    child.wait_with_output().unwrap_or_else(|error| panic!("{name} was lost: {error}"))
}

/// A program in the background; it dies with the test.
#[derive(Debug)]
pub struct Program {
    child: Child,
}

impl Program {
    /// # Panics
    /// Where the program cannot be started.
    pub fn start(command: &mut Command) -> Self {
        let name = command.get_program().to_string_lossy().into_owned();
        let child = command.stdin(Stdio::null()).spawn();
        Self { child: child.unwrap_or_else(|error| panic!("{name} did not start: {error}")) }
    }

    /// kill -9, at once.
    pub fn kill(&mut self) {
        // A program that has ended by itself is as good as killed.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    /// Until it ends by itself.
    pub fn wait(&mut self) {
        let _ = self.child.wait();
    }

    /// Stops it without ending it (SIGSTOP), as a machine does that hangs.
    ///
    /// # Panics
    /// Where the signal cannot be sent.
    pub fn freeze(&self) {
        self.signal(rustix::process::Signal::STOP);
    }

    /// Lets it go on.
    ///
    /// # Panics
    /// Where the signal cannot be sent.
    pub fn thaw(&self) {
        self.signal(rustix::process::Signal::CONT);
    }

    fn signal(&self, signal: rustix::process::Signal) {
        let pid = rustix::process::Pid::from_child(&self.child);
        let sent = rustix::process::kill_process(pid, signal);
        sent.unwrap_or_else(|error| panic!("the signal was not sent: {error}"));
    }

    /// The most memory it had resident at one time since [`Program::forgets_peak`] or its start, in bytes.
    ///
    /// # Panics
    /// Where it has ended.
    pub fn peak_memory(&self) -> u64 {
        let path = format!("/proc/{}/status", self.child.id());
        let status = std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{path}: {e}"));
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let kib = line.and_then(|line| line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok());
        kib.unwrap_or_else(|| panic!("no peak of memory in {path}")) * 1024
    }

    /// Its peak of memory begins anew from what it holds now.
    ///
    /// # Panics
    /// Where it has ended.
    pub fn forgets_peak(&self) {
        // 5: the kernel's number for it, see proc(5).
        let path = format!("/proc/{}/clear_refs", self.child.id());
        std::fs::write(&path, "5").unwrap_or_else(|error| panic!("{path}: {error}"));
    }

    pub fn has_ended(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(Some(_)) | Err(_))
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        self.kill();
    }
}
