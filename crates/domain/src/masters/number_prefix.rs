//! The prefix of a number series: text and tokens in braces. Read here once, for the rules now and for the
//! numbers that documents draw.

use std::fmt;

/// What stands for something in a prefix.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Token {
    /// The fiscal year, by its name.
    FiscalYear,
    /// The calendar year in four digits.
    Year,
    /// The month in two digits.
    Month,
    /// The number prefix of the branch.
    Branch,
    /// The short name of the device.
    Device,
}

impl Token {
    pub const ALL: [Self; 5] =
        [Self::FiscalYear, Self::Year, Self::Month, Self::Branch, Self::Device];

    /// The token as it is written: `{FY}`.
    pub const fn text(self) -> &'static str {
        match self {
            Self::FiscalYear => "{FY}",
            Self::Year => "{YYYY}",
            Self::Month => "{MM}",
            Self::Branch => "{BRANCH}",
            Self::Device => "{DEVICE}",
        }
    }
}

/// A piece of a prefix.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece {
    Text(String),
    Token(Token),
}

/// A prefix that was read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Prefix(pub Vec<Piece>);

/// Why a prefix cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PrefixError {
    #[error("has a brace that is not closed; a token is written like {{YYYY}}")]
    Open,
    #[error("has a closing brace without an opening one; a token is written like {{YYYY}}")]
    Closed,
    #[error("has no token {{{0}}}; there are {known}", known = Prefix::known())]
    Unknown(String),
    #[error("has the token {0} twice; once is enough")]
    Twice(&'static str),
}

impl Prefix {
    /// Reads a prefix. Capital and small letters of a token are one.
    ///
    /// # Errors
    /// See [`PrefixError`].
    pub fn read(text: &str) -> Result<Self, PrefixError> {
        let mut prefix = Self::default();
        let mut rest = text;
        while let Some(at) = rest.find(['{', '}']) {
            let (before, brace) = rest.split_at(at);
            prefix.push_text(before);
            let Some(inner) = brace.strip_prefix('{') else { return Err(PrefixError::Closed) };
            let (name, after) = inner.split_once('}').ok_or(PrefixError::Open)?;
            if name.contains('{') {
                return Err(PrefixError::Open);
            }
            let token = Self::token(name)?;
            if prefix.has(token) {
                return Err(PrefixError::Twice(token.text()));
            }
            prefix.0.push(Piece::Token(token));
            rest = after;
        }
        prefix.push_text(rest);
        Ok(prefix)
    }

    fn token(name: &str) -> Result<Token, PrefixError> {
        let written = format!("{{{}}}", name.trim().to_ascii_uppercase());
        let found = Token::ALL.into_iter().find(|token| token.text() == written);
        found.ok_or_else(|| PrefixError::Unknown(name.trim().to_owned()))
    }

    fn push_text(&mut self, text: &str) {
        if !text.is_empty() {
            self.0.push(Piece::Text(text.to_owned()));
        }
    }

    pub fn has(&self, token: Token) -> bool {
        self.0.contains(&Piece::Token(token))
    }

    fn known() -> String {
        Token::ALL.map(Token::text).join(", ")
    }
}

/// The canonical form.
impl fmt::Display for Prefix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|piece| match piece {
            Piece::Text(text) => f.write_str(text),
            Piece::Token(token) => f.write_str(token.text()),
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn text_and_tokens_are_told_apart() {
        let prefix = Prefix::read("INV-{fy}/{ DEVICE }-").unwrap();
        let text = |text: &str| Piece::Text(text.to_owned());
        assert_eq!(
            prefix.0,
            [
                text("INV-"),
                Piece::Token(Token::FiscalYear),
                text("/"),
                Piece::Token(Token::Device),
                text("-")
            ]
        );
        assert_eq!(prefix.to_string(), "INV-{FY}/{DEVICE}-");
    }

    #[test]
    fn what_is_no_token_is_refused_by_name() {
        let refusal = |text: &str| Prefix::read(text).unwrap_err();
        assert_eq!(refusal("{YY}"), PrefixError::Unknown("YY".to_owned()));
        assert!(refusal("{YY}").to_string().contains("has no token {YY}; there are {FY}, {YYYY}"));
        assert_eq!(refusal("{YYYY"), PrefixError::Open);
        assert_eq!(refusal("{{YYYY}}"), PrefixError::Open);
        assert_eq!(refusal("YYYY}"), PrefixError::Closed);
        assert_eq!(refusal("{MM}{mm}"), PrefixError::Twice("{MM}"));
    }

    proptest! {
        /// What was read is written so that it is read again as the same.
        #[test]
        fn the_canonical_form_stays(text in "[A-Z{}Y/-]{0,12}|(\\{(FY|YYYY|MM|BRANCH|DEVICE)\\}|[A-Z-]){0,4}") {
            if let Ok(prefix) = Prefix::read(&text) {
                prop_assert_eq!(Prefix::read(&prefix.to_string()), Ok(prefix));
            }
        }
    }
}
