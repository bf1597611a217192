//! One Postgres cluster, as its administrator sees it: roles, databases, the template of tenants' databases.
//! Each act looks before it acts, so that it can be repeated after a kill at any point. It knows no tenant
//! beyond a name.

use sqlx::postgres::PgConnectOptions;
use sqlx::{AssertSqlSafe, Connection as _};

use super::postgres::{connect, quoted};
use super::{Connection, StoreError, control, migrations};

/// Owns tenants' databases and everything in them; nobody logs in as it.
const OWNER: &str = "erp_owner";
/// Holds the application's rights on tables; each tenant's login is a member.
const APP: &str = "erp_app";
/// Where acts on the whole cluster are made, and where their lock is.
const MAINTENANCE: &str = "postgres";
/// The advisory lock that makes acts on roles and templates come one after the other.
const LOCK: i64 = 0x6461_7962_6f6f_6b01;

/// A cluster, reached with the control login.
#[derive(Clone)]
pub struct ClusterAdmin {
    options: PgConnectOptions,
}

impl ClusterAdmin {
    /// The cluster with the control login's way to it. `home` is how the control database was reached.
    pub fn new(home: &PgConnectOptions, cluster: &control::cluster::Cluster) -> Self {
        let mut options = home.clone();
        if let Some(host) = &cluster.host {
            options = if host.starts_with('/') { options.socket(host) } else { options.host(host) };
        }
        if let Some(port) = cluster.port.and_then(|port| u16::try_from(port).ok()) {
            options = options.port(port);
        }
        Self { options }
    }

    /// How a tenant's own login reaches its own database.
    pub fn tenant_options(&self, database: &str, password: &str) -> PgConnectOptions {
        self.options.clone().database(database).username(database).password(password)
    }

    async fn maintenance(&self) -> Result<Connection, StoreError> {
        connect(&self.options.clone().database(MAINTENANCE)).await
    }

