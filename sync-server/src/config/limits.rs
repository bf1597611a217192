//! What a request may cost: sizes before and after decompression, time, and how many passwords are checked
//! at once.

use std::time::Duration;

use super::environment::Environment;

#[derive(Debug, Clone, Copy)]
pub struct LimitsConfig {
    /// A request's body as it comes over the wire, and one of JSON unpacked as well, in bytes.
    pub body: usize,
    /// Any other body unpacked, in bytes.
    pub body_unpacked: usize,
    /// An attached file, in bytes.
    pub attachment: u64,
    /// A request that is not a stream ends within this time.
    pub request_time: Duration,
    /// At shutdown, requests that run may finish within this time.
    pub shutdown_time: Duration,
    /// Password checks at one time; each takes 19 MiB and a core.
    pub password_checks: usize,
}

impl LimitsConfig {
    pub(super) fn read(environment: &mut Environment) -> Option<Self> {
        const MIB: u64 = 1024 * 1024;
        let body = environment.number("DAYBOOK_MAX_BODY_BYTES", 8 * MIB, 65_536..=256 * MIB);
        let unpacked =
            environment.number("DAYBOOK_MAX_BODY_UNPACKED_BYTES", 64 * MIB, 65_536..=1024 * MIB);
        let attachment =
            environment.number("DAYBOOK_MAX_ATTACHMENT_BYTES", 256 * MIB, MIB..=16_384 * MIB);
        let request = environment.number("DAYBOOK_REQUEST_SECONDS", 60, 1..=600);
        let shutdown = environment.number("DAYBOOK_SHUTDOWN_SECONDS", 20, 1..=600);
        let cores = std::thread::available_parallelism().map_or(2, usize::from) as u64;
        let checks = environment.number("DAYBOOK_PASSWORD_CHECKS", cores, 1..=256);
        if let (Some(packed), Some(plain)) = (body, unpacked)
            && plain < packed
        {
            let message = "must not be below DAYBOOK_MAX_BODY_BYTES".to_owned();
            environment.wrong("DAYBOOK_MAX_BODY_UNPACKED_BYTES", message);
        }
        Some(Self {
            body: usize::try_from(body?).ok()?,
            body_unpacked: usize::try_from(unpacked?).ok()?,
            attachment: attachment?,
            request_time: Duration::from_secs(request?),
            shutdown_time: Duration::from_secs(shutdown?),
            password_checks: usize::try_from(checks?).ok()?,
        })
    }
}
