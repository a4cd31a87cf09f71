//! What figures draw from: series of a run by variant, in words and strokes.

use super::chart::{Line, Mark};
use super::palette;
use crate::measure::table::Table;
use crate::output::results::Results;
use crate::output::rounds::{BASELINE, JOINT, band_meaning, series, variants};
use crate::output::summary::{MeasureSummary, Summary};
use crate::output::words::{interval, level, measure_name, spaced, variant_name};

/// The numbers behind a figure, as text.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DataTable {
    /// Column titles; the first column names the rows.
    pub header: Vec<String>,
    /// Rows.
    pub rows: Vec<Vec<String>>,
}

/// Results with their summary, as figures ask for them.
#[derive(Clone, Copy)]
pub struct Evidence<'a> {
    pub results: &'a Results<'a>,
    pub summary: &'a Summary,
}

impl<'a> Evidence<'a> {
    pub fn new(results: &'a Results<'a>, summary: &'a Summary) -> Self {
        Self { results, summary }
    }

    pub fn rounds(&self) -> &'a Table {
        &self.results.tables.rounds
    }

    /// The variant that the story is about.
    pub fn main(&self) -> &'a str {
        &self.summary.main_variant
    }

    /// A measure of the main variant.
    pub fn measure(&self, name: &str) -> Option<&'a MeasureSummary> {
        self.summary.main()?.measure(name)
    }

    /// One line per variant, the joint one last.
    pub fn by_variant(&self, measure: &str) -> Vec<Line> {
        let names = variants(self.rounds());
        let lone = names.len() == 1;
        let mut singles = 0;
        let lines = names.iter().map(|name| {
            let stroke = if lone { palette::strong() } else { palette::variant(name, singles) };
            singles += usize::from(name != BASELINE && name != JOINT);
            let label = if lone { "this run".to_string() } else { variant_name(name) };
            Line { label, points: series(self.rounds(), &[("variant", name)], measure), stroke }
        });
        lines.filter(|line| !line.points.is_empty()).collect()
    }

    /// The baseline, where there is one, and the main variant.
    pub fn against_baseline(&self, measure: &str) -> Vec<Line> {
        let names: Vec<String> = variants(self.rounds());
        let kept = names.into_iter().filter(|name| name == BASELINE || name == self.main());
        let lines = kept.map(|name| Line {
            label: self.short_name(&name),
            points: series(self.rounds(), &[("variant", &name)], measure),
            stroke: if name == self.main() { palette::strong() } else { palette::variant(&name, 0) },
        });
        lines.filter(|line| !line.points.is_empty()).collect()
    }

    fn short_name(&self, variant: &str) -> String {
        match variant {
            BASELINE => "none".to_string(),
            JOINT => "all".to_string(),
            other => spaced(other),
        }
    }

    /// A line of the main variant.
    pub fn line(&self, measure: &str, index: usize) -> Line {
        Line {
            label: measure_name(measure),
            points: series(self.rounds(), &[("variant", self.main())], measure),
            stroke: palette::series(index),
        }
    }

    /// When factors come on after the first round.
    pub fn factor_marks(&self) -> Vec<Mark> {
        let scenario = self.results.scenario;
        let mut marks: Vec<Mark> = Vec::new();
        let active = scenario.factors.iter().filter(|(name, _)| scenario.active_factors.contains(name));
        for (name, factor) in active.filter(|(_, factor)| factor.from_round > 1) {
            let round = i64::from(factor.from_round);
            match marks.iter_mut().find(|mark| mark.round == round) {
                Some(mark) => mark.label = format!("{}, {}", mark.label, spaced(name)),
                None => marks.push(Mark { round, label: spaced(name), held: false }),
            }
        }
        marks
    }

    /// What launch review decided in the first replicate.
    pub fn launch_marks(&self) -> Vec<Mark> {
        let review = &self.results.tables.review;
        let (Some(variants), Some(verdicts)) = (review.words("variant"), review.words("verdict")) else {
            return Vec::new();
        };
        let rounds = review.numbers("round").unwrap_or_default();
        let replicates = review.numbers("replicate").unwrap_or_else(|| vec![0.0; rounds.len()]);
        let first = replicates.iter().copied().fold(f64::INFINITY, f64::min);
        (0..rounds.len())
            .filter(|&row| variants[row] == self.main() && replicates[row] == first)
            .map(|row| Mark {
                round: rounds[row] as i64,
                label: String::new(),
                held: !verdicts[row].contains("launch"),
            })
            .collect()
    }

    /// What bands mean in this run.
    pub fn bands(&self) -> String {
        band_meaning(self.summary.replicates)
    }

    /// "flattery rose from 0.15 to 0.43".
    pub fn moved(&self, measure: &str, name: &str) -> Option<String> {
        let summary = self.measure(measure)?;
        let (first, last) = (level(measure, summary.first.mean), level(measure, summary.last.mean));
        if first == "n/a" || last == "n/a" {
            return None;
        }
        Some(match () {
            () if first == last => format!("{name} stayed near {last}"),
            () if !summary.change.has_clear_sign() => {
                format!("{name} shows no clear trend ({first} to {last})")
            }
            () if summary.change.mean > 0.0 => format!("{name} rose from {first} to {last}"),
            () => format!("{name} fell from {first} to {last}"),
        })
    }
}

/// The numbers of several lines, one row per round: `(column of the rounds table, title, line)`.
pub fn table_of(columns: &[(&str, String, &Line)]) -> DataTable {
    let mut rounds: Vec<i64> =
        columns.iter().flat_map(|(_, _, line)| &line.points).map(|point| point.round).collect();
    rounds.sort_unstable();
    rounds.dedup();
    let titles = columns.iter().map(|(_, title, _)| title.clone());
    let rows = rounds.into_iter().map(|round| {
        let cells = columns.iter().map(|(measure, _, line)| cell(measure, line, round));
        std::iter::once(round.to_string()).chain(cells).collect()
    });
    DataTable { header: std::iter::once("Round".to_string()).chain(titles).collect(), rows: rows.collect() }
}

fn cell(measure: &str, line: &Line, round: i64) -> String {
    let point = line.points.iter().find(|point| point.round == round);
    point.map_or(String::new(), |point| {
        format!("{} {}", level(measure, point.spread.mean), interval(measure, &point.spread))
            .trim_end()
            .to_string()
    })
}

/// First letter in upper case, a full stop at the end.
pub fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or(String::new(), |first| first.to_uppercase().chain(letters).chain(['.']).collect())
}
