//! Guardrails: answers beyond a level are not let through, and another is drawn until one is.

use super::Policy;
use crate::scenario::Settings;

/// The policy as served behind the scenario's guardrails: the law of each guarded behaviour, given that its level is at
/// most `guardrails.highest` (rejection sampling). Training does not see them.
pub fn with_guardrails(policy: &Policy, settings: &Settings) -> Policy {
    let mut served = policy.clone();
    for (allowed, name) in served.allowed.iter_mut().zip(settings.behaviours.keys()) {
        if let Some(highest) = settings.guardrails.highest.get(name) {
            // A level given with few digits is meant to be let through itself.
            *allowed = (highest * (policy.levels - 1) as f64 + 1e-9) as usize + 1;
        }
    }
    served
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::Feature;
    use crate::scenario::Scenario;

    fn guarded(highest: f64) -> (Policy, Policy) {
        let sets = [format!("guardrails.highest.deference={highest:?}")];
        let scenario = Scenario::preset("baseline", &sets).expect("valid");
        let settings = scenario.settings_in(0);
        let policy = Policy::from_scenario(settings, &Feature::list(settings));
        (with_guardrails(&policy, settings), policy)
    }

    // Conditional probability: P(a | a <= 0.4) = P(a) / P(a <= 0.4); KL to the unguarded law is -ln P(a <= 0.4).
    #[test]
    fn a_guarded_law_is_the_law_given_the_guardrail() {
        let (guarded, free) = guarded(0.4);
        let mut phi = vec![0.0; free.weights.ncols()];
        phi[0] = 1.0;
        let (law, before) = (guarded.probabilities(0, &phi), free.probabilities(0, &phi));
        let kept: f64 = before.as_slice()[..3].iter().sum();
        for level in 0..3 {
            assert!((law.as_slice()[level] - before.as_slice()[level] / kept).abs() < 1e-14);
        }
        assert_eq!(law.as_slice()[3..], [0.0; 3]);
        assert!((law.kl_nats(&before) + libm::log(kept)).abs() < 1e-14);
        assert_eq!(guarded.probabilities(1, &phi), free.probabilities(1, &phi), "others are left alone");
    }

    #[test]
    fn a_guardrail_at_the_ends_forbids_all_or_nothing() {
        assert_eq!(guarded(1.0).0, guarded(1.0).1);
        assert_eq!(guarded(0.0).0.allowed[0], 1);
    }
}
