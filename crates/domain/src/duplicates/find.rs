//! The search: candidates come together by an equal value, by a rare word of the name or as neighbours in the
//! alphabet, never all with all; then each pair is weighed, and pairs that hang together are one group.

use std::collections::{BTreeMap, HashMap, HashSet};

use strsim::jaro_winkler;
use uuid::Uuid;

use super::traits::{Subject, Trait, Traits};

/// From here on a pair is shown.
const SHOWN: u32 = 70;
/// Names below this likeness, out of 1000, are different names; Winkler's own experiments on names and firms put the bound
/// between 0.90 and 0.95.
const ALIKE: u32 = 930;
/// A word that more names have is no rare one.
const RARE: usize = 40;
/// So many neighbours in the alphabet a name is held against.
const NEIGHBOURS: usize = 6;
/// A value that more records share is a house's own (`info@`, a switchboard): it says that they belong together,
/// not that they are one.
const SHARED: usize = 25;

/// Why two records are taken for one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Why {
    Equal,
    Similar,
}

/// A field that speaks for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Reason {
    pub field: &'static str,
    pub why: Why,
}

/// Records that are probably the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    pub members: Vec<Uuid>,
    pub reasons: Vec<Reason>,
    /// Of its strongest pair, out of 100.
    pub score: u32,
}

/// How much speaks for two records being one, out of 100, and what. Two different values of a kind that is given
/// once in the world (another tax id) speak against it where nothing but the name speaks for it.
pub fn likeness(one: &Traits, other: &Traits) -> (u32, Vec<Reason>) {
    let mut reasons = Vec::new();
    // What the signs leave open, out of 10,000: each leaves a part of what was left.
    let mut open = 10_000;
    let left = |open: u32, weight: u32| open * (100 - weight) / 100;
    for sign in &one.strong {
        let equal = |their: &&Trait| their.key == sign.key && their.weight == sign.weight;
        if other.strong.iter().any(|their| equal(&their)) {
            open = left(open, sign.weight);
            reasons.push(Reason { field: sign.field, why: Why::Equal });
        }
    }
    let contradicts = reasons.is_empty() && other_identity(one, other);
    let name = one.names.iter().flat_map(|a| other.names.iter().map(move |b| alike(a, b)));
    let name = name.max().unwrap_or_default();
    if name >= ALIKE && !contradicts {
        let why = if name == 1_000 { Why::Equal } else { Why::Similar };
        let (places, apart) = place(one, other);
        // The name alone is not enough; with a place it is, at two places it says less.
        let weight = match (places.is_empty(), apart, why) {
            (false, false, Why::Equal) => 85,
            (false, false, Why::Similar) => 75,
            (true, false, Why::Equal) => 70,
            (_, true, Why::Equal) => 40,
            _ => 30,
        };
        open = left(open, weight);
        reasons.push(Reason { field: "name", why });
        reasons.extend(places.into_iter().map(|field| Reason { field, why: Why::Equal }));
    }
    reasons.sort_unstable();
    reasons.dedup();
    ((10_000 - open) / 100, reasons)
}

/// Whether both have a value of one field that is given once, and not the same.
fn other_identity(one: &Traits, other: &Traits) -> bool {
    one.strong.iter().any(|sign| {
        let mut theirs = other.strong.iter().filter(|their| their.field == sign.field).peekable();
        sign.weight >= 95 && theirs.peek().is_some() && theirs.all(|their| their.key != sign.key)
    })
}

/// How alike two names are, out of 1000, which only equal ones reach.
fn alike(one: &[String], other: &[String]) -> u32 {
    if one == other {
        return 1_000;
    }
    // The figures in names tell branches and years apart.
    let figures = |words: &[String]| -> Vec<String> {
        words.iter().filter(|word| word.chars().any(|c| c.is_ascii_digit())).cloned().collect()
    };
    if figures(one) != figures(other) {
        return 0;
    }
    let (one, other) = (one.join(" "), other.join(" "));
    (jaro_winkler(&one, &other) * 999.0) as u32 // float: of letters, never of money
}

/// The parts of the place that are equal, and whether the two are at different places.
fn place(one: &Traits, other: &Traits) -> (Vec<&'static str>, bool) {
    let mut equal = Vec::new();
    let mut apart = false;
    for (field, text) in &one.place {
        let Some((_, their)) = other.place.iter().find(|(name, _)| name == field) else { continue };
        match text == their {
            true => equal.push(*field),
            // A street is written in many ways.
            false => apart |= *field != "street",
        }
    }
    // A country alone is no place.
    if equal.iter().all(|field| *field == "country") {
        equal.clear();
    }
    (equal, apart)
}

