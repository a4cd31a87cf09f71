//! `sweep` from the sweep file to the merged table, and what it refuses; designs on stdin.

use super::*;
use thumbscale::output::read_parquet;

const FILE: &str = r#"scenario = "all-three"
replicates = 2
[set]
"population.users" = 60
"run.rounds" = 2
"run.warm_up_rounds" = 0
"run.measure_rows" = 32
"signals.raters.rows" = 64
[design]
kind = "grid"
steps = 3
random_numbers = "common"
[parameters]
"policy.kl_strength" = { range = [0.05, 0.5], scale = "log" }
"memory.capacity" = { values = [1, 4] }
[outcomes]
measures = ["sycophancy_index", "user_benefit"]
"#;

fn place() -> Place {
    let place = Place::new();
    place.write("small.toml", FILE);
    place
}

fn planned(more: &[&str]) -> Place {
    let place = place();
    let words = ["sweep", "plan", "small.toml", "--out", "s", "--shards", "4", "--pilot-seconds", "0"];
    let output = place.output(&[&words, more].concat());
    assert_eq!(code(&output), 0, "{}", stderr(&output));
    place
}

/// Runs the program, which must end well, and gives what it printed.
fn fine(place: &Place, words: &[&str]) -> String {
    let output = place.output(words);
    assert_eq!(code(&output), 0, "{words:?}: {}", stderr(&output));
    stdout(&output)
}

/// What it refuses: exit code and words on stderr.
fn refused(place: &Place, words: &[&str], expected: i32, said: &str) {
    let output = place.output(words);
    assert_eq!(code(&output), expected, "{words:?}: {}", stderr(&output));
    assert!(stderr(&output).contains(said), "{words:?}: {}", stderr(&output));
}

fn merged(place: &Place, folder: &str) -> Vec<u8> {
    std::fs::read(place.path().join(folder).join("results/part-00000.parquet")).unwrap()
}

#[test]
fn a_plan_says_what_it_will_cost_and_status_how_far_it_is() {
    let place = place();
    let words = ["sweep", "plan", "small.toml", "--out", "s", "--shards", "4", "--pilot-seconds", "0"];
    insta::assert_snapshot!(fine(&place, &words));
    let planned: serde_json::Value =
        serde_json::from_str(&fine(&place, &[&words[..], &["--force", "--format", "json"]].concat()))
            .unwrap();
    assert_eq!(
        (planned["runs"].as_u64(), planned["shards"].as_u64(), planned["points"].as_u64()),
        (Some(12), Some(4), Some(6))
    );
    fine(&place, &["sweep", "run", "s", "--shard", "2", "--shard", "4"]);
    let status = fine(&place, &["sweep", "status", "s"]);
    assert!(
        status.contains("small: 6 of 12 runs done (50 %)") && status.contains("2 of 4 done, 2 waiting"),
        "{status}"
    );
    refused(&place, &["sweep", "merge", "s"], 1, "6 of 12 runs are missing, in shards 1 and 3");
    let output = place.output(&["sweep", "run", "s", "--shard", "1/2"]);
    assert!(stderr(&output).contains("6 runs in"), "{}", stderr(&output));
    let status: serde_json::Value =
        serde_json::from_str(&fine(&place, &["sweep", "status", "s", "--format", "json"])).unwrap();
    assert_eq!(status["runs"], serde_json::json!({ "total": 12, "done": 12, "failed": 0 }));
    assert_eq!(fine(&place, &["sweep", "merge", "s"]), "12 rows of 12 runs in s/results\n");
}

#[test]
fn one_command_plans_runs_and_merges_and_goes_on_when_called_again() {
    let place = place();
    let words = ["sweep", "run", "small.toml", "--pilot-seconds", "0"];
    let said = fine(&place, &words);
    assert!(said.ends_with("12 rows of 12 runs in output/sweeps/small/results\n"), "{said}");
    let again = place.output(&words);
    assert!(
        stderr(&again).contains("going on with the sweep") && stderr(&again).contains("nothing was missing")
    );
    let place_of_threads = planned(&[]);
    fine(&place_of_threads, &["sweep", "run", "s", "--threads", "1"]);
    fine(&place_of_threads, &["sweep", "merge", "s"]);
    assert_eq!(merged(&place, "output/sweeps/small"), merged(&place_of_threads, "s"));
    place.write("small.toml", &FILE.replace("0.5]", "0.6]"));
    refused(&place, &words, 2, "holds a sweep already");
    fine(&place, &[&words[..], &["--force"]].concat());
}

