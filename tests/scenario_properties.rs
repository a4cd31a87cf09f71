//! Whatever is written in a scenario file, the program answers with a scenario or with errors.

use proptest::prelude::*;
use thumbscale::scenario::{Scenario, preset_loader, presets};

fn read(text: &str, sets: &[String]) -> Option<Scenario> {
    match Scenario::from_toml("main.toml", text, &preset_loader, sets) {
        Ok(scenario) => Some(scenario),
        Err(errors) => {
            // Rendering must cope with every place that an error can have.
            assert!(!errors.0.is_empty() && !errors.render(true).is_empty());
            serde_json::to_string(&errors).expect("errors are plain data");
            None
        }
    }
}

fn preset_text() -> impl Strategy<Value = String> {
    let texts: Vec<String> = presets().iter().map(|preset| preset.text.to_string()).collect();
    let resolved = Scenario::preset("all-three", &[]).unwrap().to_toml();
    prop::sample::select([texts, vec![resolved]].concat())
}

/// Pieces that are likely to hit something.
fn piece() -> impl Strategy<Value = String> {
    let likely = [
        "false",
        "-1",
        "1e400",
        "nan",
        "[",
        "]",
        "{",
        "}",
        "=",
        "\"",
        "\n",
        ".",
        "é",
        "\0",
        "[factors.x.set]\n",
    ];
    prop_oneof![prop::sample::select(likely.map(String::from).to_vec()), "\\PC{0,6}"]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_mutated_file_never_panics(
        text in preset_text(),
        edits in prop::collection::vec((any::<prop::sample::Index>(), 0..12usize, piece()), 1..4),
    ) {
        let mut chars: Vec<char> = text.chars().collect();
        for (at, removed, new) in edits {
            let start = at.index(chars.len() + 1);
            let end = (start + removed).min(chars.len());
            chars.splice(start..end, new.chars());
        }
        read(&chars.into_iter().collect::<String>(), &[]);
    }

    #[test]
    fn any_set_never_panics(set in "\\PC{0,12}=?\\PC{0,12}", key in "[a-z_]{1,8}(\\.[a-z_]{1,8}){0,3}", value in "\\PC{0,8}") {
        read("", &[set]);
        read("base = 'baseline.toml'", &[format!("{key}={value}")]);
    }

    #[test]
    fn resolved_text_reads_back_equal(
        kl in 1e-9..1e9f64,
        write in 0.0..=1.0f64,
        seed in 0..=i64::MAX as u64,
        users in 1..4_000_000_000u64,
        question in "\\PC{0,20}",
        taste in -10.0..10.0f64,
        from_round in 1..100u32,
        on in any::<bool>(),
    ) {
        let text = format!(
            "base = 'baseline.toml'\nquestion = {}\nactive_factors = {}\n\
             [policy]\nkl_strength = {kl:?}\n[memory]\nwrite = {write:?}\n[run]\nseed = {seed}\n\
             [population]\nusers = {users}\n[segments.expert]\ntaste = {{ substance = {taste:?} }}\n\
             [factors.late]\nfrom_round = {from_round}\nset = {{ policy = {{ fresh_data = {write:?} }} }}\n",
            toml::Value::from(question),
            if on { "['late', 'memory']" } else { "[]" },
        );
        let scenario = read(&text, &[]).expect("every value is in range");
        prop_assert_eq!(scenario.settings_in(1).policy.kl_strength, kl);
        prop_assert_eq!(scenario.settings_in(1).run.seed, seed);
        let again = read(&scenario.to_toml(), &[]).expect("resolved text is valid");
        prop_assert_eq!(again, scenario);
    }
}
