package main

import (
	"context"
	"net/http"
	"strings"
	"sync/atomic"
)

// What went over the wire of the typed client.
type traffic struct {
	protobuf, other, streamed, listed atomic.Int64
}

type counted struct {
	seen *traffic
	next http.RoundTripper
}

func (seen *traffic) count(next http.RoundTripper) http.RoundTripper { return counted{seen, next} }

func (c counted) RoundTrip(request *http.Request) (*http.Response, error) {
	response, err := c.next.RoundTrip(request)
	if err != nil {
		return response, err
	}
	query := request.URL.Query()
	switch {
	case query.Get("sendInitialEvents") == "true" && response.StatusCode == http.StatusOK:
		c.seen.streamed.Add(1)
	case query.Get("resourceVersion") == "0" && query.Get("watch") == "":
		c.seen.listed.Add(1)
	}
	if isObject(request.URL.Path) && response.StatusCode < http.StatusBadRequest {
		if strings.HasPrefix(response.Header.Get("Content-Type"), "application/vnd.kubernetes.protobuf") {
			c.seen.protobuf.Add(1)
		} else {
			c.seen.other.Add(1)
		}
	}
	return response, err
}

// Discovery and the documents have forms of their own.
func isObject(path string) bool {
	return strings.Contains(path, "/namespaces/") || strings.HasSuffix(path, "/nodes") || strings.HasSuffix(path, "reviews")
}

// Informers that fall back to a list would work as well, only not as they should.
func wire(_ context.Context, all clients) error {
	seen := all.seen
	if err := expect(seen.protobuf.Load() > 50 && seen.other.Load() == 0, "%d answers in protobuf, %d in another form", seen.protobuf.Load(), seen.other.Load()); err != nil {
		return err
	}
	return expect(seen.streamed.Load() >= 3 && seen.listed.Load() == 0, "%d lists streamed, %d informers listed", seen.streamed.Load(), seen.listed.Load())
}
