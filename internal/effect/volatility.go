package effect

import (
	"strings"

	"github.com/skein-db/skein/internal/sqltree"
)

// volatility says how often a default must be computed.
// https://www.postgresql.org/docs/current/xfunc-volatility.html
type volatility uint8

const (
	steady   volatility = iota // once for all rows
	unknown                    // a function that is not PostgreSQL's
	volatile                   // for each row
)

// volatilityOf looks at the functions of an expression. Operators of
// PostgreSQL's own types are immutable or stable.
func volatilityOf(e *sqltree.Expr) (volatility, string) {
	worst, name := steady, ""
	for _, f := range e.Uses.Functions {
		v := unknown
		if f.Name.Schema == "" || f.Name.Schema == "pg_catalog" {
			switch {
			case volatileFunctions[f.Name.Name]:
				v = volatile
			case steadyFunctions[f.Name.Name]:
				v = steady
			}
		}
		if v > worst {
			worst, name = v, f.Name.Name
		}
	}
	return worst, name
}

// The functions that defaults call, by pg_proc.provolatile; a test compares
// the lists with a server. current_timestamp and its like are no functions in
// the grammar, and stable.
var (
	volatileFunctions = words(`clock_timestamp timeofday random random_normal setseed nextval currval lastval setval
		gen_random_uuid uuidv4 uuidv7 uuid_generate_v1 uuid_generate_v1mc uuid_generate_v4 gen_random_bytes gen_salt pg_sleep
		pg_advisory_lock pg_advisory_xact_lock pg_notify set_config`)
	steadyFunctions = words(`now transaction_timestamp statement_timestamp current_schema current_schemas current_database
		current_setting txid_current pg_current_xact_id date_part date_trunc date_bin age timezone extract
		to_char to_date to_timestamp to_number make_date make_interval make_time make_timestamp make_timestamptz
		lower upper initcap concat concat_ws format left right lpad rpad btrim ltrim rtrim replace translate repeat reverse substr substring
		length char_length octet_length md5 sha224 sha256 sha384 sha512 encode decode convert_to convert_from chr ascii quote_ident
		quote_literal split_part string_to_array array_to_string regexp_replace strpos
		abs ceil ceiling floor round trunc mod power sqrt exp ln log sign div
		to_json to_jsonb json_build_object jsonb_build_object json_build_array jsonb_build_array row_to_json array_to_json
		json_object jsonb_object jsonb_set array_append array_prepend array_cat array_length cardinality array_fill
		to_tsvector to_tsquery plainto_tsquery int4range int8range numrange tsrange tstzrange daterange
		uuid_nil uuid_ns_dns uuid_ns_url uuid_generate_v3 uuid_generate_v5 inet_client_addr pg_backend_pid version`)
)

func words(text string) map[string]bool {
	out := map[string]bool{}
	for word := range strings.FieldsSeq(text) {
		out[word] = true
	}
	return out
}
