//! From the header to targets: what the person said, what was remembered, and what the declaration, its labels
//! and the table of aliases know. What nobody knows stays without a target and is an error.

use std::collections::BTreeMap;

use contract::{ImportColumn, ImportNote, ImportProblem, MappedBy};
use domain::record::{EntityDef, FieldDef, Kind, Label, OwnFields, fold_search};
use tabular::{Cell, Table};
use uuid::Uuid;

use super::aliases::{FIELDS, KEY_ENDS, MASTERS};
use super::notes::Remark;
use super::target::{Target, short};
use crate::commands::export::RETIRED_AT;

/// Values of a column that are shown with it.
const SAMPLES: usize = 3;

/// One column with what becomes of it.
#[derive(Clone, Debug)]
pub struct Column {
    pub name: String,
    pub target: Option<Target>,
    by: Option<MappedBy>,
    samples: Vec<String>,
    /// Only the hub writes what it holds.
    pub kept: bool,
}

impl Column {
    /// A value that holds for every row.
    pub fn set(name: String, target: Option<Target>) -> Self {
        Self { name, target, by: Some(MappedBy::Given), samples: Vec::new(), kept: false }
    }

    /// Takes it out of what is read where only the hub writes it: an export has it, and no import changes it.
    fn keep_out(&mut self, entity: &EntityDef) {
        self.kept |= match &self.target {
            Some(Target::Field { name, .. }) => entity.field(name).is_some_and(|field| field.kept),
            Some(Target::Child { child, .. }) => {
                entity.child(child).is_some_and(|child| child.proposals)
            }
            _ => false,
        };
        if self.kept {
            self.target = Some(Target::Ignore);
        }
    }

    /// Where it goes, for the next file with this header.
    pub fn remembered(&self) -> Option<String> {
        self.target.as_ref().filter(|_| !self.kept).map(Target::to_string)
    }

    /// That it is not read, and why.
    pub fn note(&self) -> Option<ImportNote> {
        let message = "not imported: written by the sync server".to_owned();
        self.kept
            .then(|| Remark::new("not_imported", message, []).told(1, Some(self.name.clone()), 1))
    }

    pub fn view(&self) -> ImportColumn {
        ImportColumn {
            column: self.name.clone(),
            target: self.target.as_ref().map(Target::to_string),
            by: self.by,
            samples: self.samples.clone(),
        }
    }
}

/// What is known of a file's header.
pub struct Header<'a> {
    pub entity: &'static EntityDef,
    pub own: &'a OwnFields,
    pub given: &'a BTreeMap<String, String>,
    pub remembered: &'a BTreeMap<String, String>,
    /// An id of another system is expected.
    pub system: bool,
}

