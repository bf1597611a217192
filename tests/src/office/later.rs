//! Programs on another day, and programs of a later version: what to give them in their environment.

/// The environment of a program.
pub type Around = Vec<(&'static str, String)>;

/// With the clock of the calendar at so many days from now; pauses and time limits stay what they are.
///
/// # Panics
/// Where libfaketime is not installed.
pub fn after_days(days: u32) -> Around {
    let below = std::fs::read_dir("/usr/lib").into_iter().flatten().flatten();
    let mut found = below.map(|entry| entry.path().join("faketime/libfaketimeMT.so.1"));
    let library = found.find(|path| path.exists());
    let library =
        library.unwrap_or_else(|| panic!("no libfaketime: ./daybook-dev test installs it"));
    vec![
        ("LD_PRELOAD", library.display().to_string()),
        ("FAKETIME", format!("+{days}d")),
        ("FAKETIME_DONT_FAKE_MONOTONIC", "1".to_owned()),
        ("DONT_FAKE_MONOTONIC", "1".to_owned()),
        ("NO_FAKE_STAT", "1".to_owned()),
    ]
}

/// Of another version, as `domain::versions::stand_in` reads it: what was built for release is what it is.
///
/// # Panics
/// Where this was built for release, as the programs beside it then were.
pub fn of_version(words: &str) -> (&'static str, String) {
    if !cfg!(debug_assertions) {
        panic!("only programs of a development build stand in for later ones");
    }
    ("DAYBOOK_STAND_IN_VERSIONS", words.to_owned())
}
