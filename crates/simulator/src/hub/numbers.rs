//! Numbers of series at the memory hub: what devices hold, how far was counted, and what nobody will be given. Whom
//! the hub on Postgres gives what, this one does too; it knows only series that never start again.

use std::collections::{BTreeMap, BTreeSet};

use domain::masters::NUMBER_SERIES;
use domain::numbering::{Period, Series, code, folded_stem, is_numbered};
use domain::permissions::{Action, RowFacts, check};
use domain::record::{Cell, EntityDef, Found, Lookup as _, fold_code};
use domain::synced;
use sync_protocol::judge::Author;
use sync_protocol::numbers::{HeldNumbers, NumberLease, NumbersReply, NumbersRequest};
use sync_protocol::op::{Intent, Op, Verb};
use uuid::Uuid;

use super::MemoryHub;
use crate::plant::Defect;

#[derive(Clone, Default)]
pub struct Numbers {
    /// The first number of each series that nobody was given.
    counters: BTreeMap<Uuid, i64>,
    leases: BTreeMap<Uuid, Lease>,
    /// What nobody will be given, first and last.
    void: Vec<(Uuid, i64, i64)>,
    /// Devices of whose files two copies are in use.
    forked: BTreeSet<Uuid>,
}

#[derive(Clone)]
struct Lease {
    /// `next` is the first that is not known to be drawn.
    given: NumberLease,
    first: i64,
    device: Uuid,
    /// Its device counts for itself.
    own: bool,
    state: State,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Held,
    Spent,
    Returned,
    Reissued,
    Void,
}

impl Lease {
    fn is_of(&self, series: &Series, stem: &str) -> bool {
        self.given.series_id == series.id
            && self.given.stem == stem
            && self.given.width == series.width
    }

    fn told(&mut self, next: i64) {
        self.given.next = self.given.next.max(next.min(self.given.last + 1));
    }

    /// The number that a code is, if it is one of these.
    fn number(&self, folded: &str) -> Option<i64> {
        let NumberLease { stem, width, last, .. } = &self.given;
        let digits = folded.strip_prefix(folded_stem(stem, *width).as_str())?;
        let number = digits.parse().ok().filter(|_| u32::try_from(digits.len()) == Ok(*width));
        number.filter(|number| (self.first..=*last).contains(number))
    }
}

impl Numbers {
    fn held_by(&mut self, device: Uuid) -> impl Iterator<Item = &mut Lease> {
        let held = move |lease: &&mut Lease| lease.device == device && lease.state == State::Held;
        self.leases.values_mut().filter(held)
    }

    /// Makes void what a device holds of whose file there are two copies.
    pub fn void_of_forked(&mut self, device: Uuid) {
        self.forked.insert(device);
        let mut void = Vec::new();
        for lease in self.held_by(device) {
            lease.state = State::Void;
            void.extend(lease.rest());
        }
        self.void.extend(void);
    }

    /// These numbers come from a backup: what devices hold by it is void, and what was counted since is skipped.
    pub fn come_back(&mut self, lost: Self) {
        for lease in self.leases.values_mut() {
            if matches!(lease.state, State::Held | State::Returned) {
                lease.state = State::Void;
                self.void.extend(lease.rest());
            }
        }
        for (series, next) in lost.counters {
            let known = self.counters.entry(series).or_insert(1);
            if *known < next {
                self.void.push((series, *known, next - 1));
                *known = next;
            }
        }
        self.forked.extend(lost.forked);
    }

    /// How far each series was counted.
    pub fn counted(&self) -> impl Iterator<Item = (Uuid, i64)> {
        self.counters.iter().map(|(series, next)| (*series, *next))
    }

    /// Whether a number that was counted is in somebody's hands, may be given again, or is void.
    pub fn accounts_for(&self, series: Uuid, number: i64) -> bool {
        let within = |(of, first, last): &(Uuid, i64, i64)| {
            *of == series && (*first..=*last).contains(&number)
        };
        let leased = self.leases.values().any(|lease| {
            let open = matches!(lease.state, State::Held | State::Returned);
            open && within(&(lease.given.series_id, lease.given.next, lease.given.last))
        });
        leased || self.void.iter().any(within)
    }
}

