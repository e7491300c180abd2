package studio

import (
	"net/http"
	"strings"
	"time"

	"github.com/skein-db/skein/internal/diag"
	"github.com/skein-db/skein/internal/inspect"
	"github.com/skein-db/skein/internal/studio/pool"
	"github.com/skein-db/skein/internal/studio/rows"
)

type tableAnswer struct {
	Schema       string              `json:"schema"`
	Name         string              `json:"name"`
	Kind         string              `json:"kind"`
	Owner        string              `json:"owner"`
	Comment      string              `json:"comment,omitempty"`
	Rows         *int64              `json:"rows"`
	Bytes        bytesAnswer         `json:"bytes"`
	Key          []string            `json:"key"`
	Columns      []columnAnswer      `json:"columns"`
	Indexes      []indexAnswer       `json:"indexes"`
	Checks       []checkAnswer       `json:"checks"`
	Uniques      []uniqueAnswer      `json:"uniques"`
	ForeignKeys  []linkAnswer        `json:"foreignKeys"`
	ReferencedBy []linkAnswer        `json:"referencedBy"`
	Policies     []inspect.Policy    `json:"policies"`
	RLS          rlsAnswer           `json:"rls"`
	Triggers     []inspect.Trigger   `json:"triggers"`
	PartitionOf  string              `json:"partitionOf,omitempty"`
	Bound        string              `json:"bound,omitempty"`
	PartitionKey string              `json:"partitionKey,omitempty"`
	Partitions   []inspect.Partition `json:"partitions"`
	Inherits     []string            `json:"inherits"`
	InheritedBy  []string            `json:"inheritedBy"`
	View         string              `json:"view,omitempty"`
	Stats        *statsAnswer        `json:"stats"`
}

type indexAnswer struct {
	Name       string    `json:"name"`
	Columns    []*string `json:"columns"` // null stands for an expression
	Definition string    `json:"definition"`
	Unique     bool      `json:"unique"`
	Primary    bool      `json:"primary"`
	Valid      bool      `json:"valid"`
	Method     string    `json:"method"`
	Predicate  string    `json:"predicate,omitempty"`
	Bytes      int64     `json:"bytes"`
	Scans      int64     `json:"scans"`
}

type checkAnswer struct {
	Name       string `json:"name"`
	Definition string `json:"definition"`
	Validated  bool   `json:"validated"`
}

type uniqueAnswer struct {
	Name    string   `json:"name"`
	Columns []string `json:"columns"`
}

// linkAnswer is a foreign key. Table is the one at the other end.
type linkAnswer struct {
	Name       string      `json:"name"`
	Columns    []string    `json:"columns"`
	Table      inspect.Ref `json:"table"`
	References []string    `json:"references"`
	OnDelete   string      `json:"onDelete"`
	OnUpdate   string      `json:"onUpdate"`
	Validated  bool        `json:"validated"`
	Indexed    bool        `json:"indexed"`
}

func newLinkAnswer(k inspect.ForeignKey, table inspect.Ref) linkAnswer {
	return linkAnswer{k.Name, k.Columns, table, k.References, k.OnDelete, k.OnUpdate, k.Validated, k.Indexed}
}

type statsAnswer struct {
	SeqScans    int64      `json:"seqScans"`
	IdxScans    int64      `json:"idxScans"`
	Inserted    int64      `json:"inserted"`
	Updated     int64      `json:"updated"`
	Deleted     int64      `json:"deleted"`
	LiveRows    int64      `json:"liveRows"`
	DeadRows    int64      `json:"deadRows"`
	LastVacuum  *time.Time `json:"lastVacuum"`
	LastAnalyze *time.Time `json:"lastAnalyze"`
}

type bytesAnswer struct {
	Total   int64 `json:"total"`
	Table   int64 `json:"table"`
	Indexes int64 `json:"indexes"`
	Toast   int64 `json:"toast"`
}

type rlsAnswer struct {
	Enabled bool `json:"enabled"`
	Forced  bool `json:"forced"`
}

type columnAnswer struct {
	Name      string    `json:"name"`
	Type      string    `json:"type"`
	Kind      rows.Kind `json:"kind"`
	Element   rows.Kind `json:"element,omitempty"`
	Nullable  bool      `json:"nullable"`
	Default   *string   `json:"default"`
	Identity  string    `json:"identity,omitempty"` // "always" or "by default"
	Generated *string   `json:"generated,omitempty"`
	Collation string    `json:"collation,omitempty"` // where it is not the type's
	Primary   bool      `json:"primary"`
	Enum      []string  `json:"enum,omitempty"`
	Comment   *string   `json:"comment,omitempty"`
	Updatable bool      `json:"updatable"`
	Sortable  bool      `json:"sortable"`
}

