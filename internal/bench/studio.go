package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// studioTasks shows what it takes to look at a large table in a browser: a page
// of its rows at either end, in the middle, filtered and sorted; a page that is
// given up; and the file of an export. How it looks in a browser is measured
// by browse.
func (b *bench) studioTasks(ctx context.Context) ([]*task, error) {
	g := &gallery{skein: b.studioSite(), pgweb: b.pgwebSite(ctx)}
	var tasks []*task
	for _, q := range b.questions() {
		t := &task{name: "studio: " + q.name}
		count := -1 // of rows, which all have to find
		answer := func(name string, s *site, ask func(context.Context) (int, error)) {
			c := &contestant{name: name, floor: s == nil, missing: b.noServer}
			if s != nil {
				c.missing = s.missing
			}
			c.prepare = func(ctx context.Context) error { return g.ready(ctx, b, s) }
			c.work = func(ctx context.Context) (sample, error) {
				var n int
				work := func() (err error) {
					n, err = ask(ctx)
					return err
				}
				took, err := s.took(work)
				if err == nil && count >= 0 && n != count {
					err = fmt.Errorf("it found %d rows where the first found %d", n, count)
				}
				count = n
				return took, err
			}
			t.contestants = append(t.contestants, c)
		}
		answer(g.skein.name, g.skein, func(ctx context.Context) (int, error) { return g.skein.rows(ctx, q.skein(g.values)) })
		answer(g.pgweb.name, g.pgweb, func(ctx context.Context) (int, error) { return g.pgweb.pgwebRows(ctx, q.pgweb(g.values)) })
		answer("the query, on an open connection", nil, func(ctx context.Context) (int, error) { return g.query(ctx, q.sql(g.values)) })
		tasks = append(tasks, t)
	}
	return append(append(tasks, b.leavingTask(g)), b.exportTasks(g)...), nil
}

// ready opens the gallery, and says why a program of it is not there.
func (g *gallery) ready(ctx context.Context, b *bench, s *site) error {
	if err := g.open(ctx, b); err != nil {
		return err
	}
	if s != nil && s.missing != "" {
		return errors.New(s.missing)
	}
	return nil
}

// pageRows is how many rows a page has.
const pageRows = 100

// question is a page of rows, as each asks for it.
type question struct {
	name  string
	skein func(values map[string]string) string     // of JSON, without the name of the table
	pgweb func(values map[string]string) url.Values // as its page asks when the same is chosen there
	sql   func(values map[string]string) string     // behind SELECT * FROM events
}

// questions are put in the words of each program. A value stands as {name}.
func (b *bench) questions() []question {
	rows := b.settings.rows
	write := func(text string) func(map[string]string) string {
		return func(values map[string]string) string {
			filled := text
			for name, value := range values {
				filled = strings.ReplaceAll(filled, "{"+name+"}", value)
			}
			return filled
		}
	}
	form := func(text string) func(map[string]string) url.Values {
		return func(values map[string]string) url.Values {
			out := url.Values{"limit": {strconv.Itoa(pageRows)}, "offset": {"0"}}
			for _, pair := range strings.Split(write(text)(values), "&") {
				if name, value, ok := strings.Cut(pair, "="); ok {
					out.Set(name, value)
				}
			}
			return out
		}
	}
	return []question{
		{"the first 100 rows", write(``), form(``), write(`ORDER BY id LIMIT 100`)},
		{"the last 100 rows", write(`"end": true`), form(fmt.Sprint("offset=", rows-pageRows)), write(`ORDER BY id DESC LIMIT 100`)},
		{"100 rows in the middle", write(`"at": 0.5`), form(fmt.Sprint("offset=", rows/2)), write(fmt.Sprintf(`ORDER BY id OFFSET %d LIMIT 100`, rows/2))},
		{"an indexed column has a value", write(`"filters": [{"column": "customer", "op": "eq", "value": "4242"}]`),
			form(`where="customer" = '4242'`), write(`WHERE customer = 4242 ORDER BY id LIMIT 100`)},
		{"from a value of an indexed column on, in its order", write(`"filters": [{"column": "at", "op": "ge", "value": "{at}"}], "sort": [{"column": "at"}]`),
			form(`where="at" >= '{at}'&sort_column=at&sort_order=ASC`), write(`WHERE at >= '{at}' ORDER BY at, id LIMIT 100`)},
		{"text in a column without an index", write(`"filters": [{"column": "note", "op": "contains", "value": "{note}"}]`),
			form(`where="note" ILIKE '%{note}%'`), write(`WHERE note ILIKE '%{note}%' ORDER BY id LIMIT 100`)},
		{"sorted by an indexed column", write(`"sort": [{"column": "at", "desc": true}]`),
			form(`sort_column=at&sort_order=DESC`), write(`ORDER BY at DESC, id DESC LIMIT 100`)},
		{"sorted by a column without an index", write(`"sort": [{"column": "amount", "desc": true}]`),
			form(`sort_column=amount&sort_order=DESC`), write(`ORDER BY amount DESC, id DESC LIMIT 100`)},
	}
}

