//! What the words of a header mean: the names and labels of the declaration, a tenant's own fields, then the table of
//! names that people and other programs use. And the other way: what a person reads over a column, which is read as
//! that column again.

use contract::{Language, MappedBy};
use domain::record::{EntityDef, FieldDef, Kind, Label, OwnField, OwnFields, fold_search};

use super::aliases::{FIELDS, KEYS, LINKS, MASTERS, NAMES};
use super::sheet::Sheet;
use super::target::{Target, short};

/// What is known of the words of one master.
#[derive(Clone, Copy)]
pub struct Words<'a> {
    pub entity: &'static EntityDef,
    pub own: &'a OwnFields,
}

/// Where a word leads, as far as it says so itself.
enum Found {
    Place(Target, MappedBy),
    /// It names the key of the master, which is another program's as well as ours.
    Key,
}

impl Words<'_> {
    /// What a heading means beside the others of its table; `key` is where the master's key goes.
    pub fn meant(
        &self,
        heading: &str,
        others: &[String],
        key: impl Fn() -> Target,
    ) -> Option<(Target, MappedBy)> {
        let place = |found: Found| match found {
            Found::Place(target, by) => (target, by),
            Found::Key => (key(), MappedBy::Alias),
        };
        let found = place(self.recognise(heading)?);
        let is_free = |target: &Target| {
            let others = others.iter().filter(|other| *other != heading);
            others.filter_map(|other| self.recognise(other)).all(|other| place(other).0 != *target)
        };
        let refers = |target: &Target| matches!(target.kind(self.entity), Some(Kind::Reference(_)));
        let aliases = || {
            let mut aliases = self.by_alias(&fold(heading));
            aliases.retain(is_field);
            aliases.into_iter()
        };
        let other = match &found {
            // In the lists of other programs the company is the partner itself and not ours that deals with it,
            // unless another column has the partner's name.
            (target, MappedBy::Label) if refers(target) => aliases().find(is_free),
            // A company's registered name is its name, unless another column has that.
            (target, MappedBy::Alias) if aliases().nth(1).is_some() && !is_free(target) => {
                aliases().find(is_free)
            }
            _ => None,
        };
        Some(other.map_or(found, |other| (other, MappedBy::Alias)))
    }

    /// What stands over the column of a path: its label, and the path itself where the label alone would be read
    /// as another column.
    pub fn heading(&self, path: &str, language: Language) -> String {
        let Some(target) = Target::read(self.entity, path) else { return path.to_owned() };
        let label = self.label(&target, language);
        let read = self.meant(&label, &[], || Target::Ignore);
        match read.is_some_and(|(read, _)| read == target) {
            true => label,
            false => format!("{label} ({path})"),
        }
    }

    /// The kind of what a column with this path holds.
    pub fn kind(&self, path: &str) -> Option<Kind> {
        Sheet::kind_of(self.entity, self.own, &Target::read(self.entity, path)?)
    }

    fn label(&self, target: &Target, language: Language) -> String {
        let of_field = |entity: &EntityDef, name: &str| {
            entity
                .field(name)
                .map_or_else(|| name.to_owned(), |f| said(f.label, language).to_owned())
        };
        match target {
            Target::Ignore | Target::Id | Target::External => "Id".to_owned(),
            Target::Field { name, .. } => match self.entity.place(name).and_then(|place| place.own)
            {
                Some(own) => self
                    .own
                    .find(self.entity.name, own)
                    .map_or_else(|| own.to_owned(), |own| own_label(own, language).to_owned()),
                None => of_field(self.entity, name),
            },
            Target::Entry { field, key } => format!("{}: {key}", of_field(self.entity, field)),
            Target::Child { child, number, field } => {
                let Some(child) = self.entity.child(child) else { return String::new() };
                let field = field.as_ref().map_or("Id".to_owned(), |field| of_field(child, field));
                let number = number.map_or(String::new(), |number| format!(" {number}"));
                format!("{}{number}: {field}", said(child.label, language))
            }
        }
    }

    fn recognise(&self, heading: &str) -> Option<Found> {
        // The keys of a map are told apart by every letter, as an export writes them.
        let exact = Target::read(self.entity, heading);
        let plain = || Target::read(self.entity, &heading.trim().to_lowercase());
        if let Some(target) = exact.or_else(plain).or_else(|| self.with_path(heading)) {
            return Some(Found::Place(target, MappedBy::Name));
        }
        let folded = fold(heading);
        let place = |(target, by)| Found::Place(target, by);
        let alias = |target| Found::Place(target, MappedBy::Alias);
        self.own_field(&folded)
            .or_else(|| self.declared(&folded))
            .map(place)
            .or_else(|| self.by_alias(&folded).into_iter().next().map(alias))
            .or_else(|| self.in_child(&folded).map(alias))
            .or_else(|| self.self_named(&folded))
            .or_else(|| self.reference(&folded).map(alias))
    }

    /// `Position (contact.1.title)`, as [`heading`](Self::heading) writes it and nobody else.
    fn with_path(&self, heading: &str) -> Option<Target> {
        let (label, path) = heading.trim().strip_suffix(')')?.rsplit_once(" (")?;
        let target = Target::read(self.entity, path)?;
        let languages = [Language::En, Language::De];
        languages.iter().any(|one| self.label(&target, *one) == label).then_some(target)
    }

    fn own_field(&self, folded: &str) -> Option<(Target, MappedBy)> {
        let map = self.entity.own_map()?;
        self.own.in_use(self.entity.name).find_map(|own| {
            let labels = own.translations.values().chain([&own.label]);
            let by = match own.name == folded {
                true => MappedBy::Name,
                false => labels
                    .into_iter()
                    .any(|label| fold(label) == folded)
                    .then_some(MappedBy::Label)?,
            };
            Some((Target::field(&map.own_path(&own.name)), by))
        })
    }

    /// A field of the master by its name or its label.
    fn declared(&self, folded: &str) -> Option<(Target, MappedBy)> {
        let fields = || self.entity.all_fields().filter(|field| !is_whole_map(field));
        if let Some(field) = fields().find(|field| field.name == folded) {
            return Some((Target::field(field.name), MappedBy::Name));
        }
        let field = fields().find(|field| is_called(field.label, folded))?;
        Some((Target::field(field.name), MappedBy::Label))
    }

    /// The places of the table that the master has, the likeliest first.
    fn by_alias(&self, folded: &str) -> Vec<Target> {
        let known = FIELDS.iter().find(|(names, _)| names.contains(&folded));
        let paths = known.map_or(&[][..], |(_, paths)| paths);
        paths.iter().filter_map(|path| Target::read(self.entity, path)).collect()
    }

    /// `contact_title`, `Ansprechpartner Name`, `address_2_street`.
    fn in_child(&self, folded: &str) -> Option<Target> {
        self.entity.children.iter().find_map(|child| {
            let short = short(self.entity, child.name);
            let words = [
                short.to_owned(),
                child.name.to_owned(),
                fold(child.label.en),
                fold(child.label.de),
            ];
            let rest = words.iter().find_map(|word| folded.strip_prefix(&format!("{word}_")))?;
            let (number, rest) = match rest.split_once('_') {
                Some((number, rest)) if number.parse::<usize>().is_ok_and(|n| n > 0) => {
                    (number.parse().ok(), rest)
                }
                _ => (Some(1), rest),
            };
            let field = child.all_fields().find(|field| {
                !is_whole_map(field) && (field.name == rest || is_called(field.label, rest))
            })?;
            let field = Some(field.name.to_owned());
            Some(Target::Child { child: child.name, number, field })
        })
    }

    /// `customer_id`, `Kundennummer`, `Code client`, `N°`, `product_name`: the key or the name of the master, with the
    /// master's own words or without.
    fn self_named(&self, folded: &str) -> Option<Found> {
        let entity = self.entity;
        let words: Vec<String> = called(entity.name)
            .map(str::to_owned)
            .chain([entity.name.to_owned(), fold(entity.label.en), fold(entity.label.de)])
            .collect();
        let says = |of: &[&str]| words.iter().any(|word| says(folded, word, of));
        match (KEYS.contains(&folded) || says(KEYS), says(NAMES)) {
            (true, _) => Some(Found::Key),
            (_, true) => Some(Found::Place(Target::field("name"), MappedBy::Alias)),
            _ => None,
        }
    }

    /// `category_id`, `supplier_code`, `Code fournisseur`: a reference by the key or the name of what it refers to,
    /// also in a child.
    fn reference(&self, folded: &str) -> Option<Target> {
        let means =
            |word: &str| folded == word || says(folded, word, KEYS) || says(folded, word, NAMES);
        let refers = |field: &&'static FieldDef| match field.kind {
            Kind::Reference(target) => {
                let labels = [fold(field.label.en), fold(field.label.de)];
                [field.name, target].into_iter().any(means)
                    || labels.iter().any(|label| means(label))
                    || called(target).any(means)
            }
            _ => false,
        };
        if let Some(field) = self.entity.all_fields().find(refers) {
            return Some(Target::field(field.name));
        }
        let mut in_children = self.entity.children.iter().filter_map(|child| {
            child.all_fields().find(refers).map(|field| (child.name, field.name))
        });
        let (child, field) = in_children.next()?;
        // Where two children refer to it, a person must say which is meant.
        if in_children.next().is_some() {
            return None;
        }
        Some(Target::Child { child, number: Some(1), field: Some(field.to_owned()) })
    }
}

