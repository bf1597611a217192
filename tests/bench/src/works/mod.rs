//! The works, one file each: every figure is taken beside its limit and has its goal written next to it.

mod fill;
mod import;
mod live;
mod local;
mod poll;
mod pull;
mod push;
mod scope;

pub use fill::fill;
pub use import::import;
pub use live::live;
pub use local::local;
pub use poll::poll;
pub use pull::pull;
pub use push::{lay, push};
pub use scope::scope;

use system_tests::by_hand::{Device, all_applied};

use crate::office::Office;
use crate::{Outcome, customer};

/// Edits these customers as one push; answers with its bytes, ready to be sent.
fn edits(office: &mut Office, device: &mut Device, numbers: &[u32]) -> Outcome<Vec<u8>> {
    let user = device.user;
    let intents = numbers
        .iter()
        .map(|number| customer::edit(*number, office.edited(*number)?, user))
        .collect::<Outcome<Vec<_>>>()?;
    device.push(intents)
}

/// Edits these customers, unmeasured.
async fn edit(office: &mut Office, device: &mut Device, numbers: &[u32]) -> Outcome<()> {
    for page in numbers.chunks(push::PAGE) {
        let push = edits(office, device, page)?;
        all_applied(&device.sent(&push).await?, page.len())?;
    }
    Ok(())
}
