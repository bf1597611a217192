//! Requests to a hub as an integration sends them: JSON by HTTP, without a device.

use std::process::Command;

use serde_json::{Value, json};

use super::program::run_with_input;
use super::{Hub, PASSWORD, User};

impl Hub {
    /// Sends JSON; answers the status and the body.
    ///
    /// # Panics
    /// Where curl cannot be run.
    pub fn post(&self, path: &str, token: Option<&str>, body: &Value) -> (u16, String) {
        self.send("POST", path, token, &[], Some(body))
    }

    /// Sends a request with further headers, each as `name: value`; answers the status and the body.
    ///
    /// # Panics
    /// Where curl cannot be run.
    pub fn send(
        &self,
        method: &str,
        path: &str,
        token: Option<&str>,
        headers: &[&str],
        body: Option<&Value>,
    ) -> (u16, String) {
        let mut curl = Command::new("curl");
        // A path may hold [ and ], which mean nothing more here.
        curl.args([
            "-sS",
            "--globoff",
            "--noproxy",
            "*",
            "--max-time",
            "60",
            "-w",
            "\n%{http_code}",
        ])
        .args(["-X", method])
        .arg(format!("{}{path}", self.url()));
        for header in headers {
            curl.args(["-H", header]);
        }
        if let Some(token) = token {
            curl.args(["-H", &format!("authorization: Bearer {token}")]);
        }
        if body.is_some() {
            curl.args(["-H", "content-type: application/json", "--data-binary", "@-"]);
        }
        let body = body.map(Value::to_string).unwrap_or_default();
        let output = run_with_input(&mut curl, &body);
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        let (body, status) = said.rsplit_once('\n').unwrap_or(("", &said));
        (status.parse().unwrap_or_default(), body.to_owned())
    }

    /// An access token of the user, as an integration asks for it: without a device.
    ///
    /// # Panics
    /// Where signing in fails.
    pub fn token_of(&self, user: &User) -> String {
        let body = json!({ "tenant": user.tenant, "email": user.email, "password": PASSWORD });
        let (status, said) = self.post("/api/v1/auth/login", None, &body);
        assert_eq!(status, 200, "{said}");
        let reply: Value = serde_json::from_str(&said).unwrap_or_default();
        let token = reply["access_token"].as_str();
        token.unwrap_or_else(|| panic!("no token in the reply")).to_owned()
    }
}
