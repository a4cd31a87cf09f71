//! Side-by-side preference: users are shown both answers to their own prompt and choose.

use super::candidacy::Candidacy;
use super::check::{CheckResult, Fails, Finding};
use crate::feedback::{ApprovalModel, Interaction, logistic};
use crate::random::{Draws, Stream};
use crate::scenario::{Check, Requires};
use crate::statistics::{Estimate, normal_quantile, share};

/// The share of users who prefer the candidate's answer, less one half.
///
/// Each of `prompts` logged conversations, drawn with replacement, is answered by both policies as it was asked, memory
/// included; its user prefers the candidate with probability logistic(k_up (U_candidate - U_incumbent)) (Bradley and Terry
/// 1952). With two equal policies the share is one half. `no_harm` fails if it is significantly below one half,
/// less `threshold`; `improvement` unless it is significantly above one half, plus `threshold`.
pub fn side_by_side(candidacy: &Candidacy, name: &str, check: &Check) -> CheckResult {
    let approval = candidacy.approval();
    let prompts = if candidacy.rows.is_empty() { 0 } else { check.prompts };
    let preferred = candidacy
        .by_eights((Stream::SideBySide, name, prompts), |draws| choices(candidacy, &approval, draws));
    let preference = share(preferred.map(u64::from).sum(), f64::from(prompts));
    let value = Estimate { value: preference.value - 0.5, ..preference };
    CheckResult::new(name, check, finding(check, value))
}

/// Whether the candidate's answer is preferred, for some of the conversations.
fn choices(candidacy: &Candidacy, approval: &ApprovalModel, draws: &mut [Draws]) -> Vec<bool> {
    let rows: Vec<&Interaction> = draws.iter_mut().filter_map(|draws| candidacy.any_row(draws)).collect();
    let answers = candidacy.both_answer(rows.iter().map(|row| &row.phi[..]), draws);
    let choice = |((answers, row), draws): (([Vec<f64>; 2], &&Interaction), &mut Draws)| {
        let [new, old] = answers.map(|levels| approval.approval(&row.judge, &row.situation, &levels));
        draws.uniform() < logistic(approval.sharpness * (new - old))
    };
    answers.into_iter().zip(&rows).zip(draws).map(choice).collect()
}

fn finding(check: &Check, value: Estimate) -> Finding {
    let margin = normal_quantile(1.0 - check.level) * value.standard_error;
    let (passed, threshold) = match check.requires {
        Requires::NoHarm => (value.value + margin >= -check.threshold, -check.threshold),
        Requires::Improvement => (value.value - margin > check.threshold, check.threshold),
    };
    Finding {
        metric: "preference for the candidate above one half".into(),
        unit: "share of users asked",
        value,
        threshold,
        fails: Fails::Below,
        passed,
        positive: value.value - margin > 0.0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verdict(requires: Requires, value: f64) -> (bool, bool) {
        let check = Check { requires, level: 0.05, ..Check::default() };
        let finding = finding(&check, Estimate { value, standard_error: 0.01 });
        (finding.passed, finding.positive)
    }

    // 1.645 standard errors of 0.01 either way.
    #[test]
    fn only_a_significant_preference_counts() {
        assert_eq!(verdict(Requires::NoHarm, -0.016), (true, false));
        assert_eq!(verdict(Requires::NoHarm, -0.017), (false, false));
        assert_eq!(verdict(Requires::Improvement, 0.016), (false, false));
        assert_eq!(verdict(Requires::Improvement, 0.017), (true, true));
        assert_eq!(verdict(Requires::NoHarm, f64::NAN), (false, false));
    }
}
