package pgserver

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"crypto/sha512"
	"encoding/base64"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

type entry struct {
	name, content string
	mode          int64
	kind          byte
	link          string
}

func pack(t testing.TB, entries ...entry) []byte {
	t.Helper()
	var out bytes.Buffer
	zipped := gzip.NewWriter(&out)
	archive := tar.NewWriter(zipped)
	for _, e := range entries {
		header := &tar.Header{Name: e.name, Mode: e.mode, Size: int64(len(e.content)), Typeflag: tar.TypeReg}
		if e.kind != 0 {
			header.Typeflag, header.Linkname, header.Size = e.kind, e.link, 0
		}
		if err := archive.WriteHeader(header); err != nil {
			t.Fatal(err)
		}
		if header.Size > 0 {
			if _, err := archive.Write([]byte(e.content)); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := archive.Close(); err != nil {
		t.Fatal(err)
	}
	if err := zipped.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func TestUnpack(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("needs links and file modes")
	}
	dir := t.TempDir()
	err := unpack(bytes.NewReader(pack(t,
		entry{name: "package/package.json", content: "{}"},
		entry{name: "package/native/bin/postgres", content: "program", mode: 0o755},
		entry{name: "package/native/lib/libpq.so.5.15", content: "library", mode: 0o644},
		entry{name: "package/native/share/a/b/c.txt", content: "text", mode: 0o600},
		entry{name: "package/native/pg-symlinks.json", content: `[
			{"source": "native/lib/libpq.so.5.15", "target": "native/lib/libpq.so.5"},
			{"source": "native/lib/libpq.so.5.15", "target": "native/libpq.so"}]`},
	)), dir)
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{
		"bin/postgres": "program", "lib/libpq.so.5": "library", "libpq.so": "library", "share/a/b/c.txt": "text",
	} {
		got, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil || string(got) != want {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
	if _, err := os.Stat(filepath.Join(dir, "package.json")); err == nil {
		t.Error("what is outside native/ was unpacked")
	}
	if info, err := os.Stat(filepath.Join(dir, "bin/postgres")); err != nil || info.Mode().Perm() != 0o755 {
		t.Errorf("postgres has mode %v, %v", info.Mode(), err)
	}
	if target, err := os.Readlink(filepath.Join(dir, "lib/libpq.so.5")); err != nil || target != "libpq.so.5.15" {
		t.Errorf("the link leads to %q, %v", target, err)
	}
}

func TestUnpackStaysInside(t *testing.T) {
	links := func(list string) []entry {
		return []entry{{name: "package/native/f", content: "x"}, {name: "package/native/pg-symlinks.json", content: list}}
	}
	for name, entries := range map[string][]entry{
		"dots":                {{name: "package/native/../../../escaped", content: "x"}},
		"dots within":         {{name: "package/native/a/../../../escaped", content: "x"}},
		"full path":           {{name: "/package/native/escaped", content: "x"}, {name: "/escaped", content: "x"}},
		"symbolic link":       {{name: "package/native/l", kind: tar.TypeSymlink, link: "/etc"}, {name: "package/native/l/escaped", content: "x"}},
		"hard link":           {{name: "package/native/l", kind: tar.TypeLink, link: "/etc/passwd"}},
		"device":              {{name: "package/native/null", kind: tar.TypeChar}},
		"twice the same file": {{name: "package/native/f", content: "a"}, {name: "package/native/f", content: "b"}},
		"file as a folder":    {{name: "package/native/f", content: "a"}, {name: "package/native/f/g", content: "b"}},
		"link from outside":   links(`[{"source": "native/../../escaped", "target": "native/l"}]`),
		"link to outside":     links(`[{"source": "native/f", "target": "native/../../escaped"}]`),
		"link at full path":   links(`[{"source": "native/f", "target": "/escaped"}]`),
		"link to nothing":     links(`[{"source": "native/g", "target": "native/l"}]`),
		"no list of links":    links(`{"source": 1`),
	} {
		t.Run(name, func(t *testing.T) {
			outer := t.TempDir()
			dir := filepath.Join(outer, "a", "b")
			if err := os.MkdirAll(dir, 0o755); err != nil {
				t.Fatal(err)
			}
			err := unpack(bytes.NewReader(pack(t, entries...)), dir)
			found := []string{}
			_ = filepath.WalkDir(outer, func(path string, d os.DirEntry, _ error) error {
				if strings.Contains(filepath.Base(path), "escaped") {
					found = append(found, path)
				}
				return nil
			})
			if len(found) > 0 {
				t.Errorf("escaped: %q (error %v)", found, err)
			}
			if err == nil && name != "dots" && name != "dots within" && name != "full path" {
				t.Error("no error") // those three are not under native/ and so are passed over
			}
		})
	}
}

func FuzzUnpack(f *testing.F) {
	f.Add(pack(f, entry{name: "package/native/f", content: "x"}, entry{name: "package/native/pg-symlinks.json", content: `[{"source":"native/f","target":"native/g"}]`}))
	f.Add(pack(f, entry{name: "package/native/../f", content: "x"}))
	f.Fuzz(func(t *testing.T, packed []byte) {
		outer := t.TempDir()
		dir := filepath.Join(outer, "in")
		if err := os.Mkdir(dir, 0o755); err != nil {
			t.Fatal(err)
		}
		_ = unpack(bytes.NewReader(packed), dir) // most inputs are errors; none may panic or escape
		left, err := os.ReadDir(outer)
		if err != nil || len(left) != 1 {
			t.Errorf("escaped: %v, %v", left, err)
		}
	})
}

func TestVerify(t *testing.T) {
	content := []byte("a package")
	sum := sha512.Sum512(content)
	p := npmPackage{name: "n", version: "1", sha512: base64.StdEncoding.EncodeToString(sum[:])}
	if err := p.verify(bytes.NewReader(content)); err != nil {
		t.Error(err)
	}
	if err := p.verify(bytes.NewReader([]byte("a package."))); err == nil || !strings.Contains(err.Error(), "sha512") {
		t.Errorf("something else passed: %v", err)
	}
}

func TestEveryPlatformHasEveryPin(t *testing.T) {
	if len(npmPlatforms) != 5 || len(npmHashes) != 5 {
		t.Errorf("%d platforms, %d with hashes", len(npmPlatforms), len(npmHashes))
	}
	seen := map[string]bool{}
	for platform := range npmPlatforms {
		for major := range npmVersions {
			p, reason := pinnedPackage(platform, major)
			if p == nil {
				t.Fatalf("%s %d: %s", platform, major, reason)
			}
			raw, err := base64.StdEncoding.DecodeString(p.sha512)
			if err != nil || len(raw) != sha512.Size || seen[p.sha512] {
				t.Errorf("%s@%s: hash %q: %v", p.name, p.version, p.sha512, err)
			}
			seen[p.sha512] = true
		}
	}
	if p, _ := pinnedPackage("linux/amd64", 0); p.major != 18 {
		t.Errorf("the newest is %d", p.major)
	}
	for _, c := range []struct {
		platform string
		major    int
	}{{"plan9/386", 0}, {"linux/amd64", 9}} {
		if p, reason := pinnedPackage(c.platform, c.major); p != nil || reason == "" {
			t.Errorf("%v: %v, %q", c, p, reason)
		}
	}
}

func TestParseVersion(t *testing.T) {
	for text, want := range map[string]struct {
		version string
		major   int
	}{
		"postgres (PostgreSQL) 15.20 (Debian 15.20-0+deb12u1)": {"15.20", 15},
		"postgres (PostgreSQL) 18beta1":                        {"18beta1", 18},
		"postgres (PostgreSQL) 9.6.24":                         {"9.6.24", 9},
		"16.4":                                                 {"16.4", 16},
		"postgres":                                             {"", 0},
		"":                                                     {"", 0},
	} {
		if version, major := parseVersion(text); version != want.version || major != want.major {
			t.Errorf("%q: %q, %d", text, version, major)
		}
	}
}