    /// A connection to a tenant's database as the migration role.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn connect_as_owner(&self, database: &str) -> Result<Connection, StoreError> {
        let options = self.options.clone().database(database).options([("role", OWNER)]);
        connect(&options).await
    }

    /// Makes the two roles that every tenant needs, and closes the cluster's own databases and the control
    /// database to everyone who was not let in by name.
    ///
    /// # Errors
    /// [`StoreError::NeedsOperator`] if the control login may not do that and nobody has done it.
    pub async fn prepare(&self) -> Result<(), StoreError> {
        let mut connection = self.maintenance().await?;
        let mut tx = connection.begin().await?;
        sqlx::query("SELECT pg_advisory_xact_lock($1)").bind(LOCK).execute(&mut *tx).await?;
        for role in [OWNER, APP] {
            if !role_exists(&mut tx, role).await? {
                run(&mut tx, format!("CREATE ROLE {} NOLOGIN", quoted(role))).await?;
            }
        }
        let member: bool = sqlx::query_scalar("SELECT pg_has_role(current_user, $1, 'MEMBER')")
            .bind(OWNER)
            .fetch_one(&mut *tx)
            .await?;
        if !member {
            run(&mut tx, format!("GRANT {} TO current_user", quoted(OWNER))).await?;
        }
        let mut names = vec![MAINTENANCE.to_owned(), "template1".to_owned()];
        names.extend(self.options.get_database().map(str::to_owned));
        // Under the same lock: Postgres fails one of two that change the rights of one database at once.
        for name in names {
            close_to_public(&mut tx, &name).await?;
        }
        tx.commit().await?;
        Ok(connection.close().await?)
    }

    /// The name of the template that holds exactly this program's tenant migrations. Built when it is missing;
    /// templates of other versions are removed.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn template(&self) -> Result<String, StoreError> {
        let name = format!("erp_template_{}", migrations::tenant_fingerprint());
        let mut connection = self.maintenance().await?;
        // Held until this connection closes: one builds, the others wait and find it built.
        sqlx::query("SELECT pg_advisory_lock($1)").bind(LOCK).execute(&mut connection).await?;
        let built: Option<bool> =
            sqlx::query_scalar("SELECT datistemplate FROM pg_database WHERE datname = $1")
                .bind(&name)
                .fetch_optional(&mut connection)
                .await?;
        if built != Some(true) {
            if built.is_some() {
                run(&mut connection, format!("DROP DATABASE {} WITH (FORCE)", quoted(&name)))
                    .await?;
            }
            self.build_template(&mut connection, &name).await?;
        }
        connection.close().await?;
        Ok(name)
    }

    async fn build_template(&self, admin: &mut Connection, name: &str) -> Result<(), StoreError> {
        let database = quoted(name);
        let create =
            format!("CREATE DATABASE {database} OWNER {} TEMPLATE template0", quoted(OWNER));
        run(admin, format!("{create} ENCODING 'UTF8'")).await?;
        run(admin, format!("REVOKE ALL ON DATABASE {database} FROM PUBLIC")).await?;
        let mut inside = self.connect_as_owner(name).await?;
        migrations::migrate_tenant(&mut inside).await?;
        inside.close().await?;
        // Also one that another version began to build and did not finish: builders come one after the other.
        let older: Vec<String> = sqlx::query_scalar(
            "SELECT datname FROM pg_database
             WHERE datname LIKE 'erp\\_template\\_%' AND datname <> $1",
        )
        .bind(name)
        .fetch_all(&mut *admin)
        .await?;
        for old in older {
            let old = quoted(&old);
            run(admin, format!("ALTER DATABASE {old} IS_TEMPLATE false")).await?;
            run(admin, format!("DROP DATABASE {old} WITH (FORCE)")).await?;
        }
        // Last, so that a template is one only when it is whole.
        run(admin, format!("ALTER DATABASE {database} IS_TEMPLATE true ALLOW_CONNECTIONS false"))
            .await
    }

    /// Makes a tenant's login, or gives it this password again. It owns nothing and reads nothing of other
    /// tenants; no statement of it runs without end.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn ensure_login(&self, name: &str, password: &str) -> Result<(), StoreError> {
        let mut connection = self.maintenance().await?;
        let mut tx = connection.begin().await?;
        // After one that was killed at work on the same role.
        sqlx::query("SELECT pg_advisory_xact_lock($1)").bind(LOCK).execute(&mut *tx).await?;
        let role = quoted(name);
        // The password travels as what Postgres stores of it, so that no log of statements can hold it.
        let verifier = postgres_protocol::password::scram_sha_256(password.as_bytes());
        let verb = if role_exists(&mut tx, name).await? { "ALTER" } else { "CREATE" };
        run(&mut tx, format!("{verb} ROLE {role} LOGIN INHERIT PASSWORD '{verifier}'")).await?;
        run(&mut tx, format!("GRANT {} TO {role}", quoted(APP))).await?;
        for (setting, value) in [
            ("statement_timeout", "60s"),
            ("lock_timeout", "10s"),
            ("idle_in_transaction_session_timeout", "60s"),
        ] {
            run(&mut tx, format!("ALTER ROLE {role} SET {setting} = '{value}'")).await?;
        }
        tx.commit().await?;
        Ok(connection.close().await?)
    }

    /// Copies the template into a tenant's database, which nobody can enter yet.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn ensure_database(&self, name: &str, template: &str) -> Result<(), StoreError> {
        let mut connection = self.maintenance().await?;
        if !database_exists(&mut connection, name).await? {
            let statement = format!(
                "CREATE DATABASE {} OWNER {} TEMPLATE {} ALLOW_CONNECTIONS false",
                quoted(name),
                quoted(OWNER),
                quoted(template)
            );
            match run(&mut connection, statement).await {
                // A run that was killed may have left its statement at work: it has come to its end now.
                Err(error) if is_there(&error) => {}
                other => other?,
            }
        }
        Ok(connection.close().await?)
    }

    /// Makes a database without any table, which nobody can enter yet.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn make_empty_database(&self, name: &str) -> Result<(), StoreError> {
        let mut connection = self.maintenance().await?;
        let (name, owner) = (quoted(name), quoted(OWNER));
        let create =
            format!("CREATE DATABASE {name} OWNER {owner} TEMPLATE template0 ENCODING 'UTF8'");
        run(&mut connection, create).await?;
        run(&mut connection, format!("REVOKE ALL ON DATABASE {name} FROM PUBLIC")).await?;
        Ok(connection.close().await?)
    }

    /// Takes the tenant's login its way into its database, and ends what it does there now. Whoever owns the
    /// database still gets in.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn lock_out(&self, name: &str) -> Result<(), StoreError> {
        let mut connection = self.maintenance().await?;
        let quoted = quoted(name);
        run(&mut connection, format!("REVOKE CONNECT ON DATABASE {quoted} FROM {quoted}")).await?;
        sqlx::query(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1 AND usename = $1",
        )
        .bind(name)
        .execute(&mut connection)
        .await?;
        Ok(connection.close().await?)
    }

    /// Lets the tenant's login into the tenant's database and nobody else, then opens it. A REVOKE is not
    /// inherited from a template, so it comes first.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn open_database(&self, name: &str) -> Result<(), StoreError> {
        let mut connection = self.maintenance().await?;
        let database = quoted(name);
        run(&mut connection, format!("REVOKE ALL ON DATABASE {database} FROM PUBLIC")).await?;
        run(&mut connection, format!("GRANT CONNECT ON DATABASE {database} TO {database}")).await?;
        run(&mut connection, format!("ALTER DATABASE {database} ALLOW_CONNECTIONS true")).await?;
        Ok(connection.close().await?)
    }

    /// Shuts a database that was put aside: nobody enters it, and its login logs in no more.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn close_database(&self, name: &str) -> Result<(), StoreError> {
        let mut connection = self.maintenance().await?;
        let name = quoted(name);
        run(&mut connection, format!("ALTER DATABASE {name} ALLOW_CONNECTIONS false")).await?;
        run(&mut connection, format!("ALTER ROLE {name} NOLOGIN")).await?;
        Ok(connection.close().await?)
    }

    /// Removes a tenant's database and login, whoever is connected.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn drop_tenant(&self, name: &str) -> Result<(), StoreError> {
        let mut connection = self.maintenance().await?;
        let quoted = quoted(name);
        run(&mut connection, format!("DROP DATABASE IF EXISTS {quoted} WITH (FORCE)")).await?;
        run(&mut connection, format!("DROP ROLE IF EXISTS {quoted}")).await?;
        Ok(connection.close().await?)
    }
}

