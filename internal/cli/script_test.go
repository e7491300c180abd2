package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	neturl "net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/rogpeppe/go-internal/testscript"

	"github.com/skein-db/skein/internal/address"
	"github.com/skein-db/skein/internal/kube/kubetest"
	"github.com/skein-db/skein/internal/pgserver"
	"github.com/skein-db/skein/internal/pgserver/pgtest"
	"github.com/skein-db/skein/internal/studio/page"
)

// TestMain lets the test binary be skein, so that scripts run the real program
// and their coverage counts.
func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"skein": func() {
			if !page.Built(studioFiles) {
				studioFiles = anyPage // a story asks the studio's server, which needs no built page
			}
			os.Exit(Process())
		},
		kubetest.Name: kubetest.Main,
	})
}

// servers are the servers of scripts that asked for one of their own, by test.
var servers sync.Map

// TestScripts runs the stories in testdata/script. Each is a folder of files
// and the commands of a person working in it; they double as a manual.
//
// Beside the commands of testscript they have
//
//	pg               sets DATABASE_URL to an empty database of a real PostgreSQL,
//	                 and PLACE to its name in messages
//	pg server        the same on a server of its own, over TCP with a password;
//	                 sets HOSTPORT and PASSWORD too
//	pg stop          stops that server
//	sql STATEMENT    runs SQL on DATABASE_URL; what it returns is standard output
//	json NAME [PATH VALUE]...
//	                 standard output is one JSON object with the fields that
//	                 docs/json.md has under NAME, and with these values
//	                 ("statements.0 'CREATE …'", "files.len 3")
//	exits CODE COMMAND...
//	                 runs a command that ends with this exit code
//	append FILE LINE appends a line to a file
//	edit FILE OLD NEW
//	                 replaces the one place in a file
//	bytes FILE WANT  a file has the bytes of WANT without its last new line, which
//	                 a file in a script cannot be without
//	crlf FILE        gives a file Windows line ends
//	hold SQL         runs it and stays connected, as "other", to the end of the story
//	glob COUNT PATTERN
//	                 that many files match
//	kube [forbid RESOURCE | cut TEXT | hang VERB]
//	                 puts DATABASE_URL's server into a cluster of which kubectl
//	                 knows, as the pod postgres-0 in the namespace db of the
//	                 context prod, with its Secret pg-app, and unsets
//	                 DATABASE_URL; forbid takes a right away, cut makes the pod
//	                 go when a client sends TEXT
//	studio FLAG...   runs skein studio to the end of the story, opens its link, and
//	                 says which database it shows
//	studio get PATH, studio sql STATEMENT
//	                 asks that studio; status and text of its answer are standard
//	                 output
//
// With -update, cmp rewrites the expected files.
func TestScripts(t *testing.T) {
	t.Run("story", runScripts)
	if !t.Failed() && flag.Lookup("test.run").Value.String() == "" {
		for _, path := range jsonPage().unseen() {
			t.Errorf("docs/json.md has %s, which no script has seen", path)
		}
	}
}

func runScripts(t *testing.T) {
	cache := t.TempDir()
	testscript.Run(t, testscript.Params{
		Dir:                "testdata/script",
		UpdateScripts:      *update,
		RequireUniqueNames: true,
		Setup: func(env *testscript.Env) error {
			env.Setenv("SKEIN_CACHE_DIR", cache)
			env.Setenv("HOME", filepath.Join(env.WorkDir, ".home"))
			env.Setenv("NO_COLOR", "")
			env.Setenv("SKEIN_REPLAY", "off") // the stories about the proof turn it on
			env.Values[tbKey] = env.T()
			return nil
		},
		Cmds: map[string]func(ts *testscript.TestScript, neg bool, args []string){
			"pg": scriptPG, "sql": scriptSQL, "json": scriptJSON, "append": scriptAppend, "edit": scriptEdit,
			"hold": scriptHold, "exits": scriptExits, "bytes": scriptBytes, "crlf": scriptCRLF, "glob": scriptGlob, "kube": scriptKube, "studio": scriptStudio,
		},
	})
}

type scriptKey string

const tbKey scriptKey = "testing.TB"

func scriptPG(ts *testscript.TestScript, neg bool, args []string) {
	tb := ts.Value(tbKey).(testing.TB)
	switch strings.Join(args, " ") {
	case "":
		url := pgtest.New(tb)
		config, err := address.Parse(address.Address{URL: url})
		ts.Check(err)
		ts.Setenv("DATABASE_URL", url)
		ts.Setenv("PLACE", address.Place(config))
	case "server":
		server := pgtest.Start(tb, pgserver.Options{Listen: true})
		url, err := server.CreateDatabase(context.Background())
		ts.Check(err)
		ts.Setenv("DATABASE_URL", url)
		servers.Store(tb, server)
		place, err := neturl.Parse(url)
		ts.Check(err)
		password, _ := place.User.Password()
		ts.Setenv("HOSTPORT", place.Host)
		ts.Setenv("PASSWORD", password)
	case "stop":
		server, _ := servers.Load(tb)
		ts.Check(server.(*pgserver.Server).Stop())
	default:
		ts.Fatalf("usage: pg [server|stop]")
	}
}

