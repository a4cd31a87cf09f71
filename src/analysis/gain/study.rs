//! The loop gain of one scenario, over replicates.

use super::eigenvector::{Change, changes};
use super::follow::{Path, Push, Unperturbed, respond, unwatched};
use super::metric::{Index, Metric};
use super::spectrum::Krylov;
use crate::analysis::ensemble::history_key;
use crate::analysis::signal_by_signal::Spread;
use crate::parallel::map_whole;
use crate::policy::{Feature, Policy};
use crate::random::replicate_seed;
use crate::scenario::Scenario;
use crate::simulation::SimulationError;
use crate::statistics::jackknife_interval;
use nalgebra::DMatrix;
use serde::Serialize;
use std::ops::ControlFlow;

/// How gain is measured.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Options {
    /// Rounds before the push, after the warm-up.
    pub before: u32,
    /// Rounds for which a push is held: enough for everything that remembers policies to have seen it.
    pub hold: u32,
    /// Rounds that a push is followed after it is let go.
    pub span: u32,
    /// Rise of the index that the push makes, to first order.
    pub push: f64,
    /// Directions of the Krylov basis.
    pub directions: u32,
    /// Whether paths are frozen, one by one.
    pub paths: bool,
    /// Rounds for which the history without a push is followed; 0 for no longer than the span.
    pub horizon: u32,
}

/// The loop with one path frozen, or none.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Loop {
    /// The path that is frozen; "none".
    pub frozen: String,
    /// Modulus of the dominant eigenvalue of the map from a push that was held to what is left of it after the span, per round
    /// (its root).
    pub gain: Spread,
    /// The share of a push along the index that is left after 1, 2, ... rounds: means over replicates, 95 % intervals.
    pub left: Vec<Spread>,
}

/// The loop gain of one scenario.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct LoopGain {
    /// With no path frozen, then with each, if asked for.
    pub loops: Vec<Loop>,
    /// Angle of the dominant eigenvalue with no path frozen, over the span, in radians: 0 without turning.
    pub angle: f64,
    /// Drift of the unperturbed policy over the span, index per round, to first order.
    pub drive: Spread,
    /// Sycophancy index where the push is given.
    pub index: f64,
    /// What the dominant direction does to behaviours.
    pub direction: Vec<Change>,
    /// Where the unperturbed policy goes, from the start on, in index to first order.
    pub course: Vec<Spread>,
}

/// SHA-256 of everything that a loop gain depends on.
pub fn loop_gain_key(scenario: &Scenario, options: &Options) -> String {
    let run = &scenario.settings_in(0).run;
    let history = history_key(&unwatched(scenario), run.seed);
    let json = serde_json::to_string(options).expect("options are numbers");
    crate::analysis::ensemble::key_of(&["gain", &history, &json, &run.replicates.to_string()])
}

/// Measures the gain. `observe` is told the rounds just simulated, from any thread, and may stop it: then there is no result.
///
/// # Errors
/// If a number stops being finite.
pub fn loop_gain(
    scenario: &Scenario,
    options: Options,
    observe: &(dyn Fn(u64) -> ControlFlow<()> + Sync),
) -> Result<Option<LoopGain>, SimulationError> {
    let plain = unwatched(scenario);
    let run = &plain.settings_in(0).run;
    let followed = options.hold + options.span;
    let length = followed.max(options.horizon);
    let bases = map_whole(run.replicates as usize, |replicate| {
        if observe(0).is_break() {
            return Ok(None);
        }
        let seed = replicate_seed(run.seed, replicate as u32);
        let rounds = u64::from(run.warm_up_rounds + options.before + length);
        let base = Unperturbed::run(&plain, seed, options.before, followed, length);
        base.map(|base| (observe(rounds).is_continue()).then_some(base))
    });
    let bases: Result<Option<Vec<Unperturbed>>, SimulationError> = bases.into_iter().collect();
    let Some(bases) = bases? else { return Ok(None) };
    let work = Work { scenario: &plain, options, bases: &bases, observe };
    let point = Point::of(&work);
    let Some((krylov, whole)) = work.krylov(&point)? else { return Ok(None) };
    let mut loops = vec![work.in_numbers("none", &krylov, &whole, &point)];
    for path in Path::ALL.iter().filter(|_| options.paths) {
        let Some(found) = work.frozen(*path, &krylov, &point)? else { return Ok(None) };
        loops.push(found);
    }
    Ok(Some(work.conclude(&point, loops, &krylov)))
}

