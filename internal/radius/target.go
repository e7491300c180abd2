package radius

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/skein-db/skein/internal/diag"
	"github.com/skein-db/skein/internal/effect"
	"github.com/skein-db/skein/internal/sqltext"
	"github.com/skein-db/skein/internal/sqltree"
)

// Read says what a plan would do to the target behind conn. It only reads, in
// a transaction of its own, and holds no lock afterwards. A plan without
// migrations, and a target without tables, cost no more than that look. Errors
// of the server are *diag.Error of kind Database.
func Read(ctx context.Context, conn *pgx.Conn, p Plan) (*Report, error) {
	if len(p.Migrations) == 0 {
		return &Report{Empty: true}, nil
	}
	t := &target{conn: conn.PgConn()}
	some, err := t.hasTables(ctx, p.Record)
	if err != nil {
		return nil, readError(err)
	}
	if !some {
		return emptyReport(p), nil
	}
	texts := make([]string, len(p.Migrations))
	for i, m := range p.Migrations {
		texts[i] = m.SQL
	}
	defer t.end()
	type parsing struct {
		statements [][]sqltree.Statement
		err        error
	}
	parsed := make(chan parsing, 1)
	go func() { // while the server answers
		statements, err := sqltree.ParseAll(ctx, texts)
		parsed <- parsing{statements, err}
	}()
	err = t.read(ctx, mentionsOf(texts))
	statements := <-parsed
	if statements.err != nil {
		return nil, statements.err
	}
	if err != nil {
		return nil, readError(err)
	}
	drafts := t.follow(p, statements.statements)
	if err := t.readSizes(ctx, t.unmeasured(drafts)); err != nil {
		return nil, readError(err)
	}
	return t.report(p, drafts), nil
}

func emptyReport(p Plan) *Report {
	r := &Report{Empty: true}
	for _, m := range p.Migrations {
		r.Migrations = append(r.Migrations, Migration{Tag: m.Tag})
	}
	return r
}

// target is what is known of the database.
type target struct {
	conn     *pgconn.PgConn
	state    *effect.State
	tables   map[sqltree.Name]*Table // also under the names that the plan gives them
	sessions []*Session
	notes    []string
}

func (t *target) hasTables(ctx context.Context, record sqltree.Name) (bool, error) {
	answers, err := t.ask(ctx, fmt.Sprintf(anyTable, sqltext.QuoteLiteral(record.Schema), sqltext.QuoteLiteral(record.Name)))
	return err == nil && answers[0][0].yes(0), err
}

// ask sends queries together and returns the rows of each that has any.
func (t *target) ask(ctx context.Context, queries ...string) ([][]row, error) {
	results, err := t.conn.Exec(ctx, strings.Join(queries, ";\n")).ReadAll()
	if err != nil {
		return nil, err
	}
	var out [][]row
	for _, r := range results {
		if !r.CommandTag.Select() { // but SET or COMMIT
			continue
		}
		rows := make([]row, len(r.Rows))
		for i, values := range r.Rows {
			rows[i] = values
		}
		out = append(out, rows)
	}
	return out, nil
}

func (t *target) end() {
	ctx, cancel := context.WithTimeout(context.Background(), endLimit)
	defer cancel()
	if t.conn.TxStatus() != 'I' {
		_ = t.conn.Exec(ctx, "ROLLBACK").Close() // the first error is the one to tell
	}
}

// read reads everything that the plan can depend on. When it has to wait for
// somebody, or something is dropped meanwhile, it is tried once more.
func (t *target) read(ctx context.Context, m mentions) error {
	err := t.readOnce(ctx, m)
	var pg *pgconn.PgError
	if errors.As(err, &pg) && slices.Contains([]string{"55P03", "XX000", "42P01"}, pg.Code) { // lock not available; cache lookup failed; undefined table
		t.end()
		err = t.readOnce(ctx, m)
	}
	return err
}

