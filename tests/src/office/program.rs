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

    pub fn has_ended(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(Some(_)) | Err(_))
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        self.kill();
    }
}
