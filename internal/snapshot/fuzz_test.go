package snapshot

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/skein-db/skein/internal/diag"
	"github.com/skein-db/skein/internal/schema"
)

func FuzzDecode(f *testing.F) {
	for _, name := range []string{"start.json", "odd.json", "pull.json", "version5-odd.json", "version6.json", "kit-0.22.json"} {
		f.Add(golden(f, name))
	}
	f.Add([]byte(emptySnapshot))
	f.Fuzz(func(t *testing.T, data []byte) { holds(t, data) })
}

// holds checks what must be true of any bytes, and reports whether they are a
// snapshot.
func holds(t *testing.T, data []byte) bool {
	s, err := Decode("s.json", data)
	head, scanErr := Scan("s.json", data)
	again, againErr := scanAfterOthers(t, data)
	if again != head || fmt.Sprint(againErr) != fmt.Sprint(scanErr) {
		t.Fatalf("after others Scan says %+v %v, alone %+v %v", again, againErr, head, scanErr)
	}
	if err != nil {
		var d *diag.Error
		if !errors.As(err, &d) || d.Line == 0 || d.Hint == "" {
			t.Fatalf("%T %v", err, err)
		}
		return false
	}
	if scanErr != nil || head.ID != s.ID || head.PrevID != s.PrevID || head.Version != s.Version {
		t.Fatalf("Scan: %+v %v", head, scanErr)
	}
	if !bytes.Equal(s.Encode(), data) {
		t.Fatal("Encode changed the bytes")
	}
	for name, again := range map[string][]byte{
		"layout":  s.Upgraded().doc.stringify(),
		"WithIDs": s.WithIDs(s.ID, s.PrevID).Encode(),
		"New":     New(s.ID, s.PrevID, &s.Schema).Encode(),
	} {
		back, err := Decode("s.json", again)
		if err != nil {
			t.Fatalf("%s: %v\n%s", name, err, again)
		}
		// New goes by the names inside, which may order things otherwise than
		// the keys of a file edited by hand.
		if name != "New" && !schema.Equal(&s.Schema, &back.Schema) {
			t.Fatalf("%s: another schema\n%+v\n%+v", name, s.Schema, back.Schema)
		}
		if once := back.doc.stringify(); !bytes.Equal(once, again) {
			t.Fatalf("%s: not stable\n%s\n%s", name, again, once)
		}
	}
	return true
}

// others are the tables that a Scanner knows after good snapshots.
var others = sync.OnceValue(func() map[string]bool {
	var s Scanner
	for _, name := range []string{"start.json", "odd.json", "pull.json"} {
		data, err := os.ReadFile(filepath.Join("testdata", name))
		if err == nil {
			_, err = s.Scan(name, data)
		}
		if err != nil {
			panic(err)
		}
	}
	return s.known
})

// scanAfterOthers scans a text with a Scanner that has seen good ones, and the
// text itself.
func scanAfterOthers(t *testing.T, data []byte) (Head, error) {
	s := Scanner{known: maps.Clone(others())}
	if len(s.known) < 3 {
		t.Fatalf("only %d tables are known", len(s.known))
	}
	_, _ = s.Scan("s.json", data)
	return s.Scan("s.json", data)
}

// TestRandomChanges changes good documents at random places. Unlike the
// fuzzer's, its changes leave the JSON whole, so that many of them still are
// snapshots.
func TestRandomChanges(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	good, bad := 0, 0
	for _, name := range []string{"start.json", "odd.json", "pull.json", "version5-odd.json", "version6-odd.json"} {
		data := golden(t, name)
		for range 150 {
			doc, err := parse(data)
			if err != nil {
				t.Fatal(err)
			}
			for range 1 + rng.IntN(3) {
				mutate(rng, &doc)
			}
			if holds(t, doc.stringify()) {
				good++
			} else {
				bad++
			}
		}
	}
	t.Logf("%d snapshots, %d malformed", good, bad)
	if good < 50 || bad < 50 {
		t.Error("the changes are too tame or too wild to show anything")
	}
}

// mutate changes one random place of the document.
func mutate(rng *rand.Rand, n *node) {
	for len(n.kids) > 0 && rng.IntN(12) > 0 {
		n = &n.kids[rng.IntN(len(n.kids))]
	}
	words := []string{`""`, `"public"`, `"x"`, `"10"`, `"a.b"`, `"\ud800"`, `"\u0041\/"`, `null`, `1`, `1.50`, `-0`, `1e400`, `true`, `{}`, `[]`, `[null]`, `{"2":1,"1":2}`}
	if len(n.kids) > 0 {
		i := rng.IntN(len(n.kids))
		switch rng.IntN(4) {
		case 0:
			n.kids = append(n.kids[:i:i], n.kids[i+1:]...)
			return
		case 1:
			j := rng.IntN(len(n.kids))
			n.kids[i], n.kids[j] = n.kids[j], n.kids[i]
			return
		case 2:
			if key := quote([]string{"7", "z", "a.b", "name", ""}[rng.IntN(5)]); n.kind == '{' && n.get(unquote(key)) == nil {
				n.kids[i].name = key
			}
			return
		}
		n = &n.kids[i]
	}
	value, err := parse([]byte(words[rng.IntN(len(words))]))
	if err != nil {
		panic(err)
	}
	value.name = n.name
	*n = value
}

func FuzzDecodeJournal(f *testing.F) {
	for _, name := range []string{"journal.json", "journal-empty.json", "journal-version5.json"} {
		f.Add(golden(f, name))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		j, err := DecodeJournal("j.json", data)
		if err != nil {
			var d *diag.Error
			if !errors.As(err, &d) {
				t.Fatalf("%T", err)
			}
			return
		}
		if !bytes.Equal(j.Encode(), data) {
			t.Fatal("Encode changed the bytes")
		}
		j.Append(Entry{Idx: 1, Version: "7", When: 2, Tag: "0001_b", Breakpoints: true})
		once := j.Encode()
		again, err := DecodeJournal("j.json", once)
		if err != nil {
			t.Fatalf("%v\n%s", err, once)
		}
		if !bytes.Equal(again.doc.stringify(), once) || len(again.Entries) != len(j.Entries) {
			t.Fatalf("not stable\n%s", once)
		}
	})
}
