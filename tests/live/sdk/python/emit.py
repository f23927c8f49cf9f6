"""Sends the story of ../README.md with the Python SDK: emit.py PROTOCOL HOST:PORT."""

import sys

from opentelemetry import trace
from opentelemetry._logs import LogRecord, SeverityNumber
from opentelemetry.sdk._logs import LoggerProvider
from opentelemetry.sdk._logs.export import BatchLogRecordProcessor
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import PeriodicExportingMetricReader
from opentelemetry.sdk.metrics.view import ExponentialBucketHistogramAggregation, View
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import Link, SpanContext, SpanKind, Status, StatusCode, TraceFlags

SCOPE, VERSION = "live.emitter", "1.2.3"


def exporters(protocol, endpoint):
    """The trace, metric and log exporters of a protocol."""
    if protocol == "grpc":
        from opentelemetry.exporter.otlp.proto.grpc._log_exporter import OTLPLogExporter
        from opentelemetry.exporter.otlp.proto.grpc.metric_exporter import OTLPMetricExporter
        from opentelemetry.exporter.otlp.proto.grpc.trace_exporter import OTLPSpanExporter

        options = {"endpoint": f"http://{endpoint}", "insecure": True}
        return OTLPSpanExporter(**options), OTLPMetricExporter(**options), OTLPLogExporter(**options)
    if protocol == "http/protobuf":
        from opentelemetry.exporter.otlp.proto.http._log_exporter import OTLPLogExporter
        from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter

        base = f"http://{endpoint}/v1"
        return (
            OTLPSpanExporter(endpoint=f"{base}/traces"),
            OTLPMetricExporter(endpoint=f"{base}/metrics"),
            OTLPLogExporter(endpoint=f"{base}/logs"),
        )
    sys.exit(f"the Python SDK has no exporter for {protocol}")


def send_traces(provider):
    """Four spans; returns the context in which the first log is written."""
    tracer = provider.get_tracer(SCOPE, VERSION)
    elsewhere = SpanContext(
        trace_id=0x5B8AA5A2D2C872E8321CF37308D69DF2,
        span_id=0x051581BF3CB55C13,
        is_remote=True,
        trace_flags=TraceFlags(TraceFlags.SAMPLED),
    )
    with tracer.start_as_current_span("GET /주문/{id}", kind=SpanKind.SERVER) as server:
        context = trace.set_span_in_context(server)
        server.set_attributes(
            {
                "text": "주문 번호 ①",
                "empty": "",
                "yes": True,
                "no": False,
                "int": 42,
                "large": 9007199254740991,
                "negative": -7,
                "double": 3.25,
                "texts": ["하나", "two", ""],
                "ints": [1, -2, 3],
                "doubles": [0.5, -1.5],
                "bools": [True, False],
                "none": [],
            }
        )
        with tracer.start_as_current_span(
            "결제", kind=SpanKind.CLIENT, record_exception=False, set_status_on_exception=False
        ) as client:
            client.add_event("재시도", {"attempt": 2, "reason": "시간 초과"})
            try:
                raise ValueError("카드가 거절되었습니다")
            except ValueError as error:
                # Its own stack trace, since the real one holds paths of this machine.
                trace_text = "ValueError: 카드가 거절되었습니다\n  in pay"
                client.record_exception(error, {"exception.stacktrace": trace_text})
            client.set_status(Status(StatusCode.ERROR, "결제 실패"))
        with tracer.start_as_current_span("render") as render:
            with tracer.start_as_current_span(
                "publish", kind=SpanKind.PRODUCER, links=[Link(elsewhere, {"relation": "원인"})]
            ):
                pass
            render.set_status(Status(StatusCode.OK))
    return context


def send_metrics(provider):
    """Six instruments."""
    meter = provider.get_meter(SCOPE, VERSION)
    requests = meter.create_counter("live.requests", unit="{request}", description="요청 수")
    requests.add(3, {"http.request.method": "GET"})
    requests.add(2, {"http.request.method": "GET"})
    requests.add(2, {"http.request.method": "POST"})
    meter.create_counter("live.bytes", unit="By").add(1536.5, {"빈값": ""})
    in_flight = meter.create_up_down_counter("live.in_flight")
    in_flight.add(5)
    in_flight.add(-2)
    meter.create_gauge("live.temperature", unit="Cel").set(-4.5, {"room": "서버실"})
    duration = meter.create_histogram("live.duration", unit="ms")
    for value in (3, 30, 300):
        duration.record(value, {"ok": True})
    size = meter.create_histogram("live.size", unit="By")
    for value in (1, 2, 4, 1000):
        size.record(value)


def send_logs(provider, context):
    """Three records."""
    logger = provider.get_logger(SCOPE, VERSION)
    logger.emit(
        LogRecord(
            timestamp=1_767_225_600_000_000_000,
            context=context,
            severity_number=SeverityNumber.INFO,
            severity_text="INFO",
            body="주문을 접수했습니다",
            attributes={"order.id": 42, "vip": True, "empty": ""},
        )
    )
    logger.emit(
        LogRecord(
            timestamp=1_767_225_600_000_000_001,
            severity_number=SeverityNumber.ERROR,
            severity_text="ERROR",
            body={"msg": "결제 실패", "code": 402, "tags": ["card", "거절"], "ratio": 0.5},
        )
    )
    logger.emit(
        LogRecord(
            timestamp=1_767_225_600_000_000_002,
            severity_number=SeverityNumber.DEBUG,
            severity_text="DEBUG",
            body="done",
        )
    )


def main():
    protocol, endpoint = sys.argv[1:3]
    spans, metrics, logs = exporters(protocol, endpoint)
    resource = Resource.create(
        {
            "service.name": "live-python",
            "service.version": "1.2.3",
            "k8s.namespace.name": "shop",
            "k8s.pod.name": "checkout-7d4b9c-x2x4z",
            "k8s.container.name": "checkout",
            "deployment.environment.name": "운영",
        }
    )
    tracers = TracerProvider(resource=resource)
    tracers.add_span_processor(BatchSpanProcessor(spans))
    reader = PeriodicExportingMetricReader(metrics, export_interval_millis=3_600_000)
    exponential = View(
        instrument_name="live.size", aggregation=ExponentialBucketHistogramAggregation()
    )
    meters = MeterProvider([reader], resource=resource, views=[exponential])
    loggers = LoggerProvider(resource=resource)
    loggers.add_log_record_processor(BatchLogRecordProcessor(logs))

    context = send_traces(tracers)
    send_metrics(meters)
    send_logs(loggers, context)
    tracers.shutdown()
    meters.shutdown()
    loggers.shutdown()


if __name__ == "__main__":
    main()
