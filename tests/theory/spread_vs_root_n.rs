//! Law: the paths of a closed loop of N users scatter around the mean-field path as N^(-1/2).
//! Source: law of large numbers for mean-field models (Sznitman 1991, Topics in propagation of chaos, section 1).
//! Assumptions: learners see samples in proportion to N; three rounds, so that noise has gone round the loop.
//! Statistic: slope of log standard deviation over 40 seeds against log N, N = 100 and 1,600, mean of four measures.
//! Tolerance: a log standard deviation of 40 values errs by 1 / sqrt(80), the slope by 0.057, less for the mean of
//! four measures; z = 4 on the conservative 0.057 gives -0.5 +- 0.23. A slope of 0 (no averaging) or -1 is rejected.

use crate::laboratory::{mean_sd_se, run, scenario};

/// Standard deviations over seeds of four measures in the last round.
fn spreads(users: u32) -> [f64; 4] {
    let sets = [
        format!("population.users={users}"),
        format!("run.measure_rows={}", users / 4),
        format!("signals.raters.rows={}", users / 2),
    ];
    let sets: Vec<&str> = sets.iter().map(String::as_str).collect();
    let own = ["run.rounds=3", "memory.enabled=true", "signals.thumbs.weight=0.5", "policy.fresh_data=0.4"];
    let own = [&own[..], &["segments.general.rating_propensity=0"]].concat();
    let scenario = scenario("", &[&own[..], &sets].concat());
    let runs: Vec<[f64; 4]> = (0..40)
        .map(|seed| {
            let (_, rounds) = run(&scenario, seed);
            let last = rounds.last().expect("there are three rounds");
            let total = last.served.total();
            [
                total.approval.mean(),
                total.benefit.mean(),
                last.users.0.mean_abs_stance_error(),
                last.users.0.mean_trust(),
            ]
        })
        .collect();
    std::array::from_fn(|k| mean_sd_se(&runs.iter().map(|run| run[k]).collect::<Vec<_>>()).1)
}

#[test]
fn noise_falls_with_the_root_of_the_number_of_users() {
    let (few, many) = (spreads(100), spreads(1600));
    let slopes: Vec<f64> = few.iter().zip(many).map(|(a, b)| (b / a).ln() / 16f64.ln()).collect();
    let slope = slopes.iter().sum::<f64>() / 4.0;
    assert!((slope + 0.5).abs() < 0.23, "{slope}: {slopes:?}");
}
