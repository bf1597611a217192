//! The bytes of one direction of a connection, on their way through a gate.

use std::io;
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, ReadHalf, WriteHalf};

use super::Stream;
use super::fault::{Gate, Leave};

const CHUNK: usize = 16 << 10;

/// Passes bytes on until they end. An end is told to the other side, whose answer may still be on its way.
///
/// # Errors
/// The connection broke off, by itself or because it was cut.
pub async fn pump(
    mut from: ReadHalf<Box<dyn Stream>>,
    mut to: WriteHalf<Box<dyn Stream>>,
    mut gate: Gate,
) -> io::Result<()> {
    let mut buffer = vec![0; CHUNK];
    loop {
        let read = from.read(&mut buffer).await?;
        let mut waiting = buffer.get(..read).unwrap_or_default();
        if waiting.is_empty() {
            return to.shutdown().await;
        }
        while !waiting.is_empty() {
            match gate.leave(waiting.len()) {
                Leave::Hold => gate.other_order().await,
                Leave::Pass { bytes, before, after } => {
                    pause(before).await;
                    let (now, rest) = waiting.split_at(bytes);
                    to.write_all(now).await?;
                    gate.count(bytes);
                    waiting = rest;
                    pause(after).await;
                }
                Leave::Cut { bytes } => {
                    let (now, _) = waiting.split_at(bytes);
                    to.write_all(now).await?;
                    to.flush().await?;
                    gate.count(bytes);
                    return Err(io::ErrorKind::ConnectionAborted.into());
                }
            }
        }
    }
}

async fn pause(time: Duration) {
    if !time.is_zero() {
        tokio::time::sleep(time).await;
    }
}
