//! `daybook` as a script sees it, without a hub: exit codes, what stands on stdout, and what is left
//! on the disk.

#![allow(clippy::unwrap_used, reason = "a story that cannot be set up has to fail")]

use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;

/// The program with a profile of its own, its keys in a file under a passphrase.
fn daybook(folder: &Path) -> Command {
    let passphrase = folder.join("passphrase");
    std::fs::write(&passphrase, "a passphrase of the branch\n").unwrap();
    let mut command = bare(folder);
    command.env("DAYBOOK_SECRETS", "file").env("DAYBOOK_PASSPHRASE_FILE", passphrase);
    command
}

/// The program on a machine without a bus, and so without a keyring.
fn bare(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_daybook"));
    command
        .env_remove("DAYBOOK_SECRETS")
        .env_remove("DAYBOOK_PASSPHRASE_FILE")
        .env("DAYBOOK_HOME", folder.join("home"))
        .env("DBUS_SESSION_BUS_ADDRESS", format!("unix:path={}/nobody", folder.display()));
    command
}

fn ended(output: &Output) -> (i32, Value, String) {
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    let json = serde_json::from_slice(&output.stdout).unwrap_or_default();
    (output.status.code().unwrap_or(-1), json, said)
}

fn run(command: &mut Command, words: &[&str]) -> (i32, Value, String) {
    ended(&command.args(words).arg("--json").output().unwrap())
}

fn login(command: &mut Command, server: &str) -> (i32, Value, String) {
    use std::io::Write as _;
    command.args(["login", "--server", server, "--tenant", "acme", "--email", "a@b.example"]);
    command.args(["--password-stdin", "--json"]);
    let pipe = std::process::Stdio::piped;
    let mut child = command.stdin(pipe()).stdout(pipe()).stderr(pipe()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(b"correct horse battery\n").unwrap();
    ended(&child.wait_with_output().unwrap())
}

#[test]
fn without_a_keyring_and_without_a_choice_nothing_is_touched() {
    let folder = tempfile::tempdir().unwrap();
    let (code, json, said) = run(&mut bare(folder.path()), &["status"]);
    assert_eq!(code, 8, "{said}");
    assert_eq!(json["error"]["code"], "no_keyring");
    assert!(said.contains("DAYBOOK_SECRETS=file"), "{said}");
    assert!(!folder.path().join("home").exists());
    let (code, _, _) = login(&mut bare(folder.path()), "http://127.0.0.1:9");
    assert_eq!(code, 8);
    assert!(!folder.path().join("home").exists());
}

#[test]
fn a_choice_that_is_none_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let (code, _, said) = run(bare(folder.path()).env("DAYBOOK_SECRETS", "vault"), &["status"]);
    assert_eq!(code, 2, "{said}");
    let (code, _, said) = run(bare(folder.path()).env("DAYBOOK_SECRETS", "file"), &["status"]);
    assert_eq!(code, 8, "{said}");
    assert!(said.contains("DAYBOOK_PASSPHRASE_FILE"), "{said}");
}

#[test]
fn nobody_is_signed_in_at_first() {
    let folder = tempfile::tempdir().unwrap();
    let (code, status, said) = run(&mut daybook(folder.path()), &["status"]);
    assert_eq!(code, 0, "{said}");
    assert_eq!(status["signed_in"], Value::Null);
    for words in [
        &["list", "customer"] as &[&str],
        &["get", "customer", "C1"],
        &["create", "customer", "name=Ada"],
        &["attention", "list"],
        &["attention"],
        &["sync"],
        &["verify"],
    ] {
        let (code, json, said) = run(&mut daybook(folder.path()), words);
        assert_eq!(code, 3, "{words:?}: {said}");
        assert_eq!(json["error"]["code"], "not_signed_in", "{words:?}");
    }
}

