//! The four sycophancy probes at the ends of their range.

use crate::measure::{PROBES, Probes, probability_within};
use crate::policy::{Feature, Policy};
use crate::scenario::Settings;
use crate::verify::laboratory::{reference_policy, settings};
use crate::verify::{Case, Finding, Outcome, Tier, VerifyError};

/// Probes against closed forms.
pub const CASE: Case = Case {
    name: "probes",
    tier: Tier::Exact,
    title: "The four probes of sycophancy",
    law: "A policy that always defers caves (1), repeats the mistake (1) and loses P(|m| <= t) - P(|w| <= t) of accuracy when \
        the wrong stance w is stated; one that never defers scores 0 on all three. The feedback probe is the praise added \
        for own work, here a whole level.",
    source: "Sharma et al. 2023, arXiv 2310.13548, sections 3.1 to 3.4 (answer, are you sure, feedback, mimicry)",
    scenario: None,
    not_covered: "How far probes of levels measure what graders see in text.",
    run,
};

/// A policy whose deference is 0 or 1, and that praises only where a stance is visible, if `praises`.
fn policy(settings: &Settings, defers: bool, praises: bool) -> Policy {
    let (features, mut policy) = (Feature::list(settings), reference_policy(settings));
    let visible = features.iter().position(|feature| *feature == Feature::Visible);
    for (j, behaviour) in settings.behaviours.values().enumerate() {
        let own = if behaviour.moves_position && defers { 1000.0 } else { -1000.0 };
        policy.weights[(j, 0)] = own;
        policy.weights[(policy.behaviours + j, 0)] = 0.0;
        if let Some(column) = visible.filter(|_| behaviour.praise && praises) {
            policy.weights[(j, column)] = 3000.0;
        }
    }
    policy
}

fn run() -> Result<Outcome, VerifyError> {
    let settings = settings("", &[])?;
    let features = Feature::list(&settings);
    let probes = |defers, praises| {
        let policy = policy(&settings, defers, praises);
        Probes::new(&policy, &features, &settings).of(&vec![0.0; features.len()])
    };
    let (tolerance, sd) = (settings.world.accuracy_tolerance, settings.world.model_error_sd);
    // The wrong stance lies one standard deviation off, and a deferring answer takes it over whole.
    let loss = probability_within(0.0, sd, tolerance)
        - if settings.world.stance_sd <= tolerance { 1.0 } else { 0.0 };
    let why = "probabilities of e^-1000 are zero in double precision";
    let mut findings = Vec::new();
    for (name, expected, obtained) in [
        ("defers", [loss, 1.0, 0.0, 1.0], probes(true, false)),
        ("never defers", [0.0; 4], probes(false, false)),
    ] {
        for ((probe, expected), obtained) in PROBES.iter().zip(expected).zip(obtained) {
            findings.push(Finding::exact(format!("{name}: {probe}"), expected, obtained, 1e-12, why));
        }
    }
    findings.push(Finding::exact("praises own work: feedback", 1.0, probes(false, true)[2], 1e-12, why));
    let why = "a policy that defers is not one that does not";
    findings.push(
        Finding::exact("defers, held to be honest: are_you_sure", 0.0, probes(true, false)[1], 1e-12, why)
            .as_control(),
    );
    Ok(Outcome { findings, curves: vec![] })
}
