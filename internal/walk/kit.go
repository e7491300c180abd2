package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"

	"github.com/skein-db/skein/internal/schema"
	"github.com/skein-db/skein/internal/snapshot"
)

// kit is the real drizzle-kit in a Node.js process that answers line by line.
type kit struct {
	cmd *exec.Cmd
	in  io.WriteCloser
	out *bufio.Reader
}

// kitAnswer is what drizzle-kit made of two snapshots.
type kitAnswer struct {
	SQL   []string `json:"sql"`
	Error string   `json:"error"` // it crashed
}

func startKit(script, dir string) (*kit, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return nil, err
	}
	k := &kit{cmd: exec.Command("node", script, dir)}
	if k.in, err = k.cmd.StdinPipe(); err != nil {
		return nil, err
	}
	out, err := k.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	k.out = bufio.NewReaderSize(out, 1<<20)
	k.cmd.Stderr = os.Stderr
	return k, k.cmd.Start()
}

func (k *kit) stop() {
	k.in.Close()
	k.cmd.Wait()
}

// generate asks for the statements from one snapshot to the next. answers are
// the numbers of the choices, in the order of the prompts.
func (k *kit) generate(from, to *snapshot.Snapshot, answers []int) (kitAnswer, error) {
	if len(answers) == 0 {
		answers = []int{0}
	}
	var reply kitAnswer
	question, err := json.Marshal(map[string]any{
		"from": json.RawMessage(currentForm(from)), "to": json.RawMessage(currentForm(to)), "answers": answers,
	})
	if err != nil {
		return reply, err
	}
	if _, err := k.in.Write(append(question, '\n')); err != nil {
		return reply, fmt.Errorf("drizzle-kit: %w", err)
	}
	line, err := k.out.ReadBytes('\n')
	if err != nil {
		return reply, fmt.Errorf("drizzle-kit: %w", err)
	}
	return reply, json.Unmarshal(line, &reply)
}

// currentForm is a snapshot as drizzle-kit reads it: the committed bytes, or
// what they come to in the current version.
func currentForm(s *snapshot.Snapshot) []byte {
	switch {
	case s == nil:
		return snapshot.New("0", "0", &schema.Schema{}).Encode()
	case s.Version == snapshot.CurrentVersion:
		return s.Encode()
	}
	return snapshot.New(s.ID, s.PrevID, &s.Schema).Encode()
}
