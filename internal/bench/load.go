package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
)

// loadClients is how many clients use the table while it is changed.
const loadClients = 20

// loadLimit is how long a tool may take.
const loadLimit = 20 * time.Minute

// The change: a column, an index and a foreign key, as drizzle-kit writes it,
// and as skein lint says that it is done while an application runs.
var (
	asWritten = []file{{number: 1, name: "change", pieces: []string{
		"ALTER TABLE accounts ADD COLUMN region integer;",
		"CREATE INDEX accounts_owner ON accounts (owner);",
		"ALTER TABLE accounts ADD CONSTRAINT accounts_owner_fk FOREIGN KEY (owner) REFERENCES owners (id);",
	}}}
	asAdvised = []file{
		{number: 1, name: "column", pieces: []string{"ALTER TABLE accounts ADD COLUMN region integer;"}},
		{number: 2, name: "index", alone: true, pieces: []string{"CREATE INDEX CONCURRENTLY accounts_owner ON accounts (owner);"}},
		{number: 3, name: "key", pieces: []string{"ALTER TABLE accounts ADD CONSTRAINT accounts_owner_fk FOREIGN KEY (owner) REFERENCES owners (id) NOT VALID;"}},
		{number: 4, name: "validate", pieces: []string{"ALTER TABLE accounts VALIDATE CONSTRAINT accounts_owner_fk;"}},
	}
)

const loadChanged = `SELECT (EXISTS (SELECT FROM pg_attribute WHERE attrelid = 'accounts'::regclass AND attname = 'region')
AND EXISTS (SELECT FROM pg_index WHERE indexrelid = to_regclass('accounts_owner') AND indisvalid)
AND EXISTS (SELECT FROM pg_constraint WHERE conname = 'accounts_owner_fk' AND convalidated))::text`

// loadRun is one tool that changes the table under load.
type loadRun struct {
	name    string
	tool    *tool
	files   []file
	missing string

	used    usage
	outcome outcome
}

// loadTest has clients use a table of many rows while each tool changes it,
// first in peace, and then while a long SELECT reads the table, and prints how
// long a client had to wait at most.
func (b *bench) loadTest(ctx context.Context, w io.Writer) error {
	if b.server == nil {
		_, err := fmt.Fprintf(w, "## Under load\n\nNot measured: %s\n", b.noServer)
		return err
	}
	b.log("making a table of %d rows", b.settings.rows)
	from, err := b.loadDatabase(ctx)
	if err != nil {
		return err
	}
	var out strings.Builder
	fmt.Fprintf(&out, "## Under load\n\n%d clients read and write a table of %d rows, a row at a time, while a tool adds a column, an index and a foreign key to it. The longest wait is that of a client for one read or write. The same SQL is one file with the three statements; the advised SQL is what `skein lint` says: `CREATE INDEX CONCURRENTLY`, the key `NOT VALID` and then validated, in a file each. Each × says how many times what the first line has. The server's data lies in memory.\n",
		loadClients, b.settings.rows)
	for _, hold := range []time.Duration{0, b.settings.hold} {
		runs := b.loadRuns(ctx)
		for _, r := range runs {
			if r.missing != "" {
				continue
			}
			b.log("under load, with a SELECT of %v: %s", hold, r.name)
			if err := b.loadOne(ctx, from, hold, r); err != nil {
				if ctx.Err() != nil {
					return ctx.Err()
				}
				r.missing = err.Error()
			}
		}
		writeLoad(&out, hold, runs)
	}
	_, err = io.WriteString(w, out.String())
	return err
}

func (b *bench) loadRuns(ctx context.Context) []*loadRun {
	skein, kit, golang := b.skeinTool(), b.kitTool(), b.golangMigrateTool(ctx)
	return []*loadRun{
		{name: "Skein, the advised SQL", tool: skein, files: asAdvised},
		{name: "Skein, the same SQL", tool: skein, files: asWritten},
		{name: golang.name + ", the same SQL", tool: golang, files: asWritten, missing: golang.missing},
		{name: kit.name + ", the same SQL", tool: kit, files: asWritten, missing: kit.missing},
	}
}