// rows asks skein studio for a page of the large table and counts its rows.
func (s *site) rows(ctx context.Context, more string) (int, error) {
	return s.rowsOf(ctx, "events", more)
}

func (s *site) rowsOf(ctx context.Context, table, more string) (int, error) {
	if more != "" {
		more = ", " + more
	}
	body, err := s.ask(ctx, http.MethodPost, s.at("/api/rows"), fmt.Appendf(nil, `{"schema": "public", "name": %q, "limit": %d%s}`, table, pageRows, more))
	if err != nil {
		return 0, err
	}
	defer body.Close()
	var page struct{ Rows []json.RawMessage }
	err = json.NewDecoder(body).Decode(&page)
	return len(page.Rows), err
}

// pgwebRows does it with pgweb.
func (s *site) pgwebRows(ctx context.Context, form url.Values) (int, error) {
	return s.pgwebRowsOf(ctx, "events", form)
}

func (s *site) pgwebRowsOf(ctx context.Context, table string, form url.Values) (int, error) {
	body, err := s.ask(ctx, http.MethodGet, s.at("/api/tables/public."+table+"/rows?"+form.Encode()), nil)
	if err != nil {
		return 0, err
	}
	defer body.Close()
	var page struct{ Rows []json.RawMessage }
	err = json.NewDecoder(body).Decode(&page)
	return len(page.Rows), err
}

// query asks PostgreSQL alone.
func (g *gallery) query(ctx context.Context, tail string) (int, error) {
	result := g.conn.PgConn().ExecParams(ctx, "SELECT * FROM events "+tail, nil, nil, nil, nil).Read()
	return len(result.Rows), result.Err
}

// leavingTask shows how long PostgreSQL works on for a page that somebody has
// left.
func (b *bench) leavingTask(g *gallery) *task {
	t := &task{name: "studio: a page is left while PostgreSQL works for it, until it stops"}
	add := func(s *site, ask func(context.Context) (int, error)) {
		t.contestants = append(t.contestants, &contestant{
			name: s.name, missing: s.missing,
			prepare: func(ctx context.Context) error { return g.ready(ctx, b, s) },
			work:    func(ctx context.Context) (sample, error) { return g.leave(ctx, s, ask) },
		})
	}
	add(g.skein, func(ctx context.Context) (int, error) { return g.skein.rowsOf(ctx, "forever", "") })
	add(g.pgweb, func(ctx context.Context) (int, error) {
		return g.pgweb.pgwebRowsOf(ctx, "forever", url.Values{"limit": {"100"}, "sort_column": {"n"}, "sort_order": {"DESC"}})
	})
	return t
}

// longestStop is how long a program is waited for to stop its query.
const longestStop = 15 * time.Second

// leave asks for what takes a minute or more, and goes away when it has begun.
func (g *gallery) leave(ctx context.Context, s *site, ask func(context.Context) (int, error)) (sample, error) {
	asking, goAway := context.WithCancel(ctx)
	defer goAway()
	answered := make(chan error, 1)
	go func() {
		_, err := ask(asking)
		answered <- err
	}()
	if err := g.until(ctx, 1, longestStop); err != nil {
		return sample{}, fmt.Errorf("it did not begin its query: %w", err)
	}
	goAway()
	<-answered
	return s.took(func() error {
		err := g.until(ctx, 0, longestStop)
		if err == nil {
			return nil
		}
		if err := g.silence(ctx); err != nil {
			return err
		}
		return fmt.Errorf("PostgreSQL still worked for it %v later", longestStop)
	})
}

// silence ends the sessions that read that view, for what is measured next. A
// program may ask again where its session ended, so this goes on until none has
// come back for a second.
func (g *gallery) silence(ctx context.Context) error {
	for last, end := time.Now(), time.Now().Add(longestStop); time.Since(last) < time.Second; time.Sleep(5 * time.Millisecond) {
		done, err := g.conn.Exec(ctx, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE "+reading)
		if err != nil {
			return err
		}
		if done.RowsAffected() > 0 {
			last = time.Now()
		}
		if last.After(end) {
			return fmt.Errorf("it asks again for %v", longestStop)
		}
	}
	return nil
}

// reading are the sessions that read the view whose rows take their time.
const reading = `state = 'active' AND pid <> pg_backend_pid() AND query LIKE '%forever%' AND wait_event = 'PgSleep'`

// until waits until a number of sessions read that view.
func (g *gallery) until(ctx context.Context, sessions int, most time.Duration) error {
	for end := time.Now().Add(most); time.Now().Before(end); time.Sleep(5 * time.Millisecond) {
		var n int
		if err := g.conn.QueryRow(ctx, "SELECT count(*) FROM pg_stat_activity WHERE "+reading).Scan(&n); err != nil {
			return err
		}
		if n == sessions {
			return nil
		}
	}
	return fmt.Errorf("PostgreSQL was not there %v later", most)
}
