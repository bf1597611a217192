//! Redis, by which several hubs tell each other of news. What is said there, and that nobody believes it, is
//! `sync::herald`'s.

use redis::{Client, ConnectionAddr};

use super::environment::{Environment, Stage};

#[derive(Clone)]
pub struct RedisConfig {
    /// Holds a password, perhaps: never shown. It connects to nothing by itself.
    pub(crate) client: Client,
}

impl std::fmt::Debug for RedisConfig {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RedisConfig").finish_non_exhaustive()
    }
}

impl RedisConfig {
    /// Outside: nothing where what is set is wrong. Inside: nothing where nothing is set.
    pub(super) fn read(environment: &mut Environment, stage: Stage) -> Option<Option<Self>> {
        const NAME: &str = "DAYBOOK_REDIS_URL";
        let Some(url) = environment.text(NAME) else { return Some(None) };
        let form = "write rediss://user:password@host:port, unix:///path/to/socket, or outside of \
                    production redis://user:password@host:port";
        // The address is not repeated: it may hold a password.
        let Ok(client) = Client::open(url) else {
            environment.wrong(NAME, format!("is no Redis address; {form}"));
            return None;
        };
        match (client.get_connection_info().addr(), stage) {
            (ConnectionAddr::TcpTls { insecure: true, .. }, _) => {
                let message = "must not leave out who answers: write it without #insecure";
                environment.wrong(NAME, message.to_owned());
                None
            }
            (ConnectionAddr::Tcp(..), Stage::Production) => {
                environment.wrong(NAME, format!("must be encrypted in production; {form}"));
                None
            }
            _ => Some(Some(Self { client })),
        }
    }
}
