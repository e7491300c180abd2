package diff

// group is a place in the order of statements. drizzle-kit gathers its
// statements in these groups, whatever the order in which it finds them.
type group int

const (
	createSchemas group = iota
	renameSchemas
	createEnums
	moveEnums
	renameEnums
	addEnumValues
	createSequences
	moveSequences
	renameSequences
	alterSequences
	renameRoles
	dropRoles
	createRoles
	alterRoles
	createTables
	enableRLS
	disableRLS
	dropViews
	renameViews
	moveViews
	alterViews
	dropReferencesEarly // not drizzle-kit's: see defectDropReferenceLate
	dropTables
	moveTables
	renameTables
	renameColumns
	setAsidePolicies // this and what else is set aside or late: see repair.go
	setAsideReferences
	dropUniques
	dropChecks
	dropReferences
	setAsideIndexes
	setAsideKeys
	dropGenerated
	recreateEnums
	createTablesLate
	dropIndexes
	redropIndexes // of those made anew
	dropPrimaryKeys
	alterColumns
	createPrimaryKeys
	addColumns
	addGenerated
	createReferencesOfNewTables
	createIndexesOfNewTables
	createReferences
	createIndexes
	recreateIndexes
	dropColumns
	alterPrimaryKeys
	freeOfKeys // not drizzle-kit's: see defectKeyNotNull
	createUniques
	createChecks
	createReferencesLate
	createViews
	renamePolicies
	dropPolicies
	redropPolicies // of those made anew
	createPolicies
	recreatePolicies
	createPoliciesOfNewTables
	alterPolicies
	renameLinkedPolicies
	dropLinkedPolicies
	redropLinkedPolicies
	createLinkedPolicies
	recreateLinkedPolicies
	alterLinkedPolicies
	dropRolesLate
	dropEnums
	dropSequences
	dropSchemas
	groupCount
)

// The kinds of Change, named as drizzle-kit names its statements.
const (
	CreateSchema       = "create_schema"
	RenameSchema       = "rename_schema"
	DropSchema         = "drop_schema"
	CreateEnum         = "create_type_enum"
	MoveEnum           = "move_type_enum"
	RenameEnum         = "rename_type_enum"
	AddEnumValue       = "alter_type_add_value"
	RecreateEnum       = "alter_type_drop_value"
	DropEnum           = "drop_type_enum"
	CreateSequence     = "create_sequence"
	MoveSequence       = "move_sequence"
	RenameSequence     = "rename_sequence"
	AlterSequence      = "alter_sequence"
	DropSequence       = "drop_sequence"
	CreateRole         = "create_role"
	RenameRole         = "rename_role"
	AlterRole          = "alter_role"
	DropRole           = "drop_role"
	CreateTable        = "create_table"
	DropTable          = "drop_table"
	MoveTable          = "alter_table_set_schema"
	RenameTable        = "rename_table"
	EnableRLS          = "enable_rls"
	DisableRLS         = "disable_rls"
	RenameColumn       = "alter_table_rename_column"
	AddColumn          = "alter_table_add_column"
	DropColumn         = "alter_table_drop_column"
	SetColumnType      = "alter_table_alter_column_set_type"
	SetDefault         = "alter_table_alter_column_set_default"
	DropDefault        = "alter_table_alter_column_drop_default"
	SetNotNull         = "alter_table_alter_column_set_notnull"
	DropNotNull        = "alter_table_alter_column_drop_notnull"
	SetPrimaryKey      = "alter_table_alter_column_set_pk"
	DropPrimaryKey     = "alter_table_alter_column_drop_pk"
	SetIdentity        = "alter_table_alter_column_set_identity"
	AlterIdentity      = "alter_table_alter_column_change_identity"
	DropIdentity       = "alter_table_alter_column_drop_identity"
	SetGenerated       = "alter_table_alter_column_set_generated"
	AlterGenerated     = "alter_table_alter_column_alter_generated"
	DropGenerated      = "alter_table_alter_column_drop_generated"
	CreateCompositeKey = "create_composite_pk"
	AlterCompositeKey  = "alter_composite_pk"
	DropCompositeKey   = "delete_composite_pk"
	CreateUnique       = "create_unique_constraint"
	DropUnique         = "delete_unique_constraint"
	CreateCheck        = "create_check_constraint"
	DropCheck          = "delete_check_constraint"
	CreateReference    = "create_reference"
	DropReference      = "delete_reference"
	CreateIndex        = "create_index"
	DropIndex          = "drop_index"
	CreateView         = "create_view"
	DropView           = "drop_view"
	RenameView         = "rename_view"
	MoveView           = "alter_view_alter_schema"
	SetViewOptions     = "alter_view_add_with_option"
	ResetViewOptions   = "alter_view_drop_with_option"
	SetViewTablespace  = "alter_view_alter_tablespace"
	SetViewMethod      = "alter_view_alter_using"
	CreatePolicy       = "create_policy"
	DropPolicy         = "drop_policy"
	RenamePolicy       = "rename_policy"
	AlterPolicy        = "alter_policy"
	CreateLinkedPolicy = "create_ind_policy"
	DropLinkedPolicy   = "drop_ind_policy"
	RenameLinkedPolicy = "rename_ind_policy"
	AlterLinkedPolicy  = "alter_ind_policy"
)
