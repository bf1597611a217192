//! One measured figure with the limit it is held against and the goal it should meet. It measures nothing.

use std::time::Duration;

use serde::{Serialize, Serializer};

/// What a figure should reach.
#[derive(Clone, Copy, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Goal {
    /// At least this share of the limit.
    Share(f64),
    /// At most this much, in the figure's unit.
    Most(f64),
    /// It only tells.
    None,
}

#[derive(Clone, Debug, Serialize)]
pub struct Limit {
    pub name: String,
    /// In the figure's unit.
    pub value: f64,
}

#[derive(Clone, Debug, Serialize)]
pub struct Figure {
    pub work: &'static str,
    pub what: String,
    pub value: f64,
    pub unit: &'static str,
    pub limit: Option<Limit>,
    pub goal: Goal,
    /// What others were measured to do on the same work, on machines of the same size.
    pub peers: &'static str,
    /// The value by the limit; by the goal where there is no limit.
    pub ratio: Option<f64>,
    pub met: Option<bool>,
    /// Each repetition's value.
    #[serde(serialize_with = "rounded")]
    pub samples: Vec<f64>,
}

fn rounded<S: Serializer>(samples: &[f64], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(samples.iter().map(|sample| (sample * 1e4).round() / 1e4))
}

#[derive(Debug, Default)]
pub struct Figures(pub Vec<Figure>);

impl Figures {
    pub fn add(
        &mut self,
        work: &'static str,
        what: impl Into<String>,
        (value, unit): (f64, &'static str),
        limit: Option<(&str, f64)>,
        goal: Goal,
    ) -> &mut Figure {
        let (ratio, met) = match (goal, limit) {
            (Goal::Share(share), Some((_, limit))) => {
                (Some(value / limit), Some(value / limit >= share))
            }
            (Goal::Most(most), _) => (Some(value / most), Some(value <= most)),
            (_, Some((_, limit))) => (Some(value / limit), None),
            (_, None) => (None, None),
        };
        let limit = limit.map(|(name, value)| Limit { name: name.to_owned(), value });
        let what = what.into();
        let at = self.0.len();
        self.0.push(Figure {
            work,
            what,
            value,
            unit,
            limit,
            goal,
            peers: "",
            ratio,
            met,
            samples: Vec::new(),
        });
        let figure = &mut self.0[at]; // it was pushed in the line above
        eprintln!("   {} {}: {}", figure.work, figure.what, figure.reads());
        figure
    }
}

impl Figure {
    pub fn of(&mut self, samples: &[f64]) -> &mut Self {
        self.samples = samples.to_vec();
        self
    }

    pub fn peers(&mut self, peers: &'static str) {
        self.peers = peers;
    }

    pub fn reads(&self) -> String {
        format!("{} {}", number(self.value), self.unit)
    }

    pub fn ratio_reads(&self) -> String {
        match (self.ratio, &self.limit) {
            (Some(ratio), Some(_)) => format!("{} of {}", number(ratio), self.limit_name()),
            (Some(ratio), None) => format!("{} × goal", number(ratio)),
            (None, _) => String::new(),
        }
    }

    fn limit_name(&self) -> &str {
        self.limit.as_ref().map_or("", |limit| limit.name.as_str())
    }

    pub fn goal_reads(&self) -> String {
        match self.goal {
            Goal::Share(share) => format!("≥ {share} {}", self.limit_name()),
            Goal::Most(most) => format!("≤ {} {}", number(most), self.unit),
            Goal::None => String::new(),
        }
    }

    pub fn met_reads(&self) -> &'static str {
        match self.met {
            Some(true) => "met",
            Some(false) => "missed",
            None => "",
        }
    }
}

/// Three digits that matter; whole numbers in groups.
pub fn number(value: f64) -> String {
    match value.abs() {
        0.0 => "0".to_owned(),
        size if size < 1.0 => format!("{value:.3}"),
        size if size < 10.0 => format!("{value:.2}"),
        size if size < 100.0 => format!("{value:.1}"),
        size if size < 10_000.0 => format!("{value:.0}"),
        _ => grouped(value),
    }
}

fn grouped(value: f64) -> String {
    let digits = format!("{value:.0}");
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index) % 3 == 0 {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

pub fn best(samples: &[f64]) -> f64 {
    samples.iter().copied().fold(f64::NEG_INFINITY, f64::max)
}

pub fn least(samples: &[f64]) -> f64 {
    samples.iter().copied().fold(f64::INFINITY, f64::min)
}

/// The value below which this share of the samples lies.
pub fn percentile(samples: &[f64], share: f64) -> f64 {
    let mut sorted = samples.to_vec();
    sorted.sort_by(f64::total_cmp);
    let last = sorted.len().saturating_sub(1);
    let at = (share * sorted.len() as f64).ceil() as usize;
    sorted.get(at.saturating_sub(1).min(last)).copied().unwrap_or(f64::NAN)
}

pub fn median(samples: &[f64]) -> f64 {
    percentile(samples, 0.5)
}

pub fn millis(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}

/// How many a second.
pub fn rate(count: u32, time: Duration) -> f64 {
    f64::from(count) / time.as_secs_f64()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_percentile_is_one_of_the_samples() {
        let samples: Vec<f64> = (1..=100).map(f64::from).collect();
        assert_eq!((median(&samples), percentile(&samples, 0.99)), (50.0, 99.0));
        assert_eq!((median(&[3.0]), percentile(&[3.0], 0.99)), (3.0, 3.0));
        assert_eq!((best(&samples), least(&samples)), (100.0, 1.0));
    }

    #[test]
    fn a_goal_is_met_on_its_own_side_of_the_limit() {
        let mut figures = Figures::default();
        let slow = figures.add("A", "rows", (40.0, "/s"), Some(("L1", 100.0)), Goal::Share(0.5));
        assert_eq!((slow.ratio, slow.met), (Some(0.4), Some(false)));
        let short = figures.add("C", "pull", (6.0, "ms"), None, Goal::Most(12.0));
        assert_eq!((short.ratio, short.met), (Some(0.5), Some(true)));
        let told = figures.add("B", "creations", (6.0, "/s"), None, Goal::None);
        assert_eq!((told.ratio, told.met), (None, None));
    }

    #[test]
    fn numbers_are_written_short() {
        assert_eq!(number(0.1234), "0.123");
        assert_eq!(number(12.34), "12.3");
        assert_eq!(number(1_234_567.8), "1,234,568");
        assert_eq!(number(9_999.0), "9999");
    }
}
