//! What is answered when a request cannot be met: a status, and in JSON what is wrong and what to do.

use crate::lesson::LessonError;
use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::json;

/// A request that cannot be met.
#[derive(Debug)]
pub struct Refusal {
    status: StatusCode,
    message: String,
    help: String,
}

impl Refusal {
    pub fn new(status: StatusCode, message: impl Into<String>, help: impl Into<String>) -> Self {
        Self { status, message: message.into(), help: help.into() }
    }

    /// The request itself is wrong.
    pub fn bad(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, message, "reload the page; if that does not help, reset it")
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        (self.status, Json(json!({"error": {"message": self.message, "help": self.help}}))).into_response()
    }
}

/// What of a scenario is refused is the sender's to change.
impl From<LessonError> for Refusal {
    fn from(error: LessonError) -> Self {
        let help = match &error {
            LessonError::Scenario(errors) => errors.0.first().and_then(|it| it.help.first().cloned()),
            _ => None,
        };
        let message = match &error {
            LessonError::Scenario(errors) => {
                errors.0.iter().map(|it| it.message.clone()).collect::<Vec<_>>().join("; ")
            }
            other => other.to_string(),
        };
        Self::new(StatusCode::BAD_REQUEST, message, help.unwrap_or_default())
    }
}

pub async fn wrong_method() -> Refusal {
    Refusal::new(StatusCode::METHOD_NOT_ALLOWED, "this address does not take such a request", "")
}
