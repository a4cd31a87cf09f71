//! Law: each conversation's kind, stated stance, response levels, rating, thumb, discovery and return happen with the
//! probabilities that scenario and policy state. Source: docs/model.md, sections 1 to 3.
//! Assumptions: given context and user, draws are independent, so counts have variance sum p (1 - p).
//! Statistic: counts over all conversations of a round served by the fast path, against probabilities in f64.
//! Tolerance: z = 4.

use crate::laboratory::{Z, reactive_policy, serve_all, settings, z_of_chi_square, z_of_count, z_of_share};
use thumbscale::feedback::{ApprovalModel, Interaction, Sample, logistic};
use thumbscale::policy::Policy;
use thumbscale::population::{BLOCK_USERS, Population};
use thumbscale::scenario::Settings;

struct Lab {
    settings: Settings,
    policy: Policy,
    /// Users before they were served.
    before: Population,
    rows: Vec<Interaction>,
}

/// One conversation per user, so that users are in the state that they had before.
fn lab(sets: &[&str]) -> Lab {
    let kinds = "policy.features=['bias','visible','stance','charge','kind:factual','kind:advice','kind:feedback','kind:emotional']";
    let once = ["clock.usage='fixed'", "clock.days_per_round=1", "clock.conversations_per_day=1.0"];
    let own = [kinds, "population.users=20000", "segments.general.rating_propensity=-1"];
    let settings = settings("", &[&own[..], &once, sets].concat());
    let policy = reactive_policy(&settings, 9);
    let before = Population::sample(&settings, 1);
    let rows = serve_all(&mut before.clone(), &settings, &policy, 1).sample.uniform;
    assert_eq!(rows.len(), 20_000);
    Lab { settings, policy, before, rows }
}

impl Lab {
    fn kind(&self, row: &Interaction) -> usize {
        (0..4).find(|k| row.phi[4 + k] == 1.0).expect("every prompt has a kind")
    }

    fn propensity(&self, row: &Interaction) -> f64 {
        let (block, index) = (row.user as usize / BLOCK_USERS, row.user as usize % BLOCK_USERS);
        f64::from(self.before.blocks[block].rating_propensity.get(0, index))
    }

    fn approvals(&self) -> Vec<f64> {
        let model = ApprovalModel::from_scenario(&self.settings);
        let levels = |row: &Interaction| Interaction::levels_of(&row.response[..4], self.policy.levels);
        self.rows.iter().map(|row| model.approval(&row.judge, &row.situation, &levels(row))).collect()
    }

    /// The largest distance of a level's count from what `policy` gives it, in standard errors.
    fn worst_level(&self, policy: &Policy, j: usize) -> f64 {
        let law = |row: &Interaction| policy.probabilities(j, &row.phi);
        let laws: Vec<_> = self.rows.iter().map(law).collect();
        let common = (0..policy.levels)
            .filter(|&level| laws.iter().map(|law| law.as_slice()[level]).sum::<f64>() > 10.0);
        let z = common.map(|level| {
            let count = self.count(|row| usize::from(row.response[j]) == level);
            z_of_count(count, laws.iter().map(|law| law.as_slice()[level])).abs()
        });
        z.fold(0.0, f64::max)
    }

    fn count(&self, event: impl Fn(&Interaction) -> bool) -> f64 {
        self.rows.iter().filter(|row| event(row)).count() as f64
    }
}

#[test]
fn prompt_kinds_have_their_shares() {
    let lab = lab(&[]);
    let observed: Vec<f64> = (0..4).map(|k| lab.count(|row| lab.kind(row) == k)).collect();
    let z = |shift: f64| {
        let shares: Vec<f64> = lab.settings.prompts.values().map(|kind| kind.share).collect();
        let shares = [shares[0] + shift, shares[1] - shift, shares[2], shares[3]];
        z_of_chi_square(&observed, &shares.map(|share| share * 20_000.0))
    };
    assert!(z(0.0).abs() < Z, "{}", z(0.0));
    // Negative control: two points of share moved.
    assert!(z(0.02) > Z);
}

#[test]
fn stances_are_stated_as_often_as_their_kind_says() {
    let lab = lab(&[]);
    let visible = lab.count(|row| row.situation.visible);
    let z = |shift: f64| {
        let stated = |row: &Interaction| lab.settings.prompts[lab.kind(row)].stated + shift;
        z_of_count(visible, lab.rows.iter().map(stated))
    };
    assert!(z(0.0).abs() < Z, "{}", z(0.0));
    assert!(z(0.02).abs() > Z);
}

