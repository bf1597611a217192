//! What lies on the disk of a person's machine, and who can read it: nobody without the keyring, and even with
//! the key there is nothing in the file that its person may not see.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use rusqlite::{Connection, ErrorCode};
use serde_json::Value;
use system_tests::desktop::{Desk, Trouble};
use system_tests::office::Hub;

use crate::arriving::sign_in;

const CUSTOMER: &str = "Quittengelee Xaver";
const SUPPLIER: &str = "Zimtsternlieferant";

#[tokio::test]
async fn a_lost_keyring_stops_the_app_and_leaves_the_file_as_it_is() -> Result<(), Trouble> {
    let hub = Hub::start();
    let tenant = hub.tenant("keyring");
    let seed = hub.device_of(&tenant.admin);
    seed.create("customer", &[&format!("name={CUSTOMER}"), "code=C1"]);
    seed.sync();
    let mut desk = Desk::new("keyring")?;
    let app = desk.open().await?;
    sign_in(&app, &hub, &tenant.admin).await?;
    app.shows(CUSTOMER).await?;

    // While the app is open, and its log is full of what came.
    let (key, token) = (secret(&desk, "database_key")?, secret(&desk, "refresh_token")?);
    let profile = files(&desk.profile());
    assert!(profile.keys().any(|path| path.ends_with("daybook.db-wal")), "{:?}", profile.keys());
    for (path, bytes) in profile.iter().chain(&files(&desk.keyring_folder())) {
        for planted in [CUSTOMER, &key, &token] {
            assert!(!holds(bytes, planted), "{planted} stands in {}", path.display());
        }
    }
    app.close().await?;

    let database = desk.profile().join("daybook.db");
    for wrong in [None, Some("00".repeat(32))] {
        let refused =
            open(&database, wrong.as_deref()).map(drop).map_err(|e| e.sqlite_error_code());
        assert_eq!(refused, Err(Some(ErrorCode::NotADatabase)));
    }
    let pages = decrypted(&database, &key);
    assert!(holds(&pages, CUSTOMER), "the search can find what is there");

    desk.lose_keyring()?;
    assert_eq!(desk.secrets()?, Vec::<String>::new());
    let before = files(&desk.profile());
    let app = desk.open().await?;
    app.shows("Its keys are no longer where they were kept").await?;
    app.stops_showing(CUSTOMER).await?;
    app.close().await?;
    let after = files(&desk.profile());
    let of_the_copy = |path: &&PathBuf| path.display().to_string().contains("daybook.db");
    for path in before.keys().chain(after.keys()).filter(of_the_copy) {
        assert_eq!(before.get(path), after.get(path), "{} was touched", path.display());
    }
    assert!(before.keys().any(|path| path.ends_with("daybook.db")));
    Ok(())
}

#[tokio::test]
async fn a_clerk_s_decrypted_file_holds_no_supplier() -> Result<(), Trouble> {
    let hub = Hub::start();
    let tenant = hub.tenant("clerk");
    let admin = hub.device_of(&tenant.admin);
    admin.create("supplier", &[&format!("name={SUPPLIER}"), "code=S1", "city=Lebkuchenstadt"]);
    admin.create("item_category", &["name=Quittengelee", "code=K1"]);
    admin.sync();
    let desk = Desk::new("clerk")?;
    let app = desk.open().await?;
    sign_in(&app, &hub, &hub.user(&tenant, "clerk", "sales")).await?;
    app.link("Item categories").click().await?;
    app.shows("Quittengelee").await?;
    assert_eq!(app.link("Suppliers").count().await?, 0);
    // A later supplier comes no nearer.
    admin.create("supplier", &[&format!("name={SUPPLIER} the second"), "code=S2"]);
    admin.create("item_category", &["name=Marzipan", "code=K2"]);
    admin.sync();
    app.shows("Marzipan").await?;
    let key = secret(&desk, "database_key")?;
    app.close().await?;

    let pages = decrypted(&desk.profile().join("daybook.db"), &key);
    // The search index holds words folded and in parts.
    for there in ["quittengelee", "marzipan"] {
        assert!(holds(&pages, there), "{there}: the search can find what is there");
    }
    for never in ["zimtstern", "lebkuchenstadt"] {
        assert!(!holds(&pages, never), "{never} is in the file of who may not see suppliers");
    }
    Ok(())
}

/// One part of what the keyring holds.
fn secret(desk: &Desk, part: &str) -> Result<String, Trouble> {
    let held = desk.secrets()?;
    let parts = held.iter().filter_map(|text| serde_json::from_str::<Value>(text).ok());
    let found = parts.filter_map(|parts| parts[part].as_str().map(str::to_owned)).next();
    Ok(found.unwrap_or_else(|| panic!("the keyring holds no {part}, but {} secrets", held.len())))
}

fn open(path: &Path, key: Option<&str>) -> rusqlite::Result<Connection> {
    let connection = Connection::open(path)?;
    connection.execute_batch("PRAGMA cipher_log_level = NONE")?;
    if let Some(key) = key {
        connection.execute_batch(&format!("PRAGMA key = \"x'{key}'\""))?;
    }
    connection.query_row("SELECT count(*) FROM sqlite_schema", (), |row| row.get::<_, i64>(0))?;
    Ok(connection)
}

/// Every page of the file as it stands decrypted, free pages included.
fn decrypted(path: &Path, key: &str) -> Vec<u8> {
    let connection = open(path, Some(key)).expect("the key of the keyring opens the file");
    connection.serialize("main").expect("the file is there").to_vec()
}

/// Everything in a folder but the shared memory that SQLite makes anew at each start.
fn files(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut found = BTreeMap::new();
    for path in std::fs::read_dir(folder).into_iter().flatten().flatten().map(|file| file.path()) {
        if path.is_dir() {
            found.extend(files(&path));
        } else if !path.to_string_lossy().ends_with("-shm") {
            let bytes = std::fs::read(&path).unwrap_or_default();
            found.insert(path, bytes);
        }
    }
    found
}

fn holds(bytes: &[u8], text: &str) -> bool {
    bytes.windows(text.len()).any(|window| window.eq_ignore_ascii_case(text.as_bytes()))
}