#[test]
fn a_merged_sweep_is_analysed_without_simulating() {
    let place = planned(&[]);
    refused(&place, &["sensitivity", "--from", "s"], 1, "runs are missing");
    fine(&place, &["sweep", "run", "s"]);
    let found: serde_json::Value =
        serde_json::from_str(&fine(&place, &["sensitivity", "--from", "s", "--format", "json"])).unwrap();
    assert_eq!((&found["method"], &found["replicates"]), (&"grid".into(), &2.into()));
    refused(&place, &["compound", "--from", "s"], 2, "no factorial");
    let factors = FILE.replace("[set]", "factors = [\"thumbs\", \"memory\"]\n[set]");
    let factorial = factors.replace("\"grid\"\nsteps = 3", "\"factorial\"");
    place.write("factors.toml", factorial.split("[parameters]").next().unwrap());
    fine(&place, &["sweep", "run", "factors.toml", "--out", "f", "--pilot-seconds", "0"]);
    let found: serde_json::Value =
        serde_json::from_str(&fine(&place, &["compound", "--from", "f", "--format", "json"])).unwrap();
    assert_eq!(found["factors"], serde_json::json!(["thumbs", "memory"]));
}

#[test]
fn what_is_wrong_with_a_folder_is_refused_with_its_reason() {
    let place = planned(&[]);
    refused(&place, &["sweep", "plan", "small.toml", "--out", "s"], 2, "delete it with --force");
    refused(&place, &["sweep", "run", "nowhere"], 2, "holds no sweep");
    refused(&place, &["sweep", "run", "s", "--shard", "5"], 2, "shards 1 to 4");
    refused(&place, &["sweep", "run", "s", "--shard", "5/4"], 2, "I from 1 to N");
    refused(&place, &["sweep", "extend", "s", "--samples", "9"], 2, "--points FILE");
    // Where there is no Slurm.
    let output = place.command(&["sweep", "submit", "s", "--on", "slurm"]).env("PATH", "").output().unwrap();
    assert!(code(&output) == 2 && stderr(&output).contains("login node"), "{}", stderr(&output));
    let path = place.path().join("s/manifest-1.json");
    let text = std::fs::read_to_string(&path).unwrap();
    std::fs::write(&path, text.replace("\"end\": 2", "\"end\": 3")).unwrap();
    refused(&place, &["sweep", "run", "s"], 3, "was altered after it was written");
    refused(&place, &["sweep", "status", "s"], 3, "restore the file");
    place.write("bad.toml", &FILE.replace("kl_strength", "kl_strenght"));
    refused(&place, &["sweep", "plan", "bad.toml"], 3, "did you mean policy.kl_strength");
}

#[test]
fn every_engine_has_its_file() {
    let place = planned(&[]);
    for (engine, said) in [
        ("slurm", "#SBATCH --array=1-4"),
        ("snakemake", "rule shard:"),
        ("dask", "client.map(run_shard"),
        ("hyperqueue", "hq submit"),
        ("kubernetes", "\"completionMode\": \"Indexed\""),
    ] {
        let text = fine(&place, &["sweep", "submit", "s", "--on", engine, "--dry-run"]);
        assert!(text.contains(said), "{engine}: {text}");
        assert!(!place.path().join("s/submit").exists(), "{engine} writes nothing in a dry run");
    }
    let path = fine(&place, &["sweep", "submit", "s", "--on", "snakemake"]);
    assert!(Path::new(path.trim()).ends_with("submit/Snakefile") && Path::new(path.trim()).exists());
    fine(&place, &["sweep", "run", "s"]);
    let output = place.output(&["sweep", "submit", "s", "--on", "dask", "--dry-run"]);
    assert!(
        stderr(&output).starts_with("nothing to submit: 4 of 4 shards are done") && output.stdout.is_empty()
    );
}

// Killed three times, at moments of its own, and stopped once: the same bytes in the end.
#[cfg(unix)]
#[test]
fn a_sweep_that_is_killed_and_stopped_ends_with_the_same_bytes() {
    let longer = |place: &Place| {
        place.write("small.toml", &FILE.replace("steps = 3", "steps = 40").replace("= 60", "= 400"))
    };
    let (straight, place) = (place(), place());
    for it in [&straight, &place] {
        longer(it);
        fine(it, &["sweep", "plan", "small.toml", "--out", "s", "--shards", "8", "--pilot-seconds", "0"]);
    }
    fine(&straight, &["sweep", "run", "s", "--threads", "1"]);
    fine(&straight, &["sweep", "merge", "s"]);
    for (signal, milliseconds) in [("-KILL", 150), ("-KILL", 400), ("-TERM", 300), ("-KILL", 250)] {
        let mut child = std::process::Command::new(env!("CARGO_BIN_EXE_thumbscale"))
            .current_dir(place.path())
            .args(["--quiet", "sweep", "run", "s"])
            .spawn()
            .unwrap();
        std::thread::sleep(std::time::Duration::from_millis(milliseconds));
        interrupt::send(&child, signal);
        let status = child.wait().unwrap();
        assert!(signal == "-KILL" || status.code() == Some(130) || status.success(), "{status}");
    }
    fine(&place, &["sweep", "run", "s"]);
    fine(&place, &["sweep", "merge", "s"]);
    assert_eq!(merged(&place, "s"), merged(&straight, "s"));
    let left: Vec<PathBuf> = files(&place.path().join("s")).into_iter().filter(|it| is_hidden(it)).collect();
    assert!(left.len() <= 3, "a kill leaves at most the file that was being written: {left:?}");
}

