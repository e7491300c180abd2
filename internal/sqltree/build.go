package sqltree

import "strings"

// statement makes a value of a statement's node. Those with more than a few
// lines have functions of their own, in build_table.go and build_other.go.
func (r reader) statement(kind string, o object) Node {
	switch kind {
	case "CreateStmt", "CreateForeignTableStmt":
		return r.createTable(kind, o)
	case "CreateTableAsStmt":
		return r.createAs(o)
	case "AlterTableStmt":
		return r.alterTable(o)
	case "IndexStmt":
		return r.createIndex(o)
	case "DropStmt":
		return r.drop(o)
	case "RenameStmt":
		return rename(o)
	case "AlterObjectSchemaStmt":
		return &SetSchema{Kind: kindOf(o.text("objectType")), Name: objectName(o), New: o.text("newschema")}
	case "CreateEnumStmt":
		return &CreateEnum{Name: name(o.names("typeName")), Values: o.names("vals")}
	case "AlterEnumStmt":
		return &AlterEnum{
			Name: name(o.names("typeName")), Old: o.text("oldVal"), New: o.text("newVal"), Neighbour: o.text("newValNeighbor"),
			After: o.flag("newValIsAfter"), IfNotExists: o.flag("skipIfNewValExists"),
		}
	case "CreateDomainStmt":
		return &CreateDomain{Name: name(o.names("domainname")), Type: r.typeName(o.child("typeName")), Constraints: r.constraints(o, "constraints")}
	case "AlterDomainStmt":
		return r.alterDomain(o)
	case "ViewStmt":
		return &CreateView{Name: relation(o.child("view")), Replace: o.flag("replace")}
	case "CommentStmt":
		return comment(o)
	case "CreateFunctionStmt":
		return &CreateFunction{Name: name(o.names("funcname")), Replace: o.flag("replace"), Language: option(o, "options", "language")}
	case "CreateTrigStmt":
		return &CreateTrigger{Name: o.text("trigname"), Table: relation(o.child("relation"))}
	case "CreatePolicyStmt", "AlterPolicyStmt":
		return &CreatePolicy{Name: o.text("policy_name"), Table: relation(o.child("table")), Alter: kind == "AlterPolicyStmt"}
	case "CreateSeqStmt", "AlterSeqStmt":
		return &CreateSequence{Name: relation(o.child("sequence")), Alter: kind == "AlterSeqStmt", IfNotExists: o.flag("if_not_exists")}
	case "CreateSchemaStmt":
		return &CreateSchema{Name: o.text("schemaname"), IfNotExists: o.flag("if_not_exists")}
	case "CreateExtensionStmt":
		return &CreateExtension{Name: o.text("extname"), IfNotExists: o.flag("if_not_exists")}
	}
	return r.rows(kind, o)
}

// rows makes values of statements about rows, transactions and the rest.
func (r reader) rows(kind string, o object) Node {
	switch kind {
	case "InsertStmt":
		return insert(o)
	case "MergeStmt":
		return &Insert{Table: relation(o.child("relation")), Merge: true}
	case "UpdateStmt":
		return &Update{Table: relation(o.child("relation")), Columns: resultNames(o.list("targetList")), Where: r.expr(o, "whereClause")}
	case "DeleteStmt":
		return &Delete{Table: relation(o.child("relation")), Where: r.expr(o, "whereClause")}
	case "TruncateStmt":
		return &Truncate{Tables: relations(o, "relations"), Cascade: cascades(o)}
	case "CopyStmt":
		if o.flag("is_from") {
			return &Insert{Table: relation(o.child("relation")), Columns: o.names("attlist"), Values: true, Stdin: o["filename"] == nil}
		}
		return &Select{}
	case "SelectStmt":
		return &Select{Into: relation(o.child("intoClause").child("rel")), Locking: len(o.list("lockingClause")) > 0}
	case "DoStmt":
		return &Do{Language: orElse(option(o, "args", "language"), "plpgsql")}
	case "TransactionStmt":
		return &Transaction{Kind: strings.ReplaceAll(strings.ToLower(strings.TrimPrefix(o.text("kind"), "TRANS_STMT_")), "_", " ")}
	case "VacuumStmt", "ClusterStmt", "ReindexStmt", "RefreshMatViewStmt":
		return maintenance(kind, o)
	case "LockStmt":
		return &LockTable{Tables: relations(o, "relations"), Mode: lockMode(o.number("mode"))}
	case "VariableSetStmt":
		return set(o)
	case "GrantStmt", "GrantRoleStmt":
		return &Grant{Revoke: !o.flag("is_grant")}
	}
	return &Other{Kind: kind}
}

