//! The pages: a path in, HTML out.

use std::net::SocketAddr;

use async_trait::async_trait;
use bytes::Bytes;
use http::{HeaderValue, Request, Response, StatusCode, header};
use http_body_util::Full;
use hyper::body::Incoming;
use jiff::Timestamp;

use super::html::{escape, link, page, table};
use super::traces;
use crate::component::{Facts, SharedFacts};
use crate::config::feature_gates::GATES;
use crate::config::ids::ComponentId;
use crate::net::http::server::{Handler, plain};
use crate::telemetry::metrics::Reading;

pub(super) struct Pages {
    facts: SharedFacts,
    has_variables: bool,
}

/// The paths of all pages that there can be.
const PATHS: [&str; 6] = [
    "/debug/servicez",
    "/debug/pipelinez",
    "/debug/extensionz",
    "/debug/featurez",
    "/debug/tracez",
    "/debug/expvarz",
];

impl Pages {
    pub(super) fn new(facts: SharedFacts, has_variables: bool) -> Self {
        Self { facts, has_variables }
    }

    fn answer(&self, path: &str, query: &str) -> Response<Full<Bytes>> {
        let facts = self.facts.load();
        let html = match path {
            "/debug/servicez" => service(&facts),
            "/debug/pipelinez" => pipelines(&facts),
            "/debug/extensionz" => extensions(&facts),
            "/debug/featurez" => features(&facts),
            "/debug/tracez" => match facts.tracer.recent() {
                Some(recent) => traces::page(&recent, query),
                None => return not_found(),
            },
            "/debug/expvarz" if self.has_variables => {
                return answer(variables(&facts), "application/json; charset=utf-8");
            }
            _ => return not_found(),
        };
        answer(html, "text/html; charset=utf-8")
    }
}

fn not_found() -> Response<Full<Bytes>> {
    plain(StatusCode::NOT_FOUND, "404 page not found\n")
}

fn answer(text: String, kind: &'static str) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::from(text));
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    response
}

#[async_trait]
impl Handler for Pages {
    async fn handle(
        &self,
        request: Request<Incoming>,
        _peer: Option<SocketAddr>,
    ) -> Response<Full<Bytes>> {
        self.answer(request.uri().path(), request.uri().query().unwrap_or_default())
    }

    fn route(&self, path: &str) -> Option<String> {
        PATHS.contains(&path).then(|| path.to_owned())
    }
}

fn properties(name: &str, rows: &[(&str, String)]) -> String {
    let rows = rows.iter().map(|(key, value)| vec![escape(key), escape(value)]);
    format!("<h2>{}</h2>\n{}", escape(name), table(&["", ""], rows))
}

fn service(facts: &Facts) -> String {
    let build = facts.build;
    let start = Timestamp::try_from(facts.start).map(|time| time.to_string()).unwrap_or_default();
    let body = [
        properties(
            "Build Info",
            &[
                ("Command", build.name.to_owned()),
                ("Description", build.description.to_owned()),
                ("Version", build.version.to_owned()),
            ],
        ),
        properties(
            "Runtime Info",
            &[
                ("StartTimestamp", start),
                ("OS", std::env::consts::OS.to_owned()),
                ("Arch", std::env::consts::ARCH.to_owned()),
            ],
        ),
        "<nav>".to_owned(),
        link("pipelinez", "Pipelines"),
        link("extensionz", "Extensions"),
        link("featurez", "Features"),
        match facts.tracer.is_on() {
            true => link("tracez", "Traces"),
            false => String::new(),
        },
        "</nav>\n".to_owned(),
    ];
    page(&format!("Service {}", build.name), &body.concat())
}

fn pipelines(facts: &Facts) -> String {
    let ends = |ids: &[(ComponentId, bool)]| {
        let mut names: Vec<String> = ids
            .iter()
            .map(|(id, is_connector)| {
                format!("{id}{}", if *is_connector { " (connector)" } else { "" })
            })
            .collect();
        names.sort();
        escape(&names.join("\n")).replace('\n', "<br>")
    };
    let rows = facts.pipelines.iter().map(|pipeline| {
        let processors: Vec<String> =
            pipeline.processors.iter().map(|id| escape(&id.to_string())).collect();
        vec![
            escape(&pipeline.id.to_string()),
            pipeline.id.signal().to_string(),
            pipeline.mutates.to_string(),
            ends(&pipeline.receivers),
            processors.join(" &rarr; "),
            ends(&pipeline.exporters),
        ]
    });
    let head = ["FullName", "InputType", "MutatesData", "Receivers", "Processors", "Exporters"];
    let states = facts.status.snapshot().into_iter().map(|status| {
        vec![
            status.kind.to_string(),
            escape(&status.id.to_string()),
            status.state.name().to_owned(),
            escape(status.state.error().unwrap_or_default()),
        ]
    });
    let states = table(&["Kind", "ID", "State", "Error"], states);
    page("Pipelines", &format!("{}<h2>Components</h2>\n{states}", table(&head, rows)))
}

fn extensions(facts: &Facts) -> String {
    let rows = facts.extensions.iter().map(|id| vec![escape(&id.to_string())]);
    page("Extensions", &table(&["FullName"], rows))
}

fn features(facts: &Facts) -> String {
    let rows = GATES.iter().map(|gate| {
        vec![
            escape(gate.id),
            facts.gates.is_enabled(gate.id).to_string(),
            escape(gate.description),
            gate.stage.to_string(),
            escape(gate.from),
            escape(gate.to.unwrap_or_default()),
            link(gate.url, gate.url),
        ]
    });
    let head =
        ["ID", "Enabled", "Description", "Stage", "From Version", "To Version", "Reference URL"];
    page("Feature Gates", &table(&head, rows))
}

/// What Go's `expvar` shows, and the metrics without labels.
fn variables(facts: &Facts) -> String {
    let command: Vec<String> = std::env::args().collect();
    let mut variables = serde_json::Map::new();
    variables.insert("cmdline".to_owned(), command.into());
    for family in facts.metrics.read() {
        for series in family.series.iter().filter(|series| series.labels.is_empty()) {
            let value = match &series.reading {
                Reading::Int(value) => (*value).into(),
                Reading::Float(value) => (*value).into(),
                Reading::Distribution(distribution) => distribution.count().into(),
            };
            variables.insert(family.definition.name.to_owned(), value);
        }
    }
    serde_json::Value::Object(variables).to_string()
}
