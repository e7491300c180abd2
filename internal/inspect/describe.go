package inspect

import (
	"context"
	"strings"
	"time"
)

// Name is an object that can be described.
type Name struct {
	Schema  string `json:"schema"`
	Name    string `json:"name"`
	Kind    Kind   `json:"kind"`
	Visible bool   `json:"visible"` // found without its schema, by the connection's search_path
	ID      uint32 `json:"id"`
}

// String is the name as people write it.
func (n Name) String() string { return n.Schema + "." + n.Name }

// Names lists every object that can be described, by schema and name.
func (r *Reader) Names(ctx context.Context) ([]Name, error) {
	var all []Name
	return all, r.ask(ctx, &all, namesQuery)
}

// Match returns the names that text means: "users", "public.users", or with
// quotes as in SQL. Of several with the same name in different schemas the
// visible one is meant.
func Match(names []Name, text string) []Name {
	var found, visible []Name
	plain := strings.ReplaceAll(text, `"`, "")
	for _, n := range names {
		switch plain {
		case n.String():
			return []Name{n}
		case n.Name:
			found = append(found, n)
			if n.Visible {
				visible = append(visible, n)
			}
		}
	}
	if len(visible) == 1 {
		return visible
	}
	return found
}

// Object is everything there is to a table, view, sequence or enum.
type Object struct {
	Schema     string `json:"schema"`
	Name       string `json:"name"`
	Kind       Kind   `json:"kind"`
	Owner      string `json:"owner"`
	Comment    string `json:"comment,omitempty"`
	Rows       *int64 `json:"rows"`
	Size       int64  `json:"size"`
	IndexSize  int64  `json:"indexSize"`
	ToastSize  int64  `json:"toastSize"`
	Definition string `json:"definition,omitempty"` // of a view

	Columns      []Column       `json:"columns"`
	Indexes      []Index        `json:"indexes"`
	ForeignKeys  []ForeignKey   `json:"foreignKeys"`
	ReferencedBy []ForeignKey   `json:"referencedBy"` // foreign keys of other tables
	Checks       []Constraint   `json:"checks"`       // and exclusion constraints
	RowSecurity  string         `json:"rowSecurity"`  // "off", "on" or "forced"
	Policies     []Policy       `json:"policies"`
	Triggers     []Trigger      `json:"triggers"`
	PartitionOf  string         `json:"partitionOf,omitempty"`
	Bound        string         `json:"bound,omitempty"`
	PartitionKey string         `json:"partitionKey,omitempty"`
	Partitions   []Partition    `json:"partitions"`
	Inherits     []string       `json:"inherits"`    // tables, by INHERITS
	InheritedBy  []string       `json:"inheritedBy"` // tables
	Sequence     *SequenceState `json:"sequence,omitempty"`
	Uses         *Uses          `json:"uses,omitempty"` // of a table
	Values       []string       `json:"values"`         // of an enum
	UsedBy       []string       `json:"usedBy"`         // columns with an enum
}

// Column is a column of a table or view.
type Column struct {
	Name      string `json:"name"`
	Type      string `json:"type"`
	NotNull   bool   `json:"notNull"`
	Default   string `json:"default,omitempty"`
	Generated string `json:"generated,omitempty"` // the expression
	Identity  string `json:"identity,omitempty"`  // "always" or "by default"
	Collation string `json:"collation,omitempty"` // where it is not the type's
	Comment   string `json:"comment,omitempty"`
}

// Index is an index with what it costs and brings.
type Index struct {
	Name       string `json:"name"`
	Definition string `json:"definition"`
	Primary    bool   `json:"primary"`
	Unique     bool   `json:"unique"`
	Valid      bool   `json:"valid"`
	Size       int64  `json:"size"`
	Scans      int64  `json:"scans"` // since the statistics were reset
	// Columns are those that the index is by; nil stands for an expression.
	Columns   []*string `json:"columns"`
	Method    string    `json:"method"`
	Predicate string    `json:"predicate,omitempty"` // of a partial index
}

// Constraint is a check, or what a foreign key has too.
type Constraint struct {
	Name       string `json:"name"`
	Table      string `json:"table"`
	Definition string `json:"definition"`
	Validated  bool   `json:"validated"`
}

// Ref names a table.
type Ref struct {
	Schema string `json:"schema"`
	Name   string `json:"name"`
}

