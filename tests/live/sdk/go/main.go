// Command emit sends the story of ../README.md with the Go SDK: emit PROTOCOL HOST:PORT.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/exporters/otlp/otlplog/otlploggrpc"
	"go.opentelemetry.io/otel/exporters/otlp/otlplog/otlploghttp"
	"go.opentelemetry.io/otel/exporters/otlp/otlpmetric/otlpmetricgrpc"
	"go.opentelemetry.io/otel/exporters/otlp/otlpmetric/otlpmetrichttp"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracegrpc"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	"go.opentelemetry.io/otel/log"
	"go.opentelemetry.io/otel/metric"
	sdklog "go.opentelemetry.io/otel/sdk/log"
	sdkmetric "go.opentelemetry.io/otel/sdk/metric"
	"go.opentelemetry.io/otel/sdk/resource"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"
)

const (
	scope   = "live.emitter"
	version = "1.2.3"
)

type exporters struct {
	traces  sdktrace.SpanExporter
	metrics sdkmetric.Exporter
	logs    sdklog.Exporter
}

func newExporters(ctx context.Context, protocol, endpoint string) (e exporters, err error) {
	var problems [3]error
	switch protocol {
	case "grpc":
		e.traces, problems[0] = otlptracegrpc.New(ctx, otlptracegrpc.WithInsecure(), otlptracegrpc.WithEndpoint(endpoint))
		e.metrics, problems[1] = otlpmetricgrpc.New(ctx, otlpmetricgrpc.WithInsecure(), otlpmetricgrpc.WithEndpoint(endpoint))
		e.logs, problems[2] = otlploggrpc.New(ctx, otlploggrpc.WithInsecure(), otlploggrpc.WithEndpoint(endpoint))
	case "http/protobuf":
		e.traces, problems[0] = otlptracehttp.New(ctx, otlptracehttp.WithInsecure(), otlptracehttp.WithEndpoint(endpoint))
		e.metrics, problems[1] = otlpmetrichttp.New(ctx, otlpmetrichttp.WithInsecure(), otlpmetrichttp.WithEndpoint(endpoint))
		e.logs, problems[2] = otlploghttp.New(ctx, otlploghttp.WithInsecure(), otlploghttp.WithEndpoint(endpoint))
	default:
		return e, fmt.Errorf("the Go SDK has no exporter for %s", protocol)
	}
	return e, errors.Join(problems[:]...)
}

func sendTraces(ctx context.Context, provider trace.TracerProvider) context.Context {
	tracer := provider.Tracer(scope, trace.WithInstrumentationVersion(version))
	elsewhere := trace.NewSpanContext(trace.SpanContextConfig{
		TraceID:    trace.TraceID{0x5b, 0x8a, 0xa5, 0xa2, 0xd2, 0xc8, 0x72, 0xe8, 0x32, 0x1c, 0xf3, 0x73, 0x08, 0xd6, 0x9d, 0xf2},
		SpanID:     trace.SpanID{0x05, 0x15, 0x81, 0xbf, 0x3c, 0xb5, 0x5c, 0x13},
		TraceFlags: trace.FlagsSampled,
		Remote:     true,
	})
	inServer, server := tracer.Start(ctx, "GET /주문/{id}", trace.WithSpanKind(trace.SpanKindServer))
	server.SetAttributes(
		attribute.String("text", "주문 번호 ①"),
		attribute.String("empty", ""),
		attribute.Bool("yes", true),
		attribute.Bool("no", false),
		attribute.Int("int", 42),
		attribute.Int64("large", 9007199254740991),
		attribute.Int("negative", -7),
		attribute.Float64("double", 3.25),
		attribute.StringSlice("texts", []string{"하나", "two", ""}),
		attribute.IntSlice("ints", []int{1, -2, 3}),
		attribute.Float64Slice("doubles", []float64{0.5, -1.5}),
		attribute.BoolSlice("bools", []bool{true, false}),
		attribute.StringSlice("none", []string{}),
	)
	_, client := tracer.Start(inServer, "결제", trace.WithSpanKind(trace.SpanKindClient))
	client.AddEvent("재시도", trace.WithAttributes(attribute.Int("attempt", 2), attribute.String("reason", "시간 초과")))
	client.RecordError(errors.New("카드가 거절되었습니다"))
	client.SetStatus(codes.Error, "결제 실패")
	client.End()
	inRender, render := tracer.Start(inServer, "render")
	link := trace.Link{SpanContext: elsewhere, Attributes: []attribute.KeyValue{attribute.String("relation", "원인")}}
	_, publish := tracer.Start(inRender, "publish", trace.WithSpanKind(trace.SpanKindProducer), trace.WithLinks(link))
	publish.End()
	render.SetStatus(codes.Ok, "")
	render.End()
	server.End()
	return inServer
}