async fn run(connection: &mut Connection, statement: String) -> Result<(), StoreError> {
    sqlx::raw_sql(AssertSqlSafe(statement)).execute(connection).await?;
    Ok(())
}

/// Whether a CREATE was refused because what it makes is there: 42P04 duplicate database, 42710 duplicate object.
fn is_there(error: &StoreError) -> bool {
    match error {
        StoreError::Taken(_) => true,
        StoreError::Fault(sqlx::Error::Database(refusal)) => {
            matches!(refusal.code().as_deref(), Some("42P04" | "42710"))
        }
        _ => false,
    }
}

async fn role_exists(connection: &mut Connection, name: &str) -> Result<bool, StoreError> {
    let found = sqlx::query_scalar("SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = $1)");
    Ok(found.bind(name).fetch_one(connection).await?)
}

async fn database_exists(connection: &mut Connection, name: &str) -> Result<bool, StoreError> {
    let found = sqlx::query_scalar("SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1)");
    Ok(found.bind(name).fetch_one(connection).await?)
}

/// Takes CONNECT and TEMP on a database from everyone who has them only by being anyone. The control login
/// keeps its own way in. Nothing is to be done where there is no such database: a cluster of tenants' own need
/// not hold the control database.
async fn close_to_public(connection: &mut Connection, name: &str) -> Result<(), StoreError> {
    let open: Option<bool> = sqlx::query_scalar(
        "SELECT datacl IS NULL OR EXISTS (
             SELECT FROM aclexplode(datacl) AS entry
             WHERE entry.grantee = 0 AND entry.privilege_type IN ('CONNECT', 'TEMPORARY'))
         FROM pg_database WHERE datname = $1",
    )
    .bind(name)
    .fetch_optional(&mut *connection)
    .await?;
    if open != Some(true) {
        return Ok(());
    }
    let database = quoted(name);
    let grant = format!("GRANT CONNECT, TEMPORARY ON DATABASE {database} TO current_user");
    let revoke = format!("REVOKE ALL ON DATABASE {database} FROM PUBLIC");
    let closed = async {
        run(connection, grant).await?;
        run(connection, revoke.clone()).await
    };
    match closed.await {
        Err(StoreError::Fault(sqlx::Error::Database(refusal)))
            if refusal.code().as_deref() == Some("42501") =>
        {
            Err(StoreError::NeedsOperator(format!(
                "the database {name} is open to every login of its cluster, and the control login may \
                 not close it; run as its owner: {revoke};"
            )))
        }
        other => other,
    }
}
