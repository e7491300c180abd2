package rows

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/skein-db/skein/internal/diag"
	"github.com/skein-db/skein/internal/studio/pool"
)

// planNode is what of EXPLAIN's answer says how rows are found.
type planNode struct {
	Type     string      `json:"Node Type"`
	Index    string      `json:"Index Name"`
	Relation string      `json:"Relation Name"`
	Rows     float64     `json:"Plan Rows"`
	Cost     float64     `json:"Total Cost"`
	Filter   string      `json:"Filter"`
	Plans    []*planNode `json:"Plans"`
}

// slowCost is what a page may cost, in the planner's unit, before a person is
// told that it may take long. With the default settings it stands for about a
// second of work.
const slowCost = 100_000

// fewRows are sorted in no time, which an index that finds them does not have to
// spare.
const fewRows = 1000

// look says how the page is read, by the planner's plan of it.
func (r *reader) look(root *planNode) {
	if root == nil {
		return
	}
	sorted, scanned := root.find("Sort", "Incremental Sort"), root.find("Seq Scan", "Parallel Seq Scan")
	if index := root.find("Index Scan", "Index Only Scan"); index != nil && (sorted == nil || sorted.Type == "Incremental Sort" || sorted.Rows <= fewRows) {
		r.page.Index = &index.Index
	}
	if root.Cost < slowCost {
		return
	}
	switch {
	case scanned != nil && scanned.Filter != "" && len(r.filters) > 0:
		r.page.Slow = fmt.Sprintf("all of %s is read to find these rows, %s of them: %s", scanned.Relation, roughly(r.shape.Rows), r.helpful())
	case sorted != nil && len(r.order.terms) > 0:
		r.page.Slow = fmt.Sprintf("%s rows are sorted to find the first: %s", roughly(sorted.Rows), r.orderIndex())
	default:
		r.page.Slow = "the planner expects this to take long"
	}
}

// plan asks for the plan of a statement, which runs nothing.
func plan(sql string, args []*string) pool.Statement {
	return pool.Statement{SQL: "EXPLAIN (FORMAT JSON) " + sql, Args: args}
}

// planOf is the plan that was answered; nil where its form is not known.
func planOf(rows [][]*string) *planNode {
	var plans []struct{ Plan *planNode }
	if len(rows) == 0 || json.Unmarshal([]byte(deref(rows[0][0])), &plans) != nil || len(plans) == 0 {
		return nil
	}
	return plans[0].Plan
}

// find returns the first node of one of the types.
func (n *planNode) find(types ...string) *planNode {
	if n == nil {
		return nil
	}
	for _, t := range types {
		if n.Type == t {
			return n
		}
	}
	for _, child := range n.Plans {
		if found := child.find(types...); found != nil {
			return found
		}
	}
	return nil
}

func roughly(n float64) string {
	switch {
	case n >= 1e9:
		return fmt.Sprintf("%.1f billion", n/1e9)
	case n >= 1e6:
		return fmt.Sprintf("%.1f million", n/1e6)
	case n >= 1e3:
		return fmt.Sprintf("%.0f thousand", n/1e3)
	}
	return fmt.Sprintf("%.0f", max(n, 0))
}

// helpful is an index that would find the rows of the first filter.
func (r *reader) helpful() string {
	f := r.filters[0]
	c, err := r.shape.Column(f.Column)
	if err != nil {
		return ""
	}
	on := "CREATE INDEX CONCURRENTLY ON " + r.shape.SQL()
	name := quoted(c.Name)
	switch {
	case f.Op == "contains" || f.Op == "ends" || f.Op == "regex":
		if len(f.Path) > 0 || c.Kind() != Text {
			return "no index helps with parts of this type's text"
		}
		return "with the extension pg_trgm, " + on + " USING gin (" + name + " gin_trgm_ops) would help"
	case f.Op == "starts":
		if len(f.Path) > 0 || c.Kind() != Text {
			return "no index helps with parts of this type's text"
		}
		return on + " (" + name + " text_pattern_ops) would help"
	case f.Op == "jsonHas" || f.Op == "jsonEq" || f.Op == "arrayHas":
		return on + " USING gin (" + name + ") would help"
	case len(f.Path) > 0:
		return on + " ((" + name + " #>> '" + strings.ReplaceAll(ArrayText(f.Path), "'", "''") + "')) would help"
	}
	return on + " (" + name + ") would help"
}

// orderIndex is an index that would give the order.
func (r *reader) orderIndex() string {
	if !r.shape.stored() && r.shape.RelKind != "m" {
		return "a view has no order of its own; a filter makes it fewer"
	}
	var terms []term
	for _, t := range r.order.terms {
		if t.column == nil {
			break
		}
		t.sql = quoted(t.column.Name)
		terms = append(terms, t)
	}
	if len(terms) == 0 {
		return "a primary key would give the rows an order"
	}
	return "CREATE INDEX CONCURRENTLY ON " + r.shape.SQL() + " (" + by(terms) + ") would help"
}

// explain says which filter a value was wrong in, where that is what PostgreSQL
// complains about.
func (r *reader) explain(ctx context.Context, tx *pool.Tx, err error) error {
	var pg *pgconn.PgError
	if !errors.As(err, &pg) {
		return err
	}
	switch {
	case pg.Code == "57014" && ctx.Err() == nil: // query_canceled, by the timeout
		hint := "narrow it by a filter that an index answers, or sort by an indexed column"
		if r.page.Slow != "" {
			hint = r.page.Slow
		}
		return &diag.Error{Kind: diag.Database, Message: "the page took too long and was given up", Hint: hint, Err: err}
	case strings.HasPrefix(pg.Code, "22") || pg.Code == "42704":
		if f := r.culprit(ctx, tx); f != nil {
			return &diag.Error{Kind: diag.Usage, Message: "the filter on " + f.Column + ": " + pg.Message, Detail: pg.Detail, Hint: "write the value as PostgreSQL does", Err: err}
		}
	}
	return err
}

// culprit is the filter whose value cannot be read. The transaction has failed,
// so each is tried in a new one.
func (r *reader) culprit(ctx context.Context, tx *pool.Tx) *Filter {
	if tx.Exec(ctx, "rollback") != nil {
		return nil
	}
	for i := range r.filters {
		st := &statement{}
		condition, err := r.shape.condition(r.filters[i], st)
		if err != nil {
			return &r.filters[i]
		}
		if _, err := tx.Rows(ctx, "EXPLAIN SELECT FROM "+r.shape.SQL()+" t WHERE "+condition, st.args...); err != nil {
			return &r.filters[i]
		}
	}
	return nil
}