func sendMetrics(ctx context.Context, provider metric.MeterProvider) error {
	meter := provider.Meter(scope, metric.WithInstrumentationVersion(version))
	var problems [6]error
	requests, err := meter.Int64Counter("live.requests", metric.WithUnit("{request}"), metric.WithDescription("요청 수"))
	problems[0] = err
	get := metric.WithAttributes(attribute.String("http.request.method", "GET"))
	requests.Add(ctx, 3, get)
	requests.Add(ctx, 2, get)
	requests.Add(ctx, 2, metric.WithAttributes(attribute.String("http.request.method", "POST")))
	bytes, err := meter.Float64Counter("live.bytes", metric.WithUnit("By"))
	problems[1] = err
	bytes.Add(ctx, 1536.5, metric.WithAttributes(attribute.String("빈값", "")))
	inFlight, err := meter.Int64UpDownCounter("live.in_flight")
	problems[2] = err
	inFlight.Add(ctx, 5)
	inFlight.Add(ctx, -2)
	temperature, err := meter.Float64Gauge("live.temperature", metric.WithUnit("Cel"))
	problems[3] = err
	temperature.Record(ctx, -4.5, metric.WithAttributes(attribute.String("room", "서버실")))
	duration, err := meter.Float64Histogram("live.duration", metric.WithUnit("ms"))
	problems[4] = err
	for _, value := range []float64{3, 30, 300} {
		duration.Record(ctx, value, metric.WithAttributes(attribute.Bool("ok", true)))
	}
	size, err := meter.Int64Histogram("live.size", metric.WithUnit("By"))
	problems[5] = err
	for _, value := range []int64{1, 2, 4, 1000} {
		size.Record(ctx, value)
	}
	return errors.Join(problems[:]...)
}

func sendLogs(ctx, inServer context.Context, provider log.LoggerProvider) {
	logger := provider.Logger(scope, log.WithInstrumentationVersion(version))
	at := func(nanos int64) time.Time { return time.Unix(1767225600, nanos) }
	var record log.Record
	record.SetTimestamp(at(0))
	record.SetSeverity(log.SeverityInfo)
	record.SetSeverityText("INFO")
	record.SetBody(attribute.StringValue("주문을 접수했습니다"))
	record.AddAttributes(attribute.Int("order.id", 42), attribute.Bool("vip", true), attribute.String("empty", ""))
	logger.Emit(inServer, record)
	record = log.Record{}
	record.SetTimestamp(at(1))
	record.SetSeverity(log.SeverityError)
	record.SetSeverityText("ERROR")
	record.SetBody(attribute.MapValue(
		attribute.String("msg", "결제 실패"),
		attribute.Int("code", 402),
		attribute.Slice("tags", attribute.StringValue("card"), attribute.StringValue("거절")),
		attribute.Float64("ratio", 0.5),
		attribute.ByteSlice("raw", []byte{0, 1, 254, 255}),
	))
	logger.Emit(ctx, record)
	record = log.Record{}
	record.SetTimestamp(at(2))
	record.SetSeverity(log.SeverityDebug)
	record.SetSeverityText("DEBUG")
	record.SetBody(attribute.StringValue("done"))
	logger.Emit(ctx, record)
}

func run(ctx context.Context, protocol, endpoint string) error {
	exporters, err := newExporters(ctx, protocol, endpoint)
	if err != nil {
		return err
	}
	resource, err := resource.Merge(resource.Default(), resource.NewSchemaless(
		attribute.String("service.name", "live-go"),
		attribute.String("service.version", "1.2.3"),
		attribute.String("k8s.namespace.name", "shop"),
		attribute.String("k8s.pod.name", "checkout-7d4b9c-x2x4z"),
		attribute.String("k8s.container.name", "checkout"),
		attribute.String("deployment.environment.name", "운영"),
	))
	if err != nil {
		return err
	}
	tracers := sdktrace.NewTracerProvider(sdktrace.WithResource(resource), sdktrace.WithBatcher(exporters.traces))
	reader := sdkmetric.NewPeriodicReader(exporters.metrics, sdkmetric.WithInterval(time.Hour))
	exponential := sdkmetric.NewView(
		sdkmetric.Instrument{Name: "live.size"},
		sdkmetric.Stream{Aggregation: sdkmetric.AggregationBase2ExponentialHistogram{MaxSize: 160, MaxScale: 20}},
	)
	meters := sdkmetric.NewMeterProvider(sdkmetric.WithResource(resource), sdkmetric.WithReader(reader), sdkmetric.WithView(exponential))
	loggers := sdklog.NewLoggerProvider(sdklog.WithResource(resource), sdklog.WithProcessor(sdklog.NewBatchProcessor(exporters.logs)))

	inServer := sendTraces(ctx, tracers)
	err = sendMetrics(ctx, meters)
	sendLogs(ctx, inServer, loggers)
	return errors.Join(err, tracers.Shutdown(ctx), meters.Shutdown(ctx), loggers.Shutdown(ctx))
}

func main() {
	if len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "usage: emit PROTOCOL HOST:PORT")
		os.Exit(2)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	if err := run(ctx, os.Args[1], os.Args[2]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
