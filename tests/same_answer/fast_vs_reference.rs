//! The fast serving round (single precision, lanes, blocks) against the plain one (double precision, one user at
//! a time), on the same random words.
//!
//! What may differ: where a random number lies within rounding of a threshold, the two decide differently. Rounding of a
//! probability is below 1e-5 (logits of up to 50 in single precision), a conversation compares about 25 numbers, and a
//! round here has about 4,000 conversations: up to one flip is to be expected, and it changes one user. Today there is
//! none, with these seeds; one is allowed, so that faster code may round differently.

use crate::laboratory::{reactive_policy, serve_all, settings};
use thumbscale::conversation::Tally;
use thumbscale::population::Population;
use thumbscale::reference::{self, User};
use thumbscale::scenario::Settings;
use thumbscale::statistics::Moment;

/// Users whose history may differ, by flips.
const MOST_FLIPPED: usize = 1;
/// Rounding of a user's state after a few dozen conversations.
const STATE_TOLERANCE: f64 = 1e-4;

fn users(population: &Population) -> Vec<User> {
    let blocks = population.blocks.iter();
    blocks.flat_map(|block| (0..block.users).map(|index| User::read(block, index))).collect()
}

fn is_close(left: &[f64], right: &[f64]) -> bool {
    left.iter().zip(right).all(|(a, b)| (a - b).abs() < STATE_TOLERANCE)
}

fn same_history(a: &User, b: &User) -> bool {
    let held = |user: &User| user.remembered_stance.iter().map(Option::is_some).collect::<Vec<_>>();
    let stances = |user: &User| user.remembered_stance.iter().map(|b| b.unwrap_or(0.0)).collect::<Vec<_>>();
    held(a) == held(b)
        && a.taste_known == b.taste_known
        && is_close(&stances(a), &stances(b))
        && is_close(&a.stance_error, &b.stance_error)
        && is_close(&[a.trust, a.satisfaction], &[b.trust, b.satisfaction])
        && is_close(&a.habituation, &b.habituation)
        && is_close(&a.remembered_taste, &b.remembered_taste)
}

fn total(segments: &[Tally]) -> Tally {
    let mut total = Tally::default();
    segments.iter().for_each(|segment| total.add(segment));
    total
}

fn counts(tally: &Tally) -> [u64; 7] {
    let it = tally;
    [it.visible, it.known, it.rated, it.up, it.returned, it.discoveries, it.complaints]
}

fn level_sums(tally: &Tally) -> Vec<u64> {
    tally.levels.iter().chain(&tally.visible_levels).flat_map(|it| [it.sum, it.squares]).collect()
}

fn moments(tally: &Tally) -> [Moment; 3] {
    [tally.approval, tally.benefit, tally.effective_deference]
}

/// A flipped level or thumb changes a sum by at most a few units; rounding by 1e-5 a conversation.
fn assert_same_tally(fast: &Tally, plain: &Tally, flipped: usize) {
    let slack = 10 * flipped as u64;
    assert_eq!(fast.conversations(), plain.conversations());
    for (a, b) in counts(fast).into_iter().zip(counts(plain)) {
        assert!(a.abs_diff(b) <= slack, "{a} {b}");
    }
    // A flipped level index changes a sum of squares by up to 31^2.
    for (a, b) in level_sums(fast).into_iter().zip(level_sums(plain)) {
        assert!(a.abs_diff(b) <= 31 * 31 * slack, "{a} {b}");
    }
    for (a, b) in moments(fast).into_iter().zip(moments(plain)) {
        let tolerance = 1e-5 * a.count + 10.0 * flipped as f64;
        assert!((a.sum - b.sum).abs() <= tolerance, "{a:?} {b:?}");
        assert!((a.squares - b.squares).abs() <= 20.0 * tolerance, "{a:?} {b:?}");
    }
}

