//! `daybook-server operator …`

use std::io::Read as _;

use clap::Subcommand;
use domain::standards;
use zeroize::Zeroizing;

use super::failure::Failure;
use super::output;
use crate::auth::password;
use crate::hub::Hub;
use crate::ids;
use crate::store::StoreError;
use crate::store::tenant::user::fold_email;

#[derive(Subcommand)]
pub(super) enum Verb {
    /// Add someone who runs the platform. The password is read from standard input.
    Create {
        #[arg(long)]
        email: String,
        #[arg(long)]
        name: String,
        #[arg(long)]
        json: bool,
    },
}

impl Verb {
    pub(super) async fn run(self, hub: &Hub) -> Result<(), Failure> {
        let Self::Create { email, name, json } = self;
        let email = standards::email::read(&email)
            .map_err(|fault| Failure::Refused(format!("email: {fault}")))?;
        let mut typed = Zeroizing::new(String::new());
        std::io::stdin().lock().take(4096).read_to_string(&mut typed)?;
        let typed = typed.trim_end_matches(['\r', '\n']);
        password::judge(typed, &[&email, &name])?;
        let hash = hub.passwords.hash(typed).await?;
        let now = hub.clock.now();
        let id = ids::row_id(now);
        let made = hub.control.create_operator(id, &fold_email(&email), &name, &hash, now).await;
        if let Err(StoreError::Taken(_)) = made {
            return Err(Failure::Refused(format!("email: {email} is an operator already")));
        }
        made?;
        let action = "operator.create";
        let detail = serde_json::json!({ "operator": id });
        hub.control.note_platform_action(ids::row_id(now), None, action, detail, now).await?;
        match json {
            true => output::json(&serde_json::json!({ "id": id, "email": email, "name": name })),
            false => output::print(&format!("{email} runs this platform now.")),
        }
    }
}
