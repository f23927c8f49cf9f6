package main

import (
	"encoding/json"
	"fmt"
	"os"

	"go.opentelemetry.io/collector/confmap"
	"go.opentelemetry.io/collector/processor"
)

// configuredCase is one entry of a file in attributes/, filter/ or transform/: a processor's settings as YAML
// text, one payload, and what the processor answered, which this program fills in.
type configuredCase struct {
	Name   string `json:"name"`
	Signal string `json:"signal"`
	Config string `json:"config"`
	// Gates are the feature gates that are on beside the default ones.
	Gates []string `json:"gates,omitempty"`
	// Client is who sent the payload; nobody when absent.
	Client *clientCase     `json:"client,omitempty"`
	Input  json.RawMessage `json:"input"`
	outcome
}

// runConfigured answers a function that runs the cases of one file with processors of a factory.
func runConfigured(factory processor.Factory) func(path string) error {
	return func(path string) error {
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
			retrieved, err := confmap.NewRetrievedFromYAML([]byte(c.Config))
			if err != nil {
				return fmt.Errorf("case %q: %w", c.Name, err)
			}
			conf, err := retrieved.AsConf()
			if err != nil {
				return fmt.Errorf("case %q: %w", c.Name, err)
			}
			c.outcome, err = withGates(c.Gates, func() (outcome, error) {
				return process(factory, conf.ToStringMap(), payload{c.Signal, c.Input, c.Client})
			})
			if err != nil {
				return fmt.Errorf("case %q: %w", c.Name, err)
			}
		}
		return writeJSON(path, cases)
	}
}
