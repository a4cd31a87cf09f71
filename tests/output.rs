//! The output layer on a made-up run: folder, figures, report, words.
#![cfg(feature = "cli")]

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
    write_results(&results, &provenance(), &Destination { root: root.to_path_buf(), force, format })
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