// ForeignKey is a foreign key, seen from either end.
type ForeignKey struct {
	Constraint
	From       Ref      `json:"from"`
	Columns    []string `json:"columns"`
	To         Ref      `json:"to"`
	References []string `json:"references"`
	OnDelete   string   `json:"onDelete"` // "no action", "restrict", "cascade", "set null" or "set default"
	OnUpdate   string   `json:"onUpdate"`
	Indexed    bool     `json:"indexed"` // an index of the table that has it begins with one of its columns
}

// Plain are foreign keys without what only they have.
func Plain(keys []ForeignKey) []Constraint {
	var all []Constraint
	for _, k := range keys {
		all = append(all, k.Constraint)
	}
	return all
}

// Uses is how a table was used since the statistics were reset.
type Uses struct {
	SeqScans    int64      `json:"seqScans"`
	IndexScans  int64      `json:"indexScans"`
	Inserted    int64      `json:"inserted"`
	Updated     int64      `json:"updated"`
	Deleted     int64      `json:"deleted"`
	LiveRows    int64      `json:"liveRows"` // estimated
	DeadRows    int64      `json:"deadRows"` // estimated
	LastVacuum  *time.Time `json:"lastVacuum"`
	LastAnalyze *time.Time `json:"lastAnalyze"`
}

// Policy is a row security policy.
type Policy struct {
	Name       string   `json:"name"`
	Command    string   `json:"command"` // "all", "select", "insert", "update" or "delete"
	Permissive bool     `json:"permissive"`
	Roles      []string `json:"roles"`
	Using      string   `json:"using,omitempty"`
	Check      string   `json:"check,omitempty"`
}

// Trigger is a trigger that was not made by a constraint.
type Trigger struct {
	Name       string `json:"name"`
	Definition string `json:"definition"`
	Enabled    bool   `json:"enabled"`
}

// Partition is a partition of a table.
type Partition struct {
	Name  string `json:"name"`
	Bound string `json:"bound"`
}

// SequenceState is how a sequence counts.
type SequenceState struct {
	Type      string `json:"type"`
	Start     int64  `json:"start"`
	Minimum   int64  `json:"minimum"`
	Maximum   int64  `json:"maximum"`
	Increment int64  `json:"increment"`
	Cycle     bool   `json:"cycle"`
	Cache     int64  `json:"cache"`
	Last      *int64 `json:"last"` // nil where none was taken yet, or it may not be seen
	OwnedBy   string `json:"ownedBy,omitempty"`
}

// Describe reads all that there is to an object.
func (r *Reader) Describe(ctx context.Context, n Name) (*Object, error) {
	o := &Object{
		Schema: n.Schema, Name: n.Name, Kind: n.Kind, RowSecurity: "off",
		Columns: []Column{}, Indexes: []Index{}, ForeignKeys: []ForeignKey{}, ReferencedBy: []ForeignKey{}, Checks: []Constraint{},
		Policies: []Policy{}, Triggers: []Trigger{}, Partitions: []Partition{}, Inherits: []string{}, InheritedBy: []string{}, Values: []string{}, UsedBy: []string{},
	}
	// Definitions are printed with schemas, except those in public.
	if _, err := r.tx.Exec(ctx, "set local search_path = public"); err != nil {
		return nil, failed(err)
	}
	if n.Kind == Enum {
		return o, r.ask(ctx, o, enumQuery, n.ID)
	}
	if err := r.ask(ctx, o, objectQuery, n.ID); err != nil {
		return nil, err
	}
	if n.Kind == Sequence {
		o.Sequence = &SequenceState{}
		return o, r.ask(ctx, o.Sequence, sequenceQuery, n.ID)
	}
	for _, part := range []struct {
		into  any
		query string
	}{
		{&o.Columns, columnsQuery}, {&o.Indexes, indexesQuery}, {&o.ForeignKeys, foreignKeysQuery}, {&o.ReferencedBy, referencedByQuery},
		{&o.Checks, checksQuery}, {&o.Policies, policiesQuery}, {&o.Triggers, triggersQuery}, {&o.Partitions, partitionsQuery},
	} {
		if err := r.ask(ctx, part.into, part.query, n.ID); err != nil {
			return nil, err
		}
	}
	return o, nil
}
