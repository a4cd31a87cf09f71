//! The scenario file of what a page shows.

use super::refusal::Refusal;
use super::run::Stated;
use crate::lesson::Lesson;
use axum::extract::Query;
use axum::http::header;
use axum::response::{IntoResponse, Response};

pub async fn scenario(Query(query): Query<Stated>) -> Result<Response, Refusal> {
    let lesson = Lesson::from_json(&query.state)?;
    let attachment = format!("attachment; filename=\"{}.toml\"", lesson.name());
    let headers = [
        (header::CONTENT_TYPE, "text/plain; charset=utf-8".to_string()),
        (header::CONTENT_DISPOSITION, attachment),
    ];
    Ok((headers, lesson.to_toml()?).into_response())
}
