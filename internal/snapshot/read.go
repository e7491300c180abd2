package snapshot

import "github.com/skein-db/skein/internal/schema"

// readSchema turns a document that fits snapshotShape or bodyShape into a
// Schema. Keys of records are not read: drizzle-kit goes by the names inside.
func readSchema(doc *node) schema.Schema {
	var s schema.Schema
	for i := range doc.kids {
		kid := &doc.kids[i]
		switch kid.key() {
		case "tables":
			s.Tables = readAll(kid, readTable)
		case "enums":
			s.Enums = readAll(kid, readEnum)
		case "schemas":
			s.Schemas = readStrings(kid)
		case "views":
			s.Views = readAll(kid, readView)
		case "sequences":
			s.Sequences = readAll(kid, readSequence)
		case "roles":
			s.Roles = readAll(kid, readRole)
		case "policies":
			s.Policies = readAll(kid, readLinkedPolicy)
		}
	}
	return s
}

func readAll[T any](n *node, read func(*node) T) []T {
	if len(n.kids) == 0 {
		return nil
	}
	out := make([]T, len(n.kids))
	for i := range n.kids {
		out[i] = read(&n.kids[i])
	}
	return out
}

func readStrings(n *node) []string {
	return readAll(n, func(kid *node) string { return kid.str() })
}

func readTable(n *node) schema.Table {
	var t schema.Table
	for i := range n.kids {
		kid := &n.kids[i]
		switch kid.key() {
		case "name":
			t.Name = kid.str()
		case "schema":
			t.Schema = spelled(kid.str())
		case "columns":
			t.Columns = readAll(kid, readColumn)
		case "indexes":
			t.Indexes = readAll(kid, readIndex)
		case "foreignKeys":
			t.ForeignKeys = readAll(kid, readForeignKey)
		case "compositePrimaryKeys":
			t.PrimaryKeys = readAll(kid, readPrimaryKey)
		case "uniqueConstraints":
			t.Uniques = readAll(kid, readUnique)
		case "checkConstraints":
			t.Checks = readAll(kid, readCheck)
		case "policies":
			t.Policies = readAll(kid, readPolicy)
		case "isRLSEnabled":
			t.RLS = kid.kind == 't'
		}
	}
	return t
}

// spelled is the model's spelling of a schema that files leave empty.
func spelled(name string) string {
	if name == "" {
		return schema.Public
	}
	return name
}

func readColumn(n *node) schema.Column {
	var c schema.Column
	for i := range n.kids {
		kid := &n.kids[i]
		switch kid.key() {
		case "name":
			c.Name = kid.str()
		case "type":
			c.Type = kid.str()
		case "typeSchema":
			c.TypeSchema = kid.str()
		case "primaryKey":
			c.PrimaryKey = kid.kind == 't'
		case "notNull":
			c.NotNull = kid.kind == 't'
		case "default":
			value := readScalar(kid)
			c.Default = &value
		case "generated":
			c.Generated = &schema.Generated{As: str(kid, "as"), Type: str(kid, "type")}
		case "identity":
			c.Identity = &schema.Identity{
				Type: str(kid, "type"), Name: str(kid, "name"), Schema: str(kid, "schema"),
				SequenceOptions: readSequenceOptions(kid),
			}
		}
	}
	return c
}

// readScalar reads a value that may be anything in JSON. null, and the arrays
// and objects that only a hand-edited file holds, keep their JSON text, which
// is close to what drizzle-kit prints for them.
func readScalar(n *node) schema.Scalar {
	switch n.kind {
	case '"':
		return schema.Scalar{Kind: schema.String, Text: n.str()}
	case 't', 'f':
		return schema.Scalar{Kind: schema.Boolean, Text: n.text}
	case '0':
		return schema.Scalar{Kind: schema.Number, Text: canonicalNumber(n.text)}
	default:
		return schema.Scalar{Kind: schema.Number, Text: string(n.stringify())}
	}
}

func readIndex(n *node) schema.Index {
	ix := schema.Index{Method: "btree"}
	for i := range n.kids {
		kid := &n.kids[i]
		switch kid.key() {
		case "name":
			ix.Name = kid.str()
		case "columns":
			ix.Columns = readAll(kid, readIndexColumn)
		case "isUnique":
			ix.Unique = kid.kind == 't'
		case "where":
			ix.Where = kid.str()
		case "concurrently":
			ix.Concurrently = kid.kind == 't'
		case "method":
			ix.Method = kid.str()
		case "with":
			ix.With = readAll(kid, readOption)
		}
	}
	return ix
}

