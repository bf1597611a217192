//! What one person sees of each entity, worked out once for one answer.

use domain::permissions::{Grants, RowFacts, RowFilter};
use domain::record::{EntityDef, Record, row_facts};
use domain::synced;
use sync_protocol::projection::{Projection, rows_for};

/// One entity as the person sees it; `index` is what frames call it.
pub struct Seen {
    pub index: u16,
    pub entity: &'static EntityDef,
    rows: RowFilter,
    pub projection: Projection,
}

impl Seen {
    pub fn admits(&self, facts: &RowFacts) -> bool {
        self.rows.admits(facts)
    }

    pub fn shows(&self, record: &Record) -> bool {
        self.admits(&row_facts(record))
    }
}

/// The entities of which the person sees any row.
pub struct Sight(Vec<Seen>);

impl Sight {
    pub fn of(grants: &Grants) -> Self {
        let numbered = (0_u16..).zip(synced::all());
        let seen = numbered.filter_map(|(index, entity)| {
            let rows = rows_for(grants, entity);
            let projection = Projection::of(grants, entity);
            (rows != RowFilter::Nothing).then_some(Seen { index, entity, rows, projection })
        });
        Self(seen.collect())
    }

    pub fn find(&self, entity: &str) -> Option<&Seen> {
        self.0.iter().find(|seen| seen.entity.name == entity)
    }

    pub fn iter(&self) -> impl Iterator<Item = &Seen> {
        self.0.iter()
    }
}
