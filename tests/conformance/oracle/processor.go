package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"reflect"
	"strconv"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/confmap"
	"go.opentelemetry.io/collector/consumer/consumertest"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.opentelemetry.io/collector/pdata/pprofile"
	"go.opentelemetry.io/collector/pdata/ptrace"
	"go.opentelemetry.io/collector/processor"
	"go.opentelemetry.io/collector/processor/processortest"
	"go.opentelemetry.io/collector/processor/xprocessor"
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
	"go.uber.org/zap/zaptest/observer"
)

// outcome is what one processor did with one payload.
type outcome struct {
	Outcome  string          `json:"outcome"`
	Message  string          `json:"message,omitempty"`
	Warnings []string        `json:"warnings,omitempty"`
	Output   json.RawMessage `json:"output,omitempty"`
	// Varies says that the reference answers differently from run to run: it walks a hash map
	// where the order shows (members of a map literal, lists of names in messages).
	Varies bool `json:"varies,omitempty"`
}

// payload is what is sent to a processor, as OTLP/JSON, and who sends it.
type payload struct {
	signal string
	input  []byte
	client *clientCase
}

// process is one outcome of repeated runs.
func process(
	factory processor.Factory, settings map[string]any, sent payload,
) (outcome, error) {
	runs := 24
	if text, ok := os.LookupEnv("ORACLE_RUNS"); ok {
		fewer, err := strconv.Atoi(text)
		if err != nil {
			return outcome{}, fmt.Errorf("ORACLE_RUNS: %w", err)
		}
		runs = fewer
	}
	first, err := processOnce(factory, settings, sent)
	if err != nil {
		return outcome{}, err
	}
	for range runs {
		again, err := processOnce(factory, settings, sent)
		if err != nil {
			return outcome{}, err
		}
		first.Varies = first.Varies || !reflect.DeepEqual(again, first)
		if first.Varies {
			break
		}
	}
	return first, nil
}

// processOnce configures a processor from raw settings, as the collector's loader does, and sends
// it one OTLP/JSON payload.
//
// The reference has inputs on which it panics; that is an outcome too.
func processOnce(
	factory processor.Factory, settings map[string]any, sent payload,
) (result outcome, err error) {
	defer func() {
		if cause := recover(); cause != nil {
			result, err = outcome{Outcome: "panic", Message: fmt.Sprint(cause)}, nil
		}
	}()
	cfg := factory.CreateDefaultConfig()
	if err := confmap.NewFromStringMap(settings).Unmarshal(cfg); err != nil {
		return outcome{Outcome: "compile_error", Message: err.Error()}, nil
	}
	if err := confmap.Validate(cfg); err != nil {
		return outcome{Outcome: "compile_error", Message: err.Error()}, nil
	}
	core, logs := observer.New(zapcore.WarnLevel)
	set := processortest.NewNopSettings(factory.Type())
	set.Logger = zap.New(core)
	output, buildErr, runErr, err := consume(factory, set, cfg, sent)
	if err != nil {
		return outcome{}, err
	}
	if buildErr != nil {
		return outcome{Outcome: "compile_error", Message: buildErr.Error()}, nil
	}
	result = outcome{Outcome: "ok", Output: output}
	if runErr != nil {
		result = outcome{Outcome: "run_error", Message: runErr.Error()}
	}
	for _, entry := range logs.All() {
		text := entry.Message
		if cause, ok := entry.ContextMap()["error"]; ok {
			text = fmt.Sprintf("%s: %v", text, cause)
		}
		result.Warnings = append(result.Warnings, text)
	}
	return result, nil
}

// consume answers the payload that came out, the error of building the processor, the error
// the sender of the payload would see, and any fault of the case itself.
func consume(
	factory processor.Factory, set processor.Settings, cfg component.Config, sent payload,
) (output json.RawMessage, buildErr, runErr, err error) {
	host := componenttest.NewNopHost()
	input := sent.input
	ctx, err := sent.client.context()
	if err != nil {
		return nil, nil, nil, err
	}
	switch sent.signal {
	case "traces":
		data, err := (&ptrace.JSONUnmarshaler{}).UnmarshalTraces(input)
		if err != nil {
			return nil, nil, nil, err
		}
		sink := new(consumertest.TracesSink)
		p, err := factory.CreateTraces(ctx, set, cfg, sink)
		if err != nil {
			return nil, err, nil, nil
		}
		if err := p.Start(ctx, host); err != nil {
			return nil, err, nil, nil
		}
		if err := p.ConsumeTraces(ctx, data); err != nil {
			return nil, nil, err, nil
		}
		for _, out := range sink.AllTraces() {
			output, err = (&ptrace.JSONMarshaler{}).MarshalTraces(out)
		}
		return output, nil, nil, err
	case "metrics":
		data, err := (&pmetric.JSONUnmarshaler{}).UnmarshalMetrics(input)
		if err != nil {
			return nil, nil, nil, err
		}
		sink := new(consumertest.MetricsSink)
		p, err := factory.CreateMetrics(ctx, set, cfg, sink)
		if err != nil {
			return nil, err, nil, nil
		}
		if err := p.Start(ctx, host); err != nil {
			return nil, err, nil, nil
		}
		if err := p.ConsumeMetrics(ctx, data); err != nil {
			return nil, nil, err, nil
		}
		for _, out := range sink.AllMetrics() {
			output, err = (&pmetric.JSONMarshaler{}).MarshalMetrics(out)
		}
		return output, nil, nil, err
	case "profiles":
		data, err := (&pprofile.JSONUnmarshaler{}).UnmarshalProfiles(input)
		if err != nil {
			return nil, nil, nil, err
		}
		sink := new(consumertest.ProfilesSink)
		profiles, ok := factory.(xprocessor.Factory)
		if !ok {
			return nil, nil, nil, errors.New("the processor takes no profiles")
		}
		p, err := profiles.CreateProfiles(ctx, set, cfg, sink)
		if err != nil {
			return nil, err, nil, nil
		}
		if err := p.Start(ctx, host); err != nil {
			return nil, err, nil, nil
		}
		if err := p.ConsumeProfiles(ctx, data); err != nil {
			return nil, nil, err, nil
		}
		for _, out := range sink.AllProfiles() {
			output, err = (&pprofile.JSONMarshaler{}).MarshalProfiles(out)
		}
		return output, nil, nil, err
	case "logs":
		data, err := (&plog.JSONUnmarshaler{}).UnmarshalLogs(input)
		if err != nil {
			return nil, nil, nil, err
		}
		sink := new(consumertest.LogsSink)
		p, err := factory.CreateLogs(ctx, set, cfg, sink)
		if err != nil {
			return nil, err, nil, nil
		}
		if err := p.Start(ctx, host); err != nil {
			return nil, err, nil, nil
		}
		if err := p.ConsumeLogs(ctx, data); err != nil {
			return nil, nil, err, nil
		}
		for _, out := range sink.AllLogs() {
			output, err = (&plog.JSONMarshaler{}).MarshalLogs(out)
		}
		return output, nil, nil, err
	}
	return nil, nil, nil, fmt.Errorf("unknown signal %q", sent.signal)
}
