package sqltree

// Node is what a statement does: one of the pointer types below, or *Other.
type Node interface{ node() }

// Name is the name of an object, without a schema where none is written.
type Name struct {
	Schema, Name string
}

// String returns the name as a person would write it, unquoted.
func (n Name) String() string {
	if n.Schema == "" {
		return n.Name
	}
	return n.Schema + "." + n.Name
}

// In returns the name with the schema that an unqualified one is looked up in:
// public, as drizzle has it.
func (n Name) In() Name {
	if n.Schema == "" {
		n.Schema = "public"
	}
	return n
}

// Same reports whether two names mean one object; see In.
func (n Name) Same(o Name) bool { return n.In() == o.In() }

// Kind is a kind of object, in PostgreSQL's words: "table", "materialized view".
type Kind string

// The kinds that rules ask for. Others have PostgreSQL's name in lower case.
const (
	Table            Kind = "table"
	View             Kind = "view"
	MaterializedView Kind = "materialized view"
	Index            Kind = "index"
	Sequence         Kind = "sequence"
	Type             Kind = "type"
	Domain           Kind = "domain"
	Schema           Kind = "schema"
	Column           Kind = "column"
	TableConstraint  Kind = "constraint"
	Function         Kind = "function"
	Procedure        Kind = "procedure"
	Trigger          Kind = "trigger"
	Policy           Kind = "policy"
	Extension        Kind = "extension"
	ForeignTable     Kind = "foreign table"
	Attribute        Kind = "attribute"
	Rule             Kind = "rule"
	Database         Kind = "database"
	Role             Kind = "role"
)

// TypeName is a type as written. PostgreSQL's own spellings are undone: int4
// of pg_catalog is "integer".
type TypeName struct {
	Name
	Mods   []int64 // of varchar(10), numeric(10,2)
	Array  int     // dimensions
	SetOf  bool
	Offset int
}

// Expr is an expression.
type Expr struct {
	Offset int // of the operator or function for some; -1 where unknown
	Uses   Uses
	// Constant says that it is a literal, a cast of one, or NULL.
	Constant bool
	// Null says that it is NULL, or a cast of it.
	Null bool
	// Literal is the text of a string literal, or of the cast of one.
	Literal string
	// NotNull is the column that an expression "x IS NOT NULL", alone or joined
	// to others by AND, holds to be there.
	NotNull []string
	// CastOf is the column that the expression is, or casts, and Casts are the
	// types that it is cast to, in turn.
	CastOf string
	Casts  []TypeName
}

// ConstraintKind is a kind of constraint.
type ConstraintKind string

// The kinds of constraints that a column or table can have.
const (
	PrimaryKey ConstraintKind = "primary key"
	Unique     ConstraintKind = "unique"
	Check      ConstraintKind = "check"
	ForeignKey ConstraintKind = "foreign key"
	Exclude    ConstraintKind = "exclude"
	NotNull    ConstraintKind = "not null"
)

// Constraint is a constraint of a table, or of the column it is written with.
type Constraint struct {
	Kind       ConstraintKind
	Name       string   // "" where PostgreSQL makes one up
	Columns    []string // of the constraint's own table; also where written with a column
	RefTable   Name
	RefColumns []string
	NotValid   bool
	UsingIndex string
	Expr       *Expr // of a check
	Deferrable bool
	OnDelete   string // "cascade", "set null", "set default", "restrict" or ""
	Offset     int
}

// ColumnDef is a column as CREATE TABLE and ADD COLUMN define it.
type ColumnDef struct {
	Name        string
	Type        TypeName
	NotNull     bool // written, or following from a primary key, an identity or a serial
	Default     *Expr
	Generated   *Expr // stored
	Identity    bool
	Constraints []Constraint // without NOT NULL
	Offset      int
}

// Serial reports whether the type makes a sequence of its own.
func (c *ColumnDef) Serial() bool {
	switch c.Type.Name.Name {
	case "serial", "bigserial", "smallserial", "serial2", "serial4", "serial8":
		return c.Type.Schema == ""
	}
	return false
}

// CreateTable is CREATE TABLE, also AS a query.
type CreateTable struct {
	Name        Name
	IfNotExists bool
	Temporary   bool
	Columns     []ColumnDef
	Constraints []Constraint // of the table; those of columns are with them
	PartitionOf Name
	Inherits    []Name
	// DefaultPartition says that it takes the rows no other partition takes.
	DefaultPartition bool
	Partitioned      bool
	AsQuery          bool
}

