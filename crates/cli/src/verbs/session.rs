//! `accept`, `login`, `logout`, `status`.

use std::io::BufRead as _;

use contract::{
    AcceptInvitation, AmongCopies, Command, Failure, FailureCode, Invitation, Reply, SignIn,
};
use engine::Engine;

use super::{plan, unexpected};
use crate::arguments::{Accept, Login};
use crate::output::{self, Output};

pub async fn accept(engine: &Engine, accept: Accept, output: Output) -> Result<(), Failure> {
    let invitation = match (accept.link, accept.server, accept.tenant, accept.token) {
        (Some(link), ..) => Invitation::Link { link },
        (None, Some(server), Some(tenant), Some(token)) => {
            Invitation::Token { server, tenant, token }
        }
        // The words are read so that one or the other is there.
        _ => {
            let message = "give --link, or --server, --tenant and --token";
            return Err(Failure::new(FailureCode::Usage, message));
        }
    };
    let password = new_password(accept.password_stdin)?;
    let request = AcceptInvitation { invitation, password, name: accept.name };
    let Reply::Accepted(accepted) = engine.call(Command::AcceptInvitation(request)).await? else {
        return Err(unexpected());
    };
    output.answer(&accepted, || {
        format!(
            "The invitation is accepted. Sign in now:\n  daybook login --server {} --tenant {} --email {}",
            accepted.server, accepted.tenant, accepted.email
        )
    })
}

/// A password that is typed unseen is typed twice.
fn new_password(from_stdin: bool) -> Result<String, Failure> {
    if from_stdin {
        return Ok(std::io::stdin()
            .lock()
            .lines()
            .next()
            .transpose()
            .map_err(unread)?
            .unwrap_or_default());
    }
    let password = rpassword::prompt_password("New password: ").map_err(unread)?;
    match rpassword::prompt_password("Once more: ").map_err(unread)? == password {
        true => Ok(password),
        false => Err(Failure::new(FailureCode::Usage, "the two passwords differ; try again")),
    }
}

fn unread(error: std::io::Error) -> Failure {
    Failure::new(FailureCode::Usage, format!("the password cannot be read: {error}"))
}

pub async fn login(engine: &Engine, login: Login, output: Output) -> Result<(), Failure> {
    let (password, recovery_code) = secrets(&login)?;
    let request = SignIn {
        server: login.server,
        tenant: login.tenant,
        email: login.email,
        password,
        device_name: login.device_name,
        recovery_code,
        set_aside: login.set_aside,
        among_copies: match (login.original, login.copy) {
            (true, _) => Some(AmongCopies::Original),
            (false, true) => Some(AmongCopies::Copy),
            (false, false) => None,
        },
        ca_file: login.ca,
        proxy: login.proxy,
    };
    let Reply::SignedIn(mut signed_in) = engine.call(Command::SignIn(request)).await? else {
        return Err(unexpected());
    };
    // The first fill, or what happened meanwhile. Being signed in does not depend on it.
    let unsynced = engine.call(Command::Sync).await.err();
    if let Reply::Status(status) = engine.call(Command::Status).await? {
        signed_in.status = status;
    }
    output.answer(&signed_in, || {
        let mut lines = vec![output::status(&signed_in.status)];
        if let Some(place) = &signed_in.set_aside {
            let held = match signed_in.set_aside_unsent {
                Some(0) => "It holds nothing that the sync server has not received.".to_owned(),
                Some(1) => "It holds 1 change that the sync server has not received.".to_owned(),
                Some(unsent) => {
                    format!("It holds {unsent} changes that the sync server has not received.")
                }
                None => "Whether the sync server received all of it is not known.".to_owned(),
            };
            lines.push(format!("The copy that was put aside is in {place}, untouched. {held}"));
        }
        lines.extend(signed_in.recovery_code.as_deref().map(output::recovery_code));
        lines.join("\n")
    })?;
    shown(engine, signed_in.recovery_code.as_deref()).await?;
    match unsynced {
        None => Ok(()),
        Some(failure) if failure.code == FailureCode::Unreachable => {
            output.say(&format!("daybook: signed in, and not in sync yet: {}", failure.message));
            Ok(())
        }
        Some(failure) => {
            let message = format!("signed in, and not in sync: {}", failure.message);
            Err(Failure::new(FailureCode::NeedsAttention, message))
        }
    }
}

/// A recovery code that was printed is the person's.
async fn shown(engine: &Engine, code: Option<&str>) -> Result<(), Failure> {
    if code.is_some() {
        engine.call(Command::RecoveryCodeShown).await?;
    }
    Ok(())
}

/// Password and recovery code: asked for, or the first lines of stdin. Never words of the command, which
/// others on the machine can see.
fn secrets(login: &Login) -> Result<(String, Option<String>), Failure> {
    if !login.password_stdin {
        let password = rpassword::prompt_password("Password: ").map_err(unread)?;
        let code = match login.recover {
            true => Some(rpassword::prompt_password("Recovery code: ").map_err(unread)?),
            false => None,
        };
        return Ok((password, code));
    }
    let mut lines = std::io::stdin().lock().lines();
    let mut line = || lines.next().transpose().map_err(unread).map(Option::unwrap_or_default);
    let password = line()?;
    let code = if login.recover { Some(line()?) } else { None };
    Ok((password, code))
}

pub async fn logout(engine: &Engine, wipe: bool, output: Output) -> Result<(), Failure> {
    let Reply::Status(status) = engine.call(Command::SignOut { wipe }).await? else {
        return Err(unexpected());
    };
    output.answer(&status, || output::status(&status))
}

pub async fn status(engine: &Engine, output: Output) -> Result<(), Failure> {
    // This program has just started: how the hub stands to it is found out, not remembered.
    engine.look().await;
    let Reply::Status(status) = engine.call(Command::Status).await? else {
        return Err(unexpected());
    };
    output.answer(&status, || {
        let code = status.recovery_code.as_deref().map(output::recovery_code);
        let said = [Some(output::status(&status)), plan::words(&engine.plan()), code];
        said.into_iter().flatten().collect::<Vec<_>>().join("\n")
    })?;
    shown(engine, status.recovery_code.as_deref()).await
}
