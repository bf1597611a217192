//! A device that speaks the protocol by hand: it keeps a chain of ops and where it stands, and no copy. What it
//! sends need not be what it should.

use std::net::SocketAddr;

use chrono::DateTime;
use domain::permissions::{Grants, LeaseHolder};
use domain::versions;
use ed25519_dalek::{Signer as _, SigningKey};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_bytes::ByteBuf;
use sync_protocol::PROTOCOL_VERSION;
use sync_protocol::auth::{DeviceClaim, LoginReply, LoginRequest, sign_in_proof};
use sync_protocol::message::{
    Frame, Hello, HelloReply, Listen, Position, Pull, Push, PushReply, SnapshotRequest,
};
use sync_protocol::op::{ChainEnd, Intent, Op, SealedOp};
use sync_protocol::receipt::Receipt;
use sync_protocol::row::schema_hash;
use sync_protocol::wire::{self, FrameReader};
use testkit::Ids;
use uuid::Uuid;

use super::line::{Answer, Line, request};
use super::{Failure, Outcome};
use crate::office::{PASSWORD, User};

/// The headers of every message.
pub const PACKED: [&str; 2] = ["content-type: application/cbor", "content-encoding: zstd"];
const ANSWER_MAX: usize = 64 << 20;

pub struct Device {
    line: Line,
    address: SocketAddr,
    token: String,
    number: u16,
    pub user: Uuid,
    /// What its user may see.
    pub(super) grants: Grants,
    pub epoch: u64,
    pub policy_version: i64,
    lease_serial: u64,
    chain: ChainEnd,
    pub cursor: Option<Position>,
    ids: Ids,
}

impl Device {
    /// Signs in on a new installation and says hello. Each number is another installation.
    ///
    /// # Errors
    /// Where the hub does not take it.
    pub async fn enrol(address: SocketAddr, user: &User, number: u16) -> Outcome<Self> {
        let mut line = Line::to(address).await?;
        let reply = sign_in(&mut line, user, number).await?;
        let session = reply.session.ok_or_else(|| Failure::from("no session for the device"))?;
        let holder = LeaseHolder {
            tenant_id: reply.tenant_id,
            user_id: reply.user_id,
            device_id: session.device_id,
        };
        let lease = session.lease.verify(&session.lease_key, &holder)?;
        let mut device = Self {
            line,
            address,
            token: reply.access_token,
            number,
            user: reply.user_id,
            lease_serial: u64::try_from(lease.serial)?,
            grants: lease.grants,
            epoch: session.epoch,
            policy_version: 0,
            chain: ChainEnd::default(),
            cursor: None,
            ids: Ids::seeded(number),
        };
        let hello: HelloReply = device.told(&device.hello()?).await?;
        device.policy_version = hello.policy_version;
        Ok(device)
    }

    /// The bytes of a whole hello, to be sent as often as one likes.
    ///
    /// # Errors
    /// Where it cannot be written.
    pub fn hello(&self) -> Outcome<Vec<u8>> {
        self.request(
            "hello",
            &Hello {
                protocol_version: PROTOCOL_VERSION,
                capabilities: Vec::new(),
                schema_version: versions::declared().current,
                schema: schema_hash()?,
                epoch: self.epoch,
                policy_version: self.policy_version,
                lease_serial: self.lease_serial,
                cursor: self.cursor,
                chain: self.chain,
                clock: DateTime::UNIX_EPOCH,
            },
        )
    }

    /// The bytes of a whole pull from where the device stands.
    ///
    /// # Errors
    /// Where it cannot be written.
    pub fn pull(&self, page: Option<ByteBuf>) -> Outcome<Vec<u8>> {
        let pull = Pull {
            epoch: self.epoch,
            policy_version: self.policy_version,
            cursor: self.cursor.unwrap_or_default(),
            doubtful: Vec::new(),
            anew: Vec::new(),
            at_least: 0,
            page,
        };
        self.request("pull", &pull)
    }

    /// The bytes of a request that is held until there is news.
    ///
    /// # Errors
    /// Where it cannot be written.
    pub fn listen(&self, after: Position) -> Outcome<Vec<u8>> {
        self.request("live", &Listen { epoch: self.epoch, after })
    }

