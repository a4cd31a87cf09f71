//! The files of the page, embedded: `web/`.

use super::refusal::Refusal;
use axum::http::{StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};

macro_rules! embedded {
    ($($name:literal),* $(,)?) => {
        const FILES: &[(&str, &[u8])] = &[$( ($name, include_bytes!(concat!("../../../web/", $name))) ),*];
    };
}
embedded!["strings.json"];

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
    // Never kept: another version of the program may answer at the same address tomorrow.
    let headers = [(header::CONTENT_TYPE, kind(name)), (header::CACHE_CONTROL, "no-store")];
    Ok((headers, *content).into_response())
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

    #[test]
    fn the_page_is_there_and_small() {
        for name in ["index.html", "style.css", "app/main.js", "strings.json"] {
            assert!(FILES.iter().any(|(known, _)| *known == name), "{name}");
        }
        let bytes: usize = FILES.iter().map(|(_, content)| content.len()).sum();
        assert!(bytes < 300_000, "{bytes} bytes");
    }
}
