package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/open-telemetry/opentelemetry-collector-contrib/processor/transformprocessor"
	"go.opentelemetry.io/collector/featuregate"
	"golang.org/x/text/encoding/unicode"
)

// ottlCase is one entry of a file in cases/. A null context is the flat style: one group whose
// context is inferred. An empty error mode is the component's default.
type ottlCase struct {
	Name       string   `json:"name"`
	Signal     string   `json:"signal"`
	Context    *string  `json:"context"`
	ErrorMode  string   `json:"error_mode"`
	Conditions []string `json:"conditions"`
	Statements []string `json:"statements"`
	// Gates are the feature gates that are on beside the default ones.
	Gates []string `json:"gates"`
	// Client is who sent the payload; nobody when absent.
	Client *clientCase `json:"client"`
	// Input is a payload, or the name of a file in inputs/ without .json.
	Input json.RawMessage `json:"input"`
}

type ottlGolden struct {
	Name string `json:"name"`
	outcome
}

func runOTTLFile(path string) error {
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	var cases []ottlCase
	if err := json.Unmarshal(text, &cases); err != nil {
		return err
	}
	goldens := make([]ottlGolden, 0, len(cases))
	shared := false
	for _, c := range cases {
		shared = shared || bytes.HasPrefix(c.Input, []byte(`"`))
		if err := c.load(filepath.Join(filepath.Dir(path), "..", "inputs")); err != nil {
			return fmt.Errorf("case %q: %w", c.Name, err)
		}
		result, err := withGates(c.Gates, func() (outcome, error) {
			return process(transformprocessor.NewFactory(), c.settings(), payload{c.Signal, c.Input, c.Client})
		})
		if err != nil {
			return fmt.Errorf("case %q: %w", c.Name, err)
		}
		goldens = append(goldens, ottlGolden{Name: c.Name, outcome: result})
	}
	target := filepath.Join(filepath.Dir(path), "..", "goldens", filepath.Base(path))
	if shared {
		return writeLines(target, goldens)
	}
	return writeJSON(target, goldens)
}

// load reads the payload if the case only names it.
func (c *ottlCase) load(inputs string) error {
	input, err := named(c.Input, inputs)
	c.Input = input
	return err
}

// named is a payload, or what lies in the file that it only names.
func named(input json.RawMessage, folder string) ([]byte, error) {
	var name string
	if json.Unmarshal(input, &name) != nil {
		return input, nil
	}
	return os.ReadFile(filepath.Join(folder, name+".json"))
}

// withGates runs something with feature gates on, or off where their name has a minus before it,
// and puts them back.
func withGates(gates []string, run func() (outcome, error)) (outcome, error) {
	for _, gate := range gates {
		id, off := strings.CutPrefix(gate, "-")
		if err := featuregate.GlobalRegistry().Set(id, !off); err != nil {
			return outcome{}, err
		}
		defer func() { _ = featuregate.GlobalRegistry().Set(id, off) }()
	}
	return run()
}

// settings is the case as the transform processor's configuration.
func (c *ottlCase) settings() map[string]any {
	key := map[string]string{
		"traces": "trace_statements", "metrics": "metric_statements", "logs": "log_statements",
		"profiles": "profile_statements",
	}[c.Signal]
	settings := map[string]any{}
	if c.ErrorMode != "" {
		settings["error_mode"] = c.ErrorMode
	}
	if c.Context == nil && len(c.Conditions) == 0 {
		settings[key] = anySlice(c.Statements)
		return settings
	}
	group := map[string]any{"statements": anySlice(c.Statements)}
	if c.Context != nil {
		group["context"] = *c.Context
	}
	if len(c.Conditions) > 0 {
		group["conditions"] = anySlice(c.Conditions)
	}
	settings[key] = []any{group}
	return settings
}

func anySlice(texts []string) []any {
	out := make([]any, 0, len(texts))
	for _, text := range texts {
		out = append(out, text)
	}
	return out
}

// writeLines writes a golden a line: where cases share payloads there are many of them.
func writeLines[T any](path string, goldens []T) error {
	var buffer bytes.Buffer
	encoder := json.NewEncoder(&buffer)
	encoder.SetEscapeHTML(false)
	separator := "[\n"
	for _, golden := range goldens {
		buffer.WriteString(separator)
		if err := encoder.Encode(golden); err != nil {
			return err
		}
		separator = ","
	}
	buffer.WriteString("]\n")
	return os.WriteFile(path, buffer.Bytes(), 0o644)
}

// writeJSON leaves <, > and & as they are, so that goldens stay readable. Text that is not UTF-8,
// which the reference makes when it cuts a character, is repaired.
func writeJSON(path string, value any) error {
	var buffer bytes.Buffer
	encoder := json.NewEncoder(&buffer)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", " ")
	if err := encoder.Encode(value); err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	repaired, err := unicode.UTF8.NewDecoder().Bytes(buffer.Bytes())
	if err != nil {
		return err
	}
	return os.WriteFile(path, repaired, 0o644)
}
