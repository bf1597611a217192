//! How many rows an answer of several pages still has, for whoever waits for them.

use std::collections::BTreeMap;

use domain::permissions::{RowFacts, RowFilter};
use sync_protocol::message::Bucket;

use super::{Page, PullError, Stage};
use crate::store::Connection;
use crate::store::tenant::sync::{bucket, member};
use crate::sync::sight::Seen;

impl Page<'_> {
    /// About how many rows come from the beginning of this page, to be told with it: of what the person sees and
    /// nothing else.
    pub(super) async fn count(&self, view: &mut Connection) -> Result<u64, PullError> {
        let mut rows = 0;
        if matches!(self.token.stage, Stage::Lacking { .. }) {
            for (entity, buckets) in &self.change.sends {
                let buckets: Vec<Bucket> = buckets.iter().copied().collect();
                rows += member::count_standing(view, entity, &buckets).await?;
            }
        }
        let (since, upto) = (self.token.since, self.token.upto);
        if since >= upto {
            return Ok(rows);
        }
        let (range, touched) = bucket::touched(view, since, upto).await?;
        let mut groups: BTreeMap<&RowFilter, Vec<&Seen>> = BTreeMap::new();
        for seen in self.sight.entities() {
            groups.entry(&seen.rows).or_default().push(seen);
        }
        for group in groups.values() {
            let admits = |facts: &RowFacts| group.first().is_some_and(|seen| seen.admits(facts));
            let buckets = touched.iter().filter(|(_, facts)| admits(facts));
            let buckets: Vec<Bucket> = buckets.map(|(bucket, _)| *bucket).collect();
            let names: Vec<&str> = group.iter().map(|seen| seen.entity.name).collect();
            rows += member::count_changed(view, &names, &buckets, &range).await?;
        }
        Ok(rows)
    }
}
