package diff

import (
	"bufio"
	"bytes"
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"testing"

	"github.com/skein-db/skein/internal/schema"
	"github.com/skein-db/skein/internal/snapshot"
	"github.com/skein-db/skein/internal/sqltext"
)

// A recordedCase is what drizzle-kit did with two snapshots.
type recordedCase struct {
	ID         string          `json:"id"`
	From       json.RawMessage `json:"from"`
	To         json.RawMessage `json:"to"`
	Answers    json.RawMessage `json:"answers"`
	CliSQLFile *string         `json:"cliSqlFile"`
}

// exceptions are the recorded cases in which the SQL of Exact departs from
// drizzle-kit's, with the reason.
var exceptions = map[string]string{
	"x025-custom_types":              "quoted-type: a type given as SQL is not quoted once more",
	"x027-drop_pk_single":            "drop-primary-key-comment: the primary key is dropped",
	"x028-move_pk":                   "drop-primary-key-comment: the primary key is dropped",
	"x058-index_expr_dashes":         "delimiter: the expression is written whole",
	"x068-enum_quote_value":          "enum-value-quote: the quote is escaped",
	"x102-policy_alter_to_two_roles": "unquoted-role: a role that needs quotes gets them",
	"x113-identifier_quotes":         "identifier-quote: double quotes in names are escaped",
}

// replaced are the recorded cases in which Compat departs further, because
// what drizzle-kit writes does not run.
var replaced = map[string]string{
	"x011-type_and_notnull_and_default": "type-cast: text does not become integer without USING",
	"x046-fk_drop_parent_table":         "drop-reference-late: the foreign key is gone with its table by then",
	"x079-serial_to_identity":           "serial-type: the identity's sequence has the name of the serial's",
	"x080-int_to_serial":                "serial-type: serial is no type",
	"x096-view_and_column_change":       "view-dependency: the view is in the way",
}

// shared finds a folder of recorded cases next to the project.
func shared(t testing.TB, name string) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for ; ; dir = filepath.Dir(dir) {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			break
		}
		if dir == filepath.Dir(dir) {
			t.Skip("no module root")
		}
	}
	path := filepath.Join(filepath.Dir(dir), "shared", "cases", name)
	if _, err := os.Stat(path); err != nil {
		t.Skip("shared/cases/" + name + " is not here")
	}
	return path
}

func TestRecordedCases(t *testing.T) {
	t.Run("exact", func(t *testing.T) { testRecordedCases(t, Exact, exceptions) })
	t.Run("compat", func(t *testing.T) {
		both := maps.Clone(exceptions)
		maps.Copy(both, replaced)
		testRecordedCases(t, Compat, both)
	})
}

func testRecordedCases(t *testing.T, mode Mode, exceptions map[string]string) {
	for _, file := range []string{"differ.jsonl", "differ-extra.jsonl"} {
		t.Run(file, func(t *testing.T) {
			cases := readCases(t, shared(t, file))
			equal := 0
			for _, rc := range cases {
				want := ""
				if rc.CliSQLFile != nil {
					want = *rc.CliSQLFile
				}
				got, err := computeCase(t, mode, rc)
				same := err == nil && got == want
				reason, excepted := exceptions[rc.ID]
				switch {
				case same && excepted:
					t.Errorf("%s is an exception (%s) but matches", rc.ID, reason)
				case same:
					equal++
				case excepted:
					t.Logf("%s: %s", rc.ID, reason)
				default:
					t.Errorf("%s: error %v\ngot:\n%s\nwant:\n%s", rc.ID, err, got, want)
				}
			}
			t.Logf("%d of %d equal", equal, len(cases))
		})
	}
}

func readCases(t *testing.T, path string) []recordedCase {
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var out []recordedCase
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 1<<24)
	for lines.Scan() {
		var rc recordedCase
		if err := json.Unmarshal(lines.Bytes(), &rc); err != nil {
			t.Fatal(err)
		}
		out = append(out, rc)
	}
	return out
}

func computeCase(t *testing.T, mode Mode, rc recordedCase) (string, error) {
	r, err := ComputeIn(mode, decodeCase(t, rc.From), decodeCase(t, rc.To), rc.resolver(t))
	if err != nil {
		return "", err
	}
	return sqltext.Join(r.Statements(), true), nil
}

func (rc recordedCase) resolver(t *testing.T) Resolver {
	if len(rc.Answers) == 0 || bytes.Equal(rc.Answers, []byte("null")) {
		return CreateAll
	}
	answers, err := ReadAnswers(rc.ID, rc.Answers)
	if err != nil {
		t.Fatal(err)
	}
	return Chain(answers, CreateAll)
}

func decodeCase(t *testing.T, data []byte) *schema.Schema {
	if len(data) == 0 || bytes.Equal(data, []byte("null")) {
		return &schema.Schema{}
	}
	s, err := snapshot.Decode("case", data)
	if err != nil {
		t.Fatal(err)
	}
	return &s.Schema
}
