//! `--parameter KEY=LOW..HIGH`, `KEY=LOW..HIGH:log` and `KEY=a,b,c`.

use super::Varied;
use super::key::Key;
use super::law::Wish;
use crate::scenario::Scenario;
use crate::scenario::code::Code;
use crate::scenario::diagnostic::Diagnostic;
use crate::scenario::parameter::quoted;
use crate::scenario::source::{Layer, Origin, Source};
use std::ops::Range;
use std::sync::Arc;

/// Reads one `--parameter`.
pub fn read(scenario: &Scenario, text: &str) -> Result<Varied, Vec<Diagnostic>> {
    let source =
        Arc::new(Source { name: "--parameter".into(), text: text.to_string(), layer: Layer::CommandLine });
    let at = |span: Range<usize>| Origin::new(&source, span);
    let Some((key, law)) = text.split_once('=') else {
        return Err(vec![malformed(text, &at(0..text.len()))]);
    };
    let (key_at, law_at) = (at(0..key.len()), at(key.len() + 1..text.len()));
    let key = Key::find(scenario, key.trim(), &key_at).map_err(|problem| vec![problem])?;
    let wish = wish(law.trim()).ok_or_else(|| vec![malformed(text, &law_at)])?;
    wish.fit(key, &law_at).map_err(|problem| vec![problem])
}

fn malformed(text: &str, at: &Origin) -> Diagnostic {
    Diagnostic::new(Code::BadSet, "", format!("--parameter {text:?} is no key with a range or values")).at(at).help(
        "write KEY=LOW..HIGH, KEY=LOW..HIGH:log or KEY=a,b,c, as in --parameter policy.kl_strength=0.05..0.5:log",
    )
}

fn wish(law: &str) -> Option<Wish> {
    let Some((low, rest)) = law.split_once("..") else { return values(law) };
    let (high, log) = match rest.split_once(':') {
        None => (rest, false),
        Some((high, "log")) => (high, true),
        Some(_) => return None,
    };
    let number = |text: &str| text.trim().replace('_', "").parse::<f64>().ok();
    Some(Wish::Range { low: number(low)?, high: number(high)?, log })
}

fn values(law: &str) -> Option<Wish> {
    let values: Vec<&str> = law.split(',').map(str::trim).collect();
    let plain = |value: &&str| !value.is_empty() && !value.contains(['"', '\'', '\n', '[', '{', ':']);
    let toml = |value: &&str| match value.parse::<f64>() {
        Ok(_) => value.to_string(),
        Err(_) if matches!(*value, "true" | "false") => value.to_string(),
        Err(_) => quoted(value),
    };
    values.iter().all(plain).then(|| Wish::Values(values.iter().map(toml).collect()))
}
