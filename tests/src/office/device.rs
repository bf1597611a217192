//! One installation: the command line `daybook` with a profile folder of its own. Its secrets are in a
//! file behind a passphrase, as on a branch server without a keyring.

use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::time::Duration;

use serde_json::Value;
use tempfile::TempDir;

use super::program::{Program, run, run_with_input};
use crate::desktop::built_program;

/// How often a watching device is looked at, a tenth of a second apart: less than its calm between rounds.
const TRIES: u32 = 300;

pub struct Device {
    folder: TempDir,
    server: String,
}

/// What a command answered.
#[derive(Debug)]
pub struct Answer {
    pub words: String,
    pub code: i32,
    pub json: Value,
    pub said: String,
}

/// A device that stays in sync, and all that it prints.
pub struct Watch {
    pub program: Program,
    said: PathBuf,
    /// So much of it was heard already.
    heard: usize,
}

impl Watch {
    /// All that it has said so far.
    pub fn said(&self) -> String {
        std::fs::read_to_string(&self.said).unwrap_or_default()
    }

    /// Waits until it says this after what was heard before. A device that only asks now and then has not
    /// said it by then.
    ///
    /// # Panics
    /// Where it does not.
    pub fn hears(&mut self, words: &str) {
        for _ in 0..TRIES {
            let said = std::fs::read_to_string(&self.said).unwrap_or_default();
            if let Some(at) = said.get(self.heard..).and_then(|rest| rest.find(words)) {
                self.heard += at + words.len();
                return;
            }
            std::thread::sleep(Duration::from_millis(100));
        }
        let said = std::fs::read_to_string(&self.said).unwrap_or_default();
        panic!("it never said \"{words}\" after {} bytes of:\n{said}", self.heard);
    }

    /// Waits until it has ended by itself.
    ///
    /// # Panics
    /// Where it goes on.
    pub fn ends(&mut self) {
        let ended = (0..TRIES).any(|_| {
            std::thread::sleep(Duration::from_millis(100));
            self.program.has_ended()
        });
        assert!(ended, "it goes on: {}", std::fs::read_to_string(&self.said).unwrap_or_default());
    }
}

impl Answer {
    fn of(words: &[&str], output: &Output) -> Self {
        Self {
            words: words.join(" "),
            code: output.status.code().unwrap_or(-1),
            json: serde_json::from_slice(&output.stdout).unwrap_or_default(),
            said: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }

    /// The JSON of a command that was done.
    ///
    /// # Panics
    /// Where it was not.
    pub fn expect_done(self) -> Value {
        self.expect_code(0)
    }

    /// The JSON of a command that ended with this exit code.
    ///
    /// # Panics
    /// Where it ended with another.
    pub fn expect_code(self, code: i32) -> Value {
        let Self { words, code: ended, json, said } = self;
        assert_eq!(ended, code, "daybook {words} printed {json} and said: {said}");
        json
    }
}

impl Device {
    pub(super) fn new(server: &str) -> Self {
        let folder = tempfile::tempdir().unwrap_or_else(|error| panic!("no folder: {error}"));
        let passphrase = folder.path().join("passphrase");
        let private =
            std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(passphrase);
        let written =
            private.and_then(|mut file| file.write_all(b"a passphrase of the branch server\n"));
        written.unwrap_or_else(|error| panic!("no passphrase: {error}"));
        Self { folder, server: server.to_owned() }
    }

    /// The profile folder (`DAYBOOK_HOME`).
    pub fn home(&self) -> PathBuf {
        self.folder.path().join("home")
    }

    pub fn passphrase_file(&self) -> PathBuf {
        self.folder.path().join("passphrase")
    }

    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// A command of `daybook` on this device, ready to run.
    ///
    /// # Panics
    /// Where the program was not built.
    pub fn command(&self, words: &[&str]) -> Command {
        let mut command = self.spoken(words);
        command.arg("--json");
        command
    }

    /// The same as a person types it, who is answered in words.
    ///
    /// # Panics
    /// Where the program was not built.
    pub fn spoken(&self, words: &[&str]) -> Command {
        let program = built_program("daybook").unwrap_or_else(|error| panic!("{error}"));
        let mut command = Command::new(program);
        command
            .args(words)
            .env("DAYBOOK_HOME", self.home())
            .env("DAYBOOK_SECRETS", "file")
            .env("DAYBOOK_PASSPHRASE_FILE", self.passphrase_file());
        command
    }

    /// Runs a command in an environment of these values as well, with the password where it asks for one.
    pub fn run_in(
        &self,
        around: &[(&str, &str)],
        words: &[&str],
        password: Option<&str>,
    ) -> Answer {
        let mut command = self.command(words);
        command.envs(around.iter().copied());
        Answer::of(
            words,
            &match password {
                Some(password) => run_with_input(command.arg("--password-stdin"), password),
                None => run(&mut command),
            },
        )
    }

