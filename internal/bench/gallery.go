package main

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"
)

// exported is how many rows an export writes, where the table has so many.
const exported = 1_000_000

// gallery is a database with a large table, and the programs that show it in a
// browser.
type gallery struct {
	url    string
	conn   *pgx.Conn // asks what the programs ask, and nothing beside it
	skein  *site
	pgweb  *site
	values map[string]string // that questions ask for, by what they stand for
}

// events is the large table, in the order in which such tables grow. Its text
// has no index.
const events = `CREATE UNLOGGED TABLE events (id bigint, at timestamptz NOT NULL, customer integer NOT NULL, kind text NOT NULL, amount numeric(12, 2) NOT NULL, note text, payload jsonb);
INSERT INTO events SELECT n, timestamptz '2020-01-01' + n * interval '7 seconds', n * 7919 %% 100000, (ARRAY['visit', 'order', 'refund', 'login'])[1 + n %% 4],
	(n * 7919 %% 99991)::numeric / 100, 'note ' || md5(n::text), jsonb_build_object('n', n, 'tag', n %% 10)
FROM generate_series(1::bigint, %[1]d) n;
ALTER TABLE events ADD PRIMARY KEY (id);
CREATE INDEX ON events (customer);
CREATE INDEX ON events (at);
CREATE UNLOGGED TABLE fewer AS SELECT * FROM events WHERE id <= %[2]d;
CREATE UNLOGGED TABLE fewest AS SELECT * FROM events WHERE id <= %[3]d;
CREATE VIEW forever AS SELECT n, (SELECT true FROM pg_sleep(0.5 + 0 * n)) AS slept FROM generate_series(1, 1200) n`

// open makes the database and starts the programs, once.
func (g *gallery) open(ctx context.Context, b *bench) error {
	if g.url != "" {
		return nil
	}
	rows := b.settings.rows
	b.log("making a table of %d rows", rows)
	url, err := b.server.CreateDatabase(ctx)
	if err != nil {
		return err
	}
	if g.conn, err = pgx.Connect(ctx, url); err != nil {
		return err
	}
	if err := g.conn.PgConn().Exec(ctx, fmt.Sprintf(events, rows, min(rows, exported), min(rows, exported)/100)).Close(); err != nil {
		return err
	}
	if _, err := g.conn.Exec(ctx, "VACUUM ANALYZE"); err != nil {
		return err
	}
	var note, at, size string
	if err := g.conn.QueryRow(ctx, "SELECT substr(note, 10, 20), at::text FROM events WHERE id = $1", rows/2).Scan(&note, &at); err != nil {
		return err
	}
	g.values = map[string]string{"note": note, "at": at}
	if err := g.conn.QueryRow(ctx, "SELECT pg_size_pretty(pg_total_relation_size('events'))").Scan(&size); err != nil {
		return err
	}
	b.facts = append(b.facts, fmt.Sprintf("The studio's table has %d rows (%s with its indexes); one of %d is exported.", rows, size, min(rows, exported)))
	g.url = url
	b.gallery = g
	for _, s := range []*site{g.skein, g.pgweb} {
		if s.missing == "" {
			s.missing = why(s.start(ctx, url))
		}
	}
	return nil
}

func (g *gallery) close() {
	if g == nil {
		return
	}
	g.skein.stop()
	g.pgweb.stop()
	_ = g.conn.Close(context.Background()) // its server goes too
}