/// The groups among these records, the strongest first; `distinct` are the pairs of which a person said that they
/// are two (in the order of [`super::pair`]).
pub fn find(subjects: &[Subject], distinct: &HashSet<(Uuid, Uuid)>) -> Vec<Group> {
    let subjects = &without_shared(subjects);
    let mut pairs: HashSet<(usize, usize)> = HashSet::new();
    by_values(subjects, &mut pairs);
    by_words(subjects, &mut pairs);
    by_alphabet(subjects, &mut pairs);
    let mut sets = Sets::of(subjects.len());
    let mut weighed: Vec<(usize, u32, Vec<Reason>)> = Vec::new();
    let mut pairs: Vec<_> = pairs.into_iter().collect();
    pairs.sort_unstable();
    for (a, b) in pairs {
        let (Some(one), Some(other)) = (subjects.get(a), subjects.get(b)) else { continue };
        if distinct.contains(&super::pair(one.id, other.id)) {
            continue;
        }
        let (score, reasons) = likeness(&one.traits, &other.traits);
        if score >= SHOWN {
            sets.join(a, b);
            weighed.push((a, score, reasons));
        }
    }
    let mut groups: BTreeMap<usize, Group> = BTreeMap::new();
    for (a, score, reasons) in weighed {
        let empty = || Group { members: Vec::new(), reasons: Vec::new(), score: 0 };
        let group = groups.entry(sets.root(a)).or_insert_with(empty);
        group.score = group.score.max(score);
        group.reasons.extend(reasons);
    }
    for (at, subject) in subjects.iter().enumerate() {
        if let Some(group) = groups.get_mut(&sets.root(at)) {
            group.members.push(subject.id);
        }
    }
    let mut groups: Vec<Group> = groups.into_values().collect();
    for group in &mut groups {
        group.reasons.sort_unstable();
        group.reasons.dedup();
    }
    groups.sort_by_key(|group| (std::cmp::Reverse(group.score), group.members.first().copied()));
    groups
}

/// The records without the values that too many share.
fn without_shared(subjects: &[Subject]) -> Vec<Subject> {
    let mut count: HashMap<(u32, &str), usize> = HashMap::new();
    for sign in subjects.iter().flat_map(|subject| &subject.traits.strong) {
        *count.entry((sign.weight, &sign.key)).or_default() += 1;
    }
    let mut own = subjects.to_vec();
    for subject in &mut own {
        let few = |sign: &Trait| {
            count.get(&(sign.weight, sign.key.as_str())).is_none_or(|n| *n <= SHARED)
        };
        subject.traits.strong.retain(few);
    }
    own
}

fn by_values(subjects: &[Subject], pairs: &mut HashSet<(usize, usize)>) {
    let mut holders: HashMap<(u32, &str), Vec<usize>> = HashMap::new();
    for (at, subject) in subjects.iter().enumerate() {
        for sign in &subject.traits.strong {
            let held = holders.entry((sign.weight, &sign.key)).or_default();
            if held.last() != Some(&at) {
                held.push(at);
            }
        }
    }
    holders.values().for_each(|held| all_of(held, pairs));
}

fn by_words(subjects: &[Subject], pairs: &mut HashSet<(usize, usize)>) {
    let mut holders: HashMap<&str, Vec<usize>> = HashMap::new();
    for (at, subject) in subjects.iter().enumerate() {
        for word in subject.traits.names.iter().flatten() {
            let held = holders.entry(word).or_default();
            if held.last() != Some(&at) {
                held.push(at);
            }
        }
    }
    holders.values().filter(|held| held.len() <= RARE).for_each(|held| all_of(held, pairs));
}

/// Names that begin alike, and, for those that do not, names that end alike.
fn by_alphabet(subjects: &[Subject], pairs: &mut HashSet<(usize, usize)>) {
    let mut names: Vec<(String, usize)> = Vec::new();
    for (at, subject) in subjects.iter().enumerate() {
        let place: String = subject.traits.place.iter().map(|(_, text)| text.as_str()).collect();
        names.extend(subject.traits.names.iter().map(|words| (words.concat() + "\n" + &place, at)));
    }
    for backwards in [false, true] {
        if backwards {
            for (name, _) in &mut names {
                *name = name.split('\n').next().unwrap_or_default().chars().rev().collect();
            }
        }
        names.sort_unstable();
        for (index, (_, a)) in names.iter().enumerate() {
            for (_, b) in names.iter().skip(index + 1).take(NEIGHBOURS) {
                if a != b {
                    pairs.insert((*a.min(b), *a.max(b)));
                }
            }
        }
    }
}

fn all_of(held: &[usize], pairs: &mut HashSet<(usize, usize)>) {
    for (index, a) in held.iter().enumerate() {
        pairs.extend(held.iter().skip(index + 1).map(|b| (*a.min(b), *a.max(b))));
    }
}

/// Which records hang together.
struct Sets(Vec<usize>);

impl Sets {
    fn of(count: usize) -> Self {
        Self((0..count).collect())
    }

    fn root(&mut self, mut at: usize) -> usize {
        // Every entry names an entry.
        while self.0[at] != at {
            self.0[at] = self.0[self.0[at]];
            at = self.0[at];
        }
        at
    }

    fn join(&mut self, a: usize, b: usize) {
        let (a, b) = (self.root(a), self.root(b));
        self.0[a.max(b)] = a.min(b);
    }
}

#[cfg(test)]
mod tests;
