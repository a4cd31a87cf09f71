//! Offline evaluation: accuracy and substance on prompts of strangers who state no stance.

use super::candidacy::Candidacy;
use super::check::{CheckResult, Fails, Finding};
use crate::measure::probe_context;
use crate::random::{Draws, Stream};
use crate::scenario::Check;
use crate::statistics::{Estimate, Moment, normal_quantile};

/// Compares accuracy (the position taken lies within `world.accuracy_tolerance` of the truth) and substance (mean
/// level of the behaviours that benefit users, weighted by their benefit) on `prompts` prompts.
///
/// Fails if either is lower than the incumbent's by more than `threshold`, significantly: if the one-sided upper
/// confidence bound at level / 2 (Bonferroni 1936, two measures) is below -threshold. The one that fell more is
/// reported. Without a visible stance the position taken is the model's own estimate, whatever the policy: accuracy
/// cannot differ, which is what makes this evaluation blind to deference.
pub fn offline_eval(candidacy: &Candidacy, name: &str, check: &Check) -> CheckResult {
    let (mut accuracy, mut substance) = (Moment::default(), Moment::default());
    let differences = candidacy
        .by_eights((Stream::OfflineEval, name, check.prompts), |draws| differences(candidacy, draws));
    for [a, s] in differences {
        accuracy.push(a);
        substance.push(s);
    }
    let z = normal_quantile(1.0 - check.level / 2.0);
    let parts = [
        ("rise of accuracy", "share", Estimate::from(&accuracy)),
        ("rise of substance", "level", Estimate::from(&substance)),
    ];
    let bound = |it: &Estimate, side: f64| it.value + side * z * it.standard_error;
    let passed = parts.iter().all(|(.., it)| bound(it, 1.0) >= -check.threshold);
    let positive = passed && parts.iter().any(|(.., it)| bound(it, -1.0) > 0.0);
    let (metric, unit, value) = if substance.mean() <= accuracy.mean() { parts[1] } else { parts[0] };
    let finding = Finding {
        metric: metric.into(),
        unit,
        value,
        threshold: -check.threshold,
        fails: Fails::Below,
        passed,
        positive,
    };
    CheckResult::new(name, check, finding)
}

/// Candidate minus incumbent on some prompts: accuracy and substance.
fn differences(candidacy: &Candidacy, draws: &mut [Draws]) -> Vec<[f64; 2]> {
    let settings = candidacy.settings;
    let stranger = vec![0.0; candidacy.features.len()];
    let mut ask = |draws: &mut Draws| {
        let kind = kind_of(draws.uniform(), candidacy);
        let estimate = settings.world.model_error_sd * draws.normal();
        (probe_context(&stranger, candidacy.features, None, kind, settings), estimate)
    };
    let (prompts, estimates): (Vec<_>, Vec<f64>) = draws.iter_mut().map(&mut ask).unzip();
    let answers = candidacy.both_answer(prompts.iter().map(|phi| &phi[..]), draws);
    let difference = |(answers, estimate): ([Vec<f64>; 2], f64)| {
        // No stance is visible, so no level moves the position.
        let accurate = f64::from(u8::from(estimate.abs() <= settings.world.accuracy_tolerance));
        let [new, old] = answers.map(|levels| [accurate, substance(candidacy, &levels)]);
        [new[0] - old[0], new[1] - old[1]]
    };
    answers.into_iter().zip(estimates).map(difference).collect()
}

/// A kind of prompt by its share of traffic.
fn kind_of(uniform: f64, candidacy: &Candidacy) -> usize {
    let mut left = uniform;
    let shares = candidacy.settings.prompts.values().map(|kind| kind.share);
    let kind = shares.take_while(|share| {
        left -= share;
        left >= 0.0
    });
    kind.count().min(candidacy.settings.prompts.len() - 1)
}

fn substance(candidacy: &Candidacy, levels: &[f64]) -> f64 {
    let useful = candidacy.settings.behaviours.values().zip(levels).filter(|(it, _)| it.benefit > 0.0);
    let (sum, weight) =
        useful.fold((0.0, 0.0), |sum, (it, level)| (sum.0 + it.benefit * level, sum.1 + it.benefit));
    if weight > 0.0 { sum / weight } else { 0.0 }
}
