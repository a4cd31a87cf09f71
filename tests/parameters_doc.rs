//! The page of parameters says the same as the declarations.

use thumbscale::scenario::parameters_markdown;

#[test]
fn the_committed_page_is_the_generated_one() {
    let generated = parameters_markdown();
    if std::env::var_os("UPDATE_PARAMETERS").is_some() {
        std::fs::write("docs/parameters.md", &generated).unwrap();
    }
    let committed = std::fs::read_to_string("docs/parameters.md").unwrap_or_default();
    assert!(committed == generated, "run `UPDATE_PARAMETERS=1 cargo test --test parameters_doc` and commit");
}
