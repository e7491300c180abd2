package migrate

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/skein-db/skein/internal/history"
)

// row makes a row; when < 0 stands for null.
func row(id int64, hash string, when int64) Row {
	r := Row{ID: id, Hash: hash}
	if when >= 0 {
		r.When = &when
	}
	return r
}

func TestClassify(t *testing.T) {
	a, b, c := migration(0, "a", "SELECT 1;\n"), migration(1, "b", "SELECT 2;\n"), migration(2, "c", "SELECT 3;\n")
	when := func(m history.Migration) int64 { return m.Entry.When }
	rowOf := func(id int64, m history.Migration) Row { return row(id, m.Hash(), when(m)) }
	with := func(m history.Migration, sql string) history.Migration { m.SQL = sql; return m }
	without := func(m history.Migration) history.Migration { m.SQL, m.HasSQL = "", false; return m }
	at := func(m history.Migration, when int64) history.Migration { m.Entry.When = when; return m }
	was := func(m, old history.Migration) history.Migration { m.Entry.Was = "x " + old.Hash(); return m }
	dos := with(a, "SELECT 1;\r\n")

	for _, test := range []struct {
		name    string
		entries []history.Migration
		rows    []Row
		want    string // one letter per entry, then u per unknown row
		notes   string
	}{
		{"an empty database", []history.Migration{a, b}, nil, "pp", ""},
		{"no entries", nil, []Row{row(1, "x", 1)}, "u", ""},
		{"all applied", []history.Migration{a, b}, []Row{rowOf(1, a), rowOf(2, b)}, "aa", ""},
		{"the newest is pending", []history.Migration{a, b}, []Row{rowOf(1, a)}, "ap", ""},
		{"an older one is skipped", []history.Migration{a, b, c}, []Row{rowOf(1, a), rowOf(2, c)}, "asa", ""},
		{"equal to the newest time is skipped by drizzle too", []history.Migration{a, at(b, when(a))}, []Row{rowOf(1, a)}, "as", ""},
		{"equal times, both applied", []history.Migration{a, at(b, when(a))}, []Row{rowOf(1, at(b, when(a))), rowOf(2, a)}, "aa", ""},
		{"equal in all, one row", []history.Migration{a, a}, []Row{rowOf(1, a)}, "as", ""},
		{"equal in all, two rows", []history.Migration{a, a}, []Row{rowOf(1, a), rowOf(2, a)}, "aa", ""},
		{"a duplicate row", []history.Migration{a, b}, []Row{rowOf(1, a), rowOf(2, a)}, "ap", ""},
		{"edited", []history.Migration{with(a, "SELECT 9;"), b}, []Row{rowOf(1, a), rowOf(2, b)}, "ea", "its SQL was changed after it was applied"},
		{"an equal time is not an edit when the right row is there", []history.Migration{a}, []Row{row(1, "other", when(a)), rowOf(2, a)}, "au", ""},
		{"time changed in the journal", []history.Migration{at(a, 5)}, []Row{rowOf(1, a)}, "e", "from 1700000000000 to 5"},
		{"renumbered", []history.Migration{a, at(b, 1800000000000)}, []Row{rowOf(1, a), rowOf(2, b)}, "am", "applied with the time 1700000001000, before it was renumbered"},
		{"renumbered behind one that is pending", []history.Migration{c, at(b, 1800000000000)}, []Row{rowOf(1, b)}, "pm", "renumbered"},
		{"renumbered to the time that the next had", []history.Migration{at(a, when(b)), at(b, when(c))}, []Row{rowOf(1, a), rowOf(2, b)}, "mm", "renumbered"},
		{"renumbered to the time of one that is gone", []history.Migration{at(a, when(b))}, []Row{rowOf(1, a), rowOf(2, b)}, "mu", "renumbered"},
		{"edited, and renumbered to its time", []history.Migration{with(b, "SELECT 9;"), at(a, when(b))}, []Row{rowOf(1, a), rowOf(2, b)}, "em", "its SQL was changed"},
		{"edited to what another one was", []history.Migration{with(a, b.SQL), b}, []Row{rowOf(1, a), rowOf(2, b)}, "ea", "its SQL was changed"},
		{"rewritten", []history.Migration{was(at(with(b, "SELECT 9;"), 5), b)}, []Row{rowOf(1, b)}, "e", "applied before skein resolve rewrote it"},
		{"rewritten, with its time", []history.Migration{was(with(b, "SELECT 9;"), b)}, []Row{rowOf(1, b)}, "e", "applied before skein resolve rewrote it"},
		{"rewritten, and run as it is now", []history.Migration{was(with(b, "SELECT 9;"), b)}, []Row{rowOf(1, with(b, "SELECT 9;"))}, "a", ""},
		{"recorded without a time", []history.Migration{a, b}, []Row{row(1, a.Hash(), -1)}, "ep", "without a time"},
		{"a row without a time is newer than nothing", []history.Migration{a}, []Row{row(1, "x", -1)}, "pu", ""},
		{"the file is missing", []history.Migration{without(a), without(b)}, []Row{rowOf(1, a)}, "ap", "its SQL file is missing"},
		{"applied with \\n, file has \\r\\n", []history.Migration{dos}, []Row{rowOf(1, a)}, "a", "line endings"},
		{"applied with \\r\\n, file has \\n", []history.Migration{a}, []Row{rowOf(1, dos)}, "a", "line endings"},
		{"both with \\r\\n", []history.Migration{dos}, []Row{rowOf(1, dos)}, "a", ""},
		{"time and line endings changed", []history.Migration{at(dos, 7)}, []Row{rowOf(1, a)}, "e", "to 7"},
		{"empty custom migrations are told apart by time only",
			[]history.Migration{with(a, "-- Custom --"), with(b, "-- Custom --")}, []Row{row(1, with(a, "-- Custom --").Hash(), 99)}, "ppu", ""},
		{"of another branch", []history.Migration{a, c}, []Row{rowOf(1, a), rowOf(2, b)}, "apu", ""},
	} {
		entries, unknown := classify(test.entries, test.rows)
		var got, notes string
		for _, e := range entries {
			got += string(e.State[0])
			notes += e.Note
			if (e.Row != nil) != (e.State == StateApplied || e.State == StateEdited || e.State == StateMoved) {
				t.Errorf("%s: %s with row %v", test.name, e.State, e.Row)
			}
		}
		got += strings.Repeat("u", len(unknown))
		if got != test.want || !strings.Contains(notes, test.notes) || test.notes == "" && notes != "" {
			t.Errorf("%s: got %s (%q), want %s (%q)", test.name, got, notes, test.want, test.notes)
		}
	}
}

func TestClassifyKeepsDuplicates(t *testing.T) {
	a := migration(0, "a", "SELECT 1;")
	entries, unknown := classify([]history.Migration{a}, []Row{row(1, a.Hash(), a.Entry.When), row(2, a.Hash(), a.Entry.When)})
	if len(unknown) != 0 || len(entries[0].Duplicates) != 1 || entries[0].Duplicates[0].ID != 2 {
		t.Errorf("got %+v, unknown %+v", entries, unknown)
	}
}

func TestTarget(t *testing.T) {
	for _, c := range []struct {
		target Target
		want   string
	}{
		{Target{}, `"drizzle"."__drizzle_migrations"`},
		{Target{Table: `a"b`}, `"drizzle"."a""b"`},
		{Target{Schema: "public", Table: "m"}, `"public"."m"`},
	} {
		if diff := cmp.Diff(c.want, c.target.String()); diff != "" {
			t.Error(diff)
		}
	}
}
