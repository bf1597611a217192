//! `Search`: records of any entity by words as they are typed.

use contract::{Failure, SearchHit};
use domain::permissions::Action;
use domain::record::EntityDef;
use local_store::View;

use super::fault;
use crate::session::Held;

/// The most hits that one search shows.
const LIMIT_MAX: u32 = 200;

pub fn search(
    view: &View,
    held: &Held,
    text: &str,
    entity: Option<&str>,
    limit: u32,
) -> Result<Vec<SearchHit>, Failure> {
    let entity: Option<&'static EntityDef> = entity.map(super::entity).transpose()?;
    if let Some(entity) = entity {
        held.check(Action::View, entity, None, &[])?;
    }
    let limit = usize::try_from(limit.min(LIMIT_MAX)).unwrap_or_default();
    let visible = |entity: &EntityDef| {
        domain::masters::find(entity.name).is_some()
            && held.check(Action::View, entity, None, &["name", entity.key]).is_ok()
    };
    let found = view.search(text, entity, limit).map_err(fault)?;
    let hits = found.hits.into_iter().filter(|hit| visible(hit.entity));
    Ok(hits
        .map(|hit| SearchHit {
            entity: hit.entity.name.to_owned(),
            id: hit.title.id,
            title: hit.title.title,
            key: hit.title.key,
        })
        .collect())
}
