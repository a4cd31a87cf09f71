//! The files of the page, embedded: `web/`.

use super::refusal::Refusal;
use crate::lesson::TEXT;
use axum::http::{StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value};
use std::sync::OnceLock;

macro_rules! embedded {
    ($($name:literal),* $(,)?) => {
        const FILES: &[(&str, &[u8])] = &[$( ($name, include_bytes!(concat!("../../../web/", $name))) ),*];
    };
}
embedded![
    "app/alarm.js",
    "app/annotate.js",
    "app/api.js",
    "app/autopsy.js",
    "app/band.js",
    "app/banner.js",
    "app/charts.js",
    "app/controls.js",
    "app/conversations.js",
    "app/dom.js",
    "app/dots.js",
    "app/export.js",
    "app/figure.js",
    "app/format.js",
    "app/frame.js",
    "app/i18n.js",
    "app/keyboard.js",
    "app/lines.js",
    "app/main.js",
    "app/mark_signs.js",
    "app/marks.js",
    "app/palette.js",
    "app/parameters.js",
    "app/pens.js",
    "app/pin.js",
    "app/pixels.js",
    "app/review.js",
    "app/run.js",
    "app/session.js",
    "app/share.js",
    "app/sliders.js",
    "app/state.js",
    "app/story.js",
    "app/story_steps.js",
    "app/stream.js",
    "app/summary.js",
    "app/tables.js",
    "app/words.js",
    "favicon.svg",
    "index.html",
    "strings.json",
    "style.css",
    "vendor/uPlot.LICENSE",
    "vendor/uPlot.esm.js",
    "vendor/uPlot.min.css",
];

const WORDS: &str = "strings.json";

/// The words that the page needs: not those of the demo, nor the pieces of answers, which are put together here.
fn page_words() -> &'static [u8] {
    static KEPT: OnceLock<Vec<u8>> = OnceLock::new();
    KEPT.get_or_init(|| {
        let mut words: Map<String, Value> = serde_json::from_str(TEXT).unwrap_or_default();
        words.remove("demo");
        let prompts = words.get_mut("conversations").and_then(Value::as_array_mut);
        for prompt in prompts.into_iter().flatten().filter_map(Value::as_object_mut) {
            prompt.retain(|key, _| ["id", "ask"].contains(&key.as_str()));
        }
        serde_json::to_vec(&words).unwrap_or_default()
    })
}

/// A file of the page.
pub async fn asset(uri: Uri) -> Result<Response, Refusal> {
    let path = uri.path().trim_start_matches('/');
    let name = if path.is_empty() { "index.html" } else { path };
    let (_, content) = FILES.iter().find(|(known, _)| *known == name).ok_or_else(|| {
        Refusal::new(
            StatusCode::NOT_FOUND,
            "there is nothing at this address",
            "open the address without a path",
        )
    })?;
    let content = if name == WORDS { page_words() } else { *content };
    // Never kept: another version of the program may answer at the same address tomorrow.
    let headers = [(header::CONTENT_TYPE, kind(name)), (header::CACHE_CONTROL, "no-store")];
    Ok((headers, content).into_response())
}

fn kind(name: &str) -> &'static str {
    match name.rsplit('.').next().unwrap_or_default() {
        "html" => "text/html; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "json" => "application/json",
        "svg" => "image/svg+xml",
        _ => "text/plain; charset=utf-8",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;
    use std::path::{Path, PathBuf};

    fn names_below(folder: &Path) -> Vec<String> {
        let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
        let below = |path: PathBuf| match path.is_dir() {
            true => names_below(&path),
            false => vec![path.strip_prefix("web").unwrap().to_str().unwrap().to_string()],
        };
        entries.flat_map(below).collect()
    }

    #[test]
    fn all_of_the_page_is_embedded_and_small() {
        let mut names = names_below(Path::new("web"));
        names.sort();
        assert_eq!(names, FILES.iter().map(|(name, _)| name.to_string()).collect::<Vec<_>>());
        let files = FILES.iter().filter(|(name, _)| *name != WORDS);
        let bytes: usize = files.map(|(_, content)| content.len()).sum::<usize>() + page_words().len();
        assert!(bytes < 300_000, "{bytes} bytes");
    }

    #[test]
    fn the_page_gets_the_prompts_and_all_its_words() {
        let words: Map<String, Value> = serde_json::from_slice(page_words()).unwrap();
        let prompts = words["conversations"].as_array().unwrap();
        assert_eq!(prompts.len(), crate::lesson::words().conversations.len());
        assert!(prompts.iter().all(|it| it["ask"]["zh"].is_string() && it.get("answer").is_none()));
        assert!(words.contains_key("story") && !words.contains_key("demo"));
    }
}
