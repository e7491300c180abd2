package checktest

// journal are entries that contradict each other.
var journal = []Case{
	{Name: "numbers that disagree", Break: func(f *Folder) { f.Edit(Journal, `"idx": 2`, `"idx": 3`) },
		Want: []string{"error tag-number meta/_journal.json:20 entry 0002_three has idx 3", "warning idx-gap meta/_journal.json:20 entry 0002_three has idx 3 where 2 comes next"}},
	{Name: "tag without a number", Break: func(f *Folder) {
		f.Edit(Journal, "0002_three", "my_change")
		f.Rename("0002_three.sql", "my_change.sql")
		f.Rename(Third, "meta/my_snapshot.json")
	}, Want: []string{"error tag-number meta/_journal.json:23 the tag my_change does not begin with a number"}},
	{Name: "idx twice", Break: func(f *Folder) { f.Edit(Journal, `"idx": 2`, `"idx": 1`) },
		Want: []string{"error tag-number meta/_journal.json:20 entry 0002_three has idx 1", "error idx-duplicate meta/_journal.json:20 entries 0001_two and 0002_three both have idx 1"}},
	{Name: "number twice", Break: func(f *Folder) {
		f.Edit(Journal, "0002_three", "0001_three")
		f.Rename("0002_three.sql", "0001_three.sql")
		f.Remove(Third)
	}, Want: []string{"error tag-number meta/_journal.json:20 entry 0001_three has idx 2", "error number-duplicate meta/_journal.json:23 entries 0001_two and 0001_three have one number, and so one snapshot file between them"}},
	{Name: "tag twice", Break: func(f *Folder) {
		f.Edit(Journal, "0002_three", "0001_two")
		f.Remove("0002_three.sql")
		f.Remove(Third)
	}, Want: []string{"error tag-number meta/_journal.json:20 entry 0001_two has idx 2", "error tag-duplicate meta/_journal.json:23 the journal has 0001_two twice"}},
	{Name: "a gap", Break: func(f *Folder) {
		f.Edit(Journal, "0002_three", "0003_three", `"idx": 2`, `"idx": 3`)
		f.Rename("0002_three.sql", "0003_three.sql")
		f.Rename(Third, "meta/0003_snapshot.json")
	}, Want: []string{"warning idx-gap meta/_journal.json:20 entry 0003_three has idx 3 where 2 comes next"}},
	{Name: "entries in another order", Break: func(f *Folder) {
		f.Edit(Journal, `"idx": 1`, `"idx": 2`, `"idx": 2`, `"idx": 1`, "0001_two", "0002_three", "0002_three", "0001_two")
	}, Want: []string{"error idx-order meta/_journal.json:20 entry 0001_two stands after 0002_three in the journal, and so runs after it"}},
	{Name: "when older", Kit: KitWarns, Break: func(f *Folder) { f.Edit(Journal, "1700000003000", "1700000001500") },
		Want: []string{"error when-order meta/_journal.json:22 entry 0002_three is not newer than 0001_two before it"}},
	{Name: "when equal", Kit: KitWarns, Break: func(f *Folder) { f.Edit(Journal, "1700000003000", "1700000002000") },
		Want: []string{"error when-order meta/_journal.json:22 entry 0002_three is not newer than 0001_two before it"}},
	{Name: "when newer than its neighbour but older than the newest", Kit: KitWarns, Break: func(f *Folder) {
		f.Edit(Journal, "1700000001000", "1700000005000")
	}, Want: []string{"error when-order meta/_journal.json:15 entry 0001_two is not newer than 0000_one before it",
		"error when-order meta/_journal.json:22 entry 0002_three is not newer than 0000_one before it"}},
	{Name: "when in seconds", Kit: KitWarns, Break: func(f *Folder) { f.Edit(Journal, "1700000003000", "1700000003") },
		Want: []string{"error when-unit meta/_journal.json:22 the when of entry 0002_three is not in milliseconds but looks like seconds"}},
	{Name: "when in microseconds", Kit: KitWarns, Break: func(f *Folder) { f.Edit(Journal, "1700000002000", "1700000002000000") },
		Want: []string{"error when-unit meta/_journal.json:15 the when of entry 0001_two is not in milliseconds but looks like a smaller unit"}},
	{Name: "when still to come", Break: func(f *Folder) { f.Edit(Journal, "1700000003000", "4000000003000") },
		Want: []string{"warning when-future meta/_journal.json:22 the when of entry 0002_three is 2 October 2096 07:06 UTC, which is still to come"}},
}
