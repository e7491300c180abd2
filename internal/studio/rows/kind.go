package rows

// Kind groups types by how their values are shown, edited and filtered.
type Kind string

// The kinds.
const (
	Text        Kind = "text"
	Number      Kind = "number"
	Bool        Kind = "bool"
	Timestamp   Kind = "timestamp"
	TimestampTZ Kind = "timestamptz"
	Date        Kind = "date"
	Time        Kind = "time"
	Interval    Kind = "interval"
	JSON        Kind = "json"
	UUID        Kind = "uuid"
	Bytea       Kind = "bytea"
	Array       Kind = "array"
	Enum        Kind = "enum"
	Vector      Kind = "vector"
	Network     Kind = "network"
	Range       Kind = "range"
	Other       Kind = "other"
)

var kinds = map[string]Kind{
	"text": Text, "varchar": Text, "bpchar": Text, "name": Text, "char": Text, "citext": Text,
	"int2": Number, "int4": Number, "int8": Number, "numeric": Number, "float4": Number, "float8": Number, "money": Number, "oid": Number,
	"bool": Bool, "timestamp": Timestamp, "timestamptz": TimestampTZ, "date": Date, "time": Time, "timetz": Time, "interval": Interval,
	"json": JSON, "jsonb": JSON, "uuid": UUID, "bytea": Bytea, "vector": Vector, "halfvec": Vector, "sparsevec": Vector,
	"inet": Network, "cidr": Network, "macaddr": Network, "macaddr8": Network,
}

// KindOf is the kind of a type by its name, pg_type.typtype and typcategory.
func KindOf(name, typtype, category string) Kind {
	switch {
	case category == "A":
		return Array
	case typtype == "e":
		return Enum
	case typtype == "r", typtype == "m":
		return Range
	}
	if kind, ok := kinds[name]; ok {
		return kind
	}
	return Other
}

// Kind is the kind of the column's values.
func (c *Column) Kind() Kind { return KindOf(c.TypeName, c.TypType, c.Category) }

// ElementKind is the kind of what is in an array, "" for others.
func (c *Column) ElementKind() Kind {
	if c.Element == nil || c.Category != "A" {
		return ""
	}
	return KindOf(c.Element.TypeName, c.Element.TypType, c.Element.Category)
}

// short are types whose texts are never long enough to be cut.
func (c *Column) short() bool {
	switch c.Kind() {
	case Number:
		return c.TypeName != "numeric"
	case Bool, Timestamp, TimestampTZ, Date, Time, Interval, UUID, Network, Enum:
		return true
	}
	return false
}
