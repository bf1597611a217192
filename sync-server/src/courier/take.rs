//! A file of a device that came: believed once it is whole and signed by a device of this tenant, and read within the
//! bounds of the wire.

use std::fs::File;
use std::io::{BufReader, Seek as _, SeekFrom};
use std::path::{Path, PathBuf};

use ed25519_dalek::VerifyingKey;
use serde::de::DeserializeOwned;
use sync_protocol::courier::{
    CourierError, DeviceOpening, ENVELOPE, Envelope, Heading, Label, OPENING_MAX, Part, PartReader,
    Unsealed,
};
use sync_protocol::message::Push;
use sync_protocol::wire::{self, ITEMS_MAX};

use super::ExchangeError;
use super::place::at;
use crate::config::LimitsConfig;
use crate::hub::Hub;
use crate::people::PeopleError;
use crate::store::control::device::Device;
use crate::tenant::directory::TenantPlace;

/// A file that is believed, read up to behind its opening.
pub(super) struct Came {
    pub device: Device,
    pub label: Label,
    pub opening: DeviceOpening,
    path: PathBuf,
    parts: Opened,
    limits: LimitsConfig,
}

impl Came {
    pub(super) async fn open(
        hub: &Hub,
        place: &TenantPlace,
        path: &Path,
    ) -> Result<Self, ExchangeError> {
        let mut file = File::open(path).map_err(|error| at(path)(error.into()))?;
        let envelope = Envelope::read(&mut file).map_err(at(path))?;
        let label = envelope.label;
        if label.heading == Heading::ToDevice {
            return Err(ExchangeError::ForDevice(path.to_owned()));
        }
        if label.tenant != place.id() {
            let tenant = label.tenant;
            return Err(ExchangeError::OtherTenant { path: path.to_owned(), tenant });
        }
        let device = hub.control.device(place.id(), label.device).await?;
        let device = device.ok_or(PeopleError::UnknownDevice(label.device))?;
        let (parts, opening) = begun(hub, &device, &envelope, file).map_err(at(path))?;
        let (path, limits) = (path.to_owned(), hub.config.limits);
        Ok(Self { device, label, opening, path, parts, limits })
    }

    /// The next ops of the file; nothing behind the last.
    pub(super) fn ops(&mut self) -> Result<Option<Push>, ExchangeError> {
        let LimitsConfig { body, body_unpacked, .. } = self.limits;
        let push = match self.parts.part(body) {
            Ok(None) => Ok(None),
            Ok(Some((Part::Ops, bytes))) => unpacked(&bytes, body_unpacked).map(Some),
            Ok(Some(_)) => Err(CourierError::Damaged),
            Err(error) => Err(error),
        };
        push.map_err(at(&self.path))
    }
}

type Opened = PartReader<Unsealed<BufReader<File>>>;

/// Proves the whole file before a word of it is acted upon. The key stays the one that is proven, so that a file that
/// is changed meanwhile does not open.
fn begun(
    hub: &Hub,
    device: &Device,
    envelope: &Envelope,
    mut file: File,
) -> Result<(Opened, DeviceOpening), CourierError> {
    let signer = <&[u8; 32]>::try_from(device.signing_key.as_slice()).ok();
    let signer = signer.and_then(|key| VerifyingKey::from_bytes(key).ok());
    let signer = signer.ok_or(CourierError::Damaged)?;
    let secret = hub.keys.courier();
    let key = envelope
        .unlock(&signer, &hub.keys.courier_public(), |theirs| secret.diffie_hellman(theirs))?;
    key.opener(BufReader::new(&file)).prove()?;
    file.seek(SeekFrom::Start(ENVELOPE as u64))?;
    let mut parts = key.opener(BufReader::new(file));
    match parts.part(OPENING_MAX)? {
        Some((Part::Opening, bytes)) => Ok((parts, unpacked(&bytes, OPENING_MAX)?)),
        _ => Err(CourierError::Damaged),
    }
}

fn unpacked<T: DeserializeOwned>(bytes: &[u8], limit: usize) -> Result<T, CourierError> {
    Ok(wire::decode_within(&wire::decompress(bytes, limit)?, ITEMS_MAX)?)
}
