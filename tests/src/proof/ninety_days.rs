//! A device that comes back after 90 days: its work was done inside its lease, and then it could only be read. It is two
//! versions behind, below what the hub remembers of the order, and its line is cut again and again.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use serde_json::Value;

use crate::office::{Answer, Around, Device, Hub, PASSWORD, Tenant, User, after_days, of_version};
use crate::proxy::{Fault, Proxy, Way};

/// The later program: what was the territory is the group now, by way of a name that only the version between had.
const LATER: &str = "3 3 2:customer.territory>region_name 3:customer.region_name>customer_group";
/// The day on which the device was used, that on which its lease is over, and that on which it comes back.
const WORKED: u32 = 3;
const LATE: u32 = 17;
const BACK: u32 = 91;

/// What a device has that comes back.
#[derive(Clone, Copy, Debug)]
pub struct Absence {
    /// What it did while it was away.
    pub ops: usize,
    /// Into how many pieces the line cuts what goes over it, each way.
    pub pieces: u64,
}

/// What its coming back took.
#[derive(Clone, Copy, Debug, Default)]
pub struct Return {
    pub cuts: u64,
    /// Bytes up and down of a device in the same case whose line holds, and of this one.
    pub whole: [u64; 2],
    pub passed: [u64; 2],
}

/// Lets a device come back twice: over a line that holds, then as another device over one that is cut.
///
/// # Panics
/// Where anything is lost, done twice or comes back to life, or where it begins anew instead of going on.
pub fn ninety_days(absence: Absence) -> Return {
    let whole = Away::begin(absence.ops).comes_back(None);
    let cut = Away::begin(absence.ops).comes_back(Some((absence.pieces, whole.passed)));
    Return { whole: whole.passed, ..cut }
}

struct Away {
    hub: Hub,
    tenant: Tenant,
    proxy: Proxy,
    /// The device that is away, and its user.
    ben: Device,
    user: User,
    /// Everybody else.
    cleo: Device,
    ops: usize,
    /// How many customers there were when it went.
    common: usize,
}

/// Runs a command in this environment.
fn run(device: &Device, around: &Around, words: &[&str]) -> Answer {
    let around: Vec<(&str, &str)> = around.iter().map(|(name, value)| (*name, &**value)).collect();
    device.run_in(&around, words, None)
}

