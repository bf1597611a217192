//! Where inside a package a crate may be named: the hub's SQL lives below its store and nowhere
//! else.

use super::Finding;
use super::code::{Kind, Source};

const HUB: &str = "sync-server/src/";
const STORE: &str = "sync-server/src/store/";

pub fn check(source: &Source) -> Vec<Finding> {
    if !source.path.starts_with(HUB) || source.path.starts_with(STORE) {
        return Vec::new();
    }
    // The store's own root may lie beside its folder.
    if source.path == "sync-server/src/store.rs" {
        return Vec::new();
    }
    let named = source.words.iter().filter(|word| word.kind == Kind::Identifier);
    named
        .filter(|word| word.text == "sqlx")
        .map(|word| {
            let message = "sqlx is used only below sync-server/src/store: move the query there \
                           and call it";
            Finding::new(&source.path, word.line, message)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::code::sample;
    use super::*;

    #[test]
    fn sql_outside_the_store_is_found() {
        let text = "fn a(pool: sqlx::PgPool) {}\nfn b() { sqlx::query!(\"select 1\"); }";
        let lines = |path: &str| -> Vec<usize> {
            check(&sample(path, text)).into_iter().map(|finding| finding.line).collect()
        };
        assert_eq!(lines("sync-server/src/http/router.rs"), [1, 2]);
        assert_eq!(lines("sync-server/src/store/tenant/customer.rs"), [0_usize; 0]);
    }
}
