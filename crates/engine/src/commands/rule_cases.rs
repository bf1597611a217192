//! The table of rules on a device: each case is a save into a real local file.

use contract::{Command, FailureCode, Reply};
use domain::permissions::{FieldRight, Grants, Policy, Role, Sensitivity, StandardRole};
use domain::record::EntityDef;
use domain::synced;
use testkit::rule_cases::{Answer, Side, Work, play};
use uuid::Uuid;

use crate::desk::{ANNA, Desk, anna};

/// Every right of an administrator, and payroll: no rule is left to the hub because a field is hidden.
pub fn every_right() -> Grants {
    let payroll = Role {
        key: "payroll".to_owned(),
        groups: [(Sensitivity::Payroll, FieldRight::FULL)].into(),
        ..Role::default()
    };
    let mut roles: Vec<Role> = StandardRole::ALL.map(StandardRole::role).into();
    roles.push(payroll);
    let roles = domain::permissions::RoleSet::new(roles).unwrap();
    let entities: Vec<&'static EntityDef> = synced::all().collect();
    let policy = Policy { version: 1, roles: &roles, entities: &entities, tenant_fields: &[] };
    let keys = ["admin", "payroll"].map(str::to_owned).into();
    policy.effective(&anna(), &keys).unwrap().grants
}

impl Side for Desk {
    fn me(&self) -> Uuid {
        ANNA
    }

    fn find(&mut self, entity: &'static EntityDef, key: &str) -> Option<Uuid> {
        let found = self.session.store.read(|view| view.by_key(entity, key)).unwrap();
        found.first().copied()
    }

    async fn save(&mut self, work: Work) -> Answer {
        let id = (!work.new).then_some(work.id);
        let entity = work.entity.name.to_owned();
        match self.call(Command::Save { entity, id, changes: work.changes }) {
            Ok(Reply::Saved(saved)) => Ok(saved.record.id),
            Ok(reply) => panic!("a save answers with what was saved, not {reply:?}"),
            Err(failure) => {
                assert_eq!(failure.code, FailureCode::Refused, "{failure:?}");
                Err(failure.problems)
            }
        }
    }
}

#[tokio::test]
async fn every_rule_of_the_masters_holds_on_a_device() {
    let mut desk = Desk::with(every_right());
    let wrong = play(&mut desk).await;
    assert!(wrong.is_empty(), "{wrong:#?}");
}
