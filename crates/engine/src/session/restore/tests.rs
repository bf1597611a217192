//! What a person finds whose profile lost a file, and that nothing of it is left behind unasked.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use contract::{
    AmongCopies, Cell, Change, Command, Failure, FailureCode, RecordChanges, Reply, SignIn,
    SignedIn, Status,
};
use domain::permissions::{Lease, LeaseTerm, PinnedKey, StandardRole};
use ed25519_dalek::SigningKey;
use sync_protocol::auth::{DeviceSession, LoginReply};
use tempfile::TempDir;
use uuid::Uuid;

use crate::Engine;
use crate::desk::{ANNA, DEVICE, Machine, TENANT, rights};
use crate::host::Host;
use crate::http::canned::{Answer, Canned};
use crate::profile::Settings;

/// A machine with one profile, and a hub that lets Anna in.
struct Home {
    folder: TempDir,
    machine: Arc<Machine>,
    hub: Canned,
}

impl Home {
    async fn new() -> Self {
        let machine = Machine::new();
        let reply = let_in(&machine, DEVICE);
        Self::with(machine, vec![reply; 5]).await
    }

    /// A machine whose hub gives these answers.
    async fn with(machine: Arc<Machine>, replies: Vec<Answer>) -> Self {
        let hub = Canned::with(replies).await;
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("passphrase"), "a passphrase").unwrap();
        Self { folder, machine, hub }
    }

    /// Signed in, with one unit that the hub has not received; closed again.
    async fn with_work() -> (Self, String) {
        let home = Self::new().await;
        let code = home.work().await;
        (home, code)
    }

    async fn work(&self) -> String {
        let home = self;
        let engine = home.open().await;
        let code = sign_in(&engine, home.login()).await.unwrap().recovery_code.unwrap();
        engine.call(Command::RecoveryCodeShown).await.unwrap();
        let field = |field: &str, text: &str| Change {
            field: field.to_owned(),
            from: None,
            to: Cell::from(text),
        };
        let fields = vec![field("name", "Ada"), field("code", "C1")];
        let changes = RecordChanges { fields, children: Vec::new() };
        let save = Command::Save { entity: "customer".to_owned(), id: None, changes };
        engine.call(save).await.unwrap();
        engine.close().await;
        drop(engine);
        code
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join("home").join(name)
    }

    /// Starts the program.
    async fn open(&self) -> Engine {
        let settings = Settings {
            home: Some(self.folder.path().join("home")),
            secrets: Some("file".to_owned()),
            passphrase_file: Some(self.folder.path().join("passphrase")),
            ..Settings::default()
        };
        let host = Arc::clone(&self.machine) as Arc<dyn Host>;
        Engine::open(settings, host).await.unwrap()
    }

    fn login(&self) -> SignIn {
        SignIn {
            server: self.hub.address.clone(),
            tenant: "acme".to_owned(),
            email: "anna@acme.example".to_owned(),
            password: "correct horse battery".to_owned(),
            device_name: None,
            recovery_code: None,
            set_aside: false,
            among_copies: None,
            ca_file: None,
            proxy: None,
        }
    }

    fn files(&self) -> BTreeMap<PathBuf, Vec<u8>> {
        files(&self.folder.path().join("home"))
    }

    /// The way on that a person chooses, and the next start of the program after it.
    async fn goes_on_when_put_aside(&self) {
        let engine = self.open().await;
        let begun = sign_in(&engine, SignIn { set_aside: true, ..self.login() }).await.unwrap();
        assert_eq!(begun.set_aside_unsent, Some(1), "{begun:?}");
        drop(engine);
        let status = status(&self.open().await).await.unwrap();
        assert_eq!(status.user.as_deref(), Some("anna@acme.example"));
        assert_eq!(status.pending, 0);
    }

    /// Whatever is asked is refused, with what the copy held, and nothing is touched by it.
    async fn says_that_it_is_shut(&self) {
        let before = self.files();
        let engine = self.open().await;
        for told in [
            status(&engine).await.unwrap_err(),
            engine.call(Command::Describe).await.unwrap_err(),
            sign_in(&engine, self.login()).await.unwrap_err(),
        ] {
            assert_eq!(told.code, FailureCode::CannotOpen);
            assert_eq!(told.code.exit_code(), 8);
            let held = "It held 1 change that the sync server had not received, the oldest of 20";
            assert!(told.message.contains(held), "{told}");
            assert!(told.message.contains("--set-aside"), "{told}");
        }
        engine.close().await;
        drop(engine);
        assert_eq!(self.files(), before);
    }
}

