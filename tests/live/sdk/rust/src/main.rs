//! Sends the story of ../../README.md with the Rust SDK: live-emitter PROTOCOL HOST:PORT.

use std::collections::HashMap;
use std::error::Error;
use std::time::{Duration, SystemTime};

use opentelemetry::logs::{AnyValue, LogRecord, Logger, LoggerProvider, Severity};
use opentelemetry::metrics::MeterProvider;
use opentelemetry::trace::{
    Link, Span, SpanContext, SpanKind, Status, TraceContextExt, TraceFlags, TraceState, Tracer,
    TracerProvider,
};
use opentelemetry::{
    Array, Context, InstrumentationScope, Key, KeyValue, SpanId, StringValue, TraceId, Value,
};
use opentelemetry_otlp::{
    LogExporter, MetricExporter, Protocol, SpanExporter, WithExportConfig,
};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::logs::SdkLoggerProvider;
use opentelemetry_sdk::metrics::{
    Aggregation, Instrument, PeriodicReader, SdkMeterProvider, Stream,
};
use opentelemetry_sdk::trace::SdkTracerProvider;

type Failure = Box<dyn Error + Send + Sync>;

fn scope() -> InstrumentationScope {
    InstrumentationScope::builder("live.emitter").with_version("1.2.3").build()
}

fn exporters(
    protocol: &str,
    endpoint: &str,
) -> Result<(SpanExporter, MetricExporter, LogExporter), Failure> {
    let base = format!("http://{endpoint}");
    let http = match protocol {
        "grpc" => {
            return Ok((
                SpanExporter::builder().with_tonic().with_endpoint(&base).build()?,
                MetricExporter::builder().with_tonic().with_endpoint(&base).build()?,
                LogExporter::builder().with_tonic().with_endpoint(&base).build()?,
            ));
        }
        "http/protobuf" => Protocol::HttpBinary,
        "http/json" => Protocol::HttpJson,
        other => return Err(format!("no exporter for {other}").into()),
    };
    let url = |signal: &str| format!("{base}/v1/{signal}");
    Ok((
        SpanExporter::builder()
            .with_http()
            .with_protocol(http)
            .with_endpoint(url("traces"))
            .build()?,
        MetricExporter::builder()
            .with_http()
            .with_protocol(http)
            .with_endpoint(url("metrics"))
            .build()?,
        LogExporter::builder().with_http().with_protocol(http).with_endpoint(url("logs")).build()?,
    ))
}

