//! Neither the number of threads nor the order in which blocks are served changes a result.

use crate::laboratory::{reactive_policy, scenario, serve_all, settings};
use std::ops::ControlFlow;
use thumbscale::analysis::study::{Tables, run_study, variants};
use thumbscale::population::Population;

fn tables(threads: usize, seed: u64) -> Tables {
    // Everything that a run can do: review with users, a rollout, an alarm on the first day, a rollback.
    let text = "active_factors = ['thumbs', 'memory', 'fresh_data']
        [review]
        rule = 'checks'
        rollout_days = 2
        [checks]
        offline_eval.role = 'advisory'
        expert_spot_check = { role = 'advisory', prompts = 5 }
        side_by_side = { role = 'advisory', prompts = 100 }
        sycophancy_eval = { role = 'advisory', prompts = 50 }
        spec_adherence = { role = 'advisory', prompts = 50 }
        ab_test.role = 'advisory'
        alpha = { role = 'advisory', share = 0.2, days = 2 }
        staged_rollout = { role = 'advisory', share = 0.1, days = 3 }
        [monitoring]
        watch_days = 4
        complaints = true
        complaint_threshold = 0.01
        canary_prompts = 20
        patch = true
        patch_side_effect_sd = 1.0
        rollback = true";
    let seed = format!("run.seed={seed}");
    let sets = ["population.users=4500", "run.rounds=2", "segments.general.rating_propensity=-2", &seed];
    let small = ["signals.raters.rows=300", "signals.thumbs.rows=300", "policy.training_iterations=2"];
    let variants =
        variants(&scenario(text, &[sets, [small[0], small[1], small[2], "run.replicates=1"]].concat()))
            .expect("the preset's factors are valid alone");
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("threads can be started");
    pool.install(|| run_study(&variants, |_| ControlFlow::Continue(())))
        .expect("small runs stay finite")
        .tables
}

/// Numbers are printed so that they read back to the same bits.
fn bits(tables: &Tables) -> String {
    format!("{tables:?}")
}

#[test]
fn one_two_and_eight_threads_give_the_same_bits() {
    let one = bits(&tables(1, 1));
    assert!(one == bits(&tables(2, 1)));
    assert!(one == bits(&tables(8, 1)));
    // Negative control.
    assert!(one != bits(&tables(1, 2)));
}

#[test]
fn blocks_may_be_served_in_any_order() {
    let settings = settings("", &["population.users=6500", "memory.enabled=true"]);
    let policy = reactive_policy(&settings, 7);
    let mut straight = Population::sample(&settings, 1);
    let mut shuffled = straight.clone();
    shuffled.blocks.reverse();
    shuffled.blocks.swap(0, 1);
    let (a, b) =
        (serve_all(&mut straight, &settings, &policy, 1), serve_all(&mut shuffled, &settings, &policy, 1));
    shuffled.blocks.sort_by_key(|block| block.first_user);
    assert_eq!(straight, shuffled);
    assert_eq!(a.sample, b.sample);
    let (a, b) = (a.total(), b.total());
    assert_eq!((a.visible, a.rated, a.up, a.returned), (b.visible, b.rated, b.up, b.returned));
    // Sums of about 10,000 numbers in another order: 1e-16 x 10,000.
    assert!((a.approval.sum / b.approval.sum - 1.0).abs() < 1e-12);
}
