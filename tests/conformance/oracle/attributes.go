package main

import (
	"encoding/json"
	"fmt"
	"os"

	"github.com/open-telemetry/opentelemetry-collector-contrib/processor/attributesprocessor"
	"go.opentelemetry.io/collector/confmap"
)

// attributesCase is one entry of a file in attributes/: the processor's settings as YAML text,
// one payload, and what the processor answered, which this program fills in.
type attributesCase struct {
	Name   string          `json:"name"`
	Signal string          `json:"signal"`
	Config string          `json:"config"`
	Input  json.RawMessage `json:"input"`
	outcome
}

func runAttributesFile(path string) error {
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	var cases []attributesCase
	if err := json.Unmarshal(text, &cases); err != nil {
		return err
	}
	for i := range cases {
		c := &cases[i]
		retrieved, err := confmap.NewRetrievedFromYAML([]byte(c.Config))
		if err != nil {
			return fmt.Errorf("case %q: %w", c.Name, err)
		}
		conf, err := retrieved.AsConf()
		if err != nil {
			return fmt.Errorf("case %q: %w", c.Name, err)
		}
		c.outcome, err = process(attributesprocessor.NewFactory(), conf.ToStringMap(), c.Signal, c.Input)
		if err != nil {
			return fmt.Errorf("case %q: %w", c.Name, err)
		}
	}
	return writeJSON(path, cases)
}
