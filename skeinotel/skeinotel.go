// Package skeinotel makes OpenTelemetry spans of a migration run, so that a
// slow start of a service shows what it waited for.
//
// It is apart from package skein, so that a program which does not trace does
// not have OpenTelemetry in it, and uses of that the API alone: where spans go
// is the program's to say.
//
// The spans, each within the one before:
//
//   - "skein migrate", of the whole call;
//   - "migration 0042_name", of each migration, its retries included;
//   - of each statement one of kind client, named and described as the semantic
//     conventions for database calls have it: "ALTER TABLE users".
//
// Waiting for another runner and for locks, retries, and notices are events of
// the span in which they happen.
// https://opentelemetry.io/docs/specs/semconv/db/postgresql/
package skeinotel

import (
	"context"
	"errors"
	"fmt"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/trace"

	"github.com/skein-db/skein"
)

// Name is the instrumentation scope of the spans.
const Name = "github.com/skein-db/skein/skeinotel"

// Option changes what the spans have.
type Option func(*tracer)

// WithQueryText puts the SQL of each statement into its span, as
// db.query.text. Migrations have no parameters, so the text may contain data.
func WithQueryText() Option {
	return func(t *tracer) { t.text = true }
}

// Trace makes spans with a tracer of the provider. The call's context says what
// they are within. An option serves one call at a time.
func Trace(provider trace.TracerProvider, opts ...Option) skein.Option {
	t := &tracer{tracer: provider.Tracer(Name)}
	for _, o := range opts {
		o(t)
	}
	return skein.WithObserver(t.observe)
}

type tracer struct {
	tracer trace.Tracer
	text   bool

	server    []attribute.KeyValue
	run       level
	migration level
	statement level
}

// level is an open span and the context of what is within it.
type level struct {
	ctx  context.Context
	span trace.Span // nil where none is open
}

func (l *level) end(err error) {
	if l.span == nil {
		return
	}
	if err != nil {
		l.fail(err)
	}
	l.span.End()
	*l = level{}
}

// fail notes an error as the conventions for errors have it.
// https://opentelemetry.io/docs/specs/semconv/general/recording-errors/
func (l *level) fail(err error) {
	if l.span == nil {
		return
	}
	kind := fmt.Sprintf("%T", err)
	var statement *skein.StatementError
	switch {
	case errors.As(err, &statement):
		kind = statement.SQLState
		l.span.SetAttributes(attribute.String("db.response.status_code", statement.SQLState))
	case errors.Is(err, context.Canceled):
		kind = "canceled"
	case errors.Is(err, context.DeadlineExceeded):
		kind = "timeout"
	case errors.Is(err, skein.ErrBusy):
		kind = "busy"
	case errors.Is(err, skein.ErrConnectionLost):
		kind = "connection_lost"
	}
	l.span.SetAttributes(attribute.String("error.type", kind))
	l.span.SetStatus(codes.Error, message(err))
}

func message(err error) string {
	var ours *skein.Error
	if errors.As(err, &ours) {
		return ours.Message
	}
	return err.Error()
}

func (t *tracer) observe(ctx context.Context, e skein.Event) {
	switch e := e.(type) {
	case skein.Started:
		t.run = t.open(ctx, "skein migrate", trace.SpanKindInternal)
	case skein.Planned:
		t.planned(e)
	case skein.MigrationStarted:
		t.statement.end(nil)
		t.migration.end(nil) // one that is part of a single transaction
		t.migration = t.open(t.run.ctx, "migration "+e.Migration, trace.SpanKindInternal,
			attribute.String("skein.migration", e.Migration), attribute.String("code.file.path", e.File), attribute.Bool("skein.out_of_order", e.OutOfOrder))
	case skein.StatementStarted:
		t.started(e)
	case skein.StatementEnded:
		t.statement.end(nil)
	case skein.Retrying:
		t.retrying(e)
	case skein.MigrationEnded:
		t.ended(e)
	case skein.Ended:
		t.finished(e)
	default:
		t.happened(e)
	}
}

