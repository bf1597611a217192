//! Who is there: passwords, access tokens, refresh families, the brakes on guessing, and what a person may do
//! right now. It knows HTTP only where `http` calls it.

pub mod access_token;
pub mod lease;
pub mod link;
pub mod password;
pub mod rights;
pub mod session;
pub mod sign_in;
pub mod throttle;
pub mod wiped;
