//! The company in the pictures: the sample records on a real hub, and a colleague at another machine.

use std::net::SocketAddr;

use serde_json::json;
use system_tests::office::{Device, Hub, PASSWORD, User, run};

const SLUG: &str = "quayside";

/// A hub with one company of sample records.
pub struct Company {
    hub: Hub,
    pub admin: User,
}

impl Company {
    /// # Panics
    /// As [`Hub::start`], or where the sample cannot be entered.
    pub fn open() -> Self {
        let hub = Hub::start();
        let email = "admin@quayside.example";
        let named = ["--name", "Quayside Coffee Supply", "--admin-name", "Harriet Quinn"];
        let placed = ["--country", "GB", "--currency", "GBP", "--time-zone", "Europe/London"];
        let words = ["tenant", "create", SLUG, "--admin-email", email, "--json"];
        let invited = hub.ask(&[&words[..], &named, &placed].concat());
        let loaded = run(&mut hub.command(&["tenant", "sample", SLUG]));
        assert!(loaded.status.success(), "{}", String::from_utf8_lossy(&loaded.stderr));
        let company =
            Self { hub, admin: User { tenant: SLUG.to_owned(), email: email.to_owned() } };
        company.accept(&invited["invitation_token"]);
        company
    }

    /// Where the hub listens.
    ///
    /// # Panics
    /// Where the hub's address is none.
    pub fn address(&self) -> SocketAddr {
        let url = self.hub.url();
        let address = url.trim_start_matches("http://").parse();
        address.unwrap_or_else(|error| panic!("{url}: {error}"))
    }

    /// Another machine on which Sally works.
    pub fn colleague(&self) -> Device {
        let email = "sally@quayside.example";
        let words = ["user", "invite", SLUG, "--email", email, "--name", "Sally Mercer"];
        let invited = self.hub.ask(&[&words[..], &["--role", "admin", "--json"]].concat());
        self.accept(&invited["invitation_token"]);
        let device = self.hub.device_of(&User { tenant: SLUG.to_owned(), email: email.to_owned() });
        device.sync();
        device
    }

    fn accept(&self, token: &serde_json::Value) {
        let body = json!({ "tenant": SLUG, "token": token, "password": PASSWORD });
        let (status, said) = self.hub.post("/api/v1/auth/invitation/accept", None, &body);
        assert!((200..300).contains(&status), "the invitation was not accepted: {status} {said}");
    }
}
