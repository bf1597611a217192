//! What stories about the whole system are told with: a person's desk, the real desktop app on it,
//! and what a person sees and does there. It holds no story.

pub mod desktop;
pub mod office;
pub mod proof;
