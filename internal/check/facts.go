package check

import (
	"bytes"
	"context"
	"os"
	"runtime"
	"sync"
	"sync/atomic"

	"github.com/skein-db/skein/internal/config"
	"github.com/skein-db/skein/internal/history"
	"github.com/skein-db/skein/internal/snapshot"
	"github.com/skein-db/skein/internal/sqltree"
)

// facts is what rules look at.
type facts struct {
	in        Input
	history   *history.History
	snapshots []snapshotFile // by name
	// statements are those of each migration.
	statements [][]sqltree.Statement
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
	head snapshot.Head
	err  error
}

func gather(ctx context.Context, in Input) (*facts, error) {
	h, err := history.Survey(in.Dir)
	if err != nil {
		return nil, err
	}
	if in.Team == nil {
		in.Team = &config.Config{}
	}
	f := &facts{in: in, history: h}
	if f.compared() {
		f.landed = in.Base.landed()
	}
	for _, path := range h.SnapshotFiles() {
		f.snapshots = append(f.snapshots, snapshotFile{path: path})
	}
	if in.Desired != nil {
		f.last, f.lastErr = h.LastSnapshot()
	}
	if err := scanAll(ctx, f.snapshots); err != nil {
		return nil, err
	}
	f.collisions = f.collide()
	texts := make([]string, len(h.Migrations))
	for i, m := range h.Migrations {
		texts[i] = m.SQL
	}
	f.statements, err = sqltree.ParseAll(ctx, texts)
	return f, err
}

// scanAll reads the snapshots, as many at once as there are processors.
func scanAll(ctx context.Context, files []snapshotFile) error {
	var next atomic.Int64
	var workers sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), len(files)) {
		workers.Go(func() {
			var room bytes.Buffer // Scan keeps nothing of it
			for ctx.Err() == nil {
				i := int(next.Add(1)) - 1
				if i >= len(files) {
					return
				}
				files[i].scan(&room)
			}
		})
	}
	workers.Wait()
	return ctx.Err()
}

func (s *snapshotFile) scan(room *bytes.Buffer) {
	f, err := os.Open(s.path)
	if err != nil {
		s.err = err
		return
	}
	defer f.Close()
	room.Reset()
	if _, s.err = room.ReadFrom(f); s.err == nil {
		s.head, s.err = snapshot.Scan(s.path, room.Bytes())
	}
}
