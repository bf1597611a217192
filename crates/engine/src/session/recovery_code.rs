//! The recovery code is owed to the person until it was shown: a program that ended before it printed the
//! code draws another the next time.

use std::sync::Mutex;

use contract::Failure;

use super::{Session, lock};
use crate::secrets::{Recovery, RecoveryCode};

/// How the person stands to the code.
pub struct Shown(Mutex<State>);

enum State {
    Yes,
    /// None is known any more.
    Owed,
    /// Drawn, and not confirmed yet.
    Drawn(RecoveryCode),
}

impl Shown {
    pub fn new(shown: bool) -> Self {
        Self(Mutex::new(if shown { State::Yes } else { State::Owed }))
    }
}

impl Session {
    /// The code that is still to be shown, drawn where none is known: the one before opens nothing any more.
    /// Blocks.
    ///
    /// # Errors
    /// Where it cannot be kept.
    pub fn recovery_code(&self) -> Result<Option<String>, Failure> {
        let identity = &self.identity;
        let mut state = lock(&self.shown.0);
        match &*state {
            State::Yes => Ok(None),
            State::Drawn(code) => Ok(Some(code.text())),
            State::Owed => {
                let code = RecoveryCode::draw(self.host());
                let (profile, id) = (&identity.profile, identity.profile_id);
                Recovery::keep(profile, id, &identity.keys, &code, self.host())?;
                let text = code.text();
                *state = State::Drawn(code);
                Ok(Some(text))
            }
        }
    }

    /// The person has the code. Blocks.
    ///
    /// # Errors
    /// Where this cannot be kept.
    pub fn recovery_code_shown(&self) -> Result<(), Failure> {
        let mut state = lock(&self.shown.0);
        if !matches!(*state, State::Drawn(_)) {
            return Ok(());
        }
        let profile = &self.identity.profile;
        if let Some(mut document) = profile.document()? {
            document.recovery_shown = true;
            profile.keep(&document)?;
        }
        *state = State::Yes;
        Ok(())
    }
}
