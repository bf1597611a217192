//! A Redis of a story's own, which it may kill, freeze and empty. It keeps nothing on the disk and is gone with the
//! story.

use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

/// How often it is asked whether it is up, and the pause between.
const TRIES: u32 = 500;
const PAUSE: Duration = Duration::from_millis(10);

pub struct Redis {
    address: SocketAddr,
    running: Option<Child>,
}

impl Redis {
    /// # Panics
    /// Where it does not start: the Debian package redis-server is needed.
    pub fn start() -> Self {
        let free = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).and_then(|bound| bound.local_addr());
        let address = free.unwrap_or_else(|error| panic!("no free port: {error}"));
        let mut redis = Self { address, running: None };
        redis.open();
        redis
    }

    /// Starts it again after [`Redis::kill`], empty and at the same address.
    ///
    /// # Panics
    /// Where it does not come up.
    pub fn open(&mut self) {
        let child = Command::new("redis-server")
            .args(["--bind", "127.0.0.1", "--port", &self.address.port().to_string()])
            .args(["--save", "", "--appendonly", "no"])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .spawn();
        self.running = Some(child.unwrap_or_else(|error| panic!("redis-server: {error}")));
        let up = (0..TRIES).any(|_| {
            let up = self.asks("PING").is_ok_and(|said| said.starts_with("+PONG"));
            if !up {
                std::thread::sleep(PAUSE);
            }
            up
        });
        assert!(up, "Redis does not come up at {}", self.address);
    }

    pub fn address(&self) -> SocketAddr {
        self.address
    }

    pub fn url(&self) -> String {
        format!("redis://{}", self.address)
    }

    /// kill -9.
    pub fn kill(&mut self) {
        if let Some(mut running) = self.running.take() {
            // One that has ended is as good as killed.
            let _ = running.kill();
            let _ = running.wait();
        }
    }

    /// Stops it without ending it: connections stay, and nothing is answered.
    ///
    /// # Panics
    /// Where it does not run.
    pub fn freeze(&self) {
        self.signal("-STOP");
    }

    /// Lets it go on.
    ///
    /// # Panics
    /// Where it does not run.
    pub fn thaw(&self) {
        self.signal("-CONT");
    }

    fn signal(&self, signal: &str) {
        let pid = self.running.as_ref().map(Child::id);
        let pid = pid.unwrap_or_else(|| panic!("Redis does not run"));
        let sent = Command::new("kill").args([signal, &pid.to_string()]).status();
        assert!(sent.is_ok_and(|sent| sent.success()), "the signal was not sent");
    }

    /// What it answers to a command, in words separated by blanks.
    ///
    /// # Errors
    /// Where it is not reached.
    pub fn asks(&self, command: &str) -> std::io::Result<String> {
        let mut line = TcpStream::connect(self.address)?;
        line.write_all(format!("{command}\r\nQUIT\r\n").as_bytes())?;
        let mut said = String::new();
        line.read_to_string(&mut said)?;
        Ok(said)
    }
}

impl Drop for Redis {
    fn drop(&mut self) {
        self.kill();
    }
}
