//! Numbers as people write them, with a point or a comma before the decimals. The result is text: no figure
//! passes through a float.

/// Which sign stands before the decimals.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DecimalForm {
    /// 1,234.56
    Point,
    /// 1.234,56
    Comma,
}

/// What one number says of the form it is written in.
enum Says {
    Surely(DecimalForm),
    Either,
}

impl DecimalForm {
    /// The form in which the most of these texts are numbers, and whether any of them could have no other.
    /// `None` where nothing tells: `1,234` is a number in both.
    pub fn recognise<'t>(texts: impl Iterator<Item = &'t str>) -> Option<Self> {
        let (mut point, mut comma) = (0_usize, 0_usize);
        for text in texts {
            match said(text) {
                Says::Surely(Self::Point) => point += 1,
                Says::Surely(Self::Comma) => comma += 1,
                Says::Either => {}
            }
        }
        match point.cmp(&comma) {
            std::cmp::Ordering::Greater => Some(Self::Point),
            std::cmp::Ordering::Less => Some(Self::Comma),
            std::cmp::Ordering::Equal => None,
        }
    }

    fn signs(self) -> (char, char) {
        match self {
            Self::Point => ('.', ','),
            Self::Comma => (',', '.'),
        }
    }

    /// The number in this form, as plain digits with a point before the decimals. Blanks and apostrophes may
    /// group thousands, a currency or percent sign may stand at an end, a negative number may have its sign
    /// behind it or stand in brackets. `None` where it is no such number.
    pub fn read(self, text: &str) -> Option<String> {
        let (negative, digits) = bare(text)?;
        let (decimal, group) = self.signs();
        let (whole, fraction) = match digits.split_once(decimal) {
            Some((whole, fraction)) => (whole, fraction),
            None => (digits.as_str(), ""),
        };
        if !fraction.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        let groups: Vec<&str> = whole.split(group).collect();
        let grouped = |part: &&str| part.len() == 3;
        let (first, rest) = groups.split_first()?;
        if !groups.iter().all(|part| part.bytes().all(|byte| byte.is_ascii_digit())) {
            return None;
        }
        if !rest.is_empty() && (first.is_empty() || first.len() > 3 || !rest.iter().all(grouped)) {
            return None;
        }
        let whole = groups.concat();
        if whole.is_empty() && fraction.is_empty() {
            return None;
        }
        let whole = if whole.is_empty() { "0" } else { &whole };
        let sign = if negative { "-" } else { "" };
        Some(match fraction {
            "" => format!("{sign}{whole}"),
            fraction => format!("{sign}{whole}.{fraction}"),
        })
    }
}

/// Whether the number is below zero, and its digits with the signs between them.
fn bare(text: &str) -> Option<(bool, String)> {
    let is_unit = |sign: char| "€$£¥%".contains(sign) || sign.is_whitespace();
    let mut text = text.trim_matches(is_unit);
    let mut negative = false;
    if let Some(inside) = text.strip_prefix('(').and_then(|text| text.strip_suffix(')')) {
        (negative, text) = (true, inside.trim_matches(is_unit));
    } else if let Some(rest) = text.strip_prefix(['-', '\u{2212}']) {
        (negative, text) = (true, rest.trim_matches(is_unit));
    } else if let Some(rest) = text.strip_suffix(['-', '\u{2212}']) {
        (negative, text) = (true, rest.trim_matches(is_unit));
    } else if let Some(rest) = text.strip_prefix('+') {
        text = rest;
    }
    let parted = |sign: char| sign.is_whitespace() || sign == '\'' || sign == '\u{2019}';
    if text.contains(parted) && !well_parted(text, parted) {
        return None;
    }
    let digits: String = text.chars().filter(|sign| !parted(*sign)).collect();
    let known = digits.chars().all(|sign| sign.is_ascii_digit() || sign == '.' || sign == ',');
    (known && digits.contains(|sign: char| sign.is_ascii_digit())).then_some((negative, digits))
}

/// Whether blanks or apostrophes part groups of three digits before the decimals.
fn well_parted(text: &str, parted: impl Fn(char) -> bool) -> bool {
    let whole = text.split(['.', ',']).next().unwrap_or_default();
    let rest = text.get(whole.len()..).unwrap_or_default();
    let mut groups = whole.split(&parted);
    let first = groups.next().unwrap_or_default();
    !rest.contains(&parted) && (1..=3).contains(&first.len()) && groups.all(|g| g.len() == 3)
}

fn said(text: &str) -> Says {
    let reads = |form: DecimalForm| form.read(text).is_some();
    match (reads(DecimalForm::Point), reads(DecimalForm::Comma)) {
        (true, false) => Says::Surely(DecimalForm::Point),
        (false, true) => Says::Surely(DecimalForm::Comma),
        _ => Says::Either,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use DecimalForm::{Comma, Point};

    #[test]
    fn numbers_are_read_in_the_form_of_their_file() {
        let read = |form: DecimalForm, text| form.read(text);
        for (form, text, number) in [
            (Point, "1,234.56", "1234.56"),
            (Comma, "1.234,56", "1234.56"),
            (Comma, "1 234 567,5", "1234567.5"),
            (Point, "1'234.50", "1234.50"),
            (Comma, "-0,5", "-0.5"),
            (Point, ".5", "0.5"),
            (Comma, "12,00-", "-12.00"),
            (Point, "(1,000)", "-1000"),
            (Comma, "€ 19,99", "19.99"),
            (Point, "19 %", "19"),
            (Point, "+3", "3"),
        ] {
            assert_eq!(read(form, text).as_deref(), Some(number), "{text}");
        }
        for (form, text) in [
            (Point, "1.234,56"),
            (Comma, "1,234.56"),
            (Point, "12,34"),
            (Comma, "1.23"),
            (Point, "1e3"),
            (Point, "12 34"),
            (Point, "-"),
            (Point, "1.2.3"),
            (Point, "abc"),
            (Comma, ""),
        ] {
            assert_eq!(read(form, text), None, "{text}");
        }
    }

    #[test]
    fn the_form_is_told_by_the_numbers_that_have_no_other() {
        let of = |texts: &[&str]| DecimalForm::recognise(texts.iter().copied());
        assert_eq!(of(&["1,234", "12.5"]), Some(Point));
        assert_eq!(of(&["1.234", "12,5"]), Some(Comma));
        assert_eq!(of(&["1.234.567"]), Some(Comma));
        assert_eq!(of(&["1,234", "5"]), None, "it could be either");
        assert_eq!(of(&["", "n/a"]), None);
    }
}
