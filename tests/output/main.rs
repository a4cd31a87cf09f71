//! The output layer on a made-up run: folder, figures, report, words.
#![cfg(feature = "cli")]

mod pictures;
mod support;

use std::path::{Path, PathBuf};
use std::time::{Duration, UNIX_EPOCH};
use thumbscale::output::{
    Destination, OutputError, Provenance, Results, Summary, TableFormat, Warning, figures, report_html,
    story, write_results,
};

fn provenance() -> Provenance {
    Provenance {
        command_line: ["thumbscale", "run", "scenarios/made-up.toml"].map(String::from).to_vec(),
        threads: 2,
        started: UNIX_EPOCH + Duration::from_secs(1_745_539_200),
        duration: Duration::from_millis(1500),
    }
}

/// Writes the made-up run below `root`.
fn write(root: &Path, force: bool, format: TableFormat) -> Result<PathBuf, OutputError> {
    let (scenario, tables) = (support::scenario(40, 8), support::tables(40, 8));
    let analysis = support::signal_by_signal(&tables);
    let warnings = [Warning::FewUsers { users: 20_000 }];
    let results = Results {
        scenario: &scenario,
        tables: &tables,
        signal_by_signal: Some(&analysis),
        warnings: &warnings,
    };
    write_results(
        &results,
        &provenance(),
        &Destination { root: root.to_path_buf(), force, format, gif: false },
    )
}

#[test]
fn a_run_leaves_every_promised_file_and_a_second_one_is_refused() {
    // In the target folder, so that figures and report can be looked at after the test.
    let root = Path::new(env!("CARGO_TARGET_TMPDIR")).join("output");
    let folder = write(&root, true, TableFormat::Parquet).unwrap();
    for file in [
        "manifest.json",
        "summary.json",
        "rounds.parquet",
        "segments.parquet",
        "review.parquet",
        "report.html",
    ] {
        assert!(folder.join(file).is_file(), "{file}");
    }
    assert!(folder.join("figures/headline.svg").is_file() && folder.join("figures/headline.png").is_file());
    assert!(matches!(write(&root, false, TableFormat::Parquet), Err(OutputError::AlreadyThere { .. })));
}

