//! The table of rules on the hub: each case is pushed and judged against the tenant's own database.

use domain::masters::CURRENCY;
use domain::permissions::{FieldRight, Role, Sensitivity};
use domain::record::{EntityDef, Problem, fold_code};
use domain::versions;
use sync_protocol::op::{Intent, Verb};
use sync_protocol::receipt::Receipt;
use testkit::rule_cases::{ALL, Answer, GIVEN, Side, Work, play};
use uuid::Uuid;

use super::desk::Desk;
use super::office::Office;

impl Side for Desk {
    fn me(&self) -> Uuid {
        self.user
    }

    fn find(&mut self, entity: &'static EntityDef, key: &str) -> Option<Uuid> {
        let key = fold_code(key);
        let own = self.copy.values().filter(|record| record.entity().name == entity.name);
        let mut found = own
            .filter(|record| record.get(entity.key).text().map(fold_code).as_ref() == Some(&key));
        found.next().map(|record| record.id())
    }

    async fn save(&mut self, work: Work) -> Answer {
        self.seal(Intent {
            entity: work.entity.name.to_owned(),
            verb: if work.new { Verb::Create } else { Verb::Update },
            kind_version: versions::declared().current,
            id: work.id,
            base_version: self.versions.get(&work.id).copied().unwrap_or_default(),
            changes: work.changes,
            loser: None,
        });
        match self.pushes().await.remove(0) {
            Receipt::Applied { .. } | Receipt::Merged { .. } => Ok(work.id),
            Receipt::Rejected { problems, .. } => Err(problems),
            // A value that is taken does not refuse the rest of the work: it alone goes to Attention.
            Receipt::Conflict { fields, .. } => {
                let taken = |field: String| Problem::new(field, "unique", "is taken");
                Err(fields.into_iter().map(taken).collect())
            }
            receipt => panic!("{receipt:?}"),
        }
    }
}

/// A tenant begins with every currency there is; the cases make theirs anew.
pub fn without_the_currencies_of_cases(office: &Office) {
    let given = |code: &str| {
        GIVEN.iter().copied().flatten().any(|given| given.lines.contains(&("iso_code", code)))
    };
    for case in ALL.iter().copied().flatten().filter(|case| case.entity.name == CURRENCY.name) {
        let lines = [case.baseline, case.accepted, case.refused].concat();
        for (_, code) in lines.iter().filter(|(path, code)| *path == "iso_code" && !given(code)) {
            office.sql(&format!("DELETE FROM currency WHERE iso_code = '{code}'"));
        }
    }
}

#[tokio::test]
async fn every_rule_of_the_masters_holds_on_the_hub() {
    let office = Office::open().await;
    let payroll = Role {
        key: "payroll".to_owned(),
        groups: [(Sensitivity::Payroll, FieldRight::FULL)].into(),
        ..Role::default()
    };
    office.adds_role(&payroll).await;
    office.assigns(&office.admin.email, &["admin", "payroll"]).await;
    let mut desk = Desk::filled(&office.admin).await;
    without_the_currencies_of_cases(&office);
    let wrong = play(&mut desk).await;
    assert!(wrong.is_empty(), "{wrong:#?}");
}
