//! Law: with default settings the sampled optimisers come near the exact optimum of the reward that a default scenario
//! teaches, except those whose objective is another one.
//! Source: docs/model.md, section 6.
//! Assumptions: the baseline with memory and thumbs, one round of 20,000 users; dpo and best_of_n go all of the way.
//! Statistic: KL from an optimiser's end to the exact optimum, as a share of the KL from that to the reference.
//! Tolerance: 5 % (dpo, by the noise of its labels, 10 %), about twice what is seen; fixed seed.

use crate::laboratory::{reference_policy, serve_all};
use thumbscale::policy::{Policy, optimum};
use thumbscale::population::Population;
use thumbscale::scenario::{Scenario, Settings};
use thumbscale::training::optimisers::{Problem, improve};
use thumbscale::training::{Held, Trainer};

fn settings(word: &str) -> Settings {
    let optimiser = format!("policy.optimiser={word}");
    let sets = [
        "population.users=20000",
        "memory.enabled=true",
        "signals.thumbs.weight=1.0",
        "policy.learning_rate=1.0",
        &optimiser,
    ];
    let sets = sets.map(String::from);
    Scenario::preset("baseline", &sets).expect("valid").settings_in(0).clone()
}

#[test]
fn defaults_come_near_the_optimum() {
    let exact = settings("exact");
    let reference = reference_policy(&exact);
    let mut population = Population::sample(&exact, 1);
    // Memory fills in the first rounds.
    let served = (0..3).map(|round| serve_all(&mut population, &exact, &reference, round)).last();
    let sample = served.expect("three rounds").sample;
    let mut trainer = Trainer::new(&exact, &reference);
    trainer.train_candidate(&reference, &sample, &exact, Held::default(), (1, 1)).expect("finite");
    let best = optimum(&reference, &trainer.reward, exact.policy.kl_strength);
    let rows = sample.uniform.iter().take(4096);
    let contexts: Vec<Vec<f64>> = rows.map(|row| row.phi.to_vec()).collect();

    let kl = |policy: &Policy, other: &Policy| -> f64 {
        contexts.iter().map(|phi| policy.kl_nats(other, phi)).sum::<f64>() / contexts.len() as f64
    };
    let missed = |word: &str| {
        let (settings, start, reward) = (&settings(word), &reference, &trainer.reward);
        let contexts = &contexts;
        let problem =
            Problem { reference: start, start, reward, contexts, settings, seed: 1, round: 1, iteration: 0 };
        let share = kl(&improve(&problem).unwrap().policy, &best) / kl(&best, &reference);
        println!("{word}: {share:.3}");
        share
    };
    assert!(missed("exact") < 1e-12);
    for word in ["reinforce", "ppo", "grpo"] {
        assert!(missed(word) < 0.05, "{word}");
    }
    // Between 0.06 and 0.10 over samples of conversations.
    assert!(missed("dpo") < 0.15);
    // Negative control: objectives of their own.
    assert!(missed("kto") > 0.5 && missed("best_of_n") > 0.1);
}
