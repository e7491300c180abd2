package diff

// Mode says how far SQL departs from drizzle-kit's.
type Mode int

const (
	// Compat is drizzle-kit 0.31's text byte for byte, also where it leaves a
	// change out or will fail; Result.Notes says so. Only where drizzle-kit
	// crashes or its text is no SQL at all it is what was meant.
	Compat Mode = iota
	// Mended is Compat with what drizzle-kit leaves out put in, and with
	// statements that would fail put right.
	Mended
	// never is for what no mode mends yet.
	never
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
	if better {
		line += "; mended"
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
	defectUndefinedType = &Defect{Name: "undefined-type", Mended: Compat,
		Text: `writes "undefined" as the schema of a type that it does not know`}
	defectQuotedType = &Defect{Name: "quoted-type", Mended: Compat,
		Text: "quotes a whole type expression as if it were one name"}
	defectDropPrimaryKey = &Defect{Name: "drop-primary-key-comment", Mended: Compat,
		Text: "writes a comment instead of dropping the primary key; it has the name that PostgreSQL gives"}
	defectEnumQuote = &Defect{Name: "enum-value-quote", Mended: Compat,
		Text: "does not escape the quote in a new enum value"}
	defectJSONDefault = &Defect{Name: "json-default-quote", Mended: Compat,
		Text: "does not escape a quote in a JSON default"}
	defectLineComment = &Defect{Name: "line-comment", Mended: Compat,
		Text: "does not end a line comment within an expression"}
	defectIdentifierQuote = &Defect{Name: "identifier-quote", Mended: Compat,
		Text: "does not escape a double quote in a name"}
	defectDelimiter = &Defect{Name: "delimiter", Mended: Compat,
		Text: `cuts or mixes up definitions that contain its own delimiters (";", "--", ",")`}
	defectNullsUndefined = &Defect{Name: "nulls-undefined", Mended: Compat,
		Text: "writes NULLS UNDEFINED for an index key that does not say where nulls go"}
	defectPolicyUndefined = &Defect{Name: "policy-undefined", Mended: Compat,
		Text: "writes UNDEFINED for what a policy leaves to its defaults"}
	defectUnquotedRole = &Defect{Name: "unquoted-role", Mended: Compat,
		Text: "writes a role in ALTER POLICY without the quotes that it needs"}
	defectViewUndefined = &Defect{Name: "view-undefined", Mended: Compat,
		Text: "creates a view without a query as (undefined)"}
	defectAlterInRenamed = &Defect{Name: "alter-in-renamed-table", Mended: Compat,
		Text: "crashes on a changed column of a table that is renamed, or whose schema is"}
	defectViewMoveRename = &Defect{Name: "view-move-rename", Mended: Compat,
		Text: "crashes on a view that is renamed and moved at once"}
)

// Changes that are left out.
var (
	defectLostWithMove = &Defect{Name: "lost-with-move", Mended: Mended,
		Text: "leaves out all other changes of what moves to another schema under the same name"}
	defectLostWithColumnRename = &Defect{Name: "lost-with-column-rename", Mended: Mended,
		Text: "leaves out all other changes of a renamed column"}
	defectLostWithPolicyRename = &Defect{Name: "lost-with-policy-rename", Mended: Mended,
		Text: "leaves out all other changes of a renamed policy"}
	defectTypeSchema = &Defect{Name: "type-schema", Mended: Mended,
		Text: "does not see that a column's enum is another one of the same name"}
	defectTypeSpace = &Defect{Name: "type-space", Mended: Mended,
		Text: "ignores all changes of a column whose type differs by a space only"}
	defectNotNullNextToIdentity = &Defect{Name: "not-null-next-to-identity", Mended: Mended,
		Text: "leaves out NOT NULL changes in a table where another column becomes or ceases to be an identity"}
	defectViewKind = &Defect{Name: "view-kind", Mended: Mended,
		Text: "does not turn a view into a materialized view or back"}
	defectFalsyDefault = &Defect{Name: "falsy-default", Mended: Mended,
		Text: "leaves out a new default of 0 or false where the type changes too"}
	defectGeneratedType = &Defect{Name: "generated-type-schema", Mended: Mended,
		Text: "leaves out the schema of the type when it makes a generated column anew"}
)

// Statements that fail.
var (
	defectDropReferenceLate = &Defect{Name: "drop-reference-late", Mended: Mended,
		Text: "drops a foreign key after DROP TABLE … CASCADE has taken it along"}
	defectEnumCast = &Defect{Name: "enum-cast", Mended: Mended,
		Text: "casts from a renamed enum to another one directly, which PostgreSQL cannot"}
	defectIdentityNullable = &Defect{Name: "identity-nullable", Mended: Mended,
		Text: "does not set NOT NULL before a column becomes an identity, which PostgreSQL asks for"}
	defectRLSBeforeRename = &Defect{Name: "rls-before-rename", Mended: Mended,
		Text: "switches row level security of a table under a name that it does not have yet"}
	defectViewRenameRebuild = &Defect{Name: "view-rename-rebuild", Mended: Mended,
		Text: "drops a renamed view under a name that it does not have yet"}
	defectViewSchemaRename = &Defect{Name: "view-schema-rename", Mended: Mended,
		Text: "does not see that a view follows its renamed schema"}
)

// What stays for later.
var (
	defectPolicyKeepsExpression = &Defect{Name: "policy-keeps-expression", Mended: never,
		Text: "cannot remove USING or WITH CHECK from a policy and keeps the old expression"}
	defectPolicyMoves = &Defect{Name: "policy-moves", Mended: never,
		Text: "does not move a policy to another table"}
	defectTypeCast = &Defect{Name: "type-cast", Mended: never,
		Text: "changes a type without the USING that PostgreSQL may need"}
	defectSerialType = &Defect{Name: "serial-type", Mended: never,
		Text: "changes a column to serial, which is no type"}
	defectEnumRebuild = &Defect{Name: "enum-rebuild", Mended: never,
		Text: "rebuilds an enum with columns that do not exist yet, or without columns that go"}
	defectCompositeKeyOrder = &Defect{Name: "composite-key-order", Mended: never,
		Text: "creates a primary key before the column in it"}
	defectGeneratedLoss = &Defect{Name: "generated-drop", Mended: never,
		Text: "drops a column to change how it is generated"}
	defectViewDependency = &Defect{Name: "view-dependency", Mended: never,
		Text: "changes a column that a view uses without rebuilding the view"}
)

// Defects are the known ones.
var Defects = []*Defect{
	defectUndefinedType, defectQuotedType, defectDropPrimaryKey, defectEnumQuote, defectJSONDefault, defectLineComment, defectIdentifierQuote, defectDelimiter, defectNullsUndefined, defectPolicyUndefined, defectUnquotedRole, defectViewUndefined, defectAlterInRenamed, defectViewMoveRename,
	defectLostWithMove, defectLostWithColumnRename, defectLostWithPolicyRename, defectTypeSchema, defectTypeSpace, defectNotNullNextToIdentity, defectViewKind, defectFalsyDefault, defectGeneratedType,
	defectDropReferenceLate, defectEnumCast, defectIdentityNullable, defectRLSBeforeRename, defectViewRenameRebuild, defectViewSchemaRename,
	defectPolicyKeepsExpression, defectPolicyMoves, defectTypeCast, defectSerialType, defectEnumRebuild, defectCompositeKeyOrder, defectGeneratedLoss, defectViewDependency,
}
