package reverse

import (
	"fmt"
	"strings"

	"github.com/skein-db/skein/internal/adopt"
	"github.com/skein-db/skein/internal/diag"
	"github.com/skein-db/skein/internal/migrate"
)

// Choose returns the places of the last n applied entries, the newest first.
func Choose(report *migrate.Report, n int) ([]int, error) {
	applied := report.Newest()
	if n > len(applied) {
		return nil, &diag.Error{Kind: diag.Refused,
			Message: fmt.Sprintf("only %d of the migrations are applied, so %d cannot be taken out", len(applied), n),
			Hint:    "`skein status` lists them; nothing was run"}
	}
	return sound(report, applied[:n])
}

// ChooseTo returns the places of the entries applied behind the one with the
// tag, the newest first.
func ChooseTo(report *migrate.Report, tag string) ([]int, error) {
	at, err := adopt.Find(report, tag)
	if err != nil {
		return nil, err
	}
	if e := report.Entries[at]; e.State == migrate.StatePending || e.State == migrate.StateSkipped {
		return nil, &diag.Error{Kind: diag.Refused, File: e.Migration.File, Message: tag + " is not applied, so there is no way back to it",
			Hint: "name the last migration that is to stay; `skein status` lists them; nothing was run"}
	}
	var chosen []int
	for _, i := range report.Newest() {
		if i > at {
			chosen = append(chosen, i)
		}
	}
	return sound(report, chosen)
}

// sound refuses a way back through what is not known for sure. The snapshots
// tell what a migration did only if the database ran all of them up to there,
// and as they are now.
func sound(report *migrate.Report, chosen []int) ([]int, error) {
	if len(chosen) == 0 {
		return nil, nil
	}
	for i := chosen[len(chosen)-1]; i <= chosen[0]; i++ {
		e := &report.Entries[i]
		refused := &diag.Error{Kind: diag.Refused, File: e.Migration.File}
		switch {
		case e.State == migrate.StateEdited:
			refused.Message = e.Migration.Entry.Tag + " was edited after it was applied, so its snapshot may not be what the database ran"
			refused.Hint = "put back what was applied (`skein status` shows the difference), or say by `skein mark` that the file is right as it is; nothing was run"
		case e.State != migrate.StateApplied:
			refused.Message = e.Migration.Entry.Tag + " is not applied, and is older than one that is to be taken out"
			refused.Hint = "apply it first (`skein migrate`), or write a new migration that undoes what is wrong; nothing was run"
		default:
			continue
		}
		return nil, refused
	}
	return chosen, nil
}

// Strangers says what there is to know of rows that no entry explains, "" for
// nothing: the way back does not know what they did.
func Strangers(report *migrate.Report) string {
	if len(report.Unknown) == 0 {
		return ""
	}
	var hashes []string
	for _, row := range report.Unknown {
		hashes = append(hashes, fmt.Sprintf("row %d (hash %.12s)", row.ID, row.Hash))
	}
	return "the database has migrations that this folder does not know: " + strings.Join(hashes, ", ")
}
