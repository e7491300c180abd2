package cli

import (
	"fmt"
	"strings"
	"time"

	"github.com/skein-db/skein/internal/inspect"
)

func relationsText(r *inspectResult, p paint) string {
	if len(r.Tables) == 0 {
		return p.bold(r.Database) + " has no tables\n"
	}
	rows := [][]string{}
	var size int64
	for _, t := range r.Tables {
		size += t.Size
		kind := ""
		if t.Kind != inspect.Table {
			kind = string(t.Kind)
		}
		row := []string{t.Schema + "." + t.Name, "", "", "", "", "", kind}
		if t.Kind != inspect.View {
			row = []string{row[0], bytesText(t.Size), bytesText(t.IndexSize), rowsText(t.Rows), dateText(t.LastVacuum), dateText(t.LastAnalyze), kind}
		}
		rows = append(rows, row)
	}
	return fmt.Sprintf("%s\n\n%s\n%s: %s\n", p.bold(r.Database),
		columnsText([]string{"name", "size", "indexes", "rows", "vacuumed", "analyzed", ""}, rows, p), count(len(rows), "relation"), bytesText(size))
}

// bytesText is a size as pg_size_pretty rounds it.
func bytesText(n int64) string {
	const step = 1024
	if n < 10*step {
		return fmt.Sprintf("%d B", n)
	}
	for _, unit := range []string{"kB", "MB", "GB", "TB"} {
		n = (n + step/2) / step
		if n < 10*step {
			return fmt.Sprintf("%d %s", n, unit)
		}
	}
	return fmt.Sprintf("%d PB", (n+step/2)/step)
}

// rowsText is an estimate as people say it.
func rowsText(n *int64) string {
	switch {
	case n == nil:
		return "?"
	case *n < 10_000:
		return fmt.Sprintf("~%d", *n)
	case *n < 10_000_000:
		return fmt.Sprintf("~%dk", (*n+500)/1000)
	}
	return fmt.Sprintf("~%dM", (*n+500_000)/1_000_000)
}

func dateText(t *time.Time) string {
	if t == nil {
		return "never"
	}
	return t.UTC().Format("2006-01-02 15:04")
}

func objectText(o *inspect.Object, p paint) string {
	var b strings.Builder
	facts := []string{string(o.Kind)}
	if o.Kind != inspect.Enum && o.Kind != inspect.View && o.Kind != inspect.Sequence {
		facts = append(facts, bytesText(o.Size)+" with "+bytesText(o.IndexSize)+" of indexes", rowsText(o.Rows)+" rows")
	}
	if o.RowSecurity != "off" {
		facts = append(facts, "row security "+o.RowSecurity)
	}
	facts = append(facts, "owned by "+o.Owner)
	fmt.Fprintf(&b, "%s  %s\n", p.bold(o.Schema+"."+o.Name), p.faint(strings.Join(facts, ", ")))
	if o.Comment != "" {
		b.WriteString(indent(o.Comment, "  "))
	}
	part := func(title string, rows [][]string) {
		if len(rows) > 0 {
			fmt.Fprintf(&b, "\n%s\n%s", p.bold(title), columnsText(nil, rows, p))
		}
	}
	part("columns", columnRows(o))
	part("indexes", indexRows(o))
	part("foreign keys", constraintRows(inspect.Plain(o.ForeignKeys), false))
	part("referenced by", constraintRows(inspect.Plain(o.ReferencedBy), true))
	part("checks", constraintRows(o.Checks, false))
	part("policies", policyRows(o))
	part("triggers", triggerRows(o))
	if o.PartitionOf != "" {
		part("partition of", [][]string{{o.PartitionOf, o.Bound}})
	}
	part("partitions"+by(o.PartitionKey), partitionRows(o))
	part("inherits", listRows(o.Inherits))
	part("inherited by", listRows(o.InheritedBy))
	part("values", listRows(o.Values))
	part("used by", listRows(o.UsedBy))
	part("sequence", sequenceRows(o.Sequence))
	if o.Definition != "" {
		fmt.Fprintf(&b, "\n%s\n%s", p.bold("definition"), indent(strings.TrimSpace(o.Definition), "  "))
	}
	return b.String()
}

