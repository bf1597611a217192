//! Addresses of web sites, by the WHATWG URL standard (`url` crate): http and https with a public host.
//! Nothing is fetched, and other schemes are no web site.

use super::{Fault, typed};
use ::url::{Host, Url};

/// The address with its scheme, host in lower case (`https://example.com/shop`); `https` where none
/// was typed, and no slash where only the host was.
///
/// # Errors
/// `url_form`; `url_scheme` for anything but http and https; `url_login` where a name or password
/// stands in it, which would be stored and shown.
pub fn read(text: &str) -> Result<String, Fault> {
    let typed = typed::tidy(text);
    let form = || {
        Fault::new(
            "url_form",
            format!(
                "“{typed}” is not the address of a web site. Use for example https://example.com."
            ),
        )
    };
    if typed.contains(' ') {
        return Err(form());
    }
    let whole = if typed.contains("://") { typed.clone() } else { format!("https://{typed}") };
    let url = Url::parse(&whole).map_err(|_| form())?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err(Fault::new(
            "url_scheme",
            "The address of a web site starts with https:// or http://.",
        ));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(Fault::new(
            "url_login",
            "Take the user name and password out of the address: everyone could read them.",
        ));
    }
    match url.host() {
        Some(Host::Domain(host))
            if host.trim_end_matches('.').contains('.')
                && host.bytes().all(|b| b.is_ascii_alphanumeric() || b"-._".contains(&b)) => {}
        Some(Host::Ipv4(_) | Host::Ipv6(_)) => {}
        _ => return Err(form()),
    }
    let bare = url.path() == "/" && url.query().is_none() && url.fragment().is_none();
    let address = url.as_str();
    Ok(if bare { address.trim_end_matches('/') } else { address }.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_completed() {
        for (typed, canonical) in [
            ("www.example.com", "https://www.example.com"),
            ("HTTP://Example.COM/Shop?a=1#top", "http://example.com/Shop?a=1#top"),
            ("https://example.com/", "https://example.com"),
            ("example.com:8443/x", "https://example.com:8443/x"),
            ("müller.de", "https://xn--mller-kva.de"),
            ("https://192.0.2.7/login", "https://192.0.2.7/login"),
        ] {
            assert_eq!(read(typed).as_deref(), Ok(canonical), "{typed}");
        }
    }

    #[test]
    fn what_is_no_web_site_is_refused() {
        for (wrong, rule) in [
            ("", "url_form"),
            ("our site", "url_form"),
            ("localhost", "url_form"),
            ("https://", "url_form"),
            ("https://a&b.com", "url_form"),
            ("example", "url_form"),
            ("javascript:alert(1)", "url_form"),
            ("ftp://example.com", "url_scheme"),
            ("file:///etc/passwd", "url_scheme"),
            ("https://anna:secret@example.com", "url_login"),
            ("anna@example.com", "url_login"),
        ] {
            assert_eq!(read(wrong).map_err(|fault| fault.rule), Err(rule), "{wrong}");
        }
    }
}
