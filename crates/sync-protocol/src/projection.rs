//! What one person sees of an entity: which rows, which fields. Every exit of the sync passes here.

use domain::permissions::{Action, Grants, Mask, RowFilter, Scope, check};
use domain::record::{EntityDef, Record, ScopeRule, row_facts};

/// The masks of an entity and of its children for one person.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Projection {
    /// Each with the name of its entity; what is not listed is not hidden.
    masks: Vec<(&'static str, Mask)>,
}

impl Projection {
    pub fn of(grants: &Grants, entity: &'static EntityDef) -> Self {
        let entities = std::iter::once(entity).chain(entity.children.iter().copied());
        Self { masks: entities.map(|entity| (entity.name, grants.mask_for(entity))).collect() }
    }

    pub fn hides(&self, entity: &str, field: &str) -> bool {
        self.masks.iter().any(|(name, mask)| *name == entity && mask.hides(field))
    }

    /// Names this projection for caches: equal ids show the same fields.
    pub fn id(&self) -> String {
        self.masks.iter().map(|(_, mask)| mask.id()).collect::<Vec<_>>().join(".")
    }
}

/// The scope in which the person sees the record; `None` where they do not.
pub fn visible_in(grants: &Grants, record: &Record) -> Option<Scope> {
    let entity = record.entity();
    if entity.everywhere {
        return domain::record::scope_of(record);
    }
    let decision = check(grants, Action::View, entity, Some(&row_facts(record)), &[]);
    if !decision.is_allowed() {
        return None;
    }
    let scope = domain::record::scope_of(record)?;
    (scope == Scope::Tenant || scope == Scope::User(grants.user_id)).then_some(scope)
}

/// The rows of the entity that the person may hold, whatever their scope.
pub fn rows_for(grants: &Grants, entity: &EntityDef) -> RowFilter {
    match entity.everywhere {
        true => RowFilter::Everything,
        false => grants.row_filter(entity.guard.view),
    }
}

/// The scopes a device of this person holds rows of.
pub fn scopes_of(grants: &Grants) -> [Scope; 2] {
    [Scope::Tenant, Scope::User(grants.user_id)]
}

/// The scope in which the person may hold rows of the entity; `None` where they may not view it at all.
pub fn scope_for(grants: &Grants, entity: &EntityDef) -> Option<Scope> {
    if !entity.everywhere && !grants.holds(entity.guard.view) {
        return None;
    }
    Some(match entity.scope {
        ScopeRule::Tenant => Scope::Tenant,
        ScopeRule::Owner => Scope::User(grants.user_id),
    })
}