/// A label in one language.
pub fn said(label: Label, language: Language) -> &'static str {
    match language {
        Language::En => label.en,
        Language::De => label.de,
    }
}

/// What German puts between the parts of a word: Kunde-n-nummer, Lieferant-en-nummer.
const JOINTS: [&str; 5] = ["", "n", "en", "s", "es"];

/// Whether a heading says one of these of what is called by this word: behind it (`customer_id`, `Klantnummer`,
/// `Kunden-Nr.`) or before it (`code_du_client`).
fn says(folded: &str, word: &str, of: &[&str]) -> bool {
    let behind = |rest: &str| {
        let mut parts = JOINTS.iter().filter_map(|joint| rest.strip_prefix(joint));
        parts.any(|rest| match rest.strip_prefix('_') {
            Some(rest) => of.contains(&rest),
            // A single letter is no word of its own there.
            None => rest.len() > 1 && of.contains(&rest),
        })
    };
    let before = |rest: &str| {
        let Some(rest) = rest.strip_suffix('_') else { return false };
        let mut parts = rest.split('_');
        parts.next().is_some_and(|first| of.contains(&first))
            && parts.all(|part| LINKS.contains(&part))
    };
    folded.strip_prefix(word).is_some_and(behind) || folded.strip_suffix(word).is_some_and(before)
}

/// What a master is called beside its name and labels.
fn called(entity: &str) -> impl Iterator<Item = &'static str> {
    let known = MASTERS.iter().find(|(name, _)| *name == entity);
    known.into_iter().flat_map(|(_, words)| words.iter().copied())
}

fn own_label(own: &OwnField, language: Language) -> &str {
    let language = match language {
        Language::En => "en",
        Language::De => "de",
    };
    own.translations.get(language).unwrap_or(&own.label)
}

/// A field of the record itself, held as one value.
fn is_field(target: &Target) -> bool {
    matches!(target, Target::Field { part: None, negated: false, .. })
}

fn is_whole_map(field: &FieldDef) -> bool {
    matches!(field.kind, Kind::Map | Kind::Own)
}

fn is_called(label: Label, folded: &str) -> bool {
    fold(label.en) == folded || fold(label.de) == folded
}

/// Letters and digits in their plain form, everything between them one `_`.
fn fold(text: &str) -> String {
    let folded = fold_search(text);
    let words = folded.split(|sign: char| !sign.is_alphanumeric()).filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join("_")
}
