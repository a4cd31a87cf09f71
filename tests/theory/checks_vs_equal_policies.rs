//! Law: between equal policies a check measures 0 on average, and a test at a level errs with that level; sampled probes average to the exact ones.
//! Source: definition of level; Sharma et al. 2023, arXiv 2310.13548, for the probes.
//! Assumptions: prompts sampled independently; each policy answers with draws of its own.
//! Statistic: mean value in standard errors over many checks; share of offline evaluations that fail.
//! Tolerance: 4 standard errors.

use crate::laboratory::{Z, mean_sd_se, reactive_policy, reference_policy, serve_all, settings, z_of_share};
use thumbscale::feedback::Interaction;
use thumbscale::launch::{
    Candidacy, CheckResult, expert_spot_check, offline_eval, spec_adherence, sycophancy_eval,
};
use thumbscale::measure::Probes;
use thumbscale::policy::{Feature, Policy};
use thumbscale::population::Population;
use thumbscale::scenario::{Check, CheckKind, Profiles, Settings};

/// Users whom memory holds, some of them known.
fn world() -> Settings {
    settings("", &["population.users=2000", "memory.enabled=true"])
}

fn logged(settings: &Settings, policy: &Policy) -> Vec<Interaction> {
    let mut population = Population::sample(settings, 1);
    serve_all(&mut population, settings, policy, 1).sample.uniform
}

/// The reference with some bias weights raised.
fn raised(settings: &Settings, behaviour: &str, by: f64) -> Policy {
    let mut policy = reference_policy(settings);
    policy.weights[(settings.behaviours.get_index_of(behaviour).unwrap(), 0)] += by;
    policy
}

type Run = fn(&Candidacy, &str, &Check) -> CheckResult;

const CHECKS: [(Run, CheckKind); 4] = [
    (offline_eval, CheckKind::OfflineEval),
    (expert_spot_check, CheckKind::ExpertSpotCheck),
    (sycophancy_eval, CheckKind::SycophancyEval),
    (spec_adherence, CheckKind::SpecAdherence),
];

fn check(kind: CheckKind) -> Check {
    Check { kind, prompts: 200, experts: 20, noise: 0.1, threshold: 0.05, ..Check::default() }
}

/// Runs one check on `count` rounds' draws.
fn results(
    settings: &Settings,
    candidate: &Policy,
    rows: &[Interaction],
    run: Run,
    check: &Check,
    count: u32,
) -> Vec<CheckResult> {
    let (features, incumbent) = (Feature::list(settings), reference_policy(settings));
    let candidacy = |round| Candidacy {
        candidate,
        incumbent: &incumbent,
        rows,
        features: &features,
        settings,
        seed: 1,
        round,
    };
    (0..count).map(|round| run(&candidacy(round), "check", check)).collect()
}

#[test]
fn between_equal_policies_nothing_is_measured_on_average() {
    let settings = world();
    let (same, worse) = (reference_policy(&settings), raised(&settings, "deference", 8.0));
    let rows = logged(&settings, &same);
    for (run, kind) in [CHECKS[2], CHECKS[3]] {
        for profiles in [Profiles::Strangers, Profiles::Users] {
            let check = Check { profiles, ..check(kind) };
            let mean = |candidate: &Policy| {
                let found = results(&settings, candidate, &rows, run, &check, 100);
                mean_sd_se(&found.iter().map(|it| it.value.value).collect::<Vec<_>>())
            };
            let (value, _, se) = mean(&same);
            assert!(value.abs() < Z * se, "{kind:?} {profiles:?}: {value} +- {se}");
            // Negative control: more deference is seen.
            let (value, _, se) = mean(&worse);
            assert!(value > Z * se, "{kind:?} {profiles:?}: {value} +- {se}");
        }
    }
}

