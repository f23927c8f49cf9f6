// Command oracle runs components of the pinned reference release on the inputs of this
// folder's parent and writes what they answered. See ../README.md.
package main

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/open-telemetry/opentelemetry-collector-contrib/processor/attributesprocessor"
	"github.com/open-telemetry/opentelemetry-collector-contrib/processor/transformprocessor"
)

func main() {
	if len(os.Args) < 3 {
		fail(fmt.Errorf("usage: oracle ottl|attributes|filter|transform|count|debug <conformance folder> [file name pattern], or locales <folder of the module lunes>"))
	}
	dir, pattern := os.Args[2], "*"
	if len(os.Args) > 3 {
		pattern = os.Args[3]
	}
	var err error
	switch os.Args[1] {
	case "ottl":
		err = eachFile(filepath.Join(dir, "cases", pattern+".json"), runOTTLFile)
	case "attributes":
		err = eachFile(filepath.Join(dir, "attributes", pattern+".json"), runConfigured(attributesprocessor.NewFactory()))
	case "filter":
		err = eachFile(filepath.Join(dir, "filter", pattern+".json"), runFilterFile)
	case "transform":
		err = eachFile(filepath.Join(dir, "transform", pattern+".json"), runConfigured(transformprocessor.NewFactory()))
	case "count":
		err = eachFile(filepath.Join(dir, "count", pattern+".json"), runCountFile)
	case "debug":
		err = eachFile(filepath.Join(dir, "debug", pattern+".json"), runDebugFile)
	case "locales":
		err = printLocales(dir)
	default:
		err = fmt.Errorf("unknown mode %q", os.Args[1])
	}
	if err != nil {
		fail(err)
	}
}

func eachFile(glob string, run func(path string) error) error {
	paths, err := filepath.Glob(glob)
	if err != nil {
		return err
	}
	if len(paths) == 0 {
		return fmt.Errorf("no file matches %s", glob)
	}
	for _, path := range paths {
		if err := run(path); err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
	}
	return nil
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, "oracle:", err)
	os.Exit(1)
}
