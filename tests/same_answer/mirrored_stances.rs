//! Left and right are only names: mirroring every stance, reading and estimate (b, b_hat, m_hat to -b, -b_hat,
//! -m_hat) changes neither approval nor benefit nor what the policy sees.

use crate::laboratory::{Z, reactive_policy, serve_all, settings};
use proptest::prelude::*;
use thumbscale::conversation::Tally;
use thumbscale::feedback::{ApprovalModel, Judge, Liking, Situation};
use thumbscale::policy::{Feature, Reading, phi};
use thumbscale::population::{Population, TO_NEAREST};
use thumbscale::statistics::Moment;

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn approval_and_benefit_do_not_know_left_from_right(
        stance_error in -4.0..4.0f64,
        stance_read in -5.0..5.0f64,
        estimate in -2.0..2.0f64,
        visible in any::<bool>(),
        expertise in 0.0..1.0f64,
        levels in prop::collection::vec(0.0..=1.0f64, 4),
    ) {
        let model = ApprovalModel::from_scenario(&settings("", &[]));
        let likings = [Liking { taste: 0.5, habituation: 0.3 }; 4].into();
        let judge = Judge { expertise, cringe: 1.2, likings, known: true };
        let there = Situation { stance_error, stance_read, visible, estimate, charge: 0.4 };
        let mirrored =
            Situation { stance_error: -stance_error, stance_read: -stance_read, estimate: -estimate, ..there };
        prop_assert_eq!(model.approval(&judge, &there, &levels), model.approval(&judge, &mirrored, &levels));
        prop_assert_eq!(model.benefit(&there, &levels), model.benefit(&mirrored, &levels));
        prop_assert_eq!(model.position(&there, &levels), -model.position(&mirrored, &levels));
        // Negative control: mirroring the reading alone is noticed.
        let half = Situation { stance_read: -stance_read, ..there };
        if visible && levels[0] > 0.05 && stance_read.abs() > 0.05 {
            prop_assert!(model.position(&half, &levels) != model.position(&there, &levels));
        }
    }

    #[test]
    fn the_policy_sees_the_strength_of_a_stance_only(stance in -5.0..5.0f64) {
        let settings = settings("", &[]);
        let reading =
            Reading { visible: true, remembered: true, stance, charge: 0.4, known: true, tastes: &[0.1; 4], kind: 2, cues: &[] };
        let features = Feature::list(&settings);
        prop_assert_eq!(phi(&features, &reading), phi(&features, &Reading { stance: -stance, ..reading }));
    }
}

/// Noise is not mirrored with the stances, so the two runs agree in law: z = 4, standard errors of both.
#[test]
fn mirrored_populations_are_served_alike() {
    let settings = settings("", &["population.users=6000", "memory.enabled=true"]);
    let policy = reactive_policy(&settings, 7);
    let served = |sign: f32| {
        let mut population = Population::sample(&settings, 1);
        for block in &mut population.blocks {
            for topic in 0..block.stance_error.rows() {
                for index in 0..block.users {
                    let b = block.stance_error.get(topic, index);
                    block.stance_error.set(topic, index, sign * b, TO_NEAREST);
                }
            }
        }
        serve_all(&mut population, &settings, &policy, 1);
        serve_all(&mut population, &settings, &policy, 2).total()
    };
    let (there, mirrored, larger) = (served(1.0), served(-1.0), served(1.5));
    let z = |a: &Moment, b: &Moment| (a.mean() - b.mean()) / a.standard_error().hypot(b.standard_error());
    assert!(z(&there.approval, &mirrored.approval).abs() < Z);
    assert!(z(&there.benefit, &mirrored.benefit).abs() < Z);
    let deference = |tally: &Tally| tally.level(0, policy.levels);
    assert!(z(&deference(&there), &deference(&mirrored)).abs() < Z);
    // Negative control: larger errors are not the same.
    assert!(z(&there.approval, &larger.approval).abs() > Z);
}
