//! The untyped form of a value as it crosses the wire: what CBOR or JSON can say by itself.
//! A cell becomes a `Value` only through the kind of its field (`Kind::read`), which checks it.

use std::collections::BTreeMap;
use std::fmt;

use serde::de::{self, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use uuid::Uuid;

/// One value on the wire. `Id` is sixteen bytes in CBOR and hyphenated text in JSON.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Cell {
    #[default]
    Null,
    Bool(bool),
    Int(i64),
    Text(String),
    Id(Uuid),
    List(Vec<String>),
    Map(BTreeMap<String, String>),
}

impl From<&str> for Cell {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl Serialize for Cell {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Null => serializer.serialize_none(),
            Self::Bool(flag) => serializer.serialize_bool(*flag),
            Self::Int(int) => serializer.serialize_i64(*int),
            Self::Text(text) => serializer.serialize_str(text),
            Self::Id(id) => id.serialize(serializer),
            Self::List(words) => words.serialize(serializer),
            Self::Map(map) => map.serialize(serializer),
        }
    }
}

impl<'de> Deserialize<'de> for Cell {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(CellVisitor)
    }
}

struct CellVisitor;

impl<'de> Visitor<'de> for CellVisitor {
    type Value = Cell;

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str(
            "null, a flag, a whole number, a text, an id, a list of texts or a map of texts",
        )
    }

    fn visit_unit<E>(self) -> Result<Cell, E> {
        Ok(Cell::Null)
    }

    fn visit_none<E>(self) -> Result<Cell, E> {
        Ok(Cell::Null)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Cell, D::Error> {
        Cell::deserialize(deserializer)
    }

    fn visit_bool<E>(self, flag: bool) -> Result<Cell, E> {
        Ok(Cell::Bool(flag))
    }

    fn visit_i64<E>(self, int: i64) -> Result<Cell, E> {
        Ok(Cell::Int(int))
    }

    fn visit_u64<E: de::Error>(self, int: u64) -> Result<Cell, E> {
        i64::try_from(int).map(Cell::Int).map_err(|_| E::custom("a number beyond 64 bits"))
    }

    fn visit_str<E>(self, text: &str) -> Result<Cell, E> {
        Ok(Cell::Text(text.to_owned()))
    }

    fn visit_string<E>(self, text: String) -> Result<Cell, E> {
        Ok(Cell::Text(text))
    }

    fn visit_bytes<E: de::Error>(self, bytes: &[u8]) -> Result<Cell, E> {
        Uuid::from_slice(bytes).map(Cell::Id).map_err(|_| E::custom("an id has sixteen bytes"))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Cell, A::Error> {
        let mut words = Vec::new();
        while let Some(word) = seq.next_element()? {
            words.push(word);
        }
        Ok(Cell::List(words))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Cell, A::Error> {
        let mut map = BTreeMap::new();
        while let Some((key, text)) = access.next_entry::<String, String>()? {
            if map.insert(key, text).is_some() {
                return Err(de::Error::custom("a key stands twice in one map"));
            }
        }
        Ok(Cell::Map(map))
    }
}