impl Header<'_> {
    /// Each column with its target, and what is wrong with the mapping.
    pub fn map(&self, table: &Table) -> (Vec<Column>, Vec<ImportProblem>) {
        let mut problems = Vec::new();
        let mut columns: Vec<Column> = Vec::with_capacity(table.columns.len());
        for name in self.given.keys().filter(|name| !table.columns.contains(name)) {
            let message = format!("the file has no column called {name}");
            problems.push(problem(name, "unknown_column", message));
        }
        for (at, name) in table.columns.iter().enumerate() {
            let cells = || table.rows.iter().filter_map(move |row| row.cells.get(at));
            let samples = cells().filter_map(sample).take(SAMPLES).collect();
            let mut column =
                Column { name: name.clone(), target: None, by: None, samples, kept: false };
            match self.target(name, &table.columns, cells) {
                Ok(Some((target, by))) => {
                    let same = columns.iter().find(|known| known.target.as_ref() == Some(&target));
                    match same.filter(|_| target != Target::Ignore) {
                        None => (column.target, column.by) = (Some(target), Some(by)),
                        Some(same) => {
                            let message = format!(
                                "goes to {target} as {} does; say where each of them goes, or ignore",
                                same.name
                            );
                            problems.push(problem(name, "double_target", message));
                        }
                    }
                }
                Ok(None) if name == RETIRED_AT => {
                    column.target = Some(Target::Ignore);
                    column.by = Some(MappedBy::Name);
                    column.kept = true;
                }
                Ok(None) if cells().all(Cell::is_empty) => {
                    (column.target, column.by) = (Some(Target::Ignore), Some(MappedBy::Name));
                }
                Ok(None) => {
                    let message = format!(
                        "no field is called {name}; say where it goes (--map \"{name}=FIELD\"), or ignore"
                    );
                    problems.push(problem(name, "unmapped_column", message));
                }
                Err(path) => {
                    let message =
                        format!("goes to {path}, which is no field of {}", self.entity.name);
                    problems.push(problem(name, "unknown_field", message));
                }
            }
            column.keep_out(self.entity);
            columns.push(column);
        }
        (columns, problems)
    }

    /// # Errors
    /// The path that was given and is none.
    fn target<'c, I: Iterator<Item = &'c Cell>>(
        &self,
        name: &str,
        columns: &[String],
        cells: impl Fn() -> I,
    ) -> Result<Option<(Target, MappedBy)>, String> {
        let said = [(self.given, MappedBy::Given), (self.remembered, MappedBy::Remembered)];
        for (mapping, by) in said {
            match mapping.get(name).map(|path| (Target::read(self.entity, path), path)) {
                Some((Some(target), _)) => return Ok(Some((target, by))),
                Some((None, path)) if by == MappedBy::Given => return Err(path.clone()),
                _ => {}
            }
        }
        let recognised = self.meant(name, columns);
        let ids = || {
            cells().filter(|cell| !cell.is_empty()).all(|cell| match cell {
                Cell::Text(text) => text.trim().parse::<Uuid>().is_ok(),
                _ => false,
            })
        };
        Ok(match recognised {
            // Numbers in a column called id are those of another program.
            Some((Target::Id, _)) if !ids() => Some((self.key(), MappedBy::Alias)),
            found => found,
        })
    }

    /// In the lists of other programs the company is the partner itself and not ours that deals with it, unless
    /// another column has the partner's name.
    fn meant(&self, name: &str, columns: &[String]) -> Option<(Target, MappedBy)> {
        let found = self.recognise(name)?;
        let refers = |target: &Target| matches!(target.kind(self.entity), Some(Kind::Reference(_)));
        let (target, MappedBy::Label) = &found else { return Some(found) };
        let alias = match refers(target) {
            true => self.by_alias(&fold(name)),
            false => None,
        };
        let is_free = |alias: &Target| {
            let others = columns.iter().filter(|other| *other != name);
            others.filter_map(|other| self.recognise(other)).all(|(other, _)| other != *alias)
        };
        Some(alias.filter(|(alias, _)| is_free(alias)).unwrap_or(found))
    }

    fn recognise(&self, name: &str) -> Option<(Target, MappedBy)> {
        // The keys of a map are told apart by every letter, as an export writes them.
        let exact = Target::read(self.entity, name);
        let plain = || Target::read(self.entity, &name.trim().to_lowercase());
        if let Some(target) = exact.or_else(plain) {
            return Some((target, MappedBy::Name));
        }
        let folded = fold(name);
        self.own_field(&folded)
            .or_else(|| self.by_word(&folded))
            .or_else(|| self.in_child(&folded))
            .or_else(|| self.self_named(&folded))
            .or_else(|| self.reference(&folded))
    }

    fn own_field(&self, folded: &str) -> Option<(Target, MappedBy)> {
        let map = self.entity.own_map()?;
        self.own.in_use(self.entity.name).find_map(|own| {
            let by = match (own.name == folded, fold(&own.label) == folded) {
                (true, _) => MappedBy::Name,
                (_, true) => MappedBy::Label,
                _ => return None,
            };
            Some((Target::field(&map.own_path(&own.name)), by))
        })
    }

    /// A field of the master by its name, its label or an alias.
    fn by_word(&self, folded: &str) -> Option<(Target, MappedBy)> {
        let fields = || self.entity.all_fields().filter(|field| !is_whole_map(field));
        if let Some(field) = fields().find(|field| field.name == folded) {
            return Some((Target::field(field.name), MappedBy::Name));
        }
        if let Some(field) = fields().find(|field| is_called(field.label, folded)) {
            return Some((Target::field(field.name), MappedBy::Label));
        }
        self.by_alias(folded)
    }

    fn by_alias(&self, folded: &str) -> Option<(Target, MappedBy)> {
        let (_, paths) = FIELDS.iter().find(|(names, _)| names.contains(&folded))?;
        let target = paths.iter().find_map(|path| Target::read(self.entity, path))?;
        Some((target, MappedBy::Alias))
    }

    /// `contact_title`, `Ansprechpartner Name`, `address_2_street`.
    fn in_child(&self, folded: &str) -> Option<(Target, MappedBy)> {
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
            Some((Target::Child { child: child.name, number, field }, MappedBy::Alias))
        })
    }

    /// `customer_id`, `Kundennummer`, `product_name`: the master's own words before its key or name.
    fn self_named(&self, folded: &str) -> Option<(Target, MappedBy)> {
        let entity = self.entity;
        let more = MASTERS.iter().find(|(name, _)| *name == entity.name);
        let mut words = vec![entity.name.to_owned(), fold(entity.label.en), fold(entity.label.de)];
        words.extend(more.into_iter().flat_map(|(_, words)| words.iter().map(|w| (*w).to_owned())));
        words.iter().find_map(|word| {
            let rest = folded.strip_prefix(word.as_str())?;
            match rest {
                "_name" | "name" | "_bezeichnung" => Some((Target::field("name"), MappedBy::Alias)),
                // German words are joined by an n or s: Kundennummer, Artikelnummer.
                rest if is_key_end(rest.strip_prefix(['n', 's']).unwrap_or(rest))
                    || is_key_end(rest) =>
                {
                    Some((self.key(), MappedBy::Alias))
                }
                _ => None,
            }
        })
    }

    /// `category_id`, `supplier_code`: a reference by the key of what it refers to, also in a child.
    fn reference(&self, folded: &str) -> Option<(Target, MappedBy)> {
        let mut ends = KEY_ENDS.iter().chain(&["_name"]);
        let word = ends.find_map(|end| folded.strip_suffix(end)).unwrap_or(folded);
        let refers = |field: &&'static FieldDef| match field.kind {
            Kind::Reference(target) => {
                let called =
                    || MASTERS.iter().any(|(name, also)| *name == target && also.contains(&word));
                field.name == word || is_called(field.label, word) || target == word || called()
            }
            _ => false,
        };
        if let Some(field) = self.entity.all_fields().find(refers) {
            return Some((Target::field(field.name), MappedBy::Alias));
        }
        let mut in_children = self.entity.children.iter().filter_map(|child| {
            child.all_fields().find(refers).map(|field| (child.name, field.name))
        });
        let (child, field) = in_children.next()?;
        // Where two children refer to it, a person must say which is meant.
        if in_children.next().is_some() {
            return None;
        }
        let target = Target::Child { child, number: Some(1), field: Some(field.to_owned()) };
        Some((target, MappedBy::Alias))
    }

    /// Where the key of another program goes.
    fn key(&self) -> Target {
        if self.system {
            return Target::External;
        }
        let key = self.entity.field(self.entity.key).filter(|field| field.is_folded());
        Target::field(key.map_or("code", |field| field.name))
    }
}

