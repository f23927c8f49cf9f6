package main

import "github.com/open-telemetry/opentelemetry-collector-contrib/processor/filterprocessor"

// runFilterFile runs the cases of a file in filter/. A payload of which nothing remains is not
// handed on: such an answer has no output.
func runFilterFile(path string) error {
	return runConfigured(filterprocessor.NewFactory())(path)
}