/// Serves some rounds both ways; returns the total of the last.
fn assert_same(settings: &Settings, rounds: u32) -> Tally {
    let policy = reactive_policy(settings, 3);
    let mut fast = Population::sample(settings, settings.run.seed);
    let mut plain = fast.clone();
    let mut last = Tally::default();
    for round in 1..=rounds {
        let served = serve_all(&mut fast, settings, &policy, round);
        let segments = reference::serve(&mut plain, settings, &policy, settings.run.seed, round);
        let pairs = users(&fast).into_iter().zip(users(&plain));
        let flipped = pairs.filter(|(a, b)| !same_history(a, b)).count();
        assert!(flipped <= MOST_FLIPPED, "{flipped} users have another history");
        for (a, b) in served.segments.iter().zip(&segments) {
            assert_same_tally(a, b, flipped);
        }
        last = total(&segments);
    }
    assert!(last.conversations() > 100.0 && last.rated > 0 && last.up > 0, "nothing was compared: {last:?}");
    last
}

/// Users who talk much, kept in single precision: what is rounded at random is compared elsewhere.
const TALKATIVE: [&str; 6] = [
    "run.state='wide'",
    "population.users=2200",
    "clock.conversations_per_day=0.3",
    "segments.general.rating_propensity=-2",
    "behaviours.flattery.complaint_level=0.2",
    "consequences.complaint_rate=1.0",
];

fn with(text: &str, sets: &[&str]) -> Settings {
    settings(text, &[&TALKATIVE[..], sets].concat())
}

#[test]
fn without_memory() {
    let total = assert_same(&with("", &[]), 2);
    assert!(total.known == 0 && total.discoveries > 0 && total.complaints > 0);
}

#[test]
fn with_memory_of_one_topic_and_opting_out() {
    let sets = ["memory.enabled=true", "memory.capacity=1", "memory.opt_out_share=0.4"];
    let total = assert_same(&with("", &sets), 3);
    assert!(total.known > 0 && total.known < total.conversations() as u64);
}

#[test]
fn with_memory_of_everything() {
    let sets = ["memory.enabled=true", "memory.capacity=16", "world.topics=9", "memory.write=0.5"];
    assert_same(&with("", &sets), 2);
}

#[test]
fn while_memory_is_only_recorded() {
    let total = assert_same(&with("", &["memory.from_history=true", "memory.capacity=0"]), 2);
    assert_eq!(total.known, 0);
}

#[test]
fn with_five_behaviours_and_three_levels() {
    let text = "[behaviours.hedging]\nmoves_position = true\nliking = -0.2\nharm = 0.3\ncrowds = { substance = 0.4 }\n";
    assert_same(&with(text, &["policy.levels=3", "memory.enabled=true"]), 2);
}

#[test]
fn with_fixed_usage_and_the_most_levels() {
    let sets = ["clock.usage='fixed'", "policy.levels=32", "consequences.hardening=0.5"];
    assert_same(&with("", &sets), 2);
}

#[test]
fn with_kinds_as_features_and_heavy_usage() {
    let features = "policy.features=['bias','kind:advice','stance','kind:emotional','charge']";
    let sets = [features, "clock.conversations_per_day=3.0", "population.users=300"];
    assert_same(&with("", &sets), 1);
}

#[test]
fn with_turns_cues_and_participation() {
    let features = "policy.features=['bias','stance','segment:expert','segment:vulnerable']";
    let sets = [features, "clock.turns_per_conversation=3", "policy.cue_accuracy=0.8"];
    assert_same(&with("", &[&sets[..], &["approval.participation=0.7"]].concat()), 2);
}

#[test]
fn with_users_who_learn_from_evidence() {
    let sets = ["world.belief_rule='bayesian'", "clock.turns_per_conversation=4", "memory.enabled=true"];
    assert_same(&with("", &sets), 2);
    let wary = ["evidence.selection='cherry_pick'", "evidence.facts=3", "evidence.suspicion=0.3"];
    assert_same(&with("", &[&sets[..], &wary, &["evidence.certainty=0.7"]].concat()), 2);
}

// Negative control: another seed is another history.
#[test]
fn another_seed_is_noticed() {
    let settings = with("", &[]);
    let policy = reactive_policy(&settings, 3);
    let mut fast = Population::sample(&settings, 1);
    let mut plain = fast.clone();
    serve_all(&mut fast, &settings, &policy, 1);
    reference::serve(&mut plain, &settings, &policy, settings.run.seed + 1, 1);
    let pairs = users(&fast).into_iter().zip(users(&plain));
    assert!(pairs.filter(|(a, b)| !same_history(a, b)).count() > 500);
}
