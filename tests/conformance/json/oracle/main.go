// Asks the Go collector's pdata how it reads and writes OTLP/JSON.
//
//	go run . cases ..    reads ../cases/SIGNAL.txt, writes ../goldens/SIGNAL.jsonl
//	go run . encode DIR  writes NAME.json for every NAME.SIGNAL.binpb in DIR
package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.opentelemetry.io/collector/pdata/pprofile"
	"go.opentelemetry.io/collector/pdata/ptrace"
)

// answer is what pdata made of one case: either an error, or the request in both encodings.
type answer struct {
	Name  string `json:"name"`
	Error string `json:"error,omitempty"`
	Proto []byte `json:"proto,omitempty"`
	JSON  string `json:"json,omitempty"`
}

func main() {
	if len(os.Args) != 3 {
		fail(fmt.Errorf("usage: cases|encode DIR"))
	}
	var err error
	switch os.Args[1] {
	case "cases":
		err = cases(os.Args[2])
	case "encode":
		err = encode(os.Args[2])
	default:
		err = fmt.Errorf("unknown command %s", os.Args[1])
	}
	if err != nil {
		fail(err)
	}
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}

func cases(dir string) error {
	for _, signal := range []string{"traces", "metrics", "logs", "profiles"} {
		text, err := os.ReadFile(filepath.Join(dir, "cases", signal+".txt"))
		if err != nil {
			return err
		}
		var out bytes.Buffer
		lines := bufio.NewScanner(bytes.NewReader(text))
		lines.Buffer(nil, 1<<20)
		for lines.Scan() {
			name, input, found := strings.Cut(lines.Text(), ": ")
			if !found {
				continue
			}
			line, err := marshal(ask(signal, name, []byte(input)))
			if err != nil {
				return err
			}
			out.Write(line)
		}
		if err := lines.Err(); err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(dir, "goldens", signal+".jsonl"), out.Bytes(), 0o644); err != nil {
			return err
		}
	}
	return nil
}

// marshal writes one line, with < and > as they are.
func marshal(value any) ([]byte, error) {
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	err := encoder.Encode(value)
	return out.Bytes(), err
}

func ask(signal, name string, input []byte) (result answer) {
	result.Name = name
	var text []byte
	var err error
	switch signal {
	case "traces":
		var data ptrace.Traces
		if data, err = (&ptrace.JSONUnmarshaler{}).UnmarshalTraces(input); err == nil {
			result.Proto, _ = (&ptrace.ProtoMarshaler{}).MarshalTraces(data)
			text, err = (&ptrace.JSONMarshaler{}).MarshalTraces(data)
		}
	case "metrics":
		var data pmetric.Metrics
		if data, err = (&pmetric.JSONUnmarshaler{}).UnmarshalMetrics(input); err == nil {
			result.Proto, _ = (&pmetric.ProtoMarshaler{}).MarshalMetrics(data)
			text, err = (&pmetric.JSONMarshaler{}).MarshalMetrics(data)
		}
	case "logs":
		var data plog.Logs
		if data, err = (&plog.JSONUnmarshaler{}).UnmarshalLogs(input); err == nil {
			result.Proto, _ = (&plog.ProtoMarshaler{}).MarshalLogs(data)
			text, err = (&plog.JSONMarshaler{}).MarshalLogs(data)
		}
	case "profiles":
		var data pprofile.Profiles
		if data, err = (&pprofile.JSONUnmarshaler{}).UnmarshalProfiles(input); err == nil {
			result.Proto, _ = (&pprofile.ProtoMarshaler{}).MarshalProfiles(data)
			text, err = (&pprofile.JSONMarshaler{}).MarshalProfiles(data)
		}
	}
	if err != nil {
		return answer{Name: name, Error: err.Error()}
	}
	result.JSON = string(text)
	return result
}

func encode(dir string) error {
	files, err := filepath.Glob(filepath.Join(dir, "*.binpb"))
	if err != nil {
		return err
	}
	for _, file := range files {
		bytes, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		name := strings.TrimSuffix(file, ".binpb")
		var text []byte
		switch signal := strings.TrimPrefix(filepath.Ext(name), "."); signal {
		case "traces":
			var data ptrace.Traces
			if data, err = (&ptrace.ProtoUnmarshaler{}).UnmarshalTraces(bytes); err == nil {
				text, err = (&ptrace.JSONMarshaler{}).MarshalTraces(data)
			}
		case "metrics":
			var data pmetric.Metrics
			if data, err = (&pmetric.ProtoUnmarshaler{}).UnmarshalMetrics(bytes); err == nil {
				text, err = (&pmetric.JSONMarshaler{}).MarshalMetrics(data)
			}
		case "logs":
			var data plog.Logs
			if data, err = (&plog.ProtoUnmarshaler{}).UnmarshalLogs(bytes); err == nil {
				text, err = (&plog.JSONMarshaler{}).MarshalLogs(data)
			}
		case "profiles":
			var data pprofile.Profiles
			if data, err = (&pprofile.ProtoUnmarshaler{}).UnmarshalProfiles(bytes); err == nil {
				text, err = (&pprofile.JSONMarshaler{}).MarshalProfiles(data)
			}
		default:
			err = fmt.Errorf("unknown signal %s", signal)
		}
		if err != nil {
			return fmt.Errorf("%s: %w", file, err)
		}
		if err := os.WriteFile(name+".json", text, 0o644); err != nil {
			return err
		}
	}
	return nil
}
