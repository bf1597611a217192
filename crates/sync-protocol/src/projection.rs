//! What one person sees of an entity: which rows, which fields. Every exit of the sync passes here.

use std::borrow::Cow;

use domain::permissions::{Grants, Mask, OwnershipColumn, RowFacts, RowFilter};
use domain::record::{EntityDef, Record, ScopeRule, row_facts};
use serde::{Deserialize, Serialize};

/// The masks of an entity and of its children for one person.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Projection {
    /// Each with the name of its entity; what is not listed is not hidden.
    masks: Vec<(Cow<'static, str>, Mask)>,
}

impl Projection {
    pub fn of(grants: &Grants, entity: &'static EntityDef) -> Self {
        let entities = std::iter::once(entity).chain(entity.children.iter().copied());
        Self {
            masks: entities.map(|entity| (entity.name.into(), grants.mask_for(entity))).collect(),
        }
    }

    pub fn hides(&self, entity: &str, field: &str) -> bool {
        self.masks.iter().any(|(name, mask)| *name == entity && mask.hides(field))
    }

    /// What a copy that was made through `before` has to change to be one that is made through this: the fields
    /// to empty, as `customer.credit_limit`, and whether rows have to be sent anew because they show more.
    pub fn after(&self, before: &Projection) -> (Vec<String>, bool) {
        let (mut emptied, mut more) = (Vec::new(), false);
        let unmasked = Mask::default();
        for (entity, mask) in &self.masks {
            let found = before.masks.iter().find(|(name, _)| name == entity);
            let old = found.map_or(&unmasked, |(_, mask)| mask);
            let (hidden, again) = mask.hides_anew(old);
            emptied.extend(hidden.map(|field| format!("{entity}.{field}")));
            more |= again.count() > 0 || old.hides_anew(mask).0.count() > 0;
        }
        (emptied, more)
    }

    /// Names this projection for caches: equal ids show the same fields.
    pub fn id(&self) -> String {
        self.masks.iter().map(|(_, mask)| mask.id()).collect::<Vec<_>>().join(".")
    }
}

/// The rows of the entity that the person may hold.
pub fn rows_for(grants: &Grants, entity: &EntityDef) -> RowFilter {
    if entity.everywhere {
        return RowFilter::Everything;
    }
    let admitted = grants.row_filter(entity.guard.view);
    match entity.scope {
        ScopeRule::Tenant => admitted,
        ScopeRule::Owner => {
            // Such a row has no other ownership column: the filter admits all of a person's own or none.
            let own = RowFacts { owner_id: Some(grants.user_id), ..RowFacts::default() };
            match admitted.admits(&own) {
                true => RowFilter::OneOf(OwnershipColumn::Owner, [grants.user_id].into()),
                false => RowFilter::Nothing,
            }
        }
    }
}

/// Whether the person may hold the record.
pub fn is_visible(grants: &Grants, record: &Record) -> bool {
    rows_for(grants, record.entity()).admits(&row_facts(record))
}
