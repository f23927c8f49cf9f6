package main

import (
	"context"
	"fmt"

	"go.opentelemetry.io/collector/client"
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/connector"
	"go.opentelemetry.io/collector/consumer"
	"go.opentelemetry.io/collector/consumer/consumertest"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.opentelemetry.io/collector/pdata/ptrace"
	"go.opentelemetry.io/collector/pipeline"
	"google.golang.org/grpc/metadata"
)

// clientCase is what is known about the sender of a case's payload.
type clientCase struct {
	Metadata map[string][]string `json:"metadata"`
	GRPC     map[string][]string `json:"grpc"`
}

func (c *clientCase) context() (context.Context, error) {
	ctx := context.Background()
	if c == nil {
		return ctx, nil
	}
	ctx = client.NewContext(ctx, client.Info{Metadata: client.NewMetadata(c.Metadata)})
	return metadata.NewIncomingContext(ctx, metadata.MD(c.GRPC)), nil
}

// pipelines are those that a case can route to.
var pipelines = []string{"a", "b", "c", "rest"}

// route answers what each pipeline got of a payload, as OTLP/JSON, the error of building the
// connector, and the one that the sender of the payload would see.
func route(
	ctx context.Context, factory connector.Factory, set connector.Settings, cfg component.Config,
	signal string, input []byte,
) (taken map[string][][]byte, buildErr, runErr error) {
	taken = map[string][][]byte{}
	switch signal {
	case "traces":
		data, err := (&ptrace.JSONUnmarshaler{}).UnmarshalTraces(input)
		if err != nil {
			return nil, err, nil
		}
		sinks, outputs := map[string]*consumertest.TracesSink{}, map[pipeline.ID]consumer.Traces{}
		for _, name := range pipelines {
			sinks[name] = new(consumertest.TracesSink)
			outputs[pipeline.NewIDWithName(pipeline.SignalTraces, name)] = sinks[name]
		}
		c, err := factory.CreateTracesToTraces(ctx, set, cfg, connector.NewTracesRouter(outputs))
		if err != nil {
			return nil, err, nil
		}
		runErr = c.ConsumeTraces(ctx, data)
		for name, sink := range sinks {
			for _, payload := range sink.AllTraces() {
				text, err := (&ptrace.JSONMarshaler{}).MarshalTraces(payload)
				if err != nil {
					return nil, err, nil
				}
				taken[name] = append(taken[name], text)
			}
		}
	case "metrics":
		data, err := (&pmetric.JSONUnmarshaler{}).UnmarshalMetrics(input)
		if err != nil {
			return nil, err, nil
		}
		sinks, outputs := map[string]*consumertest.MetricsSink{}, map[pipeline.ID]consumer.Metrics{}
		for _, name := range pipelines {
			sinks[name] = new(consumertest.MetricsSink)
			outputs[pipeline.NewIDWithName(pipeline.SignalMetrics, name)] = sinks[name]
		}
		c, err := factory.CreateMetricsToMetrics(ctx, set, cfg, connector.NewMetricsRouter(outputs))
		if err != nil {
			return nil, err, nil
		}
		runErr = c.ConsumeMetrics(ctx, data)
		for name, sink := range sinks {
			for _, payload := range sink.AllMetrics() {
				text, err := (&pmetric.JSONMarshaler{}).MarshalMetrics(payload)
				if err != nil {
					return nil, err, nil
				}
				taken[name] = append(taken[name], text)
			}
		}
	case "logs":
		data, err := (&plog.JSONUnmarshaler{}).UnmarshalLogs(input)
		if err != nil {
			return nil, err, nil
		}
		sinks, outputs := map[string]*consumertest.LogsSink{}, map[pipeline.ID]consumer.Logs{}
		for _, name := range pipelines {
			sinks[name] = new(consumertest.LogsSink)
			outputs[pipeline.NewIDWithName(pipeline.SignalLogs, name)] = sinks[name]
		}
		c, err := factory.CreateLogsToLogs(ctx, set, cfg, connector.NewLogsRouter(outputs))
		if err != nil {
			return nil, err, nil
		}
		runErr = c.ConsumeLogs(ctx, data)
		for name, sink := range sinks {
			for _, payload := range sink.AllLogs() {
				text, err := (&plog.JSONMarshaler{}).MarshalLogs(payload)
				if err != nil {
					return nil, err, nil
				}
				taken[name] = append(taken[name], text)
			}
		}
	default:
		return nil, fmt.Errorf("unknown signal %q", signal), nil
	}
	return taken, nil, runErr
}
