//! Where a column goes: the one form in which a person, the remembered mapping and the table of aliases say
//! it, read against the declaration.

use std::fmt;

use domain::record::{EntityDef, FieldDef, Kind};

/// The place that the cells of a column are for.
#[derive(Clone, Debug, PartialEq)]
pub enum Target {
    Ignore,
    /// The id of the record.
    Id,
    /// Its id in the system that the import names.
    External,
    Field {
        name: String,
        /// The flag is the other way round.
        negated: bool,
        /// Several columns make one text, in the order of these numbers.
        part: Option<u8>,
    },
    /// One entry of a map: an id in a named system, a name in a language.
    Entry {
        field: &'static str,
        key: String,
    },
    Child {
        child: &'static str,
        /// Which of the rows in this line; one for each line where it is absent.
        number: Option<usize>,
        /// `None` for the id of the row.
        field: Option<String>,
    },
}

/// What a master calls a child of its own: `contact` for `customer_contact`.
pub fn short<'n>(entity: &EntityDef, child: &'n str) -> &'n str {
    child.strip_prefix(entity.name).and_then(|rest| rest.strip_prefix('_')).unwrap_or(child)
}

/// The child with this machine name or short name.
pub fn child(entity: &'static EntityDef, name: &str) -> Option<&'static EntityDef> {
    let mut children = entity.children.iter().copied();
    children.find(|child| child.name == name || short(entity, child.name) == name)
}

impl Target {
    pub fn field(name: &str) -> Self {
        Self::Field { name: name.to_owned(), negated: false, part: None }
    }

    /// Reads a path; `None` where the entity has no such place.
    pub fn read(entity: &'static EntityDef, path: &str) -> Option<Self> {
        let path = path.trim();
        match path {
            "ignore" => return Some(Self::Ignore),
            "id" => return Some(Self::Id),
            "external_id" => return Some(Self::External),
            _ => {}
        }
        if let Some(name) = path.strip_prefix("not ") {
            let field = entity.field(name.trim()).filter(|field| field.kind == Kind::Bool)?;
            return Some(Self::Field { name: field.name.to_owned(), negated: true, part: None });
        }
        if let Some((name, part)) = path.split_once('#') {
            let is_text =
                |field: &&FieldDef| matches!(field.kind, Kind::Text { .. } | Kind::LongText);
            let field = entity.field(name).filter(is_text)?;
            let part = part.parse().ok()?;
            let name = field.name.to_owned();
            return Some(Self::Field { name, negated: false, part: Some(part) });
        }
        if let Some(place) = entity.place(path) {
            return (place.field.kind != Kind::Map).then(|| Self::field(path));
        }
        let (first, rest) = path.split_once('.')?;
        if let Some(field) = entity.field(first).filter(|field| field.kind == Kind::Map) {
            return (!rest.is_empty())
                .then(|| Self::Entry { field: field.name, key: rest.to_owned() });
        }
        let child = child(entity, first)?;
        let (number, name) = match rest.split_once('.') {
            Some((number, name)) => (Some(number.parse().ok().filter(|number| *number > 0)?), name),
            None => (None, rest),
        };
        let field = match name {
            "id" => None,
            name => {
                Some(child.field(name).filter(|field| field.kind != Kind::Map)?.name.to_owned())
            }
        };
        Some(Self::Child { child: child.name, number, field })
    }

    /// The kind of what a cell of it holds, where a built-in field says it.
    pub fn kind(&self, entity: &'static EntityDef) -> Option<Kind> {
        match self {
            Self::Ignore | Self::Id | Self::External => None,
            Self::Field { name, .. } => entity.field(name).map(|field| field.kind),
            Self::Entry { .. } => Some(Kind::LongText),
            Self::Child { child, field, .. } => {
                let child = entity.child(child)?;
                child.field(field.as_deref()?).map(|field| field.kind)
            }
        }
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self {
            Self::Ignore => f.write_str("ignore"),
            Self::Id => f.write_str("id"),
            Self::External => f.write_str("external_id"),
            Self::Field { name, negated: true, .. } => write!(f, "not {name}"),
            Self::Field { name, part: Some(part), .. } => write!(f, "{name}#{part}"),
            Self::Field { name, .. } => f.write_str(name),
            Self::Entry { field, key } => write!(f, "{field}.{key}"),
            Self::Child { child, number, field } => {
                let field = field.as_deref().unwrap_or("id");
                match number {
                    Some(number) => write!(f, "{child}.{number}.{field}"),
                    None => write!(f, "{child}.{field}"),
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use domain::masters::CUSTOMER;

    use super::*;

    #[test]
    fn a_path_is_read_and_written_in_one_form() {
        for path in [
            "ignore",
            "id",
            "external_id",
            "name",
            "not active",
            "name#2",
            "external_ids.shop",
            "translations.de",
            "customer_contact.name",
            "customer_contact.2.fax",
            "customer_address.1.id",
            "extra.fax",
        ] {
            let target = Target::read(&CUSTOMER, path).unwrap_or_else(|| panic!("{path}"));
            assert_eq!(target.to_string(), path);
        }
        let short = Target::read(&CUSTOMER, "contact.1.name").unwrap();
        assert_eq!(short.to_string(), "customer_contact.1.name");
        for path in ["nome", "contact.0.name", "contact.x", "not name", "external_ids", "extra", ""]
        {
            assert_eq!(Target::read(&CUSTOMER, path), None, "{path}");
        }
    }
}
