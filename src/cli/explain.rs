//! `thumbscale explain`: what a key or an error code means.

use super::exit::{Exit, UsageError};
use super::talk::print;
use clap::Args;

/// Explain a key, a section or an error code; without one, list all keys
#[derive(Args)]
#[command(after_help = "Example: thumbscale explain policy.kl_strength")]
pub struct Arguments {
    /// A key (policy.kl_strength), its last part (kl_strength), a section (policy) or an error code (out_of_range)
    #[arg(value_name = "KEY|CODE")]
    query: Option<String>,
}

pub fn explain(arguments: &Arguments) -> anyhow::Result<Exit> {
    let query = arguments.query.as_deref();
    let text = crate::scenario::explain(query).map_err(|nearest| unknown(query, &nearest))?;
    print(&text)?;
    Ok(Exit::Fine)
}

fn unknown(query: Option<&str>, nearest: &[String]) -> UsageError {
    let query = query.unwrap_or_default();
    UsageError(match nearest {
        [] => format!("no key and no error code is called {query:?}; `thumbscale explain` lists all keys"),
        names => {
            format!("no key and no error code is called {query:?}; did you mean {}?", names.join(" or "))
        }
    })
}
