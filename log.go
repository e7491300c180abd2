package skein

import (
	"context"
	"log/slog"
	"time"
)

// log writes what an event says. The messages are listed in docs/library.md.
func log(ctx context.Context, to *slog.Logger, e Event) {
	say := func(level slog.Level, message string, attrs ...slog.Attr) { to.LogAttrs(ctx, level, message, attrs...) }
	switch e := e.(type) {
	case Planned:
		logPlan(say, e)
	case Waiting:
		say(slog.LevelInfo, "waiting for another migration run", duration("waited", e.Waited), sessions("holders", e.Holders))
	case MigrationStarted:
		level, message := slog.LevelInfo, "applying migration"
		if e.OutOfOrder {
			level, message = slog.LevelWarn, "applying migration out of order"
		}
		say(level, message, migrationAttr(e.Migration), slog.String("file", e.File), slog.Int("number", e.Number), slog.Int("total", e.Total))
	case StatementStarted:
		say(slog.LevelDebug, "running statement", migrationAttr(e.Migration), slog.String("file", e.File), slog.Int("line", e.Line), slog.String("sql", e.SQL))
	case Blocked:
		say(slog.LevelWarn, "migration waits for a lock", migrationAttr(e.Migration), duration("waited", e.Waited), sessions("blockers", e.By))
	case Retrying:
		say(slog.LevelWarn, "migration is tried again", migrationAttr(e.Migration), slog.String("reason", e.Reason),
			slog.Int("retry", e.Number), slog.Int("retries", e.Max), duration("pause", e.Pause), sessions("blockers", e.By))
	case Cleared:
		say(slog.LevelInfo, "removed what an earlier attempt has left", migrationAttr(e.Migration), slog.String("sql", e.SQL))
	case FoundDone:
		say(slog.LevelInfo, "statement of an earlier run came through", migrationAttr(e.Migration), slog.String("file", e.File), slog.Int("line", e.Line), slog.String("sql", e.SQL))
	case Reconnected:
		say(slog.LevelWarn, "connection was lost at commit, and the migration is committed", migrationAttr(e.Migration))
	case Notice:
		logNotice(say, e)
	case MigrationEnded:
		logMigration(say, e)
	case Ended:
		logEnd(say, e)
	}
}

type sayer func(slog.Level, string, ...slog.Attr)

func logPlan(say sayer, e Planned) {
	if edited := e.Report.Edited(); len(edited) > 0 {
		say(slog.LevelWarn, "applied migrations were edited afterwards", slog.Any("migrations", names(edited)))
	}
	if n := len(e.Report.Unknown); n > 0 {
		say(slog.LevelWarn, "database has migrations that this program does not know", slog.Int("count", n))
	}
	if n := len(e.Steps); n > 0 {
		say(slog.LevelInfo, "migrations are pending", slog.Int("pending", n), slog.String("database", e.Database))
	}
}

func names(entries []Entry) (all []string) {
	for _, e := range entries {
		all = append(all, e.Migration)
	}
	return all
}

func logNotice(say sayer, e Notice) {
	level := slog.LevelInfo
	if e.Severity == "WARNING" {
		level = slog.LevelWarn
	}
	attrs := []slog.Attr{migrationAttr(e.Migration), slog.String("severity", e.Severity), slog.String("text", e.Message)}
	if e.Detail != "" {
		attrs = append(attrs, slog.String("detail", e.Detail))
	}
	if e.Hint != "" {
		attrs = append(attrs, slog.String("hint", e.Hint))
	}
	say(level, "notice of PostgreSQL", attrs...)
}

func logMigration(say sayer, e MigrationEnded) {
	switch {
	case e.Err != nil:
		say(slog.LevelError, "migration failed", migrationAttr(e.Migration), duration("took", e.Took), slog.Any("error", e.Err))
	case e.ByOthers:
		say(slog.LevelInfo, "another run has applied the migration", migrationAttr(e.Migration))
	default:
		say(slog.LevelInfo, "migration applied", migrationAttr(e.Migration), duration("took", e.Took))
	}
}

func logEnd(say sayer, e Ended) {
	r := e.Result
	attrs := []slog.Attr{
		slog.Int("applied", len(r.Applied)), slog.Int("moved", len(r.Moved)), slog.Int("by_others", len(r.ByOthers)),
		duration("waited", r.Waited), duration("took", r.Took),
	}
	switch {
	case e.Err != nil:
		say(slog.LevelError, "database is not migrated", append(attrs, slog.Any("error", e.Err))...)
	case len(r.Applied)+len(r.Moved)+len(r.ByOthers) == 0:
		say(slog.LevelInfo, "database is up to date", duration("took", r.Took))
	default:
		say(slog.LevelInfo, "database is migrated", attrs...)
	}
}

func migrationAttr(tag string) slog.Attr { return slog.String("migration", tag) }

func duration(key string, d time.Duration) slog.Attr { return slog.Duration(key, d) }

func sessions(key string, all []Session) slog.Attr {
	texts := make([]string, len(all))
	for i, s := range all {
		texts[i] = s.Text
	}
	return slog.Any(key, texts)
}
