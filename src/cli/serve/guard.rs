//! Who may ask, and what a browser may do with the answer. A page of another site must not reach a server on this machine,
//! neither by a request of its own nor by a name that it makes point here.

use super::refusal::Refusal;
use axum::extract::{Request, State};
use axum::http::header::{self, HeaderMap, HeaderName, HeaderValue};
use axum::http::{StatusCode, uri::Authority};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use std::net::IpAddr;

/// Nothing from elsewhere, nothing inline, no frames around it.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; \
    connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

const HEADERS: [(HeaderName, &str); 5] = [
    (header::CONTENT_SECURITY_POLICY, POLICY),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "no-referrer"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
];

/// Refuses requests that are not this page's own, and puts the rules on every answer.
pub async fn guard(State(listening): State<IpAddr>, request: Request, next: Next) -> Response {
    let mut response = match problem(request.headers(), listening) {
        Some(message) => {
            Refusal::new(StatusCode::FORBIDDEN, message, "open the address that the program printed")
                .into_response()
        }
        None => next.run(request).await,
    };
    for (name, value) in HEADERS {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    response
}

fn problem(headers: &HeaderMap, listening: IpAddr) -> Option<&'static str> {
    let text = |name: &HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
    let Some(host) = text(&header::HOST).and_then(|host| host.parse::<Authority>().ok()) else {
        return Some("the request does not say which host it is for");
    };
    if listening.is_loopback() && !is_this_machine(host.host()) {
        return Some("the request is for another host");
    }
    let from_elsewhere = |origin: &str| origin.strip_prefix("http://") != Some(host.as_str());
    if text(&header::ORIGIN).is_some_and(from_elsewhere) {
        return Some("the request comes from another page");
    }
    let site = text(&HeaderName::from_static("sec-fetch-site")).unwrap_or("none");
    (!["same-origin", "none"].contains(&site)).then_some("the request comes from another site")
}

fn is_this_machine(host: &str) -> bool {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    host.eq_ignore_ascii_case("localhost") || bare.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::Ipv4Addr;

    fn allowed(pairs: &[(&'static str, &'static str)], listening: Ipv4Addr) -> bool {
        let headers = pairs
            .iter()
            .map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value)));
        problem(&headers.collect(), listening.into()).is_none()
    }

    #[test]
    fn only_this_machine_s_own_page_may_ask() {
        let here = Ipv4Addr::LOCALHOST;
        for host in ["127.0.0.1:8080", "localhost:8080", "[::1]:8080", "LocalHost"] {
            assert!(allowed(&[("host", host)], here), "{host}");
        }
        // A name that another site makes point to this machine.
        for host in ["evil.example:8080", "127.0.0.1.evil.example", "localhost.evil.example"] {
            assert!(!allowed(&[("host", host)], here), "{host}");
        }
        assert!(!allowed(&[], here));
        let own = ("host", "127.0.0.1:8080");
        assert!(allowed(
            &[own, ("origin", "http://127.0.0.1:8080"), ("sec-fetch-site", "same-origin")],
            here
        ));
        for elsewhere in [
            ("origin", "http://evil.example"),
            ("origin", "http://127.0.0.1:9999"),
            ("origin", "null"),
            ("sec-fetch-site", "cross-site"),
            ("sec-fetch-site", "same-site"),
        ] {
            assert!(!allowed(&[own, elsewhere], here), "{elsewhere:?}");
        }
    }

    #[test]
    fn a_page_for_the_network_is_asked_for_by_any_name() {
        assert!(allowed(&[("host", "classroom.example:8080")], Ipv4Addr::UNSPECIFIED));
        assert!(!allowed(
            &[("host", "classroom.example"), ("origin", "http://evil.example")],
            Ipv4Addr::UNSPECIFIED
        ));
    }
}
