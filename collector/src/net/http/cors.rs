//! Cross-origin requests of web pages: settings and request headers in, response headers out.

use http::{HeaderMap, HeaderName, HeaderValue, Method, Request, Response, StatusCode, header};

use crate::net::settings::Cors;

/// The answer to a preflight request, which never reaches the handler; `None` for other requests.
pub(super) fn preflight<B>(cors: &Cors, request: &Request<B>) -> Option<Response<()>> {
    let headers = request.headers();
    let method = headers.get(header::ACCESS_CONTROL_REQUEST_METHOD)?;
    if request.method() != Method::OPTIONS {
        return None;
    }
    let mut response = Response::new(());
    *response.status_mut() = StatusCode::NO_CONTENT;
    let answer = response.headers_mut();
    for name in ["Origin", "Access-Control-Request-Method", "Access-Control-Request-Headers"] {
        answer.append(header::VARY, HeaderValue::from_static(name));
    }
    let simple = [Method::GET, Method::POST, Method::HEAD];
    let is_simple = simple.iter().any(|simple| simple.as_str().as_bytes() == method.as_bytes());
    let wanted = headers
        .get(header::ACCESS_CONTROL_REQUEST_HEADERS)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let may_send = |name: &str| {
        let always = ["accept", "content-type", "origin", "x-requested-with"];
        let listed = cors.allowed_headers.iter();
        always.iter().any(|known| known.eq_ignore_ascii_case(name))
            || listed.into_iter().any(|known| known == "*" || known.eq_ignore_ascii_case(name))
    };
    let all_may = wanted.split(',').map(str::trim).filter(|name| !name.is_empty()).all(may_send);
    let origin = allowed_origin(cors, headers);
    if let (Some(origin), true, true) = (origin, is_simple, all_may) {
        allow(answer, origin);
        answer.insert(header::ACCESS_CONTROL_ALLOW_METHODS, method.clone());
        if let Some(wanted) = headers.get(header::ACCESS_CONTROL_REQUEST_HEADERS) {
            answer.insert(header::ACCESS_CONTROL_ALLOW_HEADERS, wanted.clone());
        }
        if cors.max_age > 0 {
            answer.insert(header::ACCESS_CONTROL_MAX_AGE, HeaderValue::from(cors.max_age));
        }
    }
    Some(response)
}

/// Headers for the response to a request that is no preflight.
pub(super) fn decorate(cors: &Cors, request: &HeaderMap, response: &mut HeaderMap) {
    response.append(header::VARY, HeaderValue::from_static("Origin"));
    let Some(origin) = allowed_origin(cors, request) else { return };
    allow(response, origin);
    let exposed: Vec<&str> = cors
        .exposed_headers
        .iter()
        .map(String::as_str)
        .filter(|name| HeaderName::try_from(*name).is_ok())
        .collect();
    if !exposed.is_empty()
        && let Ok(exposed) = HeaderValue::try_from(exposed.join(", "))
    {
        response.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, exposed);
    }
}

fn allow(headers: &mut HeaderMap, origin: HeaderValue) {
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
    headers.insert(header::ACCESS_CONTROL_ALLOW_CREDENTIALS, HeaderValue::from_static("true"));
}

/// The request's origin, when it may send.
fn allowed_origin(cors: &Cors, request: &HeaderMap) -> Option<HeaderValue> {
    let value = request.get(header::ORIGIN)?;
    let origin = value.to_str().ok()?.to_ascii_lowercase();
    let allowed = cors.allowed_origins.iter().any(|pattern| {
        let pattern = pattern.to_ascii_lowercase();
        match pattern.split_once('*') {
            None => pattern == origin,
            Some((start, end)) => {
                origin.len() >= start.len() + end.len()
                    && origin.starts_with(start)
                    && origin.ends_with(end)
            }
        }
    });
    allowed.then(|| value.clone())
}
