package rows

import (
	"context"
	"fmt"
	"strconv"

	"github.com/skein-db/skein/internal/studio/pool"
)

// Link is a foreign key of another table, and how many rows of that table point
// by it to one row here.
type Link struct {
	Name    string    `json:"name"`
	Table   Ref       `json:"table"`
	Columns []string  `json:"columns"`
	Values  []*string `json:"values"` // that the columns have there
	Count   int64     `json:"count"`
	More    bool      `json:"more"` // the count ends at MostLinks
	Indexed bool      `json:"indexed"`
	Skipped string    `json:"skipped,omitempty"`
}

// MostLinks is where rows that point to one are not counted on.
const MostLinks = 1000

// mostUnindexed is how many rows of a table are read to count links for which
// there is no index.
const mostUnindexed = 50_000

// Backlinks counts the rows that point to one row. The tables are found in the
// catalog; one without an index for its key is read only when it is small.
func Backlinks(ctx context.Context, tx *pool.Tx, s *Shape, key []string) ([]*Link, error) {
	id := strconv.FormatUint(uint64(s.OID), 10)
	var found []*reference
	if _, err := tx.Ask(ctx, &found, referencesQuery, &id); err != nil {
		return nil, err
	}
	links := []*Link{}
	for _, f := range found {
		link, err := f.count(ctx, tx, s, key)
		if err != nil {
			return nil, err
		}
		links = append(links, link)
	}
	return links, nil
}

// reference is a foreign key that points here.
type reference struct {
	Name    string   `json:"name"`
	Schema  string   `json:"schema"`
	Table   string   `json:"table"`
	Columns []string `json:"columns"`
	Here    []string `json:"here"`
	Indexed bool     `json:"indexed"`
	Rows    float64  `json:"rows"`
	Blocks  float64  `json:"blocks"`
}

func (f *reference) count(ctx context.Context, tx *pool.Tx, s *Shape, key []string) (*Link, error) {
	link := &Link{Name: f.Name, Table: Ref{f.Schema, f.Table}, Columns: f.Columns, Indexed: f.Indexed}
	row, err := f.values(ctx, tx, s, key)
	if err != nil {
		return nil, err
	}
	link.Values = row
	for _, v := range row {
		if v == nil {
			return link, nil // nothing points to a null
		}
	}
	if !f.Indexed && (f.Rows > mostUnindexed || f.Rows < 0 && f.Blocks > mostUnindexed/50) {
		link.Skipped = fmt.Sprintf("no index; would scan %s rows", roughly(f.Rows))
		return link, nil
	}
	there, err := Of(ctx, tx, link.Table)
	if err != nil {
		return nil, err
	}
	st := &statement{}
	var conditions []string
	for i, name := range f.Columns {
		c, err := there.Column(name)
		if err != nil {
			return nil, err
		}
		conditions = append(conditions, "t."+quoted(c.Name)+c.Operator("=")+st.arg(*row[i], c.Cast))
	}
	counted, err := tx.Row(ctx, "SELECT pg_catalog.count(*) FROM (SELECT FROM "+there.SQL()+" t"+whereAll(conditions)+" LIMIT "+strconv.Itoa(MostLinks+1)+") p", st.args...)
	if err != nil {
		return nil, err
	}
	if link.Count, err = strconv.ParseInt(deref(counted[0]), 10, 64); link.Count > MostLinks {
		link.Count, link.More = MostLinks, true
	}
	return link, err
}

// values are those of the columns that the foreign key points to.
func (f *reference) values(ctx context.Context, tx *pool.Tx, s *Shape, key []string) ([]*string, error) {
	st := &statement{}
	where, err := s.byKey(key, st)
	if err != nil {
		return nil, err
	}
	list := ""
	for i, name := range f.Here {
		if i > 0 {
			list += ", "
		}
		list += "t." + quoted(name) + "::text"
	}
	row, err := tx.Row(ctx, "SELECT "+list+" FROM "+s.SQL()+" t WHERE "+where, st.args...)
	if err == nil && row == nil {
		err = gone(s)
	}
	return row, err
}

// Foreign keys of partitions repeat those of their table.
const referencesQuery = `
select coalesce(json_agg(x order by x.schema, x."table", x.name), '[]') from (
	select k.conname as name, n.nspname as schema, c.relname as "table", c.reltuples as rows, c.relpages as blocks,
		(select json_agg(a.attname order by u.n) from unnest(k.conkey) with ordinality u(attnum, n)
			join pg_catalog.pg_attribute a on a.attrelid = k.conrelid and a.attnum = u.attnum) as columns,
		(select json_agg(a.attname order by u.n) from unnest(k.confkey) with ordinality u(attnum, n)
			join pg_catalog.pg_attribute a on a.attrelid = k.confrelid and a.attnum = u.attnum) as here,
		exists (select 1 from pg_catalog.pg_index i where i.indrelid = k.conrelid and i.indisvalid and i.indpred is null and i.indkey[0] = any (k.conkey)) as indexed
	from pg_catalog.pg_constraint k
	join pg_catalog.pg_class c on c.oid = k.conrelid
	join pg_catalog.pg_namespace n on n.oid = c.relnamespace
	where k.contype = 'f' and k.confrelid = $1::oid and k.conparentid = 0
) x`
