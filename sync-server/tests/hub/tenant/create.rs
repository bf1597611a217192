//! `daybook-server tenant create`, killed and repeated.

use std::process::Stdio;

use daybook_server::tenant::create::Step;

use crate::support::{Cluster, TestHub};

const CREATE: [&str; 7] =
    ["tenant", "create", "acme", "--name", "Acme Trading", "--admin-email", "anna@acme.example"];
/// The advisory lock on which a held creation waits.
const HELD: i64 = 4_711;

/// A cluster that nobody else makes tenants on.
fn own_cluster() -> &'static Cluster {
    Box::leak(Box::new(Cluster::start()))
}

/// Tenants' databases and roles on the whole cluster, but not the templates.
fn databases_and_roles(hub: &TestHub) -> Vec<String> {
    let all = "SELECT 'database ' || datname FROM pg_database WHERE datname LIKE 'erp\\_tenant\\_%'
               UNION ALL SELECT 'role ' || rolname FROM pg_roles WHERE rolname LIKE 'erp\\_tenant\\_%'
               ORDER BY 1";
    hub.cluster.sql("postgres", all)
}

/// Nothing is on the cluster but what the listed tenants are made of, and each is whole.
#[track_caller]
fn nothing_is_orphaned(hub: &TestHub, after: &str) {
    let tenants =
        hub.control("SELECT database_name FROM tenants WHERE state <> 'deleted' ORDER BY 1");
    let databases = tenants.iter().map(|name| format!("database {name}"));
    let roles = tenants.iter().map(|name| format!("role {name}"));
    let expected: Vec<String> = databases.chain(roles).collect();
    assert_eq!(databases_and_roles(hub), expected, "{after}");
    // The template is one, and whole.
    let templates = "SELECT datistemplate FROM pg_database WHERE datname LIKE 'erp\\_template\\_%'";
    assert_eq!(hub.cluster.sql("postgres", templates), ["t"], "{after}");
}

/// What a build of the template leaves that was killed, by this program and by one of another version.
fn leaves_halves_of_templates(hub: &TestHub) {
    let template = "SELECT datname FROM pg_database WHERE datname LIKE 'erp\\_template\\_%'";
    for name in hub.cluster.sql("postgres", template) {
        hub.cluster.sql("postgres", &format!("ALTER DATABASE {name} IS_TEMPLATE false"));
    }
    hub.cluster.sql("postgres", "CREATE DATABASE erp_template_0123456789abcdef");
}

/// Runs the command again, as a person would, and looks at what there is.
#[track_caller]
fn a_rerun_leaves_one_tenant(hub: &TestHub, after: &str) {
    let made = hub.runs(&CREATE);
    assert_eq!(
        hub.control("SELECT slug || ' ' || state FROM tenants WHERE state <> 'deleted'"),
        ["acme active"],
        "{after}"
    );
    nothing_is_orphaned(hub, after);
    let whole = "SELECT (SELECT count(*) FROM app_user), (SELECT count(*) FROM user_role),
                        (SELECT count(*) FROM tenant_settings), (SELECT count(*) FROM app_role)";
    assert_eq!(hub.in_tenant("acme", whole), ["1|1|1|7"], "{after}");
    let entered = "SELECT (SELECT count(*) FROM company), (SELECT count(*) FROM currency) > 140,
                          (SELECT count(*) FROM account) > 90";
    assert_eq!(hub.in_tenant("acme", entered), ["1|t|t"], "{after}");
    let noted = "SELECT count(*) FROM platform_audit a JOIN tenants t ON t.id = a.tenant_id
                 WHERE a.action = 'tenant.create' AND t.state = 'active'";
    assert_eq!(hub.control(noted), ["1"], "{after}");
    assert!(made["invitation_token"].as_str().unwrap().len() > 40);
}

/// Removes the tenant; the cluster is as it was before.
fn is_cleared(hub: &TestHub) {
    hub.runs(&["tenant", "delete", "acme", "--confirm", "acme"]);
    assert_eq!(databases_and_roles(hub), Vec::<String>::new());
}

/// Makes the record of one step wait for the lock.
fn hold_at(hub: &TestHub, condition: &str) {
    hub.control(&format!(
        "CREATE OR REPLACE FUNCTION hold() RETURNS trigger LANGUAGE plpgsql AS
             $$ BEGIN PERFORM pg_advisory_xact_lock({HELD}); RETURN NEW; END $$;
         CREATE OR REPLACE TRIGGER hold BEFORE INSERT OR UPDATE ON tenants
             FOR EACH ROW WHEN ({condition}) EXECUTE FUNCTION hold()"
    ));
}

