//! What each standard role may do to each master, worked out from the letters of the permission catalogue as it
//! was agreed (`catalogue.txt`) and from the guards that the masters were given (`GUARDS`): not from the code that
//! decides. The device, the API and the sync are held against this one table.

use std::collections::BTreeMap;

use domain::masters;
use domain::permissions::StandardRole;
use domain::record::EntityDef;

/// The catalogue, word for word.
const CATALOGUE: &str = include_str!("catalogue.txt");

/// Which part of the catalogue guards a master; all others are guarded by [`ALL_OTHERS`].
const GUARDS: &[(&str, &str)] = &[
    ("company", "admin:settings"),
    ("fiscal_year", "finance:period"),
    ("account", "finance:account"),
    ("currency", "finance:currency"),
    ("tax_code", "tax:code"),
    ("number_series", "admin:series"),
    ("customer", "master:customer"),
    ("supplier", "master:supplier"),
    ("item", "master:item"),
    ("warehouse", "master:warehouse"),
    ("price_list", "sales:price"),
    ("bank_account", "finance:bank"),
    ("employee", "master:employee"),
    // What a tenant declares of its own is a setting.
    ("own_field", "admin:settings"),
];
const ALL_OTHERS: &str = "master:reference";
const EXPORT: &str = "master:record:export";

/// What somebody does to a master.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Deed {
    See,
    Create,
    Edit,
    Retire,
    Export,
}

impl Deed {
    pub const ALL: [Self; 5] = [Self::See, Self::Create, Self::Edit, Self::Retire, Self::Export];

    /// The words of the catalogue that allow it, the first that the guard has: `manage` means create, edit and
    /// deactivate, and where there is but one right beside seeing, it means every change.
    const fn words(self) -> &'static [&'static str] {
        match self {
            Self::See | Self::Export => &["view", "manage"],
            Self::Create => &["create", "manage", "edit", "edit_rate", "lock"],
            Self::Edit => &["edit", "manage", "edit_rate", "lock"],
            Self::Retire => &["delete", "deactivate", "manage", "edit", "edit_rate", "lock"],
        }
    }
}

/// On which records.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verdict {
    Never,
    /// On those that the person owns.
    Own,
    All,
}

/// One cell of the table.
#[derive(Clone, Copy, Debug)]
pub struct Right {
    pub role: StandardRole,
    pub entity: &'static EntityDef,
    pub deed: Deed,
    pub verdict: Verdict,
}

impl Right {
    /// Whether it may be done to a record, by whether the person owns it.
    pub fn allows(&self, own: bool) -> bool {
        match self.verdict {
            Verdict::Never => false,
            Verdict::Own => own,
            Verdict::All => true,
        }
    }
}

/// Every standard role, every master, every deed.
pub fn rights() -> Vec<Right> {
    let catalogue = catalogue();
    let mut rights = Vec::new();
    for entity in masters::ALL.iter().copied() {
        for role in StandardRole::ALL {
            rights.extend(Deed::ALL.map(|deed| {
                let verdict = verdict(&catalogue, entity.name, role, deed);
                Right { role, entity, deed, verdict }
            }));
        }
    }
    rights
}

/// The one cell.
///
/// # Panics
/// There is none.
pub fn right(entity: &EntityDef, role: StandardRole, deed: Deed) -> Right {
    let mut rights = rights().into_iter();
    let wanted =
        |right: &Right| (right.entity.name, right.role, right.deed) == (entity.name, role, deed);
    match rights.find(wanted) {
        Some(right) => right,
        None => panic!("{} is no master", entity.name),
    }
}

