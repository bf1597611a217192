//! One kept-alive HTTP/1.1 connection that costs its machine as little as it can: a limit must not be taken
//! with a heavy client, and hub and endpoint are asked through the same one. It reads status and body and
//! judges neither.

use std::net::SocketAddr;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::{Failure, Outcome};

pub struct Line {
    stream: TcpStream,
    /// Bytes that came and were not used yet.
    buffer: Vec<u8>,
}

#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub body: Vec<u8>,
    /// Bytes that came over the wire for this answer, its head included.
    pub received: usize,
}

const READ: usize = 64 << 10;

/// The bytes of a POST.
pub fn request(path: &str, token: Option<&str>, headers: &[&str], body: &[u8]) -> Vec<u8> {
    let mut text =
        format!("POST {path} HTTP/1.1\r\nhost: hub\r\ncontent-length: {}\r\n", body.len());
    if let Some(token) = token {
        text.push_str(&format!("authorization: Bearer {token}\r\n"));
    }
    for header in headers {
        text.push_str(header);
        text.push_str("\r\n");
    }
    text.push_str("\r\n");
    [text.as_bytes(), body].concat()
}

impl Line {
    /// # Errors
    /// Where nobody listens there.
    pub async fn to(address: SocketAddr) -> Outcome<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, buffer: Vec::with_capacity(READ) })
    }

    /// Sends a whole request and reads the whole answer.
    ///
    /// # Errors
    /// Where the connection breaks off or the answer is no HTTP.
    pub async fn ask(&mut self, request: &[u8]) -> Outcome<Answer> {
        self.stream.write_all(request).await?;
        let mut received = 0;
        let head = self.until(b"\r\n\r\n", &mut received).await?;
        let head = String::from_utf8_lossy(&head).to_ascii_lowercase();
        let status = head.split(' ').nth(1).and_then(|word| word.parse().ok());
        let status = status.ok_or_else(|| Failure::from(format!("no HTTP: {head}")))?;
        let value = |name: &str| {
            let line = head.lines().find_map(|line| line.strip_prefix(name))?;
            Some(line.trim_start_matches(':').trim().to_owned())
        };
        let mut body = Vec::new();
        if value("transfer-encoding").is_some_and(|coding| coding == "chunked") {
            loop {
                let line = self.until(b"\r\n", &mut received).await?;
                let size = String::from_utf8_lossy(&line);
                let size = usize::from_str_radix(size.split(';').next().unwrap_or("").trim(), 16)?;
                self.take(size, &mut body, &mut received).await?;
                self.until(b"\r\n", &mut received).await?;
                if size == 0 {
                    break;
                }
            }
        } else {
            let size = value("content-length").and_then(|size| size.parse().ok()).unwrap_or(0);
            self.take(size, &mut body, &mut received).await?;
        }
        Ok(Answer { status, body, received })
    }

    /// Sends bytes that are no whole request, or none.
    ///
    /// # Errors
    /// Where the connection breaks off.
    pub async fn says(&mut self, bytes: &[u8]) -> Outcome<()> {
        Ok(self.stream.write_all(bytes).await?)
    }

    /// The bytes up to an ending, without it.
    async fn until(&mut self, ending: &[u8], received: &mut usize) -> Outcome<Vec<u8>> {
        let mut searched = 0;
        loop {
            let found = self
                .buffer
                .get(searched..)
                .and_then(|bytes| bytes.windows(ending.len()).position(|window| window == ending));
            if let Some(at) = found.map(|at| at + searched) {
                let rest = self.buffer.split_off(at + ending.len());
                let mut taken = std::mem::replace(&mut self.buffer, rest);
                *received += taken.len();
                taken.truncate(at);
                return Ok(taken);
            }
            searched = self.buffer.len().saturating_sub(ending.len() - 1);
            self.fill().await?;
        }
    }

    async fn take(&mut self, size: usize, to: &mut Vec<u8>, received: &mut usize) -> Outcome<()> {
        let mut left = size;
        while left > 0 {
            if self.buffer.is_empty() {
                self.fill().await?;
            }
            let now = left.min(self.buffer.len());
            to.extend(self.buffer.drain(..now));
            left -= now;
        }
        *received += size;
        Ok(())
    }

    async fn fill(&mut self) -> Outcome<()> {
        self.buffer.reserve(READ);
        match self.stream.read_buf(&mut self.buffer).await? {
            0 => Err("the connection broke off".into()),
            _ => Ok(()),
        }
    }
}
