//! `docs/parameters.md`: every key on one page, written from the same declarations that `thumbscale explain` reads.

use super::catalogue::{SECTIONS, SectionInfo, all_parameters, settings_to_toml};
use super::parameter::Parameter;
use super::{Scenario, preset_loader};

const HEAD: &str = "\
# Parameters

Every key of a scenario file: what it is, its unit, what is accepted (bounds included), its default, and where the
default comes from. Symbols and equations are in `docs/model.md`, words in `docs/glossary.md`; `thumbscale explain KEY`
prints the same facts for one key.

This page is written from `src/scenario/settings.rs` and `launch_settings.rs`. Do not edit it: change the declaration and run
`UPDATE_PARAMETERS=1 cargo test --test parameters_doc`.

";

/// Every key as a page in Markdown, grouped by section, with the entries of the built-in lists.
pub fn parameters_markdown() -> String {
    let all = all_parameters();
    let assumed = all.iter().filter(|(_, parameter)| is_assumed(parameter)).count();
    let mut page = HEAD.to_string();
    page += &format!(
        "Of {} keys {assumed} have a default that nobody has measured. They are marked † and want to be swept.\n",
        all.len()
    );
    let in_section = |path: &str| SECTIONS.iter().any(|section| path.starts_with(&prefix(section)));
    let outside: Vec<_> = all.iter().filter(|(path, _)| !in_section(path)).collect();
    page += "\n## Outside the sections\nWhat the scenario is about and what it starts from.\n\n";
    page += &key_table(&outside);
    let lists = built_in_entries();
    for section in SECTIONS {
        let keys: Vec<_> = all.iter().filter(|(path, _)| path.starts_with(&prefix(section))).collect();
        page += &format!("\n## `{}`\n{}\n\n{}", section.name, section.meaning, key_table(&keys));
        if section.named {
            page += &entry_table(section, &lists);
        }
    }
    page
}

fn prefix(section: &SectionInfo) -> String {
    format!("{}.", section.name)
}

/// Whether the default rests on nothing but judgement, by what its source says.
fn is_assumed(parameter: &Parameter) -> bool {
    parameter.source.starts_with("assumed") || parameter.source.starts_with("model assumption")
}

fn mark(parameter: &Parameter) -> &'static str {
    if is_assumed(parameter) { " †" } else { "" }
}

fn key_table(keys: &[&(String, Parameter)]) -> String {
    let rows = keys.iter().map(|(path, parameter)| {
        row(&[
            &format!("`{path}`{}", mark(parameter)),
            parameter.meaning,
            parameter.unit,
            &parameter.kind.words(),
            &parameter.default.as_deref().map_or("none".to_string(), |value| format!("`{value}`")),
            parameter.source,
        ])
    });
    let head = "| key | meaning | unit | accepts | default | source |\n|---|---|---|---|---|---|\n";
    head.to_string() + &rows.collect::<String>()
}

fn row(cells: &[&str]) -> String {
    let escaped: Vec<String> = cells.iter().map(|cell| cell.replace('|', "\\|")).collect();
    format!("| {} |\n", escaped.join(" | "))
}

type Entries = Vec<(String, Vec<(&'static str, String)>)>;

/// The entries that every scenario starts from: `prompts.factual` and its values.
fn built_in_entries() -> Entries {
    let empty = Scenario::from_toml("defaults", "", &preset_loader, &[]);
    settings_to_toml(
        &empty.expect("the built-in defaults are a scenario, as a test checks").phases[0].settings,
    )
}

/// The built-in entries of a list side by side, for keys in which any of them departs from the default.
fn entry_table(section: &SectionInfo, entries: &Entries) -> String {
    let named: Vec<(&str, &Vec<(&str, String)>)> = entries
        .iter()
        .filter_map(|(header, lines)| Some((header.strip_prefix(&prefix(section))?, lines)))
        .collect();
    let value = |lines: &[(&str, String)], key: &str| {
        lines.iter().find(|(known, _)| *known == key).map_or("none".to_string(), |(_, value)| value.clone())
    };
    let names: String = named.iter().map(|(name, _)| format!(" | `{name}`")).collect();
    let mut table = format!(
        "\nBuilt-in `{}`; values that depart from the default are bold.\n\n| key{names} |\n|---{} |\n",
        section.name,
        " | ---".repeat(named.len())
    );
    for parameter in (section.parameters)() {
        let default = parameter.default.clone().unwrap_or("none".into());
        let values: Vec<String> = named.iter().map(|(_, lines)| value(lines, parameter.key)).collect();
        if values.iter().any(|value| *value != default) {
            let shown = values.iter().map(|value| emphasised(value, *value != default));
            let cells: Vec<String> =
                std::iter::once(format!("`{}`{}", parameter.key, mark(&parameter))).chain(shown).collect();
            table += &row(&cells.iter().map(String::as_str).collect::<Vec<_>>());
        }
    }
    table
}

fn emphasised(value: &str, departs: bool) -> String {
    if departs { format!("**`{value}`**") } else { format!("`{value}`") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_and_every_built_in_entry_is_on_the_page() {
        let page = parameters_markdown();
        for (path, parameter) in all_parameters() {
            assert!(page.contains(&format!("| `{path}`")), "{path}");
            assert!(page.contains(parameter.source), "{path}: source");
        }
        for name in ["factual", "deference", "flattery-averse", "raters"] {
            assert!(page.contains(&format!("| `{name}`")), "{name}");
        }
    }

    #[test]
    fn assumptions_are_marked_and_published_figures_are_not() {
        let page = parameters_markdown();
        assert!(page.contains("| `policy.kl_strength` † |") && page.contains("| `population.real_users` |"));
    }

    #[test]
    fn bars_do_not_break_the_table() {
        assert_eq!(row(&["|b|", "x"]), "| \\|b\\| | x |\n");
    }
}
