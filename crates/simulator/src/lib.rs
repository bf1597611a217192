//! Devices, a hub, a network and their faults in one thread. The devices are the real local store on a
//! simulated disk; the hub's store is in memory around the real judge. Time, ids and chance come from a
//! seed, so that a failing seed replays exactly.

pub mod courier;
pub mod device;
pub mod disk;
pub mod hub;
pub mod ids;
pub mod line;
pub mod people;
pub mod plant;
pub mod reduce;
pub mod seeds;
pub mod trail;
pub mod world;
