//! Where mail goes. Without a server, mail waits in the outbox and nothing is lost.

use super::environment::Environment;

#[derive(Clone)]
pub struct MailConfig {
    /// `smtp://` or `smtps://`, with user and password perhaps: never shown.
    pub(crate) smtp_url: Option<String>,
    /// The sender of the hub's own mail.
    pub sender: String,
}

impl std::fmt::Debug for MailConfig {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("MailConfig").field("sender", &self.sender).finish_non_exhaustive()
    }
}

impl MailConfig {
    pub(super) fn read(environment: &mut Environment) -> Option<Self> {
        const NAME: &str = "DAYBOOK_SMTP_URL";
        let smtp_url = environment.text(NAME);
        let known = |url: &String| url.starts_with("smtp://") || url.starts_with("smtps://");
        if smtp_url.as_ref().is_some_and(|url| !known(url)) {
            let form = "smtps://user:password@host:465 or smtp://host:25";
            environment.wrong(NAME, format!("must be like {form}"));
            return None;
        }
        let sender = environment.text("DAYBOOK_MAIL_SENDER");
        let sender = sender.unwrap_or_else(|| "daybook@localhost".to_owned());
        if !sender.contains('@') {
            environment.wrong("DAYBOOK_MAIL_SENDER", "must be an e-mail address".to_owned());
            return None;
        }
        Some(Self { smtp_url, sender })
    }
}