#[test]
fn a_hub_that_is_not_there_is_said_to_be_unreachable() {
    let folder = tempfile::tempdir().unwrap();
    // Bound and given back: nobody listens there.
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let (code, _, said) = login(&mut daybook(folder.path()), &format!("http://127.0.0.1:{port}"));
    assert_eq!(code, 6, "{said}");
    assert!(!said.contains("correct horse"), "{said}");
    let (code, status, _) = run(&mut daybook(folder.path()), &["status"]);
    assert_eq!((code, &status["signed_in"]), (0, &Value::Null));
}

#[test]
fn a_password_is_not_sent_in_plain_to_another_machine() {
    let folder = tempfile::tempdir().unwrap();
    let (code, _, said) = login(&mut daybook(folder.path()), "http://hub.example");
    assert_eq!(code, 2, "{said}");
    assert!(said.contains("https"), "{said}");
}

#[test]
fn words_that_are_no_command_end_with_usage() {
    let folder = tempfile::tempdir().unwrap();
    for words in [
        &["frobnicate"] as &[&str],
        &["get", "customer"],
        &["update", "customer", "C1"],
        &["sync", "--every", "soon"],
        &[],
    ] {
        // The words say that JSON is wanted, wherever they do.
        for words in [[words, &["--json"]].concat(), [&["--json"], words].concat()] {
            let output = daybook(folder.path()).args(&words).output().unwrap();
            let (code, json, said) = ended(&output);
            assert_eq!(code, 2, "{words:?}: {said}");
            assert_eq!(json["error"]["code"], "usage", "{words:?}: {said}");
            assert!(!json["error"]["message"].as_str().unwrap().is_empty(), "{words:?}");
            assert!(!said.is_empty(), "{words:?}");
        }
        let output = daybook(folder.path()).args(words).output().unwrap();
        assert_eq!((output.status.code(), output.stdout.len()), (Some(2), 0), "{words:?}");
    }
    let asked = daybook(folder.path()).args(["--help", "--json"]).output().unwrap();
    assert_eq!(asked.status.code(), Some(0), "help is an answer");
}

#[test]
fn an_interval_without_a_pause_is_refused_by_name() {
    let folder = tempfile::tempdir().unwrap();
    for text in ["0s", "999ms", "0ns"] {
        let (code, json, said) = run(&mut daybook(folder.path()), &["sync", "--every", text]);
        assert_eq!(code, 2, "{text}: {said}");
        let message = json["error"]["message"].as_str().unwrap();
        assert!(message.contains("--every") && message.contains("1s"), "{message}");
    }
    // A good one gets as far as asking who is signed in.
    let (code, _, said) = run(&mut daybook(folder.path()), &["sync", "--every", "4h"]);
    assert_eq!(code, 3, "{said}");
}

#[test]
fn an_answer_that_cannot_be_written_is_a_fault() {
    let folder = tempfile::tempdir().unwrap();
    for words in [&["status"] as &[&str], &["status", "--json"], &["--help"], &["--version"]] {
        let full = std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
        let output = daybook(folder.path()).args(words).stdout(full).output().unwrap();
        let (code, _, said) = ended(&output);
        assert_eq!(code, 1, "{words:?}: {said}");
        assert!(said.contains("stdout"), "{words:?}: {said}");
    }
    // A reader that left early is none.
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let output = daybook(folder.path()).arg("status").stdout(writer).output().unwrap();
    assert_eq!(ended(&output).0, 0, "{}", ended(&output).2);
}

#[test]
fn a_profile_has_one_owner_and_the_second_is_told() {
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(run(&mut daybook(folder.path()), &["status"]).0, 0);
    let lock = std::fs::File::open(folder.path().join("home/lock")).unwrap();
    lock.lock().unwrap();
    let (code, json, said) = run(&mut daybook(folder.path()), &["status"]);
    assert_eq!(code, 8, "{said}");
    assert_eq!(json["error"]["code"], "profile_in_use");
    assert!(said.contains("another program"), "{said}");
    drop(lock);
    assert_eq!(run(&mut daybook(folder.path()), &["status"]).0, 0);
}
