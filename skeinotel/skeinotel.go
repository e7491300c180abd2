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
	"sync"

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
// they are within.
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
	calls  sync.Map // *call by the context of the call
}

// observe hands the event to the call that it is of: an option may serve
// several at once.
func (t *tracer) observe(ctx context.Context, e skein.Event) {
	kept, _ := t.calls.LoadOrStore(ctx, &call{tracer: t.tracer, text: t.text})
	if _, ended := e.(skein.Ended); ended {
		t.calls.Delete(ctx)
	}
	kept.(*call).observe(ctx, e)
}

// call is one call of skein.Migrate.
type call struct {
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

func (c *call) observe(ctx context.Context, e skein.Event) {
	switch e := e.(type) {
	case skein.Started:
		c.run = c.open(ctx, "skein migrate", trace.SpanKindInternal)
	case skein.Planned:
		c.planned(e)
	case skein.MigrationStarted:
		c.statement.end(nil)
		c.migration.end(nil) // one that is part of a single transaction
		c.migration = c.open(c.run.ctx, "migration "+e.Migration, trace.SpanKindInternal,
			attribute.String("skein.migration", e.Migration), attribute.String("code.file.path", e.File), attribute.Bool("skein.out_of_order", e.OutOfOrder))
	case skein.StatementStarted:
		c.started(e)
	case skein.StatementEnded:
		c.statement.end(nil)
	case skein.Retrying:
		c.retrying(e)
	case skein.MigrationEnded:
		c.ended(e)
	case skein.Ended:
		c.finished(e)
	default:
		c.happened(e)
	}
}

func (c *call) open(ctx context.Context, name string, kind trace.SpanKind, attrs ...attribute.KeyValue) level {
	within, span := c.tracer.Start(ctx, name, trace.WithSpanKind(kind), trace.WithAttributes(attrs...))
	return level{within, span}
}

func (c *call) planned(e skein.Planned) {
	c.server = nil
	if e.Host != "" {
		c.server = append(c.server, attribute.String("server.address", e.Host), attribute.Int("server.port", int(e.Port)))
	}
	if e.Database != "" {
		c.server = append(c.server, attribute.String("db.namespace", e.Database))
	}
	c.run.span.SetAttributes(append(c.server, system, attribute.Int("skein.pending", len(e.Steps)))...)
}

var system = attribute.String("db.system.name", "postgresql")

func (c *call) started(e skein.StatementStarted) {
	c.statement.end(nil)
	operation, object := summary(e.SQL)
	attrs := append([]attribute.KeyValue{
		system,
		attribute.String("db.operation.name", operation),
		attribute.String("db.query.summary", join(operation, object)),
		attribute.String("code.file.path", e.File),
		attribute.Int("code.line.number", e.Line),
		attribute.String("skein.migration", e.Migration),
	}, c.server...)
	if c.text {
		attrs = append(attrs, attribute.String("db.query.text", e.SQL))
	}
	c.statement = c.open(c.migration.ctx, join(operation, object), trace.SpanKindClient, attrs...)
}

// retrying ends the statement that got no lock.
func (c *call) retrying(e skein.Retrying) {
	if c.statement.span != nil {
		c.statement.span.SetStatus(codes.Error, e.Reason)
		c.statement.end(nil)
	}
	c.event("retry", attribute.String("reason", e.Reason), attribute.Int("retry", e.Number), attribute.Int("pause_ms", int(e.Pause.Milliseconds())), blockers(e.By))
}

func (c *call) ended(e skein.MigrationEnded) {
	c.statement.end(e.Err)
	if c.migration.span != nil {
		c.migration.span.SetAttributes(attribute.Bool("skein.by_others", e.ByOthers))
	}
	c.migration.end(e.Err)
}

func (c *call) finished(e skein.Ended) {
	c.statement.end(e.Err)
	c.migration.end(e.Err)
	if c.run.span != nil {
		c.run.span.SetAttributes(
			attribute.Int("skein.applied", len(e.Result.Applied)), attribute.Int("skein.moved", len(e.Result.Moved)), attribute.Int("skein.by_others", len(e.Result.ByOthers)),
			attribute.Int("skein.waited_ms", int(e.Result.Waited.Milliseconds())))
	}
	c.run.end(e.Err)
}

// happened notes what is no span as an event of the innermost open one.
func (c *call) happened(e skein.Event) {
	switch e := e.(type) {
	case skein.Waiting:
		c.event("waiting for another run", attribute.Int("waited_ms", int(e.Waited.Milliseconds())), blockers(e.Holders))
	case skein.Blocked:
		c.event("waiting for a lock", attribute.Int("waited_ms", int(e.Waited.Milliseconds())), blockers(e.By))
	case skein.Cleared:
		c.event("cleared", attribute.String("sql", e.SQL))
	case skein.FoundDone:
		c.event("found done", attribute.Int("line", e.Line))
	case skein.Reconnected:
		c.event("reconnected")
	case skein.Notice:
		c.event("notice", attribute.String("severity", e.Severity), attribute.String("text", e.Message))
	}
}

func (c *call) event(name string, attrs ...attribute.KeyValue) {
	for _, l := range []level{c.statement, c.migration, c.run} {
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