impl Lease {
    /// What is left of numbers that are counted for all.
    fn rest(&self) -> Option<(Uuid, i64, i64)> {
        let NumberLease { series_id, next, last, .. } = &self.given;
        (!self.own && next <= last).then_some((*series_id, *next, *last))
    }
}

impl MemoryHub {
    pub fn numbers(&self) -> &Numbers {
        &self.numbers
    }

    /// Series of masters' codes that are in use.
    pub fn series(&self) -> Vec<Series> {
        self.of_entity(NUMBER_SERIES.name).filter_map(|kept| Series::of(&kept.record)).collect()
    }

    /// Takes what a device tells, and answers with everything that it holds from now on. `None` where it speaks of
    /// another life of this hub.
    pub fn give_numbers(
        &mut self,
        author: Author,
        request: &NumbersRequest,
        new_id: &mut dyn FnMut() -> Uuid,
    ) -> Option<NumbersReply> {
        if request.epoch != self.epoch {
            return None;
        }
        let device = author.device;
        if self.numbers.forked.contains(&device) {
            return Some(NumbersReply { leases: Vec::new() });
        }
        self.hear(device, request);
        let series = self.series();
        let may_give = |series: &&Series| {
            let row = RowFacts {
                company_id: Some(series.company),
                branch_id: series.branch,
                owner_id: Some(author.user),
                ..RowFacts::default()
            };
            let entity = series.entity;
            check(author.grants, Action::Create, entity, Some(&row), &[entity.key]).is_allowed()
        };
        let name = name_of(device);
        let wanted = series.iter().filter(may_give).filter_map(|series| {
            Some((series, series.stem(&Period::default(), None, Some(name.as_str()))?))
        });
        let wanted: Vec<(&Series, String)> = wanted.collect();
        let named = |id: Uuid| request.held.iter().any(|held| held.lease_id == id);
        let mut recalled = BTreeSet::new();
        for lease in self.numbers.held_by(device) {
            let is_wanted = wanted.iter().any(|(series, stem)| lease.is_of(series, stem));
            if !is_wanted && named(lease.given.lease_id) {
                recalled.insert(lease.given.lease_id);
            }
        }
        for (series, stem) in wanted {
            self.provide(device, (series, &stem), request, new_id);
        }
        let held = self.numbers.held_by(device).map(|lease| lease.given.clone());
        let leases = held.filter(|given| !recalled.contains(&given.lease_id)).collect();
        Some(NumbersReply { leases })
    }

    /// Notes what was used, and what is given back.
    fn hear(&mut self, device: Uuid, request: &NumbersRequest) {
        for lease in self.numbers.held_by(device) {
            let id = lease.given.lease_id;
            let of = |held: &&HeldNumbers| held.lease_id == id;
            let returned = request.returned.iter().find(of);
            if let Some(told) = request.held.iter().find(of).or(returned) {
                lease.told(told.next);
            }
            lease.state = match returned {
                _ if lease.given.left() == 0 => State::Spent,
                Some(_) => State::Returned,
                None => State::Held,
            };
        }
    }

    /// Gives numbers until there is a whole block; of a series in which the device counts alone, all.
    fn provide(
        &mut self,
        device: Uuid,
        (series, stem): (&Series, &str),
        request: &NumbersRequest,
        new_id: &mut dyn FnMut() -> Uuid,
    ) {
        let own = series.is_of_devices();
        let said = request.held.iter().chain(&request.returned);
        let said = said.filter(|held| held.series_id == series.id).map(|held| held.next).max();
        let of_device =
            |lease: &&Lease| lease.device == device && lease.given.series_id == series.id;
        let known =
            self.numbers.leases.values().filter(of_device).map(|lease| lease.given.next).max();
        let from = known.max(said).unwrap_or(series.start);
        loop {
            let held = self.numbers.held_by(device).filter(|lease| lease.is_of(series, stem));
            let left: i64 = held.map(|lease| lease.given.left()).sum();
            let is_short = if own { left == 0 } else { left < series.block };
            if !is_short {
                break;
            }
            let range = match own {
                true => Some((from, series.limit())).filter(|(first, last)| first <= last),
                false => self.take_back(series, stem).or_else(|| self.count(series, stem)),
            };
            let Some((first, last)) = range else { break };
            let given = NumberLease {
                lease_id: new_id(),
                series_id: series.id,
                period: String::new(),
                entity: series.entity.name.to_owned(),
                company_id: series.company,
                branch_id: series.branch,
                stem: stem.to_owned(),
                width: series.width,
                last,
                next: first,
                days: None,
            };
            let lease = Lease { first, device, own, state: State::Held, given };
            self.numbers.leases.insert(lease.given.lease_id, lease);
        }
        if own {
            // An answer of this hub may have been lost, and the device has counted on in what it held before.
            let held = self.numbers.held_by(device).filter(|lease| lease.is_of(series, stem));
            held.for_each(|lease| lease.told(from));
        }
    }

