//! Addresses of electronic mail: the syntax of RFC 5321, read by the `email_address` crate.
//! Whether mail arrives is not known here.

use super::{Fault, typed};
use ::url::Host;
use email_address::{EmailAddress, Error, Options};

/// The address with its domain in lower case; the part before the `@` stays as typed, since RFC 5321
/// (section 2.4) lets a host tell cases apart. A `mailto:` in front is dropped.
///
/// # Errors
/// `email_form`, with a message for the mistakes people make.
pub fn read(text: &str) -> Result<String, Fault> {
    let typed = typed::tidy(text);
    let address = typed.strip_prefix("mailto:").unwrap_or(&typed);
    let options =
        Options::default().with_required_tld().without_domain_literal().without_display_text();
    let parsed = EmailAddress::parse_with_options(address, options)
        .map_err(|error| Fault::new("email_form", message(error)))?;
    let domain = parsed.domain().to_lowercase();
    if !is_host(&domain) {
        return Err(Fault::new("email_form", message(Error::DomainTooFew)));
    }
    Ok(format!("{}@{domain}", parsed.local_part()))
}

/// RFC 5322 lets a domain hold signs that no host has; mail goes to hosts only.
fn is_host(domain: &str) -> bool {
    domain.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '.'))
        && matches!(Host::parse(domain), Ok(Host::Domain(_)))
}

fn message(error: Error) -> &'static str {
    match error {
        Error::MissingSeparator => "An e-mail address has an “@”, for example name@example.com.",
        Error::LocalPartEmpty => "The part before the “@” is missing.",
        Error::DomainEmpty => "The part after the “@” is missing.",
        Error::DomainTooFew | Error::UnsupportedDomainLiteral | Error::InvalidIPAddress => {
            "The part after the “@” must be a domain such as example.com."
        }
        Error::SubDomainEmpty | Error::DomainInvalidSeparator => {
            "There is a dot too many after the “@”."
        }
        Error::LocalPartTooLong => "The part before the “@” has more than 64 characters.",
        Error::DomainTooLong | Error::SubDomainTooLong => "The part after the “@” is too long.",
        Error::UnsupportedDisplayName | Error::MissingDisplayName | Error::MissingEndBracket => {
            "Enter the address alone, without a name or angle brackets."
        }
        Error::InvalidCharacter | Error::UnbalancedQuotes | Error::InvalidComment => {
            "An e-mail address has no spaces, commas or brackets. Enter one address."
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_people_are_accepted() {
        assert_eq!(read(" Anna.Berg@Example.COM "), Ok("Anna.Berg@example.com".into()));
        assert_eq!(read("mailto:sales+de@example.co.uk"), Ok("sales+de@example.co.uk".into()));
        assert_eq!(read("o'neil@example.ie"), Ok("o'neil@example.ie".into()));
        assert_eq!(read("jürgen@müller.de"), Ok("jürgen@müller.de".into()));
    }

    #[test]
    fn mistakes_are_refused() {
        for wrong in [
            "",
            "anna",
            "@example.com",
            "anna@",
            "anna@localhost",
            "anna@@example.com",
            "anna@example..com",
            "anna.@example.com",
            "anna berg@example.com",
            "anna@example.com, ben@example.com",
            "Anna <anna@example.com>",
            "anna@[192.0.2.1]",
            "anna@192.0.2.1",
            "anna@exam&ple.com",
        ] {
            assert_eq!(read(wrong).map_err(|fault| fault.rule), Err("email_form"), "{wrong}");
        }
    }
}