fn texts(values: &[&'static str]) -> Value {
    Value::Array(Array::String(values.iter().map(|value| StringValue::from(*value)).collect()))
}

fn send_traces(provider: &SdkTracerProvider) -> SpanContext {
    let tracer = provider.tracer_with_scope(scope());
    let elsewhere = SpanContext::new(
        TraceId::from_bytes(0x5b8a_a5a2_d2c8_72e8_321c_f373_08d6_9df2_u128.to_be_bytes()),
        SpanId::from_bytes(0x0515_81bf_3cb5_5c13_u64.to_be_bytes()),
        TraceFlags::SAMPLED,
        true,
        TraceState::NONE,
    );
    let server = tracer
        .span_builder("GET /주문/{id}")
        .with_kind(SpanKind::Server)
        .with_attributes([
            KeyValue::new("text", "주문 번호 ①"),
            KeyValue::new("empty", ""),
            KeyValue::new("yes", true),
            KeyValue::new("no", false),
            KeyValue::new("int", 42_i64),
            KeyValue::new("large", 9_007_199_254_740_991_i64),
            KeyValue::new("negative", -7_i64),
            KeyValue::new("double", 3.25),
            KeyValue::new("texts", texts(&["하나", "two", ""])),
            KeyValue::new("ints", Value::Array(Array::I64(vec![1, -2, 3]))),
            KeyValue::new("doubles", Value::Array(Array::F64(vec![0.5, -1.5]))),
            KeyValue::new("bools", Value::Array(Array::Bool(vec![true, false]))),
            KeyValue::new("none", texts(&[])),
        ])
        .start_with_context(&tracer, &Context::new());
    let context = server.span_context().clone();
    let in_server = Context::new().with_span(server);
    let mut client = tracer
        .span_builder("결제")
        .with_kind(SpanKind::Client)
        .start_with_context(&tracer, &in_server);
    client.add_event(
        "재시도",
        vec![KeyValue::new("attempt", 2_i64), KeyValue::new("reason", "시간 초과")],
    );
    client.record_error(&std::io::Error::other("카드가 거절되었습니다"));
    client.set_status(Status::error("결제 실패"));
    client.end();
    let render = tracer.span_builder("render").start_with_context(&tracer, &in_server);
    let in_render = in_server.with_span(render);
    let mut publish = tracer
        .span_builder("publish")
        .with_kind(SpanKind::Producer)
        .with_links(vec![Link::new(elsewhere, vec![KeyValue::new("relation", "원인")], 0)])
        .start_with_context(&tracer, &in_render);
    publish.end();
    in_render.span().set_status(Status::Ok);
    in_render.span().end();
    in_server.span().end();
    context
}

fn send_metrics(provider: &SdkMeterProvider) {
    let meter = provider.meter_with_scope(scope());
    let requests = meter
        .u64_counter("live.requests")
        .with_unit("{request}")
        .with_description("요청 수")
        .build();
    requests.add(3, &[KeyValue::new("http.request.method", "GET")]);
    requests.add(2, &[KeyValue::new("http.request.method", "GET")]);
    requests.add(2, &[KeyValue::new("http.request.method", "POST")]);
    let bytes = meter.f64_counter("live.bytes").with_unit("By").build();
    bytes.add(1536.5, &[KeyValue::new("빈값", "")]);
    let in_flight = meter.i64_up_down_counter("live.in_flight").build();
    in_flight.add(5, &[]);
    in_flight.add(-2, &[]);
    let temperature = meter.f64_gauge("live.temperature").with_unit("Cel").build();
    temperature.record(-4.5, &[KeyValue::new("room", "서버실")]);
    let duration = meter.f64_histogram("live.duration").with_unit("ms").build();
    for value in [3.0, 30.0, 300.0] {
        duration.record(value, &[KeyValue::new("ok", true)]);
    }
    let size = meter.u64_histogram("live.size").with_unit("By").build();
    for value in [1, 2, 4, 1000] {
        size.record(value, &[]);
    }
}

fn send_logs(provider: &SdkLoggerProvider, server: &SpanContext) {
    let logger = provider.logger_with_scope(scope());
    let at = |nanos: u64| {
        SystemTime::UNIX_EPOCH
            + Duration::from_secs(1_767_225_600)
            + Duration::from_nanos(nanos)
    };
    let mut record = logger.create_log_record();
    record.set_timestamp(at(0));
    record.set_severity_number(Severity::Info);
    record.set_severity_text("INFO");
    record.set_body("주문을 접수했습니다".into());
    record.add_attribute("order.id", 42_i64);
    record.add_attribute("vip", true);
    record.add_attribute("empty", "");
    record.set_trace_context(server.trace_id(), server.span_id(), Some(server.trace_flags()));
    logger.emit(record);
    let mut record = logger.create_log_record();
    record.set_timestamp(at(1));
    record.set_severity_number(Severity::Error);
    record.set_severity_text("ERROR");
    let tags = AnyValue::ListAny(Box::new(vec!["card".into(), "거절".into()]));
    record.set_body(AnyValue::Map(Box::new(HashMap::from([
        (Key::new("msg"), AnyValue::from("결제 실패")),
        (Key::new("code"), AnyValue::Int(402)),
        (Key::new("tags"), tags),
        (Key::new("ratio"), AnyValue::Double(0.5)),
        (Key::new("raw"), AnyValue::Bytes(Box::new(vec![0, 1, 254, 255]))),
    ]))));
    logger.emit(record);
    let mut record = logger.create_log_record();
    record.set_timestamp(at(2));
    record.set_severity_number(Severity::Debug);
    record.set_severity_text("DEBUG");
    record.set_body("done".into());
    logger.emit(record);
}

fn main() -> Result<(), Failure> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [protocol, endpoint] = arguments.as_slice() else {
        return Err("usage: live-emitter PROTOCOL HOST:PORT".into());
    };
    // The gRPC exporter needs a tokio runtime around it, the blocking HTTP client must have none.
    let runtime = tokio::runtime::Runtime::new()?;
    let _entered = (protocol == "grpc").then(|| runtime.enter());
    let (spans, metrics, logs) = exporters(protocol, endpoint)?;
    let resource = Resource::builder()
        .with_attributes([
            KeyValue::new("service.name", "live-rust"),
            KeyValue::new("service.version", "1.2.3"),
            KeyValue::new("k8s.namespace.name", "shop"),
            KeyValue::new("k8s.pod.name", "checkout-7d4b9c-x2x4z"),
            KeyValue::new("k8s.container.name", "checkout"),
            KeyValue::new("deployment.environment.name", "운영"),
        ])
        .build();
    let tracers = SdkTracerProvider::builder()
        .with_resource(resource.clone())
        .with_batch_exporter(spans)
        .build();
    let reader = PeriodicReader::builder(metrics).with_interval(Duration::from_secs(3600)).build();
    let meters = SdkMeterProvider::builder()
        .with_resource(resource.clone())
        .with_reader(reader)
        .with_view(|instrument: &Instrument| {
            let aggregation = Aggregation::Base2ExponentialHistogram {
                max_size: 160,
                max_scale: 20,
                record_min_max: true,
            };
            (instrument.name() == "live.size")
                .then(|| Stream::builder().with_aggregation(aggregation).build().ok())
                .flatten()
        })
        .build();
    let loggers =
        SdkLoggerProvider::builder().with_resource(resource).with_batch_exporter(logs).build();

    let server = send_traces(&tracers);
    send_metrics(&meters);
    send_logs(&loggers, &server);
    tracers.shutdown()?;
    meters.shutdown()?;
    loggers.shutdown()?;
    Ok(())
}
