//! One cell of a file to the cell of a field: numbers and dates in the file's forms, choices and flags by their
//! words, countries by name, references by what their records are called.

use contract::Cell;
use domain::record::{DecimalKind, Kind, fold_search};
use domain::standards::country;
use tabular::Cell as Raw;

use super::forms::Forms;
use super::notes::Remark;

/// A cell that cannot be what its field holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    pub rule: &'static str,
    pub message: String,
}

/// What was read otherwise than it stands.
pub type Note = Option<Remark>;

fn refuse<T>(rule: &'static str, message: String) -> Result<T, Refusal> {
    Err(Refusal { rule, message })
}

/// Reads a cell for a field of this kind that is no reference. The kind itself judges what comes of it.
///
/// # Errors
/// A text that is not of the file's form.
pub fn read(forms: Forms, kind: Kind, raw: &Raw) -> Result<(Cell, Note), Refusal> {
    let cell = match (kind, raw) {
        (_, Raw::Empty) => Cell::Null,
        (Kind::Decimal(kind), Raw::Text(text))
            if kind != DecimalKind::Percent && text.contains('%') =>
        {
            return refuse(
                "not_a_number",
                format!(
                    "\"{text}\" is a percentage, and the field is none; write the number itself"
                ),
            );
        }
        (Kind::Decimal(_), Raw::Text(text)) => match forms.decimal.read(text) {
            Some(number) => Cell::Text(number),
            None => {
                let form = match forms.decimal {
                    tabular::DecimalForm::Point => "1,234.56",
                    tabular::DecimalForm::Comma => "1.234,56",
                };
                return refuse(
                    "not_a_number",
                    format!("\"{text}\" is no number of the form {form}"),
                );
            }
        },
        (Kind::Int { .. }, Raw::Text(text)) => {
            let number = forms.decimal.read(text).filter(|_| !text.contains('%'));
            let whole = number.filter(|number| !number.contains('.'));
            Cell::Text(whole.unwrap_or_else(|| text.clone()))
        }
        (Kind::Date, Raw::Text(text)) => match forms.dates.read(text) {
            Some(date) => Cell::Text(date.to_string()),
            None => {
                let pattern = forms.dates;
                return refuse(
                    "not_a_date",
                    format!("\"{text}\" is no date of the form {pattern}"),
                );
            }
        },
        (Kind::Instant, Raw::Text(text)) => match forms.dates.read(text) {
            Some(date) => Cell::Text(format!("{date}T00:00:00Z")),
            None => Cell::Text(text.clone()),
        },
        (Kind::Instant, Raw::Date(date)) => Cell::Text(format!("{date}T00:00:00Z")),
        (Kind::Bool, Raw::Flag(flag)) => Cell::Bool(*flag),
        (Kind::Bool, Raw::Text(text) | Raw::Number(text)) => match flag(text) {
            Some(flag) => Cell::Bool(flag),
            None => {
                return refuse(
                    "not_a_flag",
                    format!("\"{text}\" is neither yes nor no; write one of them"),
                );
            }
        },
        (Kind::Choice(choices), Raw::Text(text)) => {
            let word = fold_search(text.trim());
            let called = |label: domain::record::Label| {
                fold_search(label.en) == word || fold_search(label.de) == word
            };
            let known = choices.iter().find(|c| c.value == word || called(c.label));
            Cell::Text(known.map_or_else(|| text.clone(), |choice| choice.value.to_owned()))
        }
        (Kind::Country, Raw::Text(text)) => match country::from_name(text) {
            Ok(code) => {
                let text = text.trim();
                let message = || format!("\"{text}\" is read as {code}");
                let note = (!text.eq_ignore_ascii_case(&code))
                    .then(|| Remark::new("country_name", message(), [text, &code]));
                return Ok((Cell::Text(code), note));
            }
            Err(fault) => return Err(Refusal { rule: fault.rule, message: fault.message }),
        },
        (Kind::Tags | Kind::Attachments, Raw::List(words)) => Cell::List(words.clone()),
        (Kind::Tags | Kind::Attachments, Raw::Text(text)) => {
            Cell::List(tabular::read_list_text(text))
        }
        (_, Raw::Text(text) | Raw::Number(text)) => Cell::Text(text.clone()),
        (_, Raw::Flag(flag)) => Cell::Text(if *flag { "yes" } else { "no" }.to_owned()),
        (_, Raw::Date(date)) => Cell::Text(date.to_string()),
        (_, Raw::Time(time)) => Cell::Text(format!("{}Z", time.format("%Y-%m-%dT%H:%M:%S%.f"))),
        (_, Raw::List(words)) => Cell::Text(tabular::list_text(words)),
    };
    Ok((cell, None))
}

