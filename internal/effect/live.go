package effect

import "github.com/skein-db/skein/internal/sqltree"

// Put adds a table or view, in place of what is known under its name. It is
// for who reads a database in more detail than a schema has: partitions,
// constraints that are not valid, what views read.
func (st *State) Put(t Table) {
	t.Name = t.Name.In()
	st.put(&t)
}

// PutEnum adds an enum.
func (st *State) PutEnum(name sqltree.Name) { st.enums[name.In()] = &Enum{Name: name.In()} }

// PutDomain adds a domain.
func (st *State) PutDomain(d Domain) {
	d.Name = d.Name.In()
	st.domains[d.Name] = &d
}

// ParseType reads a type as PostgreSQL's format_type prints it, without the
// schema.
func ParseType(text string) sqltree.TypeName { return parseType(text) }

// CheckExpr reads of a check's text what effects depend on; see HeldNotNull.
func CheckExpr(t *Table, sql string) *sqltree.Expr { return checkExpr(t, sql) }
