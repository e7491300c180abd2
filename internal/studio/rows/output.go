package rows

import "strconv"

// outputs is what a statement of a page gives, and how a row is made of it.
type outputs struct {
	raw  []rawColumn // of the inner statement
	list []string    // of the outer one

	columns []*Column
	cells   [][]int // for each column, where in the list its parts are
	key     []int
	place   []int
	same    []int // where rows cannot be told apart
}

type rawColumn struct{ sql, alias string }

func (r *reader) outputs() *outputs {
	o := &outputs{columns: r.columns}
	for _, c := range r.columns {
		var at []int
		for _, expression := range c.shown("p." + o.take(c)) {
			at = append(at, o.add(expression))
		}
		o.cells = append(o.cells, at)
	}
	for _, c := range r.shape.keyColumns() {
		o.key = append(o.key, o.whole(c, false, 0))
	}
	for i, t := range r.order.terms {
		if t.column != nil {
			o.place = append(o.place, o.whole(t.column, true, r.limit-len(r.rows)))
			if !r.order.unique {
				o.same = append(o.same, o.print(t.column))
			}
			continue
		}
		alias := "place" + strconv.Itoa(i)
		o.raw = append(o.raw, rawColumn{t.sql, alias})
		o.place = append(o.place, o.add("p."+alias+"::text"))
	}
	return o
}

// take makes a column known to the outer statement.
func (o *outputs) take(c *Column) string {
	alias := "c" + strconv.Itoa(c.number)
	for _, raw := range o.raw {
		if raw.alias == alias {
			return alias
		}
	}
	o.raw = append(o.raw, rawColumn{"t." + quoted(c.Name), alias})
	return alias
}

func (o *outputs) add(expression string) int {
	for i, e := range o.list {
		if e == expression {
			return i
		}
	}
	o.list = append(o.list, expression)
	return len(o.list) - 1
}

// whole adds the whole text of a column. Where it can be long and only the
// edges of a page need it, the rows between have none.
func (o *outputs) whole(c *Column, edges bool, last int) int {
	text := c.Text("p." + o.take(c))
	if edges && !c.short() {
		text = "CASE WHEN pg_catalog.row_number() OVER () IN (1, " + strconv.Itoa(last) + ", pg_catalog.count(*) OVER ()) THEN " + text + " END"
	}
	return o.add(text)
}

// print adds what tells the values of a column apart.
func (o *outputs) print(c *Column) int {
	text := c.Text("p." + o.take(c))
	if !c.short() {
		text = "pg_catalog.md5(" + text + ")"
	}
	return o.add(text)
}

func (o *outputs) row(values []*string) readRow {
	row := readRow{cells: []Cell{}}
	for i, c := range o.columns {
		var parts []*string
		for _, at := range o.cells[i] {
			parts = append(parts, values[at])
		}
		row.cells = append(row.cells, c.cell(parts))
	}
	for _, at := range o.key {
		row.key = append(row.key, values[at])
	}
	for _, at := range o.place {
		row.place = append(row.place, values[at])
	}
	for _, at := range o.same {
		row.same = append(row.same, values[at])
	}
	return row
}
