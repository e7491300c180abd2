package main

import (
	"context"
	"fmt"
	"net/url"
	"os/exec"
	"path/filepath"
)

// exportTasks write a table into a file, in each format that a program has.
// Each round has a program of its own, so that its memory is that of the
// export; a hundredth of the rows shows what is needed for any.
func (b *bench) exportTasks(g *gallery) []*task {
	few, many := "fewest", "fewer"
	studio := func(table, format string) *contestant {
		return b.exporter(g, g.skein, func(s *site) string {
			return s.at("/api/export?" + url.Values{"q": {fmt.Sprintf(`{"schema": "public", "name": %q, "format": %q}`, table, format)}}.Encode())
		})
	}
	pgweb := func(format string) *contestant {
		return b.exporter(g, g.pgweb, func(s *site) string {
			return s.at("/api/query?" + url.Values{"format": {format}, "query": {"SELECT * FROM fewer"}}.Encode())
		})
	}
	a := func(c *contestant, name string) *contestant {
		c.name += name
		return c
	}
	return []*task{
		{name: "studio: export as CSV", contestants: []*contestant{
			studio(many, "csv"), a(studio(few, "csv"), ", a hundredth of the rows"), pgweb("csv"),
			b.psqlExport(g, `psql \copy`, `\copy `+many+` TO 'export.csv' WITH (FORMAT csv, HEADER)`),
		}},
		{name: "studio: export as JSON", contestants: []*contestant{
			studio(many, "json"), a(studio(few, "json"), ", a hundredth of the rows"), pgweb("json"),
			b.psqlExport(g, `psql \copy of row_to_json`, `\copy (SELECT row_to_json(r) FROM `+many+` r) TO 'export.json'`),
		}},
		{name: "studio: export as SQL", contestants: []*contestant{
			studio(many, "sql"), a(studio(few, "sql"), ", a hundredth of the rows"), b.dumpExport(g, many),
		}},
	}
}

// exporter reads what a program of its own gives at an address.
func (b *bench) exporter(g *gallery, s *site, address func(*site) string) *contestant {
	return &contestant{
		name: s.name, missing: s.missing,
		prepare: func(ctx context.Context) error { return g.ready(ctx, b, s) },
		work: func(ctx context.Context) (sample, error) {
			own := &site{name: s.name, launch: s.launch}
			defer own.stop()
			if err := own.start(ctx, g.url); err != nil {
				return sample{}, err
			}
			took, err := own.took(func() error {
				size, err := own.get(ctx, address(own))
				if err == nil && size < 1000 {
					err = fmt.Errorf("the file has %d bytes only", size)
				}
				return err
			})
			took.peak = own.peak()
			return took, err
		},
	}
}

// psqlExport is what psql takes for it: the rows, and nothing that is decided.
func (b *bench) psqlExport(g *gallery, name, command string) *contestant {
	c := &contestant{name: name, floor: true, missing: b.noServer, proof: "COPY "}
	if b.server == nil {
		return c
	}
	path, err := b.psqlProgram()
	c.missing = why(err)
	c.prepare = func(ctx context.Context) error { return g.open(ctx, b) }
	c.command = func(ctx context.Context) *exec.Cmd {
		return program(ctx, b.work, g.url, path, "-X", "-c", command, g.url)
	}
	return c
}

// dumpExport writes INSERT statements with PostgreSQL's own program, a hundred
// rows each, as the studio does.
func (b *bench) dumpExport(g *gallery, table string) *contestant {
	c := &contestant{name: "pg_dump --rows-per-insert=100", floor: true, missing: b.noServer}
	if b.server == nil {
		return c
	}
	path, err := b.psqlProgram()
	if err == nil {
		path, err = exec.LookPath(filepath.Join(filepath.Dir(path), "pg_dump"))
	}
	c.missing = why(err)
	c.prepare = func(ctx context.Context) error { return g.open(ctx, b) }
	c.command = func(ctx context.Context) *exec.Cmd {
		return program(ctx, b.work, g.url, path, "--data-only", "--rows-per-insert=100", "-t", table, "-f", "export.sql", g.url)
	}
	return c
}
