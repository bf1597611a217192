//! L6: a trivial axum endpoint in a process of its own, asked over many connections. The same asking is used
//! for the hub.

use std::io::{BufRead as _, BufReader};
use std::net::{Ipv4Addr, SocketAddr};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use axum::Router;
use axum::routing::post;
use system_tests::by_hand::{Line, request};
use tokio::net::TcpListener;

use crate::figure::{millis, percentile};
use crate::{Fault, Outcome};

/// Serves one word until it is killed; prints its address first.
///
/// # Errors
/// Where nothing can be listened on.
pub async fn serve() -> Outcome<()> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    println!("{}", listener.local_addr()?);
    let router = Router::new().route("/", post(async || "yes"));
    Ok(axum::serve(listener, router).await?)
}

/// The endpoint as a process; it ends with this value.
pub struct Endpoint {
    child: Child,
    address: SocketAddr,
}

impl Endpoint {
    /// # Errors
    /// Where it does not start.
    pub fn start() -> Outcome<Self> {
        let mut command = Command::new(std::env::current_exe()?);
        let mut child = command.arg("--endpoint").stdout(Stdio::piped()).spawn()?;
        let out = child.stdout.take().ok_or_else(|| Fault::from("the endpoint says nothing"))?;
        let mut line = String::new();
        BufReader::new(out).read_line(&mut line)?;
        Ok(Self { child, address: line.trim().parse()? })
    }

    /// L6 at so many connections.
    ///
    /// # Errors
    /// Where a connection breaks.
    pub async fn asked(&self, connections: usize, time: Duration) -> Outcome<Asked> {
        let mut lines = Vec::new();
        for _ in 0..connections {
            lines.push((Line::to(self.address).await?, request("/", None, &[], b"")));
        }
        ask(lines, time).await
    }
}

impl Drop for Endpoint {
    fn drop(&mut self) {
        // It is killed or has ended.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// What came of asking.
pub struct Asked {
    /// Answers a second.
    pub rate: f64,
    /// Milliseconds.
    pub p50: f64,
    pub p99: f64,
}

/// Asks over every connection at once, each again as soon as it is answered.
///
/// # Errors
/// Where an answer is no success.
pub async fn ask(lines: Vec<(Line, Vec<u8>)>, time: Duration) -> Outcome<Asked> {
    let start = Instant::now();
    let tasks: Vec<_> = lines
        .into_iter()
        .map(|(mut line, request)| {
            tokio::spawn(async move {
                let mut times = Vec::new();
                while start.elapsed() < time {
                    let sent = Instant::now();
                    let answer = line.ask(&request).await?;
                    if answer.status != 200 {
                        let body = String::from_utf8_lossy(&answer.body).into_owned();
                        return Err(Fault::from(format!("{}: {body}", answer.status)));
                    }
                    times.push(millis(sent.elapsed()));
                }
                Ok(times)
            })
        })
        .collect();
    let mut times = Vec::new();
    for task in tasks {
        times.extend(task.await??);
    }
    let elapsed = start.elapsed().as_secs_f64();
    Ok(Asked {
        rate: times.len() as f64 / elapsed,
        p50: percentile(&times, 0.5),
        p99: percentile(&times, 0.99),
    })
}
