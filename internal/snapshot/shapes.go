package snapshot

// The shapes of version 7, in the order drizzle-kit declares the keys.

var columnShape = strict(
	need("name", aString),
	need("type", aString),
	may("typeSchema", aString),
	need("primaryKey", aBoolean),
	need("notNull", aBoolean),
	may("default", anything),
	// The next three are of old versions; constraints took their place.
	may("isUnique", anything),
	may("uniqueName", aString),
	may("nullsNotDistinct", aBoolean),
	may("generated", loose(
		need("type", oneOf("stored")),
		need("as", aString),
	)),
	may("identity", loose(append(sequenceFields(), need("type", oneOf("always", "byDefault")))...)),
)

func sequenceFields() []field {
	return []field{
		need("name", aString),
		may("increment", aString),
		may("minValue", aString),
		may("maxValue", aString),
		may("startWith", aString),
		may("cache", aString),
		may("cycle", aBoolean),
		need("schema", aString),
	}
}

var indexShape = strict(
	need("name", aString),
	need("columns", arrayOf(loose(
		need("expression", aString),
		need("isExpression", aBoolean),
		need("asc", aBoolean),
		may("nulls", aString),
		may("opclass", aString),
	))),
	need("isUnique", aBoolean),
	may("with", recordOf(anything)),
	byDefault("method", aString, text("btree")),
	may("where", aString),
	byDefault("concurrently", aBoolean, boolean(false)),
)

var foreignKeyShape = strict(
	need("name", aString),
	need("tableFrom", aString),
	need("columnsFrom", arrayOf(aString)),
	need("tableTo", aString),
	may("schemaTo", aString),
	need("columnsTo", arrayOf(aString)),
	may("onUpdate", aString),
	may("onDelete", aString),
)

var primaryKeyShape = strict(
	need("name", aString),
	need("columns", arrayOf(aString)),
)

var uniqueShape = strict(
	need("name", aString),
	need("columns", arrayOf(aString)),
	need("nullsNotDistinct", aBoolean),
)

var checkShape = strict(
	need("name", aString),
	need("value", aString),
)

var policyShape = strict(
	need("name", aString),
	may("as", oneOf("PERMISSIVE", "RESTRICTIVE")),
	may("for", oneOf("ALL", "SELECT", "INSERT", "UPDATE", "DELETE")),
	may("to", arrayOf(aString)),
	may("using", aString),
	may("withCheck", aString),
	may("on", aString),
	may("schema", aString),
)

var tableShape = strict(
	need("name", aString),
	need("schema", aString),
	need("columns", recordOf(columnShape)),
	need("indexes", recordOf(indexShape)),
	need("foreignKeys", recordOf(foreignKeyShape)),
	need("compositePrimaryKeys", recordOf(primaryKeyShape)),
	byDefault("uniqueConstraints", recordOf(uniqueShape), object()),
	byDefault("policies", recordOf(policyShape), object()),
	byDefault("checkConstraints", recordOf(checkShape), object()),
	byDefault("isRLSEnabled", aBoolean, boolean(false)),
)

var enumShape = strict(
	need("name", aString),
	need("schema", aString),
	need("values", arrayOf(aString)),
)

// viewOptionsShape is also the order in which drizzle-kit prints a view's
// WITH list, whatever the order in the file.
var viewOptionsShape = strict(
	may("checkOption", oneOf("local", "cascaded")),
	may("securityBarrier", aBoolean),
	may("securityInvoker", aBoolean),
	may("fillfactor", aNumber),
	may("toastTupleTarget", aNumber),
	may("parallelWorkers", aNumber),
	may("autovacuumEnabled", aBoolean),
	may("vacuumIndexCleanup", oneOf("auto", "off", "on")),
	may("vacuumTruncate", aBoolean),
	may("autovacuumVacuumThreshold", aNumber),
	may("autovacuumVacuumScaleFactor", aNumber),
	may("autovacuumVacuumCostDelay", aNumber),
	may("autovacuumVacuumCostLimit", aNumber),
	may("autovacuumFreezeMinAge", aNumber),
	may("autovacuumFreezeMaxAge", aNumber),
	may("autovacuumFreezeTableAge", aNumber),
	may("autovacuumMultixactFreezeMinAge", aNumber),
	may("autovacuumMultixactFreezeMaxAge", aNumber),
	may("autovacuumMultixactFreezeTableAge", aNumber),
	may("logAutovacuumMinDuration", aNumber),
	may("userCatalogTable", aBoolean),
)

var viewShape = strict(
	need("name", aString),
	need("schema", aString),
	need("columns", recordOf(columnShape)),
	may("definition", aString),
	need("materialized", aBoolean),
	may("with", viewOptionsShape),
	need("isExisting", aBoolean),
	may("withNoData", aBoolean),
	may("using", aString),
	may("tablespace", aString),
)

var roleShape = strict(
	need("name", aString),
	may("createDb", aBoolean),
	may("createRole", aBoolean),
	may("inherit", aBoolean),
)

var metaShape = loose(
	need("schemas", recordOf(aString)),
	need("tables", recordOf(aString)),
	need("columns", recordOf(aString)),
)

var internalShape = loose(
	need("tables", recordOf(loose(
		need("columns", recordOf(loose(
			may("isArray", aBoolean),
			may("dimensions", aNumber),
			may("rawType", aString),
			may("isDefaultAnExpression", aBoolean),
		))),
	))),
)

// bodyFields are the keys of a snapshot but its ids.
func bodyFields() []field {
	return []field{
		need("version", oneOf("7")),
		need("dialect", oneOf("postgresql")),
		need("tables", recordOf(tableShape)),
		need("enums", recordOf(enumShape)),
		need("schemas", recordOf(aString)),
		byDefault("views", recordOf(viewShape), object()),
		byDefault("sequences", recordOf(strict(sequenceFields()...)), object()),
		byDefault("roles", recordOf(roleShape), object()),
		byDefault("policies", recordOf(policyShape), object()),
		need("_meta", metaShape),
		may("internal", internalShape),
	}
}

var snapshotShape = loose(append(bodyFields(), need("id", aString), need("prevId", aString))...)
