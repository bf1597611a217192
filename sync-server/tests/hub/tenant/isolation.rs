//! What a tenant's database login may enter and do.

use std::process::Command;

use crate::support::{Cluster, TestHub};

/// Runs SQL with a tenant's own login. The error, if it is refused.
async fn as_tenant(
    hub: &TestHub,
    slug: &str,
    database: &str,
    statement: &str,
) -> Result<String, String> {
    let tenant = hub.hub.control.tenant_by_slug(slug).await.unwrap().unwrap();
    let password = hub.hub.directory.password(&tenant).unwrap();
    enters(hub.cluster, &tenant.database_name, &password, database, statement)
}

/// Runs SQL with a login of a cluster.
fn enters(
    cluster: &Cluster,
    login: &str,
    password: &str,
    database: &str,
    statement: &str,
) -> Result<String, String> {
    let url = cluster.url(login, Some(password), database);
    let output =
        Command::new("psql").args(["-XqAt", "-d", &url, "-c", statement]).output().unwrap();
    match output.status.success() {
        true => Ok(String::from_utf8(output.stdout).unwrap()),
        false => Err(String::from_utf8(output.stderr).unwrap()),
    }
}

#[tokio::test]
async fn a_tenants_login_enters_its_own_database_and_no_other() {
    let hub = TestHub::start().await;
    hub.create("acme").await;
    hub.create("beta").await;
    let name =
        async |slug| hub.hub.control.tenant_by_slug(slug).await.unwrap().unwrap().database_name;
    let (acme, beta) = (name("acme").await, name("beta").await);
    let own = as_tenant(&hub, "acme", &acme, "SELECT count(*) FROM app_role").await;
    assert_eq!(own.as_deref(), Ok("7\n"));
    // Both ways: also into a database that was there before the login.
    for (slug, other) in [("acme", &beta), ("beta", &acme)] {
        for database in [other.as_str(), "postgres", "template1", hub.control_database.as_str()] {
            let refusal = as_tenant(&hub, slug, database, "SELECT 1").await.unwrap_err();
            assert!(refusal.contains("permission denied for database"), "{database}: {refusal}");
        }
        let templates =
            "SELECT datname FROM pg_database WHERE datistemplate AND datname <> 'template1'";
        for database in hub.cluster.sql("postgres", templates) {
            let refusal = as_tenant(&hub, slug, &database, "SELECT 1").await.unwrap_err();
            assert!(refusal.contains("not currently accepting"), "{database}: {refusal}");
        }
    }
}

#[tokio::test]
async fn a_tenant_on_another_cluster_than_the_control_database_is_as_closed_in() {
    let hub = TestHub::start().await;
    let other: &'static Cluster = Box::leak(Box::new(Cluster::start()));
    hub.control(&format!(
        "INSERT INTO clusters (id, name, host, created_at)
         VALUES (gen_random_uuid(), 'second', '{}', now())",
        other.socket_folder.display()
    ));
    hub.create("acme").await;
    hub.create("beta").await;
    let names = hub.control("SELECT database_name FROM tenants ORDER BY slug");
    let there = "SELECT datname FROM pg_database WHERE datname LIKE 'erp\\_tenant\\_%'";
    let mut held = other.sql("postgres", there);
    held.sort_by_key(|name| names.iter().position(|known| known == name));
    assert_eq!(held, names);
    let tenant = hub.hub.control.tenant_by_slug("acme").await.unwrap().unwrap();
    let password = hub.hub.directory.password(&tenant).unwrap();
    for database in [names[1].as_str(), "postgres", "template1"] {
        let refusal = enters(other, &names[0], &password, database, "SELECT 1").unwrap_err();
        assert!(refusal.contains("permission denied for database"), "{database}: {refusal}");
    }
    let own = enters(other, &names[0], &password, &names[0], "SELECT count(*) FROM app_role");
    assert_eq!(own.as_deref(), Ok("7\n"));
}

#[tokio::test]
async fn a_tenants_login_owns_nothing_and_only_adds_to_the_audit() {
    let hub = TestHub::start().await;
    hub.tenant("acme").await;
    let acme = hub.control("SELECT database_name FROM tenants").remove(0);
    for statement in [
        "UPDATE audit_entry SET action = 'x'",
        "DELETE FROM audit_entry",
        "TRUNCATE audit_entry",
        "DELETE FROM audit_value",
        "DELETE FROM audit_chain",
        "CREATE TABLE mine (id int)",
        "CREATE TEMP TABLE mine (id int)",
        "DROP TABLE app_user",
        "ALTER TABLE audit_entry DISABLE TRIGGER ALL",
        "SET session_replication_role = 'replica'",
        "SET ROLE erp_owner",
        "CREATE ROLE more",
        "CREATE DATABASE more",
    ] {
        let refusal = as_tenant(&hub, "acme", &acme, statement).await.unwrap_err();
        let refused = refusal.contains("permission denied") || refusal.contains("must be owner");
        assert!(refused, "{statement}: {refusal}");
    }
    let rights = format!(
        "SELECT rolsuper, rolcreaterole, rolcreatedb, rolbypassrls, rolreplication
         FROM pg_roles WHERE rolname = '{acme}'"
    );
    assert_eq!(hub.cluster.sql("postgres", &rights), ["f|f|f|f|f"]);
    let settings =
        "SHOW statement_timeout; SHOW lock_timeout; SHOW idle_in_transaction_session_timeout";
    let settings = as_tenant(&hub, "acme", &acme, settings).await;
    assert_eq!(settings.as_deref(), Ok("1min\n10s\n1min\n"));
}

#[tokio::test]
async fn a_table_that_a_migration_adds_has_its_grants_at_once() {
    let hub = TestHub::start().await;
    hub.create("acme").await;
    let acme = hub.control("SELECT database_name FROM tenants").remove(0);
    let statement = "SET ROLE erp_owner; CREATE TABLE later (id int); CREATE SEQUENCE later_seq";
    hub.cluster.sql(&acme, statement);
    let used = "INSERT INTO later VALUES (1); UPDATE later SET id = 2; SELECT id FROM later;
                SELECT nextval('later_seq'); DELETE FROM later";
    assert_eq!(as_tenant(&hub, "acme", &acme, used).await.as_deref(), Ok("2\n1\n"));
}
