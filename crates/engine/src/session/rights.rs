//! What the lease gives now. It is verified before every use, by the pinned key and by a clock that
//! neither a wrong machine clock nor a frozen one can cheat.

use std::time::Duration;

use chrono::{DateTime, NaiveDate, Utc};
use contract::{Failure, FailureCode, Problem, Rights, RightsStanding};
use domain::permissions::{
    Action, Grants, Lease, LeaseClock, LeaseError, LeaseHolder, Permission, PinnedKey, Reason,
    RowFacts, SignedLease, Standing, check_permission,
};
use domain::record::{EntityDef, Record, row_facts};

use crate::host::Host;

/// The lease as it is kept, and the time it is judged by.
#[derive(Debug)]
pub struct Keeper {
    holder: LeaseHolder,
    pinned: PinnedKey,
    signed: SignedLease,
    clock: LeaseClock,
    /// How long the program had run when the clock was last moved on.
    counted: Duration,
}

impl Keeper {
    /// # Errors
    /// Where the lease is not this device's or not signed by the pinned key.
    pub fn new(
        holder: LeaseHolder,
        pinned: PinnedKey,
        signed: SignedLease,
        clock: LeaseClock,
        host: &dyn Host,
    ) -> Result<Self, LeaseError> {
        signed.verify(&pinned, &holder)?;
        Ok(Self { holder, pinned, signed, clock, counted: host.running() })
    }

    /// The rights at this moment.
    ///
    /// # Errors
    /// As [`SignedLease::verify`].
    pub fn held(&mut self, host: &dyn Host) -> Result<Held, LeaseError> {
        let now = self.time(host);
        let lease = self.signed.verify(&self.pinned, &self.holder)?;
        Ok(Held { standing: lease.standing(now), lease, now })
    }

    /// The clock as it must be kept.
    pub fn clock(&self) -> LeaseClock {
        self.clock
    }

    /// The time of this moment.
    pub fn time(&mut self, host: &dyn Host) -> DateTime<Utc> {
        let running = host.running();
        let now = self.clock.advance(host.now(), running.saturating_sub(self.counted));
        self.counted = running;
        now
    }

    pub fn pinned(&self) -> &PinnedKey {
        &self.pinned
    }

    /// The hub told its time.
    pub fn contact(&mut self, hub: DateTime<Utc>, host: &dyn Host) {
        self.clock = LeaseClock::at_contact(hub, host.now());
        self.counted = host.running();
    }

    /// Takes a new lease, once it is proven.
    ///
    /// # Errors
    /// As [`SignedLease::verify`]; the old one stays.
    pub fn renew(&mut self, signed: SignedLease) -> Result<(), LeaseError> {
        signed.verify(&self.pinned, &self.holder)?;
        self.signed = signed;
        Ok(())
    }
}

/// The rights of one moment: asked by every command before it does anything.
#[derive(Clone, Debug)]
pub struct Held {
    lease: Lease,
    standing: Standing,
    now: DateTime<Utc>,
}

impl Held {
    pub fn grants(&self) -> &Grants {
        &self.lease.grants
    }

    /// The day by the clock of the lease, which no wrong clock of the machine sets back.
    pub fn today(&self) -> NaiveDate {
        self.now.date_naive()
    }

    pub fn serial(&self) -> i64 {
        self.lease.serial
    }

    /// # Errors
    /// `NotPermitted`, `NotFound`, or `LeaseExpired` where the rights ran out.
    pub fn check(
        &self,
        action: Action,
        entity: &EntityDef,
        row: Option<&RowFacts>,
        fields: &[&str],
    ) -> Result<(), Failure> {
        let decision = self.lease.check(self.now, action, entity, row, fields);
        decision.into_result().map_err(|reason| {
            let mut failure = refusal(&reason);
            if matches!(reason, Reason::NotPermitted { .. }) {
                let deed = match action {
                    Action::Retire => "delete",
                    action => action.verb(),
                };
                let plural = entity.plural.en.to_lowercase();
                failure.message = format!("you may not {deed} {plural}: {reason}");
            }
            failure
        })
    }

    /// Asks for what a change needs beside the guard of its entity, which was asked before.
    ///
    /// # Errors
    /// `NotPermitted`.
    pub fn check_also(&self, before: Option<&Record>, after: &Record) -> Result<(), Failure> {
        let facts = row_facts(after);
        for permission in (after.entity().also_needs)(before, after) {
            let decision = check_permission(self.grants(), permission, Some(&facts));
            decision.into_result().map_err(|reason| refusal(&reason))?;
        }
        Ok(())
    }

    /// Asks for a permission that is no guard's, on a record.
    ///
    /// # Errors
    /// `NotPermitted`, or `LeaseExpired` where the rights ran out.
    pub fn check_permission(&self, permission: Permission, row: &Record) -> Result<(), Failure> {
        if self.standing != Standing::Full {
            return Err(refusal(&Reason::LeaseExpired));
        }
        let decision = check_permission(self.grants(), permission, Some(&row_facts(row)));
        decision.into_result().map_err(|reason| refusal(&reason))
    }

    /// Refuses a device whose rights ran out so long ago that it does not even show what it holds.
    ///
    /// # Errors
    /// `LeaseExpired`.
    pub fn must_be_open(&self) -> Result<(), Failure> {
        match self.standing {
            Standing::Locked => Err(refusal(&Reason::LeaseLocked)),
            Standing::Full | Standing::ReadOnly => Ok(()),
        }
    }

    pub fn view(&self) -> Rights {
        let standing = match self.standing {
            Standing::Full => RightsStanding::Full,
            Standing::ReadOnly => RightsStanding::ReadOnly,
            Standing::Locked => RightsStanding::Locked,
        };
        Rights { valid_until: self.lease.expires_at, standing }
    }
}

fn refusal(reason: &Reason) -> Failure {
    let code = match reason {
        Reason::LeaseExpired | Reason::LeaseLocked => FailureCode::LeaseExpired,
        Reason::NotFound => FailureCode::NotFound,
        _ => FailureCode::NotPermitted,
    };
    let mut failure = Failure::new(code, reason.to_string());
    if let Some(field) = reason.field() {
        failure.problems.push(Problem::new(field, reason.code(), reason.to_string()));
    }
    failure
}
