//! Where the hub is reached: its public and its private address, the name people know it by, and the pages
//! that browsers may call it from.

use std::net::SocketAddr;

use super::environment::{Environment, Stage};

#[derive(Debug, Clone)]
pub struct ListenConfig {
    pub public: SocketAddr,
    /// Readiness and metrics. Not for the world.
    pub private: SocketAddr,
    /// How links begin that are sent to people, without a slash at the end.
    pub public_url: String,
    /// Origins of browser pages that may call the hub. Empty: none but its own.
    pub cors_origins: Vec<axum::http::HeaderValue>,
}

impl ListenConfig {
    pub(super) fn read(environment: &mut Environment, stage: Stage) -> Option<Self> {
        let public = Self::address(environment, "DAYBOOK_LISTEN", "127.0.0.1:7450");
        let private = Self::address(environment, "DAYBOOK_LISTEN_PRIVATE", "127.0.0.1:7451");
        let public_url = Self::public_url(environment, stage, public);
        let cors_origins = Self::cors_origins(environment);
        Some(Self {
            public: public?,
            private: private?,
            public_url: public_url?,
            cors_origins: cors_origins?,
        })
    }

    fn address(
        environment: &mut Environment,
        variable: &'static str,
        default: &str,
    ) -> Option<SocketAddr> {
        let text = environment.text(variable).unwrap_or_else(|| default.to_owned());
        let address = text.parse().ok();
        if address.is_none() {
            environment.wrong(variable, format!("must be an address and a port, like {default}"));
        }
        address
    }

    fn public_url(
        environment: &mut Environment,
        stage: Stage,
        listen: Option<SocketAddr>,
    ) -> Option<String> {
        const NAME: &str = "DAYBOOK_PUBLIC_URL";
        let what = "the address people reach the hub at, like https://hub.example.com";
        let url = match stage {
            Stage::Production => environment.required(NAME, what)?,
            Stage::Development => match environment.text(NAME) {
                Some(url) => url,
                None => format!("http://{}", listen?),
            },
        };
        let url = url.trim_end_matches('/').to_owned();
        let plain_is_enough = stage == Stage::Development && url.starts_with("http://");
        if !url.starts_with("https://") && !plain_is_enough {
            environment.wrong(NAME, format!("must be {what}"));
            return None;
        }
        Some(url)
    }

    fn cors_origins(environment: &mut Environment) -> Option<Vec<axum::http::HeaderValue>> {
        const NAME: &str = "DAYBOOK_CORS_ORIGINS";
        let text = environment.text(NAME).unwrap_or_default();
        let mut origins = Vec::new();
        for origin in text.split(',').map(str::trim).filter(|origin| !origin.is_empty()) {
            let rest = origin.strip_prefix("https://").or_else(|| origin.strip_prefix("http://"));
            let well_formed =
                rest.is_some_and(|rest| !rest.is_empty() && !rest.contains(['/', '*']));
            match axum::http::HeaderValue::from_str(origin) {
                Ok(value) if well_formed => origins.push(value),
                _ => {
                    let message = "must list origins with commas between, each like \
                                   https://admin.example.com, without a path or a star";
                    environment.wrong(NAME, message.to_owned());
                    return None;
                }
            }
        }
        Some(origins)
    }
}
