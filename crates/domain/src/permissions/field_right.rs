//! What a person may do with one field, and the name of a field wherever it is text. Who has which
//! right is said by roles and field groups, not here.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// How much of a field is shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ReadRight {
    #[default]
    Hidden,
    /// The last four characters; not to be filtered, sorted or searched by.
    LastFour,
    Full,
}

/// What a person may do with one field of a record that the person may see or change.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct FieldRight {
    pub read: ReadRight,
    pub write: bool,
}

/// A text that is no field right.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{0}` is not a right on a field; write none, last_four, read, write, last_four_write or read_write"
)]
pub struct UnknownFieldRight(pub String);

impl FieldRight {
    pub const NONE: FieldRight = FieldRight { read: ReadRight::Hidden, write: false };
    pub const LAST_FOUR: FieldRight = FieldRight { read: ReadRight::LastFour, write: false };
    pub const READ: FieldRight = FieldRight { read: ReadRight::Full, write: false };
    pub const WRITE: FieldRight = FieldRight { read: ReadRight::Hidden, write: true };
    pub const FULL: FieldRight = FieldRight { read: ReadRight::Full, write: true };

    /// What a person has who was given both: the larger of each.
    pub fn or(self, other: FieldRight) -> FieldRight {
        FieldRight { read: self.read.max(other.read), write: self.write || other.write }
    }

    /// The right's one text, as it stands in roles and leases.
    pub const fn name(self) -> &'static str {
        match (self.read, self.write) {
            (ReadRight::Hidden, false) => "none",
            (ReadRight::LastFour, false) => "last_four",
            (ReadRight::Full, false) => "read",
            (ReadRight::Hidden, true) => "write",
            (ReadRight::LastFour, true) => "last_four_write",
            (ReadRight::Full, true) => "read_write",
        }
    }
}

impl FromStr for FieldRight {
    type Err = UnknownFieldRight;

    fn from_str(text: &str) -> Result<Self, UnknownFieldRight> {
        let (read, write) = match text {
            "none" => (ReadRight::Hidden, false),
            "last_four" => (ReadRight::LastFour, false),
            "read" => (ReadRight::Full, false),
            "write" => (ReadRight::Hidden, true),
            "last_four_write" => (ReadRight::LastFour, true),
            "read_write" => (ReadRight::Full, true),
            _ => return Err(UnknownFieldRight(text.to_owned())),
        };
        Ok(FieldRight { read, write })
    }
}

impl Serialize for FieldRight {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

impl<'de> Deserialize<'de> for FieldRight {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

/// A field of an entity, written `customer.credit_limit`; a tenant's own field is
/// `customer.extra.colour`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FieldKey {
    pub entity: String,
    pub field: String,
}

/// A text that is no field.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{0}` is not a field; write the entity, a dot and the field, for instance customer.tax_id"
)]
pub struct FieldKeyError(pub String);

impl FieldKey {
    pub fn new(entity: &str, field: &str) -> FieldKey {
        FieldKey { entity: entity.to_owned(), field: field.to_owned() }
    }
}

impl fmt::Display for FieldKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.entity, self.field)
    }
}

impl FromStr for FieldKey {
    type Err = FieldKeyError;

    fn from_str(text: &str) -> Result<Self, FieldKeyError> {
        match text.split_once('.') {
            Some((entity, field)) if !entity.is_empty() && !field.is_empty() => {
                Ok(FieldKey::new(entity, field))
            }
            _ => Err(FieldKeyError(text.to_owned())),
        }
    }
}

impl Serialize for FieldKey {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for FieldKey {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_right_has_one_text_and_comes_back_from_it() {
        for read in [ReadRight::Hidden, ReadRight::LastFour, ReadRight::Full] {
            for write in [false, true] {
                let right = FieldRight { read, write };
                assert_eq!(right.name().parse(), Ok(right));
            }
        }
        assert!("readwrite".parse::<FieldRight>().is_err());
    }

    #[test]
    fn two_rights_add_up_and_neither_is_lost() {
        assert_eq!(FieldRight::READ.or(FieldRight::WRITE), FieldRight::FULL);
        assert_eq!(FieldRight::READ.or(FieldRight::LAST_FOUR), FieldRight::READ);
    }

    #[test]
    fn a_field_is_named_with_its_entity() {
        let own: FieldKey = "customer.extra.colour".parse().unwrap();
        assert_eq!(own, FieldKey::new("customer", "extra.colour"));
        assert_eq!(own.to_string(), "customer.extra.colour");
        for wrong in ["", "customer", ".tax_id", "customer."] {
            assert_eq!(wrong.parse::<FieldKey>(), Err(FieldKeyError(wrong.to_owned())));
        }
    }
}
