//! The device's side of the protocol: what a row looks like with pending work on top, how an edit
//! becomes an intent, and the steps of one round. Storage and network carry out what is said here.

pub mod draft;
pub mod overlay;
pub mod round;
