//! `thumbscale explain`: what a key or an error code means.

use super::catalogue::{SECTIONS, SectionInfo, all_parameters};
use super::code::Code;
use super::fixed::{covers, flat};
use super::names::nearest;
use super::parameter::Parameter;
use super::{Scenario, preset_loader};
use std::fmt::Write;

/// Explains a key (`signals.thumbs.weight`, `signals.*.weight`, `weight`), a section or an error code. Without a
/// query, lists every key.
///
/// # Errors
/// The nearest names, if nothing has this one.
pub fn explain(query: Option<&str>) -> Result<String, Vec<String>> {
    let Some(query) = query else { return Ok(key_list(&all_parameters())) };
    if let Some(code) = Code::from_word(query) {
        return Ok(format!("{}\n\n{}\n", code.word(), code.documentation()));
    }
    if let Some(section) = SECTIONS.iter().find(|section| section.name == query.trim_end_matches(".*")) {
        return Ok(explain_section(section));
    }
    let matches: Vec<(String, Parameter)> =
        all_parameters().into_iter().filter(|(path, _)| names_key(query, path)).collect();
    match matches.as_slice() {
        [] => Err(nearest_keys(query)),
        [(path, parameter)] => Ok(explain_key(query, path, parameter)),
        several => Ok(format!("Several keys are called {query}:\n\n{}", key_list(several))),
    }
}

/// The parameter that `key` sets, also where it is an entry of a table per name, as in `guardrails.highest.flattery`.
pub fn parameter_of(key: &str) -> Option<Parameter> {
    let table = key.rsplit_once('.').map_or(key, |(table, _)| table);
    let at = |wanted: &str| all_parameters().into_iter().find(|(path, _)| covers(path, wanted));
    at(key).or_else(|| at(table)).map(|(_, parameter)| parameter)
}

/// Whether `query` means the key at `path`: its whole path, with or without `*`, or its last part.
fn names_key(query: &str, path: &str) -> bool {
    let same_depth = query.split('.').count() == path.split('.').count();
    // Below a table per behaviour or a factor's changes stand further names.
    let deeper = path == "factors.*.set" || path.ends_with(".taste") || path.ends_with(".crowds");
    (covers(path, query) && (same_depth || deeper)) || path.rsplit('.').next() == Some(query)
}

fn explain_section(section: &SectionInfo) -> String {
    let prefix = format!("{}.", section.name);
    let keys: Vec<(String, Parameter)> =
        all_parameters().into_iter().filter(|(path, _)| path.starts_with(&prefix)).collect();
    format!("{}\n{}\n\n{}", section.name, section.meaning, key_list(&keys))
}

fn key_list(keys: &[(String, Parameter)]) -> String {
    let width = keys.iter().map(|(path, _)| path.len()).max().unwrap_or(0);
    keys.iter().map(|(path, parameter)| format!("{path:width$}  {}\n", parameter.meaning)).collect()
}

fn explain_key(query: &str, path: &str, parameter: &Parameter) -> String {
    let mut text = format!("{path}\n{}\n\n", parameter.meaning);
    let mut line = |name: &str, value: &str| {
        if !value.is_empty() {
            let _ = writeln!(text, "  {name:<9} {value}");
        }
    };
    line("accepts", &parameter.kind.words());
    line("unit", parameter.unit);
    line("default", parameter.default.as_deref().unwrap_or("none"));
    for (key, value) in built_in_values(query, path, parameter) {
        line("", &format!("{key} = {value}"));
    }
    line("source", parameter.source);
    text
}

/// What the built-in lists say other than the default, for keys of named entries.
fn built_in_values(query: &str, path: &str, parameter: &Parameter) -> Vec<(String, String)> {
    if !path.contains('*') {
        return Vec::new();
    }
    let pattern = if covers(path, query) { query } else { path };
    let Ok(built_in) = Scenario::from_toml("defaults", "", &preset_loader, &[]) else { return Vec::new() };
    let values = flat(&built_in.phases[0].settings).into_iter();
    let said = values.filter(|(key, _)| covers(pattern, key)).map(|(key, value)| (key, value.to_string()));
    said.filter(|(_, value)| Some(value) != parameter.default.as_ref()).collect()
}

fn nearest_keys(query: &str) -> Vec<String> {
    let all = all_parameters();
    let last = query.rsplit('.').next().unwrap_or(query);
    let paths = nearest(query, all.iter().map(|(path, _)| path.as_str()));
    let keys = nearest(last, all.iter().filter_map(|(path, _)| path.rsplit('.').next()));
    let codes = nearest(query, Code::ALL.iter().map(|code| code.word()));
    let mut names: Vec<String> = paths.into_iter().chain(keys).chain(codes).collect();
    names.sort();
    names.dedup();
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_found_by_path_by_pattern_and_by_name() {
        for query in ["signals.thumbs.weight", "signals.*.weight", "weight"] {
            let text = explain(Some(query)).unwrap();
            assert!(text.starts_with("signals.*.weight\n"), "{query}: {text}");
            assert!(text.contains("0 to 1e6"), "{text}");
        }
    }

    #[test]
    fn a_name_shared_by_several_keys_lists_them() {
        let text = explain(Some("share")).unwrap();
        assert!(text.contains("prompts.*.share") && text.contains("segments.*.share"), "{text}");
    }

    #[test]
    fn codes_and_sections_are_explained() {
        assert!(explain(Some("out_of_range")).unwrap().contains("thumbscale explain KEY"));
        assert!(explain(Some("memory")).unwrap().contains("memory.retention_days"));
    }

    #[test]
    fn every_key_is_listed_and_can_be_explained() {
        let list = explain(None).unwrap();
        for (path, parameter) in all_parameters() {
            assert!(list.contains(&path));
            assert!(explain(Some(&path)).unwrap().contains(parameter.meaning), "{path}");
        }
    }

    #[test]
    fn a_key_names_its_parameter_through_names_and_tables_per_name() {
        let unit = |key| parameter_of(key).map(|it| it.unit);
        assert_eq!(unit("signals.thumbs.weight"), Some(""));
        assert_eq!(unit("guardrails.highest.flattery"), Some("level"));
        assert_eq!(unit("policy.kl_strenght"), None);
    }

    #[test]
    fn what_is_not_found_has_a_nearest_name() {
        assert_eq!(explain(Some("kl_strenght")).unwrap_err(), ["kl_strength", "policy.kl_strength"]);
    }
}
