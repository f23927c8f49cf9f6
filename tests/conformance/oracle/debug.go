package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"strings"

	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/confmap"
	"go.opentelemetry.io/collector/exporter/debugexporter"
	"go.opentelemetry.io/collector/exporter/exportertest"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.opentelemetry.io/collector/pdata/ptrace"
)

// runDebugFile sends one OTLP/JSON payload to the debug exporter at each verbosity and keeps
// the lines it writes, next to the payload, which is also kept as protobuf.
func runDebugFile(path string) error {
	input, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	for _, verbosity := range []string{"basic", "normal", "detailed"} {
		target := strings.TrimSuffix(path, "json") + verbosity + ".txt"
		if err := os.RemoveAll(target); err != nil {
			return err
		}
		if err := debugExport(input, verbosity, target); err != nil {
			return fmt.Errorf("%s: %w", verbosity, err)
		}
	}
	return nil
}

func debugExport(input []byte, verbosity, target string) error {
	factory := debugexporter.NewFactory()
	cfg := factory.CreateDefaultConfig()
	settings := map[string]any{
		"verbosity": verbosity, "use_internal_logger": false, "output_paths": []any{target},
	}
	if err := confmap.NewFromStringMap(settings).Unmarshal(cfg); err != nil {
		return err
	}
	ctx, host := context.Background(), componenttest.NewNopHost()
	set := exportertest.NewNopSettings(factory.Type())
	switch {
	case bytes.Contains(input, []byte(`"resourceSpans"`)):
		data, err := (&ptrace.JSONUnmarshaler{}).UnmarshalTraces(input)
		if err != nil {
			return err
		}
		encoded, err := (&ptrace.ProtoMarshaler{}).MarshalTraces(data)
		if err != nil {
			return err
		}
		if err := keepEncoded(target, verbosity, encoded); err != nil {
			return err
		}
		e, err := factory.CreateTraces(ctx, set, cfg)
		if err != nil {
			return err
		}
		if err := e.Start(ctx, host); err != nil {
			return err
		}
		if err := e.ConsumeTraces(ctx, data); err != nil {
			return err
		}
		return e.Shutdown(ctx)
	case bytes.Contains(input, []byte(`"resourceMetrics"`)):
		data, err := (&pmetric.JSONUnmarshaler{}).UnmarshalMetrics(input)
		if err != nil {
			return err
		}
		encoded, err := (&pmetric.ProtoMarshaler{}).MarshalMetrics(data)
		if err != nil {
			return err
		}
		if err := keepEncoded(target, verbosity, encoded); err != nil {
			return err
		}
		e, err := factory.CreateMetrics(ctx, set, cfg)
		if err != nil {
			return err
		}
		if err := e.Start(ctx, host); err != nil {
			return err
		}
		if err := e.ConsumeMetrics(ctx, data); err != nil {
			return err
		}
		return e.Shutdown(ctx)
	default:
		data, err := (&plog.JSONUnmarshaler{}).UnmarshalLogs(input)
		if err != nil {
			return err
		}
		encoded, err := (&plog.ProtoMarshaler{}).MarshalLogs(data)
		if err != nil {
			return err
		}
		if err := keepEncoded(target, verbosity, encoded); err != nil {
			return err
		}
		e, err := factory.CreateLogs(ctx, set, cfg)
		if err != nil {
			return err
		}
		if err := e.Start(ctx, host); err != nil {
			return err
		}
		if err := e.ConsumeLogs(ctx, data); err != nil {
			return err
		}
		return e.Shutdown(ctx)
	}
}

func keepEncoded(target, verbosity string, encoded []byte) error {
	return os.WriteFile(strings.TrimSuffix(target, verbosity+".txt")+"pb", encoded, 0o644)
}
