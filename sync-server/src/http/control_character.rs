//! Finding a control character in a JSON document by walking through it, without building it: whoever sends one has
//! not signed in yet, and a document takes many times its size.

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};

/// The path of the first text, or name, that has one. Of what is no JSON, up to where it stops being it.
pub(super) fn control_character(body: &[u8]) -> Option<String> {
    let mut walk = Walk::default();
    let mut json = serde_json::Deserializer::from_slice(body);
    // That it is no JSON is told by whoever reads it.
    let _ = Step(&mut walk).deserialize(&mut json);
    walk.found
}

#[derive(Default)]
struct Walk {
    path: Vec<Part>,
    found: Option<String>,
}

enum Part {
    Member(String),
    Item(usize),
}

type Fraction = f64; // float: of JSON, thrown away unread

/// One value of the document.
struct Step<'a>(&'a mut Walk);

impl Walk {
    /// Ends the walk where the text has one.
    fn look<E: Error>(&mut self, text: &str) -> Result<(), E> {
        if !text.contains(char::is_control) {
            return Ok(());
        }
        self.found = Some(self.told());
        Err(E::custom("a control character"))
    }

    fn told(&self) -> String {
        let mut told = String::new();
        for part in &self.path {
            match part {
                Part::Item(index) => told.push_str(&format!("[{index}]")),
                Part::Member(name) => {
                    if !told.is_empty() {
                        told.push('.');
                    }
                    told.push_str(name);
                }
            }
        }
        told
    }
}

impl<'de> DeserializeSeed<'de> for Step<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Step<'_> {
    type Value = ();

    fn expecting(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_bool<E>(self, _: bool) -> Result<(), E> {
        Ok(())
    }

    fn visit_i64<E>(self, _: i64) -> Result<(), E> {
        Ok(())
    }

    fn visit_u64<E>(self, _: u64) -> Result<(), E> {
        Ok(())
    }

    fn visit_f64<E>(self, _: Fraction) -> Result<(), E> {
        Ok(())
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<(), E> {
        self.0.look(text)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        for index in 0.. {
            self.0.path.push(Part::Item(index));
            if items.next_element_seed(Step(self.0))?.is_none() {
                break;
            }
            self.0.path.pop();
        }
        self.0.path.pop();
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<(), A::Error> {
        while let Some(name) = members.next_key::<String>()? {
            self.0.look(&name)?;
            self.0.path.push(Part::Member(name));
            members.next_value_seed(Step(self.0))?;
            self.0.path.pop();
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_one_is_named_by_its_path() {
        let found = |text: &str| control_character(text.as_bytes());
        assert_eq!(found(r#"{"a": [1, true, null, -2, 0.5, "clean"], "b": {}}"#), None);
        assert_eq!(found(r#""\u0000""#).as_deref(), Some(""));
        assert_eq!(found(r#"{"a": {"b": ["", {"c": "x\ty"}]}}"#).as_deref(), Some("a.b[1].c"));
        assert_eq!(found(r#"[["a", "b"], ["c\u0007"]]"#).as_deref(), Some("[1][0]"));
        // A name is told by where it stands.
        assert_eq!(found(r#"{"a": {"b\n": 1}}"#).as_deref(), Some("a"));
    }

    #[test]
    fn what_is_no_json_is_for_others_to_tell() {
        for text in ["", "{", "[1, ", r#"{"a" 1}"#, "nope"] {
            assert_eq!(control_character(text.as_bytes()), None, "{text}");
        }
        assert_eq!(control_character("[".repeat(100_000).as_bytes()), None);
    }
}
