package diff

// Mode says how far SQL departs from drizzle-kit's.
type Mode int

const (
	// Exact is drizzle-kit 0.31's text byte for byte, right or wrong, for
	// comparison with the real one. Only where drizzle-kit crashes or its text
	// is no SQL at all it is what was meant.
	Exact Mode = iota - 1
	// Compat is Exact, except that what cannot run or loses something is
	// replaced by SQL that does neither. What drizzle-kit leaves out stays out.
	Compat
	// Correct is Compat with what drizzle-kit leaves out, and with what makes a
	// migration safer.
	Correct
)

// Defect is a case in which drizzle-kit 0.31 writes SQL that cannot be, cannot
// run, or leaves a change out.
type Defect struct {
	// Name is short and stable, for tests and for people to refer to.
	Name string
	// Text says what drizzle-kit does.
	Text string
	// Mended is the first mode that does what was meant.
	Mended Mode
}

// mends notes that a defect was met at the object, and says whether this mode
// does better.
func (c *computer) mends(d *Defect, object string) bool {
	better := c.mode >= d.Mended
	line := object + ": drizzle-kit " + d.Text
	switch {
	case better:
		line += "; mended"
	case d.Mended == Correct:
		line += "; --sql=correct does not"
	}
	line += " (" + d.Name + ")"
	if !c.noted[line] {
		c.noted[line] = true
		c.notes = append(c.notes, line)
	}
	return better
}

// What is no SQL at all, or not there because drizzle-kit crashes.
var (
	defectUndefinedType = &Defect{Name: "undefined-type", Mended: Exact,
		Text: `writes "undefined" as the schema of a type that it does not know`}
	defectQuotedType = &Defect{Name: "quoted-type", Mended: Exact,
		Text: "quotes a whole type expression as if it were one name"}
	defectDropPrimaryKey = &Defect{Name: "drop-primary-key-comment", Mended: Exact,
		Text: "writes a comment instead of dropping the primary key; it has the name that PostgreSQL gives"}
	defectEnumQuote = &Defect{Name: "enum-value-quote", Mended: Exact,
		Text: "does not escape the quote in a new enum value"}
	defectJSONDefault = &Defect{Name: "json-default-quote", Mended: Exact,
		Text: "does not escape a quote in a JSON default"}
	defectLineComment = &Defect{Name: "line-comment", Mended: Exact,
		Text: "does not end a line comment within an expression"}
	defectIdentifierQuote = &Defect{Name: "identifier-quote", Mended: Exact,
		Text: "does not escape a double quote in a name"}
	defectDelimiter = &Defect{Name: "delimiter", Mended: Exact,
		Text: `cuts or mixes up definitions that contain its own delimiters (";", "--", ",")`}
	defectNullsUndefined = &Defect{Name: "nulls-undefined", Mended: Exact,
		Text: "writes NULLS UNDEFINED for an index key that does not say where nulls go"}
	defectPolicyUndefined = &Defect{Name: "policy-undefined", Mended: Exact,
		Text: "writes UNDEFINED for what a policy leaves to its defaults"}
	defectUnquotedRole = &Defect{Name: "unquoted-role", Mended: Exact,
		Text: "writes a role in ALTER POLICY without the quotes that it needs"}
	defectViewUndefined = &Defect{Name: "view-undefined", Mended: Exact,
		Text: "creates a view without a query as (undefined)"}
	defectAlterInRenamed = &Defect{Name: "alter-in-renamed-table", Mended: Exact,
		Text: "crashes on a changed column of a table that is renamed, or whose schema is"}
	defectViewMoveRename = &Defect{Name: "view-move-rename", Mended: Exact,
		Text: "crashes on a view that is renamed and moved at once"}
)