impl LoopGain {
    /// The gain per round, with no path frozen.
    pub fn gain(&self) -> &Spread {
        &self.loops[0].gain
    }
}

struct Work<'a> {
    scenario: &'a Scenario,
    options: Options,
    bases: &'a [Unperturbed],
    observe: &'a (dyn Fn(u64) -> ControlFlow<()> + Sync),
}

/// The mean policy over replicates, around which shifts are read.
struct Point {
    policy: Policy,
    contexts: Vec<Vec<f64>>,
    metric: Metric,
    index: Index,
    /// The push: along the index, of the size asked for.
    push: DMatrix<f64>,
}

impl Point {
    fn of(work: &Work<'_>) -> Self {
        let settings = work.scenario.settings_in(work.options.before + 1);
        let features = Feature::list(settings);
        let mut policy = work.bases[0].start.service.deployed.clone();
        policy.weights.fill(0.0);
        for base in work.bases {
            policy.weights += &base.start.service.deployed.weights / work.bases.len() as f64;
        }
        let contexts: Vec<Vec<f64>> =
            work.bases.iter().flat_map(|base| base.contexts.iter().cloned()).take(256).collect();
        let metric = Metric::new(&policy, &contexts);
        let index = Index::around(
            &policy,
            &contexts[..contexts.len().min(64)],
            &features,
            settings,
            settings.run.seed,
        );
        let steepest = metric.raise(&index.gradient);
        let size = work.options.push / index.rise(&steepest);
        Self { push: steepest * size, policy, contexts, metric, index }
    }
}

/// What became of a push: `[replicate][round]`.
type Replies = Vec<Vec<DMatrix<f64>>>;
/// The same; `None` if it was stopped.
type Responses = Result<Option<Replies>, SimulationError>;

/// What is left at the end of the span, by replicate.
fn at_the_end(found: &Replies) -> Vec<DMatrix<f64>> {
    found.iter().filter_map(|rounds| rounds.last().cloned()).collect()
}

