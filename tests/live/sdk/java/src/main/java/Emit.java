import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.common.KeyValue;
import io.opentelemetry.api.common.Value;
import io.opentelemetry.api.logs.Logger;
import io.opentelemetry.api.logs.Severity;
import io.opentelemetry.api.metrics.DoubleHistogram;
import io.opentelemetry.api.metrics.LongCounter;
import io.opentelemetry.api.metrics.LongHistogram;
import io.opentelemetry.api.metrics.LongUpDownCounter;
import io.opentelemetry.api.metrics.Meter;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import io.opentelemetry.exporter.otlp.http.logs.OtlpHttpLogRecordExporter;
import io.opentelemetry.exporter.otlp.http.metrics.OtlpHttpMetricExporter;
import io.opentelemetry.exporter.otlp.http.trace.OtlpHttpSpanExporter;
import io.opentelemetry.exporter.otlp.logs.OtlpGrpcLogRecordExporter;
import io.opentelemetry.exporter.otlp.metrics.OtlpGrpcMetricExporter;
import io.opentelemetry.exporter.otlp.trace.OtlpGrpcSpanExporter;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.logs.SdkLoggerProvider;
import io.opentelemetry.sdk.logs.export.BatchLogRecordProcessor;
import io.opentelemetry.sdk.logs.export.LogRecordExporter;
import io.opentelemetry.sdk.metrics.Aggregation;
import io.opentelemetry.sdk.metrics.InstrumentSelector;
import io.opentelemetry.sdk.metrics.SdkMeterProvider;
import io.opentelemetry.sdk.metrics.View;
import io.opentelemetry.sdk.metrics.export.MetricExporter;
import io.opentelemetry.sdk.metrics.export.PeriodicMetricReader;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.export.BatchSpanProcessor;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Sends the story of ../README.md with the Java SDK: Emit PROTOCOL HOST:PORT. */
public final class Emit {
  private static final String SCOPE = "live.emitter";
  private static final String VERSION = "1.2.3";

  private record Exporters(SpanExporter traces, MetricExporter metrics, LogRecordExporter logs) {
    static Exporters of(String protocol, String endpoint) {
      String base = "http://" + endpoint;
      return switch (protocol) {
        case "grpc" ->
            new Exporters(
                OtlpGrpcSpanExporter.builder().setEndpoint(base).build(),
                OtlpGrpcMetricExporter.builder().setEndpoint(base).build(),
                OtlpGrpcLogRecordExporter.builder().setEndpoint(base).build());
        case "http/protobuf" ->
            new Exporters(
                OtlpHttpSpanExporter.builder().setEndpoint(base + "/v1/traces").build(),
                OtlpHttpMetricExporter.builder().setEndpoint(base + "/v1/metrics").build(),
                OtlpHttpLogRecordExporter.builder().setEndpoint(base + "/v1/logs").build());
        default -> throw new IllegalArgumentException("no exporter for " + protocol);
      };
    }
  }

  private static Context sendTraces(OpenTelemetrySdk sdk) {
    Tracer tracer = sdk.getTracer(SCOPE, VERSION);
    SpanContext elsewhere =
        SpanContext.createFromRemoteParent(
            "5b8aa5a2d2c872e8321cf37308d69df2",
            "051581bf3cb55c13",
            TraceFlags.getSampled(),
            TraceState.getDefault());
    Span server =
        tracer
            .spanBuilder("GET /주문/{id}")
            .setSpanKind(SpanKind.SERVER)
            .setAttribute("text", "주문 번호 ①")
            .setAttribute("empty", "")
            .setAttribute("yes", true)
            .setAttribute("no", false)
            .setAttribute("int", 42)
            .setAttribute("large", 9007199254740991L)
            .setAttribute("negative", -7)
            .setAttribute("double", 3.25)
            .setAttribute(AttributeKey.stringArrayKey("texts"), List.of("하나", "two", ""))
            .setAttribute(AttributeKey.longArrayKey("ints"), List.of(1L, -2L, 3L))
            .setAttribute(AttributeKey.doubleArrayKey("doubles"), List.of(0.5, -1.5))
            .setAttribute(AttributeKey.booleanArrayKey("bools"), List.of(true, false))
            .setAttribute(AttributeKey.stringArrayKey("none"), List.of())
            .startSpan();
    Context inServer = Context.root().with(server);
    Span client =
        tracer.spanBuilder("결제").setParent(inServer).setSpanKind(SpanKind.CLIENT).startSpan();
    client.addEvent(
        "재시도", Attributes.builder().put("attempt", 2).put("reason", "시간 초과").build());
    client.recordException(new IllegalStateException("카드가 거절되었습니다"));
    client.setStatus(StatusCode.ERROR, "결제 실패");
    client.end();
    Span render = tracer.spanBuilder("render").setParent(inServer).startSpan();
    tracer
        .spanBuilder("publish")
        .setParent(inServer.with(render))
        .setSpanKind(SpanKind.PRODUCER)
        .addLink(elsewhere, Attributes.builder().put("relation", "원인").build())
        .startSpan()
        .end();
    render.setStatus(StatusCode.OK);
    render.end();
    server.end();
    return inServer;
  }

