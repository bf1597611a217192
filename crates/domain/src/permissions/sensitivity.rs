//! The field groups and who reads and writes them by default. A field declaration names its group;
//! there is no list of sensitive fields anywhere, only these groups.

use serde::{Deserialize, Serialize};

use super::catalogue::Permission;
use super::field_right::{FieldRight, ReadRight};
use super::standard::StandardRole;

/// The group a field belongs to. Everything but `None` is hidden from whoever was not given it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sensitivity {
    /// Not sensitive: whoever sees the record sees the field.
    None,
    /// Credit limit, credit hold, exposure. Sales is told only "within" or "over".
    CreditLimit,
    TaxId,
    /// Account numbers and mandates; some readers see the last four characters only.
    BankAccount,
    /// Item cost, margin, valuation rate, stock value.
    ItemCost,
    /// Cost-plus rule and discount floor.
    CostRule,
    /// What a cost centre may spend.
    Budget,
    /// Salary, hourly cost, national id. No standard role reads it; it is given by name.
    Payroll,
    InvoiceAmount,
    /// E-mail secrets, API keys, webhook secrets: written, and read by nobody.
    Secret,
    /// E-mail, phone and the like of people.
    PersonalData,
}

impl Sensitivity {
    /// Every group, `None` first.
    pub const ALL: [Sensitivity; 11] = [
        Sensitivity::None,
        Sensitivity::CreditLimit,
        Sensitivity::TaxId,
        Sensitivity::BankAccount,
        Sensitivity::ItemCost,
        Sensitivity::CostRule,
        Sensitivity::Budget,
        Sensitivity::Payroll,
        Sensitivity::InvoiceAmount,
        Sensitivity::Secret,
        Sensitivity::PersonalData,
    ];

    /// Whether the field is anything but ordinary.
    pub const fn is_sensitive(self) -> bool {
        !matches!(self, Sensitivity::None)
    }

    /// The right that the standard role has on fields of this group. Who reads a group in full also
    /// writes it, where the role may change the record at all.
    pub const fn default_right(self, role: StandardRole) -> FieldRight {
        use StandardRole::{Accountant, Admin, Manager, Sales, Technician};
        match (self, role) {
            (Sensitivity::None, _) => FieldRight::FULL,
            (Sensitivity::Secret, Admin) => FieldRight::WRITE,
            (Sensitivity::Payroll | Sensitivity::Secret, _) => FieldRight::NONE,
            (Sensitivity::BankAccount, Manager) => FieldRight::LAST_FOUR,
            (_, Admin | Accountant | Manager) => FieldRight::FULL,
            (Sensitivity::InvoiceAmount | Sensitivity::PersonalData, Sales) => FieldRight::FULL,
            (Sensitivity::PersonalData, Technician) => FieldRight::FULL,
            _ => FieldRight::NONE,
        }
    }

    /// The most that anyone can be given: a secret is never read, by no role and no mask.
    pub fn limit(self, right: FieldRight) -> FieldRight {
        match self {
            Sensitivity::Secret => FieldRight { read: ReadRight::Hidden, ..right },
            _ => right,
        }
    }

    /// The right of whoever was given nothing: all of an ordinary field, nothing of a sensitive one.
    pub const fn ungranted(self) -> FieldRight {
        if self.is_sensitive() { FieldRight::NONE } else { FieldRight::FULL }
    }

    /// The permission whose holder sees a *pending* change of such a field in full, because the
    /// holder has to approve it.
    pub const fn pending_change_reader(self) -> Option<Permission> {
        match self {
            Sensitivity::BankAccount => Some(Permission::MASTER_SUPPLIER_APPROVE_BANK),
            _ => None,
        }
    }
}

/// What a `LastFour` reader is shown of a text: the last four letters or digits behind dots. A text
/// of four or fewer shows nothing of itself, and the dots do not tell its length.
pub fn last_four(text: &str) -> String {
    let kept: Vec<char> = text.chars().filter(|c| c.is_alphanumeric()).collect();
    match kept.len().checked_sub(4) {
        None | Some(0) => "••••".to_owned(),
        Some(start) => format!("•••• {}", kept.iter().skip(start).collect::<String>()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use StandardRole::{Accountant, Admin, InventoryManager, Manager, Sales, Technician, User};

    fn full_readers(group: Sensitivity) -> Vec<StandardRole> {
        let reads = |role: &StandardRole| group.default_right(*role).read == ReadRight::Full;
        StandardRole::ALL.into_iter().filter(reads).collect()
    }

    #[test]
    fn the_default_readers_of_each_group() {
        let office = vec![Admin, Manager, Accountant];
        for group in [
            Sensitivity::CreditLimit,
            Sensitivity::TaxId,
            Sensitivity::ItemCost,
            Sensitivity::CostRule,
        ] {
            assert_eq!(full_readers(group), office, "{group:?}");
        }
        assert_eq!(full_readers(Sensitivity::BankAccount), [Admin, Accountant]);
        assert_eq!(Sensitivity::BankAccount.default_right(Manager), FieldRight::LAST_FOUR);
        assert_eq!(full_readers(Sensitivity::InvoiceAmount), [Admin, Manager, Accountant, Sales]);
        assert_eq!(
            full_readers(Sensitivity::PersonalData),
            [Admin, Manager, Accountant, Sales, Technician]
        );
        assert_eq!(full_readers(Sensitivity::Payroll), []);
        assert_eq!(full_readers(Sensitivity::Secret), []);
        assert_eq!(Sensitivity::InvoiceAmount.default_right(InventoryManager), FieldRight::NONE);
        assert_eq!(Sensitivity::PersonalData.default_right(User), FieldRight::NONE);
    }

    #[test]
    fn a_secret_is_written_by_the_admin_and_read_by_nobody_whatever_is_granted() {
        assert_eq!(Sensitivity::Secret.default_right(Admin), FieldRight::WRITE);
        assert_eq!(Sensitivity::Secret.default_right(Manager), FieldRight::NONE);
        assert_eq!(Sensitivity::Secret.limit(FieldRight::FULL), FieldRight::WRITE);
        assert_eq!(Sensitivity::TaxId.limit(FieldRight::FULL), FieldRight::FULL);
    }

    #[test]
    fn four_characters_are_shown_and_never_all_of_them() {
        assert_eq!(last_four("DE89 3704 0044 0532 0130 00"), "•••• 3000");
        assert_eq!(last_four("12345"), "•••• 2345");
        assert_eq!(last_four("1234"), "••••");
        assert_eq!(last_four(""), "••••");
    }
}