fn verdict(
    catalogue: &BTreeMap<&str, Vec<char>>,
    entity: &str,
    role: StandardRole,
    deed: Deed,
) -> Verdict {
    let guard = GUARDS.iter().find(|(name, _)| *name == entity);
    let guard = guard.map_or(ALL_OTHERS, |(_, guard)| guard);
    let held = |permission: &str| {
        catalogue.get(permission).map_or(Verdict::Never, |letters| letters_of(letters, role))
    };
    let mut named = deed.words().iter().map(|word| format!("{guard}:{word}"));
    let permission = named.find(|name| catalogue.contains_key(name.as_str()));
    let own = permission.map_or(Verdict::Never, |permission| held(&permission));
    match deed {
        Deed::See | Deed::Create => own,
        // What exists has to be seen to be changed.
        Deed::Edit | Deed::Retire => own.min(verdict(catalogue, entity, role, Deed::See)),
        Deed::Export => own.min(held(EXPORT)),
    }
}

/// A capital letter holds on all records, a small one on the own; a technician is a user with more.
fn letters_of(letters: &[char], role: StandardRole) -> Verdict {
    let letter = |capital: char| {
        let small = capital.to_ascii_lowercase();
        match (letters.contains(&capital), letters.contains(&small)) {
            (true, _) => Verdict::All,
            (false, true) => Verdict::Own,
            (false, false) => Verdict::Never,
        }
    };
    match role {
        StandardRole::Admin => letter('A'),
        StandardRole::Manager => letter('M'),
        StandardRole::Accountant => letter('C'),
        StandardRole::InventoryManager => letter('I'),
        StandardRole::Sales => letter('S'),
        StandardRole::User => letter('U'),
        StandardRole::Technician => {
            let own = if letters.contains(&'t') { Verdict::Own } else { Verdict::Never };
            own.max(letter('U'))
        }
    }
}

fn catalogue() -> BTreeMap<&'static str, Vec<char>> {
    let lines = CATALOGUE.lines().filter(|line| !line.starts_with('#') && !line.trim().is_empty());
    let line = |line: &'static str| {
        let mut words = line.split_whitespace();
        Some((words.next()?, words.filter_map(|word| word.chars().next()).collect()))
    };
    lines.filter_map(line).collect()
}

#[cfg(test)]
mod tests {
    use domain::permissions::Permission;

    use super::*;

    #[test]
    fn the_catalogue_in_the_code_has_every_name_and_letter_of_the_agreed_one() {
        let agreed = catalogue();
        assert_eq!(agreed.len(), 165);
        for (name, letters) in agreed {
            let permission: Permission = name.parse().unwrap();
            for role in
                StandardRole::ALL.into_iter().filter(|role| *role != StandardRole::Technician)
            {
                let held = permission.default_holders().iter().find(|(held, _)| *held == role);
                let verdict = match held {
                    None => Verdict::Never,
                    Some((_, domain::permissions::RowRule::All)) => Verdict::All,
                    Some((_, domain::permissions::RowRule::OwnOrDepartment)) => Verdict::Own,
                };
                assert_eq!(verdict, letters_of(&letters, role), "{name} {role}");
            }
        }
    }

    #[test]
    fn the_letters_are_read_as_they_are_meant() {
        let verdict = |entity: &str, role, deed| {
            let entity = masters::find(entity).unwrap();
            right(entity, role, deed).verdict
        };
        use StandardRole::{Accountant, Admin, Manager, Sales, Technician, User};
        assert_eq!(verdict("customer", Sales, Deed::See), Verdict::Own);
        assert_eq!(verdict("customer", Sales, Deed::Create), Verdict::All);
        assert_eq!(verdict("customer", Technician, Deed::See), Verdict::Own);
        assert_eq!(verdict("customer", User, Deed::Edit), Verdict::Never);
        assert_eq!(verdict("customer", Accountant, Deed::Retire), Verdict::Never);
        assert_eq!(verdict("supplier", Sales, Deed::See), Verdict::Never);
        assert_eq!(verdict("company", Manager, Deed::Edit), Verdict::Never);
        assert_eq!(verdict("unit", Admin, Deed::Export), Verdict::All);
        assert_eq!(verdict("unit", Sales, Deed::Export), Verdict::Never);
        assert_eq!(rights().len(), masters::ALL.len() * 35);
    }
}
