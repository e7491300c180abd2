package effect

// Land makes all that was created part of what was there before: nothing is New
// any more.
func (st *State) Land() {
	for _, t := range st.tables {
		t.New = false
		for i := range t.Columns {
			t.Columns[i].New = false
		}
		for i := range t.Constraints {
			t.Constraints[i].New = false
		}
		for i := range t.Indexes {
			t.Indexes[i].New = false
		}
	}
	for name, e := range st.enums {
		st.enums[name] = &Enum{Name: e.Name}
	}
}

// Tables returns what is known of all tables and views, in the order of their
// names. They must not be changed.
func (st *State) Tables() []*Table { return st.where(func(*Table) bool { return true }) }
