//! A finished sweep says the same as the commands that simulate for themselves.

use super::*;
use thumbscale::analysis::ensemble::{Design, NoStore, evaluate};
use thumbscale::analysis::sensitivity::{Measures, Method, points, reduce};
use thumbscale::measure::table::Table;
use thumbscale::scenario::with_point;
use thumbscale::sweep::SweepError;

#[test]
fn points_are_those_that_sensitivity_simulates() {
    let folder = tempfile::tempdir().unwrap();
    let design = "[design]\nkind = \"grid\"\nsteps = 2\nrandom_numbers = \"common\"\n";
    let sweep = planned(&file("replicates = 2\nseed = 5", &format!("{design}{TWO}")), folder.path(), 2);
    run(&sweep);
    let found = sweep.as_points().unwrap();
    let base = sweep.scenario.with_seed(5).unwrap();
    let versions =
        |point: usize| vec![with_point(&base, &sweep.parameters, sweep.points.row(point)).unwrap()];
    let design = Design { points: 4, versions: &versions, replicates: 2 };
    let columns = thumbscale::analysis::ensemble::history_columns(&base).unwrap();
    let column = columns.into_iter().find(|it| it.name == "sycophancy_index").unwrap();
    let measures = Measures { columns: vec![column], effects: false };
    let reduced = |histories: &[Table]| reduce(histories, &measures);
    let ensemble = evaluate(design, &NoStore, &|_| ControlFlow::Continue(()), &reduced);
    let expected = points(found.parameters.clone(), sweep.points.clone(), &measures, &ensemble);
    assert_eq!(found, expected);
    assert_eq!((sweep.method(), sweep.logarithmic()), (Method::Grid, vec![true, false]));
}

#[test]
fn a_factorial_has_the_histories_of_every_combination() {
    let folder = tempfile::tempdir().unwrap();
    let top = "replicates = 2\nseed = 5\nfactors = [\"thumbs\", \"memory\"]";
    let rest = "[design]\nkind = \"factorial\"\nrandom_numbers = \"common\"\n[outcomes]\nevery = 1\n";
    let sweep = planned(&file(top, rest), folder.path(), 3);
    assert_eq!(sweep.runs(), 8);
    assert!(matches!(sweep.as_factorial(), Err(SweepError::Incomplete { .. })));
    run(&sweep);
    let (factors, histories) = sweep.as_factorial().unwrap();
    assert_eq!(
        (factors.as_slice(), histories.len(), histories[0].len()),
        (&["thumbs", "memory"].map(String::from)[..], 2, 4)
    );
    // Combination 2 is memory alone; fresh data, which is not varied, stays on.
    let memory = sweep.scenario.with_active_factors(&["memory", "fresh_data"]).unwrap().with_seed(5).unwrap();
    let design = Design { points: 1, versions: &|_| vec![memory.clone()], replicates: 2 };
    let expected = evaluate(design, &NoStore, &|_| ControlFlow::Continue(()), &|it: &[Table]| it[0].clone());
    for (replicate, expected) in expected.results[0].iter().enumerate() {
        let expected = expected.as_ref().unwrap().as_ref().unwrap();
        let found = &histories[replicate][2];
        assert_eq!(found.numbers("sycophancy_index"), expected.numbers("sycophancy_index"));
        assert_eq!(found.numbers("round"), expected.numbers("round"));
    }
}

#[test]
fn a_sweep_that_is_no_factorial_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let sweep =
        planned(&file("", &format!("[design]\nkind = \"random\"\nsamples = 3\n{TWO}")), folder.path(), 1);
    run(&sweep);
    assert!(matches!(sweep.as_factorial(), Err(SweepError::NoFactorial { .. })));
}
