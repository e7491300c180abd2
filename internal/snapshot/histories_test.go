package snapshot

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
)

// histories returns the snapshot and journal files of the folders that
// SKEIN_HISTORIES names (a list of migrations folders, separated as PATH is).
func histories(t testing.TB) (snapshots, journals []string) {
	t.Helper()
	folders := filepath.SplitList(os.Getenv("SKEIN_HISTORIES"))
	if len(folders) == 0 {
		t.Skip("SKEIN_HISTORIES names no migrations folders")
	}
	for _, folder := range folders {
		found, _ := filepath.Glob(filepath.Join(folder, "meta", "*_snapshot.json"))
		snapshots = append(snapshots, found...)
		journals = append(journals, filepath.Join(folder, "meta", "_journal.json"))
	}
	return snapshots, journals
}

func TestHistoriesRoundTrip(t *testing.T) {
	snapshots, journals := histories(t)
	for _, file := range snapshots {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		s, err := Decode(file, data)
		if err != nil {
			t.Error(err)
			continue
		}
		if !bytes.Equal(s.Encode(), data) {
			t.Errorf("%s: other bytes", file)
		}
		// The layout itself, not the kept bytes. Some people's editors end a
		// file with a newline, which drizzle-kit does not.
		if version7 := s.Version == 7; version7 && !bytes.Equal(s.doc.stringify(), bytes.TrimSuffix(data, []byte("\n"))) {
			t.Errorf("%s: other layout", file)
		}
	}
	for _, file := range journals {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		j, err := DecodeJournal(file, data)
		if err != nil {
			t.Error(err)
			continue
		}
		if !bytes.Equal(j.Encode(), data) || !bytes.Equal(j.doc.stringify(), bytes.TrimSuffix(data, []byte("\n"))) {
			t.Errorf("%s: other bytes", file)
		}
	}
}

func BenchmarkDecode(b *testing.B) {
	benchmark(b, func(file string, data []byte) error {
		_, err := Decode(file, data)
		return err
	})
}

func BenchmarkScan(b *testing.B) {
	benchmark(b, func(file string, data []byte) error {
		_, err := Scan(file, data)
		return err
	})
}

func benchmark(b *testing.B, read func(file string, data []byte) error) {
	snapshots, _ := histories(b)
	var all [][]byte
	total := 0
	for _, file := range snapshots {
		data, err := os.ReadFile(file)
		if err != nil {
			b.Fatal(err)
		}
		all = append(all, data)
		total += len(data)
	}
	b.SetBytes(int64(total))
	b.ReportAllocs()
	for b.Loop() {
		for i, data := range all {
			if err := read(snapshots[i], data); err != nil {
				b.Fatal(err)
			}
		}
	}
}
