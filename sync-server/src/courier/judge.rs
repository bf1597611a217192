//! The work in a file: judged by the very push path of the network, or kept for others to decide about where its device
//! is shut out.

use domain::permissions::Grants;
use sync_protocol::message::PushReply;

use super::ExchangeError;
use super::exchange::{Exchange, rights_of};
use super::take::Came;
use crate::audit::Actor;
use crate::auth::rights::{Rights, Standing};
use crate::store::control::device::Device;
use crate::sync::leases::Leases;
use crate::sync::push::{PushError, push, read};
use crate::sync::{Sender, fork, purged};

/// What became of the work in a file.
#[derive(Default)]
pub(super) struct Judged {
    pub replies: Vec<PushReply>,
    pub ops: usize,
    /// It showed that two copies of the device are in use.
    pub froze: bool,
}

impl Exchange<'_> {
    /// What a device that is shut out still had to send is kept for others to decide about, and it is told nothing of
    /// that.
    pub(super) async fn keep_last_work(
        &mut self,
        came: Option<Came>,
    ) -> Result<Judged, ExchangeError> {
        let (tenant, user) = (self.rights.place.id(), self.device.user_id);
        let is_shut_out = match self.rights.standing_of_device() {
            Standing::DeviceRevoked | Standing::DeviceWiping => true,
            Standing::SessionEnded => {
                self.hub.control.user_version(tenant, user).await?.disabled_at.is_some()
            }
            _ => false,
        };
        let mut judged = Judged::default();
        if let Some(came) = came.filter(|_| is_shut_out) {
            self.judge(came, true, &mut judged).await?;
        }
        Ok(judged)
    }

    pub(super) async fn judge(
        &mut self,
        mut came: Came,
        access_ended: bool,
        judged: &mut Judged,
    ) -> Result<(), ExchangeError> {
        // Work for another life of the database is offered anew once the device has heard of this one. One that is shut
        // out hears of none, and never offers it again.
        if !access_ended && ![0, self.epoch()].contains(&came.opening.hello.epoch) {
            return Ok(());
        }
        let tenant = self.rights.place.id();
        if let Some(receipt) = came.opening.purged.clone() {
            let actor = self.actor();
            let sender = sender(&self.rights, &self.device, &actor);
            purged::note(self.connection, sender, &self.device, tenant, &receipt, self.now).await?;
        }
        while let Some(sent) = came.ops()? {
            let ops = sent.ops.into_iter().map(|bytes| bytes.into_vec()).collect();
            let actor = self.actor();
            let sender = sender(&self.rights, &self.device, &actor);
            let version = self.rights.grants.policy_version;
            let received = match read(ops) {
                // Work that this hub cannot read yet waits on the device.
                Err(PushError::Newer { .. }) => return Ok(()),
                received => received?,
            };
            let (control, device) = (&self.hub.control, self.device.id);
            let nothing = Grants { user_id: self.device.user_id, ..Grants::default() };
            let (leases, grants) = match access_ended {
                true => (Leases::AccessEnded, &nothing),
                false => {
                    let leases = Leases::of(control, device, &received, version, self.now).await?;
                    (leases, &*self.rights.grants)
                }
            };
            let sender = Sender { leases: &leases, grants, ..sender };
            let pushed = match push(self.connection, sender, received, self.now).await {
                // A hub that came back from a backup misses what lies before: its answer says how far it holds the
                // chain.
                Err(PushError::Gap { .. }) => return Ok(()),
                Err(PushError::Forked { op_seq }) => {
                    fork::freeze(control, self.connection, sender, op_seq, self.now).await?;
                    judged.froze = true;
                    return Ok(());
                }
                pushed => pushed?,
            };
            judged.ops += pushed.judged;
            judged.replies.push(pushed.reply);
            if let Some(version) = pushed.policy_version {
                self.hub.control.raise_policy_version(tenant, version).await?;
                self.rights = rights_of(self.hub, &self.device).await?;
            }
        }
        Ok(())
    }
}

pub(super) fn sender<'a>(rights: &'a Rights, device: &Device, actor: &'a Actor) -> Sender<'a> {
    let (leases, answered_to) = (&Leases::Unneeded, 0);
    let (user, grants) = (device.user_id, &rights.grants);
    Sender { user, device: device.id, grants, actor, leases, answered_to }
}
