//! The secrets of one device: which there are, and where they are kept. The keyring of the operating
//! system, or, by explicit choice, a file under a passphrase; never a silent fallback between them.

mod keyring;
mod keys;
mod recovery;
mod sealed_file;
mod vault;

use contract::{Failure, FailureCode};

pub use keys::{DeviceKeys, SessionSecrets};
pub use recovery::{Recovery, RecoveryCode};
pub use vault::{Name, Vault};

/// Why a secret cannot be had.
#[derive(Debug, thiserror::Error)]
pub enum SecretError {
    #[error(
        "this machine has no keyring that Daybook can use ({reason}); nothing was changed. Start a secret \
         service such as gnome-keyring and unlock it, or, on a machine without a person, set \
         DAYBOOK_SECRETS=file and DAYBOOK_PASSPHRASE_FILE"
    )]
    NoKeyring { reason: String },
    #[error("the keyring is locked and could not be unlocked ({reason}); unlock it and try again")]
    Locked { reason: String },
    #[error("DAYBOOK_SECRETS is \"{0}\"; leave it out for the keyring, or set it to file")]
    UnknownChoice(String),
    #[error(
        "DAYBOOK_SECRETS=file needs DAYBOOK_PASSPHRASE_FILE: the file whose first line is the passphrase"
    )]
    NoPassphrase,
    #[error("the passphrase file {path} cannot be read: {source}")]
    PassphraseFile { path: String, source: std::io::Error },
    #[error("the passphrase file {0} is empty; write a passphrase into its first line")]
    EmptyPassphrase(String),
    #[error("the passphrase does not open the keys of this profile ({path}); nothing was changed")]
    WrongPassphrase { path: String },
    #[error(
        "the keys of this profile are in {holds}, and {chosen} was chosen; {mend}. Nothing was changed"
    )]
    OtherPlace { holds: &'static str, chosen: &'static str, mend: &'static str },
    #[error("the keys of this profile are damaged ({0}); the local copy was not touched")]
    Damaged(String),
    #[error(
        "the recovery code is not the one that was given for this copy; check each group and try again"
    )]
    WrongRecoveryCode,
    #[error(transparent)]
    Profile(#[from] crate::profile::ProfileError),
}

impl From<SecretError> for Failure {
    fn from(error: SecretError) -> Self {
        let code = match error {
            SecretError::NoKeyring { .. } | SecretError::Locked { .. } => FailureCode::NoKeyring,
            SecretError::UnknownChoice(_) => FailureCode::Usage,
            SecretError::WrongRecoveryCode => FailureCode::Refused,
            SecretError::Profile(error) => return error.into(),
            _ => FailureCode::CannotOpen,
        };
        Failure::new(code, error.to_string())
    }
}
