//! The made-up telemetry: a small shop whose services call each other.

use std::time::{SystemTime, UNIX_EPOCH};

use holt_pdata::messages::numbers;
use holt_pdata::{Batch, Builder, Signal, ValueView};

const SERVICES: [&str; 4] = ["frontend", "checkout", "cart", "payment"];
const ROUTES: [&str; 4] = ["/api/products/{id}", "/api/cart", "/api/checkout", "/api/orders/{id}"];

/// Makes batches, each different from the last.
pub(super) struct Generator {
    signal: Signal,
    attributes: Vec<(String, String)>,
    state: u64,
    started: u64,
    requests: [u64; SERVICES.len()],
}

impl Generator {
    /// A generator of one signal; `attributes` are added to every resource.
    pub(super) fn new(signal: Signal, attributes: &[(String, String)]) -> Self {
        let started = now();
        let attributes = attributes.to_vec();
        Self { signal, attributes, state: started, started, requests: [0; SERVICES.len()] }
    }

    /// The next batch, of `count` spans, datapoints or log records.
    pub(super) fn batch(&mut self, count: u64) -> Batch {
        let service = self.below(SERVICES.len() as u64) as usize;
        let name = SERVICES.get(service).copied().unwrap_or("frontend");
        let pod = format!("{name}-{:08x}", service * 0x9e37_79b9);
        Builder::batch(self.signal, |request| {
            request.message(1, |envelope| {
                envelope.message(1, |resource| {
                    let fixed = [
                        ("service.name", name),
                        ("k8s.namespace.name", "shop"),
                        ("k8s.pod.name", pod.as_str()),
                        ("k8s.container.name", name),
                    ];
                    let own = self.attributes.iter().map(|(key, value)| (&**key, &**value));
                    for (key, value) in fixed.into_iter().chain(own) {
                        let number = numbers::RESOURCE::attributes;
                        resource.attribute(number, key, ValueView::Str(value));
                    }
                });
                envelope.message(2, |scope_envelope| {
                    scope_envelope.message(1, |scope| {
                        scope.text(numbers::INSTRUMENTATION_SCOPE::name, "holt.generate");
                        let version = env!("CARGO_PKG_VERSION");
                        scope.text(numbers::INSTRUMENTATION_SCOPE::version, version);
                    });
                    match self.signal {
                        Signal::Metrics => self.metric(scope_envelope, service, count),
                        Signal::Logs => {
                            (0..count).for_each(|_| scope_envelope.message(2, |log| self.log(log)));
                        }
                        _ => {
                            (0..count)
                                .for_each(|_| scope_envelope.message(2, |span| self.span(span)));
                        }
                    }
                });
            });
        })
    }

    fn span(&mut self, span: &mut Builder) {
        use numbers::{SPAN, STATUS};
        let end = now();
        let start = end.saturating_sub(1_000_000 + self.below(200_000_000));
        let route = self.route();
        let status: i64 = if self.below(20) == 0 { 500 } else { 200 };
        span.bytes(SPAN::trace_id, &self.id::<16>());
        span.bytes(SPAN::span_id, &self.id::<8>());
        span.text(SPAN::name, &format!("GET {route}"));
        span.varint(SPAN::kind, 2);
        span.fixed64(SPAN::start_time_unix_nano, start);
        span.fixed64(SPAN::end_time_unix_nano, end);
        span.attribute(SPAN::attributes, "http.request.method", ValueView::Str("GET"));
        span.attribute(SPAN::attributes, "http.route", ValueView::Str(route));
        span.attribute(SPAN::attributes, "http.response.status_code", ValueView::Int(status));
        span.message(SPAN::status, |message| {
            if status == 500 {
                message.text(STATUS::message, "upstream did not answer in time");
                message.varint(STATUS::code, 2);
            }
        });
    }

    fn metric(&mut self, scope_envelope: &mut Builder, service: usize, count: u64) {
        use numbers::{METRIC, NUMBER_DATA_POINT as POINT, SUM};
        scope_envelope.message(2, |metric| {
            metric.text(METRIC::name, "http.server.requests");
            metric.text(METRIC::description, "Requests answered since the start");
            metric.text(METRIC::unit, "{request}");
            metric.message(METRIC::sum, |sum| {
                for _ in 0..count {
                    let more = 1 + self.below(10);
                    let total = self.requests.get_mut(service).map_or(more, |requests| {
                        *requests += more;
                        *requests
                    });
                    let route = self.route();
                    sum.message(SUM::data_points, |point| {
                        point.fixed64(POINT::start_time_unix_nano, self.started);
                        point.fixed64(POINT::time_unix_nano, now());
                        point.present_fixed64(POINT::as_int, total);
                        point.attribute(POINT::attributes, "http.route", ValueView::Str(route));
                    });
                }
                sum.varint(SUM::aggregation_temporality, 2);
                sum.varint(SUM::is_monotonic, 1);
            });
        });
    }

    fn log(&mut self, log: &mut Builder) {
        use numbers::LOG_RECORD as LOG;
        let time = now();
        let order = self.below(100_000);
        let (severity, text) = if self.below(20) == 0 { (17, "ERROR") } else { (9, "INFO") };
        let body = match severity {
            17 => format!("payment for order {order} was refused"),
            _ => format!("order {order} was placed"),
        };
        log.fixed64(LOG::time_unix_nano, time);
        log.varint(LOG::severity_number, severity);
        log.text(LOG::severity_text, text);
        log.value(LOG::body, ValueView::Str(&body));
        log.attribute(LOG::attributes, "order.id", ValueView::Int(order.cast_signed()));
        log.fixed64(LOG::observed_time_unix_nano, time);
    }

    fn route(&mut self) -> &'static str {
        let index = self.below(ROUTES.len() as u64) as usize;
        ROUTES.get(index).copied().unwrap_or("/")
    }

    fn id<const N: usize>(&mut self) -> [u8; N] {
        let mut id = [0; N];
        for byte in &mut id {
            *byte = self.below(256) as u8;
        }
        id
    }

    /// A number below `bound` (splitmix64: telemetry for show needs no better randomness).
    fn below(&mut self, bound: u64) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % bound.max(1)
    }
}

/// Nanoseconds since 1970.
fn now() -> u64 {
    let elapsed = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(elapsed.as_nanos()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_signal_holds_what_was_asked_for() {
        let attributes = vec![("deployment".to_owned(), "test".to_owned())];
        for signal in [Signal::Traces, Signal::Metrics, Signal::Logs] {
            let batch = Generator::new(signal, &attributes).batch(7);
            let decoded = Batch::decode(signal, batch.bytes().clone()).unwrap();
            assert_eq!(decoded.items(), 7);
            assert_eq!(decoded.repairs(), holt_pdata::Repairs::default());
        }
    }
}
