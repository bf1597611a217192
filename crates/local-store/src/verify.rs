//! Is the file whole? Its pages, its indexes, the sums of what it holds, and the chain of the device's
//! ops. It finds and says; mending is a rebuild.

use std::collections::BTreeMap;

use sync_protocol::digest::Digest;
use sync_protocol::message::Bucket;
use sync_protocol::op::{Hash, SealedOp};
use uuid::Uuid;

use crate::apply::held_sums;
use crate::error::{Result, StoreError};
use crate::layout::Layout;
use crate::records::overlay::{self, Base};
use crate::records::row;
use crate::unknown;
use crate::view::View;

/// Whether each page decrypts.
const CIPHER: &str = "PRAGMA cipher_integrity_check";

/// What was looked at, and what is wrong with it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// Rows whose digest was computed anew.
    pub rows: u64,
    /// Ops of the chain that were read.
    pub ops: u64,
    /// In words; empty where everything is well.
    pub findings: Vec<String>,
}

impl View<'_> {
    /// Reads everything there is and compares it.
    ///
    /// # Errors
    /// Only where the file cannot be read at all; what is wrong in it is a finding.
    pub fn verify(&self) -> Result<Report> {
        let mut report = Report::default();
        self.pages(&mut report)?;
        self.sums(&mut report)?;
        self.chain_of_ops(&mut report)?;
        Ok(report)
    }

    fn pages(&self, report: &mut Report) -> Result<()> {
        // FTS5 checks the index by the outline that it read last on this connection; a question makes it
        // read the outline of this state.
        let mut outline = self
            .db
            .connection
            .prepare_cached("SELECT 1 FROM search WHERE search MATCH 'a' LIMIT 1")?;
        outline.exists(())?;
        for pragma in [CIPHER, "PRAGMA integrity_check"] {
            let mut query = self.db.connection.prepare(pragma)?;
            let lines = query.query_map((), |row| row.get::<_, String>(0))?;
            for line in lines {
                let line = line?;
                if pragma == CIPHER && line != "ok" {
                    return Err(StoreError::Damaged("a page cannot be read".to_owned()));
                }
                if line != "ok" {
                    report.findings.push(format!("the file: {line}"));
                }
            }
        }
        Ok(())
    }

    /// Each member's image, digested anew, against the stored digest and sums.
    fn sums(&self, report: &mut Report) -> Result<()> {
        let mut computed: BTreeMap<(i64, Bucket), (i64, Digest)> = BTreeMap::new();
        let mut query = self
            .db
            .connection
            .prepare("SELECT entity, row_id, bucket, digest FROM member ORDER BY entity, row_id")?;
        let mut members = query.query(())?;
        while let Some(member) = members.next()? {
            let (entity, id, bucket): (i64, [u8; 16], Bucket) =
                (member.get(0)?, member.get(1)?, member.get(2)?);
            let (id, stored) = (Uuid::from_bytes(id), Digest::from_bytes(member.get(3)?));
            report.rows += 1;
            let sum = computed.entry((entity, bucket)).or_default();
            *sum = (sum.0 + 1, sum.1.plus(stored));
            let Some(layout) = self.db.numbers.layout(entity) else {
                report.findings.push(format!("row {id} is of no known entity"));
                continue;
            };
            let name = layout.entity.name;
            match self.image_digest(layout, id)? {
                None => report.findings.push(format!("{name} {id} is missing")),
                Some(digest) if digest != stored => {
                    report.findings.push(format!("{name} {id} is not what the hub sent"));
                }
                Some(_) => {}
            }
        }
        let held = held_sums(self.db)?;
        for key in computed.keys().chain(held.keys().filter(|key| !computed.contains_key(key))) {
            let held = held.get(key).copied().unwrap_or_default();
            let (rows, digest) = computed.get(key).copied().unwrap_or_default();
            if (held.rows, held.digest) != (rows, digest) {
                let entity = self.db.numbers.layout(key.0).map_or("?", |it| it.entity.name);
                report.findings.push(format!("the sum of {entity} is not that of its {rows} rows"));
            }
        }
        Ok(())
    }

    fn image_digest(&self, layout: &'static Layout, id: Uuid) -> Result<Option<Digest>> {
        let image = match overlay::base(self.db, layout, id)? {
            Base::Image(image) => image.map(|image| *image),
            Base::Row => row::load(self.db, layout, id)?.map(|stored| stored.record),
        };
        let entity = self.db.numbers.of(layout);
        image.map(|image| unknown::image_digest(self.db, entity, &image)).transpose()
    }

    /// Each op's hash, and that it names the op before. Ops may be gone (purged with their rows); what
    /// is there must fit together.
    fn chain_of_ops(&self, report: &mut Report) -> Result<()> {
        let mut query = self.db.connection.prepare(
            "SELECT op_seq, bytes, hash, 1 FROM outbox \
             UNION ALL SELECT op_seq, bytes, hash, 0 FROM acked_op ORDER BY op_seq",
        )?;
        let mut rows = query.query(())?;
        let mut before: Option<(i64, Hash)> = None;
        while let Some(row) = rows.next()? {
            let (op_seq, stored): (i64, Hash) = (row.get(0)?, Hash(row.get(2)?));
            let sealed = SealedOp::open(row.get(1)?)?;
            report.ops += 1;
            let follows = match before {
                Some((seq, hash)) if seq + 1 == op_seq => sealed.op().prev_hash == hash,
                Some(_) => true,
                None => op_seq > 1 || sealed.op().prev_hash == Hash::default(),
            };
            let in_place = i64::try_from(sealed.op().op_seq) == Ok(op_seq);
            if !follows || !in_place || sealed.hash() != stored {
                report.findings.push(format!("operation {op_seq} does not fit into the chain"));
            }
            before = Some((op_seq, stored));
        }
        let end = self.chain()?;
        let last = i64::try_from(end.op_seq).unwrap_or(i64::MAX);
        let fits = before.is_none_or(|(seq, hash)| last > seq || (last == seq && end.hash == hash));
        if !fits {
            report.findings.push(format!("the chain ends at {last}, before its last operation"));
        }
        Ok(())
    }
}
