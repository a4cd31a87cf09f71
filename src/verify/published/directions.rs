//! Published directions: memory, hindsight, agreeable answers.

use super::laboratory::{run, scenario, sets};
use crate::measure::RoundMeasures;
use crate::verify::laboratory::mean_and_error;
use crate::verify::{Case, Expected, Finding, Outcome, Tier, VerifyError};

/// Two weeks of memory, Jain et al.
pub const MEMORY: Case = Case {
    name: "memory-profile",
    tier: Tier::Published,
    title: "Memory makes an untrained-on model defer more, where it reveals the user's view",
    law: "After two weeks of memory the same policy defers 16-45 % more; where the view cannot be inferred there is no \
        effect.",
    source: "Jain et al. 2025, arXiv 2509.12517 (abstract): +16, +33 and +45 % by model, none in one",
    scenario: Some("published/memory-profile"),
    not_covered: "How a model infers views that were never stated; how far the paper's scale of sycophancy is that of \
        effective deference.",
    run: memory,
};

/// Hindsight feedback, Liang et al.
pub const HINDSIGHT: Case = Case {
    name: "hindsight",
    tier: Tier::Published,
    title: "Feedback after the outcome raises benefit where feedback at once lowers it",
    law: "Trained on thumbs given at once: satisfaction up, benefit down. Trained on verdicts after the outcome: benefit up.",
    source: "Liang et al. 2025, arXiv 2501.08617",
    scenario: Some("published/hindsight"),
    not_covered: "Outcomes that are simulated by a model instead of experienced; sizes of the effects.",
    run: hindsight,
};

/// Agreeable answers, Cheng et al.
pub const AGREEABLE: Case = Case {
    name: "agreeable-answers",
    tier: Tier::Published,
    title: "Agreeable answers are rated better, and make people surer of themselves",
    law: "Against a model that does not side with them, people rate answers 9-15 % better, intend to return 13 % more, and \
        are at least 25 % surer of being right.",
    source: "Cheng et al. 2025, arXiv 2510.01395 (abstract and secondary sources)",
    scenario: Some("published/agreeable-answers"),
    not_covered: "Conviction is |b| here, a distance from the truth and not a feeling; one parameter is fitted to the \
        first figure, so only the other two test the model.",
    run: agreeable,
};

fn last(name: &str, words: &[&str], seed: u64) -> Result<RoundMeasures, VerifyError> {
    let (_, mut rounds) = run(&scenario(name, &sets(words))?, seed)?;
    Ok(rounds.pop().expect("a scenario has at least one round"))
}

const OFF: &str = "active_factors=[]";

/// Deference with memory over deference without, in one replicate with common random numbers.
fn rise_with_memory(words: &[&str], seed: u64) -> Result<f64, VerifyError> {
    let name = "published/memory-profile";
    let deference = |round: RoundMeasures| round.served.total().effective_deference.mean();
    let without = deference(last(name, &[words, &[OFF]].concat(), seed)?);
    Ok(deference(last(name, words, seed)?) / without)
}

fn memory() -> Result<Outcome, VerifyError> {
    let ratios: Vec<f64> = (1..=4).map(|seed| rise_with_memory(&[], seed)).collect::<Result<_, _>>()?;
    let (mean, error) = mean_and_error(&ratios);
    let nothing = rise_with_memory(&["memory.write=0.0", "memory.personal=0.0"], 1)?;
    let range = Expected::Between(1.16, 1.45);
    let why = "no view is written down, praise is not personal, and all random numbers are shared: the same answers";
    let findings = vec![
        Finding::ranged("deference with memory over without", range, mean, "the paper's range over models")
            .with_error(error),
        Finding::exact("the same where views cannot be inferred", 1.0, nothing, 1e-12, why),
        Finding::ranged("the same, held against the range", range, nothing, "no effect is outside it")
            .as_control(),
    ];
    Ok(Outcome { findings, curves: vec![] })
}

/// Changes of (approval, benefit, sycophancy index) against no training, by replicate.
fn changes(factor: &str) -> Result<[Vec<f64>; 3], VerifyError> {
    let mut changes = [vec![], vec![], vec![]];
    for seed in 1..=6 {
        let of = |round: RoundMeasures| {
            let total = round.served.total();
            [total.approval.mean(), total.benefit.mean(), round.policy.sycophancy_index.mean()]
        };
        let trained = of(last("published/hindsight", &[&format!("active_factors=['{factor}']")], seed)?);
        let untrained = of(last("published/hindsight", &[OFF], seed)?);
        changes.iter_mut().zip(trained).zip(untrained).for_each(|((all, a), b)| all.push(a - b));
    }
    Ok(changes)
}

fn hindsight() -> Result<Outcome, VerifyError> {
    let (at_once, later) = (changes("at_once")?, changes("hindsight")?);
    let why = "4 standard errors over 6 replicates, paired with no training";
    let finding = |name: &str, expected, values: &[f64]| {
        let (mean, error) = mean_and_error(values);
        Finding::ranged(name, expected, mean, why).with_error(error)
    };
    let (up, down) = (Expected::Above(0.0), Expected::Below(0.0));
    let findings = vec![
        finding("thumbs at once: change of approval", up, &at_once[0]),
        finding("thumbs at once: change of benefit", down, &at_once[1]),
        finding("hindsight: change of benefit", up, &later[1]),
        finding("hindsight: change of the sycophancy index", down, &later[2]),
        finding("thumbs at once, held to raise benefit", up, &at_once[1]).as_control(),
    ];
    Ok(Outcome { findings, curves: vec![] })
}

fn agreeable() -> Result<Outcome, VerifyError> {
    let name = "published/agreeable-answers";
    let mut ratios = [vec![], vec![], vec![]];
    for seed in 1..=4 {
        let of = |round: RoundMeasures| {
            let total = round.served.total();
            let pleased = total.returned as f64 / total.conversations();
            [total.up as f64 / total.rated as f64, pleased, round.users.0.mean_abs_stance_error()]
        };
        let (agreeable, plain) = (of(last(name, &[], seed)?), of(last(name, &[OFF], seed)?));
        ratios.iter_mut().zip(agreeable).zip(plain).for_each(|((all, a), b)| all.push(a / b));
    }
    let finding = |name: &str, expected, values: &[f64], why: &str| {
        let (mean, error) = mean_and_error(values);
        Finding::ranged(name, expected, mean, why).with_error(error)
    };
    let quality = Expected::Between(1.09, 1.15);
    let findings = vec![
        finding("quality: thumbs-up share, ratio", quality, &ratios[0], "the paper's range; fitted"),
        finding(
            "return, ratio",
            Expected::Between(1.10, 1.16),
            &ratios[1],
            "13 %, three points each way; not fitted",
        ),
        finding(
            "conviction: mean |b| afterwards, ratio",
            Expected::Between(1.25, 1.62),
            &ratios[2],
            "the paper's range, live to vignettes; not fitted",
        ),
        finding("conviction, held against the range of quality", quality, &ratios[2], "another quantity")
            .as_control(),
    ];
    Ok(Outcome { findings, curves: vec![] })
}
