//! Attached files, as requests: a file goes in parts, and comes as one body that begins where it is asked to.

use reqwest::header::{CONTENT_TYPE, RANGE};
use reqwest::{Method, Response, StatusCode};
use sync_protocol::attachment::{Received, UPLOAD_OFFSET};

use super::client::unreadable;
use super::{HttpError, Hub};

/// The content of a file as it comes.
pub struct Content {
    hub: Hub,
    response: Response,
}

impl Content {
    /// The next bytes, about as many; none at the end.
    ///
    /// # Errors
    /// Where the hub is not heard any more.
    pub async fn next(&mut self, about: usize) -> Result<Vec<u8>, HttpError> {
        let mut bytes = Vec::with_capacity(about);
        while bytes.len() < about {
            match self.response.chunk().await.map_err(|error| self.hub.unreachable(&error))? {
                Some(chunk) => {
                    self.hub.meter().received(chunk.len());
                    bytes.extend_from_slice(&chunk);
                }
                None => break,
            }
        }
        Ok(bytes)
    }
}

impl Hub {
    /// Where a file stands that this device is to send. `place` is `<entity>/<id>/<hash>`.
    ///
    /// # Errors
    /// `Refused` with 404 where no record that may be seen names it; `TooLarge`.
    pub async fn begin_file(&self, token: &str, place: &str) -> Result<Received, HttpError> {
        let request = self.request(Method::POST, &path(place), Some(token))?;
        self.read_json(self.send(request).await?).await
    }

    /// Sends the next bytes of a file.
    ///
    /// # Errors
    /// `Refused` with 409 where the file goes on elsewhere, with 422 where it is not what it was said to be.
    pub async fn send_part(
        &self,
        token: &str,
        place: &str,
        offset: u64,
        bytes: Vec<u8>,
    ) -> Result<Received, HttpError> {
        self.meter().sent(bytes.len());
        let request = self
            .request(Method::PATCH, &path(place), Some(token))?
            .header(UPLOAD_OFFSET, offset)
            .header(CONTENT_TYPE, domain::record::OCTET_STREAM)
            .body(bytes);
        self.read_json(self.send(request).await?).await
    }

    /// Asks for a file from a byte on.
    ///
    /// # Errors
    /// `Refused` with 404 where there is none, or none that may be seen.
    pub async fn fetch_file(
        &self,
        token: &str,
        place: &str,
        from: u64,
    ) -> Result<Content, HttpError> {
        let mut request = self.request(Method::GET, &path(place), Some(token))?;
        if from > 0 {
            request = request.header(RANGE, format!("bytes={from}-"));
        }
        let response = self.send(request).await?;
        if from > 0 && response.status() != StatusCode::PARTIAL_CONTENT {
            return Err(unreadable(&"the whole of a file where its end was asked for"));
        }
        Ok(Content { hub: self.clone(), response })
    }
}

fn path(place: &str) -> String {
    format!("api/v1/sync/attachments/{place}")
}