fn is_whole_map(field: &FieldDef) -> bool {
    matches!(field.kind, Kind::Map | Kind::Own)
}

fn is_key_end(rest: &str) -> bool {
    KEY_ENDS.contains(&rest)
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

fn problem(column: &str, rule: &str, message: String) -> ImportProblem {
    ImportProblem {
        line: 1,
        column: Some(column.to_owned()),
        value: None,
        field: String::new(),
        rule: rule.to_owned(),
        message,
    }
}

fn sample(cell: &Cell) -> Option<String> {
    Some(match cell {
        Cell::Empty => return None,
        Cell::Text(text) | Cell::Number(text) => text.clone(),
        Cell::Flag(flag) => if *flag { "yes" } else { "no" }.to_owned(),
        Cell::Date(date) => date.to_string(),
        Cell::Time(time) => time.to_string(),
        Cell::List(words) => tabular::list_text(words),
    })
}

#[cfg(test)]
mod tests {
    use domain::masters::{CUSTOMER, ITEM, SUPPLIER};
    use tabular::{Format, Given};

    use super::*;

    fn mapped(entity: &'static EntityDef, header: &str, first: &str) -> Vec<Option<String>> {
        let text = format!("{header}\n{first}\n");
        let table = tabular::read(text.as_bytes(), Some(Format::Csv), &Given::default()).unwrap();
        let (given, remembered, own) = Default::default();
        let header =
            Header { entity, own: &own, given: &given, remembered: &remembered, system: false };
        let (columns, _) = header.map(&table);
        columns.into_iter().map(|column| column.target.map(|target| target.to_string())).collect()
    }

    fn targets(entity: &'static EntityDef, header: &str) -> Vec<String> {
        let filled = header.split(',').map(|_| "1").collect::<Vec<_>>().join(",");
        mapped(entity, header, &filled).into_iter().map(Option::unwrap_or_default).collect()
    }

    #[test]
    fn the_headers_of_a_company_find_their_fields() {
        let customers = "customer_id,company_name,contact_name,contact_title,address,city,region,postal_code,country,phone,fax";
        assert_eq!(
            targets(&CUSTOMER, customers),
            [
                "code",
                "name",
                "customer_contact.1.name",
                "customer_contact.1.title",
                "street",
                "city",
                "region",
                "postal_code",
                "country",
                "phone",
                "customer_contact.1.fax"
            ]
        );
        assert_eq!(
            targets(
                &ITEM,
                "product_id,product_name,supplier_id,category_id,unit_price,discontinued"
            ),
            ["sku", "name", "item_supplier.1.supplier", "category", "sales_price", "not active"]
        );
        assert_eq!(
            targets(&CUSTOMER, "Kundennummer,Firmierung,Straße,PLZ,Ort,Land,E-Mail,USt-ID"),
            ["code", "legal_name", "street", "postal_code", "city", "country", "email", "tax_id"]
        );
    }

    #[test]
    fn what_nobody_knows_stays_without_a_target_and_an_empty_column_is_left_out() {
        let columns = mapped(&SUPPLIER, "name,favourite_colour,blank", "Ada,red,");
        assert_eq!(columns[1..], [None, Some("ignore".to_owned())]);
    }

    #[test]
    fn a_company_is_the_partner_unless_the_partner_has_a_name_beside_it() {
        assert_eq!(targets(&CUSTOMER, "Kundennummer,Firma,Ort"), ["code", "name", "city"]);
        assert_eq!(targets(&CUSTOMER, "Code,Name,Company"), ["code", "name", "company_id"]);
    }

    #[test]
    fn an_id_is_ours_only_where_it_looks_like_one() {
        assert_eq!(targets(&CUSTOMER, "id,name"), ["code", "name"]);
        let id = "018f0000-0000-7000-8000-000000000001,Ada";
        assert_eq!(mapped(&CUSTOMER, "id,name", id)[0].as_deref(), Some("id"));
    }
}
