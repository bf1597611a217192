//! Many worlds on all cores. Each thread has disks of its own and takes the next seed that nobody has; a seed
//! comes to the same on whichever thread it runs.

use std::ops::Range;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;

use crate::disk::Disk;

/// A seed that broke a promise.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure<E> {
    pub seed: u64,
    pub broken: E,
}

/// Runs these seeds, each on `devices` disks, and hands every result to `sum`, in whatever order they come. Ends at
/// the first failures; answers the one with the lowest seed among them. `name` tells the disks of this run from
/// those of others in the process.
///
/// # Errors
/// The failure.
pub fn run_all<T: Send, E: Send>(
    seeds: Range<u64>,
    threads: usize,
    (name, devices): (&str, usize),
    run: impl Fn(u64, &[Disk]) -> Result<T, E> + Sync,
    mut sum: impl FnMut(T) + Send,
) -> Result<(), Failure<E>> {
    let next = AtomicU64::new(seeds.start);
    let sum: Mutex<&mut (dyn FnMut(T) + Send)> = Mutex::new(&mut sum);
    let failure: Mutex<Option<Failure<E>>> = Mutex::new(None);
    thread::scope(|scope| {
        for thread in 0..threads.max(1) {
            let (next, sum, failure, run, end) = (&next, &sum, &failure, &run, seeds.end);
            scope.spawn(move || {
                let disks: Vec<Disk> =
                    (0..devices).map(|n| Disk::register(&format!("{name}-{thread}-{n}"))).collect();
                loop {
                    let seed = next.fetch_add(1, Ordering::Relaxed);
                    if seed >= end {
                        return;
                    }
                    let named = Named(seed);
                    let result = run(seed, &disks);
                    drop(named);
                    match result {
                        Ok(result) => sum.lock().unwrap_or_else(PoisonError::into_inner)(result),
                        Err(broken) => {
                            next.store(end, Ordering::Relaxed);
                            let mut first = failure.lock().unwrap_or_else(PoisonError::into_inner);
                            if first.as_ref().is_none_or(|first| seed < first.seed) {
                                *first = Some(Failure { seed, broken });
                            }
                            return;
                        }
                    }
                }
            });
        }
    });
    match failure.into_inner().unwrap_or_else(PoisonError::into_inner) {
        Some(failure) => Err(failure),
        None => Ok(()),
    }
}

/// Names the seed where its world panics.
struct Named(u64);

impl Drop for Named {
    fn drop(&mut self) {
        if thread::panicking() {
            eprintln!("seed {} panicked", self.0);
        }
    }
}

/// As many threads as there are cores.
pub fn cores() -> usize {
    thread::available_parallelism().map_or(1, std::num::NonZero::get)
}