// loadDatabase makes the database that each run gets a copy of.
func (b *bench) loadDatabase(ctx context.Context) (string, error) {
	url, err := b.server.CreateDatabase(ctx)
	if err != nil {
		return "", err
	}
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		return "", err
	}
	defer conn.Close(ctx)
	_, err = conn.Exec(ctx, fmt.Sprintf(`CREATE TABLE owners (id integer PRIMARY KEY, name text);
INSERT INTO owners SELECT n, 'owner ' || n FROM generate_series(0, 9999) n;
CREATE TABLE accounts (id integer PRIMARY KEY, owner integer NOT NULL, name text NOT NULL, balance numeric(12, 2) NOT NULL DEFAULT 0, at timestamptz NOT NULL DEFAULT now());
INSERT INTO accounts (id, owner, name) SELECT n, n %% 10000, 'account ' || n FROM generate_series(1, %d) n`, b.settings.rows))
	if err != nil {
		return "", err
	}
	_, err = conn.Exec(ctx, "VACUUM ANALYZE")
	return url, err
}

// loadOne measures one tool on a copy of the database.
func (b *bench) loadOne(ctx context.Context, from string, hold time.Duration, r *loadRun) error {
	dir, err := os.MkdirTemp(b.work, "load-")
	if err != nil {
		return err
	}
	url, err := b.server.Clone(ctx, from)
	if err != nil {
		return err
	}
	defer func() { _ = b.server.Drop(ctx, url) }() // the server goes anyway
	if err := r.tool.write(dir, r.files); err != nil {
		return err
	}
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		return err
	}
	t := &trial{tool: r.tool, dir: dir, work: b.work, url: url, conn: conn, limit: loadLimit}
	defer conn.Close(ctx)
	clients, err := startClients(ctx, url, b.settings.rows)
	if err != nil {
		return err
	}
	defer clients.stop()
	time.Sleep(2 * time.Second) // until caches are warm
	reader := make(chan error, 1)
	if hold == 0 {
		reader <- nil
	} else if err := startReader(ctx, t, hold, reader); err != nil {
		return err
	}
	clients.count()
	r.outcome = t.apply(ctx)
	r.used = clients.stop()
	if err := <-reader; err != nil {
		return err
	}
	changed, err := t.value(ctx, loadChanged)
	switch {
	case err != nil:
		return err
	case r.outcome.code != 0 || changed != "true":
		return fmt.Errorf("it did not make the change: %v", r.outcome)
	}
	return r.used.err
}

// startReader runs a SELECT that takes its time, and returns when it has begun.
func startReader(ctx context.Context, t *trial, long time.Duration, result chan<- error) error {
	conn, err := pgx.Connect(ctx, t.url)
	if err != nil {
		return err
	}
	go func() {
		_, err := conn.Exec(ctx, fmt.Sprintf("SELECT pg_sleep(%f) FROM (SELECT FROM accounts LIMIT 1) one", long.Seconds()))
		conn.Close(ctx)
		result <- err
	}()
	if begun, err := t.until(ctx, sleeping); err != nil || !begun {
		return fmt.Errorf("the long SELECT did not begin: %v", err)
	}
	return nil
}

func writeLoad(out *strings.Builder, hold time.Duration, runs []*loadRun) {
	if hold == 0 {
		out.WriteString("\n**Nobody else is there**\n")
	} else {
		fmt.Fprintf(out, "\n**Somebody's SELECT reads the table for %.0f s**\n", hold.Seconds())
	}
	out.WriteString("\n| who | longest wait of a client | × | waits over 1 s | reads and writes a second | the change took | × |\n|---|--:|--:|--:|--:|--:|--:|\n")
	var base *loadRun
	var absent []string
	for _, r := range runs {
		if r.missing != "" {
			absent = append(absent, "- "+r.name+": "+r.missing)
			continue
		}
		if base == nil {
			base = r
		}
		fmt.Fprintf(out, "| %s | %s | %s | %d | %.0f | %.1f s | %s |\n", r.name,
			milliseconds(r.used.longest), ratio(int64(r.used.longest), int64(base.used.longest)), r.used.long,
			float64(r.used.done)/r.used.took.Seconds(), r.outcome.took.Seconds(), ratio(int64(r.outcome.took), int64(base.outcome.took)))
	}
	if len(absent) > 0 {
		out.WriteString("\nNot measured:\n\n" + strings.Join(absent, "\n") + "\n")
	}
}
