//! The hub's one secret, read from a file: 256 bits from which every key is derived, each for one purpose.
//! The secret itself signs and encrypts nothing.

use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;

use zeroize::{Zeroize as _, Zeroizing};

use super::environment::Environment;

/// The secret. Cannot be shown or serialised.
#[derive(Clone)]
pub struct SecretKey(Zeroizing<[u8; 32]>);

impl std::fmt::Debug for SecretKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SecretKey(…)")
    }
}

impl SecretKey {
    /// The secret from its bytes.
    pub fn new(bytes: [u8; 32]) -> Self {
        Self(Zeroizing::new(bytes))
    }

    pub(crate) fn bytes(&self) -> &[u8; 32] {
        &self.0
    }

    pub(super) fn read(environment: &mut Environment) -> Option<Self> {
        const NAME: &str = "DAYBOOK_SECRET_KEY_FILE";
        let make = "make one with: (umask 077; openssl rand -hex 32 > FILE)";
        let path = PathBuf::from(environment.required(NAME, "the path of the secret key file")?);
        let mode = match std::fs::metadata(&path) {
            Ok(found) => found.permissions().mode(),
            Err(error) => {
                environment
                    .wrong(NAME, format!("names a file that cannot be read ({error}); {make}"));
                return None;
            }
        };
        if mode & 0o007 != 0 {
            let message = "names a file that everyone may read; close it with chmod o= FILE";
            environment.wrong(NAME, message.to_owned());
            return None;
        }
        let mut text = match std::fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) => {
                environment
                    .wrong(NAME, format!("names a file that cannot be read ({error}); {make}"));
                return None;
            }
        };
        let mut bytes = [0; 32];
        let decoded = hex::decode_to_slice(text.trim(), &mut bytes);
        text.zeroize();
        if decoded.is_err() {
            let message = format!("names a file that does not hold 64 hexadecimal digits; {make}");
            environment.wrong(NAME, message);
            return None;
        }
        let key = Self::new(bytes);
        bytes.zeroize();
        Some(key)
    }
}
