package diff

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/skein-db/skein/internal/interop/npm"
	"github.com/skein-db/skein/internal/schema"
	"github.com/skein-db/skein/internal/snapshot"
)

// oracle is the real drizzle-kit in a Node.js process.
type oracle struct {
	in  io.Writer
	out *bufio.Reader
}

type verdict struct {
	SQL     []string       `json:"sql"`
	Error   string         `json:"error"`
	Prompts []oraclePrompt `json:"prompts"`
}

type oraclePrompt struct {
	Created    oracleRef   `json:"created"`
	Candidates []oracleRef `json:"candidates"`
}

type oracleRef struct{ Schema, Name string }

func (r oracleRef) String() string { return schema.Ref{Schema: r.Schema, Name: r.Name}.String() }

// startOracle runs the drizzle-kit that SKEIN_DRIZZLE_KIT names, a folder, else
// the one from npm that package interop works with.
func startOracle(t *testing.T) *oracle {
	dir := os.Getenv("SKEIN_DRIZZLE_KIT")
	if dir == "" {
		if why := npm.Missing(); why != "" {
			t.Skip(why)
		}
		modules, err := npm.Install(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		dir = filepath.Join(modules, "drizzle-kit")
	}
	cmd := exec.Command("node", "testdata/oracle.js", dir)
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	cmd.Stderr = os.Stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { in.Close(); cmd.Wait() })
	return &oracle{in, bufio.NewReaderSize(out, 1<<20)}
}

func (o *oracle) ask(t *testing.T, from, to *schema.Schema, answers []int) verdict {
	return o.askJSON(t, encode(from), encode(to), answers)
}

func (o *oracle) askJSON(t *testing.T, from, to []byte, answers []int) verdict {
	line, err := json.Marshal(map[string]any{"from": json.RawMessage(from), "to": json.RawMessage(to), "answers": answers})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := o.in.Write(append(line, '\n')); err != nil {
		t.Fatal(err)
	}
	reply, err := o.out.ReadBytes('\n')
	if err != nil {
		t.Fatal(err)
	}
	var v verdict
	if err := json.Unmarshal(reply, &v); err != nil {
		t.Fatal(err)
	}
	return v
}

func encode(s *schema.Schema) []byte { return snapshot.New("0", "0", s).Encode() }

// numbered answers as the oracle does, and keeps what was asked.
type numbered struct {
	answers []int
	asked   []string
}

func (n *numbered) Resolve(q Question) (Answer, error) {
	k := n.answers[len(n.asked)%len(n.answers)] % (len(q.Candidates) + 1)
	n.asked = append(n.asked, fmt.Sprint(q.Created, q.Candidates))
	if k == 0 {
		return Answer{}, nil
	}
	return Answer{Rename: true, From: q.Candidates[k-1]}, nil
}

func (v verdict) asked() []string {
	var out []string
	for _, p := range v.Prompts {
		out = append(out, fmt.Sprint(p.Created, p.Candidates))
	}
	return out
}

// A trial is one comparison with the oracle.
type trial struct {
	from, to *schema.Schema
	answers  []int
}

// outcome is "" where all is equal, the notes where a difference is explained,
// and starts with "!" where it is not.
func (o *oracle) outcome(t *testing.T, tr trial) string {
	n := &numbered{answers: tr.answers}
	r, err := ComputeIn(Exact, tr.from, tr.to, n)
	if err != nil {
		return "!" + err.Error()
	}
	v := o.ask(t, tr.from, tr.to, tr.answers)
	same := v.Error == "" && slices.Equal(r.Statements(), v.SQL) && slices.Equal(n.asked, v.asked())
	if same {
		return ""
	}
	if mended := mendedNotes(r.Notes); len(mended) > 0 {
		return strings.Join(mended, ",")
	}
	return fmt.Sprintf("!%s\ngot:\n%s\nwant:\n%s\nasked %v\nwant  %v\nnotes %v", v.Error, strings.Join(r.Statements(), "\n"), strings.Join(v.SQL, "\n"), n.asked, v.asked(), r.Notes)
}

func mendedNotes(notes []string) []string {
	var out []string
	for _, d := range Defects {
		if slices.ContainsFunc(notes, func(n string) bool { return strings.HasSuffix(n, "; mended ("+d.Name+")") }) {
			out = append(out, d.Name)
		}
	}
	return out
}

func envInt(name string, otherwise int) int {
	if n, err := strconv.Atoi(os.Getenv(name)); err == nil {
		return n
	}
	return otherwise
}

// TestOracle compares random pairs of schemas with the real drizzle-kit.
// SKEIN_ORACLE_PAIRS and SKEIN_ORACLE_SEED say how many and where to start.
func TestOracle(t *testing.T) {
	o := startOracle(t)
	seed := envInt("SKEIN_ORACLE_SEED", 1)
	compared, equal, explained, failures := 0, 0, map[string]int{}, 0
	pairs := envInt("SKEIN_ORACLE_PAIRS", 300)
	for i := range pairs {
		g := gen{rand.New(rand.NewPCG(uint64(seed), uint64(i))), i%2 == 1}
		tr := trial{from: g.schema(), answers: []int{g.IntN(97), g.IntN(97), g.IntN(97)}}
		if g.plain {
			tr.answers = []int{0}
		}
		tr.to = g.mutate(tr.from, 1+g.IntN([]int{5, 5, 5, 40}[i%4]))
		if g.chance(3) {
			tr.to = g.schema()
		}
		if intoHidden(tr) {
			continue
		}
		compared++
		switch result := o.outcome(t, tr); {
		case result == "":
			equal++
		case result[0] != '!':
			for _, name := range strings.Split(result, ",") {
				explained[name]++
			}
		default:
			failures++
			small := o.shrink(t, tr)
			t.Errorf("seed %d pair %d: %s\nfrom %s\nto %s", seed, i, o.outcome(t, small), brief(small.from), brief(small.to))
		}
		if failures > 4 {
			break
		}
	}
	t.Logf("%d pairs: %d equal, %d explained %v, %d not explained", compared, equal, compared-equal-failures, explained, failures)
}

