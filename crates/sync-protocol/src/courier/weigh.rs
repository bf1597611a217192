//! What a device makes of a file of the hub, before anything of it is done: whether it brings something, waits for one
//! that is missing, or is behind what the device has learnt since. Then a round hears of it as over a network.

use super::HubOpening;
use crate::device::round::Local;
use crate::message::{HelloReply, Position, Standing};
use crate::op::ChainEnd;

/// The newest file of the hub that a device has taken, by the life of the hub's database and its number there.
#[derive(
    Clone,
    Copy,
    Debug,
    Default,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    serde::Serialize,
    serde::Deserialize,
)]
pub struct Taken {
    pub epoch: u64,
    pub number: u64,
}

/// What a file of the hub is to a device.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It was taken before, or says nothing that the device has not heard since.
    Older,
    /// The hub holds work of this device that this copy never made. That is settled face to face.
    Ahead,
    /// It leads on from where the device does not stand yet; that comes with the file of the hub of this number.
    Waits { answer: u64 },
    /// A round takes it, which hears this reply.
    Takes { reply: Box<HelloReply>, news: News },
}

/// What becomes of the frames of a file that is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum News {
    Taken,
    /// There are none, or the device holds what they bring.
    Known,
    /// They were written for other rights than the device has by now. Another file brings them.
    Unfit,
}

/// Judges the file of this number in its hub's life. `local` is what the device knows of itself; a lease that is not
/// newer than its own was taken out of the reply.
pub fn weigh(local: &Local, taken: Taken, number: u64, opening: HubOpening) -> Verdict {
    let HubOpening { base, mut reply } = opening;
    let this = Taken { epoch: reply.epoch, number };
    if reply.epoch < local.epoch || reply.epoch < taken.epoch {
        return Verdict::Older;
    }
    let is_repeated = this <= taken;
    let takes = |reply, news| Verdict::Takes { reply: Box::new(reply), news };
    let fresh = match reply.standing {
        // Word of how the hub stands to the device, and nothing else: the newest stands.
        Standing::Wait { .. } | Standing::Refused { .. } | Standing::Frozen | Standing::Wipe => {
            return if is_repeated { Verdict::Older } else { takes(reply, News::Known) };
        }
        Standing::Rebuild { .. } => true,
        Standing::Ok | Standing::Drain => false,
    };
    if reply.chain.op_seq > local.chain.op_seq {
        return Verdict::Ahead;
    }
    let answered = local.chain.op_seq.saturating_sub(local.unanswered);
    let same_life = local.life == 0 || local.life == reply.epoch;
    if same_life && reply.chain.op_seq < answered && base.answered <= reply.chain.op_seq {
        // It was written before the hub had what it has answered since: nothing was lost.
        reply.chain = answered_end(local, answered);
    }
    // Less than the device has answers to is word of a loss.
    let brings_answers = reply.chain.op_seq != answered;
    let reached = local.cursor.filter(|_| local.epoch == reply.epoch);
    let brings_news = match reply.standing {
        Standing::Drain => false,
        _ if fresh => !is_repeated && reached.is_none_or(|reached| reply.head >= reached),
        _ => reached.is_none_or(|reached| reply.head > reached),
    };
    if !brings_answers && !brings_news && reply.lease.is_none() {
        return Verdict::Older;
    }
    if !fresh && brings_news && !stands_at(reached, base.cursor) {
        return Verdict::Waits { answer: base.answer };
    }
    // Frames lead from what these rights showed. Where the device stands where they lead to, they say nothing else. A
    // fresh copy leads from nothing; one for older rights than the device has would bring back what they took away.
    let fits = [base.policy_version, reply.policy_version].contains(&local.policy_version);
    let is_no_older = reached.is_none() || reply.policy_version >= local.policy_version;
    let news = match brings_news {
        false => News::Known,
        true if fits || (fresh && is_no_older) => News::Taken,
        true => News::Unfit,
    };
    if news != News::Taken {
        // The round is not to ask for them.
        (reply.head, reply.policy_version) = (0, local.policy_version);
        if fresh {
            reply.standing = Standing::Ok;
        }
    }
    takes(reply, news)
}

/// Whether a copy that reaches so far holds what a copy at `base` holds. One that is beyond holds it, too: rows come
/// as they stand, and leave once.
fn stands_at(reached: Option<Position>, base: Option<Position>) -> bool {
    matches!((reached, base), (Some(reached), Some(base)) if reached >= base)
}

