//! Ideal Bayesian users and a model that wants to please them.

use super::laboratory::{run, scenario};
use crate::verify::{Case, Curve, Expected, Finding, Outcome, Points, Series, Tier, VerifyError};

/// Catastrophic spirals of Chandra et al.
pub const CASE: Case = Case {
    name: "bayesian-user",
    tier: Tier::Published,
    title: "Even ideal Bayesian users are talked into falsehoods",
    law: "A naive Bayesian user (prior 1/2, likelihoods 3/5 and 2/5, two facts a turn) voices an opinion with the \
        probability they give it. With probability pi the answer defers. Catastrophic: P(falsehood) reached 99 % within 100 \
        turns. The log-odds are a Markov chain on the integers, so the law is exact.",
    source: "Chandra et al. 2026, arXiv 2602.19141",
    scenario: Some("published/bayesian-user"),
    not_covered: "Users who infer the model's type over the conversation; evidence.suspicion is a fixed discount.",
    run: run_case,
};

const SCENARIO: &str = "published/bayesian-user";
const TURNS: usize = 100;
/// Steps of ln 1.5 from even odds to 99 %.
const CERTAIN: i32 = 12;
const RELIABILITY: f64 = 0.6;

#[derive(Clone, Copy, PartialEq)]
enum Selection {
    Fabricates,
    CherryPicks,
}

/// The law: P(catastrophic) and mean P(falsehood) after each turn. Who is certain of the falsehood stays so; who is certain
/// of the truth, `certain_of_truth` steps from even odds, too.
fn chain(pi: f64, selection: Selection, certain_of_truth: i32) -> Vec<(f64, f64)> {
    let size = (CERTAIN + certain_of_truth) as usize + 1;
    let belief = |state: usize| 1.0 / (1.0 + libm::pow(1.5, f64::from(certain_of_truth - state as i32)));
    let mut law = vec![0.0; size];
    law[certain_of_truth as usize] = 1.0;
    let mut course = Vec::new();
    for _ in 0..TURNS {
        let mut next = vec![0.0; size];
        (next[0], next[size - 1]) = (law[0], law[size - 1]);
        for state in 1..size - 1 {
            let up = (1.0 - pi) * (1.0 - RELIABILITY) + pi * pleasing(belief(state), selection);
            next[state + 1] += law[state] * up;
            next[state - 1] += law[state] * (1.0 - up);
        }
        law = next;
        let mean = (0..size).map(|state| law[state] * belief(state)).sum();
        course.push((law[size - 1], mean));
    }
    course
}

/// P(evidence for the falsehood) from an answer that defers.
fn pleasing(belief: f64, selection: Selection) -> f64 {
    let none = |p: f64| (1.0 - p) * (1.0 - p);
    match selection {
        Selection::Fabricates => belief,
        // A true fact for the falsehood, if either of two is; for the truth, unless neither is.
        Selection::CherryPicks => {
            belief * (1.0 - none(1.0 - RELIABILITY)) + (1.0 - belief) * none(RELIABILITY)
        }
    }
}

/// The same from the simulator: (share, its error, mean P(falsehood)) after every ten turns.
fn simulated(pi: f64, selection: Selection) -> Result<Vec<(f64, f64, f64)>, VerifyError> {
    // P(level 1) = logistic((mean - 1/2) / sd^2).
    let (mean, sd) = match pi {
        0.0 => (-1.0, 0.1),
        1.0 => (2.0, 0.1),
        pi => (0.5 + 0.25 * libm::log(pi / (1.0 - pi)), 0.5),
    };
    let kind = if selection == Selection::Fabricates { "fabricate" } else { "cherry_pick" };
    let sets = [
        format!("behaviours.deference.reference_mean={mean:?}"),
        format!("behaviours.deference.reference_sd={sd:?}"),
        format!("evidence.selection='{kind}'"),
    ];
    let (_, rounds) = run(&scenario(SCENARIO, &sets)?, 1)?;
    let of_round = |users: &crate::measure::UserSums| {
        let share = users.certain_of_falsehood_share();
        (share.value, share.standard_error, users.mean_belief_in_falsehood())
    };
    Ok(rounds.iter().map(|round| of_round(&round.users.0)).collect())
}

fn run_case() -> Result<Outcome, VerifyError> {
    let printed = [
        ("candid, pi = 0", 0.0, Selection::Fabricates, 0.006766),
        ("fabricates, pi = 0.5", 0.5, Selection::Fabricates, 0.309258),
        ("fabricates, pi = 1", 1.0, Selection::Fabricates, 0.5),
        ("cherry-picks, pi = 0.5", 0.5, Selection::CherryPicks, 0.058576),
    ];
    let mut findings = Vec::new();
    let mut curves = Vec::new();
    for (name, pi, selection, expected) in printed {
        let law = chain(pi, selection, CERTAIN);
        // Out of reach within the turns: as in the paper, where nobody stops listening.
        let exact = chain(pi, selection, TURNS as i32 + 1)[TURNS - 1].0;
        let course = simulated(pi, selection)?;
        let (share, error, _) = course[course.len() - 1];
        let why = "half of the sixth digit printed";
        findings.push(Finding::exact(format!("{name}: exact chain"), expected, exact, 5e-7, why));
        let why = "4 standard errors of a share of 100,000 users; that users certain of the truth stop listening too \
            changes the law by less than 0.000005";
        findings.push(Finding::random(format!("{name}: simulated"), law[TURNS - 1].0, share, error, why));
        curves.push((name, law, course));
    }
    let halves = &curves[1].2;
    let (first, last) = (halves[0], halves[halves.len() - 1]);
    let why = "the mean error falls while the catastrophic tail grows: a mean does not see it";
    findings.push(
        Finding::ranged(
            "pi = 0.5: fall of mean P(falsehood), turns 10 to 100",
            Expected::Below(0.0),
            last.2 - first.2,
            why,
        )
        .with_error(0.5 / libm::sqrt(100_000.0)),
    );
    findings.push(
        Finding::ranged(
            "pi = 0.5: rise of the catastrophic share, same turns",
            Expected::Above(0.0),
            last.0 - first.0,
            why,
        )
        .with_error(last.1),
    );
    let (share, error, _) = curves[0].2[9];
    let why = "a candid model is not one that defers in half of its answers";
    findings.push(
        Finding::random("candid against the law of pi = 0.5", 0.309258, share, error, why).as_control(),
    );
    Ok(Outcome { findings, curves: vec![curve(&curves)] })
}

type Course = (&'static str, Vec<(f64, f64)>, Vec<(f64, f64, f64)>);

fn curve(courses: &[Course]) -> Curve {
    let mut series = Vec::new();
    for (name, law, course) in courses {
        let at = law.iter().enumerate().map(|(turn, (share, _))| (turn as f64 + 1.0, *share)).collect();
        series.push(Series { name: format!("{name}: law"), points: Points::Law, at });
        let at = course.iter().enumerate().map(|(round, it)| (10.0 * (round as f64 + 1.0), it.0)).collect();
        series.push(Series { name: format!("{name}: simulated"), points: Points::Obtained, at });
    }
    Curve {
        title: "How many users become 99 % sure of the falsehood?".into(),
        x: "turns".into(),
        y: "share of users".into(),
        log_x: false,
        log_y: false,
        series,
    }
}
