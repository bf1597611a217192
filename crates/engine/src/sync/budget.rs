//! What a round may carry: the bytes that went over the line since it began, held against its limit. Whoever
//! transfers asks at each place where the transfer can go on later.

use contract::Line;

use crate::http::Hub;

/// The hub of one round. Clones count together.
#[derive(Clone)]
pub struct Budget {
    hub: Hub,
    limit: Option<u64>,
}

impl Budget {
    pub fn of(hub: &Hub, limit: Option<u64>) -> Self {
        Self { hub: hub.metered(), limit }
    }

    /// Requests to it are counted.
    pub fn hub(&self) -> &Hub {
        &self.hub
    }

    pub fn line(&self) -> Line {
        self.hub.line()
    }

    /// What may still go over the line; nothing where there is no limit.
    pub fn left(&self) -> Option<u64> {
        let Line { sent, received } = self.line();
        self.limit.map(|limit| limit.saturating_sub(sent + received))
    }

    pub fn is_spent(&self) -> bool {
        self.left() == Some(0)
    }
}
