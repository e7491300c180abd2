package catalog

import (
	"sort"
	"strings"

	"github.com/skein-db/skein/internal/schema"
)

// Extensions returns the names of the extensions that s cannot do without, as
// far as its types, operator classes and defaults give them away, sorted. A
// schema that calls an extension's functions inside an expression may need
// more.
func Extensions(s *schema.Schema) []string {
	need := map[string]bool{}
	for _, t := range s.Tables {
		for _, c := range t.Columns {
			if c.TypeSchema == "" {
				need[typeExtensions[typeName(c.Type)]] = true
			}
			if c.Default != nil {
				function, _, _ := strings.Cut(c.Default.Text, "(")
				need[functionExtensions[function]] = true
			}
		}
		for _, x := range t.Indexes {
			for _, k := range x.Columns {
				class, _, _ := strings.Cut(k.OpClass, "(")
				need[classExtensions[strings.TrimSpace(class)]] = true
			}
		}
	}
	for _, e := range s.Enums { // a type of the schema's own is none of an extension's
		delete(need, typeExtensions[e.Name])
	}
	delete(need, "")
	var out []string
	for name := range need {
		out = append(out, name)
	}
	sort.Strings(out)
	return out
}

// typeName returns a type without modifiers and array brackets.
func typeName(t string) string {
	if i := strings.IndexAny(t, "(["); i >= 0 {
		t = t[:i]
	}
	return strings.TrimSpace(t)
}

var typeExtensions = map[string]string{
	"vector": "vector", "halfvec": "vector", "sparsevec": "vector",
	"geometry": "postgis", "geography": "postgis",
	"citext": "citext", "hstore": "hstore", "ltree": "ltree", "lquery": "ltree", "cube": "cube", "seg": "seg",
}

var functionExtensions = map[string]string{
	"uuid_generate_v1": "uuid-ossp", "uuid_generate_v1mc": "uuid-ossp", "uuid_generate_v4": "uuid-ossp",
	"gen_random_bytes": "pgcrypto",
}

var classExtensions = map[string]string{
	"gin_trgm_ops": "pg_trgm", "gist_trgm_ops": "pg_trgm",
	"vector_l2_ops": "vector", "vector_ip_ops": "vector", "vector_cosine_ops": "vector", "vector_l1_ops": "vector",
	"halfvec_l2_ops": "vector", "halfvec_ip_ops": "vector", "halfvec_cosine_ops": "vector", "halfvec_l1_ops": "vector",
	"sparsevec_l2_ops": "vector", "sparsevec_ip_ops": "vector", "sparsevec_cosine_ops": "vector", "sparsevec_l1_ops": "vector",
	"bit_hamming_ops": "vector", "bit_jaccard_ops": "vector",
	"gin_hstore_ops": "hstore", "gist_hstore_ops": "hstore", "gist_ltree_ops": "ltree", "gist__int_ops": "intarray", "gin__int_ops": "intarray",
}
