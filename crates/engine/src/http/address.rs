//! The address of a hub as people type it, and which addresses are safe to send a password to.

use std::net::IpAddr;

use url::{Host, Url};

use super::HttpError;

/// Reads an address: `https://` where no scheme is given, the path as its beginning.
///
/// # Errors
/// `Address` where it is none; `Unencrypted` for `http://` to another machine, unless allowed.
pub fn server_address(text: &str, allow_http: bool) -> Result<Url, HttpError> {
    let text = text.trim();
    let typed = || HttpError::Address(text.to_owned());
    let full = match text.contains("://") {
        true => text.to_owned(),
        false => format!("https://{text}"),
    };
    let mut url = Url::parse(&full).map_err(|_| typed())?;
    let plain = url.username().is_empty() && url.password().is_none();
    if !plain || url.query().is_some() || url.fragment().is_some() || !url.has_host() {
        return Err(typed());
    }
    match url.scheme() {
        "https" => {}
        "http" if allow_http || is_this_machine(&url) => {}
        "http" => return Err(HttpError::Unencrypted(url.to_string())),
        _ => return Err(typed()),
    }
    if !url.path().ends_with('/') {
        url.set_path(&format!("{}/", url.path()));
    }
    Ok(url)
}

/// Reads the address of a proxy. A password is none of its business: it would stand in a file in plain.
///
/// # Errors
/// `Proxy` where it is none, or says who asks.
pub fn proxy_address(text: &str) -> Result<Url, HttpError> {
    let url = Url::parse(text.trim()).map_err(|_| HttpError::Proxy)?;
    let plain = url.username().is_empty() && url.password().is_none();
    let bare = matches!(url.path(), "" | "/") && url.query().is_none() && url.fragment().is_none();
    match matches!(url.scheme(), "http" | "https") && url.has_host() && plain && bare {
        true => Ok(url),
        false => Err(HttpError::Proxy),
    }
}

fn is_this_machine(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(Host::Ipv4(address)) => IpAddr::from(address).is_loopback(),
        Some(Host::Ipv6(address)) => IpAddr::from(address).is_loopback(),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_read_as_people_type_it() {
        let read = |text| server_address(text, false).map(|url| url.to_string());
        assert_eq!(read(" daybook.example.com ").unwrap(), "https://daybook.example.com/");
        assert_eq!(read("https://a.example/erp").unwrap(), "https://a.example/erp/");
        assert_eq!(read("http://127.0.0.1:8080").unwrap(), "http://127.0.0.1:8080/");
        assert_eq!(read("http://[::1]:8080").unwrap(), "http://[::1]:8080/");
        for wrong in ["", "https://", "ftp://a.example", "https://u:p@a.example", "a b"] {
            assert!(matches!(read(wrong), Err(HttpError::Address(_))), "{wrong}");
        }
    }

    #[test]
    fn a_proxy_is_an_address_and_nothing_besides() {
        assert_eq!(proxy_address(" http://proxy:3128 ").unwrap().port(), Some(3128));
        for wrong in
            ["proxy:3128", "socks5://proxy", "http://", "http://me:secret@proxy", "http://p/x"]
        {
            let refused = proxy_address(wrong).unwrap_err();
            assert!(!refused.to_string().contains("secret"), "{refused}");
        }
    }

    #[test]
    fn a_password_does_not_cross_the_network_in_plain_unless_that_was_chosen() {
        let far = "http://hub.branch.example";
        assert!(matches!(server_address(far, false), Err(HttpError::Unencrypted(_))));
        assert!(server_address(far, true).is_ok());
    }
}
