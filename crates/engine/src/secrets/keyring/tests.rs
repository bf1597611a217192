//! The keyring as people have it: a real secret service on a bus of the test's own, and the ways in
//! which a machine has none. Each story runs in a process of its own, because a process asks for its
//! keyring once.

use std::path::Path;
use std::process::Command;

use super::*;
use crate::host::{Host as _, SystemHost};
use crate::profile::{Profile, Settings};
use crate::secrets::{DeviceKeys, SecretError, Vault};

/// Set in the process that lives inside the surroundings of the story.
const INSIDE: &str = "DAYBOOK_TEST_INSIDE";

/// Runs the calling test once more as a program of its own, started by `around`, and passes on how it
/// ended. Answers whether this *is* that program.
fn in_surroundings(test: &str, around: impl FnOnce(&Path, &str) -> Command) -> bool {
    if std::env::var_os(INSIDE).is_some() {
        return true;
    }
    let folder = tempfile::tempdir().unwrap();
    let program = std::env::current_exe().unwrap();
    let inner =
        format!("'{}' --exact 'secrets::keyring::tests::{test}' --nocapture", program.display());
    let mut command = around(folder.path(), &inner);
    let home = folder.path().join("home");
    std::fs::create_dir(&home).unwrap();
    let output = command
        .env(INSIDE, "1")
        .env("HOME", &home)
        .env("XDG_DATA_HOME", home.join("share"))
        .env("XDG_RUNTIME_DIR", folder.path())
        .output()
        .unwrap_or_else(|error| panic!("{error}: ./daybook-dev packages installs what this needs"));
    let said = String::from_utf8_lossy(&output.stdout).into_owned()
        + &String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    assert!(said.contains("1 passed"), "the story was not told: {said}");
    false
}

fn shell(script: String) -> Command {
    let mut command = Command::new("bash");
    command.args(["-c", &script]);
    command
}

/// A bus, and on it a keyring that the password opens.
fn with_keyring(inner: &str, password: &str) -> String {
    format!(
        "printf '{password}\\n' | gnome-keyring-daemon --unlock --components=secrets >/dev/null && {inner}"
    )
}

#[test]
fn a_real_keyring_keeps_the_keys_and_forgets_them_when_told() {
    let told =
        in_surroundings("a_real_keyring_keeps_the_keys_and_forgets_them_when_told", |_, inner| {
            let mut command = Command::new("dbus-run-session");
            command.args(["--", "bash", "-c", &with_keyring(inner, "first")]);
            command
        });
    if !told {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let profile = Profile::own(folder.path()).unwrap();
    let host = SystemHost::new(|_| {});
    let (mine, other) = (host.new_id(), host.new_id());
    let vault = Vault::choose(&Settings::default()).unwrap();
    assert!(vault.keys(&profile, mine).unwrap().is_none());
    let keys = DeviceKeys::draw(&host);
    vault.keep_keys(&profile, mine, &keys, &host).unwrap();

    let found = vault.keys(&profile, mine).unwrap().unwrap();
    assert_eq!(found.database(), keys.database());
    assert!(vault.keys(&profile, other).unwrap().is_none(), "another profile's keys are not ours");
    let listed = Command::new("secret-tool").args(["search", "--all", "service", SERVICE]).output();
    let listed = listed.unwrap();
    let seen = String::from_utf8_lossy(&listed.stdout).into_owned()
        + &String::from_utf8_lossy(&listed.stderr);
    assert!(seen.contains(&format!("{mine}/keys")), "{seen}");
    assert_eq!(
        std::fs::read_dir(folder.path()).unwrap().count(),
        1,
        "only the lock is in the folder"
    );

    vault.forget(&profile, mine, Name::Keys, &host).unwrap();
    assert!(vault.keys(&profile, mine).unwrap().is_none());
    vault.forget(&profile, mine, Name::Keys, &host).unwrap();
}

#[test]
fn a_machine_without_a_bus_has_no_keyring_and_is_told_what_to_do() {
    let told = in_surroundings(
        "a_machine_without_a_bus_has_no_keyring_and_is_told_what_to_do",
        |folder, inner| {
            let nowhere = format!("unix:path={}/nobody", folder.display());
            let mut command = shell(inner.to_owned());
            command.env("DBUS_SESSION_BUS_ADDRESS", nowhere);
            command
        },
    );
    if told {
        let refused = Vault::choose(&Settings::default()).unwrap_err();
        assert!(matches!(refused, SecretError::NoKeyring { .. }), "{refused}");
        assert!(refused.to_string().contains("DAYBOOK_SECRETS=file"), "{refused}");
    }
}

#[test]
fn a_bus_without_a_secret_service_is_no_keyring_either() {
    let told =
        in_surroundings("a_bus_without_a_secret_service_is_no_keyring_either", |folder, inner| {
            // A bus that may start no service by itself.
            let config = folder.join("bus.conf");
            std::fs::write(
                &config,
                "<busconfig><type>session</type><listen>unix:tmpdir=/tmp</listen>\
                 <auth>EXTERNAL</auth><policy context=\"default\"><allow send_destination=\"*\"/>\
                 <allow own=\"*\"/><allow receive_sender=\"*\"/></policy></busconfig>",
            )
            .unwrap();
            let mut command = Command::new("dbus-run-session");
            command.arg("--config-file").arg(config).args(["--", "bash", "-c", inner]);
            command
        });
    if told {
        let refused = Vault::choose(&Settings::default()).unwrap_err();
        assert!(matches!(refused, SecretError::NoKeyring { .. }), "{refused}");
    }
}

#[test]
fn a_keyring_that_stays_locked_gives_nothing_and_does_not_hang() {
    let told = in_surroundings(
        "a_keyring_that_stays_locked_gives_nothing_and_does_not_hang",
        |_, inner| {
            // The first daemon makes the keyring under one password; the second is given another.
            let make = "printf 'first\\n' | gnome-keyring-daemon --unlock --components=secrets >/dev/null; \
                        printf x | secret-tool store --label=x service x";
            let script = format!(
                "dbus-run-session -- bash -c \"{make}\" && dbus-run-session -- bash -c \"{}\"",
                with_keyring(inner, "wrong")
            );
            shell(script)
        },
    );
    if told {
        let refused = Vault::choose(&Settings::default())
            .and_then(|vault| {
                let folder = tempfile::tempdir().unwrap();
                let profile = Profile::own(folder.path()).unwrap();
                let host = SystemHost::new(|_| {});
                vault.keep_keys(&profile, host.new_id(), &DeviceKeys::draw(&host), &host)
            })
            .unwrap_err();
        assert!(
            matches!(refused, SecretError::Locked { .. } | SecretError::NoKeyring { .. }),
            "{refused}"
        );
        assert_eq!(contract::Failure::from(refused).code.exit_code(), 8);
    }
}