// intoHidden says that a schema of the new side was there before without being
// declared: what a renamed schema meets there cannot be compared.
func intoHidden(tr trial) bool {
	for _, name := range tr.to.Schemas {
		in := func(r schema.Ref) bool { return r.Schema == name }
		if !slices.Contains(tr.from.Schemas, name) && (slices.ContainsFunc(tr.from.Tables, func(x schema.Table) bool { return in(x.Ref()) }) ||
			slices.ContainsFunc(tr.from.Enums, func(x schema.Enum) bool { return in(x.Ref()) }) ||
			slices.ContainsFunc(tr.from.Views, func(x schema.View) bool { return in(x.Ref()) }) ||
			slices.ContainsFunc(tr.from.Sequences, func(x schema.Sequence) bool { return in(x.Ref()) })) {
			return true
		}
	}
	return false
}

func brief(s *schema.Schema) string {
	text, err := json.Marshal(s)
	if err != nil {
		return err.Error()
	}
	return string(text)
}

// shrink removes what the failure does not need.
func (o *oracle) shrink(t *testing.T, tr trial) trial {
	fails := func(tr trial) bool { return strings.HasPrefix(o.outcome(t, tr), "!") }
	for {
		smaller := false
		for _, cut := range cuts(tr) {
			if fails(cut) {
				tr, smaller = cut, true
				break
			}
		}
		if !smaller {
			return tr
		}
	}
}

// cuts are the trials with one thing less: on both sides, or on one.
func cuts(tr trial) []trial {
	var out []trial
	for side := range 3 {
		for i := 0; ; i++ {
			from, to := tr.from.Clone(), tr.to.Clone()
			k := i
			name := ""
			done := true
			if side != 1 {
				name, done = cutSchema(from, &k, "")
			}
			if side == 1 {
				_, done = cutSchema(to, &k, "")
			}
			if side == 0 && name != "" {
				k = -1
				cutSchema(to, &k, name)
			}
			if !done {
				break
			}
			out = append(out, trial{from, to, tr.answers})
		}
	}
	return out
}

// cutSchema removes the k-th thing, or the one of that name; it returns its
// name and whether there was one.
func cutSchema(s *schema.Schema, k *int, name string) (string, bool) {
	found := ""
	hit := func(n string) bool {
		if found != "" {
			return false
		}
		if name != "" {
			if n == name {
				found = n
				return true
			}
			return false
		}
		*k--
		if *k == -1 {
			found = n
			return true
		}
		return false
	}
	s.Schemas = slices.DeleteFunc(s.Schemas, func(x string) bool { return hit("schema " + x) })
	s.Enums = slices.DeleteFunc(s.Enums, func(x schema.Enum) bool { return hit("enum " + x.Ref().String()) })
	s.Sequences = slices.DeleteFunc(s.Sequences, func(x schema.Sequence) bool { return hit("seq " + x.Ref().String()) })
	s.Roles = slices.DeleteFunc(s.Roles, func(x schema.Role) bool { return hit("role " + x.Name) })
	s.Policies = slices.DeleteFunc(s.Policies, func(x schema.LinkedPolicy) bool { return hit("lp " + x.Name) })
	s.Views = slices.DeleteFunc(s.Views, func(x schema.View) bool { return hit("view " + x.Ref().String()) })
	s.Tables = slices.DeleteFunc(s.Tables, func(x schema.Table) bool { return hit("table " + x.Ref().String()) })
	for i := range s.Tables {
		t := &s.Tables[i]
		n := t.Ref().String()
		t.Columns = slices.DeleteFunc(t.Columns, func(x schema.Column) bool { return hit(n + " col " + x.Name) })
		t.Indexes = slices.DeleteFunc(t.Indexes, func(x schema.Index) bool { return hit(n + " idx " + x.Name) })
		t.ForeignKeys = slices.DeleteFunc(t.ForeignKeys, func(x schema.ForeignKey) bool { return hit(n + " fk " + x.Name) })
		t.PrimaryKeys = slices.DeleteFunc(t.PrimaryKeys, func(x schema.PrimaryKey) bool { return hit(n + " pk " + x.Name) })
		t.Uniques = slices.DeleteFunc(t.Uniques, func(x schema.Unique) bool { return hit(n + " u " + x.Name) })
		t.Checks = slices.DeleteFunc(t.Checks, func(x schema.Check) bool { return hit(n + " ck " + x.Name) })
		t.Policies = slices.DeleteFunc(t.Policies, func(x schema.Policy) bool { return hit(n + " pol " + x.Name) })
	}
	return found, found != ""
}