/// Where the device's chain is known to be answered. Its hash is known where that is its end.
fn answered_end(local: &Local, answered: u64) -> ChainEnd {
    match answered == local.chain.op_seq {
        true => local.chain,
        false => ChainEnd { op_seq: answered, ..ChainEnd::default() },
    }
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, Utc};

    use super::super::Base;
    use super::*;
    use crate::message::RebuildReason;
    use crate::op::Hash;

    fn device() -> Local {
        Local {
            epoch: 7,
            policy_version: 1,
            lease_serial: 1,
            schema: Hash::default(),
            cursor: Some(40),
            chain: ChainEnd { op_seq: 5, hash: Hash([5; 32]) },
            unanswered: 2,
            life: 7,
            doubtful: Vec::new(),
            fill: None,
            page: None,
        }
    }

    /// A file that answers all ops of the device and leads from where it stands to 60.
    fn file() -> HubOpening {
        let base = Base { epoch: 7, policy_version: 1, cursor: Some(40), answered: 3, answer: 1 };
        let reply = HelloReply {
            standing: Standing::Ok,
            epoch: 7,
            policy_version: 1,
            server_time: DateTime::<Utc>::MIN_UTC,
            head: 60,
            chain: device().chain,
            lease: None,
            attachment_max: None,
            backed_up: None,
        };
        HubOpening { base, reply }
    }

    const TAKEN: Taken = Taken { epoch: 7, number: 1 };

    /// Whether it takes the file, and its frames.
    fn takes(local: &Local, number: u64, file: HubOpening) -> Option<News> {
        match weigh(local, TAKEN, number, file) {
            Verdict::Takes { news, .. } => Some(news),
            _ => None,
        }
    }

    #[test]
    fn a_file_is_taken_once_and_an_older_one_is_told_as_such() {
        assert_eq!(takes(&device(), 2, file()), Some(News::Taken));
        let after = Local { cursor: Some(60), unanswered: 0, ..device() };
        assert_eq!(weigh(&after, TAKEN, 2, file()), Verdict::Older);
        // The network has led it farther.
        let farther = Local { cursor: Some(90), unanswered: 0, ..device() };
        assert_eq!(weigh(&farther, TAKEN, 2, file()), Verdict::Older);
        let other_life = Local { epoch: 8, ..device() };
        assert_eq!(weigh(&other_life, TAKEN, 2, file()), Verdict::Older);
    }

    #[test]
    fn a_file_that_leads_on_from_elsewhere_waits_and_names_the_missing_one() {
        let behind = Local { cursor: Some(39), ..device() };
        assert_eq!(weigh(&behind, TAKEN, 2, file()), Verdict::Waits { answer: 1 });
        let empty = Local { cursor: None, epoch: 0, life: 0, ..device() };
        assert_eq!(weigh(&empty, TAKEN, 2, file()), Verdict::Waits { answer: 1 });
        let between = Local { cursor: Some(50), ..device() };
        assert_eq!(takes(&between, 2, file()), Some(News::Taken));
    }

    #[test]
    fn a_file_that_was_written_before_other_answers_is_no_word_of_a_loss() {
        // The hub had three of the ops then; by now the device has the answers to all five.
        let chain = ChainEnd { op_seq: 3, hash: Hash([3; 32]) };
        let early = HubOpening { reply: HelloReply { chain, ..file().reply }, ..file() };
        let answered = Local { unanswered: 0, ..device() };
        let Verdict::Takes { reply, .. } = weigh(&answered, TAKEN, 2, early.clone()) else {
            panic!("its frames are of use");
        };
        assert_eq!(reply.chain, answered.chain);
        // It had the answers to all five when it wrote: the hub has lost two.
        let lost = HubOpening { base: Base { answered: 5, ..early.base }, ..early };
        let Verdict::Takes { reply, .. } = weigh(&answered, TAKEN, 2, lost) else {
            panic!("the device has to hear of it");
        };
        assert_eq!(reply.chain, chain);
    }

    #[test]
    fn work_of_this_device_that_this_copy_never_made_is_not_settled_by_files() {
        let set_back = Local { chain: ChainEnd { op_seq: 4, hash: Hash([4; 32]) }, ..device() };
        assert_eq!(weigh(&set_back, TAKEN, 2, file()), Verdict::Ahead);
    }

    #[test]
    fn answers_are_of_use_where_frames_are_not() {
        let others = Local { policy_version: 4, ..device() };
        assert_eq!(takes(&others, 2, file()), Some(News::Unfit));
        let farther = Local { cursor: Some(90), ..device() };
        let Verdict::Takes { reply, news } = weigh(&farther, TAKEN, 2, file()) else {
            panic!("it answers two ops");
        };
        assert_eq!((news, reply.head), (News::Known, 0), "the round does not ask for its frames");
    }

    #[test]
    fn a_fresh_copy_is_taken_once_and_never_an_older_one() {
        let standing = Standing::Rebuild { reason: RebuildReason::Cursor };
        let fresh = HubOpening { reply: HelloReply { standing, ..file().reply }, ..file() };
        let empty = Local { cursor: None, ..device() };
        assert_eq!(takes(&empty, 2, fresh.clone()), Some(News::Taken));
        let at_its_place = Local { cursor: Some(60), unanswered: 0, ..device() };
        assert_eq!(
            takes(&at_its_place, 2, fresh.clone()),
            Some(News::Taken),
            "its copy may be doubted"
        );
        assert_eq!(weigh(&at_its_place, TAKEN, 1, fresh.clone()), Verdict::Older);
        let farther = Local { cursor: Some(61), unanswered: 0, ..device() };
        assert_eq!(weigh(&farther, TAKEN, 2, fresh), Verdict::Older);
    }

    #[test]
    fn a_fresh_copy_for_older_rights_is_left_where_the_device_has_another() {
        let standing = Standing::Rebuild { reason: RebuildReason::Cursor };
        let base = Base { policy_version: 2, ..file().base };
        let reply = HelloReply { standing, policy_version: 3, ..file().reply };
        let fresh = HubOpening { base, reply };
        let narrowed = Local { policy_version: 4, ..device() };
        let Verdict::Takes { reply, news } = weigh(&narrowed, TAKEN, 2, fresh.clone()) else {
            panic!("it answers two ops");
        };
        assert_eq!((news, reply.head, reply.standing), (News::Unfit, 0, Standing::Ok));
        assert_eq!(takes(&device(), 2, fresh.clone()), Some(News::Taken), "its rights are newer");
        let empty = Local { cursor: None, ..narrowed };
        assert_eq!(takes(&empty, 2, fresh), Some(News::Taken), "it holds nothing");
    }

    #[test]
    fn the_newest_word_of_the_hub_on_the_device_stands() {
        let refused = Standing::Refused { reason: "suspended".to_owned() };
        let file = HubOpening { reply: HelloReply { standing: refused, ..file().reply }, ..file() };
        assert_eq!(takes(&device(), 2, file.clone()), Some(News::Known));
        assert_eq!(weigh(&device(), TAKEN, 1, file), Verdict::Older);
    }
}