    /// Runs a command.
    pub fn run(&self, words: &[&str]) -> Answer {
        Answer::of(words, &run(&mut self.command(words)))
    }

    /// Runs `login` with the password on standard input.
    pub fn login(&self, words: &[&str], password: &str) -> Answer {
        self.run_with_password(&[words, &["--server", &self.server]].concat(), password)
    }

    /// Runs a command that reads the password from standard input.
    pub fn run_with_password(&self, words: &[&str], password: &str) -> Answer {
        let mut command = self.command(words);
        command.arg("--password-stdin");
        Answer::of(words, &run_with_input(&mut command, password))
    }

    /// One round with the hub.
    ///
    /// # Panics
    /// Where it does not come through; Attention is no failure.
    pub fn sync(&self) -> Value {
        let answer = self.run(&["sync"]);
        assert!(matches!(answer.code, 0 | 7), "sync ended with {}: {}", answer.code, answer.said);
        answer.json
    }

    /// Creates a record and gives its id.
    ///
    /// # Panics
    /// Where it is refused.
    pub fn create(&self, entity: &str, fields: &[&str]) -> String {
        let made = self.run(&[&["create", entity], fields].concat()).expect_done();
        let id = made["id"].as_str().unwrap_or_else(|| panic!("no id in {made}"));
        id.to_owned()
    }

    /// # Panics
    /// Where it is refused.
    pub fn update(&self, entity: &str, id: &str, fields: &[&str]) -> Value {
        self.run(&[&["update", entity, id], fields].concat()).expect_done()
    }

    /// # Panics
    /// Where there is no such record.
    pub fn get(&self, entity: &str, id: &str) -> Value {
        self.run(&["get", entity, id]).expect_done()
    }

    /// Every record of the entity, as `list` prints them.
    ///
    /// # Panics
    /// Where the list is refused.
    pub fn list(&self, entity: &str) -> Vec<Value> {
        self.listed(&["list", entity, "--limit", "1000"])
    }

    /// The records of the entity that a search finds.
    ///
    /// # Panics
    /// Where the list is refused.
    pub fn found(&self, entity: &str, text: &str) -> Vec<Value> {
        self.listed(&["list", entity, "--search", text])
    }

    fn listed(&self, words: &[&str]) -> Vec<Value> {
        let output = run(&mut self.command(words));
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8_lossy(&output.stdout)
            .lines()
            .map(|line| serde_json::from_str(line).unwrap_or_else(|e| panic!("{e}: {line}")))
            .collect()
    }

    /// The open items of Attention.
    ///
    /// # Panics
    /// Where the list is refused.
    pub fn attention(&self) -> Vec<Value> {
        let output = run(&mut self.command(&["attention", "list"]));
        String::from_utf8_lossy(&output.stdout)
            .lines()
            .map(|line| serde_json::from_str(line).unwrap_or_else(|e| panic!("{e}: {line}")))
            .collect()
    }

    /// Starts a command that a test will kill.
    pub fn start(&self, words: &[&str]) -> Program {
        let mut command = self.command(words);
        command.stdout(std::process::Stdio::null()).stderr(std::process::Stdio::null());
        Program::start(&mut command)
    }

    /// Starts `sync --watch`.
    ///
    /// # Panics
    /// Where it does not start.
    pub fn watch(&self) -> Watch {
        self.stays(&["sync", "--watch"])
    }

    /// Starts a command that stays.
    ///
    /// # Panics
    /// Where it does not start.
    pub fn stays(&self, words: &[&str]) -> Watch {
        let said = self.folder.path().join("watch.log");
        let log = std::fs::File::create(&said).unwrap_or_else(|e| panic!("no log: {e}"));
        let also = log.try_clone().unwrap_or_else(|e| panic!("no log: {e}"));
        let mut command = self.command(words);
        command.stdout(log).stderr(also);
        Watch { program: Program::start(&mut command), said, heard: 0 }
    }

    /// Every byte of the profile's files, for a search after something that must not be there.
    pub fn holds(&self, needle: &[u8]) -> bool {
        files_below(&self.home())
            .iter()
            .filter_map(|path| std::fs::read(path).ok())
            .any(|bytes| bytes.windows(needle.len()).any(|window| window == needle))
    }
}

fn files_below(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    let mut files = Vec::new();
    for path in entries.flatten().map(|entry| entry.path()) {
        if path.is_dir() {
            files.extend(files_below(&path));
        } else {
            files.push(path);
        }
    }
    files
}
