//! A scope: a set of rows that is visible together. Written `tenant` or `<kind>:<uuid>` wherever it
//! is text. Says nothing about which scopes a person has; that is `Grants`.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use uuid::Uuid;

/// A set of rows that is visible together and travels together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Scope {
    /// Every row of the tenant.
    Tenant,
    Company(Uuid),
    Branch(Uuid),
    Department(Uuid),
    Warehouse(Uuid),
    /// The rows one person owns.
    User(Uuid),
}

/// A text that is no scope.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ScopeError {
    #[error(
        "`{0}` is not a scope; write `tenant`, or company, branch, department, warehouse or user, a colon and an id"
    )]
    Form(String),
    #[error("the scope `{text}` needs a UUID after the colon, but `{id}` is none")]
    Id { text: String, id: String },
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Scope::Tenant => f.write_str("tenant"),
            Scope::Company(id) => write!(f, "company:{id}"),
            Scope::Branch(id) => write!(f, "branch:{id}"),
            Scope::Department(id) => write!(f, "department:{id}"),
            Scope::Warehouse(id) => write!(f, "warehouse:{id}"),
            Scope::User(id) => write!(f, "user:{id}"),
        }
    }
}

impl FromStr for Scope {
    type Err = ScopeError;

    fn from_str(text: &str) -> Result<Self, ScopeError> {
        if text == "tenant" {
            return Ok(Scope::Tenant);
        }
        let form = || ScopeError::Form(text.to_owned());
        let (kind, id) = text.split_once(':').ok_or_else(form)?;
        let scope = match kind {
            "company" => Scope::Company,
            "branch" => Scope::Branch,
            "department" => Scope::Department,
            "warehouse" => Scope::Warehouse,
            "user" => Scope::User,
            _ => return Err(form()),
        };
        let wrong_id = || ScopeError::Id { text: text.to_owned(), id: id.to_owned() };
        let parsed = Uuid::try_parse(id).map_err(|_| wrong_id())?;
        // One scope has one text: braces, capitals and the undashed form would be second spellings.
        if parsed.to_string() != id {
            return Err(wrong_id());
        }
        Ok(scope(parsed))
    }
}

impl Serialize for Scope {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Scope {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scope_has_one_text_and_comes_back_from_it() {
        let id = Uuid::from_u128(0x0190_c0de_0000_7000_8000_0000_0000_0042);
        let scopes = [
            Scope::Tenant,
            Scope::Company(id),
            Scope::Branch(id),
            Scope::Department(id),
            Scope::Warehouse(id),
            Scope::User(id),
        ];
        for scope in scopes {
            assert_eq!(scope.to_string().parse(), Ok(scope));
        }
        assert_eq!(Scope::Company(id).to_string(), "company:0190c0de-0000-7000-8000-000000000042");
        assert!("company:0190C0DE-0000-7000-8000-000000000042".parse::<Scope>().is_err());
        assert!("company:0190c0de000070008000000000000042".parse::<Scope>().is_err());
    }

    #[test]
    fn a_wrong_scope_is_told_what_a_scope_looks_like() {
        for text in ["", "tenant:", "Tenant", "planet:1", "company"] {
            assert_eq!(text.parse::<Scope>(), Err(ScopeError::Form(text.to_owned())));
        }
        let refused = "branch:north".parse::<Scope>().unwrap_err();
        assert_eq!(
            refused.to_string(),
            "the scope `branch:north` needs a UUID after the colon, but `north` is none"
        );
    }
}
