// Command routing runs the routing connector on the cases of a folder, ../../routing, and writes what it
// answered into them. It is a module of its own, for the connector cannot be had in the pinned release.
package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"

	"github.com/open-telemetry/opentelemetry-collector-contrib/connector/routingconnector"
	"go.opentelemetry.io/collector/confmap"
	"go.opentelemetry.io/collector/connector/connectortest"
	"go.opentelemetry.io/collector/featuregate"
)

// routingCase is one entry of a file: settings as YAML text, one payload or the name of a file in
// inputs/, who sends it, and the answer, which this program fills in.
type routingCase struct {
	Name   string          `json:"name"`
	Signal string          `json:"signal"`
	Config string          `json:"config"`
	Gates  []string        `json:"gates,omitempty"`
	Client *clientCase     `json:"client,omitempty"`
	Input  json.RawMessage `json:"input"`
	outcome
}

type outcome struct {
	Outcome string `json:"outcome"`
	Message string `json:"message,omitempty"`
	// Output is what each pipeline got: the resources of all payloads, in the order of their texts.
	Output map[string][]string `json:"-"`
	Routed json.RawMessage     `json:"output,omitempty"`
	Varies bool                `json:"varies,omitempty"`
}

func main() {
	if len(os.Args) != 2 {
		fail(fmt.Errorf("usage: routing <folder>"))
	}
	paths, err := filepath.Glob(filepath.Join(os.Args[1], "*.json"))
	if err != nil || len(paths) == 0 {
		fail(fmt.Errorf("no cases: %v", err))
	}
	for _, path := range paths {
		if err := runFile(path); err != nil {
			fail(fmt.Errorf("%s: %w", path, err))
		}
	}
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, "routing:", err)
	os.Exit(1)
}

func runFile(path string) error {
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	var cases []routingCase
	if err := json.Unmarshal(text, &cases); err != nil {
		return err
	}
	var written bytes.Buffer
	encoder := json.NewEncoder(&written)
	encoder.SetEscapeHTML(false)
	separator := "[\n"
	for _, c := range cases {
		input := []byte(c.Input)
		var name string
		if json.Unmarshal(input, &name) == nil {
			input, err = os.ReadFile(filepath.Join(filepath.Dir(path), "inputs", name+".json"))
			if err != nil {
				return err
			}
		}
		if err := c.answer(input); err != nil {
			return fmt.Errorf("case %q: %w", c.Name, err)
		}
		written.WriteString(separator)
		if err := encoder.Encode(c); err != nil {
			return err
		}
		separator = ","
	}
	written.WriteString("]\n")
	return os.WriteFile(path, written.Bytes(), 0o644)
}

// answer runs the case several times, to see whether the answer is always the same.
func (c *routingCase) answer(input []byte) error {
	for _, gate := range c.Gates {
		id, off := strings.CutPrefix(gate, "-")
		if err := featuregate.GlobalRegistry().Set(id, !off); err != nil {
			return err
		}
		defer func() { _ = featuregate.GlobalRegistry().Set(id, off) }()
	}
	first := c.once(input)
	for range 8 {
		first.Varies = first.Varies || !reflect.DeepEqual(c.once(input), first)
	}
	var err error
	if first.Outcome == "ok" {
		pipelines := map[string][]json.RawMessage{}
		for pipeline, resources := range first.Output {
			for _, resource := range resources {
				pipelines[pipeline] = append(pipelines[pipeline], json.RawMessage(resource))
			}
		}
		first.Routed, err = json.Marshal(pipelines)
	}
	c.outcome = first
	return err
}

func (c *routingCase) once(input []byte) outcome {
	refused := func(err error) outcome { return outcome{Outcome: "compile_error", Message: err.Error()} }
	retrieved, err := confmap.NewRetrievedFromYAML([]byte(c.Config))
	if err != nil {
		return refused(err)
	}
	conf, err := retrieved.AsConf()
	if err != nil {
		return refused(err)
	}
	factory := routingconnector.NewFactory()
	cfg := factory.CreateDefaultConfig()
	if err := conf.Unmarshal(cfg); err != nil {
		return refused(err)
	}
	if err := confmap.Validate(cfg); err != nil {
		return refused(err)
	}
	ctx, err := c.Client.context()
	if err != nil {
		return refused(err)
	}
	set := connectortest.NewNopSettings(factory.Type())
	taken, buildErr, runErr := route(ctx, factory, set, cfg, c.Signal, input)
	if buildErr != nil {
		return refused(buildErr)
	}
	if runErr != nil {
		return outcome{Outcome: "run_error", Message: runErr.Error()}
	}
	output := map[string][]string{}
	for pipeline, payloads := range taken {
		for _, payload := range payloads {
			var members map[string][]json.RawMessage
			if err := json.Unmarshal(payload, &members); err != nil {
				return refused(err)
			}
			for _, resources := range members {
				for _, resource := range resources {
					output[pipeline] = append(output[pipeline], string(resource))
				}
			}
		}
		slices.Sort(output[pipeline])
	}
	return outcome{Outcome: "ok", Output: output}
}
