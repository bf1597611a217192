//! What stories about the whole system are told with: a person's desk, the real desktop app on it,
//! and what a person sees and does there. It holds no story.

pub mod by_hand;
pub mod company_files;
pub mod desktop;
pub mod network;
pub mod office;
pub mod proof;
pub mod proxy;

/// The master that the stories about any master are told of: one of the house, or the one that
/// `DAYBOOK_MASTER` names.
pub fn any_master() -> String {
    std::env::var("DAYBOOK_MASTER").unwrap_or_else(|_| "item_category".to_owned())
}
