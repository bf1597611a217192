//! Which package may depend on which, read from cargo's own description of the workspace. The
//! table here and the one in ARCHITECTURE.md say the same.

use cargo_metadata::{DependencyKind, Metadata, MetadataCommand};

use super::Finding;
use crate::tree::{Fault, Tree};

/// One package: what its program or library may depend on, and what its tests may use besides.
struct Row {
    package: &'static str,
    may_use: &'static [&'static str],
    tests_may_use: &'static [&'static str],
}

const fn row(
    package: &'static str,
    may_use: &'static [&'static str],
    tests_may_use: &'static [&'static str],
) -> Row {
    Row { package, may_use, tests_may_use }
}

const TABLE: &[Row] = &[
    row("domain", &[], &["testkit"]),
    row("sync-protocol", &["domain"], &["testkit"]),
    row("contract", &["sync-protocol", "domain"], &["testkit"]),
    row("local-store", &["sync-protocol", "domain"], &["testkit"]),
    row("tabular", &[], &["testkit"]),
    row("engine", &["local-store", "sync-protocol", "contract", "tabular", "domain"], &["testkit"]),
    row("cli", &["engine", "contract"], &["testkit"]),
    row("daybook-desktop", &["engine", "contract"], &["testkit"]),
    // Its tests hold the simulator's hub in memory to the one on Postgres.
    row("daybook-server", &["sync-protocol", "contract", "domain"], &["testkit", "simulator"]),
    row("simulator", &["local-store", "sync-protocol", "domain"], &["testkit"]),
    row("testkit", &["sync-protocol", "contract", "domain"], &[]),
    row("xtask", &["contract", "sync-protocol", "domain"], &[]),
    // Stories about the whole system drive the real programs from outside; they may speak the
    // protocol and read the store of a device.
    row(
        "system-tests",
        &["contract", "sync-protocol", "domain", "testkit"],
        &["engine", "local-store"],
    ),
    // It reads whatever bytes where both sides read them.
    row(
        "decoding",
        &["daybook-server", "local-store", "simulator", "sync-protocol", "domain"],
        &[],
    ),
    // It measures the engine and the wire, with the same fixtures and the same office as the stories.
    row("bench", &["engine", "contract", "sync-protocol", "domain", "system-tests"], &[]),
];

/// A crate from outside that only some packages may use. `tests_too` is where tests may use it
/// besides.
struct Reserved {
    dependency: &'static str,
    packages: &'static [&'static str],
    tests_too: &'static [&'static str],
    instead: &'static str,
}

const RESERVED: &[Reserved] = &[
    Reserved {
        dependency: "sqlx",
        // A limit is what plain Postgres does, without the hub's store.
        packages: &["daybook-server", "bench"],
        tests_too: &["system-tests"],
        instead: "ask the hub's store",
    },
    Reserved {
        dependency: "rusqlite",
        // The simulator puts its fault-injecting file system below SQLite; a limit is what plain SQLite
        // does, without the store.
        packages: &["local-store", "simulator", "bench"],
        tests_too: &["system-tests"],
        instead: "ask local-store",
    },
    Reserved {
        dependency: "reqwest",
        packages: &["engine"],
        // Tests of a server are clients by nature.
        tests_too: &["daybook-server", "system-tests"],
        instead: "ask engine",
    },
    Reserved {
        dependency: "keyring",
        packages: &["engine"],
        tests_too: &["system-tests"],
        instead: "ask engine",
    },
];

/// Judges every dependency of every package of the workspace.
///
/// # Errors
/// Cargo cannot describe the workspace.
pub fn check(tree: &Tree) -> Result<Vec<Finding>, Fault> {
    let metadata =
        MetadataCommand::new().current_dir(&tree.root).no_deps().exec().map_err(|error| {
            Fault::Refused { program: "cargo metadata", message: error.to_string() }
        })?;
    Ok(judge(&dependencies(&metadata)))
}

struct Dependency {
    manifest: String,
    package: String,
    on: String,
    is_ours: bool,
    for_tests: bool,
}

