//go:build unix

package pgserver_test

import (
	"context"
	"testing"

	"github.com/skein-db/skein/internal/pgserver"
)

// BenchmarkStart measures a server from its template to the first answer, and
// back to nothing.
func BenchmarkStart(b *testing.B) {
	for b.Loop() {
		s, err := pgserver.Start(context.Background(), pgserver.Options{})
		if err != nil {
			b.Fatal(err)
		}
		b.StopTimer()
		if err := s.Stop(); err != nil {
			b.Fatal(err)
		}
		b.StartTimer()
	}
}

func BenchmarkCreateDatabase(b *testing.B) {
	s, err := pgserver.Start(context.Background(), pgserver.Options{})
	if err != nil {
		b.Fatal(err)
	}
	defer s.Stop()
	for b.Loop() {
		url, err := s.CreateDatabase(context.Background())
		if err != nil {
			b.Fatal(err)
		}
		b.StopTimer()
		if err := s.Drop(context.Background(), url); err != nil {
			b.Fatal(err)
		}
		b.StartTimer()
	}
}
