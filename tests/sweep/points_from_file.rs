//! Points that other tools chose.

use super::*;
use thumbscale::sweep::SweepError;

/// The sweep of the points in a CSV file.
fn read(csv: &str, parameters: &str) -> Result<Draft, SweepError> {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("points.csv"), csv).unwrap();
    Draft::new(
        &file("", &format!("[design]\nkind = \"from_file\"\nfile = \"points.csv\"\n{parameters}")),
        folder.path(),
    )
}

fn rows(draft: &Draft) -> Vec<Vec<f64>> {
    (0..draft.points.rows()).map(|row| draft.points.row(row).to_vec()).collect()
}

#[test]
fn salib_writes_a_matrix_without_names() {
    let csv = "1.25e-01,2.0\n2.5e-01,3.0\n";
    assert_eq!(rows(&read(csv, TWO).unwrap()), [[0.125, 2.0], [0.25, 3.0]]);
}

#[test]
fn the_ema_workbench_writes_its_names_of_experiments_beside() {
    let csv = ",memory.capacity,policy.kl_strength,scenario,policy,model\n0,2,0.25,0,None,loop\n1,3,0.5,1,None,loop\n";
    let draft = read(csv, "").unwrap();
    assert_eq!(rows(&draft), [[2.0, 0.25], [3.0, 0.5]]);
    assert!(draft.notes[0].contains("scenario, policy, model"), "{:?}", draft.notes);
}

#[test]
fn optuna_puts_a_word_before_every_parameter() {
    let csv = "number,value,datetime_start,params_policy.kl_strength,params_memory.enabled,state\n\
        0,0.1,2026-01-01,0.25,True,COMPLETE\n1,0.2,2026-01-01,0.5,False,COMPLETE\n";
    let draft = read(csv, "").unwrap();
    assert_eq!(draft.parameters[1].words, ["false", "true"]);
    assert_eq!(rows(&draft), [[0.25, 1.0], [0.5, 0.0]]);
}

#[test]
fn factors_and_words_are_read_by_name() {
    let csv = "factors.memory,policy.optimiser\n1,exact\n0,ppo\n";
    let parameters = "[parameters]\n\"policy.optimiser\" = { values = [\"exact\", \"ppo\", \"dpo\"] }\n";
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("points.csv"), csv).unwrap();
    let rest = format!("[design]\nkind = \"from_file\"\nfile = \"points.csv\"\n{parameters}");
    let draft = Draft::new(&file("factors = [\"memory\"]", &rest), folder.path()).unwrap();
    assert_eq!(rows(&draft), [[1.0, 0.0], [0.0, 1.0]]);
}

#[test]
fn a_row_that_is_there_twice_is_told() {
    let draft = read("memory.capacity,policy.kl_strength\n2,0.25\n2,0.25\n3,0.5\n", "").unwrap();
    assert!(draft.notes[0].ends_with("on other random numbers"), "{:?}", draft.notes);
}

#[test]
fn what_does_not_fit_is_refused_with_its_place() {
    for (csv, parameters, said) in [
        ("policy.kl_strenght\n0.1\n0.2\n", "", "policy.kl_strength"),
        ("memory.capacity\n1.5\n2\n", "", "memory.capacity"),
        ("policy.kl_strength\n0.1\nhigh\n", TWO, "it takes finite numbers"),
        ("policy.kl_strength,memory.capacity\n0.1,2\n,3\n", TWO, "row 2"),
        ("policy.kl_strength\n0.1\n0.2\n", TWO, "memory.capacity"),
        ("policy.kl_strength,memory.capacity\n0.1,99\n0.2,3\n", "", "capacity"),
    ] {
        let refused = read(csv, parameters).map(|_| ()).unwrap_err().to_string();
        assert!(refused.contains(said) && refused.contains("points.csv"), "{csv}: {refused}");
    }
    assert!(matches!(read("a,a\n1,2\n", ""), Err(SweepError::File(_))));
}
