package studio

import (
	"context"
	"net/http"

	"github.com/skein-db/skein/internal/inspect"
)

type schemaAnswer struct {
	Name    string         `json:"name"`
	Objects []objectAnswer `json:"objects"`
}

type objectAnswer struct {
	Name    string `json:"name"`
	Kind    string `json:"kind"`
	Rows    *int64 `json:"rows"`
	Bytes   int64  `json:"bytes"`
	Comment string `json:"comment,omitempty"`
}

// kindNames spells the kinds of relations for the page.
var kindNames = map[inspect.Kind]string{
	inspect.Table: "table", inspect.PartitionedTable: "partitioned", inspect.View: "view",
	inspect.MaterializedView: "matview", inspect.ForeignTable: "foreign",
}

// look runs a Reader of package inspect on a connection of the pool.
func (s *Server) look(ctx context.Context, look func(*inspect.Reader) error) error {
	conn, err := s.pool.Take(ctx)
	if err != nil {
		return err
	}
	defer s.pool.Give(conn)
	return inspect.Read(ctx, conn, look)
}

func (s *Server) objects(w http.ResponseWriter, r *http.Request) error {
	var all []inspect.Relation
	err := s.look(r.Context(), func(look *inspect.Reader) (err error) {
		all, err = look.Relations(r.Context())
		return err
	})
	if err != nil {
		return err
	}
	schemas := []schemaAnswer{}
	for _, o := range all {
		if n := len(schemas); n == 0 || schemas[n-1].Name != o.Schema {
			schemas = append(schemas, schemaAnswer{Name: o.Schema})
		}
		at := &schemas[len(schemas)-1]
		at.Objects = append(at.Objects, objectAnswer{o.Name, kindNames[o.Kind], o.Rows, o.Size, o.Comment})
	}
	return s.ok(w, map[string]any{"schemas": schemas})
}
