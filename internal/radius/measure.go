package radius

import (
	"fmt"
	"slices"

	"github.com/skein-db/skein/internal/effect"
)

// report fills in what depends on the sizes of tables and on who else is there.
func (t *target) report(p Plan, drafts []*draft) *Report {
	r := &Report{Tables: touched(drafts), Notes: t.notes}
	for _, m := range p.Migrations {
		r.Migrations = append(r.Migrations, Migration{Tag: m.Tag})
	}
	for _, d := range drafts {
		d.measure()
	}
	hold(drafts)
	waits := map[*Session]bool{}
	for _, d := range drafts {
		t.waits(d)
		for _, w := range d.Waits {
			waits[w.Session] = true
		}
		d.Risk = d.risk()
		m := &r.Migrations[d.migration]
		m.Statements = append(m.Statements, d.Statement)
	}
	r.Sessions = remarkable(t.sessions, waits)
	return r
}

// measure reckons the times of the work. There is none on a table without
// rows.
func (d *draft) measure() {
	d.Work = slices.DeleteFunc(d.Work, func(w Work) bool { return w.Table.Heap == 0 })
	for i := range d.Work {
		w := &d.Work[i]
		w.Time = w.reckon()
		if d.concurrently { // it reads the table twice, and waits in between
			w.Time = Span{2 * w.Time.From, 3 * w.Time.To}
		}
		if w.Maybe {
			w.Time.From = 0
		}
	}
	for _, table := range d.drops {
		if table.Heap > 0 {
			d.note(fmt.Sprintf("%s and all that is in it are lost: %s", short(table.Name), table.Size()))
		}
	}
}

func (w *Work) reckon() Span {
	t := w.Table
	switch w.Kind {
	case Rewrite:
		w.Space = t.Total()
		time := rewriteSpeed.span(t.Bytes)
		for _, i := range t.Indexes {
			time = time.plus(t.build(i.btree))
		}
		return time
	case Build:
		btree := true
		for _, i := range t.Indexes {
			if i.Name == w.Index {
				btree, w.Space = i.btree, i.Bytes
			}
		}
		return t.build(btree && !w.otherMethod)
	case Change:
		if w.update && w.All { // the old rows stay until they are vacuumed
			w.Space = t.Total()
		}
		if t.Rows < 0 {
			return bytesSpeed.span(t.Heap)
		}
		return changeSpeed.span(t.Rows)
	}
	if w.lookups && t.Rows >= 0 {
		return lookupSpeed.span(t.Rows)
	}
	return scanSpeed.span(t.Heap)
}

// build is the time that an index of the table takes.
func (t *Table) build(btree bool) Span {
	switch {
	case t.Rows < 0:
		return bytesSpeed.span(t.Heap)
	case btree:
		return buildSpeed.span(t.Rows)
	}
	return otherSpeed.span(t.Rows)
}

// hold says how long locks are kept: until the transaction ends.
func hold(drafts []*draft) {
	rest := Span{}
	for i := len(drafts) - 1; i >= 0; i-- {
		d := drafts[i]
		if i+1 < len(drafts) && drafts[i+1].transaction != d.transaction {
			rest = Span{}
		}
		own := Span{}
		for _, w := range d.Work {
			own = own.plus(w.Time)
		}
		later := rest
		rest = rest.plus(own)
		for j := range d.Locks {
			d.Locks[j].Held, d.Locks[j].Later = rest, later.To > own.To
		}
	}
	type key struct {
		transaction int
		table       *Table
	}
	had := map[key]effect.Level{}
	for _, d := range drafts {
		for j := range d.Locks {
			l := &d.Locks[j]
			k := key{d.transaction, l.Table}
			l.Had = had[k] >= l.Level
			if !l.Maybe {
				had[k] = max(had[k], l.Level)
			}
		}
	}
}

// waits notes for whom the statement would wait now.
func (t *target) waits(d *draft) {
	for _, s := range t.sessions {
		waits := false
		for _, l := range d.Locks {
			if level := s.conflict(l.Table, l.Level); level != effect.NoLock && !l.Had {
				d.Waits, waits = append(d.Waits, Wait{s, l.Table, level}), true
			}
		}
		if d.concurrently && s.snapshot && !waits {
			d.Waits = append(d.Waits, Wait{Session: s})
		}
	}
}

func (d *draft) risk() Risk {
	if d.fails {
		return Blocking
	}
	risk := None
	for _, l := range d.Locks {
		blocks := l.Level.BlocksReads() || l.Level.BlocksWrites()
		waits := slices.ContainsFunc(d.Waits, func(w Wait) bool { return w.Table == l.Table })
		switch {
		case blocks && (l.Held.To >= long || waits):
			return Blocking
		case l.Level > effect.RowShare && risk == None:
			risk = Moment
		}
	}
	for _, w := range d.Work {
		switch {
		case w.blocks() && w.Time.To >= long:
			return Blocking
		case w.Time.To >= long:
			risk = Busy
		}
	}
	if len(d.Waits) > 0 || d.Opaque || len(d.Notes) > 0 {
		risk = Busy
	}
	return risk
}

// Size says how large the table is: "about 5,200,000 rows, 1.2 GB, with
// 3 indexes of 410 MB".
func (t *Table) Size() string {
	rows := "an unknown number of rows (never analysed)"
	if t.Rows >= 0 {
		rows = "about " + Count(t.Rows) + " rows"
		if t.Rows == 1 {
			rows = "about 1 row"
		}
	}
	text := rows + ", " + Bytes(t.Bytes)
	switch n := len(t.Indexes); {
	case n == 1:
		text += ", with 1 index of " + Bytes(t.IndexBytes())
	case n > 1:
		text += fmt.Sprintf(", with %d indexes of %s", n, Bytes(t.IndexBytes()))
	}
	return text
}

// Count is a number with commas, rounded to three digits: 5,200,000.
func Count(n int64) string {
	unit := int64(1)
	for n/unit >= 1000 {
		unit *= 10
	}
	digits := fmt.Sprint((n + unit/2) / unit * unit)
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return digits
}