func readIndexColumn(n *node) schema.IndexColumn {
	return schema.IndexColumn{
		Expression: str(n, "expression"), IsExpression: is(n, "isExpression"),
		Asc: is(n, "asc"), Nulls: str(n, "nulls"), OpClass: str(n, "opclass"),
	}
}

func readOption(n *node) schema.Option {
	return schema.Option{Name: n.key(), Value: readScalar(n)}
}

func readForeignKey(n *node) schema.ForeignKey {
	return schema.ForeignKey{
		Name: str(n, "name"), Columns: list(n, "columnsFrom"),
		ToSchema: spelled(str(n, "schemaTo")), ToTable: str(n, "tableTo"), ToColumns: list(n, "columnsTo"),
		OnDelete: str(n, "onDelete"), OnUpdate: str(n, "onUpdate"),
	}
}

func readPrimaryKey(n *node) schema.PrimaryKey {
	return schema.PrimaryKey{Name: str(n, "name"), Columns: list(n, "columns")}
}

func readUnique(n *node) schema.Unique {
	return schema.Unique{Name: str(n, "name"), Columns: list(n, "columns"), NullsNotDistinct: is(n, "nullsNotDistinct")}
}

func readCheck(n *node) schema.Check {
	return schema.Check{Name: str(n, "name"), Value: str(n, "value")}
}

func readPolicy(n *node) schema.Policy {
	return schema.Policy{
		Name: str(n, "name"), As: str(n, "as"), For: str(n, "for"), To: list(n, "to"),
		Using: optional(n, "using"), WithCheck: optional(n, "withCheck"),
	}
}

func readLinkedPolicy(n *node) schema.LinkedPolicy {
	return schema.LinkedPolicy{Policy: readPolicy(n), On: str(n, "on"), Schema: str(n, "schema")}
}

func readEnum(n *node) schema.Enum {
	return schema.Enum{Schema: spelled(str(n, "schema")), Name: str(n, "name"), Values: list(n, "values")}
}

func readSequence(n *node) schema.Sequence {
	return schema.Sequence{
		Schema: spelled(str(n, "schema")), Name: str(n, "name"), SequenceOptions: readSequenceOptions(n),
	}
}

func readSequenceOptions(n *node) schema.SequenceOptions {
	return schema.SequenceOptions{
		Increment: str(n, "increment"), Min: str(n, "minValue"), Max: str(n, "maxValue"),
		Start: str(n, "startWith"), Cache: str(n, "cache"), Cycle: is(n, "cycle"),
	}
}

func readRole(n *node) schema.Role {
	return schema.Role{
		Name: str(n, "name"), CreateDB: is(n, "createDb"), CreateRole: is(n, "createRole"), Inherit: is(n, "inherit"),
	}
}

func readView(n *node) schema.View {
	v := schema.View{
		Schema: spelled(str(n, "schema")), Name: str(n, "name"),
		Definition: optional(n, "definition"), Existing: is(n, "isExisting"), Materialized: is(n, "materialized"),
		Tablespace: str(n, "tablespace"), Using: str(n, "using"),
	}
	if columns := n.get("columns"); columns != nil {
		v.Columns = readAll(columns, readColumn)
	}
	if with := n.get("with"); with != nil {
		v.With = readAll(with, readOption)
	}
	if noData := n.get("withNoData"); noData != nil {
		value := noData.kind == 't'
		v.WithNoData = &value
	}
	return v
}

// str is the text of the named string member, "" where it is absent.
func str(n *node, key string) string {
	if kid := n.get(key); kid != nil {
		return kid.str()
	}
	return ""
}

// is reports whether the named member is there and true.
func is(n *node, key string) bool {
	kid := n.get(key)
	return kid != nil && kid.kind == 't'
}

func list(n *node, key string) []string {
	if kid := n.get(key); kid != nil {
		return readStrings(kid)
	}
	return nil
}

func optional(n *node, key string) *string {
	if kid := n.get(key); kid != nil {
		value := kid.str()
		return &value
	}
	return nil
}