// scriptSQL runs statements, with -f those of a file: psql is not everywhere.
func scriptSQL(ts *testscript.TestScript, neg bool, args []string) {
	text := strings.Join(args, " ")
	if len(args) == 2 && args[0] == "-f" {
		text = ts.ReadFile(args[1])
	}
	ctx := context.Background()
	conn, err := pgx.Connect(ctx, ts.Getenv("DATABASE_URL"))
	ts.Check(err)
	defer conn.Close(ctx)
	results, err := conn.PgConn().Exec(ctx, text).ReadAll()
	if neg != (err != nil) {
		ts.Fatalf("sql: unexpected outcome: %v", err)
	}
	for _, r := range results {
		for _, row := range r.Rows {
			fmt.Fprintln(ts.Stdout(), string(bytes.Join(row, []byte("|"))))
		}
	}
}

func scriptHold(ts *testscript.TestScript, neg bool, args []string) {
	ctx := context.Background()
	config, err := pgx.ParseConfig(ts.Getenv("DATABASE_URL"))
	ts.Check(err)
	config.RuntimeParams["application_name"] = "other"
	conn, err := pgx.ConnectConfig(ctx, config)
	ts.Check(err)
	ts.Defer(func() { _ = conn.Close(ctx) })
	ts.Check(conn.PgConn().Exec(ctx, strings.Join(args, " ")).Close())
}

func scriptExits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits CODE COMMAND...")
	}
	code := 0
	var exit *exec.ExitError
	if err := ts.Exec(args[1], args[2:]...); errors.As(err, &exit) {
		code = exit.ExitCode()
	} else {
		ts.Check(err)
	}
	if fmt.Sprint(code) != args[0] {
		ts.Fatalf("exit code %d, want %s", code, args[0])
	}
}

func scriptJSON(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args)%2 == 0 {
		ts.Fatalf("usage: json NAME [PATH VALUE]...")
	}
	var value map[string]any
	decode := json.NewDecoder(strings.NewReader(ts.ReadFile("stdout")))
	if err := decode.Decode(&value); err != nil {
		ts.Fatalf("no JSON object: %v", err)
	}
	if _, err := decode.Token(); err != io.EOF {
		ts.Fatalf("something follows the object")
	}
	for _, problem := range jsonPage().compare(args[0], value) {
		ts.Fatalf("docs/json.md, %s: %s", args[0], problem)
	}
	for i := 1; i < len(args); i += 2 {
		if got := lookup(value, args[i]); got != args[i+1] {
			ts.Fatalf("%s is %q, want %q", args[i], got, args[i+1])
		}
	}
}

// lookup follows a path such as "error.kind" or "files.0"; "files.len" is a length.
func lookup(value any, path string) string {
	for _, step := range strings.Split(path, ".") {
		switch v := value.(type) {
		case map[string]any:
			value = v[step]
		case []any:
			if step == "len" {
				return fmt.Sprint(len(v))
			}
			i := -1
			fmt.Sscan(step, &i)
			if i < 0 || i >= len(v) {
				return "<none>"
			}
			value = v[i]
		default:
			return "<none>"
		}
	}
	return fmt.Sprint(value)
}

func scriptAppend(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: append FILE LINE")
	}
	f, err := os.OpenFile(ts.MkAbs(args[0]), os.O_APPEND|os.O_WRONLY, 0)
	ts.Check(err)
	_, err = f.WriteString(args[1] + "\n")
	ts.Check(err)
	ts.Check(f.Close())
}

func scriptCRLF(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: crlf FILE")
	}
	text := strings.ReplaceAll(ts.ReadFile(args[0]), "\n", "\r\n")
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(text), 0o644))
}

func scriptBytes(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: bytes FILE WANT")
	}
	got, want := ts.ReadFile(args[0]), strings.TrimSuffix(ts.ReadFile(args[1]), "\n")
	if got != want {
		ts.Fatalf("%s is not %s:\n%q\nwant\n%q", args[0], args[1], got, want)
	}
}

func scriptGlob(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: glob COUNT PATTERN")
	}
	found, err := filepath.Glob(ts.MkAbs(args[1]))
	ts.Check(err)
	if fmt.Sprint(len(found)) != args[0] {
		ts.Fatalf("%s matches %q", args[1], found)
	}
}

func scriptEdit(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 3 {
		ts.Fatalf("usage: edit FILE OLD NEW")
	}
	text := ts.ReadFile(args[0])
	unescape := strings.NewReplacer(`\n`, "\n", `\r`, "\r").Replace
	if n := strings.Count(text, unescape(args[1])); n != 1 {
		ts.Fatalf("%q is in %s %d times", args[1], args[0], n)
	}
	text = strings.Replace(text, unescape(args[1]), unescape(args[2]), 1)
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(text), 0o644))
}
