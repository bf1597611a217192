//! A tenant's short name: what people type at sign-in and what stands in links. It checks the form; whether a
//! slug is free is the control database's to say.

/// Names that mean something else in an address, now or soon.
const RESERVED: &[&str] = &[
    "admin",
    "api",
    "app",
    "assets",
    "auth",
    "blog",
    "daybook",
    "demo-data",
    "dev",
    "docs",
    "example",
    "ftp",
    "help",
    "hub",
    "internal",
    "localhost",
    "login",
    "mail",
    "metrics",
    "new",
    "none",
    "null",
    "operator",
    "platform",
    "postgres",
    "public",
    "root",
    "smtp",
    "staging",
    "static",
    "status",
    "support",
    "sync",
    "system",
    "template",
    "tenant",
    "test",
    "undefined",
    "www",
];

/// Why a text is no slug.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SlugError {
    #[error("a slug has 3 to 40 characters")]
    Length,
    #[error("a slug has only a to z, 0 to 9 and single hyphens between them, like acme-trading")]
    Characters,
    #[error("the slug `{0}` is reserved; choose another")]
    Reserved(String),
}

/// Checks the form of a slug.
///
/// # Errors
/// The first rule that stands against it.
pub fn check(slug: &str) -> Result<(), SlugError> {
    if !(3..=40).contains(&slug.len()) {
        return Err(SlugError::Length);
    }
    let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    if !slug.chars().all(allowed)
        || slug.starts_with('-')
        || slug.ends_with('-')
        || slug.contains("--")
    {
        return Err(SlugError::Characters);
    }
    if RESERVED.contains(&slug) {
        return Err(SlugError::Reserved(slug.to_owned()));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slug_is_short_plain_and_not_reserved() {
        for good in ["acme", "a1b", "acme-trading-2", &"a".repeat(40)] {
            assert_eq!(check(good), Ok(()), "{good}");
        }
        for (bad, error) in [
            ("ab", SlugError::Length),
            (&*"a".repeat(41), SlugError::Length),
            ("Acme", SlugError::Characters),
            ("-acme", SlugError::Characters),
            ("acme-", SlugError::Characters),
            ("ac--me", SlugError::Characters),
            ("acme.x", SlugError::Characters),
            ("bücher", SlugError::Characters),
            ("admin", SlugError::Reserved("admin".to_owned())),
        ] {
            assert_eq!(check(bad), Err(error), "{bad}");
        }
    }
}
