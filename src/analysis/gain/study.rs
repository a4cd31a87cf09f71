//! The loop gain of one scenario, over replicates.

use super::eigenvector::{Change, changes};
use super::follow::{Path, Unperturbed, respond, unwatched};
use super::metric::{Index, Metric};
use super::shift::Shift;
use super::spectrum::Krylov;
use crate::analysis::ensemble::history_key;
use crate::analysis::signal_by_signal::Spread;
use crate::parallel::map_whole;
use crate::policy::{Feature, Policy};
use crate::random::replicate_seed;
use crate::scenario::Scenario;
use crate::simulation::SimulationError;
use crate::statistics::jackknife_interval;
use serde::Serialize;
use std::ops::ControlFlow;

/// How gain is measured.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Options {
    /// Rounds before the push, after the warm-up.
    pub before: u32,
    /// Rounds that the map of which the gain is taken is long: enough for reward models to forget what came before.
    pub span: u32,
    /// Rise of the index that the push makes, to first order.
    pub push: f64,
    /// Directions of the Krylov basis.
    pub directions: u32,
    /// Whether paths are frozen one by one.
    pub paths: bool,
    /// Rounds for which the history without a push is followed; 0 for no longer than the span.
    pub horizon: u32,
}

/// What is left of a push of the policy along the index, round by round, as a share.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Survival {
    /// The path that is frozen; "none", or "all".
    pub frozen: String,
    /// The share left after 1, 2, ... rounds: means over replicates with 95 % intervals.
    pub left: Vec<Spread>,
}

/// The loop gain of one scenario.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct LoopGain {
    /// Modulus of the dominant eigenvalue of the map of policy and reference over the span, per round (its root).
    pub gain: Spread,
    /// Angle of that eigenvalue, over the span, in radians: 0 without turning.
    pub angle: f64,
    /// Drift of the unperturbed policy over the span, index per round, to first order.
    pub drive: Spread,
    /// Sycophancy index where the push is given.
    pub index: f64,
    /// What is left of a push: with nothing frozen, then with each path, then with all.
    pub survival: Vec<Survival>,
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
    let length = options.span.max(options.horizon);
    let bases = map_whole(run.replicates as usize, |replicate| {
        let seed = replicate_seed(run.seed, replicate as u32);
        let rounds = u64::from(run.warm_up_rounds + options.before + length);
        let base = Unperturbed::run(&plain, seed, options.before, options.span, length);
        base.map(|base| (observe(rounds).is_continue()).then_some(base))
    });
    let bases: Result<Option<Vec<Unperturbed>>, SimulationError> = bases.into_iter().collect();
    let Some(bases) = bases? else { return Ok(None) };
    let work = Work { scenario: &plain, options, bases: &bases, observe };
    let point = Point::of(&work);
    let Some(survival) = work.survival(&point)? else { return Ok(None) };
    let Some(krylov) = work.krylov(&point)? else { return Ok(None) };
    Ok(Some(work.conclude(&point, survival, &krylov)))
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
    push: Shift,
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
        Self { push: Shift::of_policy(steepest * size), policy, contexts, metric, index }
    }
}

/// What replicates make of a push; `None` if it was stopped.
type Responses = Result<Option<Vec<Vec<Shift>>>, SimulationError>;