// AlterTable is ALTER TABLE, and ALTER of what PostgreSQL alters as a table.
type AlterTable struct {
	Kind     Kind // Table, Index, View, MaterializedView, Sequence, ForeignTable, Type
	Name     Name
	IfExists bool
	Only     bool // without what inherits from it
	Actions  []Action
}

// ActionKind is what an action of ALTER TABLE does.
type ActionKind string

// The actions that rules ask for. Others have PostgreSQL's name, such as
// "AT_SetStatistics".
const (
	AddColumn          ActionKind = "AT_AddColumn"
	DropColumn         ActionKind = "AT_DropColumn"
	SetType            ActionKind = "AT_AlterColumnType"
	SetDefault         ActionKind = "AT_ColumnDefault" // also DROP DEFAULT, then without Default
	SetNotNull         ActionKind = "AT_SetNotNull"
	DropNotNull        ActionKind = "AT_DropNotNull"
	SetExpression      ActionKind = "AT_SetExpression"
	DropExpression     ActionKind = "AT_DropExpression"
	AddIdentity        ActionKind = "AT_AddIdentity"
	SetIdentity        ActionKind = "AT_SetIdentity"
	DropIdentity       ActionKind = "AT_DropIdentity"
	AddConstraint      ActionKind = "AT_AddConstraint"
	DropConstraint     ActionKind = "AT_DropConstraint"
	ValidateConstraint ActionKind = "AT_ValidateConstraint"
	AlterConstraint    ActionKind = "AT_AlterConstraint"
	AttachPartition    ActionKind = "AT_AttachPartition"
	DetachPartition    ActionKind = "AT_DetachPartition"
	SetLogged          ActionKind = "AT_SetLogged"
	SetUnlogged        ActionKind = "AT_SetUnLogged"
	SetTableSpace      ActionKind = "AT_SetTableSpace"
	SetAccessMethod    ActionKind = "AT_SetAccessMethod"
	SetStatistics      ActionKind = "AT_SetStatistics"
	SetStorage         ActionKind = "AT_SetStorage"
	SetRelOptions      ActionKind = "AT_SetRelOptions"
	EnableRowSecurity  ActionKind = "AT_EnableRowSecurity"
	DisableRowSecurity ActionKind = "AT_DisableRowSecurity"
	ClusterOn          ActionKind = "AT_ClusterOn"
	ChangeOwner        ActionKind = "AT_ChangeOwner"
)

// Action is one action of ALTER TABLE.
type Action struct {
	Kind         ActionKind
	Name         string // of the column or constraint
	Column       *ColumnDef
	Type         TypeName // of SetType
	Using        *Expr    // of SetType
	Default      *Expr    // of SetDefault
	Constraint   *Constraint
	Partition    Name // of AttachPartition and DetachPartition
	Concurrently bool // of DetachPartition
	IfExists     bool // also IF NOT EXISTS
	Cascade      bool
	Offset       int // where the action's object is written, else the statement's
}

// CreateIndex is CREATE INDEX.
type CreateIndex struct {
	Name         string // "" where PostgreSQL makes one up
	Table        Name
	Unique       bool
	Concurrently bool
	IfNotExists  bool
	Only         bool
	Method       string
	Keys         []IndexKey
	Include      []string
	Where        *Expr
}

// IndexKey is a column or an expression of an index.
type IndexKey struct {
	Column string
	Expr   *Expr // where it is no column
}

// Drop is any DROP of objects in a schema.
type Drop struct {
	Kind         Kind
	Names        []Name
	Table        Name // of a policy, trigger or rule
	IfExists     bool
	Cascade      bool
	Concurrently bool
}

// Rename is any RENAME, of an object or of a part of one. A rename of an enum
// value is an AlterEnum.
type Rename struct {
	Kind     Kind
	Relation Kind // of the table that a column is part of
	Table    Name // of a column or constraint; of a relation, the relation itself
	Old, New string
}

// SetSchema is ALTER … SET SCHEMA.
type SetSchema struct {
	Kind Kind
	Name Name
	New  string
}

// CreateEnum is CREATE TYPE … AS ENUM.
type CreateEnum struct {
	Name   Name
	Values []string
}

// AlterEnum adds a value to an enum, or renames one.
type AlterEnum struct {
	Name        Name
	Old         string // "" for ADD VALUE
	New         string
	Neighbour   string
	After       bool
	IfNotExists bool
}

// CreateDomain is CREATE DOMAIN.
type CreateDomain struct {
	Name        Name
	Type        TypeName
	Constraints []Constraint
}