func (s *Server) table(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	name := rows.Ref{Schema: r.URL.Query().Get("schema"), Name: r.URL.Query().Get("name")}
	var shape *rows.Shape
	err := s.pool.Read(ctx, readTimeout, func(tx *pool.Tx) (err error) {
		shape, err = rows.Of(ctx, tx, name)
		return err
	})
	if err != nil {
		return err
	}
	var object *inspect.Object
	err = s.look(ctx, func(look *inspect.Reader) error {
		kind, ok := relationKinds[shape.RelKind]
		if !ok {
			return &diag.Error{Kind: diag.Usage, Message: name.String() + " is no table or view", Hint: "reload the list"}
		}
		object, err = look.Describe(ctx, inspect.Name{Schema: name.Schema, Name: name.Name, Kind: kind, ID: shape.OID})
		return err
	})
	if err != nil {
		return err
	}
	return s.ok(w, newTableAnswer(shape, object))
}

var relationKinds = map[string]inspect.Kind{
	"r": inspect.Table, "p": inspect.PartitionedTable, "v": inspect.View, "m": inspect.MaterializedView, "f": inspect.ForeignTable,
}

func newTableAnswer(shape *rows.Shape, o *inspect.Object) *tableAnswer {
	kind := kindNames[o.Kind]
	if o.PartitionOf != "" && o.Kind == inspect.Table {
		kind = "partition"
	}
	a := &tableAnswer{
		Schema: o.Schema, Name: o.Name, Kind: kind, Owner: o.Owner, Comment: o.Comment, Rows: o.Rows, Key: shape.Key,
		Bytes:   bytesAnswer{o.Size, o.Size - o.IndexSize - o.ToastSize, o.IndexSize, o.ToastSize},
		Indexes: []indexAnswer{}, Checks: []checkAnswer{}, Uniques: []uniqueAnswer{}, ForeignKeys: []linkAnswer{}, ReferencedBy: []linkAnswer{}, Policies: o.Policies,
		RLS: rlsAnswer{o.RowSecurity != "off", o.RowSecurity == "forced"}, Triggers: o.Triggers,
		PartitionOf: o.PartitionOf, Bound: o.Bound, PartitionKey: o.PartitionKey, Partitions: o.Partitions, Inherits: o.Inherits, InheritedBy: o.InheritedBy, View: o.Definition,
		Columns: []columnAnswer{},
	}
	primary := a.addIndexes(o.Indexes)
	a.addConstraints(o)
	if u := o.Uses; u != nil {
		a.Stats = &statsAnswer{u.SeqScans, u.IndexScans, u.Inserted, u.Updated, u.Deleted, u.LiveRows, u.DeadRows, u.LastVacuum, u.LastAnalyze}
	}
	collations := map[string]string{}
	for _, c := range o.Columns {
		collations[c.Name] = c.Collation
	}
	for _, c := range shape.Columns {
		a.Columns = append(a.Columns, columnAnswer{
			Name: c.Name, Type: c.Type, Kind: c.Kind(), Element: c.ElementKind(), Nullable: !c.NotNull, Default: c.Default,
			Identity: map[string]string{"a": "always", "d": "by default"}[c.Identity], Generated: c.Generated, Collation: collations[c.Name],
			Primary: primary[c.Name], Enum: c.Values, Comment: c.Comment, Updatable: c.Updatable(), Sortable: c.Sortable,
		})
	}
	return a
}

// addIndexes also returns which columns are of the primary key.
func (a *tableAnswer) addIndexes(all []inspect.Index) (primary map[string]bool) {
	primary = map[string]bool{}
	for _, i := range all {
		a.Indexes = append(a.Indexes, indexAnswer{i.Name, i.Columns, i.Definition, i.Unique, i.Primary, i.Valid, i.Method, i.Predicate, i.Size, i.Scans})
		names := []string{}
		for _, c := range i.Columns {
			if c != nil {
				names = append(names, *c)
				primary[*c] = primary[*c] || i.Primary
			}
		}
		if i.Unique && !i.Primary && i.Predicate == "" && len(names) == len(i.Columns) {
			a.Uniques = append(a.Uniques, uniqueAnswer{i.Name, names})
		}
	}
	return primary
}

func (a *tableAnswer) addConstraints(o *inspect.Object) {
	for _, c := range o.Checks {
		a.Checks = append(a.Checks, checkAnswer{c.Name, strings.TrimSuffix(c.Definition, " NOT VALID"), c.Validated})
	}
	for _, k := range o.ForeignKeys {
		a.ForeignKeys = append(a.ForeignKeys, newLinkAnswer(k, k.To))
	}
	for _, k := range o.ReferencedBy {
		a.ReferencedBy = append(a.ReferencedBy, newLinkAnswer(k, k.From))
	}
}
