use super::*;
use crate::measure::table::{Entry, Table};

const MEASURES: [(&str, &str); 8] = [
    ("sycophancy_index", ""),
    ("effective_deference", "level"),
    ("mean_flattery", "level"),
    ("mean_flattery_visible", "level"),
    ("thumbs_up_share", "share"),
    ("user_benefit", "approval"),
    ("mean_abs_stance_error", "stance sd"),
    ("complaints_per_million", "per million conversations"),
];

/// A made-up run: everything rises by `slope` per round, with a little that differs by replicate and measure.
fn run(name: &str, slope: f64, rounds: i64, replicates: i64) -> ComparedRun {
    let (mut table, mut review) = (Table::default(), Table::default());
    for (replicate, round) in (0..replicates).flat_map(|r| (1..=rounds).map(move |round| (r, round))) {
        let mut row = vec![
            Entry::text("variant", "", "all"),
            Entry::integer("replicate", "", "", replicate),
            Entry::integer("round", "", "", round),
        ];
        let noise = 0.004 * ((replicate * 7 + round * 3) % 5) as f64;
        let value = |index: usize| 0.2 + slope * round as f64 + noise * (1.0 + slope * (index * 40) as f64);
        row.extend(
            MEASURES
                .iter()
                .enumerate()
                .map(|(i, (name, unit))| Entry::number(*name, unit, "Made up.", value(i))),
        );
        table.push(row);
        review.push(vec![
            Entry::text("variant", "", "all"),
            Entry::integer("round", "", "", round),
            Entry::text("verdict", "", if round % 3 == replicate % 2 { "held" } else { "launched" }),
        ]);
    }
    let facts = RunFacts {
        run: name.to_string(),
        source: name.to_string(),
        scenario: name.to_string(),
        scenario_hash: "0123456789abcdef".to_string(),
        seed: 7,
        start_date: String::new(),
        days_per_round: 7,
    };
    ComparedRun { facts, rounds: table, review }
}

fn runs(count: usize) -> Vec<ComparedRun> {
    let names = ["baseline", "thumbs-only", "gpt4o-april-2025", "all-three seed5-0a1b2c3d"];
    let name = |index: usize| names.get(index).map_or(format!("mine-number-{index}"), |it| it.to_string());
    let rounds = |index: usize| if index % 3 == 2 { 9 } else { 12 };
    (0..count).map(|index| run(&name(index), 0.002 * index as f64, rounds(index), 4)).collect()
}

#[test]
fn three_runs_read_as_a_table() {
    insta::assert_snapshot!(comparison_text(&ComparisonSummary::new(&runs(3))));
}

#[test]
fn any_number_of_runs_fits_a_terminal() {
    for count in 2..=12 {
        let text = comparison_text(&ComparisonSummary::new(&runs(count)));
        assert!(text.lines().all(|line| line.chars().count() <= 100), "{text}");
        let headers: String = text.lines().filter(|line| line.starts_with("LAST ROUND")).collect();
        for run in runs(count) {
            assert!(headers.contains(&run.facts.run), "{}: {headers}", run.facts.run);
        }
    }
}

#[test]
fn what_does_not_match_is_said() {
    let notes = |runs: &[ComparedRun]| ComparisonSummary::new(runs).notes.join("; ");
    assert_eq!(notes(&runs(2)), "");
    assert!(notes(&runs(3)).contains("aligned by round"));
    let mut dated = runs(2);
    (dated[1].facts.start_date, dated[1].facts.seed) = ("2025-04-25".to_string(), 8);
    assert!(notes(&dated).contains("different dates") && notes(&dated).contains("different seeds"));
}

#[cfg(feature = "files")]
#[test]
fn folders_are_named_by_runs_and_differ_with_their_order() {
    let id = |runs: &[ComparedRun]| {
        let facts: Vec<RunFacts> = runs.iter().map(|run| run.facts.clone()).collect();
        summary::run_id(&facts, &summary::identity(&facts))
    };
    let (mut two, many) = (runs(2), runs(8));
    assert!(id(&two).starts_with("baseline-vs-thumbs-only-"), "{}", id(&two));
    assert!(id(&many).starts_with("baseline-and-7-more-"), "{}", id(&many));
    let before = id(&two);
    two.swap(0, 1);
    assert_ne!(id(&two), before);
}

#[test]
fn held_updates_are_shares_of_replicates() {
    let held = runs(1)[0].held();
    assert_eq!([held[&1], held[&2], held[&3]], [0.5, 0.0, 0.5]);
}

#[cfg(feature = "plots")]
#[test]
fn figures_of_two_to_twelve_runs_are_readable() {
    use crate::output::figures::testing::{assert_texts_are_apart, keep};
    for (count, expected) in [(2, 3), (3, 4), (8, 4), (12, 4)] {
        let runs = runs(count);
        let figures = crate::output::comparison_figures(&ComparisonSummary::new(&runs), &runs);
        assert_eq!(figures.len(), expected);
        for figure in &figures {
            for (svg, size) in [(&figure.svg, "alone"), (&figure.narrow, "narrow")] {
                keep(&format!("{}-{count}-{size}", figure.name), svg);
                assert_texts_are_apart(svg);
            }
        }
        let html = crate::output::comparison_html(&ComparisonSummary::new(&runs), &figures);
        assert!(!html.contains("http://") || html.contains("www.w3.org/2000/svg"));
        assert!(html.ends_with("</html>\n"));
    }
}

#[cfg(feature = "plots")]
#[test]
fn one_replicate_makes_no_claims() {
    let runs: Vec<ComparedRun> = ["a", "b", "c"].map(|name| run(name, 0.01, 5, 1)).to_vec();
    let summary = ComparisonSummary::new(&runs);
    assert_eq!((summary.differences_tested, summary.clear()), (0, 0));
    assert!(!comparison_text(&summary).contains('*'));
    let names: Vec<&str> =
        crate::output::comparison_figures(&summary, &runs).iter().map(|figure| figure.name).collect();
    assert!(!names.contains(&"all-measures"), "{names:?}");
}