func orElse(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
}

// option returns the text of one of a statement's options, "" where it is not
// given or has no text.
func option(o object, key, name string) string {
	for _, e := range o.list(key) {
		if e.text("defname") == name {
			_, arg := e.any("arg")
			return arg.text("sval")
		}
	}
	return ""
}

// given says whether an option is switched on.
func given(o object, key, name string) bool {
	for _, e := range o.list(key) {
		if e.text("defname") != name {
			continue
		}
		_, arg := e.any("arg")
		switch strings.ToLower(arg.text("sval")) {
		case "false", "off", "0":
			return false
		}
		return arg == nil || arg["sval"] != nil || arg["boolval"] != nil || arg.number("ival") != 0
	}
	return false
}

func relations(o object, key string) []Name {
	var out []Name
	for _, item := range o.list(key) {
		out = append(out, relation(item))
	}
	return out
}

func resultNames(items []object) []string {
	var out []string
	for _, item := range items {
		out = append(out, item.text("name"))
	}
	return out
}

// objectName returns the name of what a statement about any kind of object is
// about.
func objectName(o object) Name {
	if r := o.child("relation"); r != nil {
		return relation(r)
	}
	kind, node := o.any("object")
	return nameIn(kind, node)
}

func comment(o object) Node {
	c := &Comment{Kind: kindOf(o.text("objtype"))}
	kind, node := o.any("object")
	words := node.names("items")
	if partOf := c.Kind == Column || c.Kind == TableConstraint || parts[c.Kind]; partOf && len(words) > 1 {
		c.Name = name(words[:len(words)-1])
	} else {
		c.Name = nameIn(kind, node)
	}
	return c
}

// nameIn reads the name that a node is or holds.
func nameIn(kind string, node object) Name {
	switch kind {
	case "List":
		return name(node.names("items"))
	case "TypeName":
		return name(node.names("names"))
	case "ObjectWithArgs":
		return name(node.names("objname"))
	case "String":
		return Name{Name: node.text("sval")}
	}
	return Name{}
}

func insert(o object) Node {
	_, query := o.any("selectStmt")
	return &Insert{
		Table: relation(o.child("relation")), Columns: resultNames(o.list("cols")),
		Values: query == nil || query["valuesLists"] != nil,
	}
}

func maintenance(kind string, o object) Node {
	m := &Maintenance{Kind: "vacuum"}
	switch kind {
	case "VacuumStmt":
		if !o.flag("is_vacuumcmd") {
			m.Kind = "analyze"
		}
		m.Full = given(o, "options", "full")
		for _, r := range o.list("rels") {
			m.Names = append(m.Names, relation(r.child("relation")))
		}
		return m
	case "ClusterStmt":
		m.Kind = "cluster"
	case "RefreshMatViewStmt":
		m.Kind, m.Concurrently = "refresh", o.flag("concurrent")
	case "ReindexStmt":
		m.Kind, m.Concurrently = "reindex", given(o, "params", "concurrently")
		m.Object = kindOf(strings.TrimPrefix(o.text("kind"), "REINDEX_"))
	}
	if r := o.child("relation"); r != nil {
		m.Names = []Name{relation(r)}
	}
	return m
}

// lockMode names a lock by its number.
// https://www.postgresql.org/docs/current/explicit-locking.html#LOCKING-TABLES
func lockMode(n int64) string {
	modes := []string{
		"", "access share", "row share", "row exclusive", "share update exclusive", "share", "share row exclusive", "exclusive", "access exclusive",
	}
	if n < 1 || int(n) >= len(modes) {
		return ""
	}
	return modes[n]
}

func set(o object) Node {
	s := &Set{Name: o.text("name"), Local: o.flag("is_local")}
	switch o.text("kind") {
	case "VAR_RESET", "VAR_RESET_ALL", "VAR_SET_DEFAULT":
		s.Reset = true
	}
	if args, _ := o["args"].([]any); len(args) == 1 {
		_, arg := unwrap(args[0])
		s.Value = constantText(arg)
	}
	return s
}

// constantText returns a constant as text.
func constantText(o object) string {
	switch {
	case o["sval"] != nil:
		return o.child("sval").text("sval")
	case o["fval"] != nil:
		return o.child("fval").text("fval")
	case o["ival"] != nil:
		return formatInt(o.child("ival").number("ival"))
	}
	return ""
}
