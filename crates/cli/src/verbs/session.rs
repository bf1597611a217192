//! `login`, `logout`, `status`.

use std::io::BufRead as _;

use contract::{Command, Failure, FailureCode, Reply, SignIn};
use engine::Engine;

use super::unexpected;
use crate::arguments::Login;
use crate::output::{self, Output};

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
    };
    let Reply::SignedIn(mut signed_in) = engine.call(Command::SignIn(request)).await? else {
        return Err(unexpected());
    };
    // The first fill, or what happened meanwhile. Being signed in does not depend on it.
    if let Err(failure) = engine.call(Command::Sync).await {
        output.say(&format!("daybook: signed in, and not in sync yet: {}", failure.message));
    }
    if let Reply::Status(status) = engine.call(Command::Status).await? {
        signed_in.status = status;
    }
    output.answer(&signed_in, || {
        let mut lines = vec![output::status(&signed_in.status)];
        if let Some(place) = &signed_in.set_aside {
            lines.push(format!("The copy that could not be opened is in {place}, untouched."));
        }
        if let Some(code) = &signed_in.recovery_code {
            lines.push(format!(
                "\nRecovery code: {code}\nPrint it and keep it. It is shown this once, and it alone \
                 opens this copy should the keyring be lost."
            ));
        }
        lines.join("\n")
    });
    Ok(())
}

/// Password and recovery code: asked for, or the first lines of stdin. Never words of the command, which
/// others on the machine can see.
fn secrets(login: &Login) -> Result<(String, Option<String>), Failure> {
    let fault = |error: std::io::Error| {
        Failure::new(FailureCode::Usage, format!("the password cannot be read: {error}"))
    };
    if !login.password_stdin {
        let password = rpassword::prompt_password("Password: ").map_err(fault)?;
        let code = match login.recover {
            true => Some(rpassword::prompt_password("Recovery code: ").map_err(fault)?),
            false => None,
        };
        return Ok((password, code));
    }
    let mut lines = std::io::stdin().lock().lines();
    let mut line = || lines.next().transpose().map_err(fault).map(Option::unwrap_or_default);
    let password = line()?;
    let code = if login.recover { Some(line()?) } else { None };
    Ok((password, code))
}

pub async fn logout(engine: &Engine, wipe: bool, output: Output) -> Result<(), Failure> {
    let Reply::Status(status) = engine.call(Command::SignOut { wipe }).await? else {
        return Err(unexpected());
    };
    output.answer(&status, || output::status(&status));
    Ok(())
}

pub async fn status(engine: &Engine, output: Output) -> Result<(), Failure> {
    // This program has just started: whether the hub answers is found out, not remembered.
    engine.probe().await;
    let Reply::Status(status) = engine.call(Command::Status).await? else {
        return Err(unexpected());
    };
    output.answer(&status, || output::status(&status));
    Ok(())
}