// AlterDomain is ALTER DOMAIN.
type AlterDomain struct {
	Name       Name
	Action     string      // PostgreSQL's letter: C adds a constraint, O sets NOT NULL, …
	Constraint *Constraint // of C
}

// CreateView is CREATE VIEW or CREATE MATERIALIZED VIEW.
type CreateView struct {
	Name         Name
	Materialized bool
	Replace      bool
	WithNoData   bool
}

// Comment is COMMENT ON.
type Comment struct {
	Kind Kind
	Name Name // of the relation, also where it is on a part of one
}

// CreateFunction is CREATE FUNCTION or PROCEDURE.
type CreateFunction struct {
	Name     Name
	Replace  bool
	Language string
}

// CreateTrigger is CREATE TRIGGER.
type CreateTrigger struct {
	Name  string
	Table Name
}

// CreatePolicy is CREATE POLICY, or ALTER POLICY.
type CreatePolicy struct {
	Name  string
	Table Name
	Alter bool
}

// CreateSequence is CREATE SEQUENCE, or ALTER SEQUENCE.
type CreateSequence struct {
	Name        Name
	Alter       bool
	IfNotExists bool
}

// CreateSchema is CREATE SCHEMA.
type CreateSchema struct {
	Name        string
	IfNotExists bool
}

// CreateExtension is CREATE EXTENSION.
type CreateExtension struct {
	Name        string
	IfNotExists bool
}

// Insert is INSERT, MERGE or COPY … FROM.
type Insert struct {
	Table   Name
	Columns []string
	Merge   bool
	// Values says that the rows are written out, not selected.
	Values bool
	// Stdin says that it is COPY with the rows behind the statement, which only
	// psql and pg_dump's readers can send.
	Stdin bool
}

// Update is UPDATE.
type Update struct {
	Table   Name
	Columns []string
	Where   *Expr
}

// Delete is DELETE.
type Delete struct {
	Table Name
	Where *Expr
}

// Truncate is TRUNCATE.
type Truncate struct {
	Tables  []Name
	Cascade bool
}

// Select is SELECT, VALUES or TABLE.
type Select struct {
	// Into is the table that SELECT INTO creates.
	Into Name
	// Locking says that rows are locked, with FOR UPDATE and its like.
	Locking bool
}

// Do is a DO block. What it runs is in Statement.Body.
type Do struct {
	Language string
}

// Transaction is transaction control.
type Transaction struct {
	Kind string // "begin", "commit", "rollback", "savepoint", "release", "rollback to", "prepare", …
}

// Maintenance is VACUUM, ANALYZE, CLUSTER, REINDEX or REFRESH MATERIALIZED VIEW.
type Maintenance struct {
	Kind         string // "vacuum", "analyze", "cluster", "reindex", "refresh"
	Object       Kind   // of REINDEX: Index, Table, Schema, Database or "system"
	Names        []Name // none for the whole database
	Concurrently bool
	Full         bool
}

// LockTable is LOCK TABLE.
type LockTable struct {
	Tables []Name
	Mode   string // such as "access exclusive"
}

// Set is SET, RESET or a call of set_config would be a Select.
type Set struct {
	Name  string
	Value string // of a single literal
	Local bool
	Reset bool // back to what it was: RESET, or TO DEFAULT
}

// Grant is GRANT or REVOKE.
type Grant struct {
	Revoke bool
}

// Other is any other statement.
type Other struct {
	// Kind is PostgreSQL's name of the parse node, such as "AlterSystemStmt";
	// "" for a statement that was not parsed.
	Kind string
}

func (*CreateTable) node()     {}
func (*AlterTable) node()      {}
func (*CreateIndex) node()     {}
func (*Drop) node()            {}
func (*Rename) node()          {}
func (*SetSchema) node()       {}
func (*CreateEnum) node()      {}
func (*AlterEnum) node()       {}
func (*CreateDomain) node()    {}
func (*AlterDomain) node()     {}
func (*CreateView) node()      {}
func (*Comment) node()         {}
func (*CreateFunction) node()  {}
func (*CreateTrigger) node()   {}
func (*CreatePolicy) node()    {}
func (*CreateSequence) node()  {}
func (*CreateSchema) node()    {}
func (*CreateExtension) node() {}
func (*Insert) node()          {}
func (*Update) node()          {}
func (*Delete) node()          {}
func (*Truncate) node()        {}
func (*Select) node()          {}
func (*Do) node()              {}
func (*Transaction) node()     {}
func (*Maintenance) node()     {}
func (*LockTable) node()       {}
func (*Set) node()             {}
func (*Grant) node()           {}
func (*Other) node()           {}