#[test]
fn readings_err_by_their_noise_and_estimates_by_theirs() {
    let lab = lab(&[]);
    let seen = lab.rows.iter().filter(|row| row.situation.visible);
    let reading: Vec<f64> = seen.map(|row| row.situation.stance_read - row.situation.stance_error).collect();
    let estimate: Vec<f64> = lab.rows.iter().map(|row| row.situation.estimate).collect();
    // The mean square of n normal numbers has relative standard error sqrt(2 / n).
    let z = |values: &[f64], sd: f64| {
        let square = values.iter().map(|x| x * x).sum::<f64>() / values.len() as f64;
        (square / (sd * sd) - 1.0) / (2.0 / values.len() as f64).sqrt()
    };
    assert!(z(&reading, lab.settings.world.stance_noise_stated).abs() < Z);
    assert!(z(&estimate, lab.settings.world.model_error_sd).abs() < Z);
    assert!(z(&estimate, 1.05 * lab.settings.world.model_error_sd).abs() > Z);
}

#[test]
fn levels_follow_the_policy() {
    // Few levels are drawn by the recurrence; large weights and many levels by single exponentials.
    for sets in [&["policy.levels=6"][..], &["policy.levels=2"], &["policy.levels=32"]] {
        let lab = lab(sets);
        let worst = |policy: &Policy| (0..4).map(|j| lab.worst_level(policy, j)).fold(0.0, f64::max);
        assert!(worst(&lab.policy) < Z, "{}", worst(&lab.policy));
        // Negative control: a policy that is a quarter steeper.
        let steeper = Policy { weights: &lab.policy.weights * 1.25, ..lab.policy.clone() };
        assert!(worst(&steeper) > Z, "{}", worst(&steeper));
    }
}

#[test]
fn ratings_thumbs_and_returns_have_their_probabilities() {
    let lab = &lab(&[]);
    let approvals = lab.approvals();
    let model = ApprovalModel::from_scenario(&lab.settings);
    let (surprise, rate) = (lab.settings.approval.surprise, lab.settings.consequences.satisfaction_rate);
    let pairs = || lab.rows.iter().zip(&approvals);
    let rated = |k: f64| {
        let p = pairs().map(move |(row, u)| logistic(lab.propensity(row) + k * (u - row.satisfaction).abs()));
        z_of_count(lab.count(|row| row.rated), p)
    };
    assert!(rated(surprise).abs() < Z, "{}", rated(surprise));
    assert!(rated(1.5 * surprise).abs() > Z);
    let up = |shift: f64| {
        let p = approvals.iter().map(|u| model.thumbs_up_probability(u + shift));
        z_of_count(lab.count(|row| row.up), p)
    };
    assert!(up(0.0).abs() < Z && up(0.05).abs() > Z, "{} {}", up(0.0), up(0.05));
    let returned = |shift: f64| {
        let p = pairs().map(|(row, u)| {
            model.thumbs_up_probability(row.satisfaction + rate * (u - row.satisfaction) + shift)
        });
        z_of_count(lab.count(|row| row.returned), p)
    };
    assert!(returned(0.0).abs() < Z && returned(0.05).abs() > Z, "{}", returned(0.0));
}

#[test]
fn discoveries_have_their_probability() {
    let lab = lab(&["consequences.discovery=1.0"]);
    let model = ApprovalModel::from_scenario(&lab.settings);
    let served = serve_all(&mut lab.before.clone(), &lab.settings, &lab.policy, 1);
    let found = served.total().discoveries as f64;
    let novice = lab.settings.consequences.discovery_novice;
    let z = |discovery: f64| {
        let p = lab.rows.iter().map(|row| {
            let y = model.position(&row.situation, &Interaction::levels_of(&row.response[..4], 6));
            let stakes = lab.settings.prompts[lab.kind(row)].stakes;
            discovery * stakes * (novice + (1.0 - novice) * row.judge.expertise) * y * y / (1.0 + y * y)
        });
        z_of_count(found, p)
    };
    assert!(z(1.0).abs() < Z, "{}", z(1.0));
    assert!(z(0.7).abs() > Z);
}

// Keys are uniform and independent of everything, so a bounded sample is uniform: the share of a kind in it is the
// share of traffic.
#[test]
fn bounded_samples_are_uniform() {
    let lab = lab(&[]);
    let part = |rows: &[Interaction]| Sample { rated: vec![], uniform: rows.to_vec() };
    let sample = Sample::smallest(vec![part(&lab.rows)], 0, 2000);
    let (left, right) = lab.rows.split_at(lab.rows.len() / 3);
    assert_eq!(Sample::smallest(vec![part(left), part(right)], 0, 2000), sample);
    let emotional = sample.uniform.iter().filter(|row| lab.kind(row) == 3).count() as f64;
    assert!(z_of_share(emotional, 2000.0, 0.15).abs() < Z);
    assert!(z_of_share(emotional, 2000.0, 0.25).abs() > Z);
}
