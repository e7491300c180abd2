package sqltree

import (
	"context"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func mustParse(t testing.TB, text string) []Statement {
	t.Helper()
	found, err := Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func TestPlaces(t *testing.T) {
	text := "\uFEFF-- ä comment; DROP TABLE a;\nSELECT 'ü', x FROM t;  /* ö */ UPDATE t SET y = 1;\n--> statement-breakpoint\n\nDELETE FROM z;"
	var got []string
	for _, s := range mustParse(t, text) {
		at := s.Uses.Tables[0]
		got = append(got, s.Text, text[at.Offset:at.Offset+len(at.Name.Name)])
		if s.Text != text[s.Offset:s.End()] {
			t.Errorf("%q is not at %d", s.Text, s.Offset)
		}
	}
	want := []string{"SELECT 'ü', x FROM t;", "t", "UPDATE t SET y = 1;", "t", "DELETE FROM z;", "z"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// TestErrorsHideNothing: what is no SQL is told, with its place, and the
// statements around it are read.
func TestErrorsHideNothing(t *testing.T) {
	text := "SELECT 1; SELEC 'ä' FROM a; DROP TABLE b;"
	found := mustParse(t, text)
	if len(found) != 3 || found[1].Err == nil || text[found[1].Err.Offset:found[1].Err.Offset+5] != "SELEC" {
		t.Fatalf("%+v", found)
	}
	if _, ok := found[2].Node.(*Drop); !ok {
		t.Errorf("%T", found[2].Node)
	}
}

func TestWhatIsTooMuch(t *testing.T) {
	deep := "SELECT " + strings.Repeat("(", 60000) + "1" + strings.Repeat(")", 60000)
	rows := "INSERT INTO t VALUES ('" + strings.Repeat("x", parsedBytes) + "')"
	found := mustParse(t, deep+";"+rows+";DROP TABLE c")
	if len(found) != 3 || found[0].Err == nil || found[1].Err == nil {
		t.Fatalf("%d statements, %v", len(found), found[0].Err)
	}
	// The parser is of use afterwards.
	if _, ok := found[2].Node.(*Drop); !ok {
		t.Errorf("%T %v", found[2].Node, found[2].Err)
	}
}

// TestBothMachines: the interpreter and the compiled module read the same.
func TestBothMachines(t *testing.T) {
	text := "ALTER TABLE a ADD COLUMN b text DEFAULT 'ä'; UPDATE a SET b = lower(c) WHERE d;"
	var trees []string
	for _, m := range []*machine{&interpreter, &compiler} {
		e, err := m.take()
		if err != nil {
			t.Fatal(err)
		}
		tree, err := e.answer(askTree, text)
		if err != nil {
			t.Fatal(err)
		}
		m.put(e)
		trees = append(trees, string(tree))
	}
	if diff := cmp.Diff(trees[0], trees[1]); diff != "" {
		t.Error(diff)
	}
}

func TestParseAll(t *testing.T) {
	texts := make([]string, 50)
	for i := range texts {
		texts[i] = strings.Repeat("SELECT 1;", i)
	}
	found, err := ParseAll(context.Background(), texts)
	if err != nil {
		t.Fatal(err)
	}
	for i := range found {
		if len(found[i]) != i {
			t.Errorf("text %d has %d statements", i, len(found[i]))
		}
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := ParseAll(ctx, texts); err == nil {
		t.Error("a cancelled parse has no error")
	}
}

func FuzzParse(f *testing.F) {
	f.Add("SELECT 1; --> statement-breakpoint\nDO $$ BEGIN UPDATE a SET b = 1; END $$")
	f.Add("ALTER TABLE a ADD b int, DROP c; CREATE VIEW v AS TABLE a")
	f.Fuzz(func(t *testing.T, text string) {
		for _, s := range mustParse(t, text) {
			if s.Node == nil || text[s.Offset:s.End()] != s.Text {
				t.Fatalf("%+v", s)
			}
			for _, inner := range s.Body {
				if inner.Node == nil || inner.Offset < s.Offset || inner.Offset > s.End() {
					t.Fatalf("%+v", inner)
				}
			}
		}
	})
}
