//! `thumbscale schema`: the JSON schemas of scenario and sweep files, for editors.

use super::exit::Exit;
use super::talk::print_json;
use clap::Args;

/// Print the JSON schema of scenario files, with which editors complete and check them
#[derive(Args)]
#[command(after_help = "Example: thumbscale schema > scenario.schema.json
Then write this as the first line of a scenario: #:schema scenario.schema.json")]
pub struct Arguments {
    /// That of sweep files instead
    #[arg(long)]
    sweep: bool,
}

pub fn schema(arguments: &Arguments) -> anyhow::Result<Exit> {
    match arguments.sweep {
        true => print_json(&crate::scenario::sweep_schema())?,
        false => print_json(&crate::scenario::schema())?,
    }
    Ok(Exit::Fine)
}
