package rows

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/skein-db/skein/internal/diag"
	"github.com/skein-db/skein/internal/studio/pool"
)

// Request is what a page is asked by.
type Request struct {
	Ref
	Columns []string `json:"columns,omitempty"` // all of them where none is named
	Filters []Filter `json:"filters"`
	Sort    []Sort   `json:"sort"`
	After   string   `json:"after,omitempty"`
	Before  string   `json:"before,omitempty"`
	End     bool     `json:"end,omitempty"` // the last page
	// At is the share of all rows, from 0 to 1, that are in front of the page,
	// as nearly as can be told without counting them.
	At    float64 `json:"at,omitempty"`
	Limit int     `json:"limit"`
}

// Page is rows in their order.
type Page struct {
	Columns []string    `json:"columns"`
	Key     []string    `json:"key"`
	Rows    [][]Cell    `json:"rows"`
	Keys    [][]*string `json:"keys"`
	First   *string     `json:"first"`
	Last    *string     `json:"last"`
	More    bool        `json:"more"` // in the direction that was asked for
	MS      float64     `json:"ms"`
	SQL     string      `json:"sql"`
	Index   *string     `json:"index"`
	Slow    string      `json:"slow,omitempty"`
}

// MostRows bounds a page.
const MostRows = 1000

// reader reads one page.
type reader struct {
	shape   *Shape
	columns []*Column
	filters []Filter
	order   *order // in the direction of reading
	limit   int

	page *Page
	rows []readRow
}

// readRow is a row with its place in the order.
type readRow struct {
	cells []Cell
	key   []*string
	place []*string
	same  []*string // tells rows apart that are not equal in the order; nil where all differ
}

// Read reads a page.
func Read(ctx context.Context, tx *pool.Tx, s *Shape, ask *Request) (*Page, error) {
	began := time.Now()
	r, from, err := newReader(s, ask)
	if err != nil {
		return nil, err
	}
	backward := ask.Before != "" || ask.End
	mark := r.order.mark()
	if ask.At > 0 {
		if from, err = r.somewhere(ctx, tx, ask.At, mark); err != nil {
			return nil, r.explain(ctx, tx, err)
		}
	}
	if backward {
		r.order = r.order.reversed()
	}
	switch {
	case r.order.place:
		err = r.readPlaces(ctx, tx, from, backward)
	case len(r.order.terms) == 0:
		err = r.readStretch(ctx, tx.Last, stretch{})
	default:
		err = r.readStretches(ctx, tx, from)
	}
	if err != nil {
		return nil, r.explain(ctx, tx, err)
	}
	r.finish(mark, from, backward)
	r.page.MS = float64(time.Since(began).Microseconds()) / 1000
	return r.page, nil
}

func newReader(s *Shape, ask *Request) (*reader, *cursor, error) {
	if ask.Limit < 1 || ask.Limit > MostRows {
		return nil, nil, &diag.Error{Kind: diag.Usage, Message: "limit has to be from 1 to " + strconv.Itoa(MostRows), Hint: "ask for the next page by its cursor"}
	}
	o, err := s.order(ask.Sort)
	if err != nil {
		return nil, nil, err
	}
	r := &reader{shape: s, filters: ask.Filters, order: o, limit: ask.Limit, columns: s.Columns}
	if len(ask.Columns) > 0 {
		r.columns = nil
		for _, name := range ask.Columns {
			c, err := s.Column(name)
			if err != nil {
				return nil, nil, err
			}
			r.columns = append(r.columns, c)
		}
	}
	r.page = &Page{Columns: []string{}, Key: s.Key, Rows: [][]Cell{}}
	for _, c := range r.columns {
		r.page.Columns = append(r.page.Columns, c.Name)
	}
	text := ask.After + ask.Before
	switch {
	case ask.After != "" && ask.Before != "" || ask.End && text != "" || ask.At != 0 && (ask.End || text != ""):
		return nil, nil, &diag.Error{Kind: diag.Usage, Message: "after, before, end and at cannot be used together", Hint: "ask for one of them"}
	case ask.At < 0 || ask.At >= 1:
		return nil, nil, &diag.Error{Kind: diag.Usage, Message: "at has to be from 0 to less than 1", Hint: "end gives the last page"}
	case ask.At > 0 && (!o.unique || len(o.terms) == 0):
		return nil, nil, &diag.Error{Kind: diag.Usage, Message: s.String() + " has no places to go to: it is no table", Hint: "go to the first or the last rows"}
	case text == "" || len(o.terms) == 0:
		return r, nil, nil
	}
	from, err := o.read(text, o.mark())
	return r, from, err
}

// readStretches reads one stretch of the order after the other until the page
// is full, and one row more, which tells whether there is another page.
func (r *reader) readStretches(ctx context.Context, tx *pool.Tx, from *cursor) error {
	parts := r.order.all()
	if from != nil {
		parts = r.order.from(from)
	}
	for i, part := range parts {
		ask := tx.All
		if i == len(parts)-1 {
			ask = tx.Last
		}
		if err := r.readStretch(ctx, ask, part); err != nil {
			return err
		}
		if len(r.rows) > r.limit {
			return nil
		}
	}
	return nil
}

// asker runs statements in one round trip: the All or the Last of a pool.Tx.
type asker func(context.Context, ...pool.Statement) ([][][]*string, error)

