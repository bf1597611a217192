//! Refusals as the hub words them (RFC 9457 problem details) and what they mean to a device.

use chrono::{DateTime, TimeDelta, Utc};
use domain::record::Problem;
use reqwest::header::{DATE, HeaderMap, RETRY_AFTER};
use serde::Deserialize;

use super::HttpError;

#[derive(Default, Deserialize)]
#[serde(default)]
struct Details {
    code: String,
    title: String,
    detail: String,
    errors: Vec<Problem>,
}

/// When to ask again, by the hub's own clock.
pub(super) fn retry_after(headers: &HeaderMap) -> Option<DateTime<Utc>> {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    let seconds: i64 = text(RETRY_AFTER)?.parse().ok()?;
    let date = DateTime::parse_from_rfc2822(text(DATE)?).ok()?.with_timezone(&Utc);
    date.checked_add_signed(TimeDelta::try_seconds(seconds)?)
}

/// The refusal in a body; one that is no problem document is no hub's.
pub(super) fn read(status: u16, until: Option<DateTime<Utc>>, body: &[u8]) -> HttpError {
    let details: Details = serde_json::from_slice(body).unwrap_or_default();
    match status {
        500..=599 => HttpError::Busy { until },
        413 => HttpError::TooLarge,
        410 => HttpError::Gone { code: details.code },
        _ if details.code.is_empty() => {
            tracing::warn!(status, "an answer is no hub's");
            HttpError::Unreadable("it refuses in another way")
        }
        _ => {
            let detail = if details.detail.is_empty() { details.title } else { details.detail };
            HttpError::Refused { status, code: details.code, detail, problems: details.errors }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_keeps_its_words_and_its_fields() {
        let body = br#"{"type":"about:blank","title":"Refused","status":422,"code":"invalid",
            "detail":"The e-mail is wrong.","errors":[{"field":"email","rule":"email","message":"is wrong"}]}"#;
        let HttpError::Refused { code, detail, problems, .. } = read(422, None, body) else {
            panic!("a refusal is read as one");
        };
        assert_eq!((code.as_str(), detail.as_str()), ("invalid", "The e-mail is wrong."));
        assert_eq!(problems[0].field, "email");
    }

    #[test]
    fn what_is_no_hub_is_said_to_be_none() {
        let page = b"<html>404 Not Found</html>";
        assert!(matches!(read(404, None, page), HttpError::Unreadable(_)));
        assert_eq!(contract::Failure::from(read(404, None, page)).code.exit_code(), 6);
        assert!(matches!(read(413, None, page), HttpError::TooLarge));
        assert!(matches!(read(503, None, page), HttpError::Busy { until: None }));
    }

    #[test]
    fn a_busy_hub_says_from_when_on() {
        let mut headers = HeaderMap::new();
        headers.insert(DATE, "Sat, 21 Nov 2026 07:00:00 GMT".parse().unwrap());
        headers.insert(RETRY_AFTER, "30".parse().unwrap());
        let until = retry_after(&headers).unwrap();
        assert_eq!(until.to_rfc3339(), "2026-11-21T07:00:30+00:00");
    }
}
