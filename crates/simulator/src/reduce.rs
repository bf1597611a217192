//! From a world that fails to a small one: steps are left out for as long as it still fails.

use std::fmt;
use std::str::FromStr;

/// The numbers of the steps that are left, in their order. `fails` runs a world of only these steps; it is asked at
/// most `runs` times.
pub fn reduce(steps: &[usize], runs: usize, mut fails: impl FnMut(&[usize]) -> bool) -> Vec<usize> {
    let mut left = steps.to_vec();
    let mut runs = runs;
    // What came after the failure was never run; then pieces, smaller and smaller.
    let mut piece = left.len().div_ceil(2);
    while piece > 0 {
        let mut from = left.len();
        let mut changed = false;
        while from > 0 {
            let start = from.saturating_sub(piece);
            let without: Vec<usize> = left[..start].iter().chain(&left[from..]).copied().collect();
            if runs == 0 {
                return left;
            }
            runs -= 1;
            if fails(&without) {
                left = without;
                changed = true;
            }
            from = start;
        }
        piece = if changed && piece == 1 { 1 } else { piece / 2 };
    }
    left
}

/// Numbers of steps as a command line has them: `3,17,40-44`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StepList(pub Vec<usize>);

impl fmt::Display for StepList {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let mut runs: Vec<(usize, usize)> = Vec::new();
        for number in &self.0 {
            match runs.last_mut() {
                Some((_, last)) if *last + 1 == *number => *last = *number,
                _ => runs.push((*number, *number)),
            }
        }
        let texts = runs.iter().map(|(first, last)| match first == last {
            true => first.to_string(),
            false => format!("{first}-{last}"),
        });
        f.write_str(&texts.collect::<Vec<_>>().join(","))
    }
}

/// A text that lists no steps.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no number of a step and no range of them; write 3,17,40-44")]
pub struct NoSteps(String);

impl FromStr for StepList {
    type Err = NoSteps;

    fn from_str(text: &str) -> Result<Self, NoSteps> {
        let mut numbers = Vec::new();
        for part in text.split(',').filter(|part| !part.is_empty()) {
            let (first, last) = part.split_once('-').unwrap_or((part, part));
            let number = |text: &str| text.parse::<usize>().map_err(|_| NoSteps(part.to_owned()));
            numbers.extend(number(first)?..=number(last)?);
        }
        Ok(Self(numbers))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_steps_that_it_takes_are_left() {
        let all: Vec<usize> = (0..400).collect();
        let fails = |steps: &[usize]| [7, 8, 311].iter().all(|step| steps.contains(step));
        assert_eq!(reduce(&all, 1_000, fails), [7, 8, 311]);
        assert_eq!(reduce(&all, 1_000, |_| true), Vec::<usize>::new());
        let early = reduce(&all, 12, fails).len();
        assert!((4..400).contains(&early), "what was reached when the runs are used up");
    }

    #[test]
    fn steps_are_written_and_read_alike() {
        let steps = StepList(vec![3, 17, 40, 41, 42]);
        assert_eq!(steps.to_string(), "3,17,40-42");
        assert_eq!("3,17,40-42".parse(), Ok(steps));
        assert_eq!("".parse(), Ok(StepList(Vec::new())));
        assert!("3,x".parse::<StepList>().is_err());
    }
}