// Changes that are left out.
var (
	defectLostWithMove = &Defect{Name: "lost-with-move", Mended: Correct,
		Text: "leaves out all other changes of what moves to another schema under the same name"}
	defectLostWithColumnRename = &Defect{Name: "lost-with-column-rename", Mended: Correct,
		Text: "leaves out all other changes of a renamed column"}
	defectLostWithPolicyRename = &Defect{Name: "lost-with-policy-rename", Mended: Correct,
		Text: "leaves out all other changes of a renamed policy"}
	defectTypeSchema = &Defect{Name: "type-schema", Mended: Correct,
		Text: "does not see that a column's enum is another one of the same name"}
	defectTypeSpace = &Defect{Name: "type-space", Mended: Correct,
		Text: "ignores all changes of a column whose type differs by a space only"}
	defectNotNullNextToIdentity = &Defect{Name: "not-null-next-to-identity", Mended: Correct,
		Text: "leaves out NOT NULL changes in a table where another column becomes or ceases to be an identity"}
	defectViewKind = &Defect{Name: "view-kind", Mended: Correct,
		Text: "does not turn a view into a materialized view or back"}
	defectFalsyDefault = &Defect{Name: "falsy-default", Mended: Correct,
		Text: "leaves out a new default of 0 or false where the type changes too"}
	defectGeneratedType = &Defect{Name: "generated-type-schema", Mended: Correct,
		Text: "leaves out the schema of the type when it makes a generated column anew"}
)

// Statements that fail.
var (
	defectDropReferenceLate = &Defect{Name: "drop-reference-late", Mended: Compat,
		Text: "drops a foreign key after DROP TABLE … CASCADE has taken it along"}
	defectEnumCast = &Defect{Name: "enum-cast", Mended: Compat,
		Text: "casts from a renamed enum to another one directly, which PostgreSQL cannot"}
	defectIdentityNullable = &Defect{Name: "identity-nullable", Mended: Compat,
		Text: "does not set NOT NULL before a column becomes an identity, which PostgreSQL asks for"}
	defectRLSBeforeRename = &Defect{Name: "rls-before-rename", Mended: Compat,
		Text: "switches row level security of a table under a name that it does not have yet"}
	defectViewRenameRebuild = &Defect{Name: "view-rename-rebuild", Mended: Compat,
		Text: "drops a renamed view under a name that it does not have yet"}
	defectViewSchemaRename = &Defect{Name: "view-schema-rename", Mended: Compat,
		Text: "does not see that a view follows its renamed schema"}
)

// Statements that fail or lose something because of what is around them.
var (
	defectTypeCast = &Defect{Name: "type-cast", Mended: Compat,
		Text: "changes a type without the USING that PostgreSQL needs"}
	defectDefaultCast = &Defect{Name: "default-cast", Mended: Compat,
		Text: "leaves a default in place that cannot become one of the new type"}
	defectSerialType = &Defect{Name: "serial-type", Mended: Compat,
		Text: "changes a column to serial, which is no type, or from serial without its sequence"}
	defectEnumRebuild = &Defect{Name: "enum-rebuild", Mended: Compat,
		Text: "rebuilds an enum with columns that do not exist yet, or without columns and defaults that still use it"}
	defectCompositeKeyOrder = &Defect{Name: "composite-key-order", Mended: Compat,
		Text: "creates or drops a primary key when its columns are not there, or next to another one"}
	defectGeneratedLoss = &Defect{Name: "generated-drop", Mended: Compat,
		Text: "drops a column to change how it is generated, and what depends on it goes too or stands in the way"}
	defectColumnOrder = &Defect{Name: "column-change-order", Mended: Compat,
		Text: "changes a column in an order that PostgreSQL refuses"}
	defectViewDependency = &Defect{Name: "view-dependency", Mended: Compat,
		Text: "changes what a view uses without rebuilding the view"}
	defectViewKindAltered = &Defect{Name: "view-kind-altered", Mended: Compat,
		Text: "alters a view that becomes a materialized view, or the other way round, as what it is not yet"}
	defectViewOrder = &Defect{Name: "view-order", Mended: Compat,
		Text: "creates a view before the one that it selects from, or drops them the other way round"}
	defectPolicyDependency = &Defect{Name: "policy-dependency", Mended: Compat,
		Text: "changes or drops a column that a policy uses"}
	defectPartDependency = &Defect{Name: "constraint-dependency", Mended: Compat,
		Text: "changes the type of a column under a check, index or foreign key that does not allow it"}
	defectReferenceOrder = &Defect{Name: "reference-order", Mended: Compat,
		Text: "creates a foreign key before the key that it refers to, or drops it after"}
	defectRoleOrder = &Defect{Name: "role-order", Mended: Compat,
		Text: "drops a role before the policies that name it"}
	defectNameTaken = &Defect{Name: "name-taken", Mended: Compat,
		Text: "creates a table under the name of a view that is dropped later"}
	defectSequenceBounds = &Defect{Name: "sequence-bounds", Mended: Compat,
		Text: "changes the bounds of a sequence one by one, or without regard to where it stands"}
	defectIndexExpression = &Defect{Name: "index-expression", Mended: Compat,
		Text: "writes an index expression without the parentheses that it needs"}
)

