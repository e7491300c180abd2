package check

import (
	"bytes"
	"context"
	"encoding/json"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/skein-db/skein/internal/config"
	"github.com/skein-db/skein/internal/filefacts"
	"github.com/skein-db/skein/internal/finding"
	"github.com/skein-db/skein/internal/history"
	"github.com/skein-db/skein/internal/snapshot"
	"github.com/skein-db/skein/internal/sqltree"
)

// facts is what rules look at.
type facts struct {
	in        Input
	history   *history.History
	snapshots []snapshotFile // by name
	// statements are those of each migration that was parsed in this run; nil
	// where all that they say was known.
	statements [][]sqltree.Statement
	sql        [][]finding.Finding // what is said of each migration's SQL by itself
	now        time.Time
	twin       map[string]string  // SQL files whose names differ in case alone, each with the other
	pinned     bool               // git keeps the bytes of SQL files
	drifts     []drift            // data migrations whose snapshot changes the schema
	last       *snapshot.Snapshot // read only where there is a Desired to compare with; nil where there is none
	lastErr    error              // why last could not be read; snapshots says so too
	// landed are the tags of the migrations on the base; empty where there is
	// none. Others are new: no database but the developers' has run them.
	landed map[string]bool
	// collisions are pairs of snapshots with one parent, in the order of the
	// later ones.
	collisions []collision
}

// snapshotFile is a snapshot on disk, or why it cannot be read.
type snapshotFile struct {
	path string
	tag  string // of the migration that it belongs to; "" for none, or several
	head snapshot.Head
	err  error
	sum  filefacts.Sum // of the content; "" where nothing is remembered
}

func gather(ctx context.Context, in Input) (*facts, error) {
	h, err := history.Survey(in.Dir)
	if err != nil {
		return nil, err
	}
	if in.Team == nil {
		in.Team = &config.Config{}
	}
	f := &facts{in: in, history: h, now: in.Now, twin: twins(h)}
	if f.now.IsZero() {
		f.now = time.Now()
	}
	if f.compared() {
		f.landed = in.Base.landed()
	}
	tags := tagsBySnapshot(h)
	for _, path := range h.SnapshotFiles() {
		f.snapshots = append(f.snapshots, snapshotFile{path: path, tag: tags[path]})
	}
	if in.Desired != nil {
		f.last, f.lastErr = h.LastSnapshot()
	}
	if err := scanAll(ctx, in.Known, f.snapshots); err != nil {
		return nil, err
	}
	f.collisions = f.collide()
	f.drifts = f.findDrifts()
	f.pinned = endsPinned(in.Dir)
	return f, f.lookAtSQL(ctx)
}

func tagsBySnapshot(h *history.History) map[string]string {
	tags := map[string]string{}
	for _, m := range h.Migrations {
		if _, shared := tags[m.SnapshotFile]; shared {
			tags[m.SnapshotFile] = ""
		} else {
			tags[m.SnapshotFile] = m.Entry.Tag
		}
	}
	return tags
}

// twins finds names that differ in case alone: of two files, or of a file and
// what an entry calls it. One of the two is always a file that no entry names.
func twins(h *history.History) map[string]string {
	named := map[string]string{}
	for _, m := range h.Migrations {
		named[strings.ToLower(m.File)] = m.File
	}
	twin := map[string]string{}
	for _, path := range h.OrphanSQL {
		if other, ok := named[strings.ToLower(path)]; ok {
			twin[path] = other
		}
	}
	for _, m := range h.Migrations {
		if m.HasSQL {
			continue
		}
		for _, path := range h.OrphanSQL {
			if twin[path] == m.File {
				twin[m.File] = path
			}
		}
	}
	return twin
}

// scanAll reads the snapshots, as many at once as there are processors.
func scanAll(ctx context.Context, known *filefacts.Store, files []snapshotFile) error {
	var next atomic.Int64
	var workers sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), len(files)) {
		workers.Go(func() {
			var room bytes.Buffer // Scan keeps nothing of it
			var scanner snapshot.Scanner
			for ctx.Err() == nil {
				i := int(next.Add(1)) - 1
				if i >= len(files) {
					return
				}
				files[i].scan(known, &scanner, &room)
			}
		})
	}
	workers.Wait()
	return ctx.Err()
}

// headFact is the kind of fact that a snapshot's head is. There is none of a
// snapshot with a problem, which is looked at again.
const headFact = "snapshot-head-1"

// scan reads a snapshot, unless it is known.
func (s *snapshotFile) scan(known *filefacts.Store, scanner *snapshot.Scanner, room *bytes.Buffer) {
	var unchanged bool
	if s.sum, unchanged = known.Sum(s.path); unchanged && s.recall(known) {
		return
	}
	if s.sum, s.err = known.Read(s.path, room); s.err != nil || s.recall(known) {
		return
	}
	if s.head, s.err = scanner.Scan(s.path, room.Bytes()); s.err == nil {
		known.Keep(headFact, s.head, s.sum)
	}
}

func (s *snapshotFile) recall(known *filefacts.Store) bool {
	fact, ok := known.Fact(headFact, s.sum)
	return ok && json.Unmarshal(fact, &s.head) == nil
}
