//! What the serving kernel sums of approval and benefit against the formulas that training uses, on the logged
//! conversations: the same function in single and in double precision, so 1e-5 a conversation.

use crate::laboratory::{Z, reactive_policy, serve_all, settings, z_of_count};
use thumbscale::feedback::{ApprovalModel, Interaction};
use thumbscale::population::Population;

#[test]
fn approval_and_benefit_are_the_same_function() {
    let settings = settings("", &["population.users=3000", "memory.enabled=true", "clock.usage='fixed'"]);
    let policy = reactive_policy(&settings, 5);
    let model = ApprovalModel::from_scenario(&settings);
    let mut population = Population::sample(&settings, 1);
    serve_all(&mut population, &settings, &policy, 1);
    let served = serve_all(&mut population, &settings, &policy, 2);
    let total = served.total();
    let rows = &served.sample.uniform;
    assert_eq!(rows.len() as f64, total.conversations());
    let levels = |row: &Interaction| Interaction::levels_of(&row.response[..4], policy.levels);
    let approval = |row: &Interaction| model.approval(&row.judge, &row.situation, &levels(row));
    let sum: f64 = rows.iter().map(approval).sum();
    let benefit: f64 = rows.iter().map(|row| model.benefit(&row.situation, &levels(row))).sum();
    assert!((sum - total.approval.sum).abs() < 1e-5 * rows.len() as f64);
    assert!((benefit - total.benefit.sum).abs() < 1e-5 * rows.len() as f64);

    // Thumbs follow P(up | rated), z = 4; a model that takes approval for 0.1 more is noticed.
    let ups = rows.iter().filter(|row| row.up).count() as f64;
    let pleased = |shift: f64| rows.iter().map(move |row| shift + approval(row));
    let z = |shift| z_of_count(ups, pleased(shift).map(|u| model.thumbs_up_probability(u)));
    assert!(z(0.0).abs() < Z, "{}", z(0.0));
    assert!(z(0.1).abs() > Z);
}
