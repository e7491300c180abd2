package check

import (
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/skein-db/skein/internal/finding"
	"github.com/skein-db/skein/internal/history"
	"github.com/skein-db/skein/internal/replay"
)

// replayRuns says which migration does not run after those before it.
func replayRuns(f *facts) []finding.Finding {
	if f.in.Proof == nil || f.in.Proof.Failure == nil {
		return nil
	}
	failed := f.in.Proof.Failure
	if failed.Extension == "" {
		return []finding.Finding{at(failed, finding.Finding{
			Code: "replay-failed", Severity: finding.Error,
			Message: "the migration does not run on a database with those before it: " + failed.Message,
		})}
	}
	severity := finding.Error
	if !f.in.ProofWanted {
		severity = finding.Warning // it is this machine's lack, and no fault of the history's
	}
	return []finding.Finding{at(failed, finding.Finding{
		Code: "replay-extension-missing", Severity: severity,
		Message: fmt.Sprintf("the throwaway PostgreSQL (%s) lacks the extension %s, so the history was run no further than here",
			f.in.Proof.Server, failed.Extension),
	})}
}

// at gives a finding the place of a failure and what PostgreSQL says.
func at(failed *replay.Failure, out finding.Finding) finding.Finding {
	out.File, out.Line, out.Column, out.Migration = failed.File, failed.Line, failed.Column, failed.Migration
	out.Source, out.Detail, out.Hint = failed.Source, failed.Detail, failed.Hint
	return out
}

// viewsBuilt says where PostgreSQL does not even make a database of what the
// snapshot or the schema files say, so that there is nothing to compare with.
func viewsBuilt(f *facts) []finding.Finding {
	if f.in.Proof == nil {
		return nil
	}
	var out []finding.Finding
	refused := func(file string, err error) {
		found := fromError("drift-unknown", file, err)
		found.Severity = finding.Warning
		found.Message = "a database with all migrations could not be compared: " + found.Message
		found.Hint = "what is refused needs something that neither this nor a migration makes"
		out = append(out, found)
	}
	if err := f.in.Proof.SnapshotErr; err != nil {
		refused(f.history.LastSnapshotFile(), err)
	}
	if err := f.in.Proof.SchemaFilesErr; err != nil && !errors.Is(err, f.in.Proof.SnapshotErr) {
		refused(f.in.SchemaFile, err)
	}
	return out
}

// snapshotIsDatabase makes one finding of the differences that one migration
// brought in.
func snapshotIsDatabase(f *facts) []finding.Finding {
	if f.in.Proof == nil {
		return nil
	}
	var out []finding.Finding
	for _, m := range f.history.Migrations {
		var rows []replay.Difference
		for _, d := range f.in.Proof.Differences {
			if d.SnapshotDiffers && d.Since == m.Entry.Tag && f.acceptance(d) == nil {
				rows = append(rows, d)
			}
		}
		if len(rows) > 0 {
			out = append(out, f.snapshotDrift(m, rows))
		}
	}
	return out
}

// snapshotDrift is the finding of differences that one migration brought in.
func (f *facts) snapshotDrift(m history.Migration, rows []replay.Difference) finding.Finding {
	severity := finding.Warning
	for _, d := range rows {
		if !onlyFaster(d) {
			severity = finding.Error
		}
	}
	return finding.Finding{
		Code: driftSnapshot, Severity: severity, File: m.File, Migration: m.Entry.Tag,
		Message: fmt.Sprintf("the database that the migrations make is not what the snapshots say, since %s: %s",
			sinceWords(rows[0]), differ(len(rows))),
		Detail: differencesTable(rows, f.in.Proof.SchemaFiles),
		Hint:   driftHint(rows, f.in.Proof.SchemaFiles),
	}
}

// onlyFaster says whether the database has an index more than it was meant to:
// no statement gives another answer for it.
func onlyFaster(d replay.Difference) bool {
	return d.Kind == "index" && d.Snapshot == "" && !strings.HasPrefix(d.Database, "unique ")
}

