//! Test only: a hub of given answers, one a connection, that remembers what it was asked.

use std::sync::{Arc, Mutex};

use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::TcpListener;

/// What to do with a request.
#[derive(Clone)]
pub enum Answer {
    Json(u16, String),
    /// A page for people, as a network answers that wants a sign-in of its own.
    Page(String),
    /// The request is taken, and the answer is lost on the way.
    Lost,
}

pub struct Canned {
    pub address: String,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Canned {
    /// Answers as many connections as there are answers.
    pub async fn with(answers: Vec<Answer>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let asked = Arc::new(Mutex::new(Vec::new()));
        let heard = Arc::clone(&asked);
        tokio::spawn(async move {
            for answer in answers {
                let (mut stream, _) = listener.accept().await.unwrap();
                let request = request(&mut stream).await;
                heard.lock().unwrap().push(request);
                reply(&mut stream, &answer).await;
            }
        });
        Self { address, asked }
    }

    /// Each request so far: its head and its body.
    pub fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }
}

pub async fn request(stream: &mut (impl AsyncRead + Unpin)) -> String {
    let mut bytes = Vec::new();
    loop {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = head.lines().find_map(|line| {
                let (name, value) = line.split_once(':')?;
                name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse().ok())?
            });
            if body.len() >= length.unwrap_or(0_usize) {
                return text;
            }
        }
        let mut part = [0; 4096];
        let read = stream.read(&mut part).await.unwrap();
        assert!(read > 0, "the request broke off: {text}");
        bytes.extend_from_slice(&part[..read]);
    }
}

pub async fn reply(stream: &mut (impl AsyncWrite + Unpin), answer: &Answer) {
    let (status, kind, body) = match answer {
        Answer::Json(status, body) => (*status, "application/json", body),
        Answer::Page(body) => (200, "text/html", body),
        Answer::Lost => return stream.shutdown().await.unwrap(),
    };
    let text = format!(
        "HTTP/1.1 {status} So\r\ncontent-type: {kind}\r\nconnection: close\r\n\
         content-length: {}\r\n\r\n{body}",
        body.len()
    );
    stream.write_all(text.as_bytes()).await.unwrap();
    stream.shutdown().await.unwrap();
}
