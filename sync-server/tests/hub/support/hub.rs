//! A hub with a control database of its own, and tenants on it.

use std::path::PathBuf;
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use daybook_server::clock::Clock;
use daybook_server::config::{Config, Environment};
use daybook_server::http::router::router;
use daybook_server::hub::Hub;
use daybook_server::ids;
use daybook_server::people::invite;
use daybook_server::tenant::create::{Created, Order, create};
use daybook_server::tenant::first_records::Chart;
use daybook_server::tenant::lay_down::Choices;
use serde_json::Value;

use super::cluster::{Cluster, hex};
use super::person::{Answer, Person, Request};

pub const PASSWORD: &str = "four horses eat blue hay";

pub struct TestHub {
    pub hub: Arc<Hub>,
    pub router: Router,
    pub clock: Clock,
    pub cluster: &'static Cluster,
    pub control_database: String,
    /// What the program `daybook-server` is configured with to act on this hub.
    environment: Vec<(&'static str, String)>,
    folder: Arc<Folder>,
}

/// Of the hub's files; removed with the last hub that has it.
struct Folder(PathBuf);

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

impl TestHub {
    pub async fn start() -> TestHub {
        Self::on(Cluster::shared()).await
    }

    pub async fn on(cluster: &'static Cluster) -> TestHub {
        Self::made(cluster, &[]).await
    }

    /// With other settings than the usual.
    pub async fn with(settings: &[(&'static str, &str)]) -> TestHub {
        Self::made(Cluster::shared(), settings).await
    }

    async fn made(cluster: &'static Cluster, settings: &[(&'static str, &str)]) -> TestHub {
        let name = format!("control_{}", hex(&ids::random::<6>()));
        cluster.sql("postgres", &format!("CREATE DATABASE {name}"));
        let folder = std::env::temp_dir().join(format!("daybook-{name}"));
        std::fs::create_dir(&folder).unwrap();
        let key = folder.join("secret.key");
        std::fs::write(&key, hex(&ids::random::<32>())).unwrap();
        let mode = std::os::unix::fs::PermissionsExt::from_mode(0o600);
        std::fs::set_permissions(&key, mode).unwrap();
        let environment = vec![
            ("DAYBOOK_ENV", "development".to_owned()),
            ("DAYBOOK_CONTROL_DATABASE_URL", cluster.admin_url(&name)),
            ("DAYBOOK_SECRET_KEY_FILE", key.to_str().unwrap().to_owned()),
            ("DAYBOOK_DB_MAX_CONNECTIONS", "12".to_owned()),
            ("DAYBOOK_DB_WAIT_SECONDS", "30".to_owned()),
        ];
        let folder = Arc::new(Folder(folder));
        Self::opened(cluster, name, Clock::system(), environment, settings, folder).await
    }