// What runs and is not what was asked for.
var (
	defectPolicyKeepsExpression = &Defect{Name: "policy-keeps-expression", Mended: Correct,
		Text: "cannot remove USING or WITH CHECK from a policy and keeps the old expression"}
	defectPolicyMoves = &Defect{Name: "policy-moves", Mended: Correct,
		Text: "does not move a policy to another table"}
	defectKeyNotNull = &Defect{Name: "key-not-null", Mended: Correct,
		Text: "leaves NOT NULL behind from a primary key or identity that is gone"}
	defectIndexOrder = &Defect{Name: "index-order", Mended: Correct,
		Text: "leaves DESC and NULLS out of an index key with an operator class"}
	defectSameKey = &Defect{Name: "same-key-twice", Mended: Correct,
		Text: "writes two keys over the same columns into one CREATE TABLE, of which PostgreSQL makes one"}
	defectIdentityName = &Defect{Name: "identity-name", Mended: Correct,
		Text: "does not rename the sequence of an identity"}
	defectSequenceCycle = &Defect{Name: "sequence-cycle", Mended: Correct,
		Text: "does not stop a sequence from cycling"}
	defectSerialDefault = &Defect{Name: "serial-default", Mended: Correct,
		Text: "leaves the default and the sequence of a column that is serial no more"}
	defectIdentityStart = &Defect{Name: "identity-start", Mended: Correct,
		Text: "lets the numbers of a new identity begin among those that the column has"}
)

// Defects are the known ones.
var Defects = []*Defect{
	defectUndefinedType, defectQuotedType, defectDropPrimaryKey, defectEnumQuote, defectJSONDefault, defectLineComment, defectIdentifierQuote, defectDelimiter, defectNullsUndefined, defectPolicyUndefined, defectUnquotedRole, defectViewUndefined, defectAlterInRenamed, defectViewMoveRename,
	defectLostWithMove, defectLostWithColumnRename, defectLostWithPolicyRename, defectTypeSchema, defectTypeSpace, defectNotNullNextToIdentity, defectViewKind, defectFalsyDefault, defectGeneratedType,
	defectDropReferenceLate, defectEnumCast, defectIdentityNullable, defectRLSBeforeRename, defectViewRenameRebuild, defectViewSchemaRename,
	defectTypeCast, defectDefaultCast, defectSerialType, defectEnumRebuild, defectCompositeKeyOrder, defectGeneratedLoss, defectColumnOrder, defectViewDependency, defectViewKindAltered, defectViewOrder, defectPolicyDependency, defectPartDependency, defectReferenceOrder, defectRoleOrder, defectNameTaken, defectSequenceBounds, defectIndexExpression,
	defectPolicyKeepsExpression, defectPolicyMoves, defectKeyNotNull, defectIndexOrder, defectSameKey, defectIdentityName, defectSequenceCycle, defectSerialDefault, defectIdentityStart,
}
