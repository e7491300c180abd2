package skeinotel_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/jackc/pgx/v5"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	sdk "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
	"go.opentelemetry.io/otel/trace"

	"github.com/skein-db/skein"
	"github.com/skein-db/skein/internal/pgserver/pgtest"
	"github.com/skein-db/skein/skeinotel"
)

func folder(sqls ...string) fstest.MapFS {
	m, entries := fstest.MapFS{}, []string{}
	for i, text := range sqls {
		tag := fmt.Sprintf("%04d_%c", i, 'a'+i)
		m[tag+".sql"] = &fstest.MapFile{Data: []byte(text)}
		entries = append(entries, fmt.Sprintf(`{"idx":%d,"version":"7","when":%d,"tag":%q,"breakpoints":true}`, i, 1700000000000+i, tag))
	}
	m["meta/_journal.json"] = &fstest.MapFile{Data: []byte(`{"version":"7","dialect":"postgresql","entries":[` + strings.Join(entries, ",") + `]}`)}
	return m
}

// record runs f with a provider that keeps the spans, and returns them in the
// order in which they ended.
func record(f func(trace.TracerProvider)) tracetest.SpanStubs {
	exporter := tracetest.NewInMemoryExporter()
	provider := sdk.NewTracerProvider(sdk.WithSyncer(exporter))
	f(provider)
	return exporter.GetSpans()
}

func has(t *testing.T, s tracetest.SpanStub, want ...attribute.KeyValue) {
	t.Helper()
	got := map[attribute.Key]attribute.Value{}
	for _, a := range s.Attributes {
		got[a.Key] = a.Value
	}
	for _, a := range want {
		if got[a.Key] != a.Value {
			t.Errorf("%s has %s=%s, want %s", s.Name, a.Key, got[a.Key].String(), a.Value.String())
		}
	}
}

func names(spans tracetest.SpanStubs) string {
	parents := map[trace.SpanID]string{}
	for _, s := range spans {
		parents[s.SpanContext.SpanID()] = s.Name
	}
	var all []string
	for _, s := range spans {
		all = append(all, fmt.Sprintf("%s < %s: %s", s.Name, parents[s.Parent.SpanID()], s.Status.Code))
	}
	return strings.Join(all, "\n")
}

func TestSpans(t *testing.T) {
	url := pgtest.New(t)
	config, err := pgx.ParseConfig(url)
	if err != nil {
		t.Fatal(err)
	}
	spans := record(func(p trace.TracerProvider) {
		ctx, span := p.Tracer("service").Start(t.Context(), "start")
		_, err = skein.Migrate(ctx, skein.URL(url), folder("CREATE TABLE a (id int);--> statement-breakpoint\nINSERT INTO a VALUES (1);", "CREATE INDEX CONCURRENTLY i ON a (id);", "SELECT 1/0;"), skeinotel.Trace(p))
		span.End()
	})
	var failed *skein.StatementError
	if !errors.As(err, &failed) {
		t.Fatal(err)
	}
	want := `CREATE TABLE a < migration 0000_a: Unset
INSERT a < migration 0000_a: Unset
migration 0000_a < skein migrate: Unset
CREATE INDEX i < migration 0001_b: Unset
migration 0001_b < skein migrate: Unset
SELECT < migration 0002_c: Error
migration 0002_c < skein migrate: Error
skein migrate < start: Error
start < : Unset`
	if got := names(spans); got != want {
		t.Fatalf("got\n%s\nwant\n%s", got, want)
	}
	insert, division, all := spans[1], spans[5], spans[7]
	if insert.SpanKind != trace.SpanKindClient {
		t.Errorf("a statement is of kind %s", insert.SpanKind)
	}
	has(t, insert,
		attribute.String("db.system.name", "postgresql"), attribute.String("db.operation.name", "INSERT"), attribute.String("db.query.summary", "INSERT a"),
		attribute.String("db.namespace", config.Database), attribute.String("server.address", config.Host), attribute.Int("server.port", int(config.Port)),
		attribute.String("code.file.path", "0000_a.sql"), attribute.Int("code.line.number", 2), attribute.String("skein.migration", "0000_a"))
	has(t, division, attribute.String("db.response.status_code", "22012"), attribute.String("error.type", "22012"))
	if division.Status.Description != "division by zero (SQLSTATE 22012)" {
		t.Errorf("the status says %q", division.Status.Description)
	}
	has(t, all, attribute.Int("skein.pending", 3), attribute.Int("skein.applied", 2))
	for _, s := range spans {
		for _, a := range s.Attributes {
			if a.Key == "db.query.text" {
				t.Errorf("%s has the text %s without being asked", s.Name, a.Value.String())
			}
		}
		if s.EndTime.Before(s.StartTime) {
			t.Errorf("%s ends before it starts", s.Name)
		}
	}
}

