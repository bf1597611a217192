//! What the rules of all countries are made of: digits in a fixed number, and the two ways a number
//! can be wrong. No rule of a country lives here.

/// How a number fails its country's rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mistake {
    /// Wrong length or characters.
    Form,
    /// The check digits do not follow from the others.
    Checksum,
}

/// The canonical text, or how the number fails.
pub(super) type Answer = Result<String, Mistake>;

/// The values of exactly `N` ASCII digits.
pub(super) fn digits<const N: usize>(text: &str) -> Result<[u32; N], Mistake> {
    let values: Vec<u32> =
        text.chars().map(|c| c.to_digit(10)).collect::<Option<_>>().ok_or(Mistake::Form)?;
    values.try_into().map_err(|_| Mistake::Form)
}

/// `Err(Mistake::Form)` unless the form is right.
pub(super) fn form(right: bool) -> Result<(), Mistake> {
    if right { Ok(()) } else { Err(Mistake::Form) }
}

/// `Err(Mistake::Checksum)` unless the check digits fit.
pub(super) fn fits(right: bool) -> Result<(), Mistake> {
    if right { Ok(()) } else { Err(Mistake::Checksum) }
}

/// Splits ASCII text before character `at`; a form mistake where the text is shorter or not ASCII.
pub(super) fn split(text: &str, at: usize) -> Result<(&str, &str), Mistake> {
    if text.is_ascii() {
        text.split_at_checked(at).ok_or(Mistake::Form)
    } else {
        Err(Mistake::Form)
    }
}

/// Whether each character is of its kind in `pattern`: `9` a digit, `A` a letter, `X` either.
pub(super) fn shaped(text: &str, pattern: &str) -> bool {
    text.chars().count() == pattern.len()
        && text.chars().zip(pattern.chars()).all(|(c, kind)| match kind {
            '9' => c.is_ascii_digit(),
            'A' => c.is_ascii_uppercase(),
            'X' => c.is_ascii_digit() || c.is_ascii_uppercase(),
            literal => c == literal,
        })
}