  private static void sendMetrics(OpenTelemetrySdk sdk) {
    Meter meter = sdk.getMeterProvider().meterBuilder(SCOPE).setInstrumentationVersion(VERSION).build();
    AttributeKey<String> method = AttributeKey.stringKey("http.request.method");
    LongCounter requests =
        meter.counterBuilder("live.requests").setUnit("{request}").setDescription("요청 수").build();
    requests.add(3, Attributes.of(method, "GET"));
    requests.add(2, Attributes.of(method, "GET"));
    requests.add(2, Attributes.of(method, "POST"));
    meter
        .counterBuilder("live.bytes")
        .ofDoubles()
        .setUnit("By")
        .build()
        .add(1536.5, Attributes.of(AttributeKey.stringKey("빈값"), ""));
    LongUpDownCounter inFlight = meter.upDownCounterBuilder("live.in_flight").build();
    inFlight.add(5);
    inFlight.add(-2);
    meter
        .gaugeBuilder("live.temperature")
        .setUnit("Cel")
        .build()
        .set(-4.5, Attributes.of(AttributeKey.stringKey("room"), "서버실"));
    DoubleHistogram duration = meter.histogramBuilder("live.duration").setUnit("ms").build();
    for (double value : new double[] {3, 30, 300}) {
      duration.record(value, Attributes.of(AttributeKey.booleanKey("ok"), true));
    }
    LongHistogram size = meter.histogramBuilder("live.size").ofLongs().setUnit("By").build();
    for (long value : new long[] {1, 2, 4, 1000}) {
      size.record(value);
    }
  }

  private static void sendLogs(OpenTelemetrySdk sdk, Context inServer) {
    Logger logger =
        sdk.getSdkLoggerProvider().loggerBuilder(SCOPE).setInstrumentationVersion(VERSION).build();
    logger
        .logRecordBuilder()
        .setContext(inServer)
        .setTimestamp(Instant.ofEpochSecond(1767225600, 0))
        .setSeverity(Severity.INFO)
        .setSeverityText("INFO")
        .setBody("주문을 접수했습니다")
        .setAttribute(AttributeKey.longKey("order.id"), 42L)
        .setAttribute(AttributeKey.booleanKey("vip"), true)
        .setAttribute(AttributeKey.stringKey("empty"), "")
        .emit();
    logger
        .logRecordBuilder()
        .setContext(Context.root())
        .setTimestamp(Instant.ofEpochSecond(1767225600, 1))
        .setSeverity(Severity.ERROR)
        .setSeverityText("ERROR")
        .setBody(
            Value.of(
                KeyValue.of("msg", Value.of("결제 실패")),
                KeyValue.of("code", Value.of(402)),
                KeyValue.of("tags", Value.of(Value.of("card"), Value.of("거절"))),
                KeyValue.of("ratio", Value.of(0.5)),
                KeyValue.of("raw", Value.of(new byte[] {0, 1, -2, -1}))))
        .emit();
    logger
        .logRecordBuilder()
        .setContext(Context.root())
        .setTimestamp(Instant.ofEpochSecond(1767225600, 2))
        .setSeverity(Severity.DEBUG)
        .setSeverityText("DEBUG")
        .setBody("done")
        .emit();
  }

  public static void main(String[] args) {
    Exporters exporters = Exporters.of(args[0], args[1]);
    Resource resource =
        Resource.getDefault()
            .merge(
                Resource.create(
                    Attributes.builder()
                        .put("service.name", "live-java")
                        .put("service.version", "1.2.3")
                        .put("k8s.namespace.name", "shop")
                        .put("k8s.pod.name", "checkout-7d4b9c-x2x4z")
                        .put("k8s.container.name", "checkout")
                        .put("deployment.environment.name", "운영")
                        .build()));
    OpenTelemetrySdk sdk =
        OpenTelemetrySdk.builder()
            .setTracerProvider(
                SdkTracerProvider.builder()
                    .setResource(resource)
                    .addSpanProcessor(BatchSpanProcessor.builder(exporters.traces()).build())
                    .build())
            .setMeterProvider(
                SdkMeterProvider.builder()
                    .setResource(resource)
                    .registerMetricReader(
                        PeriodicMetricReader.builder(exporters.metrics())
                            .setInterval(Duration.ofHours(1))
                            .build())
                    .registerView(
                        InstrumentSelector.builder().setName("live.size").build(),
                        View.builder()
                            .setAggregation(Aggregation.base2ExponentialBucketHistogram())
                            .build())
                    .build())
            .setLoggerProvider(
                SdkLoggerProvider.builder()
                    .setResource(resource)
                    .addLogRecordProcessor(BatchLogRecordProcessor.builder(exporters.logs()).build())
                    .build())
            .build();
    Context inServer = sendTraces(sdk);
    sendMetrics(sdk);
    sendLogs(sdk, inServer);
    if (!sdk.shutdown().join(30, TimeUnit.SECONDS).isSuccess()) {
      System.err.println("the SDK could not send everything");
      System.exit(1);
    }
    System.exit(0);
  }
}