func (t *tracer) open(ctx context.Context, name string, kind trace.SpanKind, attrs ...attribute.KeyValue) level {
	within, span := t.tracer.Start(ctx, name, trace.WithSpanKind(kind), trace.WithAttributes(attrs...))
	return level{within, span}
}

func (t *tracer) planned(e skein.Planned) {
	t.server = nil
	if e.Host != "" {
		t.server = append(t.server, attribute.String("server.address", e.Host), attribute.Int("server.port", int(e.Port)))
	}
	if e.Database != "" {
		t.server = append(t.server, attribute.String("db.namespace", e.Database))
	}
	t.run.span.SetAttributes(append(t.server, system, attribute.Int("skein.pending", len(e.Steps)))...)
}

var system = attribute.String("db.system.name", "postgresql")

func (t *tracer) started(e skein.StatementStarted) {
	t.statement.end(nil)
	operation, object := summary(e.SQL)
	attrs := append([]attribute.KeyValue{
		system,
		attribute.String("db.operation.name", operation),
		attribute.String("db.query.summary", join(operation, object)),
		attribute.String("code.file.path", e.File),
		attribute.Int("code.line.number", e.Line),
		attribute.String("skein.migration", e.Migration),
	}, t.server...)
	if t.text {
		attrs = append(attrs, attribute.String("db.query.text", e.SQL))
	}
	t.statement = t.open(t.migration.ctx, join(operation, object), trace.SpanKindClient, attrs...)
}

// retrying ends the statement that got no lock.
func (t *tracer) retrying(e skein.Retrying) {
	if t.statement.span != nil {
		t.statement.span.SetStatus(codes.Error, e.Reason)
		t.statement.end(nil)
	}
	t.event("retry", attribute.String("reason", e.Reason), attribute.Int("retry", e.Number), attribute.Int("pause_ms", int(e.Pause.Milliseconds())), blockers(e.By))
}

func (t *tracer) ended(e skein.MigrationEnded) {
	t.statement.end(e.Err)
	if t.migration.span != nil {
		t.migration.span.SetAttributes(attribute.Bool("skein.by_others", e.ByOthers))
	}
	t.migration.end(e.Err)
}

func (t *tracer) finished(e skein.Ended) {
	t.statement.end(e.Err)
	t.migration.end(e.Err)
	if t.run.span != nil {
		t.run.span.SetAttributes(
			attribute.Int("skein.applied", len(e.Result.Applied)), attribute.Int("skein.by_others", len(e.Result.ByOthers)),
			attribute.Int("skein.waited_ms", int(e.Result.Waited.Milliseconds())))
	}
	t.run.end(e.Err)
}

// happened notes what is no span as an event of the innermost open one.
func (t *tracer) happened(e skein.Event) {
	switch e := e.(type) {
	case skein.Waiting:
		t.event("waiting for another run", attribute.Int("waited_ms", int(e.Waited.Milliseconds())), blockers(e.Holders))
	case skein.Blocked:
		t.event("waiting for a lock", attribute.Int("waited_ms", int(e.Waited.Milliseconds())), blockers(e.By))
	case skein.Cleared:
		t.event("cleared", attribute.String("sql", e.SQL))
	case skein.FoundDone:
		t.event("found done", attribute.Int("line", e.Line))
	case skein.Reconnected:
		t.event("reconnected")
	case skein.Notice:
		t.event("notice", attribute.String("severity", e.Severity), attribute.String("text", e.Message))
	}
}

func (t *tracer) event(name string, attrs ...attribute.KeyValue) {
	for _, l := range []level{t.statement, t.migration, t.run} {
		if l.span != nil {
			l.span.AddEvent(name, trace.WithAttributes(attrs...))
			return
		}
	}
}

// blockers names sessions without what they run, which may be data.
func blockers(all []skein.Session) attribute.KeyValue {
	texts := make([]string, len(all))
	for i, s := range all {
		texts[i] = fmt.Sprintf("process %d of %s (%s)", s.PID, s.User, s.Application)
	}
	return attribute.StringSlice("sessions", texts)
}
