//! A backup that is restored beside the live database: into one of its own, which nothing else knows of yet.

use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

use super::BackupError;
use super::check::Finding;
use super::manifest::{Manifest, Seal, TableSum};
use super::place::Place;
use super::stream::Reader;
use crate::hub::Hub;
use crate::ids;
use crate::store::cluster::ClusterAdmin;
use crate::store::control::tenant::Tenant;
use crate::store::tenant::whole::catalogue::{self, Table};
use crate::store::tenant::whole::load::{self, Intake};
use crate::store::{self, Connection, migrations};

/// A backup of a tenant that was found and opened.
pub struct Opened {
    pub name: String,
    pub manifest: Manifest,
    seal: Seal,
    place: Place,
}

impl Opened {
    /// A tenant's backup of this name, or the newest.
    ///
    /// # Errors
    /// See [`BackupError`].
    pub async fn find(
        hub: &Hub,
        tenant: &Tenant,
        slug: &str,
        name: Option<&str>,
    ) -> Result<Self, BackupError> {
        let place = Place::of(hub, tenant.id)?;
        let name = match name {
            Some(name) => name.to_owned(),
            None => {
                let newest = place.names().await?.pop();
                newest.ok_or_else(|| BackupError::NoneYet(slug.to_owned()))?
            }
        };
        let Some(sealed) = place.manifest(&name).await? else {
            return Err(BackupError::Unknown { slug: slug.to_owned(), name });
        };
        let (seal, manifest) = Seal::open(&hub.keys, tenant.id, &name, &sealed)?;
        let opened = Self { name, manifest, seal, place };
        opened.check_schema()?;
        Ok(opened)
    }

    /// Its tables must be those that this program's own migrations make.
    fn check_schema(&self) -> Result<(), BackupError> {
        for applied in &self.manifest.migrations {
            let version = applied.version;
            let what = match migrations::tenant_checksum(version) {
                Some(checksum) if checksum == applied.checksum => continue,
                Some(_) => format!("migration {version} is another"),
                None => format!("migration {version} is not in this program; use a newer one"),
            };
            return Err(BackupError::OtherSchema { name: self.name.clone(), what });
        }
        Ok(())
    }

    fn not_sound(&self, finding: Finding) -> BackupError {
        BackupError::NotSound { name: self.name.clone(), findings: vec![finding] }
    }
}

/// A database beside the live one.
pub struct Beside {
    pub database: String,
    pub password: Zeroizing<String>,
    pub admin: ClusterAdmin,
}

impl Beside {
    /// Makes a database and fills it from a backup. What an earlier command left behind goes first.
    ///
    /// # Errors
    /// See [`BackupError`]; what was made until then is removed here or by the next command.
    pub async fn make(hub: &Hub, tenant: &Tenant, opened: &Opened) -> Result<Self, BackupError> {
        for (left, cluster) in hub.control.databases_beside(tenant.id, false).await? {
            hub.directory.admin(cluster).await?.drop_tenant(&left).await?;
            hub.control.forget_database(&left).await?;
        }
        let admin = hub.directory.admin(tenant.cluster_id).await?;
        let database = format!("erp_tenant_{}", ids::opaque_id().simple());
        let now = hub.clock.now();
        hub.control.note_scratch(tenant.id, tenant.cluster_id, &database, now).await?;
        let beside = Self { database, password: ids::secret_text().into(), admin };
        match beside.fill(opened).await {
            Ok(()) => Ok(beside),
            Err(error) => {
                beside.remove(hub).await;
                Err(error)
            }
        }
    }

    async fn fill(&self, opened: &Opened) -> Result<(), BackupError> {
        self.admin.make_empty_database(&self.database).await?;
        let mut owner = self.owner().await?;
        migrations::migrate_tenant_to(&mut owner, opened.manifest.schema_version()).await?;
        let tables = catalogue::tables(&mut owner).await?;
        if let Some(finding) = differ(&tables, &opened.manifest.tables) {
            return Err(opened.not_sound(finding));
        }
        let content = opened.place.content(&opened.name).await?;
        let mut reader = Reader::begin(&opened.name, content, &opened.seal.keys.content)?;
        let mut tx = store::begin(&mut owner).await?;
        let references = load::make_ready(&mut tx, &tables).await?;
        for (table, sum) in tables.iter().zip(&opened.manifest.tables) {
            if let Some(finding) = fill_table(&mut tx, table, sum, &mut reader).await? {
                return Err(opened.not_sound(finding));
            }
        }
        reader.finish().await?;
        let sequences = &opened.manifest.sequences;
        if let Some(name) = load::settle(&mut tx, &tables, sequences, references).await? {
            return Err(opened.not_sound(Finding::Reference { name }));
        }
        store::commit(tx).await?;
        Ok(load::analyse(&mut owner).await?)
    }

    /// A connection to it as its owner.
    ///
    /// # Errors
    /// See [`BackupError`].
    pub async fn owner(&self) -> Result<Connection, BackupError> {
        Ok(self.admin.connect_as_owner(&self.database).await?)
    }

    /// Removes it. Where that fails now, the next command does it.
    pub async fn remove(&self, hub: &Hub) {
        let removed = async {
            self.admin.drop_tenant(&self.database).await?;
            hub.control.forget_database(&self.database).await
        };
        if let Err(error) = removed.await {
            tracing::warn!(database = %self.database, ?error, "a database is removed later");
        }
    }
}

/// The first table that the backup and the migrations do not tell alike.
fn differ(tables: &[Table], sums: &[TableSum]) -> Option<Finding> {
    let same =
        |(table, sum): (&Table, &TableSum)| table.name == sum.name && table.columns == sum.columns;
    let odd = tables.iter().zip(sums).find(|pair| !same(*pair)).map(|(_, sum)| sum.name.clone());
    let odd = odd.or_else(|| sums.get(tables.len()).map(|sum| sum.name.clone()));
    let odd = odd.or_else(|| tables.get(sums.len()).map(|table| table.name.clone()));
    odd.map(|table| Finding::Layout { table })
}

async fn fill_table(
    connection: &mut Connection,
    table: &Table,
    expected: &TableSum,
    reader: &mut Reader,
) -> Result<Option<Finding>, BackupError> {
    let mut sum = Sha256::new();
    let mut intake = Intake::begin(connection, table).await?;
    loop {
        let frame = reader.frame().await?;
        if frame.is_empty() {
            break;
        }
        sum.update(&frame);
        intake.take(&frame).await?;
    }
    let rows = intake.finish().await?;
    let same = rows == expected.rows && sum.finalize()[..] == expected.sha256;
    Ok((!same).then(|| Finding::Rows { table: table.name.clone(), expected: expected.rows, rows }))
}