func by(key string) string {
	if key == "" {
		return ""
	}
	return " by " + key
}

func columnRows(o *inspect.Object) [][]string {
	var rows [][]string
	for _, c := range o.Columns {
		null, value := "", c.Default
		if c.NotNull {
			null = "not null"
		}
		switch {
		case c.Generated != "":
			value = "generated always as (" + c.Generated + ")"
		case c.Identity != "":
			value = "generated " + c.Identity + " as identity"
		case value != "":
			value = "default " + value
		}
		if c.Collation != "" {
			value = strings.TrimSpace("collate " + c.Collation + " " + value)
		}
		rows = append(rows, []string{c.Name, c.Type, null, value, oneLine(c.Comment)})
	}
	return rows
}

func indexRows(o *inspect.Object) [][]string {
	var rows [][]string
	for _, i := range o.Indexes {
		definition := i.Definition
		if at := strings.Index(definition, " USING "); at >= 0 {
			definition = definition[at+len(" USING "):]
		}
		var words []string
		switch {
		case i.Primary:
			words = append(words, "primary key")
		case i.Unique:
			words = append(words, "unique")
		}
		if !i.Valid {
			words = append(words, "INVALID")
		}
		rows = append(rows, []string{i.Name, strings.Join(words, ", "), oneLine(definition), bytesText(i.Size), count(int(i.Scans), "scan")})
	}
	return rows
}

func constraintRows(all []inspect.Constraint, table bool) [][]string {
	var rows [][]string
	for _, c := range all {
		row := []string{c.Name, oneLine(c.Definition)}
		if table {
			row = []string{c.Table, c.Name, oneLine(c.Definition)}
		}
		rows = append(rows, row)
	}
	return rows
}

func policyRows(o *inspect.Object) [][]string {
	var rows [][]string
	for _, policy := range o.Policies {
		how := "for " + policy.Command + " to " + strings.Join(policy.Roles, ", ")
		if !policy.Permissive {
			how = "restrictive, " + how
		}
		rule := ""
		if policy.Using != "" {
			rule = "using " + policy.Using
		}
		if policy.Check != "" {
			rule = strings.TrimSpace(rule + " with check " + policy.Check)
		}
		rows = append(rows, []string{policy.Name, how, oneLine(rule)})
	}
	return rows
}

func triggerRows(o *inspect.Object) [][]string {
	var rows [][]string
	for _, t := range o.Triggers {
		state := ""
		if !t.Enabled {
			state = "disabled"
		}
		rows = append(rows, []string{t.Name, oneLine(t.Definition), state})
	}
	return rows
}

func partitionRows(o *inspect.Object) [][]string {
	var rows [][]string
	for _, partition := range o.Partitions {
		rows = append(rows, []string{partition.Name, partition.Bound})
	}
	return rows
}

func listRows(all []string) [][]string {
	var rows [][]string
	for _, one := range all {
		rows = append(rows, []string{one})
	}
	return rows
}

func sequenceRows(s *inspect.SequenceState) [][]string {
	if s == nil {
		return nil
	}
	last := "none yet"
	if s.Last != nil {
		last = fmt.Sprint(*s.Last)
	}
	rows := [][]string{
		{"type", s.Type}, {"last value", last}, {"start", fmt.Sprint(s.Start)}, {"increment", fmt.Sprint(s.Increment)},
		{"range", fmt.Sprintf("%d to %d", s.Minimum, s.Maximum)}, {"cache", fmt.Sprint(s.Cache)},
	}
	if s.Cycle {
		rows = append(rows, []string{"cycle", "yes"})
	}
	if s.OwnedBy != "" {
		rows = append(rows, []string{"owned by", s.OwnedBy})
	}
	return rows
}
