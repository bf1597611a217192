//! Access tokens: a JWS in compact form (RFC 7515) of type `at+jwt` (RFC 9068), signed with Ed25519
//! (RFC 8037). There is one header and it is compared as text, so no algorithm can be chosen by a token. A
//! token says who speaks; what that person may do is asked of `rights` each time.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, TimeDelta, Utc};
use ed25519_dalek::{Signature, Signer as _, SigningKey, VerifyingKey};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// How long a token is good for.
pub const LIFE: TimeDelta = TimeDelta::minutes(10);
const HEADER: &str = r#"{"alg":"EdDSA","typ":"at+jwt"}"#;
const AUDIENCE: &str = "daybook-hub";
/// No token of ours is longer; nothing longer is looked at.
const LONGEST: usize = 1024;

/// Who speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claims {
    #[serde(rename = "tid")]
    pub tenant: Uuid,
    #[serde(rename = "sub")]
    pub user: Uuid,
    /// Absent for a sign-in without an enrolled device.
    #[serde(rename = "did", skip_serializing_if = "Option::is_none", default)]
    pub device: Option<Uuid>,
    #[serde(rename = "sv")]
    pub session_version: i64,
    /// Seconds since 1970.
    #[serde(rename = "exp")]
    pub expires: i64,
}

#[derive(Serialize, Deserialize)]
struct Payload {
    aud: String,
    iat: i64,
    #[serde(flatten)]
    claims: Claims,
}

impl Claims {
    /// Claims that hold for [`LIFE`] from now.
    pub fn new(
        tenant: Uuid,
        user: Uuid,
        device: Option<Uuid>,
        session_version: i64,
        now: DateTime<Utc>,
    ) -> Self {
        Self { tenant, user, device, session_version, expires: (now + LIFE).timestamp() }
    }

    /// Signs the claims into a token.
    ///
    /// # Errors
    /// The claims cannot be written as JSON; with these fields that does not happen.
    pub fn sign(self, key: &SigningKey, now: DateTime<Utc>) -> Result<String, serde_json::Error> {
        let payload = Payload { aud: AUDIENCE.to_owned(), iat: now.timestamp(), claims: self };
        let payload = URL_SAFE_NO_PAD.encode(serde_json::to_vec(&payload)?);
        let signed = format!("{}.{payload}", URL_SAFE_NO_PAD.encode(HEADER));
        let signature = URL_SAFE_NO_PAD.encode(key.sign(signed.as_bytes()).to_bytes());
        Ok(format!("{signed}.{signature}"))
    }

    /// The claims of a token that this hub signed, for this purpose, and that has not run out. What is wrong
    /// with another token is not said.
    pub fn verify(token: &str, key: &VerifyingKey, now: DateTime<Utc>) -> Option<Self> {
        if token.len() > LONGEST {
            return None;
        }
        let (signed, signature) = token.rsplit_once('.')?;
        let (header, payload) = signed.split_once('.')?;
        if header != URL_SAFE_NO_PAD.encode(HEADER) {
            return None;
        }
        let signature = Signature::from_slice(&URL_SAFE_NO_PAD.decode(signature).ok()?).ok()?;
        key.verify_strict(signed.as_bytes(), &signature).ok()?;
        let payload: Payload =
            serde_json::from_slice(&URL_SAFE_NO_PAD.decode(payload).ok()?).ok()?;
        let good = payload.aud == AUDIENCE && payload.claims.holds_at(now);
        good.then_some(payload.claims)
    }

    /// Whether the token was issued before this instant, to the second.
    pub fn is_older_than(&self, at: DateTime<Utc>) -> bool {
        self.expires < (at + LIFE).timestamp()
    }

    /// Whether the token has not run out.
    pub fn holds_at(&self, now: DateTime<Utc>) -> bool {
        now.timestamp() < self.expires
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now() -> DateTime<Utc> {
        DateTime::from_timestamp(1_800_000_000, 0).unwrap()
    }

    fn claims() -> Claims {
        Claims::new(Uuid::from_u128(1), Uuid::from_u128(2), Some(Uuid::from_u128(3)), 4, now())
    }

    #[test]
    fn a_token_is_good_for_ten_minutes() {
        let key = SigningKey::from_bytes(&[1; 32]);
        let token = claims().sign(&key, now()).unwrap();
        let verify = |at| Claims::verify(&token, &key.verifying_key(), at);
        assert_eq!(verify(now()), Some(claims()));
        assert_eq!(verify(now() + TimeDelta::seconds(599)), Some(claims()));
        assert_eq!(verify(now() + TimeDelta::seconds(600)), None);
    }

    #[test]
    fn a_token_of_another_key_algorithm_type_or_audience_is_no_token() {
        let key = SigningKey::from_bytes(&[1; 32]);
        let public = key.verifying_key();
        let other = SigningKey::from_bytes(&[2; 32]);
        assert_eq!(Claims::verify(&claims().sign(&other, now()).unwrap(), &public, now()), None);
        let forge = |header: &str, audience: &str| {
            let payload = Payload { aud: audience.to_owned(), iat: 0, claims: claims() };
            let payload = URL_SAFE_NO_PAD.encode(serde_json::to_vec(&payload).unwrap());
            let signed = format!("{}.{payload}", URL_SAFE_NO_PAD.encode(header));
            let signature = URL_SAFE_NO_PAD.encode(key.sign(signed.as_bytes()).to_bytes());
            Claims::verify(&format!("{signed}.{signature}"), &public, now())
        };
        assert_eq!(forge(HEADER, AUDIENCE), Some(claims()));
        assert_eq!(forge(HEADER, "someone-else"), None);
        assert_eq!(forge(r#"{"alg":"EdDSA","typ":"JWT"}"#, AUDIENCE), None);
        assert_eq!(forge(r#"{"alg":"none","typ":"at+jwt"}"#, AUDIENCE), None);
        for nonsense in ["", ".", "..", "a.b.c", &"x".repeat(5000)] {
            assert_eq!(Claims::verify(nonsense, &public, now()), None);
        }
    }

    #[test]
    fn changing_one_character_of_a_token_breaks_it() {
        let key = SigningKey::from_bytes(&[1; 32]);
        let token = claims().sign(&key, now()).unwrap();
        for place in 0..token.len() {
            let mut bytes = token.clone().into_bytes();
            bytes[place] = if bytes[place] == b'A' { b'B' } else { b'A' };
            let changed = String::from_utf8(bytes).unwrap();
            assert_eq!(Claims::verify(&changed, &key.verifying_key(), now()), None, "{place}");
        }
    }
}
