package snapshot

// Versions 5 and 6 as drizzle-kit 0.31's up reads them: the shapes of the
// parts that version 7 changed.

var oldIndexShape = strict(
	need("name", aString),
	need("columns", arrayOf(aString)),
	need("isUnique", aBoolean),
	may("with", recordOf(aString)),
	byDefault("method", aString, text("btree")),
	may("where", aString),
	byDefault("concurrently", aBoolean, boolean(false)),
)

var oldTableShape = strict(
	need("name", aString),
	need("schema", aString),
	need("columns", recordOf(columnShape)),
	need("indexes", recordOf(oldIndexShape)),
	need("foreignKeys", recordOf(foreignKeyShape)),
	need("compositePrimaryKeys", recordOf(primaryKeyShape)),
	byDefault("uniqueConstraints", recordOf(uniqueShape), object()),
)

var version6Shape = oldShape("6", "postgresql", enumShape)

var version5Shape = oldShape("5", "pg", strict(
	need("name", aString),
	need("values", recordOf(aString)),
))

func oldShape(version, dialect string, enum *shape) *shape {
	return loose(
		need("version", oneOf(version)),
		need("dialect", oneOf(dialect)),
		need("tables", recordOf(oldTableShape)),
		need("enums", recordOf(enum)),
		need("schemas", recordOf(aString)),
		need("_meta", metaShape),
		may("internal", internalShape),
		need("id", aString),
		need("prevId", aString),
	)
}

// shapeOf returns the shape of a version's files.
func shapeOf(version int) *shape {
	switch version {
	case 5:
		return version5Shape
	case 6:
		return version6Shape
	default:
		return snapshotShape
	}
}

// upgrade brings a document that fits its shape to the current version, with
// the keys in the order in which `drizzle-kit up` leaves them.
func upgrade(doc node, version int) node {
	if version == CurrentVersion {
		return doc
	}
	doc = shapeOf(version).ordered(doc)
	if version == 5 {
		to6(&doc)
	}
	to7(&doc)
	return doc
}

// to6 puts tables and enums under their schema, and makes the values of enums
// lists.
func to6(doc *node) {
	doc.set("version", text("6"))
	doc.set("dialect", text("postgresql"))
	tables := doc.get("tables")
	for i := range tables.kids {
		t := &tables.kids[i]
		t.name = quote(spelled(str(t, "schema")) + "." + t.key())
	}
	enums := object()
	for _, e := range doc.get("enums").kids {
		values := array()
		for _, v := range e.get("values").kids {
			v.name = ""
			values.kids = append(values.kids, v)
		}
		up := object()
		up.add("name", *e.get("name"))
		up.add("schema", text("public"))
		up.add("values", values)
		enums.add("public."+e.key(), up)
	}
	doc.set("enums", enums)
}

// to7 gives index columns their properties, and adds what tables and
// databases could not have before.
func to7(doc *node) {
	doc.set("version", text("7"))
	tables := doc.get("tables")
	for i := range tables.kids {
		t := &tables.kids[i]
		indexes := t.get("indexes")
		for j := range indexes.kids {
			name := indexes.kids[j].name
			indexes.kids[j] = index7(indexes.kids[j])
			indexes.kids[j].name = name
		}
		t.add("policies", object())
		t.add("isRLSEnabled", boolean(false))
		t.add("checkConstraints", object())
	}
	for _, key := range []string{"sequences", "policies", "views", "roles"} {
		doc.add(key, object())
	}
}

func index7(old node) node {
	columns := array()
	for _, c := range old.get("columns").kids {
		column := object()
		column.add("expression", c)
		column.add("isExpression", boolean(false))
		column.add("asc", boolean(true))
		column.add("nulls", text("last"))
		columns.kids = append(columns.kids, column)
	}
	out := object()
	out.add("columns", columns)
	with := old.get("with")
	if with == nil {
		empty := object()
		with = &empty
	}
	out.add("with", *with)
	for _, kid := range old.kids {
		if key := kid.key(); key != "columns" && key != "with" {
			out.add(key, kid)
		}
	}
	return out
}
