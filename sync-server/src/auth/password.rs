//! Passwords: which are accepted, how they are kept (Argon2id), and how many are checked at one time. It knows
//! no user.

use std::sync::Arc;
use std::time::Duration;

use argon2::password_hash::{PasswordHasher as _, PasswordVerifier as _, phc::PasswordHash};
use argon2::{Algorithm, Argon2, Params, Version};
use tokio::sync::Semaphore;
use zeroize::Zeroizing;

use crate::ids;

/// The fewest characters of a password.
pub const SHORTEST: usize = 12;
/// The most; a longer text is no password but an attempt to keep the hub busy.
pub const LONGEST: usize = 256;

/// 19 MiB, 2 passes, 1 lane: OWASP Password Storage Cheat Sheet, Argon2id.
fn argon2() -> Argon2<'static> {
    // These numbers are inside the bounds that `Params::new` checks.
    let params = Params::new(19 * 1024, 2, 1, None).unwrap_or(Params::DEFAULT);
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
}

/// Why a new password is not accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PasswordRefusal {
    #[error("a password needs at least {SHORTEST} characters; several words make a good one")]
    TooShort,
    #[error("a password has at most {LONGEST} characters")]
    TooLong,
    #[error(
        "this password is among those that are tried first; choose one that is not common and not made of your name, address or company"
    )]
    TooCommon,
}

/// Judges a new password: its length, and how soon it would be guessed. There are no rules about what
/// characters it is made of.
///
/// `about` are texts that the password must not be made of: e-mail address, names. Common passwords, words and
/// keyboard patterns are known to `zxcvbn`, whose embedded lists hold some 30,000 passwords; a password that it
/// expects to fall within a million guesses (its score 0 or 1) is refused.
///
/// # Errors
/// The first rule that stands against it.
pub fn judge(password: &str, about: &[&str]) -> Result<(), PasswordRefusal> {
    let length = password.chars().count();
    if length < SHORTEST {
        return Err(PasswordRefusal::TooShort);
    }
    if length > LONGEST {
        return Err(PasswordRefusal::TooLong);
    }
    let parts: Vec<&str> = about
        .iter()
        .flat_map(|text| std::iter::once(*text).chain(text.split(|c: char| !c.is_alphanumeric())))
        .filter(|part| part.len() > 2)
        .collect();
    if zxcvbn::zxcvbn(password, &parts).score() < zxcvbn::Score::Two {
        return Err(PasswordRefusal::TooCommon);
    }
    Ok(())
}

/// A password check that could not be made.
#[derive(Debug, thiserror::Error)]
pub enum HashError {
    #[error("too many passwords are being checked; try again shortly")]
    Busy,
    #[error("the password could not be hashed")]
    Fault,
}

/// Hashes and checks passwords, no more at a time than the machine can bear.
#[derive(Clone)]
pub struct PasswordHasher {
    turns: Arc<Semaphore>,
    wait: Duration,
    /// A hash that no password opens, checked in place of one that is not there.
    nobody: Arc<str>,
}

impl PasswordHasher {
    /// `at_once` checks run at one time; a further one waits up to `wait`.
    ///
    /// # Errors
    /// The machine cannot make a hash at all.
    pub fn new(at_once: usize, wait: Duration) -> Result<Self, HashError> {
        let nobody = hash(ids::secret_text().as_bytes())?;
        Ok(Self { turns: Arc::new(Semaphore::new(at_once)), wait, nobody: nobody.into() })
    }

    /// The PHC text of a new hash.
    ///
    /// # Errors
    /// See [`HashError`].
    pub async fn hash(&self, password: &str) -> Result<String, HashError> {
        let password = Zeroizing::new(password.to_owned());
        self.in_turn(move || hash(password.as_bytes())).await?
    }

    /// Whether a password opens a hash. Without a hash the answer is no, after the same work.
    ///
    /// # Errors
    /// [`HashError::Busy`] if no turn came in time.
    pub async fn opens(&self, password: &str, kept: Option<&str>) -> Result<bool, HashError> {
        let password = Zeroizing::new(password.to_owned());
        let known = kept.is_some();
        let kept = kept.map_or_else(|| self.nobody.to_string(), str::to_owned);
        let opens = self
            .in_turn(move || {
                let Ok(kept) = PasswordHash::new(&kept) else { return false };
                argon2().verify_password(password.as_bytes(), &kept).is_ok()
            })
            .await?;
        Ok(known && opens)
    }

    async fn in_turn<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, HashError> {
        let turn = tokio::time::timeout(self.wait, self.turns.clone().acquire_owned());
        let turn = turn.await.map_err(|_| HashError::Busy)?.map_err(|_| HashError::Fault)?;
        let done = tokio::task::spawn_blocking(move || {
            let result = work();
            drop(turn);
            result
        });
        done.await.map_err(|_| HashError::Fault)
    }
}

fn hash(password: &[u8]) -> Result<String, HashError> {
    let salt = ids::random::<16>();
    let hash = argon2().hash_password_with_salt(password, &salt).map_err(|_| HashError::Fault)?;
    Ok(hash.to_string())
}

/// Whether a hash was made with weaker parameters than new ones are, and is to be made again at the next sign-in.
pub fn is_outdated(kept: &str) -> bool {
    let Ok(kept) = PasswordHash::new(kept) else { return true };
    let Ok(params) = Params::try_from(&kept) else { return true };
    let now = argon2();
    let now = now.params();
    params.m_cost() < now.m_cost() || params.t_cost() < now.t_cost()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_long_enough_and_not_among_the_first_tried() {
        assert_eq!(judge("short", &[]), Err(PasswordRefusal::TooShort));
        assert_eq!(judge("äöüäöüäöüäö", &[]), Err(PasswordRefusal::TooShort));
        assert_eq!(judge(&"x1!Q".repeat(65), &[]), Err(PasswordRefusal::TooLong));
        for common in ["password1234", "123456789012", "qwertyuiop12", "aaaaaaaaaaaa"] {
            assert_eq!(judge(common, &[]), Err(PasswordRefusal::TooCommon), "{common}");
        }
        assert_eq!(judge("northwind2024", &["Northwind Traders"]), Err(PasswordRefusal::TooCommon));
        for good in ["correct horse battery staple", "grün ist die Hoffnung", "Tr0ub4dor&3 abcd"] {
            assert_eq!(judge(good, &["anna@example.org"]), Ok(()), "{good}");
        }
    }

    #[tokio::test]
    async fn a_hash_opens_for_its_password_alone_and_nobody_is_opened_by_none() {
        let hasher = PasswordHasher::new(2, Duration::from_secs(60)).unwrap();
        let kept = hasher.hash("correct horse battery staple").await.unwrap();
        assert!(kept.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{kept}");
        assert!(hasher.opens("correct horse battery staple", Some(&kept)).await.unwrap());
        assert!(!hasher.opens("correct horse battery stapler", Some(&kept)).await.unwrap());
        assert!(!hasher.opens("correct horse battery staple", None).await.unwrap());
        assert!(!is_outdated(&kept));
        assert!(is_outdated("$argon2id$v=19$m=4096,t=2,p=1$c2FsdHNhbHQ$aGFzaGhhc2hoYXNo"));
    }

    #[tokio::test]
    async fn a_check_that_gets_no_turn_is_told_so() {
        let hasher = PasswordHasher::new(1, Duration::ZERO).unwrap();
        let _turn = hasher.turns.clone().acquire_owned().await.unwrap();
        assert!(matches!(hasher.opens("x", None).await, Err(HashError::Busy)));
    }
}
