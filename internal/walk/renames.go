package main

import (
	"regexp"
	"strings"

	"github.com/skein-db/skein/internal/diff"
	"github.com/skein-db/skein/internal/schema"
	"github.com/skein-db/skein/internal/sqltext"
)

// committed answers questions about renames from the SQL that people committed,
// and keeps its answers as the numbers that drizzle-kit's prompts count.
type committed struct {
	sql     string
	numbers []int
}

// renameStatements says how a rename of each kind reads. OLD, NEW and TABLE are
// quoted names; any schema may stand before OLD and TABLE.
var renameStatements = map[diff.Kind]string{
	diff.KindSchema:       `ALTER SCHEMA OLD RENAME TO NEW`,
	diff.KindEnum:         `ALTER TYPE \S*OLD (RENAME TO|SET SCHEMA) NEW`,
	diff.KindSequence:     `ALTER SEQUENCE \S*OLD (RENAME TO|SET SCHEMA) NEW`,
	diff.KindRole:         `ALTER ROLE OLD RENAME TO NEW`,
	diff.KindTable:        `ALTER TABLE (IF EXISTS )?\S*OLD (RENAME TO|SET SCHEMA) NEW`,
	diff.KindColumn:       `ALTER TABLE (IF EXISTS )?\S*TABLE RENAME (COLUMN )?OLD TO NEW`,
	diff.KindPolicy:       `ALTER POLICY OLD ON \S*TABLE (RENAME )?TO NEW`,
	diff.KindLinkedPolicy: `ALTER POLICY OLD ON \S* (RENAME )?TO NEW`,
	diff.KindView:         `ALTER (MATERIALIZED )?VIEW \S*OLD (RENAME TO|SET SCHEMA) NEW`,
}

// Resolve implements diff.Resolver.
func (c *committed) Resolve(q diff.Question) (diff.Answer, error) {
	for i, from := range q.Candidates {
		if c.renames(q, from) {
			c.numbers = append(c.numbers, i+1)
			return diff.Answer{Rename: true, From: from}, nil
		}
	}
	c.numbers = append(c.numbers, 0)
	return diff.Answer{}, nil
}

func (c *committed) renames(q diff.Question, from schema.Ref) bool {
	now := q.Created.Name
	if now == from.Name && q.Created.Schema != from.Schema {
		now = q.Created.Schema
	}
	table := ""
	if q.Table != nil {
		table = q.Table.Name
	}
	name := func(s string) string { return regexp.QuoteMeta(sqltext.QuoteIdent(s)) }
	pattern := strings.NewReplacer("OLD", name(from.Name), "NEW", name(now), "TABLE RENAME (COLUMN", name(table)+" RENAME (COLUMN", `\S*TABLE (`, `\S*`+name(table)+" (").
		Replace(renameStatements[q.Kind])
	found, err := regexp.MatchString(pattern, c.sql)
	return err == nil && found
}