fn let_go(hub: &TestHub) {
    hub.control("DROP TRIGGER hold ON tenants");
}

/// How a killed creation's last statement ends.
#[derive(Clone, Copy, Debug)]
enum End {
    /// The step was done; its record is lost.
    Lost,
    /// The step was done and recorded; nothing came after it.
    Recorded,
}

fn kill_at(hub: &TestHub, condition: &str, end: End) {
    hold_at(hub, condition);
    let held = hub.cluster.holds(&hub.control_database, HELD);
    let mut run = hub.program(&CREATE).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let waiting = format!("SELECT pid FROM pg_locks WHERE objid = {HELD} AND NOT granted");
    let pid = hub.cluster.waits_for(&hub.control_database, &waiting);
    assert_eq!(run.try_wait().unwrap(), None, "it waits at {condition}");
    run.kill().unwrap();
    run.wait().unwrap();
    if let End::Lost = end {
        hub.control(&format!("SELECT pg_terminate_backend({pid})"));
    }
    drop(held);
    let gone =
        format!("SELECT 1 WHERE NOT EXISTS (SELECT FROM pg_stat_activity WHERE pid = {pid})");
    hub.cluster.waits_for(&hub.control_database, &gone);
    let_go(hub);
}

#[tokio::test]
async fn a_kill_at_each_recorded_step_and_a_rerun_leave_one_tenant_and_no_orphan() {
    let hub = TestHub::on(own_cluster()).await;
    let at_step = |step: Step| (step.name(), format!("NEW.creation_step = '{}'", step.name()));
    let mut moments: Vec<(&str, String)> = Step::ALL.into_iter().map(at_step).collect();
    moments.push(("active", "NEW.state = 'active'".to_owned()));
    for (moment, condition) in moments {
        for end in [End::Lost, End::Recorded] {
            kill_at(&hub, &condition, end);
            let recorded = match moment {
                "active" => hub.control("SELECT state FROM tenants WHERE state = 'active'"),
                step => hub.control(&format!(
                    "SELECT creation_step FROM tenants WHERE creation_step = '{step}'"
                )),
            };
            assert_eq!(
                recorded.len(),
                usize::from(matches!(end, End::Recorded)),
                "{moment} {end:?}"
            );
            a_rerun_leaves_one_tenant(&hub, &format!("{moment} {end:?}"));
            is_cleared(&hub);
        }
    }
}

#[tokio::test]
async fn kills_that_hit_anywhere_and_reruns_that_are_killed_too_leave_one_tenant_and_no_orphan() {
    let hub = TestHub::on(own_cluster()).await;
    a_rerun_leaves_one_tenant(&hub, "nothing");
    is_cleared(&hub);
    let started = std::time::Instant::now();
    hub.runs(&CREATE);
    // Over all that a creation takes on this machine, and a little beyond.
    let part = started.elapsed() / 8;
    is_cleared(&hub);
    for round in 0..10_u32 {
        if round % 3 == 0 {
            leaves_halves_of_templates(&hub);
        }
        // The second kill hits the repair of what the first one left.
        for delay in [part * round, part * round / 2] {
            let mut run =
                hub.program(&CREATE).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
            tokio::time::sleep(delay).await;
            run.kill().unwrap();
            run.wait().unwrap();
        }
        a_rerun_leaves_one_tenant(&hub, &format!("round {round}"));
        is_cleared(&hub);
    }
}

#[tokio::test]
async fn twenty_creations_of_one_slug_at_once_make_one_tenant() {
    let hub = TestHub::on(own_cluster()).await;
    let runs: Vec<_> = (0..20)
        .map(|_| {
            let mut program = hub.program(&CREATE);
            program.arg("--json").stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
        })
        .collect();
    let mut makers = 0;
    let mut ids = std::collections::BTreeSet::new();
    for run in runs {
        let output = run.wait_with_output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let made: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        makers += usize::from(made["created"] == true);
        ids.insert(made["id"].as_str().unwrap().to_owned());
    }
    assert_eq!((makers, ids.len()), (1, 1));
    a_rerun_leaves_one_tenant(&hub, "twenty at once");
}

#[tokio::test]
async fn a_slug_whose_admin_has_come_in_is_taken() {
    let hub = TestHub::start().await;
    let admin = hub.tenant("acme").await;
    let mut order = CREATE;
    order[6] = &admin.email;
    for order in [order, CREATE] {
        assert!(hub.is_refused(&order).contains("slug: `acme` is taken; choose another"));
    }
}
