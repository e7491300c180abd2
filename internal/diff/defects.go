package diff

// Defect is a case in which drizzle-kit 0.31 writes SQL that cannot be, cannot
// run, or leaves a change out.
type Defect struct {
	// Name is short and stable, for tests and for people to refer to.
	Name string
	// Text says what drizzle-kit does.
	Text string
	// Mended says that compat text does what was meant. Elsewhere compat text
	// is drizzle-kit's all the same.
	Mended bool
}

// line is the note about one object.
func (d *Defect) line(object string) string {
	if d.Mended {
		return object + ": drizzle-kit " + d.Text + "; mended here (" + d.Name + ")"
	}
	return object + ": as drizzle-kit does, this " + d.Text + " (" + d.Name + ")"
}

var (
	defectUndefinedType = &Defect{Name: "undefined-type", Mended: true,
		Text: `writes "undefined" as the schema of a type that it does not know`}
	defectQuotedType = &Defect{Name: "quoted-type", Mended: true,
		Text: "quotes a whole type expression as if it were one name"}
	defectDropPrimaryKey = &Defect{Name: "drop-primary-key-comment", Mended: true,
		Text: "writes a comment instead of dropping the primary key; dropped under the name that PostgreSQL gives it"}
	defectEnumQuote = &Defect{Name: "enum-value-quote", Mended: true,
		Text: "does not escape the quote in a new enum value"}
	defectIdentifierQuote = &Defect{Name: "identifier-quote", Mended: true,
		Text: "does not escape a double quote in a name"}
	defectDelimiter = &Defect{Name: "delimiter", Mended: true,
		Text: `cuts or mixes up definitions that contain its own delimiters (";", "--", ",")`}
	defectNullsUndefined = &Defect{Name: "nulls-undefined", Mended: true,
		Text: "writes NULLS UNDEFINED for an index key that does not say where nulls go"}
	defectPolicyUndefined = &Defect{Name: "policy-undefined", Mended: true,
		Text: "writes UNDEFINED for what a policy leaves to its defaults"}
	defectUnquotedRole = &Defect{Name: "unquoted-role", Mended: true,
		Text: "writes a role in ALTER POLICY without the quotes that it needs"}
	defectViewUndefined = &Defect{Name: "view-undefined", Mended: true,
		Text: "creates a view without a query as (undefined); left out"}

	defectLostWithMove = &Defect{Name: "lost-with-move", Mended: true,
		Text: "leaves out all other changes of what moves to another schema under the same name"}
	defectLostWithColumnRename = &Defect{Name: "lost-with-column-rename", Mended: true,
		Text: "leaves out all other changes of a renamed column"}
	defectLostWithPolicyRename = &Defect{Name: "lost-with-policy-rename", Mended: true,
		Text: "leaves out all other changes of a renamed policy"}
	defectAlterInRenamed = &Defect{Name: "alter-in-renamed-table", Mended: true,
		Text: "crashes on a changed column of a table that is renamed, or whose schema is"}
	defectTypeSchema = &Defect{Name: "type-schema", Mended: true,
		Text: "does not see that a column's enum is another one of the same name"}
	defectTypeSpace = &Defect{Name: "type-space", Mended: true,
		Text: "ignores all changes of a column whose type differs by a space only"}
	defectNotNullNextToIdentity = &Defect{Name: "not-null-next-to-identity", Mended: true,
		Text: "leaves out NOT NULL changes in a table where another column becomes or ceases to be an identity"}
	defectFalsyDefault = &Defect{Name: "falsy-default", Mended: true,
		Text: "leaves out a new default of 0 or false where the type changes too"}
	defectGeneratedType = &Defect{Name: "generated-type-schema", Mended: true,
		Text: "leaves out the schema of the type when it makes a generated column anew"}
	defectViewKind = &Defect{Name: "view-kind", Mended: true,
		Text: "does not turn a view into a materialized view or back"}

	defectDropReferenceLate = &Defect{Name: "drop-reference-late", Mended: true,
		Text: "drops a foreign key after DROP TABLE … CASCADE has taken it along"}
	defectEnumCast = &Defect{Name: "enum-cast", Mended: true,
		Text: "casts from a renamed enum to another one directly, which PostgreSQL cannot"}
	defectIdentityNullable = &Defect{Name: "identity-nullable", Mended: true,
		Text: "does not set NOT NULL before a column becomes an identity, which PostgreSQL asks for"}
	defectRLSBeforeRename = &Defect{Name: "rls-before-rename", Mended: true,
		Text: "switches row level security of a table under a name that it does not have yet"}
	defectViewRenameRebuild = &Defect{Name: "view-rename-rebuild", Mended: true,
		Text: "drops a renamed view under a name that it does not have yet"}
	defectViewSchemaRename = &Defect{Name: "view-schema-rename", Mended: true,
		Text: "does not see that a view follows its renamed schema"}

	defectViewMoveRename = &Defect{Name: "view-move-rename", Mended: true,
		Text: "crashes on a view that is renamed and moved at once"}

	defectPolicyKeepsExpression = &Defect{Name: "policy-keeps-expression",
		Text: "cannot remove USING or WITH CHECK from a policy and keeps the old expression"}
	defectPolicyMoves = &Defect{Name: "policy-moves",
		Text: "does not move a policy to another table"}
	defectTypeCast = &Defect{Name: "type-cast",
		Text: "changes a type without the USING that PostgreSQL may need"}
	defectSerialType = &Defect{Name: "serial-type",
		Text: "changes a column to serial, which is no type"}
	defectEnumRebuild = &Defect{Name: "enum-rebuild",
		Text: "rebuilds an enum with columns that do not exist yet, or without columns that go"}
	defectCompositeKeyOrder = &Defect{Name: "composite-key-order",
		Text: "creates a primary key before the column in it"}
	defectGeneratedLoss = &Defect{Name: "generated-drop",
		Text: "drops a column to change how it is generated"}
	defectViewDependency = &Defect{Name: "view-dependency",
		Text: "changes a column that a view uses without rebuilding the view"}
)

// Defects are the known ones.
var Defects = []*Defect{
	defectUndefinedType, defectQuotedType, defectDropPrimaryKey, defectEnumQuote, defectIdentifierQuote, defectDelimiter,
	defectNullsUndefined, defectPolicyUndefined, defectUnquotedRole, defectViewUndefined,
	defectLostWithMove, defectLostWithColumnRename, defectLostWithPolicyRename, defectAlterInRenamed, defectTypeSchema,
	defectTypeSpace, defectNotNullNextToIdentity, defectViewKind, defectFalsyDefault, defectGeneratedType,
	defectDropReferenceLate, defectEnumCast, defectIdentityNullable, defectRLSBeforeRename, defectViewRenameRebuild, defectViewSchemaRename, defectViewMoveRename,
	defectPolicyKeepsExpression, defectPolicyMoves, defectTypeCast, defectSerialType, defectEnumRebuild, defectCompositeKeyOrder,
	defectGeneratedLoss, defectViewDependency,
}
