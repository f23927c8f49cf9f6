package main

import (
	"context"
	"net"

	"go.opentelemetry.io/collector/client"
	"google.golang.org/grpc/metadata"
)

// clientCase is what is known about the sender of a case's payload. An absent member is unknown.
type clientCase struct {
	// Address is that of a TCP peer, with a port.
	Address  string              `json:"address"`
	Metadata map[string][]string `json:"metadata"`
	Auth     map[string]any      `json:"auth"`
	GRPC     map[string][]string `json:"grpc"`
}

// context is the context of a request from that client.
func (c *clientCase) context() (context.Context, error) {
	ctx := context.Background()
	if c == nil {
		return ctx, nil
	}
	info := client.Info{Metadata: client.NewMetadata(c.Metadata)}
	if c.Address != "" {
		address, err := net.ResolveTCPAddr("tcp", c.Address)
		if err != nil {
			return nil, err
		}
		info.Addr = address
	}
	if c.Auth != nil {
		info.Auth = authData(c.Auth)
	}
	ctx = client.NewContext(ctx, info)
	if c.GRPC != nil {
		ctx = metadata.NewIncomingContext(ctx, metadata.MD(c.GRPC))
	}
	return ctx, nil
}

// authData is what an authenticator found out, as JSON has it: a list of texts becomes one of
// Go's, a whole number an integer.
type authData map[string]any

func (a authData) GetAttribute(name string) any {
	switch value := a[name].(type) {
	case []any:
		texts := make([]string, 0, len(value))
		for _, one := range value {
			text, ok := one.(string)
			if !ok {
				return value
			}
			texts = append(texts, text)
		}
		return texts
	case float64:
		if value == float64(int64(value)) {
			return int64(value)
		}
		return value
	default:
		return value
	}
}

func (a authData) GetAttributeNames() []string {
	names := make([]string, 0, len(a))
	for name := range a {
		names = append(names, name)
	}
	return names
}
