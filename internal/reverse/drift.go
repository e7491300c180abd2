package reverse

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/skein-db/skein/internal/adopt"
	"github.com/skein-db/skein/internal/catalog"
	"github.com/skein-db/skein/internal/diag"
	"github.com/skein-db/skein/internal/diff"
	"github.com/skein-db/skein/internal/replay"
	"github.com/skein-db/skein/internal/schema"
	"github.com/skein-db/skein/internal/sqltext"
)

// touched are the objects that the way back is about, under all names that
// they have on it.
type touched struct {
	tables, dropped map[schema.Ref]bool
	others          map[string]bool // enums, views, sequences, …, as people write them
}

func touchedBy(steps []Step) *touched {
	t := &touched{tables: map[schema.Ref]bool{}, dropped: map[schema.Ref]bool{}, others: map[string]bool{}}
	for _, s := range steps {
		for _, c := range s.Changes {
			if c.Table.Name != "" {
				t.tables[c.Table] = true
			}
			t.others[c.Object] = true
			for _, object := range []any{c.Old, c.New} {
				t.add(object)
			}
			if old, ok := c.Old.(*schema.Table); ok && c.Kind == diff.DropTable {
				t.dropped[old.Ref()] = true
			}
		}
	}
	return t
}

func (t *touched) add(object any) {
	switch o := object.(type) {
	case *schema.Table:
		t.tables[o.Ref()] = true
	case *schema.Enum:
		t.others[o.Ref().String()] = true
	case *schema.Sequence:
		t.others[o.Ref().String()] = true
	case *schema.View:
		t.others[o.Ref().String()] = true
	case *schema.Role:
		t.others[o.Name] = true
	case string:
		t.others[o] = true
	}
}

// concerns says whether a difference is on what is touched.
func (t *touched) concerns(d replay.Difference) bool {
	return t.tables[d.Table] || d.Table == (schema.Ref{}) && t.others[d.Object]
}

// hangers are foreign keys and views that the history does not know and that
// hang on a table which is to be dropped with all that hangs on it.
func (t *touched) hangers(live, made *schema.Schema) []replay.Difference {
	var out []replay.Difference
	for i := range live.Tables {
		table := &live.Tables[i]
		known := map[string]bool{}
		if same := made.Table(table.Ref()); same != nil {
			for _, f := range same.ForeignKeys {
				known[f.Name] = true
			}
		}
		for _, f := range table.ForeignKeys {
			if to := (schema.Ref{Schema: f.ToSchema, Name: f.ToTable}); t.dropped[to] && !known[f.Name] && !t.tables[table.Ref()] {
				out = append(out, replay.Difference{Kind: "foreign key", Object: table.Ref().String() + "." + f.Name, Database: "refers to " + to.String(), Table: table.Ref()})
			}
		}
	}
	for i := range live.Views {
		v := &live.Views[i]
		known := slices.ContainsFunc(made.Views, func(o schema.View) bool { return o.Ref() == v.Ref() })
		for ref := range t.dropped {
			if !known && v.Definition != nil && slices.Contains(sqltext.Names(*v.Definition), ref.Name) {
				out = append(out, replay.Difference{Kind: "view", Object: v.Ref().String(), Database: "reads " + ref.String()})
			}
		}
	}
	return out
}

// undrifted is an error of kind Refused where the database does not have what
// is touched as the history makes it.
func undrifted(ctx context.Context, conn *pgx.Conn, stage *replay.Stage, made *replay.State, steps []Step, reading catalog.Options) error {
	like := stage.Reading()
	reading.Roles, reading.Linked = like.Roles, like.Linked
	live, err := catalog.Read(ctx, conn, reading)
	if err != nil {
		return err
	}
	t := touchedBy(steps)
	found := t.hangers(live, &made.Schema)
	for _, d := range replay.Compare(live, &made.Schema, &made.Schema) {
		if t.concerns(d) {
			found = append(found, d)
		}
	}
	return drifted(len(found), differences(found, "the database", "the history"))
}

// UndriftedNames is a poorer look for where no server can be had to compare on:
// what the migrations created has to be there, by name.
func UndriftedNames(ctx context.Context, conn *pgx.Conn, steps []Step, reading catalog.Options) error {
	live, err := catalog.Read(ctx, conn, reading)
	if err != nil {
		return err
	}
	newest, oldest := steps[0], steps[len(steps)-1]
	e := adopt.EvidenceOf(oldest.before, newest.after, live)
	var lines []string
	for _, name := range e.Lacks {
		lines = append(lines, name+": the database is without it")
	}
	for _, name := range e.Kept {
		lines = append(lines, name+": the database still has it")
	}
	return drifted(len(lines), strings.Join(lines, "\n"))
}

func drifted(n int, detail string) error {
	if n == 0 {
		return nil
	}
	return &diag.Error{Kind: diag.Refused,
		Message: fmt.Sprintf("the database is not as the history makes it, where the way back would change it: %s", counted(n)),
		Detail:  detail,
		Hint:    "somebody changed it by hand, or with drizzle-kit push: put it right first (`skein diff --from database --to …` prints the SQL); nothing was run"}
}
