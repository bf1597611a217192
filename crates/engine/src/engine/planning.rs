//! When this device syncs by itself and over what line: kept in the profile, and in force at once.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use contract::{Failure, SyncPlan};

use super::Engine;
use crate::profile::Settings;
use crate::sync::Plan;

impl Engine {
    /// The plan as it stands.
    pub fn plan(&self) -> SyncPlan {
        self.0.plan.borrow().clone()
    }

    /// Keeps a plan in place of it.
    ///
    /// # Errors
    /// `Refused` with each field that breaks a rule; where the profile cannot be written.
    pub(super) async fn keep_plan(&self, plan: SyncPlan) -> Result<SyncPlan, Failure> {
        Plan::of(&plan)?;
        let (inner, kept) = (Arc::clone(&self.0), plan.clone());
        crate::blocking(move || Ok(inner.profile.keep_plan(&kept)?)).await?;
        if let Ok(session) = self.session() {
            session.identity.hub.go_by(&self.settings())?;
        }
        self.0.plan.send_replace(plan.clone());
        Ok(plan)
    }

    /// Completes when another plan is in force than this one.
    pub(crate) async fn plan_is_not(&self, plan: &SyncPlan) {
        let mut plans = self.0.plan.subscribe();
        // The sender lives as long as the engine.
        let _ = plans.wait_for(|now| now != plan).await;
    }

    /// Says on the status when the next round begins by itself.
    pub(crate) fn tell_next(&self, at: Option<DateTime<Utc>>) {
        self.0.board.next_round(at);
    }

    /// Whether somebody is signed in whose first copy is not here yet: the sign-in asked for it.
    pub(crate) async fn wants_first_fill(&self) -> bool {
        let Ok(session) = self.session() else { return false };
        let cursor =
            move || session.store.read(|view| view.cursor()).map_err(crate::commands::fault);
        matches!(crate::blocking(cursor).await, Ok(None))
    }

    /// What the environment and the profile say of the way to the hub.
    pub(super) fn settings(&self) -> Settings {
        self.0.environment.of(&self.0.profile)
    }
}

#[cfg(test)]
mod tests {
    use std::ops::ControlFlow;
    use std::sync::atomic::{AtomicU32, Ordering};
    use std::time::Duration;

    use contract::{Command, FailureCode, Often};
    use domain::permissions::StandardRole;

    use super::*;
    use crate::desk::{Desk, Machine};
    use crate::engine::State;
    use crate::host::Host;
    use crate::keep_in_sync;

    #[tokio::test]
    async fn on_demand_nothing_begins_by_itself_and_another_plan_is_in_force_at_once() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("passphrase"), "a passphrase").unwrap();
        let settings = Settings {
            home: Some(folder.path().join("home")),
            secrets: Some("file".to_owned()),
            passphrase_file: Some(folder.path().join("passphrase")),
            ..Settings::default()
        };
        let engine = Engine::open(settings, Machine::new() as Arc<dyn Host>).await.unwrap();
        let desk = Desk::of(StandardRole::Manager);
        engine.put(State::Open(Arc::clone(&desk.session)));
        let wrong = SyncPlan { often: Often::Every { seconds: 0 }, ..SyncPlan::default() };
        let refused = engine.call(Command::KeepSyncPlan(wrong)).await.unwrap_err();
        assert_eq!(refused.code, FailureCode::Refused);

        let on_demand = SyncPlan { often: Often::OnDemand, ..SyncPlan::default() };
        engine.call(Command::KeepSyncPlan(on_demand.clone())).await.unwrap();
        assert_eq!(engine.0.profile.plan(), on_demand);
        let heard = Arc::new(AtomicU32::new(0));
        let (kept, count) = (engine.clone(), Arc::clone(&heard));
        let kept = tokio::spawn(async move {
            let told = |_: &_| {
                count.fetch_add(1, Ordering::Relaxed);
                ControlFlow::Continue(())
            };
            keep_in_sync(&kept, None, told).await;
        });
        // What a person asks for is done; the hub of this desk is away.
        let asked = engine.call(Command::Sync).await.unwrap_err();
        assert_eq!(asked.code, FailureCode::Unreachable);
        tokio::time::sleep(Duration::from_millis(200)).await;
        assert_eq!(heard.load(Ordering::Relaxed), 0);

        engine.call(Command::KeepSyncPlan(SyncPlan::default())).await.unwrap();
        while heard.load(Ordering::Relaxed) == 0 {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        kept.abort();
    }
}