    /// What another device gave back.
    fn take_back(&mut self, series: &Series, stem: &str) -> Option<(i64, i64)> {
        let leases = self.numbers.leases.values_mut();
        let returned = leases.filter(|it| it.state == State::Returned && it.is_of(series, stem));
        let oldest = returned.min_by_key(|lease| lease.given.next)?;
        oldest.state = State::Reissued;
        Some((oldest.given.next, oldest.given.last))
    }

    /// The next block of which no record has one for its code; what lies before it is void.
    fn count(&mut self, series: &Series, stem: &str) -> Option<(i64, i64)> {
        let begin = self.numbers.counters.get(&series.id).copied().unwrap_or(1).max(series.start);
        let is_taken = |number: i64| {
            let folded = fold_code(&code(stem, series.width, number));
            let (entity, nobody) = (series.entity, Uuid::nil());
            self.holder(entity, entity.key, None, &folded, nobody) != Found::No
        };
        let mut first = begin;
        let last = loop {
            let last = (first + series.block - 1).min(series.limit());
            if first > last {
                return None;
            }
            match (first..=last).rev().find(|number| is_taken(*number)) {
                Some(highest) => first = highest + 1,
                None => break last,
            }
        };
        if begin < first {
            self.numbers.void.push((series.id, begin, first - 1));
        }
        self.numbers.counters.insert(series.id, last + 1);
        Some((first, last))
    }

    /// The device that holds a code as a number.
    pub(super) fn holder_of_number(&self, entity: &EntityDef, folded: &str) -> Option<Uuid> {
        let held = self.numbers.leases.values().filter(|lease| lease.state == State::Held);
        let mut of = held.filter(|lease| lease.given.entity == entity.name);
        of.find(|lease| lease.number(folded).is_some()).map(|lease| lease.device)
    }

    /// Notes the number that a record was given for its code.
    pub(super) fn count_number(&mut self, device: Uuid, op: &Op) {
        let numbered = synced::find(&op.intent.entity).filter(|entity| is_numbered(entity));
        let Some(entity) = numbered.filter(|_| op.intent.verb == Verb::Create) else { return };
        let Some(code) = code_of(&op.intent, entity).map(|code| fold_code(&code)) else { return };
        for lease in self.numbers.held_by(device) {
            // One that somebody typed ahead leaves those before it to be drawn.
            if lease.number(&code) == Some(lease.given.next) {
                lease.told(lease.given.next + 1);
            }
        }
    }

    pub(super) fn come_back_with_numbers(&mut self, lost: Numbers) {
        match self.is(Defect::NumbersGivenAgain) {
            true => self.numbers.forked.extend(lost.forked),
            false => self.numbers.come_back(lost),
        }
    }
}

/// The code that an intent writes.
pub fn code_of(intent: &Intent, entity: &EntityDef) -> Option<String> {
    let code = intent.changes.fields.iter().find(|change| change.field == entity.key)?;
    match &code.to {
        Cell::Text(code) => Some(code.clone()),
        _ => None,
    }
}

/// What a device is called in codes.
fn name_of(device: Uuid) -> String {
    let simple = device.simple().to_string();
    simple.get(16..).unwrap_or_default().to_uppercase()
}
