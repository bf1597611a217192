//! Accepting an invitation: the person's first password, sent to the hub that the link names. Opens no
//! session and keeps nothing here.

use contract::{AcceptInvitation, Accepted, Failure, FailureCode, Invitation, Problem};
use sync_protocol::auth::{AcceptReply, AcceptRequest};
use url::Url;

use crate::http::Hub;
use crate::profile::Settings;

/// The last part of an invitation link's address.
const PAGE: &str = "/invitation";

/// # Errors
/// `Refused` for a link that is none and for a password that breaks a rule, by field; `ServerRefused` for an
/// invitation that was used or is too old; `Unreachable`.
pub async fn accept(settings: &Settings, request: AcceptInvitation) -> Result<Accepted, Failure> {
    let Parts { server, tenant, token } = parts(request.invitation)?;
    let hub = Hub::at(&server, settings)?;
    let name = request.name.filter(|name| !name.trim().is_empty());
    let asked = AcceptRequest { tenant, token, password: request.password, name };
    let AcceptReply { email } = hub.accept(&asked).await?;
    Ok(Accepted { server: hub.address().to_owned(), tenant: asked.tenant, email })
}

struct Parts {
    server: String,
    tenant: String,
    token: String,
}

fn parts(invitation: Invitation) -> Result<Parts, Failure> {
    let link = match invitation {
        Invitation::Link { link } => link,
        Invitation::Token { server, tenant, token } => {
            let (tenant, token) = (tenant.trim().to_owned(), token.trim().to_owned());
            return Ok(Parts { server, tenant, token });
        }
    };
    read(link.trim()).ok_or_else(|| {
        let message = "this is no invitation link; copy it whole from the invitation, it ends with \
                       #tenant=… and &token=…";
        Failure {
            code: FailureCode::Refused,
            message: message.to_owned(),
            problems: vec![Problem::new("link", "link", message)],
        }
    })
}

/// What the link says. Tenant and token stand behind the hash sign, where no server sees them.
fn read(link: &str) -> Option<Parts> {
    let mut url = Url::parse(link).ok()?;
    let said = url.fragment()?.to_owned();
    let part = |name: &str| {
        let mut pairs = url::form_urlencoded::parse(said.as_bytes());
        pairs.find(|(key, value)| key == name && !value.is_empty()).map(|(_, value)| value)
    };
    let (tenant, token) = (part("tenant")?.into_owned(), part("token")?.into_owned());
    let path = url.path().trim_end_matches('/').strip_suffix(PAGE)?.to_owned();
    url.set_path(&path);
    url.set_fragment(None);
    Some(Parts { server: url.to_string(), tenant, token })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::canned::{Answer, Canned};

    fn by_link(link: String) -> AcceptInvitation {
        let invitation = Invitation::Link { link };
        AcceptInvitation { invitation, password: "correct horse battery".to_owned(), name: None }
    }

    #[tokio::test]
    async fn the_link_says_where_to_go_and_only_the_body_holds_the_token() {
        let hub =
            Canned::with(vec![Answer::Json(200, r#"{"email":"ada@acme.example"}"#.to_owned())])
                .await;
        let link = format!(" {}/erp/invitation#tenant=acme&token=abc ", hub.address);
        let accepted = accept(&Settings::default(), by_link(link)).await.unwrap();
        assert_eq!(accepted.server, format!("{}/erp", hub.address));
        assert_eq!(accepted.tenant, "acme");
        assert_eq!(accepted.email, "ada@acme.example");
        let asked = hub.asked();
        let (head, body) = asked[0].split_once("\r\n\r\n").unwrap();
        assert!(head.starts_with("POST /erp/api/v1/auth/invitation/accept "), "{head}");
        assert!(!head.contains("abc") && body.contains(r#""token":"abc""#), "{body}");
    }

    #[tokio::test]
    async fn a_link_that_is_none_is_refused_before_anyone_is_asked() {
        for link in [
            "",
            "acme",
            "http://127.0.0.1:9/invitation",
            "http://127.0.0.1:9/invitation#tenant=acme",
            "http://127.0.0.1:9/invitation#tenant=acme&token=",
            "http://127.0.0.1:9/reset#tenant=acme&token=abc",
        ] {
            let failure = accept(&Settings::default(), by_link(link.to_owned())).await.unwrap_err();
            assert_eq!(failure.code, FailureCode::Refused, "{link}");
            assert_eq!(failure.problems[0].field, "link", "{link}");
        }
    }

    #[test]
    fn neither_token_nor_password_is_printed() {
        let request = by_link("https://a.example/invitation#tenant=acme&token=abc".to_owned());
        let printed = format!("{request:?} {:?}", request.invitation);
        assert!(!printed.contains("abc") && !printed.contains("horse"), "{printed}");
    }
}