#[test]
fn stated_errors_are_the_spread_of_repeated_checks() {
    let settings = world();
    let candidate = raised(&settings, "flattery", 3.0);
    let rows = logged(&settings, &candidate);
    for (run, kind) in [CHECKS[2], CHECKS[3]] {
        let found = results(&settings, &candidate, &rows, run, &check(kind), 400);
        let values: Vec<f64> = found.iter().map(|it| it.value.value).collect();
        let stated = found.iter().map(|it| it.value.standard_error).sum::<f64>() / 400.0;
        // The standard deviation of 400 values has a relative standard error of 1 / sqrt(800) = 3.5 %.
        let ratio = mean_sd_se(&values).1 / stated;
        assert!((ratio - 1.0).abs() < Z * 0.036, "{kind:?}: {ratio}");
    }
}

// Substance is tested at level / 2 and accuracy cannot differ, so an equal candidate fails with level / 2.
#[test]
fn an_equal_candidate_fails_the_offline_evaluation_with_half_its_level() {
    let settings = world();
    let strict = Check { threshold: 0.0, level: 0.2, ..check(CheckKind::OfflineEval) };
    let failed = |candidate: &Policy| {
        let found = results(&settings, candidate, &[], offline_eval, &strict, 2000);
        found.iter().filter(|it| !it.passed).count() as f64
    };
    let equal = failed(&reference_policy(&settings));
    assert!(z_of_share(equal, 2000.0, 0.1).abs() < Z, "{equal}");
    // Deference is invisible to it; less substance is not.
    let deferent = failed(&raised(&settings, "deference", 8.0));
    assert!(z_of_share(deferent, 2000.0, 0.1).abs() < Z, "{deferent}");
    let empty = failed(&raised(&settings, "substance", -5.0));
    assert!(z_of_share(empty, 2000.0, 0.1) > Z, "{empty}");
}

// Strangers: the exact index, with praise and accuracy loss that are positive on average, so that no clamp acts.
#[test]
fn sampled_probes_average_to_the_exact_ones() {
    let settings = world();
    let features = Feature::list(&settings);
    let mut candidate = reactive_policy(&settings, 5);
    candidate.weights[(1, 1)] += 4.0;
    let stranger = vec![0.0; features.len()];
    let exact = |policy: &Policy| {
        let probes = Probes::new(policy, &features, &settings).of(&stranger);
        assert!(policy != &candidate || probes.iter().all(|probe| *probe > 0.0), "{probes:?}");
        probes.iter().sum::<f64>() / 4.0
    };
    let many = Check { prompts: 100_000, ..check(CheckKind::SycophancyEval) };
    let found = results(&settings, &candidate, &[], sycophancy_eval, &many, 1).remove(0);
    let rise = exact(&candidate) - exact(&reference_policy(&settings));
    let z = (found.value.value - rise) / found.value.standard_error;
    assert!(z.abs() < Z, "{} against {rise}", found.value.value);
    // Negative control: a third of the rise would not do.
    assert!((found.value.value - rise / 3.0).abs() > Z * found.value.standard_error);
}

#[test]
fn experts_feel_what_is_excessive_and_not_what_is_the_same() {
    let settings = world();
    let rows = logged(&settings, &reference_policy(&settings));
    let attentive = Check { prompts: 400, noise: 0.1, tolerance: 0.05, ..check(CheckKind::ExpertSpotCheck) };
    let uneasy = |candidate: &Policy| {
        results(&settings, candidate, &rows, expert_spot_check, &attentive, 1).remove(0).value.value
    };
    assert!(uneasy(&reference_policy(&settings)) < 0.3);
    assert!(uneasy(&raised(&settings, "flattery", 40.0)) > 0.9);
    assert!(uneasy(&raised(&settings, "deference", 40.0)) > 0.9);
}

#[test]
fn without_logged_prompts_nothing_that_needs_them_passes() {
    let settings = world();
    let same = reference_policy(&settings);
    for (run, kind) in [CHECKS[1], CHECKS[3]] {
        assert!(!results(&settings, &same, &[], run, &check(kind), 1)[0].passed, "{kind:?}");
    }
    let of_users = Check { profiles: Profiles::Users, ..check(CheckKind::SycophancyEval) };
    assert!(!results(&settings, &same, &[], sycophancy_eval, &of_users, 1)[0].passed);
}
