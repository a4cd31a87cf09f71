//! `thumbscale schema`: the JSON schema of scenario files, for editors.

use super::exit::Exit;
use super::talk::print_json;
use clap::Args;

/// Print the JSON schema of scenario files, with which editors complete and check them
#[derive(Args)]
#[command(after_help = "Example: thumbscale schema > scenario.schema.json
Then write this as the first line of a scenario: #:schema scenario.schema.json")]
pub struct Arguments {}

pub fn schema(_: &Arguments) -> anyhow::Result<Exit> {
    print_json(&thumbscale::scenario::schema())?;
    Ok(Exit::Fine)
}