/// Yes and no as people and programs write them.
/// As programs write it in the languages whose headings are known.
fn flag(text: &str) -> Option<bool> {
    match fold_search(text.trim()).as_str() {
        "yes" | "y" | "true" | "t" | "1" | "x" | "on" => Some(true),
        "ja" | "j" | "wahr" | "oui" | "o" | "vrai" | "si" | "s" | "vero" | "verdadero" | "waar" => {
            Some(true)
        }
        "no" | "n" | "false" | "f" | "0" | "-" | "off" => Some(false),
        "nein" | "falsch" | "non" | "faux" | "falso" | "nee" | "onwaar" => Some(false),
        _ => None,
    }
}

/// The text by which a cell names a record.
pub fn name(raw: &Raw) -> String {
    match raw {
        Raw::Empty => String::new(),
        Raw::Text(text) | Raw::Number(text) => text.trim().to_owned(),
        Raw::Flag(flag) => flag.to_string(),
        Raw::Date(date) => date.to_string(),
        Raw::Time(time) => time.to_string(),
        Raw::List(words) => words.join(", "),
    }
}

#[cfg(test)]
mod tests {
    use domain::masters::CUSTOMER;
    use tabular::{DatePattern, DecimalForm};

    use super::*;

    const GERMAN: Forms = Forms { decimal: DecimalForm::Comma, dates: DatePattern::DayFirstDots };

    fn text(kind: Kind, text: &str) -> Result<Cell, &'static str> {
        read(GERMAN, kind, &Raw::text(text)).map(|(cell, _)| cell).map_err(|refusal| refusal.rule)
    }

    #[test]
    fn cells_are_read_in_the_forms_of_the_file() {
        let amount = Kind::Decimal(DecimalKind::Amount);
        assert_eq!(text(amount, "1.234,50"), Ok("1234.50".into()));
        assert_eq!(text(amount, "1,234.50"), Err("not_a_number"));
        assert_eq!(read(GERMAN, amount, &Raw::Number("1234.5".into())).unwrap().0, "1234.5".into());
        assert_eq!(text(amount, "5 %"), Err("not_a_number"));
        assert_eq!(text(Kind::Decimal(DecimalKind::Percent), "5 %"), Ok("5".into()));
        assert_eq!(
            text(Kind::Int { min: 0, max: 99 }, "5%"),
            Ok("5%".into()),
            "its kind refuses it"
        );
        assert_eq!(text(Kind::Date, "1.5.1992"), Ok("1992-05-01".into()));
        assert_eq!(text(Kind::Date, "1992-05-01"), Err("not_a_date"));
        assert_eq!(text(Kind::Bool, "Ja"), Ok(Cell::Bool(true)));
        assert_eq!(text(Kind::Bool, "vielleicht"), Err("not_a_flag"));
        assert_eq!(text(Kind::Int { min: 0, max: 9_999 }, "1.000"), Ok("1000".into()));
    }

    #[test]
    fn a_choice_is_told_by_its_words_and_a_country_by_its_name() {
        let position = CUSTOMER.field("tax_position").unwrap().kind;
        assert_eq!(text(position, "Drittland"), Ok("export".into()));
        assert_eq!(text(position, "EU business"), Ok("eu_business".into()));
        let country = |name: &str| read(GERMAN, Kind::Country, &Raw::text(name));
        assert_eq!(country("DE"), Ok(("DE".into(), None)));
        let (code, note) = country("UK").unwrap();
        assert_eq!((code, note.unwrap().message.as_str()), ("GB".into(), "\"UK\" is read as GB"));
        assert_eq!(country("Österreich").unwrap().0, "AT".into());
        assert_eq!(country("Atlantis").unwrap_err().rule, "country_unknown");
    }
}
