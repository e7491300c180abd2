package sqltree

import "encoding/json"

// object is a node of PostgreSQL's parse tree: its fields by name. Fields
// with zero values are left out by libpg_query. A field that can hold nodes of
// several kinds holds an object with one field, named by the kind; unwrap
// takes that off.
type object map[string]any

func (o object) text(key string) string { s, _ := o[key].(string); return s }
func (o object) flag(key string) bool   { b, _ := o[key].(bool); return b }

func (o object) number(key string) int64 {
	f, _ := o[key].(float64)
	return int64(f)
}

// child returns a field that holds a node of one kind, nil where it is absent.
func (o object) child(key string) object {
	m, _ := o[key].(map[string]any)
	return m
}

// any returns a field that holds a node of any kind.
func (o object) any(key string) (kind string, node object) { return unwrap(o[key]) }

// list returns the nodes of a field, without their kinds.
func (o object) list(key string) []object {
	items, _ := o[key].([]any)
	out := make([]object, 0, len(items))
	for _, item := range items {
		_, node := unwrap(item)
		out = append(out, node)
	}
	return out
}

func unwrap(v any) (kind string, node object) {
	m, ok := v.(map[string]any)
	if !ok || len(m) != 1 {
		return "", nil
	}
	for kind, inner := range m {
		node, _ := inner.(map[string]any)
		return kind, node
	}
	return "", nil
}

// names returns the strings of a field that is a list of String nodes.
func (o object) names(key string) []string {
	var out []string
	for _, s := range o.list(key) {
		out = append(out, s.text("sval"))
	}
	return out
}

// name makes a name of its parts, the database's name in front taken off.
func name(parts []string) Name {
	switch n := len(parts); n {
	case 0:
		return Name{}
	case 1:
		return Name{Name: parts[0]}
	default:
		return Name{Schema: parts[n-2], Name: parts[n-1]}
	}
}

// relation reads a RangeVar.
func relation(o object) Name {
	return Name{Schema: o.text("schemaname"), Name: o.text("relname")}
}

// statements reads the answer of the parser: its list of RawStmt.
func statements(answer []byte) ([]object, error) {
	var tree struct {
		Stmts []map[string]any `json:"stmts"`
	}
	if err := json.Unmarshal(answer, &tree); err != nil {
		return nil, err
	}
	out := make([]object, 0, len(tree.Stmts))
	for _, s := range tree.Stmts {
		out = append(out, s)
	}
	return out, nil
}