fn dependencies(metadata: &Metadata) -> Vec<Dependency> {
    let mut found = Vec::new();
    for package in &metadata.packages {
        let manifest = package.manifest_path.strip_prefix(&metadata.workspace_root);
        let manifest = manifest.unwrap_or(&package.manifest_path).to_string();
        let each = |on: &str, is_ours, for_tests| Dependency {
            manifest: manifest.clone(),
            package: package.name.to_string(),
            on: on.to_owned(),
            is_ours,
            for_tests,
        };
        found.extend(package.dependencies.iter().map(|dependency| {
            let for_tests = dependency.kind == DependencyKind::Development;
            each(&dependency.name, dependency.path.is_some(), for_tests)
        }));
        // A package without a single dependency is judged too: it must stand in the table.
        if package.dependencies.is_empty() {
            found.push(each("", false, false));
        }
    }
    found
}

fn judge(dependencies: &[Dependency]) -> Vec<Finding> {
    let mut findings: Vec<Finding> = dependencies.iter().filter_map(complaint).collect();
    findings.sort();
    findings.dedup();
    findings
}

fn complaint(dependency: &Dependency) -> Option<Finding> {
    let Dependency { manifest, package, on, is_ours, for_tests } = dependency;
    let finding = |message: String| Some(Finding::new(manifest, 0, message));
    let Some(row) = TABLE.iter().find(|row| row.package == package) else {
        return finding(format!(
            "package {package} is not in the table of directions: add its row to \
             xtask/src/tidy/directions.rs and to ARCHITECTURE.md"
        ));
    };
    if *is_ours {
        let allowed = row.may_use.contains(&on.as_str())
            || (*for_tests && row.tests_may_use.contains(&on.as_str()));
        return if allowed {
            None
        } else {
            let who = if *for_tests { "the tests of " } else { "" };
            finding(format!("{who}{package} may not depend on {on}: see ARCHITECTURE.md"))
        };
    }
    let reserved = RESERVED.iter().find(|reserved| reserved.dependency == on)?;
    let allowed = reserved.packages.contains(&package.as_str())
        || (*for_tests && reserved.tests_too.contains(&package.as_str()));
    if allowed {
        return None;
    }
    finding(format!(
        "{on} belongs to {} alone: {} instead of depending on it",
        reserved.packages.join(" and "),
        reserved.instead
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dependency(package: &str, on: &str, is_ours: bool, for_tests: bool) -> Dependency {
        Dependency {
            manifest: format!("{package}/Cargo.toml"),
            package: package.to_owned(),
            on: on.to_owned(),
            is_ours,
            for_tests,
        }
    }

    fn messages(dependency: Dependency) -> Vec<String> {
        judge(&[dependency]).into_iter().map(|finding| finding.message).collect()
    }

    #[test]
    fn a_dependency_against_the_direction_is_found() {
        for (package, on) in
            [("domain", "sync-protocol"), ("daybook-server", "engine"), ("cli", "local-store")]
        {
            let found = messages(dependency(package, on, true, false));
            assert!(found.iter().any(|text| text.contains("may not depend on")), "{found:?}");
        }
        assert_eq!(messages(dependency("engine", "local-store", true, false)).len(), 0);
    }

    #[test]
    fn the_testkit_is_for_tests() {
        assert_eq!(messages(dependency("engine", "testkit", true, true)).len(), 0);
        assert_eq!(messages(dependency("engine", "testkit", true, false)).len(), 1);
    }

    #[test]
    fn reserved_crates_stay_where_they_belong() {
        for on in ["sqlx", "rusqlite", "reqwest", "keyring"] {
            assert_eq!(messages(dependency("domain", on, false, true)).len(), 1, "{on}");
        }
        assert_eq!(messages(dependency("daybook-server", "reqwest", false, false)).len(), 1);
        assert_eq!(messages(dependency("daybook-server", "reqwest", false, true)).len(), 0);
        assert_eq!(messages(dependency("daybook-server", "sqlx", false, false)).len(), 0);
    }

    #[test]
    fn a_package_must_stand_in_the_table() {
        let found = messages(dependency("newcomer", "serde", false, false));
        assert!(found.iter().any(|text| text.contains("not in the table")), "{found:?}");
    }
}
