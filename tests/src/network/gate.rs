//! A proxy as companies have them: whoever asks to be connected (RFC 9110, 9.3.6) is, to the one place that there is.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, copy_bidirectional};
use tokio::net::TcpStream;

use super::Serving;

/// The longest head of a request.
const HEAD_MAX: usize = 16 << 10;

pub struct Gate {
    serving: Serving,
    heads: Arc<Mutex<Vec<String>>>,
}

impl Gate {
    /// Whatever name is asked for, it leads here.
    pub fn to(target: SocketAddr) -> Self {
        let heads = Arc::new(Mutex::new(Vec::new()));
        let heard = Arc::clone(&heads);
        let serving = Serving::with(move |stream| serve(stream, target, Arc::clone(&heard)));
        Self { serving, heads }
    }

    pub fn url(&self) -> String {
        format!("http://{}", self.serving.address)
    }

    /// The same as somebody who has to say who they are.
    pub fn url_for(&self, user: &str, password: &str) -> String {
        format!("http://{user}:{password}@{}", self.serving.address)
    }

    /// What was asked of it since the last time.
    pub fn asked(&self) -> Vec<String> {
        std::mem::take(&mut self.heads.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

async fn serve(mut caller: TcpStream, target: SocketAddr, heard: Arc<Mutex<Vec<String>>>) {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") && head.len() < HEAD_MAX {
        let Ok(byte) = caller.read_u8().await else { return };
        head.push(byte);
    }
    let head = String::from_utf8_lossy(&head).into_owned();
    let connects = head.starts_with("CONNECT ");
    heard.lock().unwrap_or_else(PoisonError::into_inner).push(head);
    if !connects {
        let _ =
            caller.write_all(b"HTTP/1.1 405 Method Not Allowed\r\nContent-Length: 0\r\n\r\n").await;
        return;
    }
    let Ok(mut called) = TcpStream::connect(target).await else { return };
    if caller.write_all(b"HTTP/1.1 200 Connected\r\n\r\n").await.is_ok() {
        let _ = copy_bidirectional(&mut caller, &mut called).await;
    }
}