fn let_in(machine: &Machine, device: Uuid) -> Answer {
    let key = SigningKey::from_bytes(&[9; 32]);
    let rights = rights(StandardRole::Manager);
    let lease = Lease::issue(TENANT, device, 17, rights, LeaseTerm::default(), machine.now());
    let reply = LoginReply {
        access_token: "a0".to_owned(),
        access_expires_in: 600,
        tenant_id: TENANT,
        tenant_name: "Acme".to_owned(),
        user_id: ANNA,
        user_name: "Anna".to_owned(),
        session: Some(DeviceSession {
            device_id: device,
            epoch: 1,
            refresh_token: "r0".to_owned(),
            lease: lease.sign(&key),
            lease_key: PinnedKey::new(1, key.verifying_key().to_bytes()).unwrap(),
            courier_key: None,
            chain: None,
        }),
    };
    Answer::Json(200, serde_json::to_string(&reply).unwrap())
}

fn files(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut found = BTreeMap::new();
    for entry in std::fs::read_dir(folder).unwrap().flatten() {
        match entry.path() {
            folder if folder.is_dir() => found.extend(files(&folder)),
            file => {
                let bytes = std::fs::read(&file).unwrap();
                found.insert(file, bytes);
            }
        }
    }
    found
}

async fn sign_in(engine: &Engine, request: SignIn) -> Result<SignedIn, Failure> {
    match engine.call(Command::SignIn(request)).await? {
        Reply::SignedIn(signed_in) => Ok(signed_in),
        reply => panic!("a sign-in answers with who is signed in, not {reply:?}"),
    }
}

async fn status(engine: &Engine) -> Result<Status, Failure> {
    match engine.call(Command::Status).await? {
        Reply::Status(status) => Ok(status),
        reply => panic!("a status is asked for, and {reply:?} comes"),
    }
}

#[tokio::test]
async fn a_copy_whose_profile_file_is_lost_is_kept_until_the_person_decides() {
    let (home, _) = Home::with_work().await;
    std::fs::remove_file(home.path("profile.json")).unwrap();
    home.says_that_it_is_shut().await;
    home.goes_on_when_put_aside().await;
}

#[tokio::test]
async fn a_profile_file_that_is_no_more_readable_is_as_good_as_lost() {
    let (home, _) = Home::with_work().await;
    std::fs::write(home.path("profile.json"), b"{\"profile_id\":").unwrap();
    home.says_that_it_is_shut().await;
    home.goes_on_when_put_aside().await;
}

#[tokio::test]
async fn the_recovery_code_brings_a_copy_back_that_lost_its_profile_file() {
    let (home, code) = Home::with_work().await;
    std::fs::remove_file(home.path("profile.json")).unwrap();
    let engine = home.open().await;
    let recover = SignIn { recovery_code: Some(code), ..home.login() };
    let begun = sign_in(&engine, recover).await.unwrap();
    assert_eq!((begun.status.pending, begun.set_aside), (1, None));
    drop(engine);
    assert_eq!(status(&home.open().await).await.unwrap().pending, 1);
}

#[tokio::test]
async fn an_empty_or_missing_database_is_not_taken_for_nobody() {
    for empty in [true, false] {
        let (home, _) = Home::with_work().await;
        for beside in ["daybook.db-wal", "daybook.db-shm"] {
            let _ = std::fs::remove_file(home.path(beside));
        }
        match empty {
            true => std::fs::write(home.path("daybook.db"), b"").unwrap(),
            false => std::fs::remove_file(home.path("daybook.db")).unwrap(),
        }
        home.says_that_it_is_shut().await;
        home.goes_on_when_put_aside().await;
    }
}