impl Work<'_> {
    /// Pushes along a direction of the basis, of the length of the push, so that noise and curvature weigh as they do there.
    fn images(&self, direction: &DMatrix<f64>, frozen: &[Path], point: &Point) -> Responses {
        let Options { hold, span, .. } = self.options;
        let size = point.metric.length(&point.push);
        let shift = direction * size;
        let found = map_whole(self.bases.len(), |replicate| {
            if (self.observe)(0).is_break() {
                return Ok(None);
            }
            let left = respond(&self.bases[replicate], Push { shift: &shift, hold, span, frozen })?;
            let left = left.into_iter().map(|left| left / size).collect();
            Ok((self.observe)(2 * u64::from(hold + span)).is_continue().then_some(left))
        });
        found.into_iter().collect()
    }

    /// The map in its Krylov basis, and what became of the push round by round; `None` if it was stopped.
    fn krylov(&self, point: &Point) -> Result<Option<(Krylov, Replies)>, SimulationError> {
        let (mut first, mut stopped) = (None, false);
        let built =
            Krylov::build(&point.push, self.options.directions as usize, &point.metric, |direction| {
                let Some(found) = self.images(direction, &[], point)? else {
                    stopped = true;
                    return Ok(vec![direction.clone()]);
                };
                let last = at_the_end(&found);
                first.get_or_insert(found);
                Ok::<_, SimulationError>(last)
            })?;
        Ok(first.filter(|_| !stopped).map(|first| (built, first)))
    }

    /// The loop with one path frozen, in the basis of the whole one; `None` if it was stopped.
    fn frozen(&self, path: Path, whole: &Krylov, point: &Point) -> Result<Option<Loop>, SimulationError> {
        let (mut first, mut images) = (None, Vec::new());
        for direction in &whole.basis {
            let Some(found) = self.images(direction, &[path], point)? else { return Ok(None) };
            images.push(at_the_end(&found));
            first.get_or_insert(found);
        }
        let map = whole.of_images(&images, &point.metric);
        Ok(first.map(|first| self.in_numbers(path.word(), &map, &first, point)))
    }

    /// Gain and survival; `first` is what became of the first direction, which is that of the push.
    fn in_numbers(&self, frozen: &str, map: &Krylov, first: &Replies, point: &Point) -> Loop {
        let count = map.replicates();
        let per_round =
            |times: &[f64]| libm::pow(map.spectrum(times).modulus, 1.0 / f64::from(self.options.span));
        let without =
            |out: usize| -> Vec<f64> { (0..count).map(|it| f64::from(u8::from(it != out))).collect() };
        let left_out: Vec<f64> =
            (0..if count > 1 { count } else { 0 }).map(|out| per_round(&without(out))).collect();
        let gain = per_round(&vec![1.0; count]);
        let (low, high) = jackknife_interval(gain, &left_out);
        let pushed = point.index.rise(&map.basis[0]);
        let left = |round: usize| {
            let share = |left: &Vec<DMatrix<f64>>| point.index.rise(&left[round]) / pushed;
            Spread::confidence_interval(&first.iter().map(share).collect::<Vec<f64>>())
        };
        let left = (0..self.options.span as usize).map(left).collect();
        // A modulus is never negative.
        let gain = Spread { mean: gain, low: low.max(0.0), high };
        Loop { frozen: frozen.to_string(), gain, left }
    }

    fn conclude(&self, point: &Point, loops: Vec<Loop>, krylov: &Krylov) -> LoopGain {
        let all = krylov.spectrum(&vec![1.0; krylov.replicates()]);
        let course = self.course(point);
        let rounds = self.options.span as usize;
        let per_round = |end: f64| end / rounds as f64;
        let Spread { mean, low, high } = &course[rounds];
        LoopGain {
            loops,
            angle: all.angle,
            drive: Spread { mean: per_round(*mean), low: per_round(*low), high: per_round(*high) },
            index: point.index.value,
            direction: self.direction(point, &krylov.shift(&all.vector)),
            course,
        }
    }

    /// Where the unperturbed policy goes, over replicates.
    fn course(&self, point: &Point) -> Vec<Spread> {
        let drifts: Vec<Vec<DMatrix<f64>>> = self.bases.iter().map(Unperturbed::drift).collect();
        let at = |round: usize| {
            let rise = |drift: &Vec<DMatrix<f64>>| point.index.rise(&drift[round]);
            Spread::confidence_interval(&drifts.iter().map(rise).collect::<Vec<f64>>())
        };
        let start = Spread { mean: 0.0, low: 0.0, high: 0.0 };
        std::iter::once(start).chain((0..drifts[0].len()).map(at)).collect()
    }

    /// The dominant direction in words: signed so that it raises the index.
    fn direction(&self, point: &Point, vector: &DMatrix<f64>) -> Vec<Change> {
        let settings = self.scenario.settings_in(self.options.before + 1);
        let features = Feature::list(settings);
        let behaviours: Vec<String> = settings.behaviours.keys().cloned().collect();
        let sign = if point.index.rise(vector) < 0.0 { -1.0 } else { 1.0 };
        changes(&point.policy, &(vector * sign), &point.contexts, &features, &behaviours)
    }
}
