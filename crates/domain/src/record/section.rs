//! What the sections of forms are called, in the order of forms. A field names its section; a new section
//! gets its label here.

use super::Label;

const SECTIONS: &[(&str, Label)] = &[
    ("general", Label { en: "General", de: "Allgemein" }),
    ("contact", Label { en: "Contact", de: "Kontakt" }),
    ("address", Label { en: "Address", de: "Adresse" }),
    ("terms", Label { en: "Terms", de: "Konditionen" }),
    ("bank", Label { en: "Bank", de: "Bank" }),
    ("pay", Label { en: "Pay", de: "Vergütung" }),
    ("prices", Label { en: "Prices", de: "Preise" }),
    ("stock", Label { en: "Stock", de: "Lager" }),
    ("books", Label { en: "Books", de: "Buchführung" }),
    ("posting", Label { en: "Posting", de: "Buchen" }),
    ("accounts", Label { en: "Accounts", de: "Konten" }),
    ("defaults", Label { en: "Defaults", de: "Vorgaben" }),
    ("locks", Label { en: "Locks", de: "Sperren" }),
    ("own", Label { en: "Own fields", de: "Eigene Felder" }),
    ("ownership", Label { en: "Belongs to", de: "Gehört zu" }),
    ("more", Label { en: "More", de: "Weiteres" }),
];

/// The label of a form's section; `None` for a section that no declaration names.
pub fn section_label(name: &str) -> Option<Label> {
    SECTIONS.iter().find(|(section, _)| *section == name).map(|(_, label)| *label)
}

/// Where a section stands among all in a form; what every record has comes last.
pub fn section_place(name: &str) -> usize {
    SECTIONS.iter().position(|(section, _)| *section == name).unwrap_or(SECTIONS.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_section_that_a_field_names_has_a_label() {
        for field in crate::synced::tables().flat_map(|entity| entity.all_fields()) {
            assert!(section_label(field.section).is_some(), "{}: {}", field.name, field.section);
        }
    }
}