// readOnce takes two round trips: what tables there are and who is there, then
// all about those tables that the plan has to do with.
func (t *target) readOnce(ctx context.Context, m mentions) error {
	a, err := t.ask(ctx, strings.TrimSuffix(beginReading, ";"), relationsQuery, parentsQuery, fmt.Sprintf(linksQuery, m.list()), viewsQuery,
		triggersQuery, typesQuery, sessionsQuery, preparedQuery, locksQuery, standbysQuery)
	if err != nil {
		return err
	}
	rows := rowsRead{relations: a[0], parents: a[1], links: a[2], views: a[3], triggers: a[4], types: a[5]}
	t.sessions, t.notes = sessionsOf(a[6], a[7], a[8]), standbyNotes(a[9])
	named, joined := m.tables(&rows)
	about := func(query string, tables []uint32) string { return fmt.Sprintf(query, oidList(tables)) }
	if a, err = t.ask(ctx, about(columnsQuery, joined), fmt.Sprintf(constraintsQuery, oidList(joined), oidList(named)), about(indexesQuery, joined),
		about(sizesQuery, named), about(indexSizesQuery, named), "COMMIT"); err != nil {
		return err
	}
	rows.columns, rows.constraints, rows.indexes = a[0], a[1], a[2]
	t.assemble(&rows)
	t.measure(a[3], a[4])
	return nil
}

// unmeasured are the tables of which the size is not known: such as the plan
// does not name but has to do with.
func (t *target) unmeasured(drafts []*draft) []uint32 {
	var out []uint32
	for _, table := range touched(drafts) {
		if !table.measured && table.kind != sqltree.View {
			out = append(out, table.oid)
		}
	}
	return out
}

func (t *target) readSizes(ctx context.Context, tables []uint32) error {
	if len(tables) == 0 {
		return nil
	}
	list := oidList(tables)
	a, err := t.ask(ctx, strings.TrimSuffix(beginReading, ";"), fmt.Sprintf(sizesQuery, list), fmt.Sprintf(indexSizesQuery, list), "COMMIT")
	if err == nil {
		t.measure(a[0], a[1])
	}
	return err
}

func (t *target) measure(tables, indexes []row) {
	byOID, byIndex := map[uint32]*Table{}, map[uint32]*Index{}
	for _, table := range t.tables {
		byOID[table.oid] = table
		for i := range table.Indexes {
			byIndex[table.Indexes[i].oid] = &table.Indexes[i]
		}
	}
	for _, r := range tables {
		if table := byOID[r.oid(0)]; table != nil {
			table.measure(r)
		}
	}
	for _, r := range indexes {
		if index := byIndex[r.oid(0)]; index != nil {
			index.Bytes = r.number(1)
		}
	}
}

// oidList is a list for IN.
func oidList(oids []uint32) string {
	words := []string{"0"} // which nothing has
	for _, oid := range oids {
		words = append(words, strconv.FormatUint(uint64(oid), 10))
	}
	return strings.Join(words, ",")
}

// measure takes a row of sizesQuery. The rows of a table are reckoned as the
// planner does: as many in a page as there were when it was last analysed. A
// table that never was has -1, before PostgreSQL 14 nothing and no pages.
// https://www.postgresql.org/docs/current/catalog-pg-class.html (reltuples)
// https://www.postgresql.org/docs/current/row-estimation-examples.html
func (t *Table) measure(r row) {
	t.measured = true
	rows, pages, block := r.float(1), r.number(2), r.number(3)
	t.Heap, t.Bytes = pages*block, pages*block
	if r[4] != nil {
		t.Heap, t.Bytes = r.number(4), r.number(5)
	}
	switch {
	case t.Heap == 0:
		t.Rows = 0
	case rows < 0 || rows == 0 && pages == 0:
		t.Rows = -1
	case pages > 0:
		t.Rows = int64(rows / float64(pages) * float64(t.Heap/block))
	default:
		t.Rows = int64(rows)
	}
}

func readError(err error) error {
	var known *diag.Error
	if errors.As(err, &known) {
		return err
	}
	e := &diag.Error{
		Kind: diag.Database, Err: err, Message: "what the plan would do to the database could not be found out: " + err.Error(),
		Hint: "try again; PostgreSQL's log tells more",
	}
	var pg *pgconn.PgError
	if errors.As(err, &pg) {
		e.Message = "what the plan would do to the database could not be found out: " + pg.Message
	}
	return e
}
