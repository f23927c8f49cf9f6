//! The endpoints under `/debug/pprof/`.

use std::fmt::Write;
use std::net::SocketAddr;
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use http::{HeaderValue, Request, Response, StatusCode, header};
use http_body_util::Full;
use hyper::body::Incoming;

use super::profiler::{Profile, ProfileError, Profiling};
use super::{flamegraph, proto};
use crate::net::http::server::{Handler, plain};

pub(super) struct Pages;

/// Seconds of a profile when the request names none.
const USUAL: u64 = 30;
/// Most seconds of a profile.
const LONGEST: u64 = 60 * 60;

/// What Go's runtime has and this process has not.
const OF_GO: [&str; 6] = ["goroutine", "allocs", "block", "mutex", "threadcreate", "trace"];

/// The pages with what they show.
const PAGES: [(&str, &str); 5] = [
    (
        "profile?seconds=30",
        "CPU: where the process spends its time, for `go tool pprof` and its kin",
    ),
    ("flamegraph?seconds=10", "CPU: the same as a picture"),
    ("cmdline", "The command that was run"),
    ("symbol", "Functions by address: none, profiles have names in them"),
    ("heap", "Memory: not available"),
];

#[async_trait]
impl Handler for Pages {
    async fn handle(
        &self,
        request: Request<Incoming>,
        _peer: Option<SocketAddr>,
    ) -> Response<Full<Bytes>> {
        let seconds = seconds(request.uri().query().unwrap_or_default());
        let path = request.uri().path();
        let Some(name) = path.strip_prefix("/debug/pprof/") else {
            return match path {
                "/debug/pprof" => moved("/debug/pprof/"),
                _ => plain(StatusCode::NOT_FOUND, "404 page not found\n"),
            };
        };
        match name {
            "" => page(),
            "profile" => match profile(seconds).await {
                Ok(profile) => match proto::encode(&profile) {
                    Ok(bytes) => file(bytes),
                    Err(error) => failed(&error.to_string()),
                },
                Err(error) => not_profiled(&error),
            },
            "flamegraph" => match profile(seconds).await {
                Ok(profile) => answer(flamegraph::draw(&profile), "image/svg+xml"),
                Err(error) => not_profiled(&error),
            },
            "cmdline" => {
                let command: Vec<String> = std::env::args().collect();
                answer(command.join("\0"), "text/plain; charset=utf-8")
            }
            // As when there are no symbols to be asked for.
            "symbol" => answer("num_symbols: 0\n".to_owned(), "text/plain; charset=utf-8"),
            "heap" => plain(
                StatusCode::NOT_IMPLEMENTED,
                "heap profiles are not available: the allocator (mimalloc) keeps no record of who \
                 allocated what\n",
            ),
            _ if OF_GO.contains(&name) => plain(
                StatusCode::NOT_IMPLEMENTED,
                &format!("`{name}` profiles are of Go's runtime; this process has none\n"),
            ),
            _ => plain(StatusCode::NOT_FOUND, "Unknown profile\n"),
        }
    }
}

fn seconds(query: &str) -> u64 {
    let asked = query.split('&').find_map(|pair| pair.strip_prefix("seconds="));
    let asked = asked.and_then(|text| text.parse::<u64>().ok()).filter(|seconds| *seconds > 0);
    asked.unwrap_or(USUAL).min(LONGEST)
}

async fn profile(seconds: u64) -> Result<Profile, ProfileError> {
    let profiling = Profiling::start()?;
    tokio::time::sleep(Duration::from_secs(seconds)).await;
    // Finding the names of functions takes a while.
    let work = tokio::task::spawn_blocking(move || profiling.profile());
    work.await.unwrap_or_else(|error| Err(ProfileError::Failed(error.to_string())))
}

fn not_profiled(error: &ProfileError) -> Response<Full<Bytes>> {
    failed(&format!("Could not enable CPU profiling: {error}"))
}

fn failed(message: &str) -> Response<Full<Bytes>> {
    plain(StatusCode::INTERNAL_SERVER_ERROR, &format!("{message}\n"))
}

fn answer(text: impl Into<Bytes>, kind: &'static str) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::from(text.into()));
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    response
}

fn file(bytes: Vec<u8>) -> Response<Full<Bytes>> {
    let mut response = answer(bytes, "application/octet-stream");
    let name = HeaderValue::from_static("attachment; filename=\"profile\"");
    response.headers_mut().insert(header::CONTENT_DISPOSITION, name);
    response
}

fn moved(to: &'static str) -> Response<Full<Bytes>> {
    let mut response = plain(StatusCode::MOVED_PERMANENTLY, "");
    response.headers_mut().insert(header::LOCATION, HeaderValue::from_static(to));
    response
}

fn page() -> Response<Full<Bytes>> {
    let mut body = String::from(
        "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\
         <title>/debug/pprof/</title></head>\n<body><h1>/debug/pprof/</h1>\n<ul>\n",
    );
    for (address, meaning) in PAGES {
        let name = address.split('?').next().unwrap_or(address);
        // Writing to a string does not fail.
        let _ = writeln!(body, "<li><a href=\"{address}\">{name}</a>: {meaning}</li>");
    }
    body.push_str("</ul>\n</body></html>\n");
    answer(body, "text/html; charset=utf-8")
}