impl Work<'_> {
    /// By replicate: what is left of `push` after each round.
    fn respond(&self, push: &Shift, frozen: &[Path]) -> Responses {
        let found = map_whole(self.bases.len(), |replicate| {
            let left = respond(&self.bases[replicate], push, frozen, self.options.span as usize);
            left.map(|left| (self.observe)(2 * u64::from(self.options.span)).is_continue().then_some(left))
        });
        found.into_iter().collect()
    }

    fn survival(&self, point: &Point) -> Result<Option<Vec<Survival>>, SimulationError> {
        let singles = Path::ALL.iter().map(|path| (path.word(), vec![*path]));
        let more = if self.options.paths { usize::MAX } else { 0 };
        let sets = std::iter::once(("none", vec![]))
            .chain(singles.chain(std::iter::once(("all", Path::ALL.to_vec()))).take(more));
        let mut survival = Vec::new();
        for (name, frozen) in sets {
            let Some(left) = self.respond(&point.push, &frozen)? else { return Ok(None) };
            let share = |round: usize| {
                let of = |shifts: &Vec<Shift>| point.index.rise(&shifts[round].policy) / self.options.push;
                Spread::confidence_interval(&left.iter().map(of).collect::<Vec<f64>>())
            };
            let left = (0..self.options.span as usize).map(share).collect();
            survival.push(Survival { frozen: name.to_string(), left });
        }
        Ok(Some(survival))
    }

    fn krylov(&self, point: &Point) -> Result<Option<Krylov>, SimulationError> {
        // Directions are tried at the length of the push, so that noise and curvature weigh as they do there.
        let size = point.push.length(&point.metric);
        let mut stopped = false;
        let built =
            Krylov::build(&point.push, self.options.directions as usize, &point.metric, |direction| {
                let found = self.respond(&direction.scaled(size), &[])?;
                stopped |= found.is_none();
                let last = |shifts: Vec<Shift>| shifts.last().map(|shift| shift.scaled(1.0 / size));
                let images: Option<Vec<Shift>> = found.into_iter().flatten().map(last).collect();
                Ok::<_, SimulationError>(
                    images.filter(|it| !it.is_empty()).unwrap_or(vec![direction.clone()]),
                )
            })?;
        Ok((!stopped).then_some(built))
    }

    fn conclude(&self, point: &Point, survival: Vec<Survival>, krylov: &Krylov) -> LoopGain {
        let count = krylov.replicates();
        let per_round = |modulus: f64| libm::pow(modulus, 1.0 / f64::from(self.options.span));
        let all = krylov.spectrum(&vec![1.0; count]);
        let without = |out: usize| -> f64 {
            let times: Vec<f64> = (0..count).map(|it| f64::from(u8::from(it != out))).collect();
            per_round(krylov.spectrum(&times).modulus)
        };
        let left_out: Vec<f64> = if count > 1 { (0..count).map(without).collect() } else { Vec::new() };
        let gain = per_round(all.modulus);
        let (low, high) = jackknife_interval(gain, &left_out);
        let course = self.course(point);
        let span = self.options.span as usize;
        let drive = Spread {
            mean: course[span].mean / span as f64,
            low: course[span].low / span as f64,
            high: course[span].high / span as f64,
        };
        LoopGain {
            gain: Spread { mean: gain, low, high },
            angle: all.angle,
            drive,
            index: point.index.value,
            survival,
            direction: self.direction(point, &krylov.shift(&all.vector)),
            course,
        }
    }

    /// Where the unperturbed policy goes, over replicates.
    fn course(&self, point: &Point) -> Vec<Spread> {
        let drifts: Vec<Vec<Shift>> = self.bases.iter().map(Unperturbed::drift).collect();
        let at = |round: usize| {
            let rise = |drift: &Vec<Shift>| point.index.rise(&drift[round].policy);
            Spread::confidence_interval(&drifts.iter().map(rise).collect::<Vec<f64>>())
        };
        let start = Spread { mean: 0.0, low: 0.0, high: 0.0 };
        std::iter::once(start).chain((0..drifts[0].len()).map(at)).collect()
    }

    /// The dominant direction in words: signed so that it raises the index.
    fn direction(&self, point: &Point, vector: &Shift) -> Vec<Change> {
        let settings = self.scenario.settings_in(self.options.before + 1);
        let features = Feature::list(settings);
        let behaviours: Vec<String> = settings.behaviours.keys().cloned().collect();
        let sign = if point.index.rise(&vector.policy) < 0.0 { -1.0 } else { 1.0 };
        changes(&point.policy, &(&vector.policy * sign), &point.contexts, &features, &behaviours)
    }
}