    /// The bytes of a push of these intents, sealed into the chain.
    ///
    /// # Errors
    /// Where it cannot be written.
    pub fn push(&mut self, intents: Vec<Intent>) -> Outcome<Vec<u8>> {
        let sealed = intents.into_iter().map(|intent| self.seal(intent));
        let sealed = sealed.collect::<Outcome<Vec<_>>>()?;
        self.push_of(&sealed)
    }

    /// Puts an intent at the end of the chain.
    ///
    /// # Errors
    /// Where it cannot be written.
    pub fn seal(&mut self, intent: Intent) -> Outcome<SealedOp> {
        let op = self.next_op(intent);
        self.extend(op)
    }

    /// The op that would come next in the chain.
    pub fn next_op(&self, intent: Intent) -> Op {
        Op {
            op_id: self.ids.next(),
            op_seq: self.chain.op_seq + 1,
            prev_hash: self.chain.hash,
            lease_serial: self.lease_serial,
            occurred_at: DateTime::UNIX_EPOCH,
            needs: Vec::new(),
            replaces: None,
            intent,
        }
    }

    /// Seals an op, whatever it says, and goes on after it.
    ///
    /// # Errors
    /// Where it cannot be written.
    pub fn extend(&mut self, op: Op) -> Outcome<SealedOp> {
        let op = SealedOp::seal(op)?;
        self.chain = ChainEnd::after(&op);
        Ok(op)
    }

    /// The bytes of a push of ops that were sealed before.
    ///
    /// # Errors
    /// Where it cannot be written.
    pub fn push_of(&self, ops: &[SealedOp]) -> Outcome<Vec<u8>> {
        let ops = ops.iter().map(|op| ByteBuf::from(op.bytes().to_vec())).collect();
        self.request("push", &Push { epoch: self.epoch, ops })
    }

    /// Sends a push and answers with its receipts, unread.
    ///
    /// # Errors
    /// Where the hub does not take it.
    pub async fn sent(&mut self, push: &[u8]) -> Outcome<PushReply> {
        self.told(push).await
    }

    /// Fetches the whole snapshot, throws it away and keeps where it stands. Answers with the bytes that came.
    ///
    /// # Errors
    /// Where it breaks off.
    pub async fn snapshot(&mut self) -> Outcome<usize> {
        let mut page = None;
        let mut received = 0;
        loop {
            let request = self.snapshot_from(page.take())?;
            let answer = self.line.ask(&request).await?;
            received += answer.received;
            let body = taken(answer)?;
            match self.ended(&body)? {
                None => return Ok(received),
                next => page = next,
            }
        }
    }

    /// The bytes of a request for the snapshot, from its beginning or from a page.
    ///
    /// # Errors
    /// Where it cannot be written.
    pub fn snapshot_from(&self, page: Option<ByteBuf>) -> Outcome<Vec<u8>> {
        let (epoch, policy_version) = (self.epoch, self.policy_version);
        self.request("snapshot", &SnapshotRequest { epoch, policy_version, page })
    }

    /// Pulls to a checkpoint, throws the rows away and keeps where it stands.
    ///
    /// # Errors
    /// Where it breaks off.
    pub async fn catch_up(&mut self) -> Outcome<()> {
        let mut page = None;
        loop {
            let answer = self.line.ask(&self.pull(page.take())?).await?;
            match self.ended(&taken(answer)?)? {
                None => return Ok(()),
                next => page = next,
            }
        }
    }

    /// Keeps where an answer leads that is whole; otherwise says where it goes on.
    fn ended(&mut self, body: &[u8]) -> Outcome<Option<ByteBuf>> {
        let mut frames = FrameReader::new(body)?;
        let mut page = None;
        while let Some(frame) = frames.read::<Frame>()? {
            match frame {
                Frame::Page { token, .. } => page = Some(token),
                Frame::Checkpoint { cursor, .. } | Frame::SnapshotEnd { cursor, .. } => {
                    self.cursor = Some(cursor);
                    return Ok(None);
                }
                _ => {}
            }
        }
        page.map(Some).ok_or_else(|| Failure::from("an answer without an end"))
    }

