//! A hub with a control database of its own, and tenants on it.

use std::path::PathBuf;
use std::sync::Arc;

use axum::Router;
use daybook_server::clock::Clock;
use daybook_server::config::{Config, Environment};
use daybook_server::http::router::router;
use daybook_server::hub::Hub;
use daybook_server::ids;
use daybook_server::tenant::create::{Created, Order, create};
use daybook_server::tenant::lay_down::Choices;

use super::cluster::{Cluster, hex};
use super::person::{Person, Request};

pub const PASSWORD: &str = "four horses eat blue hay";

pub struct TestHub {
    pub hub: Arc<Hub>,
    pub router: Router,
    pub clock: Clock,
    pub cluster: &'static Cluster,
    pub control_database: String,
    folder: PathBuf,
}

impl TestHub {
    pub async fn start() -> TestHub {
        Self::on(Cluster::shared()).await
    }

    pub async fn on(cluster: &'static Cluster) -> TestHub {
        let name = format!("control_{}", hex(&ids::random::<6>()));
        cluster.sql("postgres", &format!("CREATE DATABASE {name}"));
        let folder = std::env::temp_dir().join(format!("daybook-{name}"));
        std::fs::create_dir(&folder).unwrap();
        let key = folder.join("secret.key");
        std::fs::write(&key, hex(&ids::random::<32>())).unwrap();
        let mode = std::os::unix::fs::PermissionsExt::from_mode(0o600);
        std::fs::set_permissions(&key, mode).unwrap();
        let environment = [
            ("DAYBOOK_ENV", "development".to_owned()),
            ("DAYBOOK_CONTROL_DATABASE_URL", cluster.admin_url(&name)),
            ("DAYBOOK_SECRET_KEY_FILE", key.to_str().unwrap().to_owned()),
            ("DAYBOOK_DB_MAX_CONNECTIONS", "12".to_owned()),
            ("DAYBOOK_DB_WAIT_SECONDS", "30".to_owned()),
        ];
        let mut read = Environment::of(environment.iter().map(|(n, v)| (*n, v.as_str())));
        let config = Config::from_environment(&mut read).unwrap();
        let clock = Clock::system();
        let hub = Hub::open(config, clock.clone()).await.unwrap();
        tokio::spawn(hub.rights.clone().listen());
        let router = router(&hub);
        TestHub { hub, router, clock, cluster, control_database: name, folder }
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
        let accepted = self
            .post("/api/v1/auth/invitation/accept")
            .json(&serde_json::json!({
                "tenant": created.slug,
                "token": created.invitation_token,
                "password": PASSWORD,
                "name": "Anna Admin",
            }))
            .send()
            .await;
        accepted.assert(204);
        Person::new(self, &created.slug, &created.admin_email)
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

impl Drop for TestHub {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
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
        },
    }
}