    /// Another hub on the same databases, with these settings otherwise.
    pub async fn beside(&self, settings: &[(&'static str, &str)]) -> TestHub {
        let (database, clock) = (self.control_database.clone(), self.clock.clone());
        let (environment, folder) = (self.environment.clone(), self.folder.clone());
        Self::opened(self.cluster, database, clock, environment, settings, folder).await
    }

    async fn opened(
        cluster: &'static Cluster,
        control_database: String,
        clock: Clock,
        mut environment: Vec<(&'static str, String)>,
        settings: &[(&'static str, &str)],
        folder: Arc<Folder>,
    ) -> TestHub {
        for (name, value) in settings {
            environment.retain(|(usual, _)| usual != name);
            environment.push((name, (*value).to_owned()));
        }
        let mut read = Environment::of(environment.iter().map(|(n, v)| (*n, v.as_str())));
        let config = Config::from_environment(&mut read).unwrap();
        let hub = Hub::open(config, clock.clone()).await.unwrap();
        tokio::spawn(hub.rights.clone().listen());
        tokio::spawn(hub.news.clone().hear());
        let router = router(&hub);
        TestHub { hub, router, clock, cluster, control_database, environment, folder }
    }

    /// Makes a tenant whose admin has come in. Slugs are free in each hub.
    pub async fn tenant(&self, slug: &str) -> Person {
        let created = self.create(slug).await;
        self.accept(&created).await
    }

    pub async fn create(&self, slug: &str) -> Created {
        create(&self.hub, &order(slug)).await.unwrap()
    }

    pub async fn accept(&self, created: &Created) -> Person {
        let Created { slug, invitation_token, admin_email, .. } = created;
        self.accepts(slug, invitation_token, "Anna Admin").await.assert(200);
        Person::new(self, slug, admin_email)
    }

    /// Somebody follows an invitation.
    pub async fn accepts(&self, slug: &str, token: &str, name: &str) -> Answer {
        let body = serde_json::json!({
            "tenant": slug, "token": token, "password": PASSWORD, "name": name,
        });
        self.post("/api/v1/auth/invitation/accept").json(&body).send().await
    }

    /// Another user of a tenant, with one role, who has come in.
    pub async fn colleague(&self, slug: &str, email: &str, role: &str) -> Person {
        let order = invite::Order {
            email: email.to_owned(),
            name: email.to_owned(),
            roles: vec![role.to_owned()],
        };
        let invited = invite::invite(&self.hub, slug, &order).await.unwrap();
        self.accepts(slug, &invited.invitation_token, email).await.assert(200);
        Person::new(self, slug, email)
    }

    /// A request of somebody who is not signed in.
    pub fn get(&self, path: &str) -> Request {
        Request::new(self.router.clone(), "GET", path)
    }

    pub fn post(&self, path: &str) -> Request {
        Request::new(self.router.clone(), "POST", path)
    }

    pub fn request(&self, method: &str, path: &str) -> Request {
        Request::new(self.router.clone(), method, path)
    }

    /// The program itself, on this hub's databases.
    pub fn program(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_daybook-server"));
        command.args(arguments).env_clear();
        command.envs(self.environment.iter().map(|(name, value)| (name, value)));
        command
    }

    /// What a verb of the program prints with `--json`.
    #[track_caller]
    pub fn runs(&self, arguments: &[&str]) -> Value {
        let output = self.program(arguments).arg("--json").output().unwrap();
        let told = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{arguments:?}: {told}");
        serde_json::from_slice(&output.stdout).unwrap()
    }

    /// What a verb of the program says when a rule refuses it.
    #[track_caller]
    pub fn is_refused(&self, arguments: &[&str]) -> String {
        let output = self.program(arguments).arg("--json").output().unwrap();
        let told = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(5), "{arguments:?}: {told}");
        let document: Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!(document["code"], "refused", "{document}");
        assert!(told.contains(document["message"].as_str().unwrap()), "{told}{document}");
        assert!(document["errors"].is_array());
        told
    }

    /// Waits until something that another process did is seen here.
    pub async fn eventually(&self, seen: impl AsyncFn() -> bool) {
        for _ in 0..500 {
            if seen().await {
                return;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        panic!("it was never seen");
    }

    /// Rows of the control database.
    pub fn control(&self, statement: &str) -> Vec<String> {
        self.cluster.sql(&self.control_database, statement)
    }

    /// Rows of a tenant's database.
    pub fn in_tenant(&self, slug: &str, statement: &str) -> Vec<String> {
        let select = format!("SELECT database_name FROM tenants WHERE slug = '{slug}'");
        let database = self.control(&select).remove(0);
        self.cluster.sql(&database, statement)
    }
}

pub fn order(slug: &str) -> Order {
    Order {
        slug: slug.to_owned(),
        name: format!("{slug} Trading"),
        admin_email: format!("admin@{slug}.example"),
        admin_name: "Anna".to_owned(),
        choices: Choices {
            language: "en".to_owned(),
            time_zone: "Europe/Berlin".to_owned(),
            currency: "EUR".to_owned(),
            country: "DE".to_owned(),
            chart: Chart::General,
        },
    }
}