/// Brings customers in from a file: one operation for each line.
fn brings_in(device: &Device, around: &Around, lines: impl Iterator<Item = [String; 3]>) {
    let mut text = "code,name,territory\n".to_owned();
    let mut count = 0;
    for line in lines {
        writeln!(text, "{}", line.join(",")).unwrap_or_else(|error| panic!("{error}"));
        count += 1;
    }
    let path = device.folder().join("customers.csv");
    std::fs::write(&path, text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let report = run(device, around, &["import", "customer", &path.to_string_lossy()]);
    let report = report.expect_done();
    let counts = &report["counts"];
    let done = counts["new"].as_u64().unwrap_or(0) + counts["changed"].as_u64().unwrap_or(0);
    assert_eq!(done, count, "{report}");
}

fn customer(n: usize, territory: &str) -> [String; 3] {
    [format!("K{n:06}"), format!("Customer {n}"), territory.to_owned()]
}

impl Away {
    /// Both devices hold the same; then one of them is out of reach and works.
    fn begin(ops: usize) -> Self {
        let hub = Hub::start();
        let tenant = hub.tenant("away");
        let cleo = hub.device_of(&tenant.admin);
        let user = hub.user(&tenant, "ben", "admin");
        let proxy = Proxy::before(hub.address(), 1);
        let ben = hub.device_at(&proxy.url(), &user);
        let (today, common) = (Around::new(), ops * 4 / 10);
        brings_in(&cleo, &today, (0..common).map(|n| customer(n, "Then")));
        cleo.sync();
        ben.sync();
        let away = Self { hub, tenant, proxy, ben, user, cleo, ops, common };
        away.works();
        away.others_work();
        away
    }

    /// Four in ten edit what was there, the others are new. Then the lease is over.
    fn works(&self) {
        let on_the_road = after_days(WORKED);
        let edits = (0..self.edited()).map(|n| customer(n, "Road"));
        let new = (self.common..self.common + self.ops - self.edited()).map(|n| customer(n, "New"));
        brings_in(&self.ben, &on_the_road, edits.chain(new));
        let late = after_days(LATE);
        let refused = run(&self.ben, &late, &["create", "customer", "name=Too late"]);
        assert_eq!(refused.code, 3, "{refused:?}");
        assert!(refused.said.contains("sync"), "what to do about it: {}", refused.said);
        let status = run(&self.ben, &late, &["status"]).expect_done();
        assert_eq!(status["pending"], self.ops, "{status}");
        // It can still be read.
        let listed = run(&self.ben, &late, &["list", "customer", "--search", "K000001"]);
        assert_eq!(listed.code, 0, "{listed:?}");
    }

    /// Meanwhile others write on K000001 and K000002, delete K000000, which was edited on the road, and one that was not,
    /// and erase one; what is new to all who are away is N1.
    fn others_work(&self) {
        let cleo = &self.cleo;
        let deleted = format!("K{:06}", self.common - 1);
        for (code, words) in [("K000001", "phone=+49 228 123456"), ("K000002", "territory=Ours")] {
            cleo.update("customer", code, &[words]);
        }
        for code in ["K000000", &deleted] {
            cleo.run(&["delete", "customer", code]).expect_done();
        }
        cleo.create("customer", &["name=Never seen", "code=N1"]);
        cleo.sync();
        let erased = self.common - 2;
        self.sql(&format!("DELETE FROM customer WHERE code = 'K{erased:06}'"));
        // As the hub notes it every hour.
        self.sql(
            "INSERT INTO sync_mark (position, at) SELECT max(position), now() FROM sync_commit
                  ON CONFLICT (position) DO NOTHING",
        );
    }

    /// Two of those that both had are not touched by who is away.
    fn edited(&self) -> usize {
        self.common - 2
    }

    fn sql(&self, statement: &str) -> String {
        self.hub.sql(&self.hub.database_of(&self.tenant), statement)
    }

    fn comes_back(mut self, cut: Option<(u64, [u64; 2])>) -> Return {
        self.grows_older();
        let older = after_days(BACK);
        let newer: Around = older.iter().cloned().chain([of_version(LATER)]).collect();
        let signed_in = self.signs_in(&self.cleo, &self.tenant.admin, &self.hub.url(), &newer);
        assert_eq!(signed_in.code, 0, "{signed_in:?}");
        let before = [Way::Up, Way::Down].map(|way| self.proxy.passed(way));
        let piece = |way: Way| cut.map(|(pieces, whole)| whole[way as usize] / pieces);

        // A session lasts as long as any lease, and no longer. The old program may say what it has, and hears that it must
        // be replaced.
        let (drained, first) = self.comes_through(&older, Way::Up, piece(Way::Up), false);
        assert!(drained.said.contains("too old to receive"), "{drained:?}");
        assert_eq!(run(&self.ben, &older, &["status"]).json["pending"], 0);
        let answered = self.answered();
        // The new one is told that it was away for too long, and fetches everything anew.
        let (rebuilt, second) = self.comes_through(&newer, Way::Down, piece(Way::Down), true);
        assert!(matches!(rebuilt.code, 0 | 7), "{rebuilt:?}");
        let passed = [Way::Up, Way::Down].map(|way| self.proxy.passed(way));
        let passed = [passed[0] - before[0], passed[1] - before[1]];
        run(&self.cleo, &newer, &["sync"]);
        self.nothing_is_lost(&answered, &newer);
        Return { cuts: first + second, passed, whole: passed }
    }

    /// The hub is updated, twice; its clock is where that of the device will be.
    fn grows_older(&mut self) {
        self.hub.stop();
        // What the migrations of the two versions come to.
        self.sql("UPDATE customer SET customer_group = territory, territory = NULL WHERE territory IS NOT NULL");
        let mut around = after_days(BACK);
        around.push(of_version(LATER));
        self.hub.set(&around);
        self.hub.open();
        let floor = || self.sql("SELECT sync_floor FROM tenant_settings").parse::<u64>();
        let raised = (0..300).any(|_| {
            std::thread::sleep(std::time::Duration::from_millis(100));
            floor().is_ok_and(|floor| floor > 0)
        });
        assert!(raised, "the hub forgets nothing: {}", self.hub.log());
    }

    /// Signs in, which syncs as well.
    fn signs_in(&self, device: &Device, user: &User, url: &str, around: &Around) -> Answer {
        let around: Vec<(&str, &str)> =
            around.iter().map(|(name, value)| (*name, &**value)).collect();
        let words = ["login", "--tenant", &user.tenant, "--email", &user.email, "--server", url];
        device.run_in(&around, &words, Some(PASSWORD))
    }

    /// Syncs until a round came to its end; the line is cut after each piece. Answers what the last round said, and how
    /// often it was cut.
    fn comes_through(
        &self,
        around: &Around,
        way: Way,
        piece: Option<u64>,
        mut signed_in: bool,
    ) -> (Answer, u64) {
        let mut cuts = 0;
        loop {
            self.proxy.does(piece.map_or(Fault::None, |after| Fault::Cut { way, after }));
            let answer = match signed_in {
                true => run(&self.ben, around, &["sync"]),
                false => self.signs_in(&self.ben, &self.user, &self.proxy.url(), around),
            };
            // 7: signed in, and not in sync.
            signed_in |= matches!(answer.code, 0 | 7);
            match self.proxy.cuts() {
                0 => return (answer, cuts),
                cut => cuts += cut,
            }
            assert!(cuts < 50, "it does not come through: {answer:?}");
        }
    }

    /// How often the hub holds each op of the device that was away.
    fn answered(&self) -> String {
        let ops = self.sql(&format!(
            "SELECT count(*), count(DISTINCT op_id), min(op_seq), max(op_seq) FROM sync_op
             WHERE user_id = (SELECT user_id FROM sync_op WHERE op_seq = {} LIMIT 1)",
            self.ops
        ));
        assert_eq!(ops, format!("{0}|{0}|1|{0}", self.ops));
        self.sql("SELECT md5(string_agg(op_id::text || encode(receipt, 'hex'), ' ' ORDER BY op_id)) FROM sync_op")
    }

    /// What was entered stands in a row or in Attention; what was deleted does not stand; both devices hold what the hub
    /// has.
    fn nothing_is_lost(&self, answered: &str, around: &Around) {
        assert_eq!(self.answered(), answered, "a receipt is given once");
        let rows = self.sql(
            "SELECT code, coalesce(customer_group, '') FROM customer WHERE retired_at IS NULL",
        );
        let rows: BTreeMap<&str, &str> =
            rows.lines().filter_map(|line| line.split_once('|')).collect();
        let asked =
            "SELECT DISTINCT c.code FROM attention AS a JOIN customer AS c ON c.id = a.row_id";
        let asked = self.sql(asked);
        let mut in_question: BTreeSet<&str> = asked.lines().collect();
        // What was to be made and is in question has no code yet but in what was entered.
        let entered =
            self.sql("SELECT trim(both '\"' from mine) FROM attention_field WHERE path = 'code'");
        in_question.extend(entered.lines());
        for n in 0..self.common + self.ops - self.edited() {
            let [code, _, _] = customer(n, "");
            let code = code.as_str();
            let untouched = (self.edited()..self.common).contains(&n);
            let wanted = if n < self.common { "Road" } else { "New" };
            match untouched {
                true => assert!(!rows.contains_key(code), "{code} came back to life"),
                false => assert!(
                    rows.get(code) == Some(&wanted) || in_question.contains(code),
                    "{code} is {:?}",
                    rows.get(code)
                ),
            }
        }
        assert!(in_question.contains("K000002"), "two wrote into one field: {in_question:?}");
        assert!(rows.contains_key("N1"));
        let twice = "SELECT count(*) FROM (SELECT FROM audit_entry WHERE outcome = 'done' AND op_id IS NOT NULL
                     GROUP BY op_id, entity, row_id HAVING count(*) > 1) AS twice";
        assert_eq!(self.sql(twice), "0");
        for device in [&self.ben, &self.cleo] {
            let verified = run(device, around, &["verify"]).expect_done();
            assert_eq!(verified["ok"], true, "{verified}");
            let status = run(device, around, &["status"]).expect_done();
            assert_eq!(status["pending"], Value::from(0), "{status}");
            let listed = run(device, around, &["list", "customer", "--search", "Never"]);
            assert_eq!(listed.code, 0, "{listed:?}");
            for code in [self.common - 1, self.common - 2] {
                let gone = run(device, around, &["get", "customer", &format!("K{code:06}")]);
                assert!(gone.code == 5 || gone.json["retired"] == true, "{gone:?}");
            }
        }
    }
}