    /// Signs in once more, before the ten minutes of an access token are over; everything else stays as it is.
    ///
    /// # Errors
    /// Where the hub does not take it.
    pub async fn signs_in_again(&mut self, user: &User) -> Outcome<()> {
        self.token = sign_in(&mut self.line, user, self.number).await?.access_token;
        Ok(())
    }

    /// Takes up a new connection in place of one that broke off.
    ///
    /// # Errors
    /// Where nobody listens there.
    pub async fn dials_again(&mut self) -> Outcome<()> {
        self.line = self.other_line().await?;
        Ok(())
    }

    /// Sends bytes that were written before; whatever is answered.
    ///
    /// # Errors
    /// Where the connection breaks off.
    pub async fn answer_to(&mut self, request: &[u8]) -> Outcome<Answer> {
        self.line.ask(request).await
    }

    /// Sends bytes that were written before.
    ///
    /// # Errors
    /// Where the hub does not answer with success.
    pub async fn ask(&mut self, request: &[u8]) -> Outcome<Vec<u8>> {
        taken(self.line.ask(request).await?)
    }

    /// The same, and reads the message that is answered.
    ///
    /// # Errors
    /// As [`Device::ask`].
    pub async fn told<T: DeserializeOwned>(&mut self, request: &[u8]) -> Outcome<T> {
        Ok(wire::unpack(&self.ask(request).await?, ANSWER_MAX)?)
    }

    /// A connection of its own for the same device.
    ///
    /// # Errors
    /// Where nobody listens there.
    pub async fn other_line(&self) -> Outcome<Line> {
        Line::to(self.address).await
    }

    fn request(&self, verb: &str, message: &impl Serialize) -> Outcome<Vec<u8>> {
        Ok(self.request_of(verb, &PACKED, &wire::pack(message)?))
    }

    /// The bytes of a request that the hub has to make something of.
    pub fn request_of(&self, verb: &str, headers: &[&str], body: &[u8]) -> Vec<u8> {
        request(&format!("/api/v1/sync/{verb}"), Some(&self.token), headers, body)
    }
}

/// Signs in on the installation of a number, which is known by its key.
async fn sign_in(line: &mut Line, user: &User, number: u16) -> Outcome<LoginReply> {
    let mut seed = [7; 32];
    seed[..2].copy_from_slice(&number.to_be_bytes());
    let key = SigningKey::from_bytes(&seed);
    let nonce = format!("{number:032x}");
    let proof = key.sign(&sign_in_proof(&user.tenant, &user.email, &nonce));
    let login = LoginRequest {
        tenant: user.tenant.clone(),
        email: user.email.clone(),
        password: PASSWORD.to_owned(),
        device: Some(DeviceClaim {
            name: format!("Measuring device {number}"),
            signing_key: hex::encode(key.verifying_key().as_bytes()),
            encryption_key: hex::encode(seed),
            app_version: env!("CARGO_PKG_VERSION").to_owned(),
            nonce,
            proof: hex::encode(proof.to_bytes()),
            marks: Vec::new(),
            is_original: false,
            copy_of: None,
        }),
    };
    let body = serde_json::to_vec(&login)?;
    let headers = ["content-type: application/json"];
    let answer = line.ask(&request("/api/v1/auth/login", None, &headers, &body)).await?;
    Ok(serde_json::from_slice(&taken(answer)?)?)
}

fn taken(answer: Answer) -> Outcome<Vec<u8>> {
    match answer.status {
        200 => Ok(answer.body),
        status => Err(format!("{status}: {}", String::from_utf8_lossy(&answer.body)).into()),
    }
}

/// Every op must have been done as it was meant.
///
/// # Errors
/// The first receipt that says otherwise.
pub fn all_applied(reply: &PushReply, expected: usize) -> Outcome<()> {
    if reply.receipts.len() != expected {
        return Err(format!("{} receipts for {expected} ops", reply.receipts.len()).into());
    }
    for (_, bytes) in &reply.receipts {
        let receipt: Receipt = wire::decode(bytes)?;
        if !matches!(receipt, Receipt::Applied { .. }) {
            return Err(format!("an op was answered with {receipt:?}").into());
        }
    }
    Ok(())
}