#[tokio::test]
async fn a_recovery_code_that_was_never_shown_is_drawn_anew() {
    let home = Home::new().await;
    let engine = home.open().await;
    let lost = sign_in(&engine, home.login()).await.unwrap().recovery_code.unwrap();
    // The program ends before it printed the code.
    drop(engine);
    let engine = home.open().await;
    let code = status(&engine).await.unwrap().recovery_code.unwrap();
    assert_ne!(code, lost);
    assert_eq!(
        status(&engine).await.unwrap().recovery_code,
        Some(code.clone()),
        "it stays the same"
    );
    engine.call(Command::RecoveryCodeShown).await.unwrap();
    assert_eq!(status(&engine).await.unwrap().recovery_code, None);
    drop(engine);

    let engine = home.open().await;
    assert_eq!(status(&engine).await.unwrap().recovery_code, None);
    drop(engine);
    // The keys are lost: the code that was shown opens the copy.
    std::fs::remove_file(home.path("secrets.json")).unwrap();
    let engine = home.open().await;
    let wrong = SignIn { recovery_code: Some(lost), ..home.login() };
    assert!(sign_in(&engine, wrong).await.is_err());
    let right = SignIn { recovery_code: Some(code), ..home.login() };
    sign_in(&engine, right).await.unwrap();
}

#[cfg(unix)]
#[tokio::test]
async fn every_file_of_a_profile_is_for_its_owner_alone() {
    use std::os::unix::fs::PermissionsExt as _;
    let (home, _) = Home::with_work().await;
    let mode = |name: &str| home.path(name).metadata().unwrap().permissions().mode() & 0o777;
    // As an older Daybook left it.
    let open = std::fs::Permissions::from_mode(0o644);
    std::fs::set_permissions(home.path("daybook.db"), open).unwrap();
    let _engine = home.open().await;
    for file in home.files().into_keys() {
        let name = file.file_name().unwrap().to_string_lossy().into_owned();
        assert_eq!(mode(&name), 0o600, "{name}");
    }
}

#[tokio::test]
async fn a_device_whose_rights_are_over_says_so_in_its_status() {
    let (home, _) = Home::with_work().await;
    let engine = home.open().await;
    assert_eq!(status(&engine).await.unwrap().refused, None);
    home.machine.pass(chrono::TimeDelta::days(80 * 365));
    let status = status(&engine).await.unwrap();
    assert_eq!(status.rights.unwrap().standing, contract::RightsStanding::Locked);
    let told = status.refused.unwrap();
    let listed = engine.call(Command::Describe).await.unwrap_err();
    assert_eq!(told, listed.message);
}

#[tokio::test]
async fn a_copy_whose_sign_in_was_lost_under_way_becomes_one_device_and_not_two() {
    let (machine, other) = (Machine::new(), Uuid::from_u128(0xDF));
    let replies = vec![let_in(&machine, DEVICE), Answer::Lost, let_in(&machine, other)];
    let home = Home::with(machine, replies).await;
    let first_code = home.work().await;
    let engine = home.open().await;
    let copy = SignIn { among_copies: Some(AmongCopies::Copy), ..home.login() };
    assert_eq!(sign_in(&engine, copy.clone()).await.unwrap_err().code, FailureCode::Unreachable);
    // It is still what it was, and the person may say otherwise.
    assert_eq!(status(&engine).await.unwrap().pending, 1);
    let begun = sign_in(&engine, copy).await.unwrap();
    assert_eq!(begun.status.pending, 1);
    let code = begun.recovery_code.unwrap();
    assert_ne!(code, first_code, "what was printed opens the keys of the other device");
    engine.call(Command::RecoveryCodeShown).await.unwrap();
    drop(engine);

    let claims: Vec<serde_json::Value> = home
        .hub
        .asked()
        .iter()
        .map(|request| serde_json::from_str(request.split_once("\r\n\r\n").unwrap().1).unwrap())
        .map(|body: serde_json::Value| body["device"].clone())
        .collect();
    let key = |at: usize| claims[at]["signing_key"].clone();
    assert_eq!(key(1), key(2), "the hub knows it again");
    assert_ne!(key(0), key(1));
    assert_eq!(claims[2]["copy_of"], DEVICE.to_string());
    // The work is the first of a chain of its own, and the copy opens with the new keys.
    let engine = home.open().await;
    assert_eq!(status(&engine).await.unwrap().pending, 1);
    drop(engine);
    std::fs::remove_file(home.path("secrets.json")).unwrap();
    let engine = home.open().await;
    let recover = SignIn { recovery_code: Some(first_code), ..home.login() };
    assert_eq!(sign_in(&engine, recover).await.unwrap_err().code, FailureCode::Refused);
}