func sinceWords(d replay.Difference) string {
	if d.SinceFrom == "" {
		return d.Since
	}
	return fmt.Sprintf("%s or one before it from %s on, which have no snapshot", d.Since, d.SinceFrom)
}

func differ(n int) string {
	if n == 1 {
		return "1 object differs"
	}
	return fmt.Sprintf("%d objects differ", n)
}

func driftHint(rows []replay.Difference, filesCompared bool) string {
	for _, d := range rows {
		if !filesCompared || d.SchemaFilesDiffer {
			return "bring the schema files and the database together: declare what the migration made by hand, or undo it in a new migration"
		}
	}
	return "the schema files say what the database says: skein generate would write a migration for what is there; mend the snapshot"
}

// schemaFilesAreDatabase leaves to schemaHeld what is seen without a database:
// changes that were not generated yet.
func schemaFilesAreDatabase(f *facts) []finding.Finding {
	if f.in.Proof == nil || len(schemaHeld(f)) > 0 {
		return nil
	}
	var rows []replay.Difference
	for _, d := range f.in.Proof.Differences {
		if d.SchemaFilesDiffer && !d.SnapshotDiffers && f.acceptance(d) == nil {
			rows = append(rows, d)
		}
	}
	if len(rows) == 0 {
		return nil
	}
	return []finding.Finding{f.schemaDrift(rows)}
}

func (f *facts) schemaDrift(rows []replay.Difference) finding.Finding {
	return finding.Finding{
		Code: driftSchema, Severity: finding.Error, File: f.in.SchemaFile,
		Message: "the database that the migrations make is not what the schema files say, and generate does not see it: " + differ(len(rows)),
		Detail:  differencesTable(rows, true),
		Hint:    "write the change into a migration by hand: skein generate --custom",
	}
}

// widestCell bounds a cell in characters; JSON has all of it.
const widestCell = 56

// differencesTable sets the views side by side.
func differencesTable(rows []replay.Difference, files bool) string {
	cells := [][]string{{"object", "in the database", "in the snapshot"}}
	if files {
		cells[0] = append(cells[0], "in the schema files")
	}
	for _, d := range rows {
		same := shared(d.Database, d.Snapshot)
		if !d.SnapshotDiffers {
			same = shared(d.Database, d.SchemaFiles)
		}
		line := []string{d.Kind + " " + d.Object, cell(d.Database, same), cell(d.Snapshot, same)}
		if files {
			line = append(line, cell(d.SchemaFiles, same))
		}
		cells = append(cells, line)
	}
	widths := make([]int, len(cells[0]))
	for _, line := range cells {
		for i, text := range line {
			widths[i] = max(widths[i], utf8.RuneCountInString(text))
		}
	}
	var b strings.Builder
	for _, line := range cells {
		var row strings.Builder
		for i, text := range line {
			row.WriteString(text + strings.Repeat(" ", widths[i]-utf8.RuneCountInString(text)+2))
		}
		b.WriteString(strings.TrimRight(row.String(), " ") + "\n")
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// shared is how many characters two texts have in common before they part.
func shared(a, b string) int {
	first, second := []rune(a), []rune(b)
	for n := range min(len(first), len(second)) {
		if first[n] != second[n] {
			return n
		}
	}
	return min(len(first), len(second))
}

// cell shows a text, of a long one the part around where views part.
func cell(text string, same int) string {
	if text == "" {
		return "–"
	}
	runes := []rune(text)
	start := 0
	if same > widestCell/2 {
		start = max(0, min(same-widestCell/4, len(runes)-widestCell))
	}
	end := min(len(runes), start+widestCell)
	shown := string(runes[start:end])
	if start > 0 {
		shown = "…" + shown
	}
	if end < len(runes) {
		shown += "…"
	}
	return shown
}
