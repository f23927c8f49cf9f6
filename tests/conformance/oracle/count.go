package main

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"reflect"

	"github.com/open-telemetry/opentelemetry-collector-contrib/connector/countconnector"
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/confmap"
	"go.opentelemetry.io/collector/connector"
	"go.opentelemetry.io/collector/connector/connectortest"
	"go.opentelemetry.io/collector/connector/xconnector"
	"go.opentelemetry.io/collector/consumer/consumertest"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.opentelemetry.io/collector/pdata/pprofile"
	"go.opentelemetry.io/collector/pdata/ptrace"
)

// runCountFile runs the cases of a file in count/. The connector keeps its metrics in hash maps: its
// answer is written in the order of their names, datapoints in that of their attributes. Times that it
// reads off the clock become zero.
func runCountFile(path string) error {
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	var cases []configuredCase
	if err := json.Unmarshal(text, &cases); err != nil {
		return err
	}
	for i := range cases {
		c := &cases[i]
		input, err := named(c.Input, filepath.Join(filepath.Dir(path), "inputs"))
		if err != nil {
			return fmt.Errorf("case %q: %w", c.Name, err)
		}
		if c.outcome, err = countTwice(c, input); err != nil {
			return fmt.Errorf("case %q: %w", c.Name, err)
		}
	}
	return writeLines(path, cases)
}

func countTwice(c *configuredCase, input []byte) (outcome, error) {
	first, err := countOnce(c, input)
	for range 12 {
		if err != nil || first.Varies {
			break
		}
		var again outcome
		again, err = countOnce(c, input)
		first.Varies = !reflect.DeepEqual(again, first)
	}
	return first, err
}

func countOnce(c *configuredCase, input []byte) (result outcome, err error) {
	refused := func(err error) (outcome, error) {
		return outcome{Outcome: "compile_error", Message: err.Error()}, nil
	}
	retrieved, err := confmap.NewRetrievedFromYAML([]byte(c.Config))
	if err != nil {
		return refused(err)
	}
	conf, err := retrieved.AsConf()
	if err != nil {
		return refused(err)
	}
	factory := countconnector.NewFactory()
	cfg := factory.CreateDefaultConfig()
	if err := conf.Unmarshal(cfg); err != nil {
		return refused(err)
	}
	if err := confmap.Validate(cfg); err != nil {
		return refused(err)
	}
	sink := new(consumertest.MetricsSink)
	set := connectortest.NewNopSettings(factory.Type())
	if err := sendToConnector(factory, set, cfg, sink, c.Signal, input); err != nil {
		return outcome{Outcome: "run_error", Message: err.Error()}, nil
	}
	result.Outcome = "ok"
	for _, metrics := range sink.AllMetrics() {
		inOrder(metrics)
		if result.Output, err = (&pmetric.JSONMarshaler{}).MarshalMetrics(metrics); err != nil {
			return outcome{}, err
		}
	}
	return result, nil
}

func sendToConnector(
	factory connector.Factory, set connector.Settings, cfg component.Config,
	sink *consumertest.MetricsSink, signal string, input []byte,
) error {
	ctx, host := context.Background(), componenttest.NewNopHost()
	switch signal {
	case "traces":
		data, err := (&ptrace.JSONUnmarshaler{}).UnmarshalTraces(input)
		if err != nil {
			return err
		}
		c, err := factory.CreateTracesToMetrics(ctx, set, cfg, sink)
		if err != nil {
			return err
		}
		return cmp.Or(c.Start(ctx, host), c.ConsumeTraces(ctx, data))
	case "metrics":
		data, err := (&pmetric.JSONUnmarshaler{}).UnmarshalMetrics(input)
		if err != nil {
			return err
		}
		c, err := factory.CreateMetricsToMetrics(ctx, set, cfg, sink)
		if err != nil {
			return err
		}
		return cmp.Or(c.Start(ctx, host), c.ConsumeMetrics(ctx, data))
	case "logs":
		data, err := (&plog.JSONUnmarshaler{}).UnmarshalLogs(input)
		if err != nil {
			return err
		}
		c, err := factory.CreateLogsToMetrics(ctx, set, cfg, sink)
		if err != nil {
			return err
		}
		return cmp.Or(c.Start(ctx, host), c.ConsumeLogs(ctx, data))
	case "profiles":
		data, err := (&pprofile.JSONUnmarshaler{}).UnmarshalProfiles(input)
		if err != nil {
			return err
		}
		c, err := factory.(xconnector.Factory).CreateProfilesToMetrics(ctx, set, cfg, sink)
		if err != nil {
			return err
		}
		return cmp.Or(c.Start(ctx, host), c.ConsumeProfiles(ctx, data))
	}
	return fmt.Errorf("unknown signal %q", signal)
}

func inOrder(metrics pmetric.Metrics) {
	// Any time of a case is a small number.
	const clock = 1_000_000_000_000
	for _, resource := range metrics.ResourceMetrics().All() {
		for _, scope := range resource.ScopeMetrics().All() {
			scope.Metrics().Sort(func(a, b pmetric.Metric) bool {
				return cmp.Compare(a.Name(), b.Name())*2+cmp.Compare(a.Description(), b.Description()) < 0
			})
			for _, metric := range scope.Metrics().All() {
				points := metric.Sum().DataPoints()
				for _, point := range points.All() {
					if point.Timestamp() > clock {
						point.SetTimestamp(0)
						point.SetStartTimestamp(0)
					}
				}
				points.Sort(func(a, b pmetric.NumberDataPoint) bool { return shown(a) < shown(b) })
			}
		}
	}
}

func shown(point pmetric.NumberDataPoint) string {
	metrics := pmetric.NewMetrics()
	scope := metrics.ResourceMetrics().AppendEmpty().ScopeMetrics().AppendEmpty()
	point.CopyTo(scope.Metrics().AppendEmpty().SetEmptySum().DataPoints().AppendEmpty())
	text, _ := (&pmetric.JSONMarshaler{}).MarshalMetrics(metrics)
	return string(text)
}