func (r *reader) readStretch(ctx context.Context, ask asker, part stretch) error {
	st := &statement{}
	tail, err := r.where(part.where, st)
	if err != nil {
		return err
	}
	if len(part.terms) > 0 {
		tail += " ORDER BY " + by(part.terms)
	}
	most := r.limit + 1 - len(r.rows)
	if part.most > 0 {
		most = min(most, part.most)
	}
	tail += " LIMIT " + strconv.Itoa(most)
	if part.skip > 0 {
		tail += " OFFSET " + strconv.Itoa(part.skip)
	}
	return r.run(ctx, ask, st, tail)
}

// where joins the condition of a place with the filters.
func (r *reader) where(place func(*statement) string, st *statement) (string, error) {
	conditions, err := r.shape.conditions(r.filters, st)
	if err != nil {
		return "", err
	}
	if place != nil {
		conditions = append(conditions, place(st))
	}
	return whereAll(conditions), nil
}

func (s *Shape) conditions(filters []Filter, st *statement) ([]string, error) {
	var all []string
	for _, f := range filters {
		c, err := s.condition(f, st)
		if err != nil {
			return nil, err
		}
		all = append(all, c)
	}
	return all, nil
}

func whereAll(conditions []string) string {
	if len(conditions) == 0 {
		return ""
	}
	return " WHERE " + strings.Join(conditions, " AND ")
}

// run reads rows by the end of a statement: what stands behind FROM. The
// columns are taken inside as they are and turned into text outside, so that
// this is done for the rows of the page only, whatever had to be sorted.
//
// The first statement of a page goes with the question for its plan, which is
// there even when the rows take too long.
func (r *reader) run(ctx context.Context, ask asker, st *statement, tail string) error {
	out := r.outputs()
	inner := []string{}
	for _, raw := range out.raw {
		inner = append(inner, raw.sql+" AS "+raw.alias)
	}
	if len(inner) == 0 {
		inner = append(inner, "1 AS nothing")
	}
	st.write("SELECT ", strings.Join(out.list, ", "), " FROM (SELECT ", strings.Join(inner, ", "), " FROM ", r.shape.SQL(), " t", tail, ") p")
	sql := st.text.String()
	statements := []pool.Statement{{SQL: sql, Args: st.args}}
	first := r.page.SQL == ""
	if first {
		r.page.SQL = Literal("SELECT "+r.named()+" FROM "+r.shape.SQL()+" t"+tail, st.args)
		statements = append([]pool.Statement{plan(sql, st.args)}, statements...)
	}
	answers, err := ask(ctx, statements...)
	if first && len(answers) > 0 {
		r.look(planOf(answers[0]))
	}
	if err != nil {
		return err
	}
	for _, row := range answers[len(answers)-1] {
		r.rows = append(r.rows, out.row(row))
	}
	return nil
}

// named are the columns as a person would ask for them.
func (r *reader) named() string {
	if slices.Equal(r.columns, r.shape.Columns) {
		return "*"
	}
	var names []string
	for _, c := range r.columns {
		names = append(names, quoted(c.Name))
	}
	return strings.Join(names, ", ")
}

// finish puts the rows into their order and says where they begin and end.
func (r *reader) finish(mark string, from *cursor, backward bool) {
	p := r.page
	if p.More = len(r.rows) > r.limit; p.More {
		r.rows = r.rows[:r.limit]
	}
	if len(r.rows) > 0 {
		near, far := r.near(mark, from), r.far(mark, from)
		p.First, p.Last = near, far
		if backward {
			p.First, p.Last = far, near
		}
	}
	if backward {
		slices.Reverse(r.rows)
	}
	if len(p.Key) > 0 {
		p.Keys = [][]*string{}
	}
	for _, row := range r.rows {
		p.Rows = append(p.Rows, row.cells)
		if len(p.Key) > 0 {
			p.Keys = append(p.Keys, row.key)
		}
	}
	if p.More && len(r.order.terms) > 0 && (p.Last == nil || p.First == nil) {
		p.Slow = "the values that the rows are sorted by are too long to go on from: sort by another column"
	}
}

// near is the cursor of the first row that was read, to go on from in the
// other direction.
func (r *reader) near(mark string, from *cursor) *string {
	if len(r.order.terms) == 0 {
		return nil
	}
	c := &cursor{Order: mark, Values: r.rows[0].place}
	switch {
	case r.order.unique:
	case from == nil || !sameTexts(from.Values, c.Values):
		c.Take = new(int)
	case from.Take != nil:
		c.Skip = *from.Take
	default:
		c.Take = &from.Skip
	}
	return c.text()
}

// far is the cursor of the last row that was read, to go on from.
func (r *reader) far(mark string, from *cursor) *string {
	if len(r.order.terms) == 0 {
		return nil
	}
	last := r.rows[len(r.rows)-1]
	c := &cursor{Order: mark, Values: last.place}
	if r.order.unique {
		return c.text()
	}
	for _, row := range r.rows {
		if sameTexts(row.same, last.same) {
			c.Skip++
		}
	}
	if from != nil && sameTexts(from.Values, c.Values) {
		if from.Take != nil {
			left := *from.Take - c.Skip
			c.Skip, c.Take = 0, &left
		} else {
			c.Skip += from.Skip
		}
	}
	return c.text()
}