/// Calls `check` with the made-up run.
fn with_results(rounds: u32, replicates: u32, check: impl Fn(&Results<'_>, &Summary)) {
    let (scenario, tables) = (support::scenario(rounds, replicates), support::tables(rounds, replicates));
    let analysis = support::signal_by_signal(&tables);
    let results =
        Results { scenario: &scenario, tables: &tables, signal_by_signal: Some(&analysis), warnings: &[] };
    check(&results, &Summary::new(&results));
}

#[test]
fn the_summary_fits_one_screen_and_tells_the_story() {
    with_results(40, 8, |results, summary| {
        let text = story(results, summary);
        assert!(text.lines().count() <= thumbscale::output::LINES);
        assert!(text.lines().all(|line| line.chars().count() <= thumbscale::output::COLUMNS));
        insta::assert_snapshot!(text);
    });
}

/// Calls `check` with the made-up run whose launches are reviewed and watched.
fn with_reviewed(check: impl Fn(&Results<'_>, &Summary)) {
    let (scenario, tables) = support::reviewed_run();
    let analysis = support::signal_by_signal(&tables);
    let results =
        Results { scenario: &scenario, tables: &tables, signal_by_signal: Some(&analysis), warnings: &[] };
    check(&results, &Summary::new(&results));
}

#[test]
fn the_summary_of_a_watched_launch_is_a_calendar() {
    with_reviewed(|results, summary| {
        let text = story(results, summary);
        assert!(text.lines().count() <= thumbscale::output::LINES);
        assert!(text.lines().all(|line| line.chars().count() <= thumbscale::output::COLUMNS));
        assert!(!text.contains('…'), "{text}");
        insta::assert_snapshot!(text);
    });
}

#[test]
fn without_a_calendar_days_are_counted() {
    let (mut scenario, tables) = support::reviewed_run();
    scenario.phases[0].settings.clock.start_date = String::new();
    let results = Results { scenario: &scenario, tables: &tables, signal_by_signal: None, warnings: &[] };
    let text = story(&results, &Summary::new(&results));
    assert!(text.contains("day 135          rollout begins"), "{text}");
    assert!(text.contains("noticed in 4 of 4, day 138 to day 139"), "{text}");
}

#[test]
fn an_incident_is_summarised_as_a_hand_would() {
    with_reviewed(|_, summary| {
        assert_eq!(summary.days, 6 * 27);
        let incident = summary.incident.as_ref().unwrap();
        assert_eq!((incident.update, incident.launched_share, incident.noticed_share), (5, 1.0, 1.0));
        // Rounds 2 to 5 begin with the launch of a quiet update, in four replicates.
        assert_eq!((incident.other_launches, incident.other_alarms), (16, 0));
        let day = |replicate: usize| incident.replicates[replicate].noticed.as_ref().unwrap().day;
        assert_eq!((day(0), day(1)), (5 * 27 + 3, 5 * 27 + 4));
        let first = &incident.replicates[0];
        assert_eq!(first.noticed.as_ref().unwrap().date.as_deref(), Some("2025-04-27"));
        let close = |found: f64, expected: f64| assert!((found - expected).abs() < 1e-9, "{found}");
        // Half of users at S, half at 0.06, 0.085 on average: S = 0.11.
        close(first.index_patched, 0.11);
        close(first.index_peak, 0.14);
        close(first.index_after_rollback, 0.06);
        // Five days of 250 million, of 500 million users.
        close(first.exposed_user_days, 5.0 * 250e6);
        close(first.exposed_days, 2.5);
        let check = &summary.review["expert_spot_check"];
        close(check.pass_share, 5.0 / 6.0);
        assert_eq!((check.pass_share_at_issue, check.role.as_str()), (Some(0.0), "advisory"));
        close(check.at_issue.as_ref().unwrap().mean, 0.6);
    });
}

#[test]
fn runs_of_plain_serving_have_no_incident() {
    with_results(4, 2, |_, summary| {
        assert!(summary.incident.is_none() && summary.review.is_empty());
    });
}

#[test]
fn the_story_prints_warnings_on_one_line() {
    let (scenario, tables) = (support::scenario(4, 2), support::tables(4, 2));
    let unstable = Warning::RatioUnstable { measure: "sycophancy_index".to_string() };
    let results = Results {
        scenario: &scenario,
        tables: &tables,
        signal_by_signal: None,
        warnings: &[Warning::FewUsers { users: 20 }, unstable],
    };
    let text = story(&results, &Summary::new(&results));
    let doubts: Vec<&str> = text.lines().filter(|line| line.starts_with("Read with care: ")).collect();
    assert_eq!(doubts.len(), 1);
    assert!(
        doubts[0].contains("20 simulated users") && doubts[0].ends_with("(and 1 more, see report)"),
        "{text}"
    );
    assert!(doubts[0].chars().count() <= thumbscale::output::COLUMNS);
}

#[test]
fn one_short_run_without_variants_still_gets_figures_and_a_story() {
    let mut tables = support::tables(2, 1);
    tables.rounds = only_all(&tables.rounds);
    tables.segments = Default::default();
    tables.review = Default::default();
    let scenario = support::scenario(2, 1);
    let results = Results { scenario: &scenario, tables: &tables, signal_by_signal: None, warnings: &[] };
    let summary = Summary::new(&results);
    let names: Vec<&str> = figures(&results, &summary).iter().map(|figure| figure.name).collect();
    assert_eq!(
        names,
        ["headline", "does-it-compound", "behaviours", "what-review-saw", "proxy-against-benefit"]
    );
    assert!(story(&results, &summary).contains("Sycophancy index"));
}

/// The rows of the variant "all".
fn only_all(table: &thumbscale::measure::table::Table) -> thumbscale::measure::table::Table {
    use thumbscale::measure::table::Values;
    let kept: Vec<bool> = table.words("variant").unwrap().iter().map(|name| name == "all").collect();
    fn pick<T: Clone>(values: &[T], kept: &[bool]) -> Vec<T> {
        values.iter().zip(kept).filter(|(_, keep)| **keep).map(|(value, _)| value.clone()).collect()
    }
    let mut table = table.clone();
    for column in &mut table.columns {
        column.values = match &column.values {
            Values::Number(values) => Values::Number(pick(values, &kept)),
            Values::Integer(values) => Values::Integer(pick(values, &kept)),
            Values::Text(values) => Values::Text(pick(values, &kept)),
        };
    }
    table
}

#[test]
fn an_empty_run_gives_no_figures_and_does_not_panic() {
    let (scenario, tables) = (support::scenario(1, 1), Default::default());
    let results = Results { scenario: &scenario, tables: &tables, signal_by_signal: None, warnings: &[] };
    let summary = Summary::new(&results);
    let drawn = figures(&results, &summary);
    assert!(drawn.is_empty());
    assert!(story(&results, &summary).contains("no rounds"));
    assert!(report_html(&results, &summary, &drawn).contains("</html>"));
}

#[test]
fn a_watched_launch_is_drawn_and_told_in_the_report() {
    with_reviewed(|results, summary| {
        let drawn = figures(results, summary);
        let named = |name: &str| drawn.iter().find(|figure| figure.name == name).unwrap();
        let (calendar, review) = (named("calendar"), named("what-review-saw"));
        assert!(
            calendar.answer.contains("noticed in 4 of 4, Sun 27 Apr to Mon 28 Apr 2025"),
            "{}",
            calendar.answer
        );
        assert!(calendar.svg.contains("prompt patched, rollback begins"));
        assert_eq!(calendar.table.rows.iter().filter(|row| row[1] == "noticed").count(), 1);
        assert!(
            review.answer.contains("the expert spot check failed, which could only advise"),
            "{}",
            review.answer
        );
        assert!(review.answer.contains("launched in 4 of 4 runs"), "{}", review.answer);
        // Six updates, four checks; what each cannot see is in the last column.
        assert_eq!(review.table.rows.len(), 24);
        assert!(review.table.rows.iter().all(|row| row.last().is_some_and(|cell| !cell.is_empty())));
        let html = report_html(results, summary, &drawn);
        assert!(html.contains("Who was exposed, run by run") && html.contains("Sun 27 Apr 2025"));
    });
}

#[test]
fn the_report_loads_nothing_from_elsewhere() {
    with_results(12, 3, |results, summary| {
        let html = report_html(results, summary, &figures(results, summary));
        for attribute in ["src=", "href=", "<script", "<link", "@import", "url(http", "url(//"] {
            assert!(!html.contains(attribute), "{attribute}");
        }
        assert!(html.starts_with("<!DOCTYPE html>\n<html lang=\"en\">"));
        assert_eq!(html.matches("<details>").count(), 7);
    });
}

#[test]
fn names_from_scenarios_are_escaped_in_the_report() {
    let (mut scenario, tables) = (support::scenario(3, 1), support::tables(3, 1));
    scenario.name = "<script>alert(1)</script>".to_string();
    scenario.about.question = "a < b & \"c\"?".to_string();
    let results = Results { scenario: &scenario, tables: &tables, signal_by_signal: None, warnings: &[] };
    let summary = Summary::new(&results);
    let html = report_html(&results, &summary, &figures(&results, &summary));
    assert!(!html.contains("<script>"));
    assert!(html.contains("a &lt; b &amp; &quot;c&quot;?"));
}

#[test]
fn the_manifest_lists_every_file_with_its_checksum() {
    let root = tempfile::tempdir().unwrap();
    let folder = write(root.path(), false, TableFormat::Csv).unwrap();
    let text = std::fs::read_to_string(folder.join("manifest.json")).unwrap();
    let manifest: serde_json::Value = serde_json::from_str(&text).unwrap();
    let files = manifest["files"].as_array().unwrap();
    for file in files {
        let bytes = std::fs::read(folder.join(file["path"].as_str().unwrap())).unwrap();
        assert_eq!(file["bytes"], bytes.len());
    }
    let names: Vec<&str> = files.iter().map(|file| file["path"].as_str().unwrap()).collect();
    assert!(names.contains(&"rounds.csv") && names.contains(&"report.html"), "{names:?}");
    assert_eq!(manifest["warnings"][0]["kind"], "few_users");
    assert_eq!(manifest["started"], "2025-04-25T00:00:00Z");
    assert_eq!(manifest["scenario"]["name"], "made-up");
}

#[test]
fn the_same_run_gives_the_same_bytes() {
    let roots = [tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap()];
    let folders = [0, 1].map(|index| write(roots[index].path(), false, TableFormat::Parquet).unwrap());
    for file in
        ["rounds.parquet", "summary.json", "figures/headline.svg", "figures/headline.png", "report.html"]
    {
        let [one, two] = [0, 1].map(|index| std::fs::read(folders[index].join(file)).unwrap());
        assert!(one == two, "{file}");
    }
}

#[test]
fn a_summary_reports_what_a_hand_would_compute() {
    use thumbscale::measure::table::{Entry, Table};
    let mut rounds = Table::default();
    // Two runs; the mean index is 0.10, 0.20, 0.15, so that +0.08 is passed in round 2.
    for (replicate, index) in [(0, [0.1, 0.22, 0.16]), (1, [0.1, 0.18, 0.14])] {
        for (round, value) in (1..).zip(index) {
            rounds.push(vec![
                Entry::text("variant", "", "all"),
                Entry::integer("replicate", "", "", replicate),
                Entry::integer("round", "", "", round),
                Entry::number("sycophancy_index", "", "", value),
                Entry::number("conversations", "", "", 100.0),
                Entry::number("complaints_per_million", "", "", 10_000.0),
                Entry::number("left_users", "", "", round as f64),
            ]);
        }
    }
    let tables = thumbscale::output::Tables { rounds, ..Default::default() };
    let mut scenario = support::scenario(3, 2);
    scenario.phases[0].settings.population.users = 100;
    scenario.phases[0].settings.population.real_users = 1000.0;
    let results = Results { scenario: &scenario, tables: &tables, signal_by_signal: None, warnings: &[] };
    let summary = Summary::new(&results);
    let close =
        |found: f64, expected: f64| assert!((found - expected).abs() < 1e-9, "{found} is not {expected}");
    let main = summary.main().unwrap();
    let index = main.measure("sycophancy_index").unwrap();
    close(index.first.mean, 0.1);
    close(index.change.mean, 0.05);
    close(index.change.low, 0.04 + 0.02 * 0.025);
    close(index.peak.mean, 0.2);
    assert_eq!((index.peak_round, main.alarm.round), (2, Some(2)));
    // Each simulated user stands for ten: 3 rounds x 100 conversations x 10, one per cent of which complain.
    close(main.exposure.conversations, 3000.0);
    close(main.exposure.complaints, 30.0);
    close(main.exposure.left_users, 30.0);
    // Only the second round lies past the alarm level; 0.18 - 0.1 falls just short of 0.08 in binary.
    close(main.exposure.conversations_past_alarm, 500.0);
}

#[test]
fn results_that_cannot_be_written_leave_nothing_and_say_so() {
    let root = tempfile::tempdir().unwrap();
    // A file where the scenario's folder should be.
    std::fs::write(root.path().join("made-up"), "in the way").unwrap();
    let error = write(root.path(), true, TableFormat::Csv).unwrap_err();
    assert!(error.to_string().contains("made-up"), "{error}");
    assert_eq!(std::fs::read_dir(root.path()).unwrap().count(), 1);
    assert_eq!(std::fs::read_to_string(root.path().join("made-up")).unwrap(), "in the way");
}

#[test]
fn the_alarm_sentence_follows_the_numbers() {
    with_results(40, 3, |results, summary| {
        let drawn = figures(results, summary);
        let figure = drawn.iter().find(|figure| figure.name == "does-it-compound").unwrap();
        assert!(figure.answer.contains("in round 7; no factor alone reaches it"), "{}", figure.answer);
    });
    with_results(4, 3, |results, summary| {
        let drawn = figures(results, summary);
        let figure = drawn.iter().find(|figure| figure.name == "does-it-compound").unwrap();
        assert!(figure.answer.contains("stays below the alarm level"), "{}", figure.answer);
    });
}