#[test]
fn a_million_points_are_planned_and_too_many_refused() {
    let place = place();
    let many = FILE.replace("\"grid\"\nsteps = 3", "\"random\"\nsamples = 50_000");
    place.write("many.toml", &many);
    let said = fine(
        &place,
        &["sweep", "plan", "many.toml", "--out", "m", "--pilot-seconds", "0", "--replicates", "20"],
    );
    assert!(said.contains("1 million (20 of each point)"), "{said}");
    place.write("many.toml", &many.replace("50_000", "1_000_000_000_000"));
    refused(&place, &["sweep", "plan", "many.toml", "--out", "n"], 3, "1000000000000 points");
    assert!(!place.path().join("n").exists());
}

#[test]
fn designs_on_stdin_are_answered_in_order() {
    let place = Place::new();
    let words =
        ["run", "all-three", "--json-lines", "--rounds", "2", "--outcome", "sycophancy_index", "--seed", "5"];
    let lines = "{\"id\": 1, \"parameters\": {\"policy.kl_strength\": 0.2}}\n\n\
        {\"id\": \"b\", \"parameters\": {\"policy.kl_strenght\": 0.2}}\nnonsense\n\
        {\"id\": 3, \"parameters\": {\"factors.memory\": false, \"policy.kl_strength\": 0.2}, \"replicates\": 2}\n\
        {\"id\": 4, \"parameters\": {\"policy.kl_strength\": 0.2}}\n";
    let output = place.command(&small(&words)).write_stdin(lines).output().unwrap();
    assert_eq!(code(&output), 1, "two designs have failed: {}", stderr(&output));
    let answers: Vec<serde_json::Value> =
        stdout(&output).lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let index = |nth: usize| answers[nth]["outcomes"]["sycophancy_index"].as_f64().unwrap();
    assert_eq!((answers.len(), &answers[0]["id"], &answers[1]["id"]), (5, &1.into(), &"b".into()));
    assert!(answers[1]["error"].as_str().unwrap().contains("policy.kl_strenght"));
    assert!(answers[2]["error"].as_str().unwrap().starts_with("line 4 is no design"));
    assert!(answers[3]["sd"]["sycophancy_index"].as_f64().unwrap() > 0.0);
    assert_eq!(index(0), index(4), "the same design has the same answer");
    // By the other road: the table that `run` prints.
    let run = [
        "run",
        "all-three",
        "--rounds",
        "2",
        "--seed",
        "5",
        "--no-contrast",
        "--format",
        "csv",
        "--set",
        "policy.kl_strength=0.2",
    ];
    let csv = stdout(&place.small(&run));
    let column = csv.lines().next().unwrap().split(',').position(|it| it == "sycophancy_index").unwrap();
    let last: f64 = csv.lines().last().unwrap().split(',').nth(column).unwrap().parse().unwrap();
    assert_eq!(last, index(0));
    let unknown = place.output(&["run", "baseline", "--json-lines", "--outcome", "nothing"]);
    assert_eq!(code(&unknown), 2);
}

// Eight at once, each of which finds results of another in its place.
#[test]
fn merges_at_the_same_time_leave_one_whole_table_and_nothing_else() {
    let place = planned(&[]);
    fine(&place, &["sweep", "run", "s"]);
    fine(&place, &["sweep", "merge", "s"]);
    let entries = || {
        let folder = std::fs::read_dir(place.path().join("s")).unwrap();
        let mut names: Vec<_> = folder.map(|entry| entry.unwrap().file_name()).collect();
        names.sort();
        names
    };
    let (table, before) = (merged(&place, "s"), entries());
    for _ in 0..5 {
        std::thread::scope(|scope| {
            (0..8).for_each(|_| drop(scope.spawn(|| fine(&place, &["sweep", "merge", "s"]))));
        });
        assert_eq!(merged(&place, "s"), table);
        assert_eq!(entries(), before);
    }
}

#[test]
fn the_merged_table_has_the_design_beside_the_outcomes() {
    let place = planned(&["--set", "world.topics=3"]);
    fine(&place, &["sweep", "run", "s"]);
    fine(&place, &["sweep", "merge", "s"]);
    let table = read_parquet(&place.path().join("s/results/part-00000.parquet")).unwrap();
    let names: Vec<&str> = table.columns.iter().map(|it| it.name.as_str()).collect();
    assert_eq!(
        names,
        [
            "point",
            "replicate",
            "seed",
            "policy.kl_strength",
            "memory.capacity",
            "round",
            "sycophancy_index",
            "user_benefit",
            "error"
        ]
    );
    assert_eq!(table.numbers("memory.capacity").unwrap()[..4], [1.0, 1.0, 4.0, 4.0]);
    assert!(std::fs::read_to_string(place.path().join("s/scenario.toml")).unwrap().contains("topics = 3"));
}
