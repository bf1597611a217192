//! The company in the pictures: the sample records on a real hub, and a colleague at another machine.

use std::net::SocketAddr;

use serde_json::json;
use system_tests::office::{Device, Hub, PASSWORD, User, run};

use crate::walk::change;

const SLUG: &str = "quayside";

/// The customer in the pictures: code and name.
pub const CUSTOMER: (&str, &str) = ("C1001", "Maison Dubreuil SAS");

pub const ITEM: (&str, &str) = ("BRW-30", "Swan-neck kettle 0.9 l");

const SUPPLIER: &str = "S2002";

pub const OWN_FIELD: &str = "Delivery window";

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

/// What Sally did before anybody looks: fields of the company's own, files, a customer entered twice, and a
/// supplier's new bank account.
///
/// # Panics
/// Where it is refused.
pub fn prepare(sally: &Device) {
    let windows = r#"choices={"early":"Before 9:00","day":"9:00 to 16:00","any":"Any time"}"#;
    let own = |name: &str, field: &str, more: &[&str]| {
        let called = [format!("name={name}"), format!("field={field}")];
        let words: Vec<&str> = called.iter().map(String::as_str).collect();
        sally.create("own_field", &[&words[..], &["entity=customer"], more].concat());
    };
    own(OWN_FIELD, "delivery_window", &["kind=choice", windows]);
    own("Customer since", "since", &["kind=date"]);
    own("Fax", "fax", &["kind=phone"]);
    let more = ["extra.delivery_window=early", "extra.since=2019-05-02", "discount_percent=7.5"];
    change(sally, "customer", CUSTOMER.0, &more);
    for (name, bytes) in
        [("Framework agreement 2026.pdf", 212_480), ("Price list, signed.pdf", 88_064)]
    {
        let path = sally.folder().join(name);
        let content = vec![0x25; bytes];
        std::fs::write(&path, content).unwrap_or_else(|error| panic!("{name}: {error}"));
        let path = path.display().to_string();
        sally.run(&["attach", "customer", CUSTOMER.0, &path]).expect_done();
    }
    let twice = [
        "name=Maison Dubreuil",
        "email=orders@maison-dubreuil-sas.example",
        "phone=+33 4 2689373",
        "street=Rue des Tanneurs 87",
        "city=Orleans",
        "country=FR",
        "language=fr",
        "currency=EUR",
    ];
    sally.create("customer", &twice);
    sally.create("customer", &["name=Maison Dubreuil S.A.S.", "postal_code=45000", "city=Orléans"]);
    sally.sync();
    change(sally, "supplier", SUPPLIER, &["iban=GB82WEST12345698765432"]);
    change(
        sally,
        "customer",
        CUSTOMER.0,
        &["credit_limit=3000", "website=https://maison-dubreuil.example"],
    );
    sally.sync();
}
