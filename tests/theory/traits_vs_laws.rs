//! Law: users' traits follow the laws that their segment states: shares, Beta expertise, normal tastes, log-normal
//! cringe, normal propensity, normal stances and trust cut off at their limits. Source: docs/model.md, section 3.
//! Assumptions: users are independent.
//! Statistic: means and standard deviations over 60,000 users; the error of a standard deviation uses the sample's
//! fourth moment. Tolerance: z = 4.

use crate::laboratory::{Z, numbers_of, settings, z_of_chi_square, z_of_share};
use thumbscale::population::{Block, Marks, Population};
use thumbscale::scenario::Settings;

fn lab() -> (Settings, Population) {
    let settings = settings("", &["population.users=60000", "consequences.initial_trust_sd=0.1"]);
    let population = Population::sample(&settings, 3);
    (settings, population)
}

/// The values that `of` gives for the users of a segment.
fn values(population: &Population, segment: u8, of: impl Fn(&Block, usize) -> f32) -> Vec<f64> {
    let users = population.blocks.iter().flat_map(|block| (0..block.users).map(move |i| (block, i)));
    users
        .filter(|(block, i)| block.marks[*i].segment() == segment)
        .map(|(block, i)| f64::from(of(block, i)))
        .collect()
}

/// Distances of mean and standard deviation from the law, in standard errors.
fn z(values: &[f64], mean: f64, sd: f64) -> (f64, f64) {
    let n = values.len() as f64;
    let average = values.iter().sum::<f64>() / n;
    let moment = |k: i32| values.iter().map(|x| (x - average).powi(k)).sum::<f64>() / n;
    let (variance, fourth) = (moment(2), moment(4));
    let error = ((fourth - variance * variance) / n).sqrt();
    ((average - mean) / (variance / n).sqrt(), (variance - sd * sd) / error)
}

fn assert_law(name: &str, values: &[f64], mean: f64, sd: f64) {
    let (of_mean, of_sd) = z(values, mean, sd);
    assert!(of_mean.abs() < Z && of_sd.abs() < Z, "{name}: {of_mean} {of_sd}");
    // Negative control: a tenth of a standard deviation beside, a tenth wider.
    let (of_mean, of_sd) = z(values, mean + 0.1 * sd, 1.1 * sd);
    assert!(of_mean.abs() > Z && of_sd.abs() > Z, "{name} is not told apart: {of_mean} {of_sd}");
}

#[test]
fn segments_have_their_shares() {
    let (settings, population) = lab();
    let observed: Vec<f64> = (0..4).map(|s| values(&population, s, |_, _| 0.0).len() as f64).collect();
    let expected: Vec<f64> = settings.segments.values().map(|segment| segment.share * 60_000.0).collect();
    assert!(z_of_chi_square(&observed, &expected).abs() < Z);
    let shifted = [expected[0] - 600.0, expected[1] + 600.0, expected[2], expected[3]];
    assert!(z_of_chi_square(&observed, &shifted) > Z);
}

#[test]
fn traits_have_their_mean_and_spread() {
    let (settings, population) = lab();
    for (number, name) in [(0, "general"), (1, "expert"), (3, "flattery-averse")] {
        let segment = &settings.segments[name];
        let of = |of: fn(&Block, usize) -> f32| values(&population, number, of);
        assert_law("expertise", &of(|b, i| b.expertise.get(0, i)), segment.expertise, segment.expertise_sd);
        let propensity = of(|b, i| b.rating_propensity.get(0, i));
        assert_law("propensity", &propensity, segment.rating_propensity, segment.rating_propensity_sd);
        let liking = settings.behaviours["flattery"].liking;
        let taste = segment.taste.get("flattery").copied().unwrap_or(1.0);
        let flattery = of(|b, i| b.taste.get(1, i));
        assert_law("taste", &flattery, liking * taste, liking * segment.taste_sd);
    }
    // The fourth moment of a log-normal law with a spread of 0.4 is well behaved.
    let (general, cringe) =
        (&settings.segments["general"], values(&population, 0, |b, i| b.cringe.get(0, i)));
    assert_law("cringe", &cringe, general.cringe, general.cringe_sd);
}

// Trust 0.6 +- 0.1 is cut off at four standard deviations: nothing measurable is lost.
#[test]
fn state_starts_as_stated() {
    let (settings, population) = lab();
    let of = |of: fn(&Block, usize) -> f32| values(&population, 0, of);
    assert_law("trust", &of(|b, i| b.trust.get(0, i)), settings.consequences.initial_trust, 0.1);
    assert_law("stance", &of(|b, i| b.stance_error.get(0, i)), 0.0, settings.world.stance_sd);
    let limit = settings.world.stance_limit as f32;
    assert!(numbers_of(&population, |b| &b.stance_error).iter().all(|b| b.abs() <= limit));
    let out: f64 = of(|b, i| if b.marks[i].has(Marks::OPTED_OUT) { 1.0 } else { 0.0 }).iter().sum();
    let n = of(|_, _| 0.0).len() as f64;
    assert!(z_of_share(out, n, settings.memory.opt_out_share).abs() < Z);
    assert!(z_of_share(out, n, settings.memory.opt_out_share + 0.01).abs() > Z);
}
