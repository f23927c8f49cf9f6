// Sends the story of ../README.md with the JavaScript SDK: node emit.mjs PROTOCOL HOST:PORT.

import { SpanKind, SpanStatusCode, ROOT_CONTEXT, trace } from '@opentelemetry/api';
import { SeverityNumber } from '@opentelemetry/api-logs';
import { defaultResource, resourceFromAttributes } from '@opentelemetry/resources';
import { BatchLogRecordProcessor, LoggerProvider } from '@opentelemetry/sdk-logs';
import { AggregationType, MeterProvider, PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics';
import { BasicTracerProvider, BatchSpanProcessor } from '@opentelemetry/sdk-trace-base';

const SCOPE = 'live.emitter';
const VERSION = '1.2.3';

/** The exporter packages of each protocol and how they want their address. */
const PROTOCOLS = {
  'grpc': { suffix: 'grpc', url: (endpoint) => `http://${endpoint}` },
  'http/protobuf': { suffix: 'proto', url: (endpoint, signal) => `http://${endpoint}/v1/${signal}` },
  'http/json': { suffix: 'http', url: (endpoint, signal) => `http://${endpoint}/v1/${signal}` },
};

async function exporters(protocol, endpoint) {
  const { suffix, url } = PROTOCOLS[protocol] ?? fail(`no exporter for ${protocol}`);
  const traces = await import(`@opentelemetry/exporter-trace-otlp-${suffix}`);
  const metrics = await import(`@opentelemetry/exporter-metrics-otlp-${suffix}`);
  const logs = await import(`@opentelemetry/exporter-logs-otlp-${suffix}`);
  return {
    traces: new traces.OTLPTraceExporter({ url: url(endpoint, 'traces') }),
    metrics: new metrics.OTLPMetricExporter({ url: url(endpoint, 'metrics') }),
    logs: new logs.OTLPLogExporter({ url: url(endpoint, 'logs') }),
  };
}

function sendTraces(provider) {
  const tracer = provider.getTracer(SCOPE, VERSION);
  const elsewhere = {
    traceId: '5b8aa5a2d2c872e8321cf37308d69df2',
    spanId: '051581bf3cb55c13',
    traceFlags: 1,
    isRemote: true,
  };
  const server = tracer.startSpan('GET /주문/{id}', { kind: SpanKind.SERVER }, ROOT_CONTEXT);
  const inServer = trace.setSpan(ROOT_CONTEXT, server);
  server.setAttributes({
    text: '주문 번호 ①',
    empty: '',
    yes: true,
    no: false,
    int: 42,
    large: Number.MAX_SAFE_INTEGER,
    negative: -7,
    double: 3.25,
    texts: ['하나', 'two', ''],
    ints: [1, -2, 3],
    doubles: [0.5, -1.5],
    bools: [true, false],
    none: [],
  });
  const client = tracer.startSpan('결제', { kind: SpanKind.CLIENT }, inServer);
  client.addEvent('재시도', { attempt: 2, reason: '시간 초과' });
  // Its own stack trace, since the real one holds paths of this machine.
  const error = new RangeError('카드가 거절되었습니다');
  error.stack = `${error}\n    at pay`;
  client.recordException(error);
  client.setStatus({ code: SpanStatusCode.ERROR, message: '결제 실패' });
  client.end();
  const render = tracer.startSpan('render', {}, inServer);
  const links = [{ context: elsewhere, attributes: { relation: '원인' } }];
  const inRender = trace.setSpan(inServer, render);
  tracer.startSpan('publish', { kind: SpanKind.PRODUCER, links }, inRender).end();
  render.setStatus({ code: SpanStatusCode.OK });
  render.end();
  server.end();
  return inServer;
}

function sendMetrics(provider) {
  const meter = provider.getMeter(SCOPE, VERSION);
  const requests = meter.createCounter('live.requests', { unit: '{request}', description: '요청 수' });
  requests.add(3, { 'http.request.method': 'GET' });
  requests.add(2, { 'http.request.method': 'GET' });
  requests.add(2, { 'http.request.method': 'POST' });
  meter.createCounter('live.bytes', { unit: 'By' }).add(1536.5, { 빈값: '' });
  const inFlight = meter.createUpDownCounter('live.in_flight');
  inFlight.add(5);
  inFlight.add(-2);
  meter.createGauge('live.temperature', { unit: 'Cel' }).record(-4.5, { room: '서버실' });
  const duration = meter.createHistogram('live.duration', { unit: 'ms' });
  [3, 30, 300].forEach((value) => duration.record(value, { ok: true }));
  const size = meter.createHistogram('live.size', { unit: 'By' });
  [1, 2, 4, 1000].forEach((value) => size.record(value));
}

function sendLogs(provider, context) {
  const logger = provider.getLogger(SCOPE, VERSION);
  logger.emit({
    timestamp: [1767225600, 0],
    context,
    severityNumber: SeverityNumber.INFO,
    severityText: 'INFO',
    body: '주문을 접수했습니다',
    attributes: { 'order.id': 42, vip: true, empty: '' },
  });
  logger.emit({
    timestamp: [1767225600, 1],
    context: ROOT_CONTEXT,
    severityNumber: SeverityNumber.ERROR,
    severityText: 'ERROR',
    body: { msg: '결제 실패', code: 402, tags: ['card', '거절'], ratio: 0.5 },
  });
  logger.emit({
    timestamp: [1767225600, 2],
    context: ROOT_CONTEXT,
    severityNumber: SeverityNumber.DEBUG,
    severityText: 'DEBUG',
    body: 'done',
  });
}

function fail(message) {
  console.error(message);
  process.exit(1);
}

const [protocol, endpoint] = process.argv.slice(2);
const { traces, metrics, logs } = await exporters(protocol, endpoint);
const resource = defaultResource().merge(
  resourceFromAttributes({
    'service.name': 'live-node',
    'service.version': '1.2.3',
    'k8s.namespace.name': 'shop',
    'k8s.pod.name': 'checkout-7d4b9c-x2x4z',
    'k8s.container.name': 'checkout',
    'deployment.environment.name': '운영',
  }),
);
const tracers = new BasicTracerProvider({ resource, spanProcessors: [new BatchSpanProcessor(traces)] });
const meters = new MeterProvider({
  resource,
  readers: [new PeriodicExportingMetricReader({ exporter: metrics, exportIntervalMillis: 3_600_000 })],
  views: [{ instrumentName: 'live.size', aggregation: { type: AggregationType.EXPONENTIAL_HISTOGRAM } }],
});
const loggers = new LoggerProvider({ resource, processors: [new BatchLogRecordProcessor({ exporter: logs })] });

const context = sendTraces(tracers);
sendMetrics(meters);
sendLogs(loggers, context);
await tracers.shutdown();
await meters.shutdown();
await loggers.shutdown();
