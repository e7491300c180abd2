package diff

import (
	"encoding/json"

	"github.com/skein-db/skein/internal/schema"
)

// The JSON forms below are what --format json prints. Their field names are
// stable: fields are added, never renamed. Lists are never null. In names,
// "schema" is "" for what lives in no schema (schemas, roles, columns,
// policies).

type jsonRef struct {
	Schema string `json:"schema"`
	Name   string `json:"name"`
}

func refJSON(r *schema.Ref) *jsonRef {
	if r == nil || *r == (schema.Ref{}) {
		return nil
	}
	return &jsonRef{r.Schema, r.Name}
}

// list makes an empty list of nil.
func list[T any](s []T) []T {
	if s == nil {
		return []T{}
	}
	return s
}

// MarshalJSON returns
//
//	{"kind": "alter_table_add_column", "object": "users.email",
//	 "table": {"schema": "public", "name": "users"}, "statements": ["ALTER TABLE …;"]}
//
// "table" is left out where no table is concerned.
func (ch Change) MarshalJSON() ([]byte, error) {
	return json.Marshal(struct {
		Kind       string   `json:"kind"`
		Object     string   `json:"object"`
		Table      *jsonRef `json:"table,omitempty"`
		Statements []string `json:"statements"`
	}{ch.Kind, ch.Object, refJSON(&ch.Table), list(ch.SQL)})
}

// MarshalJSON returns
//
//	{"changes": [Change, …], "statements": ["…"], "notes": ["…"]}
//
// where "statements" is the SQL of all changes in order.
func (r *Result) MarshalJSON() ([]byte, error) {
	return json.Marshal(struct {
		Changes    []Change `json:"changes"`
		Statements []string `json:"statements"`
		Notes      []string `json:"notes"`
	}{list(r.Changes), list(r.Statements()), list(r.Notes)})
}

// MarshalJSON returns
//
//	{"kind": "column", "table": {"schema": "public", "name": "users"},
//	 "created": {"schema": "", "name": "full_name"},
//	 "candidates": [{"schema": "", "name": "name"}],
//	 "question": "is column users.full_name new, or was it called name?",
//	 "rename": ["public.users.name=public.users.full_name"], "create": "=public.users.full_name"}
//
// "rename" has the value of --rename for each candidate in order, "create" the
// one that says it is new. An answer in an answers file has the same "kind",
// "table" and "created", and "choice": "create", or "choice": "rename" with
// one of the candidates as "from".
func (q Question) MarshalJSON() ([]byte, error) {
	candidates := make([]jsonRef, len(q.Candidates))
	for i, r := range q.Candidates {
		candidates[i] = jsonRef{r.Schema, r.Name}
	}
	return json.Marshal(struct {
		Kind       Kind      `json:"kind"`
		Table      *jsonRef  `json:"table,omitempty"`
		Created    jsonRef   `json:"created"`
		Candidates []jsonRef `json:"candidates"`
		Question   string    `json:"question"`
		Rename     []string  `json:"rename"`
		Create     string    `json:"create"`
	}{q.Kind, refJSON(q.Table), jsonRef{q.Created.Schema, q.Created.Name}, candidates, q.String(), list(q.Flags()), q.CreateFlag()})
}

// MarshalJSON returns {"questions": [Question, …], "unmatched": ["…"]}.
func (u *Unanswered) MarshalJSON() ([]byte, error) {
	return json.Marshal(struct {
		Questions []Question `json:"questions"`
		Unmatched []string   `json:"unmatched"`
	}{list(u.Questions), list(u.Unmatched)})
}