func TestQueryText(t *testing.T) {
	spans := record(func(p trace.TracerProvider) {
		if _, err := skein.Migrate(t.Context(), skein.URL(pgtest.New(t)), folder("SELECT 'data';"), skeinotel.Trace(p, skeinotel.WithQueryText())); err != nil {
			t.Fatal(err)
		}
	})
	has(t, spans[0], attribute.String("db.query.text", "SELECT 'data';"))
}

// TestRetrySpans: the wait for a lock shows, and each attempt has its span.
func TestRetrySpans(t *testing.T) {
	url := pgtest.New(t)
	other, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close(context.Background())
	for _, sql := range []string{"CREATE TABLE t ()", "BEGIN", "LOCK TABLE t"} {
		if _, err := other.Exec(t.Context(), sql); err != nil {
			t.Fatal(err)
		}
	}
	spans := record(func(p trace.TracerProvider) {
		free := skein.WithObserver(func(_ context.Context, e skein.Event) {
			if r, ok := e.(skein.Retrying); ok && r.Number == 1 {
				if _, err := other.Exec(t.Context(), "COMMIT"); err != nil {
					t.Error(err)
				}
			}
		})
		if _, err := skein.Migrate(t.Context(), skein.URL(url), folder("ALTER TABLE t ADD COLUMN a int"), skein.WithLockTimeout(50*time.Millisecond), free, skeinotel.Trace(p)); err != nil {
			t.Fatal(err)
		}
	})
	want := `ALTER TABLE t < migration 0000_a: Error
ALTER TABLE t < migration 0000_a: Unset
migration 0000_a < skein migrate: Unset
skein migrate < : Unset`
	if got := names(spans); got != want {
		t.Fatalf("got\n%s\nwant\n%s", got, want)
	}
	if events := spans[2].Events; len(events) != 1 || events[0].Name != "retry" {
		t.Errorf("the migration has the events %+v", events)
	}
	if spans[0].Status.Code != codes.Error {
		t.Errorf("the first attempt is %v", spans[0].Status)
	}
}

func TestFailureBeforeTheDatabase(t *testing.T) {
	spans := record(func(p trace.TracerProvider) {
		if _, err := skein.Migrate(t.Context(), skein.URL(""), fstest.MapFS{}, skeinotel.Trace(p)); err == nil {
			t.Error("an empty folder does")
		}
	})
	if got, want := names(spans), "skein migrate < : Error"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// TestOneOptionForTwoCalls at once: the spans of each are within its own.
func TestOneOptionForTwoCalls(t *testing.T) {
	urls := []string{pgtest.New(t), pgtest.New(t)}
	spans := record(func(p trace.TracerProvider) {
		option, done := skeinotel.Trace(p), make(chan error)
		for _, url := range urls {
			go func() {
				_, err := skein.Migrate(context.Background(), skein.URL(url), folder("SELECT 1;", "SELECT 2;"), option)
				done <- err
			}()
		}
		for range urls {
			if err := <-done; err != nil {
				t.Error(err)
			}
		}
	})
	within := map[trace.TraceID]int{}
	for _, s := range spans {
		within[s.SpanContext.TraceID()]++
	}
	if len(within) != 2 {
		t.Fatalf("%d traces", len(within))
	}
	for _, n := range within {
		if n != 5 {
			t.Errorf("a trace of %d spans, want 5", n)
		}
	}
}
