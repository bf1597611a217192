//! The places where bytes of others are read, each as one function that takes any bytes: it may refuse them, and it
//! must not panic, hang or take more memory than the bytes are worth. Fuzzers call them (`fuzz/`), and tests with
//! what fuzzers have found worth keeping. It holds no assertion about what is refused.

mod courier;
mod frames;
mod push;
mod token;

pub use courier::courier;
pub use frames::frames;
pub use push::push;
pub use token::token;

/// Takes any bytes.
pub type Target = fn(&[u8]);

/// What a fuzzer calls, by name: also the name of its folder of bytes.
pub const TARGETS: [(&str, Target); 4] =
    [("push", push), ("token", token), ("frames", frames), ("courier", courier)];
